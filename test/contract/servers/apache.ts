/**
 * Apache with mod_dav at the addresses of a Nextcloud: files by WebDAV, calendars and address books passed on to
 * Radicale, and the one answer of OCS that tells who somebody is. https://httpd.apache.org/docs/2.4/mod/mod_dav.html
 */
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from '../../setup/port.ts'
import { account, makeFolder, run, type Running } from './processes.ts'
import type { Passwords } from './radicale.ts'

const MODULES = [
  'mpm_event',
  'authn_core',
  'authn_file',
  'authz_core',
  'authz_user',
  'auth_basic',
  'alias',
  'headers',
  'dav',
  'dav_fs',
  'proxy',
  'proxy_http',
]

export async function startApache(options: {
  users: Passwords
  radicale: number
}): Promise<Running & { setPasswords: (users: Passwords) => void }> {
  const folder = makeFolder('apache')
  const port = await findFreePort()
  const at = (name: string) => join(folder.path, name)
  const setPasswords = (users: Passwords) => {
    const hash = (password: string) => createHash('sha1').update(password).digest('base64')
    const lines = Object.entries(users).map(([name, password]) => `${name}:{SHA}${hash(password)}\n`)
    writeFileSync(at('users'), lines.join(''))
  }
  setPasswords(options.users)
  for (const name of ['files', 'lock', 'ocs']) mkdirSync(at(name))
  for (const user of Object.keys(options.users)) {
    mkdirSync(join(at('files'), user))
    const data = { id: user, displayname: user, email: `${user}@example.com` }
    const body = { ocs: { meta: { status: 'ok', statuscode: 200, message: 'OK' }, data } }
    writeFileSync(at('ocs/user'), JSON.stringify(body))
    chmodSync(join(at('files'), user), 0o777)
  }
  for (const name of ['', 'files', 'lock', 'ocs']) chmodSync(at(name), 0o777)
  writeFileSync(
    at('httpd.conf'),
    `ServerRoot ${folder.path}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${at('httpd.pid')}
ErrorLog ${at('error.log')}
Mutex file:${folder.path}
${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? `User ${account}\nGroup nogroup` : ''}
DavLockDB ${at('lock/db')}
<Location />
  AuthType Basic
  AuthName Nextcloud
  AuthUserFile ${at('users')}
  Require valid-user
</Location>
Alias /remote.php/dav/files ${at('files')}
Alias /ocs/v2.php/cloud ${at('ocs')}
<Directory ${at('files')}>
  Dav On
</Directory>
<Directory ${at('ocs')}>
  ForceType application/json
</Directory>
${['calendars', 'addressbooks/users']
  .map(
    (what) => `<Location /remote.php/dav/${what}/>
  ProxyPass http://127.0.0.1:${options.radicale}/
  RequestHeader set X-Script-Name /remote.php/dav/${what}
</Location>`,
  )
  .join('\n')}
`,
  )
  const server = await run('/usr/sbin/apache2', ['-X', '-f', at('httpd.conf')], port, at('error.log'))
  return {
    ...server,
    setPasswords,
    async stop() {
      await server.stop()
      folder.remove()
    },
  }
}
