/** Two databases to copy from: one with the schema, and (PostgreSQL's own) one without. */
import pg from 'pg'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'

/** As `pg` takes it. */
export type ServerAddress = { host: string; port: number; user: string; database: string; password?: string }

export const TEMPLATE = 'trunkline_template'

declare module 'vitest' {
  interface ProvidedContext {
    database: ServerAddress
  }
}

export async function makeTemplate(server: ServerAddress): Promise<void> {
  await runOn(server, `DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`)
  await runOn(server, `CREATE DATABASE ${TEMPLATE}`)
  const database = openDatabase({ ...server, database: TEMPLATE }, (error) => console.error(error))
  try {
    await migrate(database.db)
  } finally {
    // A template with a connection left in it cannot be copied.
    await database.close()
  }
}

/** One statement on a connection of its own. */
export async function runOn(server: ServerAddress, statement: string): Promise<void> {
  const client = new pg.Client(server)
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
