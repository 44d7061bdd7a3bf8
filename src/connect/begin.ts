/** How each way to connect begins: what the person is sent to, or what a typed secret gives at once. */
import type {
  AuthMethod,
  BrowserLogin,
  FragmentToken,
  OAuth2,
  Provider,
  SecretMethod,
} from '../catalog/define.ts'
import { buildRequest, fill, fillHosts, isJsonObject, parseJson, type Values } from '../catalog/fill.ts'
import { comesBack, pickScopes, widenScopes } from '../catalog/methods.ts'
import {
  askedParameters,
  boundValues,
  readDefaults,
  readFields,
  readOperatorValues,
  readTold,
} from '../catalog/parameters.ts'
import { type Egress, routeUrl } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import { buildAuthorizationRequest, newState } from '../oauth/authorize.ts'
import type { Client } from '../oauth/server.ts'
import type { Credential } from '../vault/credential.ts'
import { fillingOf } from '../vault/filling.ts'
import {
  authorizationServerOf,
  configurationOf,
  hubWideValues,
  type Integration,
} from '../vault/integrations.ts'
import { signIn, signsIn } from '../vault/session.ts'
import type { AttemptOwner, Grant, Pending } from './attempt.ts'

export type BeginInput = {
  fields: Values
  scopeSet: string | undefined
  owner: AttemptOwner
  /** The connection that is reconnected: what it knows need not be typed again. */
  connection: Reconnected | undefined
  /** Beside what the connection has, exactly these; absent: a set. */
  additionalScopes?: readonly string[] | undefined
}

type Reconnected = {
  parameters: Values
  granted_scopes: readonly string[]
  requested_scopes: readonly string[]
}

export type Begun = {
  pending: Pending
  parameters: Record<string, string>
  scopes: string[]
  url: string | undefined
}

type Given = {
  /** Of the operator, and defaults of what the provider tells later. */
  bound: Values
  typed: Values
  /** Which scopes are asked for. */
  pick: (method: Pick<OAuth2, 'scope_params'>) => ReturnType<typeof pickScopes>
  owner: AttemptOwner
}

/** The person waits at the form. */
const SIGN_IN_TIMEOUT_MS = 30_000

export function createBeginner(options: { egress: Egress; now: () => number }) {
  const { egress, now } = options

  return async function begin(
    integration: Integration,
    method: AuthMethod,
    input: BeginInput,
  ): Promise<Begun> {
    const { provider, settings } = integration
    const bound = {
      ...readDefaults(provider),
      ...boundValues(provider, readOperatorValues(provider, settings.parameters)),
    }
    const known = input.connection ? knownParameters(provider, input.connection.parameters) : {}
    const typed = { ...known, ...input.fields }
    const given = { bound, typed, owner: input.owner, pick: scopePicker(integration, method, input) }
    if (method.kind === 'oauth2') return beginRedirect(integration, method, given)
    if (method.kind === 'fragment') return beginFragment(integration, method, given)
    if (method.kind === 'browser_login') return beginLogin(integration, method, given)
    if (!('fields' in method)) {
      throw new HubError(
        'invalid_request',
        `"${method.label}" does not begin here: the provider's page in the dashboard says how it does.`,
      )
    }
    return beginTyped(integration, method, { ...given, typed: input.fields })
  }

  async function beginLogin(
    integration: Integration,
    method: BrowserLogin,
    { bound, typed }: Given,
  ): Promise<Begun> {
    const { provider } = integration
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

  async function beginTyped(integration: Integration, method: SecretMethod, given: Given): Promise<Begun> {
    const { bound, typed } = given
    const { provider } = integration
    const fields = [
      ...method.fields,
      ...askedParameters(provider).filter(({ name }) => !method.fields.some((field) => field.name === name)),
    ]
    const { values, derived } = readFields(fields, { ...typed, ...lentValues(integration, method, given) })
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
    const timeout = SIGN_IN_TIMEOUT_MS
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

  function beginRedirect(integration: Integration, method: OAuth2, { bound, typed, pick }: Given): Begun {
    const { provider } = integration
    const { client, redirectUri } = clientOf(integration)
    const { values, derived } = readFields(askedParameters(provider), typed)
    const parameters = { ...bound, ...values, ...derived }
    const { main, extra, all } = pick(method)
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

  /** The token comes back in the fragment, which no server sees; the state travels in the address of the return. */
  function beginFragment(
    integration: Integration,
    method: FragmentToken,
    { bound, typed, pick }: Given,
  ): Begun {
    const { provider } = integration
    const { client, redirectUri } = clientOf(integration)
    const { values, derived } = readFields(askedParameters(provider), typed)
    const parameters = { ...bound, ...values, ...derived }
    const { all } = pick({})
    const state = newState()
    const back = new URL(redirectUri)
    back.searchParams.set('state', state)
    const filling = {
      ...fillingOf(integration, parameters),
      client_id: client.client_id,
      redirect_uri: back.href,
      scope: all.join(method.scope_separator ?? ' '),
    }
    const url = new URL(fill(method.authorization_endpoint, filling))
    for (const [name, template] of Object.entries(method.authorization_params))
      url.searchParams.set(name, fill(template, filling))
    return {
      pending: { step: 'redirect', state, codeVerifier: null },
      parameters,
      scopes: all,
      url: routeUrl(url, integration.routes).href,
    }
  }
}

/** @throws HubError `invalid_request` where there is nothing to add to, or no way to ask */
function scopePicker(
  integration: Integration,
  method: AuthMethod,
  { scopeSet, additionalScopes, connection }: BeginInput,
): Given['pick'] {
  const { provider, settings, extra } = integration
  if (!additionalScopes) return (by) => pickScopes(provider, by, settings, scopeSet)
  const refuse = (detail: string) => {
    throw new HubError('invalid_request', detail, {
      errors: [{ path: 'additional_scopes', message: detail }],
    })
  }
  if (!connection) return refuse('Permissions are added to a connection: name the one to reconnect.')
  if (scopeSet !== undefined) return refuse('Name a set of scopes, or those to add, not both.')
  if (!comesBack(method.kind))
    return refuse(
      'This connection was made with a secret that somebody typed. What it may do is set where the secret was made.',
    )
  if (method.kind === 'oauth2' && method.configuration && extra[method.configuration.variable])
    return refuse(
      `What ${provider.name} is asked for is kept there, under the id in ${method.configuration.variable}. The operator adds permissions to it.`,
    )
  const { granted_scopes: granted, requested_scopes: requested } = connection
  return (by) => widenScopes(provider, by, { granted, requested }, additionalScopes)
}

function clientOf({ provider, mode, client, redirectUri }: Integration): {
  client: Client
  redirectUri: string
} {
  if (mode !== 'unconfigured' && client && redirectUri) return { client, redirectUri }
  const names = [provider.env.client_id, provider.env.client_secret].filter(Boolean).join(' and ')
  throw new HubError(
    'not_configured',
    `${provider.name} has no OAuth client here yet. Set ${names || 'its client id and secret'}: the set-up page shows where to get them.`,
  )
}

/**
 * The hub's own secret, where a person of the hub left its fields empty. People who come by a connect link have
 * accounts of their own: nothing of the operator's becomes theirs.
 */
function lentValues(
  integration: Integration,
  method: SecretMethod,
  { typed: fields, owner }: Given,
): Record<string, string> {
  const values = hubWideValues(integration, method)
  const typed = Object.keys(values).some((name) => fields[name]?.trim())
  return typed || owner.kind === 'end_user' ? {} : values
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
