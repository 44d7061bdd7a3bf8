/** One connection to PostgreSQL for the whole hub: embedded and external differ in where it points, nowhere else. */
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { HubError } from '../errors.ts'
import { createDialect, type Transact } from './driver.ts'
import type { Schema } from './schema.ts'

export type Db = Kysely<Schema>

export type DatabaseAddress =
  | { connectionString: string }
  | { host: string; port: number; user: string; database: string; password?: string }

export type Database = {
  db: Db
  pool: pg.Pool
  address: DatabaseAddress
  /**
   * A transaction. Statements that are begun together (`Promise.all`) do not wait for each other's answers; they run
   * in the order they were begun in, and one that fails fails those behind it.
   */
  transact: Transact<Schema>
  close(): Promise<void>
}

/** Rows a second that one connection can read are plenty: a small pool keeps PostgreSQL's memory small. */
const POOL_SIZE = 12

/**
 * The plan of a prepared statement is kept: one made while a table was next to empty reads all of it, and goes on so
 * while the table grows, until statistics are gathered again. What is asked here is served by an index.
 */
const PLANS = 'set enable_seqscan = off'

export function openDatabase(address: DatabaseAddress, onError: (error: Error) => void): Database {
  const pool = new pg.Pool({
    ...address,
    // A client sends the next statement before the last one is answered, where nobody waits in between.
    pipeline: true,
    max: POOL_SIZE,
    application_name: 'trunkline',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  })
  // A backend that dies while idle must not take the hub with it.
  pool.on('error', onError)
  pool.on('connect', (client) => {
    // One that dies while a query runs tells the query; without a listener Node would end the process besides.
    client.on('error', () => {})
    client.query(PLANS).catch(() => {})
  })
  const { dialect, transact } = createDialect<Schema>(pool)
  const db = new Kysely<Schema>({ dialect })
  return { db, pool, address, transact, close: () => db.destroy() }
}

const OLDEST_VERSION = 15

/** @throws HubError `database_unreachable` with what to look at */
export async function checkDatabase(db: Db): Promise<void> {
  let version: number
  try {
    const { rows } = await sql<{
      version: string
    }>`select current_setting('server_version_num') as version`.execute(db)
    version = Math.floor(Number(rows[0]?.version) / 10_000)
  } catch (error) {
    throw new HubError(
      'database_unreachable',
      `PostgreSQL does not answer (${(error as Error).message}). Check TRUNKLINE_DATABASE_URL and that the server runs.`,
      { cause: error },
    )
  }
  if (version < OLDEST_VERSION) {
    throw new HubError(
      'database_unreachable',
      `PostgreSQL ${version} is too old: Trunkline needs ${OLDEST_VERSION} or newer.`,
    )
  }
}

/** Whether an error means "the database is away for a moment" (connection lost, shutting down, starting up). */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string') {
    // SQLSTATE classes 08 (connection), 53 (out of disk, memory, connections), 57P (shutdown, crash, starting), 58 (system);
    // 25006: a standby that was not promoted yet; 40001 and 40P01: lost against another transaction.
    return (
      /^(08|53|57P|58)/.test(code) ||
      ['25006', '40001', '40P01'].includes(code) ||
      NODE_CONNECTION_ERRORS.has(code)
    )
  }
  // pg reports a broken socket without a code.
  return PG_CONNECTION_MESSAGES.has(error.message)
}

/** Whether a value was refused whatever the statement: a NUL in a text, a number beyond what its column counts to. */
export function isUnstorable(error: unknown): boolean {
  return UNSTORABLE.has((error as { code?: unknown } | null)?.code)
}

/** character_not_in_repertoire, untranslatable_character, numeric_value_out_of_range */
const UNSTORABLE = new Set<unknown>(['22021', '22P05', '22003'])

const NODE_CONNECTION_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
])
const PG_CONNECTION_MESSAGES = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
])
