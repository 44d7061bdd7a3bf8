/** Radicale: CalDAV and CardDAV. https://radicale.org */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from '../../setup/port.ts'
import { makeFolder, run, type Running } from './processes.ts'

export type Passwords = Readonly<Record<string, string>>

export async function startRadicale(
  users: Passwords,
): Promise<Running & { setPasswords: (users: Passwords) => Promise<void> }> {
  const folder = makeFolder('radicale')
  const port = await findFreePort()
  const passwords = join(folder.path, 'users')
  const write = (all: Passwords) =>
    writeFileSync(
      passwords,
      Object.entries(all)
        .map(([name, password]) => `${name}:${password}\n`)
        .join(''),
    )
  write(users)
  mkdirSync(join(folder.path, 'collections'))
  const config = join(folder.path, 'config')
  writeFileSync(
    config,
    `[server]
hosts = 127.0.0.1:${port}
[auth]
type = htpasswd
htpasswd_filename = ${passwords}
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = ${join(folder.path, 'collections')}
[logging]
level = warning
`,
  )
  const server = await run('/usr/bin/radicale', ['--config', config], port)
  return {
    ...server,
    async setPasswords(all) {
      write(all)
      // It reads them when it starts.
      await server.restart()
    },
    async stop() {
      await server.stop()
      folder.remove()
    },
  }
}
