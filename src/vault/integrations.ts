/** A provider made usable in this installation: client id and secret, redirect URI, and where its traffic goes. */
import type {
  AuthMethod,
  BrowserLogin,
  OAuth2,
  PlacedMethod,
  Provider,
  SecretMethod,
} from '../catalog/define.ts'
import { fill, type Values } from '../catalog/fill.ts'
import type { Config } from '../config.ts'
import type { Routes } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import type { AuthorizationServer, Client } from '../oauth/server.ts'

export type Mode = 'live' | 'sandbox'

export type Integration = {
  provider: Provider
  /** `unconfigured`: its OAuth client has no credentials here. Methods without a client still work live. */
  mode: Mode | 'unconfigured'
  client: Client | undefined
  routes: Routes | undefined
  redirectUri: string | undefined
  /** Values of the declaration's `env.extra`, by name. */
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
  /** @throws HubError `provider_unknown` */
  resolve(providerId: string, mode?: Mode): Integration
  list(): Integration[]
}

/** What the hub needs to know of the sandbox; the sandbox itself is loaded by whoever starts the hub. */
export type SandboxAddress = {
  baseUrl: string
  /** Whether it has a stand-in for this provider. */
  plays(providerId: string): boolean
  client(providerId: string): Client
}

const CALLBACK_PATHS = {
  native: '/api/integrations/callback',
  universal: '/api/v1/integrations/universal/callback',
  meta: '/api/integrations/whatsapp/callback',
} as const

export const CALLBACK_PATH_LIST: readonly string[] = Object.values(CALLBACK_PATHS)

export function createIntegrations(options: {
  catalog: readonly Provider[]
  config: Pick<Config, 'publicUrl' | 'env' | 'liveProviders'>
  sandbox?: SandboxAddress | undefined
  /** Operator's endpoint overrides: provider id -> host -> base URL. */
  overrides?: Readonly<Record<string, Routes>>
  /**
   * Providers whose authorization server is not ours to trust get a redirect URI of their own: one such server
   * could otherwise pass another's code off as its own.
   */
  untrusted?: readonly string[]
}): Integrations {
  const { catalog, config, sandbox, overrides = {}, untrusted = [] } = options
  const byId = new Map(catalog.map((provider) => [provider.id, provider]))

  function redirectUriOf(provider: Provider): string | undefined {
    if (provider.callback === 'none') return undefined
    const suffix = untrusted.includes(provider.id) ? `/${provider.id}` : ''
    return config.publicUrl + CALLBACK_PATHS[provider.callback] + suffix
  }

  function resolve(providerId: string, mode?: Mode): Integration {
    const provider = byId.get(providerId)
    if (!provider) {
      throw new HubError(
        'provider_unknown',
        `There is no provider "${providerId}". GET /api/v1/providers lists them.`,
      )
    }
    const redirectUri = redirectUriOf(provider)
    const set = { extra: readExtra(provider, config.env), settings: NO_SETTINGS }
    const real = readClient(provider, config.env)
    const isReal =
      real !== undefined ||
      config.liveProviders.includes(provider.id) ||
      hasHubWideSecret(provider, config.env)
    const played =
      mode === 'sandbox' || (mode === undefined && !isReal && sandbox?.plays(provider.id) === true)
    if (played) {
      if (!sandbox) {
        throw new HubError(
          'unavailable',
          'This connection was made in the sandbox, and the sandbox is off. Start the hub with --sandbox.',
        )
      }
      const client = provider.auth.some(({ kind }) => kind === 'oauth2')
        ? sandbox.client(provider.id)
        : undefined
      return { provider, mode: 'sandbox', client, routes: { '*': sandbox.baseUrl }, redirectUri, ...set }
    }
    const needsClient = provider.auth[0].kind === 'oauth2'
    return {
      provider,
      mode: needsClient && !real ? 'unconfigured' : 'live',
      client: real,
      routes: overrides[provider.id],
      redirectUri,
      ...set,
    }
  }

  return { resolve, list: () => catalog.map(({ id }) => resolve(id)) }
}

const NO_SETTINGS: IntegrationSettings = { parameters: {} }

function readExtra(provider: Provider, env: Readonly<Record<string, string | undefined>>): Values {
  const names = Object.keys(provider.env.extra ?? {})
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
}

/** Client id and secret from the provider's own variables, else from the declared fallbacks; both or none. */
function readClient(
  provider: Provider,
  env: Values | Readonly<Record<string, string | undefined>>,
): Client | undefined {
  const { client_id, client_secret, fallback = [] } = provider.env
  const names = [...(client_id && client_secret ? [{ client_id, client_secret }] : []), ...fallback]
  for (const pair of names) {
    const id = env[pair.client_id]
    const secret = env[pair.client_secret]
    if (id && secret) return { client_id: id, client_secret: secret }
  }
  return undefined
}

/** A secret for the whole hub (`TELEGRAM_BOT_TOKEN`) shows that the real service is meant. */
function hasHubWideSecret(provider: Provider, env: Readonly<Record<string, string | undefined>>): boolean {
  return provider.auth.some(
    (method) => 'env' in method && Object.values(method.env ?? {}).some((name) => env[name]),
  )
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
    ...(method.normaliseTokenAnswer
      ? {
          normaliseTokenAnswer: method.normaliseTokenAnswer as NonNullable<
            AuthorizationServer['normaliseTokenAnswer']
          >,
        }
      : {}),
  }
}

function fillAll(record: Values, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fill(value, values)]))
}
