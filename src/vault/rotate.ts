/**
 * Changing the master key while the hub serves. Only what the master key itself sealed is sealed anew: one small data
 * key a connection, and what waits for a person. The credentials stay as they are.
 */
import { sql } from 'kysely'
import type { Db } from '../store/database.ts'
import { type KeyRing, readKeyCheck, sealKeyCheck } from './keyring.ts'
import { keyPlace } from './vault.ts'

export type Rotation = {
  dataKeys: number
  pending: number
  /** Rows that no loaded key opens. While there is one, the key check stays with the old key. */
  failed: number
}

type Row = { organization: string; id: string; key_id: string; sealed: Buffer }

/** A table whose rows the master key has sealed. */
type Sealed = {
  table: string
  id: string
  column: string
  place: (row: Pick<Row, 'organization' | 'id'>) => string
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
    id: 'connection_id',
    column: 'wrapped',
    place: ({ organization, id }) => keyPlace(organization, id),
  }
  const attempts: Sealed = {
    table: 'oauth_states',
    id: 'id',
    column: 'sealed',
    place: ({ organization, id }) => pendingPlace({ organization_id: organization, id }),
  }
  const done: Rotation = { dataKeys: 0, pending: 0, failed: 0 }
  for (;;) {
    const keys = await pass(db, ring, dataKeys)
    const pending = await pass(db, ring, attempts)
    done.dataKeys += keys.sealed
    done.pending += pending.sealed
    done.failed = keys.failed + pending.failed
    if (keys.openable + pending.openable === 0) break
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
  const [table, id, column] = [sql.table(target.table), sql.ref(target.id), sql.ref(target.column)]
  let after = { organization: '', id: '' }
  const done: Pass = { openable: 0, sealed: 0, failed: 0 }
  for (;;) {
    const { rows } = await sql<Row>`
      select organization_id as organization, ${id} as id, key_id, ${column} as sealed from ${table}
      where key_id <> ${ring.currentId} and (organization_id, ${id}) > (${after.organization}, ${after.id})
      order by organization_id, ${id} limit ${BATCH}`.execute(db)
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
      from unnest(${renewed.map(({ row }) => row.organization)}::text[], ${renewed.map(({ row }) => row.id)}::text[],
        ${renewed.map(({ row }) => row.sealed)}::bytea[], ${renewed.map((entry) => entry.sealed)}::bytea[])
        as n(organization, id, read, renewed)
      where t.organization_id = n.organization and t.${id} = n.id and t.${column} = n.read`.execute(db)
    done.openable += renewed.length
    done.sealed += Number(numAffectedRows ?? 0)
  }
}
