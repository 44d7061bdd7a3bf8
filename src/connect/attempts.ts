/**
 * Connecting: begin, come back, prove, decide. A flow is bound to the browser and the person that began it; every
 * step consumes the one before it, so that none can be taken twice.
 */
import { isVerified } from '../catalog/methods.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import { mustAllow, type Policies } from '../identity/policies.ts'
import { hashSecret } from '../identity/secrets.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import { findMethod, type Integrations } from '../vault/integrations.ts'
import type { Vault } from '../vault/vault.ts'
import {
  type AttemptOwner,
  type AttemptRow,
  consumeState,
  explainFailure,
  failed,
  type FailureReason,
  type Grant,
  insertAttempt,
  moveAttempt,
  openPending,
  type Pending,
  sealNothing,
  sealPending,
} from './attempt.ts'
import { type Begun, createBeginner } from './begin.ts'
import type { Finisher } from './finish.ts'
import { createLoginWatch } from './login-watch.ts'
import { createRedeemer } from './redeem.ts'
import { findLender, type Lender } from './verified-access.ts'

export type StartInput = {
  organization: string
  provider: string
  method: string | undefined
  fields: Readonly<Record<string, string>>
  scopeSet: string | undefined
  /** Beside what the connection has, exactly these. */
  additionalScopes?: readonly string[] | undefined
  owner: AttemptOwner
  /** Who may see the attempt; null when a connect link began it. */
  person: string | null
  /** SHA-256 of what proves the browser. */
  binding: Buffer
  /** Reconnect this one. */
  connection:
    | {
        id: string
        mode: 'live' | 'sandbox'
        parameters: Readonly<Record<string, string>>
        granted_scopes: readonly string[]
        requested_scopes: readonly string[]
      }
    | undefined
  /** Id of the connect link's session. */
  connectSession: string | undefined
}

export type Started = { row: AttemptRow; authorizationUrl: string | undefined }

export type CallbackOutcome =
  | { kind: 'unknown' }
  | { kind: 'refused' | 'moved'; row: AttemptRow }
  /** The host application's completing call is awaited; this goes to its page once. */
  | { kind: 'proof'; row: AttemptRow; proof: string }

export type Attempts = {
  start(input: StartInput): Promise<Started>
  callback(input: {
    redirectUri: string
    parameters: URLSearchParams
    /** What stood behind the `#`, handed in by a page of the hub. */
    fragment?: string | undefined
    bindings: readonly Buffer[]
    newProof: () => { proof: string; hash: Buffer }
  }): Promise<CallbackOutcome>
  /** Whether this browser comes back with the token in the fragment: a page has to read it. Consumes nothing. */
  awaitsFragment(input: { redirectUri: string; state: string; bindings: readonly Buffer[] }): Promise<boolean>
  /** The host application says who finished; `endUser` must be the connect session's own. */
  complete(input: {
    organization: string
    connectSession: string
    proofHash: Buffer
    isSamePerson: boolean
  }): Promise<AttemptRow>
  find(organization: string, id: string): Promise<AttemptRow | undefined>
  /** For flows that did not come back by a redirect: the proof for the browser to bring to the host application. */
  issueProof(row: AttemptRow, proofHash: Buffer): Promise<void>
  decide(row: AttemptRow, value: string): Promise<void>
  cancel(row: AttemptRow): Promise<void>
  /** Asks the provider whether a browser login is done; at most every two seconds, whoever waits. */
  poll(row: AttemptRow): Promise<void>
  /** Forgets attempts that ended a day ago, and closes those whose time is over. */
  sweep(): Promise<void>
  drain(): Promise<void>
}

const KEEP_MS = 24 * 3_600_000

