/**
 * Changing the master key while the hub serves. Only what the master key itself sealed is sealed anew: one small data
 * key a connection, and what waits for a person. The credentials stay as they are.
 */
import { sql } from 'kysely'
import type { Db } from '../store/database.ts'
import { type KeyRing, readKeyCheck, sealKeyCheck } from './keyring.ts'
import { secretPlace } from './secrets.ts'
import { keyPlace } from './vault.ts'

export type Rotation = {
  dataKeys: number
  pending: number
  /** Values of named secrets, replaced clients' included. */
  secrets: number
  /** Rows that no loaded key opens. While there is one, the key check stays with the old key. */
  failed: number
}

type Row = { first: string; second: string; key_id: string; sealed: Buffer }

/** A table whose rows the master key has sealed. */
type Sealed = {
  table: string
  /** The two columns of its key. */
  key: [first: string, second: string]
  column: string
  place: (row: Pick<Row, 'first' | 'second'>) => string
}

const BATCH = 500

/**
 * Every row is exchanged only as it was read, so that a reconnect meanwhile wins. Replicas that still seal with an
 * old key leave rows behind: it goes over the tables until a whole pass finds none.
 */
export async function rotateKeys(options: {
  db: Db
  ring: KeyRing
  /** What a pending attempt is bound to. */
  pendingPlace: (row: { organization_id: string; id: string }) => string
}): Promise<Rotation> {
  const { db, ring, pendingPlace } = options
  const dataKeys: Sealed = {
    table: 'data_keys',
    key: ['organization_id', 'connection_id'],
    column: 'wrapped',
    place: ({ first, second }) => keyPlace(first, second),
  }
  const attempts: Sealed = {
    table: 'oauth_states',
    key: ['organization_id', 'id'],
    column: 'sealed',
    place: ({ first, second }) => pendingPlace({ organization_id: first, id: second }),
  }
  const named: Sealed = {
    table: 'secrets',
    key: ['name', 'version'],
    column: 'sealed',
    place: ({ first, second }) => secretPlace(first, Number(second)),
  }
  const done: Rotation = { dataKeys: 0, pending: 0, secrets: 0, failed: 0 }
  for (;;) {
    const keys = await pass(db, ring, dataKeys)
    const pending = await pass(db, ring, attempts)
    const secrets = await pass(db, ring, named)
    done.dataKeys += keys.sealed
    done.pending += pending.sealed
    done.secrets += secrets.sealed
    done.failed = keys.failed + pending.failed + secrets.failed
    if (keys.openable + pending.openable + secrets.openable === 0) break
  }
  if (done.failed === 0 && (await readKeyCheck(db))?.key_id !== ring.currentId) {
    await db
      .updateTable('settings')
      .set({ value: sealKeyCheck(ring) })
      .where('key', '=', 'key_check')
      .execute()
  }
  return done
}

type Pass = { openable: number; sealed: number; failed: number }

/** Once over a table, in the order of its key. */
async function pass(db: Db, ring: KeyRing, target: Sealed): Promise<Pass> {
  const [table, column] = [sql.table(target.table), sql.ref(target.column)]
  // Compared as text, whatever they are: the order only has to be the same from batch to batch.
  const [first, second] = target.key.map((name) => sql`${sql.ref(name)}::text`)
  let after = { first: '', second: '' }
  const done: Pass = { openable: 0, sealed: 0, failed: 0 }
  for (;;) {
    const { rows } = await sql<Row>`
      select ${first} as first, ${second} as second, key_id, ${column} as sealed from ${table}
      where key_id <> ${ring.currentId} and (${first}, ${second}) > (${after.first}, ${after.second})
      order by 1, 2 limit ${BATCH}`.execute(db)
    const last = rows.at(-1)
    if (!last) return done
    after = last
    const renewed = rows.flatMap((row) => {
      try {
        return [
          { row, ...ring.seal(ring.open(row.key_id, row.sealed, target.place(row)), target.place(row)) },
        ]
      } catch {
        done.failed++
        return []
      }
    })
    const { numAffectedRows } = await sql`
      update ${table} t set key_id = ${ring.currentId}, ${column} = n.renewed
      from unnest(${renewed.map(({ row }) => row.first)}::text[], ${renewed.map(({ row }) => row.second)}::text[],
        ${renewed.map(({ row }) => row.sealed)}::bytea[], ${renewed.map((entry) => entry.sealed)}::bytea[])
        as n(first, second, read, renewed)
      where t.${sql.ref(target.key[0])}::text = n.first and t.${sql.ref(target.key[1])}::text = n.second
        and t.${column} = n.read`.execute(db)
    done.openable += renewed.length
    done.sealed += Number(numAffectedRows ?? 0)
  }
}
