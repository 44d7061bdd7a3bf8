/** Dovecot: IMAP over TLS, with a Maildir for each user. https://doc.dovecot.org */
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Certificate } from '../../setup/certificate.ts'
import { findFreePort } from '../../setup/port.ts'
import { account, isRoot, makeFolder, run, type Running } from './processes.ts'
import type { Passwords } from './radicale.ts'

export type Dovecot = Running & {
  setPasswords: (users: Passwords) => void
  /** Puts a message into somebody's inbox. */
  deliver: (user: string, message: string) => void
}

export async function startDovecot(users: Passwords, certificate: Certificate): Promise<Dovecot> {
  const folder = makeFolder('dovecot')
  chmodSync(folder.path, 0o755)
  const port = await findFreePort()
  const at = (name: string) => join(folder.path, name)
  let version = 0
  const setPasswords = (all: Passwords) => {
    writeFileSync(
      at('users'),
      Object.entries(all)
        .map(([name, password]) => `${name}:{PLAIN}${password}\n`)
        .join(''),
    )
    // A file of the same size and the same second counts as unchanged, so each one has a second of its own.
    version += 1
    utimesSync(at('users'), version, version)
  }
  setPasswords(users)
  writeFileSync(at('cert.pem'), certificate.cert)
  writeFileSync(at('key.pem'), certificate.key, { mode: 0o600 })
  for (const name of ['run', 'state', 'mail']) mkdirSync(at(name))
  // Whoever reads and writes mail here is not who runs the test.
  chmodSync(at('mail'), 0o777)
  // Chroots, and without root a user of its own for each service, are for servers that strangers reach.
  const service = (name: string, more = '') =>
    `service ${name} {\n  chroot =\n${isRoot ? '' : `  user = ${account}\n`}${more}}\n`
  writeFileSync(
    at('dovecot.conf'),
    `base_dir = ${at('run')}
state_dir = ${at('state')}
log_path = ${at('log')}
protocols = imap
listen = 127.0.0.1
default_internal_user = ${account}
default_internal_group = ${isRoot ? 'nogroup' : account}
default_login_user = ${account}
first_valid_uid = 1
ssl = required
ssl_cert = <${at('cert.pem')}
ssl_key = <${at('key.pem')}
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:${at('mail')}/%u
passdb {
  driver = passwd-file
  args = ${at('users')}
}
userdb {
  driver = static
  args = uid=${account} gid=${isRoot ? 'nogroup' : account} home=${at('mail')}/%u
}
${service('imap-login', `  inet_listener imap {\n    port = 0\n  }\n  inet_listener imaps {\n    address = 127.0.0.1\n    port = ${port}\n    ssl = yes\n  }\n`)}${['auth', 'auth-worker', 'stats', 'log', 'config', 'imap', 'director', 'ipc'].map((name) => service(name)).join('')}${service('anvil', '  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n')}`,
  )
  const server = await run('/usr/sbin/dovecot', ['-F', '-c', at('dovecot.conf')], port, at('log'))
  let number = 0
  return {
    ...server,
    setPasswords,
    deliver(user, message) {
      const inbox = join(at('mail'), user)
      for (const name of ['', 'tmp', 'new', 'cur']) {
        mkdirSync(join(inbox, name), { recursive: true })
        chmodSync(join(inbox, name), 0o777)
      }
      const file = join(inbox, 'new', `${Date.now()}.${++number}.localhost`)
      writeFileSync(file, message)
      chmodSync(file, 0o666)
    },
    async stop() {
      await server.stop()
      folder.remove()
    },
  }
}
