/** Where clients reach the server. */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { own } from './cluster.ts'
import { shortHash } from './placement.ts'
import { mayEnter, type Runner } from './runner.ts'
import { type Listen, SOCKET_PORT } from './settings.ts'

/** Bytes of a socket's path that the kernel takes (sun_path, less its end mark). */
const SOCKET_PATH_LIMIT = process.platform === 'darwin' ? 103 : 107

export async function chooseListen(kind: Listen['kind'], dataDir: string, runner: Runner): Promise<Listen> {
  if (kind === 'tcp') return { kind, port: await findFreePort() }
  return { kind, folder: makeSocketFolder(dataDir, runner) }
}

/** The socket's folder is the data folder's own, unless its path is too long for a socket or closed to the server's user. */
function makeSocketFolder(dataDir: string, runner: Runner): string {
  const usual = join(dataDir, 'run')
  const fits = Buffer.byteLength(join(usual, `.s.PGSQL.${SOCKET_PORT}`)) <= SOCKET_PATH_LIMIT
  const folder = fits && (!runner.owner || mayEnter(dataDir, runner.owner)) ? usual : shortFolder(dataDir)
  // What a killed server left: its lock file names a process id that may be another program's by now.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  chmodSync(folder, 0o700)
  own(folder, runner)
  return folder
}

/**
 * A short private folder, found again after a kill by its name. Folders for everybody (/tmp) can hold a trap of that
 * name: only one that is this user's own is taken.
 */
function shortFolder(dataDir: string): string {
  const parents = [
    process.env.XDG_RUNTIME_DIR,
    process.getuid?.() === 0 ? '/run' : undefined,
    tmpdir(),
    '/tmp',
  ]
  const parent = parents.find((path) => path && Buffer.byteLength(path) < 60 && existsSync(path)) ?? '/tmp'
  const folder = join(parent, `trunkline-${shortHash(dataDir)}`)
  const there = lstatSync(folder, { throwIfNoEntry: false })
  if (!there || (there.isDirectory() && (there.uid === process.getuid?.() || process.getuid?.() === 0)))
    return folder
  return mkdtempSync(join(parent, 'trunkline-'))
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** The password of the loopback port, which any user of the machine can reach. */
export function keepPassword(dataDir: string): string {
  const path = join(dataDir, 'postgres.password')
  if (!existsSync(path))
    writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true })
  return readFileSync(path, 'utf8')
}
