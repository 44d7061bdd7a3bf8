/** A database of its own for a test, on the server that the run's global setup started. */
import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { runOn, type ServerAddress, TEMPLATE } from './template.ts'

export type TestDatabase = {
  /** For `openDatabase` and `pg`. */
  address: ServerAddress
  /** The same for `TRUNKLINE_DATABASE_URL`, to start hubs as processes of their own. */
  connectionString: string
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>
}

/** With the schema in place, unless `empty`. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const server = inject('database')
  const name = `test_${randomBytes(8).toString('hex')}`
  await runOn(server, `CREATE DATABASE ${name}${options.empty ? '' : ` TEMPLATE ${TEMPLATE}`}`)
  const address = { ...server, database: name }
  return {
    address,
    connectionString: toConnectionString(address),
    drop: () => runOn(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

/** A socket's folder has no place in a URL's host; `pg` and libpq read it from the query. */
export function toConnectionString({ host, port, user, password, database }: ServerAddress): string {
  const url = new URL(`postgres://localhost:${port}/${database}`)
  url.username = user
  if (password) url.password = password
  if (host.startsWith('/')) url.searchParams.set('host', host)
  else url.hostname = host
  return url.href
}
