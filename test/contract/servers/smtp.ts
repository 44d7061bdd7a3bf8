/** smtp-server: SMTP submission with STARTTLS. What is sent is handed to whoever started it. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Certificate } from '../../setup/certificate.ts'
import type { Passwords } from './radicale.ts'

export type Smtp = { port: number; setPasswords: (users: Passwords) => void; stop: () => Promise<void> }

export async function startSmtp(
  first: Passwords,
  certificate: Certificate,
  onMessage: (to: string[], message: string) => void,
): Promise<Smtp> {
  let users = first
  const server = new SMTPServer({
    ...certificate,
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth({ username = '', password = '' }, _session, done) {
      if (users[username] === password) done(null, { user: username })
      else done(new Error('wrong user name or password'))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        onMessage(
          session.envelope.rcptTo.map(({ address }) => address),
          Buffer.concat(chunks).toString(),
        )
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    setPasswords(next) {
      users = next
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
