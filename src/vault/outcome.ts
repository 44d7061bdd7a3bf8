/**
 * What came of a renewal, written down: the new credential, the end of the connection, or trouble that is tried again.
 * Every write compares the version or the fence, so that a holder who was overtaken changes nothing.
 */
import type { PlacedMethod } from '../catalog/define.ts'
import { HubError } from '../errors.ts'
import { OAuthRejection } from '../oauth/server.ts'
import type { Bus } from '../store/bus.ts'
import { type Database, isDatabaseAway } from '../store/database.ts'
import { type Credential, firstExpiry, grantedScopes } from './credential.ts'
import type { Integration } from './integrations.ts'
import type { Lease, Leases } from './lease.ts'
import { CredentialDead } from './renewal.ts'
import type { RefreshReason } from './refresh.ts'
import { CONNECTED, type ConnectionKey, recordEvent, setStatus, tellChange } from './status.ts'
import { freshColumns, type SealedEntry, type Vault } from './vault.ts'

/** A change is announced; this is for an announcement that got lost. */
export const POLL_MS = 250
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

export type Attempted = 'refreshed' | 'dead' | 'client_rejected' | 'retry'

export function createOutcome(options: {
  database: Database
  bus: Bus
  vault: Vault
  leases: Leases
  now: () => number
  log: (message: string, detail?: Record<string, unknown>) => void
  onAttempt: (outcome: Attempted) => void
}) {
  const { database, bus, vault, leases, now, log, onAttempt } = options
  const { db } = database

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
              ...freshColumns(renewed, now()),
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
              .select(['provider', 'owner_kind', 'owner_id'])
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
    method: PlacedMethod,
    failure: unknown,
    lease: Lease,
  ): Promise<never> {
    const connection = { organization: entry.organization, id: entry.id }
    const name = integration.provider.name
    if (failure instanceof CredentialDead) {
      const { cause, detail, title } = deathOf(name, method, lease)
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
          title,
          detail: { code: failure.code, terminal: true },
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
      const row = { provider: entry.provider, owner_kind: entry.owner.kind, owner_id: entry.owner.id }
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
    log('refresh failed', {
      connection: entry.id,
      provider: entry.provider,
      code,
      ...(code === 'internal_error' ? { err: failure } : {}),
    })
    if (rejected && over) throw new HubError('connection_setup_required', detail)
    throw new HubError('refresh_delayed', detail, { cause: failure, retryAfter: Math.ceil(wait / 1000) })
  }

  /** Nothing can be renewed now: the connection lives as long as its access token, and its end is told. */
  async function end(
    entry: SealedEntry,
    credential: Credential,
    { provider }: Integration,
    lease: Lease,
    reason: RefreshReason,
  ): Promise<never> {
    const renewals =
      credential.kind === 'oauth2'
        ? Object.values(credential.tokens).flatMap(({ renewal }) => renewal?.at ?? [])
        : []
    const why =
      renewals.length > 0
        ? `${provider.name} renews an access token only while it lives`
        : `${provider.name} gave no refresh token for this connection`
    const detail = `${why}, and the access token is over. Reconnect the account.`
    const over = entry.expiresAt !== undefined && entry.expiresAt <= now()
    // The schedule comes twice: to warn, and at the end.
    const warning =
      !over && reason === 'scheduled' && renewals.length === 0 && entry.expiresAt !== undefined
        ? `${why}: it ends on ${new Date(entry.expiresAt).toISOString().slice(0, 10)}. Reconnect the account before that day.`
        : undefined
    await bus.transaction(db, async (trx) => {
      const released = await leases.release(trx, lease, {
        ...(warning && {
          trouble_code: 'ends_soon',
          trouble_detail: warning,
          trouble_since: new Date(now()),
        }),
        refresh_at: over
          ? null
          : new Date(Math.min(entry.expiresAt ?? Number.POSITIVE_INFINITY, ...renewals)),
        in_flight: false,
      })
      if (released && over)
        await setStatus(trx, bus, now(), lease.connection, {
          status: 'connection_invalid',
          cause: 'token_expired',
          detail,
        })
      if (released && warning) {
        await recordEvent(trx, now(), { connection: lease.connection, kind: 'ends_soon', title: warning })
        await tellChange(trx, bus, lease.connection, {
          provider: entry.provider,
          owner_kind: entry.owner.kind,
          owner_id: entry.owner.id,
        })
      }
    })
    if (over) throw new HubError('connection_invalid', detail)
    throw new HubError('refresh_delayed', `${why}.`)
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

  return { save, fail, end, postpone }
}

function deathOf(
  name: string,
  method: PlacedMethod,
  lease: Lease,
): { cause: string; detail: string; title: string } {
  if (method.kind !== 'oauth2')
    return {
      cause: 'grant_revoked',
      detail: `${name} refuses the secret that was typed in: it was revoked there, has expired, or was unused for too long. Reconnect with a new one.`,
      title: `${name} refused the sign-in.`,
    }
  const { rotates } = method.refresh
  const singleUse = rotates === 'always' || rotates === 'sometimes'
  const title = `${name} refused the ${rotates === 'exchange' ? 'access' : 'refresh'} token.`
  if (lease.interrupted && singleUse)
    return {
      cause: 'refresh_interrupted',
      detail: `A refresh at ${name} was cut off before its answer could be stored, and the refresh token can be used only once. Reconnect the account.`,
      title,
    }
  return {
    cause: 'grant_revoked',
    detail: `${name} says that the grant is gone: it was revoked there, or it was unused for too long. Reconnect the account.`,
    title,
  }
}

/** Full jitter around a doubling wait. */
function backoff(failures: number): number {
  const ceiling = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 20))
  return ceiling * (0.5 + Math.random() * 0.5)
}

/** Timeouts, broken sockets and unreadable answers leave open whether the server took the token. */
export function mayHaveSpent(failure: unknown): boolean {
  return (
    failure instanceof HubError &&
    failure.code !== 'upstream_rate_limited' &&
    failure.code !== 'egress_refused'
  )
}

export function delayed(ms: number): HubError {
  return new HubError('refresh_delayed', 'The last refresh failed and the next attempt is not due yet.', {
    retryAfter: Math.max(1, Math.ceil(ms / 1000)),
  })
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
