/**
 * Connecting: begin, come back, prove, decide. A flow is bound to the browser and the person that began it; every
 * step consumes the one before it, so that none can be taken twice.
 */
import {
  type AuthMethod,
  type JsonObject,
  type OAuth2,
  type Provider,
  readText,
  type SecretMethod,
} from '../catalog/define.ts'
import { buildRequest, fillHosts, isJsonObject, parseJson } from '../catalog/fill.ts'
import { isVerified, pickScopes } from '../catalog/methods.ts'
import {
  askedParameters,
  boundValues,
  pickTold,
  readDefaults,
  readFields,
  readOperatorValues,
  readTold,
} from '../catalog/parameters.ts'
import { type Egress, routeUrl } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import { buildAuthorizationRequest, judgeCallback, type VerifiedCallback } from '../oauth/authorize.ts'
import type { Transport } from '../oauth/server.ts'
import { exchangeCode } from '../oauth/token.ts'
import { hashSecret } from '../identity/secrets.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import type { Credential } from '../vault/credential.ts'
import { readGrant } from '../vault/credential.ts'
import { exchangeAccessToken } from '../vault/exchange.ts'
import { fillingOf } from '../vault/filling.ts'
import { signIn, signsIn } from '../vault/session.ts'
import {
  authorizationServerOf,
  configurationOf,
  findMethod,
  hubWideValues,
  type Integration,
  type Integrations,
  yieldedMethod,
} from '../vault/integrations.ts'
import type { Vault } from '../vault/vault.ts'
import {
  ATTEMPT_MS,
  type AttemptOwner,
  type AttemptRow,
  explainFailure,
  failed,
  type FailureReason,
  type Grant,
  moveAttempt,
  openPending,
  type Pending,
  sealNothing,
  sealPending,
} from './attempt.ts'
import { checkCallbackSignature } from './callback-signature.ts'
import type { Finisher } from './finish.ts'
import { findLender, type Lender } from './verified-access.ts'

export type StartInput = {
  organization: string
  provider: string
  method: string | undefined
  fields: Readonly<Record<string, string>>
  scopeSet: string | undefined
  owner: AttemptOwner
  /** Who may see the attempt; null when a connect link began it. */
  person: string | null
  /** SHA-256 of what proves the browser. */
  binding: Buffer
  /** Reconnect this one. */
  connection:
    | { id: string; mode: 'live' | 'sandbox'; parameters: Readonly<Record<string, string>> }
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
    bindings: readonly Buffer[]
    newProof: () => { proof: string; hash: Buffer }
  }): Promise<CallbackOutcome>
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

const POLL_MS = 2_000
const KEEP_MS = 24 * 3_600_000
/** The exchange must end before the code does, and before the person loses patience. */
const EXCHANGE_TIMEOUT_MS = 30_000

