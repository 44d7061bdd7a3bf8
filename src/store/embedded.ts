/**
 * The embedded database: a real PostgreSQL, run as a child process on a UNIX socket in the data folder, with no TCP
 * port. (Windows has no usable UNIX sockets here: loopback, a random port and a password.)
 *
 *     data/hub.lock     who may use the folder            data/postgres/   the database's files
 *     data/hub.json     process id and connection         data/run/        the socket
 */
import { chmodSync, existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { HubError } from '../errors.ts'
import { findBinaries } from './embedded/binaries.ts'
import { type Cluster, checkVersion, createCluster, ownTree, writeIfChanged } from './embedded/cluster.ts'
import { chooseListen, keepPassword } from './embedded/listen.ts'
import { lockFolder } from './embedded/lock.ts'
import { stopOrphans } from './embedded/orphans.ts'
import { placeCluster } from './embedded/placement.ts'
import type { DatabaseLog, Exit } from './embedded/server.ts'
import {
  type Listen,
  renderAccess,
  renderConfiguration,
  renderPeerMap,
  SOCKET_PORT,
} from './embedded/settings.ts'
import { supervise } from './embedded/supervise.ts'

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
  /** Open connections end, the last checkpoint is written, the folder is free. */
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  dataDir: string
  /** `debug` is PostgreSQL's own talk; `warn` is what an operator should see. */
  log?: DatabaseLog
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
    const cluster = placeCluster({ dataDir, binaries, options, log })
    const recovered = (await stopOrphans(cluster.folder, log)).length > 0
    const transport = options.machine?.transport ?? (process.platform === 'win32' ? 'tcp' : 'socket')
    const password = transport === 'tcp' ? keepPassword(dataDir) : undefined
    if (!existsSync(cluster.folder))
      await createCluster(cluster, { user: USER, password, signal: options.signal })
    checkVersion(cluster)
    ownTree(cluster.folder, cluster.runner)
    // A copied folder may have come with wider permissions, with which PostgreSQL refuses to start.
    chmodSync(cluster.folder, 0o700)

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
