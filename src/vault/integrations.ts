/** A provider made usable in this installation: client id and secret, redirect URI, and where its traffic goes. */
import type {
  AuthMethod,
  BrowserLogin,
  OAuth2,
  PlacedMethod,
  Provider,
  SecretMethod,
} from '../catalog/define.ts'
import { type Catalog, createCatalog } from '../catalog/catalog.ts'
import { fill, type Values } from '../catalog/fill.ts'
import { variablesOf } from '../catalog/variables.ts'
import { type Config, isLoopbackName } from '../config.ts'
import type { Routes } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import type { AuthorizationServer, Client } from '../oauth/server.ts'
import { type HeldSettings, operatorParameters } from './settings.ts'
import { createVariables, type HeldSecrets, type Variables } from './variables.ts'

export type Mode = 'live' | 'sandbox'

export type Integration = {
  provider: Provider
  /** `unconfigured`: its OAuth client has no credentials here. Methods without a client still work live. */
  mode: Mode | 'unconfigured'
  client: Client | undefined
  routes: Routes | undefined
  redirectUri: string | undefined
  /** Values of the declaration's `env.extra` and of `env.redirect_uri`, by name. */
  extra: Values
  /** What the operator set for this installation; the same object until it changes. */
  settings: IntegrationSettings
}

export type IntegrationSettings = {
  /** Values of the parameters that the operator sets, defaults included, checked against their patterns. */
  parameters: Values
  /** Name of the scope set asked for, where the operator picked another than the recommended one. */
  scopeSet?: string
  /** The operator's own list instead of a set. */
  scopes?: readonly string[]
}

export type Integrations = {
  /**
   * @param clientId of the client that made a connection: it goes on with that one for as long as it is held
   * @throws HubError `provider_unknown`
   */
  resolve(providerId: string, mode?: Mode, clientId?: string | null): Integration
  /** The same for what is stored and may have outlived its provider: undefined where the catalog lost it. */
  find(providerId: string): Integration | undefined
  list(): Integration[]
}

/** What the hub needs to know of the sandbox; the sandbox itself is loaded by whoever starts the hub. */
export type SandboxAddress = {
  baseUrl: string
  /** Whether it has a stand-in for this provider. */
  plays(providerId: string): boolean
  client(providerId: string): Client
  /** What it gave out for the declaration's `env.extra` (a developer token), by name. */
  variables(providerId: string): Values
  /** Address of a played mailbox; undefined where there is none. */
  mail?(providerId: string, protocol: 'imap' | 'smtp'): string | undefined
}

const CALLBACK_PATHS = {
  native: '/api/integrations/callback',
  universal: '/api/v1/integrations/universal/callback',
  meta: '/api/integrations/whatsapp/callback',
} as const

export const CALLBACK_PATH_LIST: readonly string[] = Object.values(CALLBACK_PATHS)

/** Of a provider whose servers are not ours to trust. */
export function ownRedirectUri({ id, callback }: Provider, publicUrl: string): string | undefined {
  return callback === 'none' ? undefined : `${publicUrl}${CALLBACK_PATHS[callback]}/${id}`
}

