/**
 * The refresh engine. What must never happen: two requests spending one single-use refresh token, a new token lost
 * because it could not be stored, a healthy connection marked dead by somebody else's failure.
 *
 * Whoever holds the connection's lease (lease.ts) spends the token. Writing the result compares the stored version.
 * Only the provider's declared dead signals end a connection.
 */
import { sql } from 'kysely'
import type { PlacedMethod } from '../catalog/define.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import { type Database, isDatabaseAway } from '../store/database.ts'
import { type Credential, isRenewable } from './credential.ts'
import { credentialMethod, type Integration, type Integrations } from './integrations.ts'
import { createLeases, LEASE_MS, type Lease } from './lease.ts'
import { type Attempted, createOutcome, delayed, mayHaveSpent, POLL_MS } from './outcome.ts'
import { createRenewer } from './renewal.ts'
import type { ConnectionKey } from './status.ts'
import type { SealedEntry, Vault } from './vault.ts'

export type RefreshReason = 'expired' | 'unauthorized' | 'scheduled' | 'asked'

export type Refresher = {
  /**
   * Makes sure the connection's credential is newer than `seen`. Callers of one process share one attempt; other
   * replicas wait for its result.
   * @throws HubError `connection_invalid`, `refresh_delayed` (with `retryAfter`), `connection_disconnected`
   */
  refresh(connection: ConnectionKey, seen: { version: number }, reason: RefreshReason): Promise<SealedEntry>
  /** Refreshes what is due; returns how many were. Run by the scheduled job of one replica at a time. */
  sweep(options?: { limit?: number; concurrency?: number }): Promise<number>
  /** Waits for what is under way, so that a shutdown loses nothing. */
  drain(): Promise<void>
}

/** How long a caller waits for another replica's refresh. */
const WAIT_MS = 100_000

export function createRefresher(options: {
  database: Database
  bus: Bus
  vault: Vault
  integrations: Integrations
  egress: Egress
  now: () => number
  log: (message: string, detail?: Record<string, unknown>) => void
  onAttempt?: (outcome: Attempted) => void
  /** For tests of crashed holders. */
  leaseMs?: number
}): Refresher {
  const { database, bus, vault, integrations, egress, now, log, onAttempt = () => {} } = options
  const { db } = database
  const leases = createLeases({ db, now, leaseMs: options.leaseMs ?? LEASE_MS })
  const renew = createRenewer({ egress, now, log })
  const outcome = createOutcome({ database, bus, vault, leases, now, log, onAttempt })
  const underWay = new Map<string, Promise<SealedEntry>>()

  function refresh(
    connection: ConnectionKey,
    seen: { version: number },
    reason: RefreshReason,
  ): Promise<SealedEntry> {
    const shared = underWay.get(connection.id)
    if (shared)
      return shared.then((entry) =>
        entry.version > seen.version ? entry : refresh(connection, seen, reason),
      )
    const started = run(connection, seen, reason).finally(() => underWay.delete(connection.id))
    underWay.set(connection.id, started)
    return started
  }

  async function run(
    connection: ConnectionKey,
    seen: { version: number },
    reason: RefreshReason,
  ): Promise<SealedEntry> {
    const deadline = Date.now() + WAIT_MS
    for (;;) {
      const lease = await leases.take(connection, seen.version, reason === 'asked')
      if (lease) return perform(lease, reason)
      const entry = await vault.load(connection)
      if (entry.version > seen.version) return entry
      refuseStopped(entry)
      if (reason !== 'asked' && entry.nextAttemptAt !== undefined && entry.nextAttemptAt > now())
        throw delayed(entry.nextAttemptAt - now())
      if (Date.now() > deadline) throw delayed(POLL_MS)
      await changeOf(connection.id)
    }
  }

  async function perform(lease: Lease, reason: RefreshReason): Promise<SealedEntry> {
    let entry: SealedEntry
    let credential: Credential
    let integration: Integration
    let method: PlacedMethod
    try {
      entry = await vault.load(lease.connection)
      credential = vault.open(entry)
      integration = integrations.resolve(entry.provider, entry.mode, entry.clientId)
      method = credentialMethod(integration.provider, entry.method)
    } catch (error) {
      await outcome.postpone(lease, error)
      throw error
    }

    if (!isRenewable(credential, now())) return outcome.end(entry, credential, integration, lease, reason)
    const renewed = await renew({ entry, credential, integration, method, reason })
    // Whatever was obtained is kept, even where a second token of the same grant failed.
    if (renewed.credential) {
      await outcome.save(entry, credential, renewed.credential, renewed.told, lease.fence, reason)
      if (renewed.failure === undefined) {
        onAttempt('refreshed')
        return vault.load(lease.connection)
      }
      entry = await vault.load(lease.connection)
    }
    if (renewed.failure === undefined) return outcome.end(entry, credential, integration, lease, reason)
    try {
      return await outcome.fail(entry, integration, method, renewed.failure, lease)
    } catch (error) {
      if (isDatabaseAway(error))
        leases.abandon(lease, { in_flight: lease.interrupted || mayHaveSpent(renewed.failure) })
      throw error
    }
  }

  /** A connection that was found invalid otherwise is not due: only a reconnect changes it. */
  async function forget(connection: ConnectionKey, version: number): Promise<void> {
    await db
      .updateTable('credentials')
      .set({ refresh_at: null })
      .where('organization_id', '=', connection.organization)
      .where('connection_id', '=', connection.id)
      .where('version', '=', version)
      .execute()
  }

  /** Resolves at the next announced change of the connection, or after a short while. */
  function changeOf(id: string): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        unsubscribe()
        resolve()
      }
      const timer = setTimeout(done, POLL_MS)
      const unsubscribe = bus.subscribe((message) => {
        if ('id' in message && message.id === id) done()
      })
    })
  }

  return {
    refresh,
    async sweep({ limit = 500, concurrency = 16 } = {}) {
      const due = await sql<{ organization_id: string; connection_id: string; version: number }>`
        select organization_id, connection_id, version from credentials
        where refresh_at is not null and greatest(refresh_at, next_attempt_at) <= ${new Date(now())}
          and (lease_until is null or lease_until < clock_timestamp())
        order by greatest(refresh_at, next_attempt_at) limit ${limit}`.execute(db)
      const queue = [...due.rows]
      const worker = async () => {
        for (let row = queue.shift(); row; row = queue.shift()) {
          const connection = { organization: row.organization_id, id: row.connection_id }
          // Recorded where it happened; the next sweep goes on.
          await refresh(connection, row, 'scheduled').catch(async (error: unknown) => {
            if (error instanceof HubError && error.code === 'connection_invalid')
              await forget(connection, row.version).catch(() => {})
            if (!(error instanceof HubError))
              log('scheduled refresh failed', { connection: connection.id, error: String(error) })
          })
        }
      }
      await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, worker))
      return due.rows.length
    },
    async drain() {
      await Promise.allSettled(underWay.values())
    },
  }
}

function refuseStopped(entry: SealedEntry): void {
  if (entry.status === 'connection_invalid') throw new HubError('connection_invalid', entry.statusDetail)
  if (entry.statusCause === 'client_rejected')
    throw new HubError('connection_setup_required', entry.statusDetail)
}