export function createAttempts(options: {
  database: Database
  bus: Bus
  vault: Vault
  egress: Egress
  integrations: Integrations
  finisher: Finisher
  policies: Pick<Policies, 'of'>
  now: () => number
  onRefused: (row: AttemptRow, reason: string) => Promise<void>
}): Attempts {
  const { database, bus, vault, egress, integrations, finisher, policies, now, onRefused } = options
  const { db } = database
  const begin = createBeginner({ egress, now })
  const redeem = createRedeemer({ egress, integrations, now })
  const logins = createLoginWatch({
    vault,
    egress,
    integrations,
    now,
    find,
    async onDone(row, grant) {
      try {
        await finishOrPark(row, grant)
      } catch (error) {
        await moveAttempt(db, bus, row, 'pending', failed(explain(error, row), now()))
      }
    },
  })

  async function start(input: StartInput): Promise<Started> {
    const { provider } = integrations.resolve(input.provider)
    mustAllow(policies.of(input.organization, provider.id), input.owner.kind, provider.name)
    const method = findMethod(provider, input.method)
    const lender = isVerified(method)
      ? await findLender(db, integrations, { ...input, provider, method })
      : undefined
    const integration = integrations.resolve(input.provider, lender?.mode ?? input.connection?.mode)
    const place = { organization_id: input.organization, id: newId('att', now()) }
    const begun = lender ? borrow(lender) : await begin(integration, method, input)
    const row = await insertAttempt(db, vault, now(), {
      ...place,
      binding_hash: input.binding,
      person_id: input.person,
      connect_session_id: input.connectSession ?? null,
      provider: provider.id,
      method: method.kind,
      mode: integration.mode === 'sandbox' ? 'sandbox' : 'live',
      owner_kind: input.owner.kind,
      owner_id: input.owner.id,
      connection_id: input.connection?.id ?? null,
      redirect_uri: begun.pending.step === 'redirect' ? (integration.redirectUri ?? null) : null,
      requested_scopes: begun.scopes,
      parameters: begun.parameters,
      pending: begun.pending,
    })
    if (begun.pending.step === 'poll') logins.watch(row)
    if (begun.pending.step !== 'grant') return { row, authorizationUrl: begun.url }
    await finishTyped(row, begun.pending.grant)
    return { row: (await find(row.organization_id, row.id)) ?? row, authorizationUrl: undefined }
  }

  /** Nothing to type and nowhere to go: the other connection's credential is tried at once. */
  function borrow({ id, parameters }: Lender): Begun {
    const grant: Grant = {
      credential: { kind: 'borrowed', connection: id },
      token: undefined,
      parameters: { ...parameters },
      tenants: null,
    }
    return { pending: { step: 'grant', grant }, parameters, scopes: [], url: undefined }
  }

  /** A typed secret is tested at once; wrong ones are the caller's error, and nothing of them stays. */
  async function finishTyped(row: AttemptRow, grant: Grant): Promise<void> {
    try {
      await finishOrPark(row, grant)
    } catch (error) {
      await db
        .deleteFrom('oauth_states')
        .where('organization_id', '=', row.organization_id)
        .where('id', '=', row.id)
        .execute()
      throw error
    }
  }

  /** Flows of a connect link wait, tested, for the proof that they ended with the person they began with. */
  async function finishOrPark(row: AttemptRow, grant: Grant): Promise<void> {
    if (!(await needsCompletion(row))) return void (await finisher.finish(row, grant, 'pending'))
    await finisher.check(row, grant)
    await moveAttempt(db, bus, row, 'pending', {
      status: 'proof_required',
      ...sealPending(vault, row, { step: 'grant', grant }),
    })
  }

  function find(organization: string, id: string): Promise<AttemptRow | undefined> {
    return db
      .selectFrom('oauth_states')
      .selectAll()
      .where('organization_id', '=', organization)
      .where('id', '=', id)
      .executeTakeFirst()
  }

  const callback: Attempts['callback'] = async ({
    redirectUri,
    parameters,
    fragment,
    bindings,
    newProof,
  }) => {
    const state = parameters.get('state')
    // Two states, two codes: somebody is trying something.
    if (!state || parameters.getAll('state').length > 1 || parameters.getAll('code').length > 1)
      return { kind: 'unknown' }
    const row = await consumeState(db, state, now())
    if (!row) return { kind: 'unknown' }
    const sameBrowser = bindings.some((binding) => binding.equals(row.binding_hash))
    if (!sameBrowser || row.redirect_uri !== redirectUri) {
      const reason = sameBrowser
        ? 'The answer came back on the address of another integration.'
        : 'The flow was finished in another browser or session than the one it began in.'
      await moveAttempt(db, bus, row, 'pending', failed(new HubError('proof_refused', reason), now()))
      await onRefused(row, reason)
      return { kind: 'refused', row }
    }
    const pending = openPending(vault, row)
    if (pending.step !== 'redirect') return { kind: 'unknown' }
    let moved: AttemptRow | undefined
    try {
      const { state, codeVerifier } = pending
      const handed = fragment === undefined ? undefined : redeem.readFragment(row, fragment)
      if (!handed) redeem.checkSignature(row, parameters)
      const verified = handed ? undefined : redeem.judge(row, parameters, state)
      if (await needsCompletion(row)) {
        const { proof, hash } = newProof()
        const parked: Pending = handed
          ? { step: 'grant', grant: handed }
          : { step: 'proof', state, codeVerifier, parameters: [...parameters] }
        await moveAttempt(db, bus, row, 'pending', {
          status: 'proof_required',
          proof_hash: hash,
          ...sealPending(vault, row, parked),
        })
        return { kind: 'proof', row, proof }
      }
      const grant = handed ?? (verified && (await redeem.exchange(row, verified, parameters, codeVerifier)))
      if (grant) moved = await finisher.finish(row, grant, 'pending')
    } catch (error) {
      moved = await moveAttempt(db, bus, row, 'pending', failed(explain(error, row), now()))
      if (error instanceof HubError && error.code === 'callback_refused') await onRefused(row, error.detail)
    }
    return { kind: 'moved', row: moved ?? (await find(row.organization_id, row.id)) ?? row }
  }

  const awaitsFragment: Attempts['awaitsFragment'] = async ({ redirectUri, state, bindings }) => {
    const row = await db
      .selectFrom('oauth_states')
      .select(['binding_hash'])
      .where('state_hash', '=', hashSecret(state))
      .where('method', '=', 'fragment')
      .where('status', '=', 'pending')
      .where('redirect_uri', '=', redirectUri)
      .where('expires_at', '>', new Date(now()))
      .executeTakeFirst()
    return row !== undefined && bindings.some((binding) => binding.equals(row.binding_hash))
  }

  async function needsCompletion(row: AttemptRow): Promise<boolean> {
    if (!row.connect_session_id) return false
    const session = await db
      .selectFrom('connect_sessions')
      .select('proof')
      .where('organization_id', '=', row.organization_id)
      .where('id', '=', row.connect_session_id)
      .executeTakeFirst()
    return session?.proof !== 'browser'
  }

  function explain(error: unknown, row: AttemptRow): FailureReason {
    return explainFailure(error, integrations.resolve(row.provider, row.mode).provider.name)
  }

  const complete: Attempts['complete'] = async ({
    organization,
    connectSession,
    proofHash,
    isSamePerson,
  }) => {
    const row = await db
      .updateTable('oauth_states')
      .set({ proof_hash: null })
      .where('organization_id', '=', organization)
      .where('connect_session_id', '=', connectSession)
      .where('proof_hash', '=', proofHash)
      .where('status', '=', 'proof_required')
      .where('expires_at', '>', new Date(now()))
      .returningAll()
      .executeTakeFirst()
    if (!row)
      throw new HubError(
        'proof_refused',
        'This proof is unknown, was used before, or came too late. Start the flow again.',
      )
    if (!isSamePerson) {
      const reason = 'The person at your application is not the one this connect link was made for.'
      await moveAttempt(db, bus, row, 'proof_required', failed(new HubError('proof_refused', reason), now()))
      await onRefused(row, reason)
      throw new HubError('proof_refused', `${reason} Nothing was exchanged.`)
    }
    const pending = openPending(vault, row)
    try {
      if (pending.step === 'grant') await finisher.finish(row, pending.grant, 'proof_required')
      else if (pending.step === 'proof') {
        const parameters = new URLSearchParams(pending.parameters)
        const verified = redeem.judge(row, parameters, pending.state)
        const grant = await redeem.exchange(row, verified, parameters, pending.codeVerifier)
        await finisher.finish(row, grant, 'proof_required')
      }
    } catch (error) {
      await moveAttempt(db, bus, row, 'proof_required', failed(explain(error, row), now()))
    }
    return (await find(organization, row.id)) ?? row
  }

  const issueProof: Attempts['issueProof'] = async (row, proofHash) => {
    const issued = await db
      .updateTable('oauth_states')
      .set({ proof_hash: proofHash })
      .where('organization_id', '=', row.organization_id)
      .where('id', '=', row.id)
      .where('status', '=', 'proof_required')
      .where('redirect_uri', 'is', null)
      .executeTakeFirst()
    if (issued.numUpdatedRows === 0n)
      throw new HubError('attempt_over', 'This attempt does not wait for a proof.')
  }

  const decide: Attempts['decide'] = async (row, value) => {
    const decision = row.decision as { options: { value: string }[] } | null
    if (row.status !== 'decision_required' || !decision)
      throw new HubError('attempt_over', 'This attempt does not wait for a decision.')
    if (!decision.options.some((option) => option.value === value)) {
      throw new HubError(
        'invalid_request',
        `"${value}" is not one of the options: ${decision.options.map((option) => option.value).join(', ')}.`,
      )
    }
    if (row.expires_at.getTime() <= now())
      throw new HubError('attempt_expired', 'The decision came too late. Connect again.')
    const pending = openPending(vault, row)
    if (pending.step !== 'grant')
      throw new HubError('attempt_over', 'This attempt does not wait for a decision.')
    try {
      await finisher.finish(row, pending.grant, 'decision_required', value)
    } catch (error) {
      if (error instanceof HubError && error.code === 'attempt_over') throw error
      await moveAttempt(db, bus, row, 'decision_required', failed(explain(error, row), now()))
    }
  }

  const cancel: Attempts['cancel'] = async (row) => {
    if (!['pending', 'proof_required', 'decision_required'].includes(row.status)) return
    logins.unwatch(row.id)
    await moveAttempt(db, bus, row, row.status, {
      status: 'cancelled',
      state_hash: null,
      finished_at: new Date(now()),
      ...sealNothing(vault, row),
    })
  }

  return {
    start,
    callback,
    awaitsFragment,
    complete,
    issueProof,
    find,
    decide,
    cancel,
    poll: logins.poll,
    async sweep() {
      const over = await db
        .selectFrom('oauth_states')
        .selectAll()
        .where('status', 'in', ['pending', 'proof_required', 'decision_required'])
        .where('expires_at', '<=', new Date(now()))
        .limit(1000)
        .execute()
      for (const row of over) {
        await moveAttempt(db, bus, row, row.status, {
          status: 'expired',
          state_hash: null,
          proof_hash: null,
          error_code: 'attempt_expired',
          error_detail: 'Nobody came back from the provider within ten minutes.',
          finished_at: new Date(now()),
          ...sealNothing(vault, row),
        })
      }
      await db
        .deleteFrom('oauth_states')
        .where('expires_at', '<', new Date(now() - KEEP_MS))
        .execute()
    },
    async drain() {
      logins.stop()
    },
  }
}
