/** Locks by name, over all replicas. */
import { sql } from 'kysely'
import type { Db } from './database.ts'
import { statement } from './statement.ts'

const LOCK = statement<{ name: string }>()((db, { name }) =>
  db.selectNoFrom(sql`pg_advisory_xact_lock(hashtextextended(${name}, 0))`.as('locked')),
)

/** Waits until no other transaction holds the name; it is held until this one ends. */
export async function lock(trx: Db, name: string): Promise<void> {
  await LOCK.all(trx, { name })
}