export function createIntegrations(options: {
  catalog: readonly Provider[] | Catalog
  config: Pick<Config, 'publicUrl' | 'env' | 'liveProviders'>
  secrets?: HeldSecrets
  settings?: HeldSettings
  sandbox?: SandboxAddress | undefined
  /** Endpoint overrides of the environment: provider id -> host -> base URL. They win over the settings'. */
  overrides?: Readonly<Record<string, Routes>>
  /** Providers that get a redirect URI of their own, besides those whose servers tell that they need one. */
  untrusted?: readonly string[]
}): Integrations {
  const { config, secrets, settings, sandbox, overrides = {}, untrusted = [] } = options
  const catalog = Array.isArray(options.catalog)
    ? createCatalog(options.catalog as readonly Provider[])
    : (options.catalog as Catalog)
  const variables = createVariables(config.env, secrets)
  const memory = new Map<string, Remembered>()

  function redirectUriOf(provider: Provider, values: Values, routes: Routes | undefined): string | undefined {
    if (provider.callback === 'none') return undefined
    const own =
      untrusted.includes(provider.id) ||
      catalog.isDeclared(provider.id) ||
      asksElsewhere(provider, values, routes)
    return config.publicUrl + CALLBACK_PATHS[provider.callback] + (own ? `/${provider.id}` : '')
  }

  function settle(provider: Provider, mode: Mode | undefined, clientId: string | null): Integration {
    const stored = settings?.of(provider.id) ?? {}
    const chosen = {
      ...(stored.scopeSet === undefined ? {} : { scopeSet: stored.scopeSet }),
      ...(stored.scopes === undefined ? {} : { scopes: stored.scopes }),
    }
    const { extra: declared = {}, redirect_uri: repeated } = provider.env
    const extra = Object.fromEntries(
      [...Object.keys(declared), ...(repeated ? [repeated] : [])].flatMap((name) => {
        const value = variables.read(name)
        return value === undefined ? [] : [[name, value]]
      }),
    )
    const current = variables.client(provider)
    const isReal =
      current !== undefined ||
      config.liveProviders.includes(provider.id) ||
      hasHubWideSecret(provider, variables)
    const played =
      mode === 'sandbox' || (mode === undefined && !isReal && sandbox?.plays(provider.id) === true)
    if (played) {
      if (!sandbox) {
        throw new HubError(
          'unavailable',
          'This connection was made in the sandbox, and the sandbox is off. Start the hub with --sandbox.',
        )
      }
      // The sandbox plays the provider's own hosts, not the operator's.
      const parameters = operatorParameters(provider, {})
      return {
        provider,
        mode: 'sandbox',
        client: hasClient(provider) ? sandbox.client(provider.id) : undefined,
        routes: playedRoutes(provider, sandbox),
        redirectUri: redirectUriOf(provider, parameters, undefined),
        extra: { ...extra, ...sandbox.variables(provider.id) },
        settings: { parameters, ...chosen },
      }
    }
    const client = (clientId === null ? undefined : variables.clientOf(provider, clientId)) ?? current
    const endpoints = { ...stored.endpoints, ...overrides[provider.id] }
    const routes = Object.keys(endpoints).length > 0 ? endpoints : undefined
    const parameters = operatorParameters(provider, stored.parameters ?? {})
    return {
      provider,
      mode: needsClient(provider) && !client ? 'unconfigured' : 'live',
      client,
      routes,
      redirectUri: redirectUriOf(provider, parameters, routes),
      extra,
      settings: { parameters, ...chosen },
    }
  }

  /** What a provider's integrations depend on changes rarely, and every proxied call asks for one. */
  function remembered(provider: Provider): Map<string, Integration> {
    const revision = catalog.revision + (secrets?.revision ?? 0) + (settings?.revision ?? 0)
    const known = memory.get(provider.id)
    if (
      known?.revision === revision &&
      known.provider === provider &&
      known.names.every((name, index) => config.env[name] === known.values[index])
    )
      return known.settled
    const names = variablesOf(provider).map(({ name }) => name)
    const values = names.map((name) => config.env[name])
    const settled = new Map<string, Integration>()
    memory.set(provider.id, { revision, provider, names, values, settled })
    return settled
  }

  function resolve(providerId: string, mode?: Mode, clientId: string | null = null): Integration {
    const provider = catalog.find(providerId)
    if (!provider) {
      throw new HubError(
        'provider_unknown',
        `There is no provider "${providerId}". GET /api/v1/providers lists them.`,
      )
    }
    const settled = remembered(provider)
    const key = `${mode ?? ''} ${clientId ?? ''}`
    const known = settled.get(key)
    if (known) return known
    const fresh = settle(provider, mode, clientId)
    settled.set(key, fresh)
    return fresh
  }

  return {
    resolve,
    find: (id) => (catalog.find(id) ? resolve(id) : undefined),
    list: () => catalog.list().map(({ id }) => resolve(id)),
  }
}

type Remembered = {
  revision: number
  provider: Provider
  names: readonly string[]
  values: readonly (string | undefined)[]
  settled: Map<string, Integration>
}

const BY_CLIENT: readonly string[] = ['oauth2', 'fragment'] satisfies AuthMethod['kind'][]

/** Whether any of its methods goes by an OAuth client. */
function hasClient(provider: Provider): boolean {
  return provider.auth.some(({ kind }) => BY_CLIENT.includes(kind))
}

/** Whether Connect does: its first method that begins with a credential of its own. */
export function needsClient(provider: Provider): boolean {
  const first = provider.auth.find(({ kind }) => kind !== 'verified_access') ?? provider.auth[0]
  return BY_CLIENT.includes(first.kind)
}

/** A secret for the whole hub (`TELEGRAM_BOT_TOKEN`) shows that the real service is meant. */
function hasHubWideSecret(provider: Provider, { read }: Variables): boolean {
  return provider.auth.some(
    (method) => 'env' in method && Object.values(method.env ?? {}).some((name) => read(name)),
  )
}

/** Everything goes to the sandbox. A mailbox is played when somebody asks for it, so its address is found then. */
function playedRoutes({ id, mail }: Provider, sandbox: SandboxAddress): Routes {
  const routes: Record<string, string> = { '*': sandbox.baseUrl }
  for (const protocol of mail ? (['imap', 'smtp'] as const) : [])
    Object.defineProperty(routes, mail?.[protocol].host ?? '', { get: () => sandbox.mail?.(id, protocol) })
  return routes
}

