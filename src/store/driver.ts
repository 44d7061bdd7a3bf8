/**
 * What the hub asks PostgreSQL is small, and asked often: a statement that comes again is prepared, and inside a
 * transaction the next statement may leave before the last is answered. A round trip costs more than what it asks for.
 */
import {
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
} from 'kysely'
import pg, { type Pool, type PoolClient } from 'pg'

/** A statement is prepared when it has come so often: a plan takes memory in every backend. */
const PREPARE_AT = 4
/** The statements of lists differ with every filter; beyond this many, none is counted any more. */
const STATEMENTS = 400

export type Transact<Database> = <Result>(
  db: Kysely<Database>,
  run: (trx: Kysely<Database>, commitBehind: CommitBehind) => Promise<Result>,
  /** Called where the connection broke with a COMMIT on its way: nobody can say whether it was one. */
  onUndecided?: () => void,
) => Promise<Result>

/**
 * For the last statements of a transaction, where no answer decides whether it is kept: COMMIT leaves right behind
 * them. They have to be begun when this is called, and nothing may be begun after it.
 * @returns what the statements gave, when all of it is committed
 */
export type CommitBehind = <Result>(statements: Promise<Result>) => Promise<Result>

export function createDialect<Database>(pool: Pool): { dialect: Dialect; transact: Transact<Database> } {
  const postgres = new PostgresDialect({ pool: preparing(pool) })
  const driver = postgres.createDriver()
  const adapter = postgres.createAdapter()
  const compiler = postgres.createQueryCompiler()
  const dialect: Dialect = {
    createAdapter: () => adapter,
    createIntrospector: (db) => postgres.createIntrospector(db),
    // Every transaction asks for one. Compiling waits for nothing, so that all can share it.
    createQueryCompiler: () => compiler,
    createDriver: () => driver,
  }
  return {
    dialect,
    transact: (db, run, onUndecided) =>
      db.getExecutor().provideConnection(async (connection) => {
        let isOver = false
        let committed: Promise<void> | undefined
        const commit = () => {
          isOver = true
          return (committed ??= driver.commitTransaction(connection))
        }
        // Kysely's own transactions let a statement wait for the answer of the one before.
        const trx = new Kysely<Database>({
          dialect: { ...dialect, createDriver: () => heldDriver(connection, () => isOver) },
        })
        const commitBehind: CommitBehind = async (statements) => {
          // What was begun reaches the connection in microtasks, and all of those come before the next tick.
          const ended = new Promise<void>((resolve, reject) =>
            process.nextTick(() => (isOver ? reject(new Error(OVER)) : commit().then(resolve, reject))),
          )
          ended.catch(() => {})
          // In this order: what a statement failed with says more than that the COMMIT became a rollback.
          const given = await statements
          await ended
          return given
        }
        // BEGIN fails only with its connection, and whatever leaves with it fails then as well.
        const begun = driver.beginTransaction(connection, {})
        begun.catch(() => {})
        try {
          const result = await run(trx, commitBehind)
          await begun
          await commit()
          return result
        } catch (error) {
          isOver = true
          if (committed && !(error instanceof pg.DatabaseError)) onUndecided?.()
          await driver.rollbackTransaction(connection)
          throw error
        }
      }),
  }
}

const OVER = 'the transaction is over'

/** Of one connection that somebody else took and will give back. */
function heldDriver(connection: DatabaseConnection, isOver: () => boolean): Driver {
  const nested = () => Promise.reject(new Error('a transaction is under way'))
  return {
    init: async () => {},
    async acquireConnection() {
      if (isOver()) throw new Error(OVER)
      return connection
    },
    releaseConnection: async () => {},
    beginTransaction: nested,
    commitTransaction: nested,
    rollbackTransaction: nested,
    destroy: async () => {},
  }
}

/** The pool with a name on every statement that has come often enough. */
function preparing(pool: Pool): PostgresPool {
  const clients = new WeakMap<PoolClient, PostgresPoolClient>()
  const seen = new Map<string, { times: number; name: string }>()
  let round = 0

  function nameOf(text: string): string | undefined {
    const statement = seen.get(text)
    if (!statement) {
      if (seen.size < STATEMENTS) seen.set(text, { times: 1, name: `hub-${round}-${seen.size}` })
      return undefined
    }
    return ++statement.times < PREPARE_AT ? undefined : statement.name
  }

  function wrap(client: PoolClient): PostgresPoolClient {
    const leaveTogether = gathering(client)
    const query = async (text: string, values: readonly unknown[]) => {
      leaveTogether()
      const name = values.length > 0 ? nameOf(text) : undefined
      const statement = { text, values: values as unknown[] }
      if (!name) return client.query(statement)
      try {
        return await client.query({ ...statement, name })
      } catch (error) {
        if (!isPlanOutdated(error)) throw error
        // A newer hub has changed a table under this one: all that was prepared is prepared again, by other names.
        seen.clear()
        round++
        if (client.getTransactionStatus() !== 'I') throw error
        return client.query(statement)
      }
    }
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: (destroy) => client.release(destroy),
    }
  }

  return {
    async connect() {
      const client = await pool.connect()
      const known = clients.get(client)
      if (known) return known
      const made = wrap(client)
      clients.set(client, made)
      return made
    },
    end: () => pool.end(),
    options: pool.options,
  }
}

/** What is asked in one turn leaves in one piece: a write that wakes the database costs more than the statement in it. */
function gathering({ connection: { stream } }: PoolClient): () => void {
  let gathers = false
  return () => {
    if (gathers) return
    gathers = true
    stream.cork()
    process.nextTick(() => {
      gathers = false
      stream.uncork()
    })
  }
}

/** `feature_not_supported`, told only of a prepared statement whose result would have other columns now. */
function isPlanOutdated(error: unknown): boolean {
  const { code, routine } = error as { code?: unknown; routine?: unknown }
  return code === '0A000' && routine === 'RevalidateCachedQuery'
}
