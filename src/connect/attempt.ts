/** An attempt: one pending authorization, a row of `oauth_states`. Its secrets are sealed, its state is a hash. */
import type { Selectable, Updateable } from 'kysely'
import { HubError } from '../errors.ts'
import { hashSecret } from '../identity/secrets.ts'
import { OAuthRejection } from '../oauth/server.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import type { AttemptStatus, OwnerKind, Schema } from '../store/schema.ts'
import { statement } from '../store/statement.ts'
import type { Credential } from '../vault/credential.ts'
import type { JsonObject, Tenant } from '../catalog/define.ts'
import type { Vault } from '../vault/vault.ts'

export type AttemptRow = Selectable<Schema['oauth_states']>

export type Decision = {
  kind: 'choose_tenant' | 'different_account'
  question: string
  options: { value: string; label: string; hint: string | null }[]
}

/** What waits, sealed, for the next step of an attempt. */
export type Pending =
  /** For the browser to come back from the provider. */
  | { step: 'redirect'; state: string; codeVerifier: string | null }
  /** For the provider's own log-in page to hand out an app password. */
  | { step: 'poll'; pollUrl: string; pollForm: Record<string, string> }
  /** For the host application's completing call. */
  | { step: 'proof'; state: string; codeVerifier: string | null; parameters: [string, string][] }
  /** For the person's decision, or for the completing call where the secret was typed. */
  | { step: 'grant'; grant: Grant }

/** Everything a finished authorization gave, before it becomes a connection. */
export type Grant = {
  credential: Credential
  token: JsonObject | undefined
  parameters: Record<string, string>
  tenants: Tenant[] | null
  /** What was granted, where an answer after the token's told it. */
  scopes?: readonly string[]
}

/** Attempts live ten minutes (RFC 9700 leaves the figure open; providers' codes live no longer). */
export const ATTEMPT_MS = 10 * 60_000

export const pendingPlace = (row: { organization_id: string; id: string }): string =>
  `attempt|${row.organization_id}|${row.id}`

export function openPending(vault: Vault, row: AttemptRow): Pending {
  return vault.openPending<Pending>(pendingPlace(row), row)
}

export function sealPending(vault: Vault, row: { organization_id: string; id: string }, pending: Pending) {
  return vault.sealPending(pendingPlace(row), pending)
}

type AttemptKey = Pick<AttemptRow, 'organization_id' | 'id' | 'provider' | 'person_id'>
type AttemptAt = Pick<AttemptRow, 'organization_id' | 'id'> & { from: AttemptStatus }
type Move = Updateable<Schema['oauth_states']> & { status: AttemptStatus }

/** What is known of an attempt when it begins; everything else is the same for all. */
export type NewAttempt = Pick<
  AttemptRow,
  | 'organization_id'
  | 'id'
  | 'binding_hash'
  | 'person_id'
  | 'connect_session_id'
  | 'provider'
  | 'method'
  | 'mode'
  | 'owner_kind'
  | 'owner_id'
  | 'connection_id'
  | 'redirect_uri'
  | 'requested_scopes'
> & { parameters: Readonly<Record<string, string>>; pending: Pending }

type AttemptKnown = Omit<NewAttempt, 'parameters' | 'pending'> & Sealed
type Sealed = { key_id: string; sealed: Buffer }

const INSERT = statement<
  AttemptKnown & { state_hash: Buffer | null; parameters: string; created_at: Date; expires_at: Date }
>()((db, values) =>
  db.insertInto('oauth_states').values({
    organization_id: values.organization_id,
    id: values.id,
    state_hash: values.state_hash,
    proof_hash: null,
    binding_hash: values.binding_hash,
    person_id: values.person_id,
    connect_session_id: values.connect_session_id,
    provider: values.provider,
    method: values.method,
    mode: values.mode,
    owner_kind: values.owner_kind,
    owner_id: values.owner_id,
    connection_id: values.connection_id,
    redirect_uri: values.redirect_uri,
    requested_scopes: values.requested_scopes,
    parameters: values.parameters,
    key_id: values.key_id,
    sealed: values.sealed,
    status: 'pending',
    error_code: null,
    error_detail: null,
    decision: 'null',
    created_at: values.created_at,
    expires_at: values.expires_at,
    finished_at: null,
  }),
)

export async function insertAttempt(
  db: Db,
  vault: Vault,
  now: number,
  { pending, parameters, ...known }: NewAttempt,
): Promise<AttemptRow> {
  const made = {
    ...known,
    ...sealPending(vault, known, pending),
    state_hash: pending.step === 'redirect' ? hashSecret(pending.state) : null,
    created_at: new Date(now),
    expires_at: new Date(now + ATTEMPT_MS),
  }
  await INSERT.all(db, { ...made, parameters: JSON.stringify(parameters) })
  return {
    ...made,
    parameters,
    proof_hash: null,
    status: 'pending',
    error_code: null,
    error_detail: null,
    decision: null,
    finished_at: null,
  }
}