export function createAttempts(options: {
  database: Database
  bus: Bus
  vault: Vault
  egress: Egress
  integrations: Integrations
  finisher: Finisher
  now: () => number
  onRefused: (row: AttemptRow, reason: string) => Promise<void>
}): Attempts {
  const { database, bus, vault, egress, integrations, finisher, now, onRefused } = options
  const { db } = database
  const watched = new Map<string, NodeJS.Timeout>()

  async function start(input: StartInput): Promise<Started> {
    const { provider } = integrations.resolve(input.provider)
    const method = findMethod(provider, input.method)
    const lender = isVerified(method)
      ? await findLender(db, integrations, { ...input, provider, method })
      : undefined
    const integration = integrations.resolve(input.provider, lender?.mode ?? input.connection?.mode)
    const place = { organization_id: input.organization, id: newId('att', now()) }
    const begun = lender ? borrow(lender) : await begin(integration, method, input)
    const row = await db
      .insertInto('oauth_states')
      .values({
        ...place,
        state_hash: begun.pending.step === 'redirect' ? hashSecret(begun.pending.state) : null,
        binding_hash: input.binding,
        person_id: input.person,
        connect_session_id: input.connectSession ?? null,
        proof_hash: null,
        provider: provider.id,
        method: method.kind,
        mode: integration.mode === 'sandbox' ? 'sandbox' : 'live',
        owner_kind: input.owner.kind,
        owner_id: input.owner.id,
        connection_id: input.connection?.id ?? null,
        redirect_uri: begun.pending.step === 'redirect' ? (integration.redirectUri ?? null) : null,
        requested_scopes: begun.scopes,
        parameters: JSON.stringify(begun.parameters),
        ...sealPending(vault, place, begun.pending),
        status: 'pending',
        error_code: null,
        error_detail: null,
        decision: 'null',
        created_at: new Date(now()),
        expires_at: new Date(now() + ATTEMPT_MS),
        finished_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    if (begun.pending.step === 'poll') watch(row)
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

  type Begun = {
    pending: Pending
    parameters: Record<string, string>
    scopes: string[]
    url: string | undefined
  }

  async function begin(integration: Integration, method: AuthMethod, input: StartInput): Promise<Begun> {
    const { provider, settings } = integration
    const bound = {
      ...readDefaults(provider),
      ...boundValues(provider, readOperatorValues(provider, settings.parameters)),
    }
    const known = input.connection ? knownParameters(provider, input.connection.parameters) : {}
    const typed = { ...known, ...input.fields }
    if (method.kind === 'oauth2') return beginRedirect(integration, method, bound, typed, input.scopeSet)
    if (method.kind === 'browser_login') {
      const { values, derived } = readFields(askedParameters(provider), typed)
      const parameters = { ...bound, ...values, ...derived }
      const filling = fillingOf(integration, parameters)
      const built = buildRequest(method.start, provider.api.base_url, filling)
      const hosts = fillHosts(provider.hosts, filling)
      const answer = await egress.send({ ...built, hosts, routes: integration.routes })
      const body = parseJson(answer.body)
      const told = answer.status === 200 && isJsonObject(body) ? method.readStart(body) : undefined
      const pollUrl = URL.parse(told?.poll_url ?? '')
      const loginUrl = URL.parse(told?.login_url ?? '')
      // The server that was typed is the only one to be believed, for the browser as for the hub.
      if (!told || !pollUrl || !loginUrl || !hosts.includes(pollUrl.host) || !hosts.includes(loginUrl.host)) {
        throw new HubError(
          'upstream_invalid_answer',
          `${provider.name} did not offer its log-in page under this address. Check it, and that the server is up to date.`,
        )
      }
      return {
        pending: { step: 'poll', pollUrl: pollUrl.href, pollForm: told.poll_form },
        parameters,
        scopes: [],
        url: routeUrl(loginUrl, integration.routes).href,
      }
    }
    if (!('fields' in method) && method.kind !== 'fragment') {
      throw new HubError(
        'invalid_request',
        `"${method.label}" does not begin here: the provider's page in the dashboard says how it does.`,
      )
    }
    if (method.kind === 'fragment') throw new Error('a token in the fragment is not read yet')
    const fields = [
      ...method.fields,
      ...askedParameters(provider).filter(({ name }) => !method.fields.some((field) => field.name === name)),
    ]
    const { values, derived } = readFields(fields, {
      ...input.fields,
      ...lentValues(integration, method, input),
    })
    const parameters = {
      ...bound,
      ...Object.fromEntries(
        Object.entries(values).filter(
          ([name]) => !fields.some((field) => field.secret && field.name === name),
        ),
      ),
      ...derived,
    }
    const secret: Credential & { kind: 'secret' } = {
      kind: 'secret',
      values: Object.fromEntries(
        method.fields.flatMap(({ name }) => (values[name] === undefined ? [] : [[name, values[name]]])),
      ),
    }
    const grant = await openSession(integration, method, secret, parameters)
    return {
      pending: { step: 'grant', grant },
      parameters,
      scopes: [],
      url: undefined,
    }
  }

  /** Signs in where that is what the typed secret is for: its test, and what calls carry from then on. */
  async function openSession(
    integration: Integration,
    method: SecretMethod,
    credential: Credential & { kind: 'secret' },
    parameters: Record<string, string>,
  ): Promise<Grant> {
    const grant: Grant = { credential, token: undefined, parameters, tenants: null }
    if (!signsIn(method)) return grant
    const { provider } = integration
    const { values } = credential
    const timeout = EXCHANGE_TIMEOUT_MS
    const signedIn = await signIn({ integration, method, parameters, values, egress, timeout, now })
    if (!signedIn)
      throw new HubError(
        'credential_refused',
        `${provider.name} refuses this credential. Check that it was copied whole and is still valid.`,
      )
    const told = readTold(provider, signedIn.parameters)
    if (told.wrong.length > 0)
      throw new HubError(
        'upstream_invalid_answer',
        `${provider.name} told a value for "${told.wrong.join('", "')}" that does not have the expected form.`,
      )
    return {
      ...grant,
      credential: { ...credential, session: signedIn.session },
      parameters: { ...parameters, ...told.values },
    }
  }

  function beginRedirect(
    integration: Integration,
    method: OAuth2,
    bound: Readonly<Record<string, string>>,
    typed: Readonly<Record<string, string>>,
    scopeSet: string | undefined,
  ): Begun {
    const { provider, client, redirectUri, mode, settings } = integration
    if (mode === 'unconfigured' || !client || !redirectUri) {
      throw new HubError(
        'not_configured',
        `${provider.name} has no OAuth client here yet. Set ${[provider.env.client_id, provider.env.client_secret].filter(Boolean).join(' and ') || 'its client id and secret'}: the set-up page shows where to get them.`,
      )
    }
    const { values, derived } = readFields(askedParameters(provider), typed)
    const parameters = { ...bound, ...values, ...derived }
    const { main, extra, all } = pickScopes(provider, method, settings, scopeSet)
    const filling = fillingOf(integration, parameters)
    const server = authorizationServerOf(provider, method, filling)
    const configured = configurationOf(integration, method, filling)
    const request = buildAuthorizationRequest({
      server: configured
        ? { ...server, authorization_params: { ...server.authorization_params, ...configured } }
        : server,
      client,
      redirectUri,
      scopes: configured ? [] : main,
      extraScopes: configured ? {} : extra,
    })
    return {
      pending: { step: 'redirect', state: request.state, codeVerifier: request.codeVerifier ?? null },
      parameters,
      // What the provider keeps under an id is not known here: only what it tells as granted.
      scopes: configured ? [] : all,
      url: routeUrl(request.url, integration.routes).href,
    }
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

  const callback: Attempts['callback'] = async ({ redirectUri, parameters, bindings, newProof }) => {
    const state = parameters.get('state')
    // Two states, two codes: somebody is trying something.
    if (!state || parameters.getAll('state').length > 1 || parameters.getAll('code').length > 1)
      return { kind: 'unknown' }
    const row = await db
      .updateTable('oauth_states')
      .set({ state_hash: null })
      .where('state_hash', '=', hashSecret(state))
      .where('status', '=', 'pending')
      .where('expires_at', '>', new Date(now()))
      .returningAll()
      .executeTakeFirst()
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
      checkSignature(row, parameters)
      const verified = judge(row, parameters, pending.state)
      if (await needsCompletion(row)) {
        const { proof, hash } = newProof()
        const parked: Pending = {
          step: 'proof',
          state: pending.state,
          codeVerifier: pending.codeVerifier,
          parameters: [...parameters],
        }
        await moveAttempt(db, bus, row, 'pending', {
          status: 'proof_required',
          proof_hash: hash,
          ...sealPending(vault, row, parked),
        })
        return { kind: 'proof', row, proof }
      }
      moved = await exchange(row, verified, parameters, pending.codeVerifier, 'pending')
    } catch (error) {
      moved = await moveAttempt(db, bus, row, 'pending', failed(explain(error, row), now()))
      if (error instanceof HubError && error.code === 'callback_refused') await onRefused(row, error.detail)
    }
    return { kind: 'moved', row: moved ?? (await find(row.organization_id, row.id)) ?? row }
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

  /** Before the callback is parked or judged: a completing call may come later than a timestamp allows. */
  function checkSignature(row: AttemptRow, query: URLSearchParams): void {
    const { integration, method } = redirectMethod(row)
    if (!method.callback_signature) return
    checkCallbackSignature({
      provider: integration.provider,
      declared: method.callback_signature,
      secret: integration.client?.client_secret ?? '',
      query,
      parameters: row.parameters,
      now: now(),
    })
  }

  function judge(row: AttemptRow, parameters: URLSearchParams, state: string): VerifiedCallback {
    const { integration, method } = redirectMethod(row)
    const server = authorizationServerOf(integration.provider, method, fillingOf(integration, row.parameters))
    return judgeCallback({
      server,
      client: integration.client as NonNullable<Integration['client']>,
      parameters,
      expectedState: state,
    })
  }

  function redirectMethod(row: AttemptRow): { integration: Integration; method: OAuth2 } {
    const integration = integrations.resolve(row.provider, row.mode)
    const method = findMethod(integration.provider, row.method)
    if (method.kind !== 'oauth2' || !integration.client)
      throw new HubError(
        'not_configured',
        `${integration.provider.name} has lost its OAuth client since this attempt began.`,
      )
    return { integration, method }
  }

  async function exchange(
    row: AttemptRow,
    verified: VerifiedCallback,
    query: URLSearchParams,
    codeVerifier: string | null,
    from: 'pending' | 'proof_required',
  ): Promise<AttemptRow | undefined> {
    const { integration, method } = redirectMethod(row)
    const { provider, client, routes, redirectUri } = integration
    // Where the code is spent may depend on what came with it (the data centre of the account).
    const beside = readTold(provider, pickTold(method.parameters_from, { query }))
    if (beside.wrong.length > 0)
      throw new HubError(
        'callback_refused',
        `${provider.name} came back with a value for "${beside.wrong.join('", "')}" that is none of its own. Nothing was exchanged.`,
      )
    const parameters = { ...row.parameters, ...beside.values }
    const filling = fillingOf(integration, parameters)
    const server = authorizationServerOf(provider, method, filling)
    const hosts = [...fillHosts(provider.hosts, filling), new URL(server.token_endpoint).host]
    const transport: Transport = (request) =>
      egress.send({ ...request, hosts, routes, timeout: EXCHANGE_TIMEOUT_MS })
    const granted = (await exchangeCode({
      server,
      client: client as NonNullable<typeof client>,
      transport,
      callback: verified,
      redirectUri: row.redirect_uri ?? (redirectUri as string),
      codeVerifier: codeVerifier ?? undefined,
      now,
    })) as JsonObject
    const token = await upgrade(integration, method, parameters, granted)
    const told = readTold(provider, pickTold(method.parameters_from, { token }))
    if (told.wrong.length > 0)
      throw new HubError(
        'upstream_invalid_answer',
        `${provider.name} told a value for "${told.wrong.join('", "')}" that does not have the expected form.`,
      )
    const grant: Grant = {
      credential: readGrant(token, now(), method),
      token,
      parameters: { ...parameters, ...told.values },
      tenants: null,
    }
    return finisher.finish(row, grant, from)
  }

  /** Swaps the short-lived token of a fresh grant for one that lasts, where the provider has both. */
  async function upgrade(
    integration: Integration,
    method: OAuth2,
    parameters: Record<string, string>,
    granted: JsonObject,
  ): Promise<JsonObject> {
    const { upgrade: request, endless } = method.refresh.exchange ?? {}
    if (!request || (endless === 'kept' && granted.expires_in === undefined)) return granted
    const lasting = await exchangeAccessToken({
      integration,
      method,
      parameters,
      request,
      accessToken: readText(granted, 'access_token') ?? '',
      egress,
      timeout: EXCHANGE_TIMEOUT_MS,
      now,
    })
    // What else the first answer said (whose account it is) holds for both; its lifetime does not.
    const { expires_in: _short, ...kept } = granted
    return { ...kept, ...lasting }
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
        await exchange(
          row,
          judge(row, parameters, pending.state),
          parameters,
          pending.codeVerifier,
          'proof_required',
        )
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
    unwatch(row.id)
    await moveAttempt(db, bus, row, row.status, {
      status: 'cancelled',
      state_hash: null,
      finished_at: new Date(now()),
      ...sealNothing(vault, row),
    })
  }

  function watch(row: AttemptRow): void {
    if (watched.has(row.id)) return
    const timer = setInterval(() => void poll(row).catch(() => {}), POLL_MS)
    timer.unref()
    watched.set(row.id, timer)
  }

  function unwatch(id: string): void {
    clearInterval(watched.get(id))
    watched.delete(id)
  }

  const polling = new Set<string>()
  async function poll(known: AttemptRow): Promise<void> {
    if (polling.has(known.id)) return
    polling.add(known.id)
    try {
      const row = await find(known.organization_id, known.id)
      if (!row || row.status !== 'pending' || row.expires_at.getTime() <= now()) return unwatch(known.id)
      // Another replica may have begun it, or this one was restarted.
      watch(row)
      const pending = openPending(vault, row)
      const integration = integrations.resolve(row.provider, row.mode)
      const method = findMethod(integration.provider, row.method)
      if (pending.step !== 'poll' || method.kind !== 'browser_login') return unwatch(row.id)
      const hosts = fillHosts(integration.provider.hosts, fillingOf(integration, row.parameters))
      const built = buildRequest({ method: 'POST', url: pending.pollUrl, form: pending.pollForm }, '', {})
      const answer = await egress.send({ ...built, hosts, routes: integration.routes, timeout: 10_000 })
      if (answer.status === method.pending) return
      const body = parseJson(answer.body)
      if (answer.status !== 200 || !isJsonObject(body)) return
      unwatch(row.id)
      const { values, parameters = {} } = method.readDone(body)
      const fields = yieldedMethod(integration.provider, method).fields
      const open = Object.fromEntries(
        Object.entries(values).filter(
          ([name]) => !fields.some((field) => field.secret && field.name === name),
        ),
      )
      const grant: Grant = {
        credential: { kind: 'secret', values },
        token: undefined,
        parameters: { ...row.parameters, ...open, ...parameters },
        tenants: null,
      }
      try {
        await finishOrPark(row, grant)
      } catch (error) {
        await moveAttempt(db, bus, row, 'pending', failed(explain(error, row), now()))
      }
    } finally {
      polling.delete(known.id)
    }
  }

  return {
    start,
    callback,
    complete,
    issueProof,
    find,
    decide,
    cancel,
    poll,
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
      for (const id of watched.keys()) unwatch(id)
    },
  }
}

/**
 * The hub's own secret, where a person of the hub left its fields empty. People who come by a connect link have
 * accounts of their own: nothing of the operator's becomes theirs.
 */
function lentValues(
  integration: Integration,
  method: SecretMethod,
  input: StartInput,
): Record<string, string> {
  const values = hubWideValues(integration, method)
  const typed = Object.keys(values).some((name) => input.fields[name]?.trim())
  return typed || input.owner.kind === 'end_user' ? {} : values
}

function knownParameters(
  provider: Provider,
  parameters: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    askedParameters(provider).flatMap(({ name }) =>
      parameters[name] === undefined ? [] : [[name, parameters[name]]],
    ),
  )
}
