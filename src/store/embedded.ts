/**
 * The embedded database: a real PostgreSQL, run as a child process on a UNIX socket in the data folder, with no TCP
 * port. (Windows has no usable UNIX sockets here: loopback, a random port and a password.)
 *
 *     data/hub.lock     who may use the folder            data/postgres/   the database's files
 *     data/hub.json     process id and connection         data/run/        the socket
 */
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { HubError } from '../errors.ts'
import { type Binaries, completeBinaries, copyBinaries, findBinaries } from './embedded/binaries.ts'
import {
  type Cluster,
  checkVersion,
  createCluster,
  own,
  ownTree,
  writeIfChanged,
} from './embedded/cluster.ts'
import { lockFolder } from './embedded/lock.ts'
import { stopOrphans } from './embedded/orphans.ts'
import { chooseRunner, mayEnter, type Runner } from './embedded/runner.ts'
import { type Exit, type Server, startServer } from './embedded/server.ts'
import {
  type Listen,
  renderAccess,
  renderConfiguration,
  renderPeerMap,
  SOCKET_PORT,
} from './embedded/settings.ts'

export { readRunning } from './embedded/lock.ts'

/** As `pg` takes it; `host` is the socket's folder. */
export type EmbeddedConnection = {
  host: string
  port: number
  user: string
  database: string
  password?: string
}

export type EmbeddedDatabase = {
  connection: EmbeddedConnection
  /** Process id of the server now; another one after a crash. */
  readonly pid: number
  /** Whether a killed hub's server was found in the folder, and stopped to make room. */
  recovered: boolean
  /** Fast shutdown: open connections end, the last checkpoint is written, the folder is free. */
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  dataDir: string
  log?: (line: string) => void
  /** Gives up starting. */
  signal?: AbortSignal
  /** The server died without being asked to. It is started again; connections made before are lost. */
  onExit?: (exit: Exit) => void
  /** Settings of PostgreSQL that differ from the hub's. */
  settings?: Readonly<Record<string, string>>
  /** For other platforms' ways to be tried on this one; each has a default that fits the machine. */
  machine?: {
    packageFolder?: string
    namespaces?: boolean
    lifeline?: boolean
    transport?: Listen['kind']
    varLib?: string
  }
}

const USER = 'trunkline'
const DATABASE = 'trunkline'
/** Bytes of a socket's path that the kernel takes (sun_path, less its end mark). */
const SOCKET_PATH_LIMIT = process.platform === 'darwin' ? 103 : 107
/** Milliseconds before a crashed server is started again, longer each time it fails at once. */
const RESTART_DELAYS = [50, 200, 1_000, 5_000] as const

/**
 * Starts the database in `dataDir`, made on the first call.
 * @throws HubError `data_dir_in_use`, `database_start_failed`, `database_version_mismatch`, `platform_unsupported`
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const log = options.log ?? (() => {})
  const dataDir = makeFolder(options.dataDir)
  const binaries = findBinaries(options.machine?.packageFolder)
  const lock = lockFolder(dataDir)
  const startedAt = new Date().toISOString()
  try {
    lock.announce({ pid: process.pid, startedAt })
    const cluster = arrange({ dataDir, binaries, options, log })
    const recovered = (await stopOrphans(cluster.folder, log)).length > 0
    const transport = options.machine?.transport ?? (process.platform === 'win32' ? 'tcp' : 'socket')
    const password = transport === 'tcp' ? keepPassword(dataDir) : undefined
    if (!existsSync(cluster.folder))
      await createCluster(cluster, { user: USER, password, signal: options.signal })
    checkVersion(cluster)
    ownTree(cluster.folder, cluster.runner)

    const listen = await chooseListen(transport, dataDir, cluster.runner)
    configure(cluster, listen, options.settings)
    const connection: EmbeddedConnection = {
      host: listen.kind === 'socket' ? listen.folder : '127.0.0.1',
      port: listen.kind === 'socket' ? SOCKET_PORT : listen.port,
      user: USER,
      database: DATABASE,
      ...(password ? { password } : {}),
    }
    const supervised = await supervise({
      cluster,
      listen,
      log,
      signal: options.signal,
      onExit: options.onExit,
    })
    try {
      await ensureDatabase(connection)
    } catch (error) {
      await supervised.stop()
      throw error
    }
    lock.announce({ pid: process.pid, startedAt, connection })
    return {
      connection,
      get pid() {
        return supervised.pid()
      },
      recovered,
      async stop() {
        await supervised.stop()
        if (listen.kind === 'socket') rmSync(listen.folder, { recursive: true, force: true })
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

function makeFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return realpathSync(path)
  } catch (cause) {
    const detail = `The data folder ${path} cannot be made: ${(cause as Error).message}. Check TRUNKLINE_DATA_DIR and who owns the folders above it.`
    throw new HubError('database_start_failed', detail, { cause })
  }
}

/** Settles who runs the server, and where its files and binaries lie so that this user can reach them. */
function arrange(input: {
  dataDir: string
  binaries: Binaries
  options: EmbeddedOptions
  log: (line: string) => void
}): Cluster {
  const { dataDir, options } = input
  const folder = keptElsewhere(dataDir) ?? join(dataDir, 'postgres')
  const found = existsSync(folder) ? statSync(folder) : undefined
  const runner = chooseRunner({
    folder: dirname(folder),
    binaries: input.binaries.root,
    ...(found ? { owner: { uid: found.uid, gid: found.gid } } : {}),
    namespaces: options.machine?.namespaces ?? process.platform === 'linux',
    lifeline: options.machine?.lifeline ?? true,
  })
  const binaries = completeBinaries(input.binaries, join(dataDir, 'bin'))
  if (!runner.owner) return { folder, binaries, runner }

  if (found?.uid !== runner.owner.uid) {
    input.log(
      `PostgreSQL refuses to run as root, and no user namespace can be made; user ${runner.owner.uid} runs it`,
    )
  }
  const varLib = options.machine?.varLib ?? '/var/lib/trunkline'
  // Passing through the folder is enough; listing it is not needed, and every file in it has a mode of its own.
  if (!mayEnter(dataDir, runner.owner) && mayEnter(dirname(dataDir), runner.owner)) chmodSync(dataDir, 0o711)
  return {
    folder: mayEnter(dirname(folder), runner.owner)
      ? folder
      : keepElsewhere(dataDir, varLib, folder, input.log),
    binaries: mayEnter(binaries.root, runner.owner) ? binaries : copyBinaries(binaries, varLib),
    runner,
  }
}

