/**
 * Who may refresh a connection now: one lease a connection, in the database, with a fencing number. Taking it is a
 * committed write, which proves the store writable before a refresh token is spent, and it compares the stored
 * version, which shows whether somebody else was faster.
 */
import { randomUUID } from 'node:crypto'
import { sql, type Updateable } from 'kysely'
import { type Db, isDatabaseAway } from '../store/database.ts'
import type { Schema } from '../store/schema.ts'
import type { ConnectionKey } from './status.ts'

export type Lease = {
  connection: ConnectionKey
  /** Of this one attempt, so that giving it back late touches no later attempt. */
  owner: string
  fence: number
  /** An earlier holder may have spent the refresh token without storing the answer. */
  interrupted: boolean
  /** In a row, before this attempt. */
  failures: number
}

export type Leases = {
  /**
   * One statement: takes the lease only if the version is still the one that was seen and nobody holds it.
   * @param urgent whether the wait after a failure, and a dead connection, may be disregarded
   */
  take(connection: ConnectionKey, version: number, urgent: boolean): Promise<Lease | undefined>
  /** Gives it back with what came of it; @returns whether it was still ours */
  release(trx: Db, lease: Lease, change: Updateable<Schema['credentials']>): Promise<boolean>
  /** Gives it back as soon as the database can be reached again, so that nobody waits for its end. */
  abandon(lease: Pick<Lease, 'connection' | 'owner'>, change: Updateable<Schema['credentials']>): void
}

/** Longer than the wait for an answer (refresh.ts), so that the holder gives up first. */
export const LEASE_MS = 120_000
const RETRY_MS = 250

export function createLeases(options: { db: Db; now: () => number; leaseMs: number }): Leases {
  const { db, now, leaseMs } = options

  async function take(
    connection: ConnectionKey,
    version: number,
    urgent: boolean,
  ): Promise<Lease | undefined> {
    const owner = randomUUID()
    try {
      const { rows } = await sql<{ fence: number; interrupted: boolean; failures: number }>`
        with free as (
          select organization_id, connection_id, in_flight from credentials
          where organization_id = ${connection.organization} and connection_id = ${connection.id} and version = ${version}
            and (lease_until is null or lease_until < clock_timestamp())
            and (${urgent} or next_attempt_at is null or next_attempt_at <= ${new Date(now())})
            -- Whoever waited while the grant was found dead must not ask again.
            and (${urgent} or exists (
              select from connections c where c.organization_id = credentials.organization_id
                and c.id = credentials.connection_id and c.status <> 'connection_invalid'))
          for update)
        update credentials v
        set lease_owner = ${owner}, lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond',
            fence = v.fence + 1, in_flight = true
        from free where v.organization_id = free.organization_id and v.connection_id = free.connection_id
        returning v.fence, free.in_flight as interrupted, v.failures`.execute(db)
      return rows[0] && { connection, owner, ...rows[0] }
    } catch (error) {
      // It may have been taken, and only the word of it was lost.
      if (isDatabaseAway(error)) abandon({ connection, owner }, {})
      throw error
    }
  }

  async function giveBack(
    trx: Db,
    { connection, owner }: Pick<Lease, 'connection' | 'owner'>,
    change: Updateable<Schema['credentials']>,
  ): Promise<boolean> {
    const { numUpdatedRows } = await trx
      .updateTable('credentials')
      .set({ lease_owner: null, lease_until: null, ...change })
      .where('organization_id', '=', connection.organization)
      .where('connection_id', '=', connection.id)
      .where('lease_owner', '=', owner)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  function abandon(
    lease: Pick<Lease, 'connection' | 'owner'>,
    change: Updateable<Schema['credentials']>,
  ): void {
    const until = Date.now() + leaseMs
    const attempt = () => {
      giveBack(db, lease, change).catch((error: unknown) => {
        if (isDatabaseAway(error) && Date.now() < until) setTimeout(attempt, RETRY_MS).unref()
      })
    }
    setTimeout(attempt, RETRY_MS).unref()
  }

  return { take, release: giveBack, abandon }
}
