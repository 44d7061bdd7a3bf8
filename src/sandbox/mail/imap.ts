/** As much of IMAP (RFC 3501) as it takes to sign in, look into the inbox and read a message. */
import type { Duplex } from 'node:stream'
import { converse } from './lines.ts'
import { type Letter, type PlayedMailbox, render, type SignIn } from './mailbox.ts'

export function playImap(socket: Duplex, signIn: SignIn): void {
  converse(socket, (talk) => {
    let mailbox: PlayedMailbox | undefined
    let partial = ''
    talk.write('* OK [CAPABILITY IMAP4rev1 ID UNSELECT] sandbox is ready\r\n')
    return (line) => {
      // A literal: the rest of the command follows as bytes, once it was asked for.
      const literal = /\{(\d+)(\+?)\}$/.exec(line)
      if (literal) {
        const [whole, count = '0', eager] = literal
        if (!eager) talk.write('+ go on\r\n')
        const before = partial + line.slice(0, -whole.length)
        talk.takeBytes(Number(count), (bytes) => {
          partial = before + quote(bytes.toString('utf8'))
        })
        return
      }
      const command = partial + line
      partial = ''
      const [tag = '*', name = '', ...words] = readWords(command)
      const ok = (text = 'done') => talk.write(`${tag} OK ${text}\r\n`)
      switch (name.toUpperCase()) {
        case 'CAPABILITY':
          talk.write('* CAPABILITY IMAP4rev1 ID UNSELECT\r\n')
          return ok()
        case 'ID':
          talk.write('* ID ("name" "sandbox")\r\n')
          return ok()
        case 'NOOP':
        case 'CLOSE':
        case 'UNSELECT':
          return ok()
        case 'LOGOUT':
          return talk.end(`* BYE good-bye\r\n${tag} OK done\r\n`)
        case 'LOGIN': {
          const [username = '', password = ''] = words
          mailbox = signIn({ username, password })
          return mailbox
            ? ok('signed in')
            : talk.write(`${tag} NO [AUTHENTICATIONFAILED] wrong user name or password\r\n`)
        }
      }
      if (!mailbox) return talk.write(`${tag} NO sign in first\r\n`)
      const { letters } = mailbox
      const byUid = name.toUpperCase() === 'UID'
      switch ((byUid ? (words.shift() ?? '') : name).toUpperCase()) {
        case 'LIST':
        case 'LSUB':
          if (words[1] !== '') talk.write('* LIST (\\HasNoChildren) "/" "INBOX"\r\n')
          return ok()
        case 'SELECT':
        case 'EXAMINE':
          if (words[0]?.toUpperCase() !== 'INBOX') return talk.write(`${tag} NO there is no such mailbox\r\n`)
          talk.write(
            `* ${letters.length} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 1] valid\r\n* OK [UIDNEXT ${nextUid(letters)}] next\r\n`,
          )
          return ok('[READ-ONLY] opened')
        case 'SEARCH': {
          const found = letters.filter((letter) => isMeant(letter, words))
          const ids = found.map((letter) => (byUid ? letter.uid : letters.indexOf(letter) + 1))
          talk.write(`* SEARCH${ids.map((id) => ` ${id}`).join('')}\r\n`)
          return ok()
        }
        case 'FETCH': {
          const wanted = readSet(words[0] ?? '', nextUid(letters))
          for (const [index, letter] of letters.entries())
            if (wanted.has(byUid ? letter.uid : index + 1)) talk.write(fetched(letter, index + 1, command))
          return ok()
        }
        default:
          return talk.write(`${tag} BAD not played\r\n`)
      }
    }
  })
}

const nextUid = (letters: readonly Letter[]) => Math.max(0, ...letters.map(({ uid }) => uid)) + 1

function fetched(letter: Letter, sequence: number, command: string): string {
  const source = Buffer.from(render(letter))
  const parts = [`UID ${letter.uid}`]
  if (/\bFLAGS\b/i.test(command)) parts.push(`FLAGS (${letter.seen ? '\\Seen' : ''})`)
  if (/RFC822\.SIZE/i.test(command)) parts.push(`RFC822.SIZE ${source.length}`)
  if (/\bENVELOPE\b/i.test(command)) parts.push(`ENVELOPE ${envelope(letter)}`)
  const [body, start = '0', length] = /BODY(?:\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?/i.exec(command) ?? []
  if (body) {
    const from = Number(start)
    const part = source.subarray(from, length === undefined ? undefined : from + Number(length))
    parts.push(
      `BODY[]${length === undefined ? '' : `<${from}>`} {${part.length}}\r\n${part.toString('utf8')}`,
    )
  }
  return `* ${sequence} FETCH (${parts.join(' ')})\r\n`
}

/** RFC 3501 section 7.4.2 */
function envelope({ date, from, to, subject, messageId }: Letter): string {
  const address = (one: string) => {
    const [, name = '', local = '', host = ''] = /^(?:(.*) )?<?([^<@]+)@([^>]+)>?$/.exec(one) ?? []
    return `((${name ? quote(name) : 'NIL'} NIL ${quote(local)} ${quote(host)}))`
  }
  const sender = address(from)
  return `(${quote(new Date(date).toUTCString())} ${quote(subject)} ${sender} ${sender} ${sender} ${address(to)} NIL NIL NIL ${quote(messageId)})`
}

/** Every key has to hold; one that is not played holds always. */
function isMeant(letter: Letter, words: readonly string[]): boolean {
  const rest = [...words]
  let meant = true
  while (rest.length > 0) {
    const key = rest.shift()?.toUpperCase()
    const within = (text: string) => text.toLowerCase().includes((rest.shift() ?? '').toLowerCase())
    if (key === 'UNSEEN') meant &&= !letter.seen
    else if (key === 'SEEN') meant &&= letter.seen
    else if (key === 'FROM') meant = within(letter.from) && meant
    else if (key === 'TO') meant = within(letter.to) && meant
    else if (key === 'SUBJECT') meant = within(letter.subject) && meant
    else if (key === 'TEXT' || key === 'BODY') meant = within(render(letter)) && meant
    else if (key === 'SINCE') meant = letter.date >= Date.parse(rest.shift() ?? '') && meant
    else if (key === 'BEFORE') meant = letter.date < Date.parse(rest.shift() ?? '') && meant
  }
  return meant
}

/** `1,3:5,7:*` */
function readSet(text: string, end: number): Set<number> {
  const found = new Set<number>()
  for (const part of text.split(',')) {
    const [first = 0, last = first] = part.split(':').map((one) => (one === '*' ? end : Number(one)))
    for (let id = Math.min(first, last); id <= Math.min(Math.max(first, last), end); id++) found.add(id)
  }
  return found
}

/** Atoms and quoted strings; what stands in brackets is looked for in the whole command. */
function readWords(line: string): string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"|([^\s"]+)/g)].map(([, quoted, atom]) =>
    quoted === undefined ? (atom ?? '') : quoted.replaceAll(/\\(.)/g, '$1'),
  )
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