function keptElsewhere(dataDir: string): string | undefined {
  const note = join(dataDir, 'postgres.location')
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined
}

/** The last resort, where no other user than root may enter the data folder. A note in the folder tells the place. */
function keepElsewhere(dataDir: string, varLib: string, folder: string, log: (line: string) => void): string {
  if (existsSync(folder)) {
    const detail = `The database in ${folder} was made by root in a user namespace, which this system now refuses, and no other user may enter the folder. Allow user namespaces, or move the data folder to where others may enter.`
    throw new HubError('database_start_failed', detail)
  }
  const place = join(varLib, shortHash(dataDir))
  mkdirSync(place, { recursive: true, mode: 0o711 })
  writeFileSync(join(dataDir, 'postgres.location'), `${join(place, 'postgres')}\n`, { mode: 0o600 })
  log(`no other user may enter ${dataDir}; the database's files lie in ${place}`)
  return join(place, 'postgres')
}

async function chooseListen(kind: Listen['kind'], dataDir: string, runner: Runner): Promise<Listen> {
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

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
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
function keepPassword(dataDir: string): string {
  const path = join(dataDir, 'postgres.password')
  if (!existsSync(path))
    writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true })
  return readFileSync(path, 'utf8')
}

function configure(
  cluster: Cluster,
  listen: Listen,
  settings: Readonly<Record<string, string>> | undefined,
): void {
  const write = (name: string, text: string) =>
    writeIfChanged(join(cluster.folder, name), text, cluster.runner)
  write('postgresql.conf', renderConfiguration(listen, settings))
  write('pg_hba.conf', renderAccess(listen, cluster.runner.kind === 'user'))
  write('pg_ident.conf', renderPeerMap(USER))
}

/** Keeps a server running until `stop`: one that dies is started again, for as long as it takes. */
async function supervise(input: {
  cluster: Cluster
  listen: Listen
  log: (line: string) => void
  signal: AbortSignal | undefined
  onExit: ((exit: Exit) => void) | undefined
}): Promise<{ pid(): number; stop(): Promise<void> }> {
  const { cluster, log } = input
  const stopping = new AbortController()
  let server: Server = await startServer(cluster, { log, signal: input.signal })

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const exit = await server.exited
      if (stopping.signal.aborted) return
      log(`PostgreSQL ended unexpectedly (${exit.signal ?? `status ${exit.code}`}); starting it again`)
      input.onExit?.(exit)
      await restart()
    }
  }

  async function restart(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      const delay = RESTART_DELAYS[Math.min(failures, RESTART_DELAYS.length - 1)]
      await sleep(delay, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
      if (stopping.signal.aborted) return
      try {
        await stopOrphans(cluster.folder, log)
        server = await startServer(cluster, { log, signal: stopping.signal })
        log(`PostgreSQL runs again (process ${server.pid})`)
        return
      } catch (error) {
        log(`PostgreSQL did not start again: ${(error as Error).message}`)
      }
    }
  }

  const watching = watch()
  return {
    pid: () => server.pid,
    async stop() {
      stopping.abort()
      await server.stop()
      await watching
      // A restart that was under way when `stop` came may have ended in a new server.
      await server.stop()
    },
  }
}

/** Makes the hub's own database on the first start. */
async function ensureDatabase(connection: EmbeddedConnection): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
      connection.database,
    ])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${connection.database}`)
  } catch (cause) {
    const detail = `The embedded database runs but takes no connection: ${(cause as Error).message}`
    throw new HubError('database_start_failed', detail, { cause })
  } finally {
    await client.end().catch(() => {})
  }
}