/** Takes the state away, so that nobody comes back with it again. */
const CONSUME = statement<{ state_hash: Buffer }>()((db, { state_hash }) =>
  db
    .updateTable('oauth_states')
    .set({ state_hash: null })
    .where('state_hash', '=', state_hash)
    .where('status', '=', 'pending')
    .returningAll(),
)

/** @returns undefined where the state is unknown, over, or was used before */
export async function consumeState(db: Db, state: string, now: number): Promise<AttemptRow | undefined> {
  const row = await CONSUME.first(db, { state_hash: hashSecret(state) })
  return row && row.expires_at.getTime() > now ? row : undefined
}

const HOLD = statement<AttemptAt>()((db, { organization_id, id, from }) =>
  db
    .selectFrom('oauth_states')
    .select('id')
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .where('status', '=', from)
    .forUpdate(),
)

/** Keeps everybody else from moving the attempt until this transaction is over. @throws HubError `attempt_over` */
export async function holdAttempt(trx: Db, row: AttemptRow, from: AttemptStatus): Promise<void> {
  if (!(await HOLD.first(trx, { organization_id: row.organization_id, id: row.id, from })))
    throw new HubError('attempt_over', 'This attempt was cancelled or finished elsewhere.')
}

const SUCCEED = statement<
  Pick<AttemptRow, 'organization_id' | 'id'> & Sealed & { connection_id: string; finished_at: Date }
>()((db, values) =>
  db
    .updateTable('oauth_states')
    .set({
      status: 'succeeded',
      connection_id: values.connection_id,
      decision: 'null',
      finished_at: values.finished_at,
      key_id: values.key_id,
      sealed: values.sealed,
    })
    .where('organization_id', '=', values.organization_id)
    .where('id', '=', values.id),
)

/**
 * For an attempt that the transaction holds.
 * @returns the row as it is from then on
 */
export async function succeedAttempt(
  trx: Db,
  vault: Vault,
  now: number,
  row: AttemptRow,
  connection: string,
): Promise<AttemptRow> {
  const next = { connection_id: connection, finished_at: new Date(now), ...sealNothing(vault, row) }
  await SUCCEED.all(trx, { organization_id: row.organization_id, id: row.id, ...next })
  return { ...row, ...next, status: 'succeeded', decision: null }
}

/**
 * Moves an attempt on, if it still is where the caller believes; tells every replica.
 * @returns the row as it is now; undefined when somebody else was faster
 */
export async function moveAttempt(
  db: Db,
  bus: Bus,
  row: AttemptKey,
  from: AttemptStatus,
  to: Move,
): Promise<AttemptRow | undefined> {
  const moved = await updateAttempt(db, row, from, to)
  if (moved) await tellAttempt(db, bus, row)
  return moved
}

function updateAttempt(
  db: Db,
  row: AttemptKey,
  from: AttemptStatus,
  to: Move,
): Promise<AttemptRow | undefined> {
  return db
    .updateTable('oauth_states')
    .set(to)
    .where('organization_id', '=', row.organization_id)
    .where('id', '=', row.id)
    .where('status', '=', from)
    .returningAll()
    .executeTakeFirst()
}

export function tellAttempt(db: Db, bus: Bus, row: AttemptKey): Promise<void> {
  return bus.publish(db, {
    topic: 'attempt.changed',
    organization: row.organization_id,
    id: row.id,
    provider: row.provider,
    person: row.person_id,
  })
}

/** Nothing secret stays in an attempt that is over. */
export function sealNothing(vault: Vault, row: { organization_id: string; id: string }) {
  return sealPending(vault, row, { step: 'redirect', state: '', codeVerifier: null })
}

/** A stable code and a sentence; never what the provider or the browser sent. */
export type FailureReason = { code: string; detail: string }

export function failed(
  reason: FailureReason,
  now: number,
): Updateable<Schema['oauth_states']> & { status: 'failed' } {
  return {
    status: 'failed',
    error_code: reason.code,
    error_detail: reason.detail,
    decision: 'null',
    finished_at: new Date(now),
  }
}

/** Words for an error met on the way; a rejection's code is kept where it is a known one. */
export function explainFailure(error: unknown, providerName: string): FailureReason {
  if (error instanceof HubError) return error
  if (error instanceof OAuthRejection) {
    const known = REJECTIONS[error.error]
    return {
      code: known ? error.error : 'upstream_error',
      detail: (known ?? '{name} refused the authorization.').replace('{name}', providerName),
    }
  }
  return { code: 'internal_error', detail: 'The hub failed while finishing the connection.' }
}

const REJECTIONS: Readonly<Record<string, string>> = {
  access_denied: 'Access was not allowed at {name}.',
  invalid_client: '{name} refuses this hub’s OAuth client.',
  unauthorized_client: '{name} does not let this OAuth client use this flow.',
  invalid_grant: '{name} refused the authorization code.',
  invalid_scope: '{name} refused a scope that was asked for.',
  redirect_uri_mismatch: '{name} does not know the redirect URI of this hub.',
  server_error: '{name} failed. Try again in a minute.',
  temporarily_unavailable: '{name} is busy. Try again in a minute.',
}

export type AttemptOwner = { kind: OwnerKind; id: string }
