/**
 * The refresh engine. What must never happen: two requests spending one single-use refresh token, a new token lost
 * because it could not be stored, a healthy connection marked dead by somebody else's failure.
 *
 * Whoever holds the connection's lease (lease.ts) spends the token. Writing the result compares the stored version.
 * Only the provider's declared dead signals end a connection.
 */
import { sql } from 'kysely'
import type { OAuth2 } from '../catalog/define.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import { OAuthRejection, type Transport } from '../oauth/server.ts'
import { refreshTokens } from '../oauth/token.ts'
import type { Bus } from '../store/bus.ts'
import { type Database, isDatabaseAway } from '../store/database.ts'
import { fillHosts } from '../catalog/fill.ts'
import { pickTold, readTold } from '../catalog/parameters.ts'
import {
  type Credential,
  firstExpiry,
  grantedScopes,
  isRefreshable,
  readTokenSet,
  type TokenSet,
} from './credential.ts'
import { fillingOf } from './filling.ts'
import {
  authorizationServerOf,
  credentialMethod,
  type Integration,
  type Integrations,
} from './integrations.ts'
import { createLeases, LEASE_MS, type Lease } from './lease.ts'
import { CONNECTED, type ConnectionKey, recordEvent, setStatus, tellChange } from './status.ts'
import { refreshTime, type SealedEntry, type Vault } from './vault.ts'

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

/** Longer than any answer worth waiting for; shorter than the lease, so that the holder gives up first. */
export const HTTP_TIMEOUT_MS = 75_000
/** How long a caller waits for another replica's refresh. */
const WAIT_MS = 100_000
/** A change is announced; this is for an announcement that got lost. */
const POLL_MS = 250
const SAVE_RETRY_MS = 250
const SAVE_PATIENCE_MS = 10 * 60_000

const BACKOFF_FIRST_MS = 2_000
const BACKOFF_LAST_MS = 15 * 60_000
/** A server that asks for more is mistaken, or wants the connection to starve. */
const RETRY_AFTER_LIMIT_MS = 24 * 3_600_000

/** Codes that say "your client is wrong": the operator's problem, not the connection's. */
const CLIENT_REJECTED = new Set([
  'invalid_client',
  'unauthorized_client',
  'incorrect_client_credentials',
  'bad_client_secret',
])