/**
 * Whether people are sent to an authorization server other than the one that the catalog names: a server of their
 * own, or one that the operator put in its place. Answers from there arrive on an address of their own, because one
 * such server could otherwise pass another's code off as its own (checks.md, C7). This machine is the operator's.
 */
function asksElsewhere(provider: Provider, values: Values, routes: Routes | undefined): boolean {
  return provider.auth.some((method) => {
    if (method.kind !== 'oauth2' && method.kind !== 'fragment') return false
    const endpoints = [
      method.authorization_endpoint,
      ...(method.kind === 'oauth2' ? [method.token_endpoint] : []),
    ]
    return endpoints.some((endpoint) => {
      const asked = (provider.parameters ?? []).filter(
        ({ name, host }) => host && endpoint.includes(`{${name}}`),
      )
      if (
        asked.some(
          (parameter) => parameter.asked !== 'operator' || values[parameter.name] !== parameter.default,
        )
      )
        return true
      const route = routes?.[hostOf(endpoint, values)] ?? routes?.['*']
      return route !== undefined && !isLoopbackName(new URL(route).hostname)
    })
  })
}

function hostOf(endpoint: string, values: Values): string {
  const filled = endpoint.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'x')
  return URL.parse(filled)?.host ?? ''
}

/** @throws HubError `invalid_request` when the provider does not offer that method */
export function findMethod(provider: Provider, kind: string | undefined): AuthMethod {
  const method =
    kind === undefined ? provider.auth[0] : provider.auth.find((candidate) => candidate.kind === kind)
  if (method) return method
  const offered = provider.auth.map((candidate) => candidate.kind).join(', ')
  throw new HubError(
    'invalid_request',
    `${provider.name} does not connect with "${kind}". It offers: ${offered}.`,
  )
}

/** The secret method whose form and placement a browser login's result takes. */
export function yieldedMethod(provider: Provider, method: BrowserLogin): SecretMethod {
  const found = provider.auth.find((candidate): candidate is SecretMethod => candidate.kind === method.yields)
  if (!found) throw new Error(`${provider.id} declares a browser login that yields nothing`)
  return found
}

/** The method that a stored connection's credential belongs to. */
export function credentialMethod(provider: Provider, kind: string): PlacedMethod {
  const method = findMethod(provider, kind)
  return method.kind === 'browser_login' ? yieldedMethod(provider, method) : method
}

/** What the operator set for the whole hub, by field of the method; nothing in the sandbox. */
export function hubWideValues({ extra, mode }: Integration, method: AuthMethod): Record<string, string> {
  if (mode === 'sandbox' || !('env' in method)) return {}
  return Object.fromEntries(
    Object.entries(method.env ?? {}).flatMap(([field, name]) => (extra[name] ? [[field, extra[name]]] : [])),
  )
}

/** The declaration's OAuth method as the metadata that `oauth/` takes, parameters filled. */
export function authorizationServerOf(
  provider: Provider,
  method: OAuth2,
  values: Values,
): AuthorizationServer {
  return {
    // A name of our own where the provider publishes none; no answer can claim it.
    issuer: method.issuer ?? `urn:trunkline:${provider.id}`,
    authorization_endpoint: fill(method.authorization_endpoint, values),
    token_endpoint: fill(method.token_endpoint, values),
    ...(method.refresh_endpoint ? { refresh_endpoint: fill(method.refresh_endpoint, values) } : {}),
    token_endpoint_auth_method: method.token_endpoint_auth_method,
    pkce: !method.pkce,
    ...(method.authorization_response_iss_parameter_supported
      ? { authorization_response_iss_parameter_supported: true }
      : {}),
    ...(method.token_request_format ? { token_request_format: method.token_request_format } : {}),
    ...(method.authorization_params
      ? { authorization_params: fillAll(method.authorization_params, values) }
      : {}),
    ...(method.token_params ? { token_params: method.token_params } : {}),
    ...(method.scope_separator ? { scope_separator: method.scope_separator } : {}),
    ...(method.code_tail ? { code_tail: method.code_tail } : {}),
    ...(method.denied ? { denied: method.denied } : {}),
    ...(method.normaliseTokenAnswer
      ? {
          normaliseTokenAnswer: method.normaliseTokenAnswer as NonNullable<
            AuthorizationServer['normaliseTokenAnswer']
          >,
        }
      : {}),
  }
}

/**
 * What is asked for under an id that the provider keeps, where the operator set one: parameters of the authorization
 * request, which then names no scopes.
 */
export function configurationOf(
  { extra }: Integration,
  { configuration }: OAuth2,
  values: Values,
): Record<string, string> | undefined {
  if (!configuration || !extra[configuration.variable]) return undefined
  return fillAll(configuration.params, { ...extra, ...values })
}

function fillAll(record: Values, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fill(value, values)]))
}
