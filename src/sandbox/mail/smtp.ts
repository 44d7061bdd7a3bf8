/** As much of SMTP submission (RFC 6409) as it takes to sign in and hand over a message. */
import type { Duplex } from 'node:stream'
import { converse } from './lines.ts'
import type { PlayedMailbox, SignIn } from './mailbox.ts'

export function playSmtp(socket: Duplex, signIn: SignIn): void {
  converse(socket, (talk) => {
    let mailbox: PlayedMailbox | undefined
    let recipients: string[] = []
    let data: string[] | undefined
    /** What a line is, while it is the answer to a question. */
    let asked: ((line: string) => void) | undefined
    const decode = (text: string) => Buffer.from(text, 'base64').toString('utf8')
    const finish = (username = '', password = '') => {
      mailbox = signIn({ username, password })
      talk.write(mailbox ? '235 signed in\r\n' : '535 5.7.8 wrong user name or password\r\n')
    }
    const finishPlain = (response: string) => {
      const [, username, password] = decode(response).split('\0')
      finish(username, password)
    }
    talk.write('220 sandbox is ready\r\n')
    return (line) => {
      if (data) {
        if (line !== '.') return void data.push(line.replace(/^\./, ''))
        mailbox?.send({ to: recipients, data: data.join('\r\n') })
        data = undefined
        recipients = []
        return talk.write('250 taken\r\n')
      }
      if (asked) {
        const answer = asked
        asked = undefined
        return answer(line)
      }
      const [verb = '', first = '', second] = line.split(' ')
      switch (verb.toUpperCase()) {
        case 'EHLO':
        case 'HELO':
          return talk.write('250-sandbox\r\n250 AUTH PLAIN LOGIN\r\n')
        case 'AUTH':
          if (first.toUpperCase() === 'PLAIN') {
            if (second !== undefined) return finishPlain(second)
            asked = finishPlain
            return talk.write('334 \r\n')
          }
          asked = (name) => {
            asked = (password) => finish(decode(name), decode(password))
            talk.write('334 UGFzc3dvcmQ6\r\n')
          }
          return talk.write('334 VXNlcm5hbWU6\r\n')
        case 'MAIL':
          return talk.write(mailbox ? '250 ok\r\n' : '530 5.7.0 sign in first\r\n')
        case 'RCPT':
          recipients.push(/<([^>]*)>/.exec(line)?.[1] ?? '')
          return talk.write('250 ok\r\n')
        case 'DATA':
          if (!mailbox || recipients.length === 0) return talk.write('503 5.5.1 no recipients\r\n')
          data = []
          return talk.write('354 go on\r\n')
        case 'RSET':
        case 'NOOP':
          recipients = []
          return talk.write('250 ok\r\n')
        case 'QUIT':
          return talk.end('221 good-bye\r\n')
        default:
          return talk.write('502 not played\r\n')
      }
    }
  })
}
