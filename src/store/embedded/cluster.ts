/** The database's files: made once, whole or not at all, and checked at every start. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { HubError } from '../../errors.ts'
import type { Binaries } from './binaries.ts'
import { childEnvironment, runnerForInit, type Runner } from './runner.ts'

export type Cluster = { folder: string; binaries: Binaries; runner: Runner }

/** @throws HubError `database_version_mismatch` when another major version of PostgreSQL made the folder */
export function checkVersion({ folder, binaries }: Cluster): void {
  const found = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
  if (found === binaries.major) return
  throw new HubError(
    'database_version_mismatch',
    `${folder} was made by PostgreSQL ${found}; this Trunkline brings PostgreSQL ${binaries.major}, which cannot read it. ` +
      'Start the version of Trunkline that made it and take a backup there, then restore the backup into a new data folder.',
  )
}

/**
 * Runs initdb beside the final place and moves the result there: a kill at any moment leaves either nothing or all.
 * @throws HubError `database_start_failed`
 */
export async function createCluster(
  cluster: Cluster,
  options: { user: string; password?: string | undefined; signal?: AbortSignal | undefined },
): Promise<void> {
  const parent = dirname(cluster.folder)
  const prefix = `${basename(cluster.folder)}.new-`
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix)) rmSync(join(parent, name), { recursive: true, force: true })
  }
  const unfinished = join(parent, `${prefix}${randomUUID()}`)
  mkdirSync(unfinished, { mode: 0o700 })
  own(unfinished, cluster.runner)
  const passwordFile = join(unfinished, '..', `${prefix}password`)
  if (options.password) {
    writeFileSync(passwordFile, options.password, { mode: 0o600 })
    own(passwordFile, cluster.runner)
  }
  try {
    await run(
      cluster,
      'initdb',
      [
        `--pgdata=${unfinished}`,
        `--username=${options.user}`,
        '--encoding=UTF8',
        // Order by code point, as with C, yet lower() and upper() know every alphabet.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--data-checksums',
        '--no-instructions',
        ...(options.password ? ['--auth=scram-sha-256', `--pwfile=${passwordFile}`] : ['--auth=trust']),
      ],
      options.signal,
    )
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(unfinished, cluster.folder)
  syncFolder(parent)
}

/** Runs one of PostgreSQL's programs to its end as the right user. */
export function run(
  cluster: Cluster,
  program: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const runner = program === 'initdb' ? runnerForInit(cluster.runner) : cluster.runner
  const binary = join(cluster.binaries.root, 'bin', program)
  const [command = binary, ...rest] = [...runner.prefix, binary, ...args]
  const options = {
    cwd: dirname(cluster.folder),
    env: childEnvironment(),
    ...runner.owner,
    ...(signal ? { signal } : {}),
  }
  return new Promise((resolve, reject) => {
    execFile(command, rest, options, (error, stdout, stderr) => {
      if (!error) return resolve()
      const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-6).join('\n')
      reject(
        new HubError(
          'database_start_failed',
          `${program} failed for ${cluster.folder}:\n${said || error.message}`,
          { cause: error },
        ),
      )
    })
  })
}

/** Writes a file only when its content differs, so that an unchanged start changes nothing on disk. */
export function writeIfChanged(path: string, content: string, runner: Runner): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return
  // Never through what is there: in a folder of another user's it could be a link to a file of root's.
  rmSync(path, { force: true })
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
  own(path, runner)
}

/** Hands a path to the user that runs the server, where that is not this process's own. */
export function own(path: string, { owner }: Runner): void {
  if (owner) chownSync(path, owner.uid, owner.gid)
}

/** The same for everything below: a folder made in a namespace comes to a machine that refuses namespaces. */
export function ownTree(path: string, runner: Runner): void {
  const { owner } = runner
  if (!owner || statSync(path).uid === owner.uid) return
  for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(path, entry), owner.uid, owner.gid)
  }
  // Last, for it tells whether the tree is done.
  own(path, runner)
}

/** Makes a rename below `folder` survive a power cut. Windows cannot open folders and needs no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
