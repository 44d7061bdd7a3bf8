/** Checks E1 to E3 and E6 for mail: what has to hold before a password is said, and what the gate hands out. */
import type { LookupAddress, lookup } from 'node:dns'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { inspect } from 'node:util'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificate, trust } from '../../test/setup/certificate.ts'
import { createMailGate, type MailCall } from './mail.ts'

const trusted = makeCertificate()
const unknown = makeCertificate()
const PASSWORD = 'abcd-efgh-ijkl-mnop'
const servers: Server[] = []
const sockets = new Set<Socket>()
/** Everything that servers heard. */
let heard = ''

beforeAll(() => trust(trusted))
afterEach(async () => {
  heard = ''
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

type Answer = (line: string, say: (text: string) => void) => void

function onLines(greeting: string, answer: Answer) {
  return (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    const say = (text: string) => void socket.write(`${text}\r\n`)
    if (greeting) say(greeting)
    let held = ''
    socket.on('data', (chunk) => {
      held += chunk.toString()
      heard += chunk.toString()
      for (let end = held.indexOf('\r\n'); end !== -1; end = held.indexOf('\r\n')) {
        const line = held.slice(0, end)
        held = held.slice(end + 2)
        answer(line, say)
      }
    })
  }
}

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}

/** An IMAP server that knows one user name. */
const imap =
  (known = 'ada'): Answer =>
  (line, say) => {
    const [tag = '', verb = ''] = line.split(' ')
    if (/^CAPABILITY$/i.test(verb)) say('* CAPABILITY IMAP4rev1')
    if (/^LOGIN$/i.test(verb) && !line.includes(`"${known}"`) && !line.includes(` ${known} `))
      return say(`${tag} NO [AUTHENTICATIONFAILED] no`)
    say(`${tag} OK done`)
  }
const GREETING = '* OK [CAPABILITY IMAP4rev1] ready'

const call = (route: string, change: Partial<MailCall> = {}): MailCall => ({
  server: { host: 'imap.example.com', port: 993, security: 'tls' },
  login: { username: 'ada', password: PASSWORD },
  hosts: ['imap.example.com', 'smtp.example.com'],
  routes: { 'imap.example.com': route },
  ...change,
})
const gate = createMailGate({ allowPrivateHosts: [] })
/** For servers that never answer. */
const hasty = createMailGate({ allowPrivateHosts: [], signInMs: 1000 })

describe('E2 hosts', () => {
  test('a host that is not declared is refused before a socket is opened', async () => {
    const port = await listen(createServer(onLines(GREETING, imap())))
    const foreign = call(`imaps://localhost:${port}`, { hosts: ['other.example.com'] })
    await expect(gate.openMailbox(foreign)).rejects.toMatchObject({ code: 'egress_refused' })
    await expect(gate.openOutbox(foreign)).rejects.toMatchObject({ code: 'egress_refused' })
    expect(heard).toBe('')
  })

  test('where everything goes elsewhere, a mailbox without a route is not the real one', async () => {
    const routes = { '*': 'http://127.0.0.1:1/sandbox' }
    await expect(gate.openMailbox(call('', { routes }))).rejects.toMatchObject({ code: 'unavailable' })
  })

  test.each(['imap://localhost:1', 'https://localhost:1', 'nonsense', 'smtp://localhost:1'])(
    'the route %s leads nowhere',
    async (route) => {
      const refused = await gate.openMailbox(call(route)).catch((error: unknown) => error)
      expect(['not_configured', 'upstream_unreachable']).toContain((refused as { code: string }).code)
    },
  )
})

describe('E3 the address guard', () => {
  const resolveTo = (address: string) =>
    ((_name: string, _options: object, done: (error: null, found: LookupAddress[]) => void) =>
      done(null, [{ address, family: address.includes(':') ? 6 : 4 }])) as unknown as typeof lookup

  test.each(['127.0.0.1', '10.0.0.7', '169.254.169.254', '::1', 'fd00::1'])(
    'a name that leads to %s is refused',
    async (address) => {
      const guarded = createMailGate({ allowPrivateHosts: [], resolve: resolveTo(address) })
      for (const open of [guarded.openMailbox, guarded.openOutbox])
        await expect(open(call('', { routes: undefined }))).rejects.toMatchObject({ code: 'egress_refused' })
    },
  )

  test('so is an address that was declared as a host', async () => {
    const literal = call('', {
      routes: undefined,
      server: { host: '127.0.0.1', port: 993, security: 'tls' },
      hosts: ['127.0.0.1'],
    })
    await expect(gate.openMailbox(literal)).rejects.toMatchObject({ code: 'egress_refused' })
  })
})

describe('nothing is said before TLS stands', () => {
  test('a certificate that nobody vouches for ends the call', async () => {
    const port = await listen(createTlsServer(unknown, onLines(GREETING, imap())))
    await expect(gate.openMailbox(call(`imaps://localhost:${port}`))).rejects.toMatchObject({
      code: 'upstream_unreachable',
    })
    expect(heard).toBe('')
  })

  test('so does one for another name', async () => {
    // This machine too, and not in the certificate.
    const port = await listen(createTlsServer(trusted, onLines(GREETING, imap())), '127.0.0.2')
    await expect(gate.openMailbox(call(`imaps://127.0.0.2:${port}`))).rejects.toMatchObject({
      code: 'upstream_unreachable',
    })
    expect(heard).toBe('')
  })

  test('IMAP in clear is no IMAP', async () => {
    const port = await listen(createServer(onLines(GREETING, imap())))
    await expect(gate.openMailbox(call(`imaps://localhost:${port}`))).rejects.toMatchObject({
      code: 'upstream_unreachable',
    })
    expect(heard).not.toContain(PASSWORD)
    expect(heard).not.toContain('LOGIN')
  })

  test('an SMTP server without STARTTLS hears no password, though it offers to take one', async () => {
    const answer: Answer = (line, say) => {
      if (/^EHLO/i.test(line)) return say('250-hello\r\n250 AUTH PLAIN LOGIN')
      say(/^AUTH/i.test(line) ? '235 signed in' : '502 not here')
    }
    const port = await listen(createServer(onLines('220 ready', answer)))
    const sending = call('', {
      server: { host: 'smtp.example.com', port: 587, security: 'starttls' },
      routes: { 'smtp.example.com': `smtp://localhost:${port}` },
    })
    await expect(gate.openOutbox(sending)).rejects.toMatchObject({ code: 'upstream_unreachable' })
    expect(heard).toContain('STARTTLS')
    expect(heard).not.toContain('AUTH')
  })
})

describe('signing in', () => {
  test('a mailbox comes back signed in, and does not show the password', async () => {
    const port = await listen(createTlsServer(trusted, onLines(GREETING, imap())))
    const mailbox = await gate.openMailbox(call(`imaps://localhost:${port}`))
    expect(heard).toContain(PASSWORD)
    expect(inspect(mailbox, { depth: 10, showHidden: true })).not.toContain(PASSWORD)
    expect(JSON.stringify(mailbox)).not.toContain(PASSWORD)
    await mailbox.close()
    expect(heard).toContain('LOGOUT')
  })

  test('a refused password is told as that, and the line is closed', async () => {
    const port = await listen(createTlsServer(trusted, onLines(GREETING, imap('somebody'))))
    await expect(gate.openMailbox(call(`imaps://localhost:${port}`))).rejects.toMatchObject({
      code: 'credential_refused',
    })
    await expect.poll(() => [...sockets].every((socket) => socket.destroyed)).toBe(true)
  })

  test.each([
    ['says nothing', '', () => {}],
    [
      'stops at the password',
      GREETING,
      (line: string, say: (text: string) => void) => {
        if (!line.includes('LOGIN')) imap()(line, say)
      },
    ],
  ] satisfies [string, string, Answer][])('a server that %s is given up', async (_, greeting, answer) => {
    const port = await listen(createTlsServer(trusted, onLines(greeting, answer)))
    await expect(hasty.openMailbox(call(`imaps://localhost:${port}`))).rejects.toMatchObject({
      code: 'upstream_timeout',
    })
    await expect.poll(() => [...sockets].every((socket) => socket.destroyed)).toBe(true)
  })

  test('a line that breaks at the password says nothing about it', async () => {
    const port = await listen(
      createTlsServer(trusted, (socket) =>
        onLines(GREETING, (line, say) =>
          line.includes('LOGIN') ? void socket.destroy() : imap()(line, say),
        )(socket),
      ),
    )
    await expect(gate.openMailbox(call(`imaps://localhost:${port}`))).rejects.toMatchObject({
      code: 'upstream_unreachable',
    })
  })

  test.each(['BAD what', 'NO [UNAVAILABLE] try later'])('nor does the answer %s', async (answer) => {
    const busy: Answer = (line, say) =>
      line.includes('LOGIN') ? say(`${line.split(' ')[0]} ${answer}`) : imap()(line, say)
    const port = await listen(createTlsServer(trusted, onLines(GREETING, busy)))
    await expect(gate.openMailbox(call(`imaps://localhost:${port}`))).rejects.toMatchObject({
      code: 'upstream_unreachable',
    })
  })

  test('E6 a line without an end is cut off', async () => {
    const flood: Answer = (line, say) =>
      line.includes('LIST') ? say('x'.repeat(9 * 1024 * 1024)) : imap()(line, say)
    const port = await listen(createTlsServer(trusted, onLines(GREETING, flood)))
    const listed = gate.openMailbox(call(`imaps://localhost:${port}`)).then((mailbox) => mailbox.folders())
    await expect(listed).rejects.toMatchObject({ code: 'upstream_too_large' })
  })
})