export function createRefresher(options: {
  database: Database
  bus: Bus
  vault: Vault
  integrations: Integrations
  egress: Egress
  now: () => number
  log: (message: string, detail?: Record<string, unknown>) => void
  onAttempt?: (outcome: 'refreshed' | 'dead' | 'client_rejected' | 'retry') => void
  /** For tests of crashed holders. */
  leaseMs?: number
}): Refresher {
  const { database, bus, vault, integrations, egress, now, log, onAttempt = () => {} } = options
  const { db } = database
  const leases = createLeases({ db, now, leaseMs: options.leaseMs ?? LEASE_MS })
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
    let method: OAuth2 | undefined
    try {
      entry = await vault.load(lease.connection)
      credential = vault.open(entry)
      integration = integrations.resolve(entry.provider, entry.mode)
      const declared = credentialMethod(integration.provider, entry.method)
      method = declared.kind === 'oauth2' && isRefreshable(credential) ? declared : undefined
    } catch (error) {
      await postpone(lease, error)
      throw error
    }

    if (!method) return endUnrefreshable(entry, integration, lease)
    const fresh: Record<string, TokenSet> = {}
    const told: Record<string, string> = {}
    let failure: unknown
    try {
      await refreshEach(credential, integration, method, entry, reason, fresh, told)
    } catch (error) {
      failure = error
    }
    // Whatever was obtained is kept, even where a second token of the same grant failed.
    if (Object.keys(fresh).length > 0) {
      const renewed = {
        ...credential,
        tokens: { ...(credential as { tokens: object }).tokens, ...fresh },
      } as Credential
      await save(entry, credential, renewed, told, lease.fence, reason)
      if (failure === undefined) {
        onAttempt('refreshed')
        return vault.load(lease.connection)
      }
      entry = await vault.load(lease.connection)
    }
    try {
      return await fail(entry, integration, method, failure, lease)
    } catch (error) {
      if (isDatabaseAway(error))
        leases.abandon(lease, { in_flight: lease.interrupted || mayHaveSpent(failure) })
      throw error
    }
  }

  async function refreshEach(
    credential: Credential,
    integration: Integration,
    method: OAuth2,
    entry: SealedEntry,
    reason: RefreshReason,
    fresh: Record<string, TokenSet>,
    told: Record<string, string>,
  ): Promise<void> {
    if (credential.kind !== 'oauth2') return
    const { provider, client, routes } = integration
    if (!client) throw new OAuthRejection('invalid_client', 401)
    const filling = fillingOf(integration, entry.parameters)
    const server = authorizationServerOf(provider, method, filling)
    const hosts = [...fillHosts(provider.hosts, filling), new URL(server.token_endpoint).host]
    const transport: Transport = (request) =>
      egress.send({ ...request, hosts, routes, timeout: HTTP_TIMEOUT_MS })
    for (const [name, token] of Object.entries(credential.tokens)) {
      if (!token.refresh_token) continue
      // Of several tokens those that still live stay, unless the provider refused or somebody asked.
      const ends = token.expires_at
      if (
        reason !== 'unauthorized' &&
        reason !== 'asked' &&
        Object.keys(credential.tokens).length > 1 &&
        (ends === undefined || !isDue(ends))
      )
        continue
      const body = await refreshTokens({ server, client, transport, refreshToken: token.refresh_token })
      fresh[name] = readTokenSet((normaliseNested(body, method, name) as never) ?? body, now(), method, token)
      const { values, wrong } = readTold(provider, pickTold(method.parameters_from, { token: body as never }))
      if (wrong.length === 0) Object.assign(told, values)
      // The token is good, and so is the place that was known before.
      else log('a refresh told a place that does not have the expected form', { connection: entry.id, wrong })
    }
  }

  const isDue = (ends: number) => ends - now() < 30 * 60_000

  /** Stores the new credential if the version is still ours; waits out a database that is away, for the old token is spent. */
  async function save(
    entry: SealedEntry,
    before: Credential,
    renewed: Credential,
    told: Readonly<Record<string, string>>,
    fence: number,
    reason: RefreshReason,
  ): Promise<void> {
    const moved = Object.entries(told).some(([name, value]) => entry.parameters[name] !== value)
    const connection = { organization: entry.organization, id: entry.id }
    const sealed = vault.sealNext(entry, renewed)
    const expiry = firstExpiry(renewed)
    const patience = Date.now() + SAVE_PATIENCE_MS
    for (;;) {
      try {
        const stored = await bus.transaction(db, async (trx) => {
          const updated = await trx
            .updateTable('credentials')
            .set({
              version: entry.version + 1,
              sealed,
              expires_at: expiry === undefined ? null : new Date(expiry),
              refresh_at: refreshTime(renewed, now()),
              refreshed_at: new Date(now()),
              lease_owner: null,
              lease_until: null,
              in_flight: false,
              failures: 0,
              trouble_code: null,
              trouble_detail: null,
              trouble_since: null,
              next_attempt_at: null,
            })
            .where('organization_id', '=', entry.organization)
            .where('connection_id', '=', entry.id)
            // The version alone: a holder that was overtaken but has the newer token must still be able to store it.
            .where('version', '=', entry.version)
            .executeTakeFirst()
          if (updated.numUpdatedRows === 0n) return false
          await recordEvent(trx, now(), {
            connection,
            kind: 'refreshed',
            title: 'The access token was refreshed.',
            detail: {
              reason,
              fence,
              expires_at: expiry === undefined ? null : new Date(expiry).toISOString(),
            },
          })
          await noteScopes(trx, connection, before, renewed)
          if (moved)
            await trx
              .updateTable('connections')
              .set({ parameters: JSON.stringify({ ...entry.parameters, ...told }) })
              .where('organization_id', '=', entry.organization)
              .where('id', '=', entry.id)
              .execute()
          // It proves the grant alive and the client accepted, and nothing about what the account may do.
          const lifts = entry.status === 'connection_invalid' || entry.statusCause === 'client_rejected'
          const changed = lifts && (await setStatus(trx, bus, now(), connection, CONNECTED))
          if (!changed) {
            const row = await trx
              .selectFrom('connections')
              .select(['provider', 'owner_id'])
              .where('organization_id', '=', entry.organization)
              .where('id', '=', entry.id)
              .executeTakeFirstOrThrow()
            await tellChange(trx, bus, connection, row)
          }
          return true
        })
        if (!stored)
          log('a refreshed credential was not needed: the connection has changed meanwhile', {
            connection: entry.id,
          })
        return
      } catch (error) {
        if (!isDatabaseAway(error) || Date.now() > patience) throw error
        log('waiting for the database to store a refreshed credential', { connection: entry.id })
        await sleep(SAVE_RETRY_MS)
      }
    }
  }

  async function noteScopes(
    db: Database['db'],
    connection: ConnectionKey,
    before: Credential,
    after: Credential,
  ): Promise<void> {
    const was = grantedScopes(before).sort()
    const is = grantedScopes(after).sort()
    if (is.length === 0 || was.join(' ') === is.join(' ')) return
    await db
      .updateTable('connections')
      .set({ granted_scopes: is })
      .where('organization_id', '=', connection.organization)
      .where('id', '=', connection.id)
      .execute()
    await recordEvent(db, now(), {
      connection,
      kind: 'scopes_changed',
      title: 'The provider now grants other scopes.',
      detail: {
        added: is.filter((scope) => !was.includes(scope)),
        removed: was.filter((scope) => !is.includes(scope)),
      },
    })
  }

  /** Decides what a failure proves, records it, and throws what the caller should know. */
  async function fail(
    entry: SealedEntry,
    integration: Integration,
    method: OAuth2,
    failure: unknown,
    lease: Lease,
  ): Promise<never> {
    const connection = { organization: entry.organization, id: entry.id }
    const name = integration.provider.name
    if (
      failure instanceof OAuthRejection &&
      (method.refresh.dead ?? ['invalid_grant']).includes(failure.error)
    ) {
      const cause = lease.interrupted ? 'refresh_interrupted' : 'grant_revoked'
      const detail = lease.interrupted
        ? `A refresh at ${name} was cut off before its answer could be stored, and the refresh token can be used only once. Reconnect the account.`
        : `${name} says that the grant is gone: it was revoked there, or it was unused for too long. Reconnect the account.`
      const died = await bus.transaction(db, async (trx) => {
        // Re-read under the fence: if the token changed meanwhile, the refusal was for an old one and proves nothing.
        const updated = await trx
          .updateTable('credentials')
          .set({
            refresh_at: null,
            lease_owner: null,
            lease_until: null,
            in_flight: false,
            next_attempt_at: null,
            trouble_code: null,
            trouble_detail: null,
            trouble_since: null,
          })
          .where('organization_id', '=', entry.organization)
          .where('connection_id', '=', entry.id)
          .where('version', '=', entry.version)
          .where('fence', '=', lease.fence)
          .executeTakeFirst()
        if (updated.numUpdatedRows === 0n) return false
        await recordEvent(trx, now(), {
          connection,
          kind: 'refresh_failed',
          title: `${name} refused the refresh token.`,
          detail: { code: failure.error, terminal: true },
        })
        await setStatus(trx, bus, now(), connection, { status: 'connection_invalid', cause, detail })
        return true
      })
      onAttempt('dead')
      if (!died) throw delayed(POLL_MS)
      throw new HubError('connection_invalid', detail)
    }

    const rejected = failure instanceof OAuthRejection && CLIENT_REJECTED.has(failure.error)
    const asked =
      failure instanceof HubError
        ? failure.extras.retryAfter
        : failure instanceof OAuthRejection
          ? failure.retryAfter
          : undefined
    const wait = Math.max(backoff(lease.failures), Math.min(RETRY_AFTER_LIMIT_MS, (asked ?? 0) * 1000))
    const code = rejected
      ? 'client_rejected'
      : failure instanceof HubError
        ? failure.code
        : failure instanceof OAuthRejection
          ? failure.error
          : 'internal_error'
    const detail = rejected
      ? `${name} refuses this hub's OAuth client. Whoever runs the hub has to check its client id and secret.`
      : failure instanceof HubError
        ? failure.detail
        : failure instanceof OAuthRejection
          ? `${name} answered "${failure.error}", which does not mean that the grant is gone. It is tried again.`
          : 'The hub failed while refreshing.'
    const over = entry.expiresAt !== undefined && entry.expiresAt <= now()
    await bus.transaction(db, async (trx) => {
      const updated = await trx
        .updateTable('credentials')
        .set((eb) => ({
          lease_owner: null,
          lease_until: null,
          // An answer that never came may have spent the token: remembered for the next attempt.
          in_flight: lease.interrupted || mayHaveSpent(failure),
          failures: eb('failures', '+', 1),
          trouble_code: code,
          trouble_detail: detail,
          trouble_since: eb.fn.coalesce('trouble_since', eb.val(new Date(now()))),
          next_attempt_at: new Date(now() + wait),
        }))
        .where('organization_id', '=', entry.organization)
        .where('connection_id', '=', entry.id)
        .where('fence', '=', lease.fence)
        .executeTakeFirst()
      if (updated.numUpdatedRows === 0n) return
      // A long outage fills no timeline: the first failure and every tenth tell enough.
      if (lease.failures % 10 === 0) {
        await recordEvent(trx, now(), {
          connection,
          kind: 'refresh_failed',
          title: detail,
          detail: { code, terminal: false, failures: lease.failures + 1 },
        })
      }
      const row = { provider: entry.provider, owner_id: entry.owner.id }
      const changed =
        rejected && over
          ? await setStatus(trx, bus, now(), connection, {
              status: 'setup_required',
              cause: 'client_rejected',
              detail,
            })
          : false
      if (!changed) await tellChange(trx, bus, connection, row)
    })
    onAttempt(rejected ? 'client_rejected' : 'retry')
    log('refresh failed', { connection: entry.id, provider: entry.provider, code })
    if (rejected && over) throw new HubError('connection_setup_required', detail)
    throw new HubError('refresh_delayed', detail, { cause: failure, retryAfter: Math.ceil(wait / 1000) })
  }

  /** There is no refresh token: the connection lives as long as its access token, and its end is told. */
  async function endUnrefreshable(
    entry: SealedEntry,
    { provider }: Integration,
    lease: Lease,
  ): Promise<never> {
    const detail = `${provider.name} gave no refresh token for this connection, and its access token is over. Reconnect the account.`
    const over = entry.expiresAt !== undefined && entry.expiresAt <= now()
    await bus.transaction(db, async (trx) => {
      const released = await leases.release(trx, lease, {
        refresh_at: over ? null : new Date(entry.expiresAt ?? now()),
        in_flight: false,
      })
      if (released && over)
        await setStatus(trx, bus, now(), lease.connection, {
          status: 'connection_invalid',
          cause: 'token_expired',
          detail,
        })
    })
    if (over) throw new HubError('connection_invalid', detail)
    throw new HubError('refresh_delayed', `${provider.name} gave no refresh token for this connection.`)
  }

  /** The hub itself could not begin (the database went, a row is damaged, a provider is gone): nothing was sent. */
  async function postpone(lease: Lease, error: unknown): Promise<void> {
    if (isDatabaseAway(error)) return leases.abandon(lease, { in_flight: lease.interrupted })
    const known = error instanceof HubError ? error : undefined
    await leases.release(db, lease, {
      in_flight: lease.interrupted,
      failures: lease.failures + 1,
      trouble_code: known?.code ?? 'internal_error',
      trouble_detail: known?.detail ?? 'The hub failed while refreshing.',
      trouble_since: new Date(now()),
      next_attempt_at: new Date(now() + backoff(lease.failures)),
    })
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

/** Full jitter around a doubling wait. */
function backoff(failures: number): number {
  const ceiling = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 20))
  return ceiling * (0.5 + Math.random() * 0.5)
}

/** Timeouts, broken sockets and unreadable answers leave open whether the server took the token. */
function mayHaveSpent(failure: unknown): boolean {
  return (
    failure instanceof HubError &&
    failure.code !== 'upstream_rate_limited' &&
    failure.code !== 'egress_refused'
  )
}

/** A named token may be nested in a refresh answer as it is in the grant. */
function normaliseNested(body: Record<string, unknown>, method: OAuth2, name: string): unknown {
  const path = method.extra_tokens?.[name]
  if (!path) return undefined
  const nested = body[path]
  return nested && typeof nested === 'object' && 'access_token' in nested ? nested : undefined
}

function refuseStopped(entry: SealedEntry): void {
  if (entry.status === 'connection_invalid') throw new HubError('connection_invalid', entry.statusDetail)
  if (entry.statusCause === 'client_rejected')
    throw new HubError('connection_setup_required', entry.statusDetail)
}

function delayed(ms: number): HubError {
  return new HubError('refresh_delayed', 'The last refresh failed and the next attempt is not due yet.', {
    retryAfter: Math.max(1, Math.ceil(ms / 1000)),
  })
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
