/** Test support: a client of the played authorization servers, written on oauth4webapi and nothing of the hub's. */
import { createHash } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import type { JsonObject, OAuth2, Provider } from '../catalog/define.ts'
import { findProvider } from '../catalog/registry.ts'
import type { Stage } from './stage.ts'

export const REDIRECT_URI = 'http://127.0.0.1:4400/callback'

/** RFC 6749 section 5.1, and whatever else the provider says. */
export type Granted = JsonObject & { access_token: string; refresh_token: string; scope: string }

export type Rehearsal = {
  provider: Provider
  declared: OAuth2
  authorizationUrl: (change?: Record<string, string | null>) => string
  verifier: string
  /** Authorizes as the person and returns the code. */
  authorize: (decision?: {
    account?: string
    scopes?: readonly string[]
    picked?: readonly string[]
  }) => string
  exchange: (code: string, change?: Partial<Exchange>) => Promise<Granted>
  refresh: (refreshToken: string, change?: Partial<Exchange>) => Promise<Granted>
  connect: (decision?: {
    account?: string
    scopes?: readonly string[]
    picked?: readonly string[]
  }) => Promise<Granted>
}

type Exchange = {
  clientSecret: string
  redirectUri: string
  verifier: string
  auth: 'client_secret_basic' | 'client_secret_post'
}

export function rehearse(stage: Stage, providerId: string, place: Record<string, string> = {}): Rehearsal {
  const provider = findProvider(providerId)
  const declared = provider?.auth.find((method): method is OAuth2 => method.kind === 'oauth2')
  if (!provider || !declared) throw new Error(`${providerId} has no OAuth 2.0`)
  const values: Record<string, string> = { ...defaultsOf(provider), ...place }
  const fill = (template: string) =>
    template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  const { client_id, client_secret } = stage.sandbox.client(providerId)
  const server: oauth.AuthorizationServer = {
    issuer: new URL(fill(declared.token_endpoint)).origin,
    token_endpoint: fill(declared.token_endpoint),
  }
  const client: oauth.Client = { client_id }
  const verifier = oauth.generateRandomCodeVerifier()
  const requested = provider.scope_sets?.recommended.scopes ?? []

  const customFetch = async (
    url: string,
    init: oauth.CustomFetchOptions<string, URLSearchParams | undefined>,
  ) => {
    const json = declared.token_request_format === 'json'
    const answer = await stage.fetch(url, {
      method: init.method,
      headers: { ...init.headers, ...(json && { 'content-type': 'application/json' }) },
      body: json ? JSON.stringify(Object.fromEntries(init.body ?? [])) : (init.body?.toString() ?? ''),
    })
    const body = (await answer.json()) as JsonObject
    // The bodies are for their readers: token type and ID token are checked by the caller where they matter.
    const { id_token: _, ...shaped } =
      declared.normaliseTokenAnswer?.({ status: answer.status, body }).body ?? body
    const status = declared.normaliseTokenAnswer?.({ status: answer.status, body }).status ?? answer.status
    // Some say no token type, which RFC 6749 section 5.1 wants.
    return Response.json({ token_type: 'bearer', ...shaped }, { status })
  }
  const options = { [oauth.customFetch]: customFetch, additionalParameters: { ...declared.token_params } }

  const authenticate = (change: Partial<Exchange>): oauth.ClientAuth => {
    const secret = change.clientSecret ?? client_secret
    const method = change.auth ?? declared.token_endpoint_auth_method
    if (method === 'client_secret_post') return oauth.ClientSecretPost(secret)
    // Not oauth4webapi's: it form-encodes both parts, as RFC 6749 has it and most servers do not.
    return (_as, { client_id: id }, _body, headers) => {
      headers.set('authorization', `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`)
    }
  }

  function authorizationUrl(change: Record<string, string | null> = {}): string {
    const url = new URL(fill(declared?.authorization_endpoint ?? ''))
    const separator = declared?.scope_separator ?? ' '
    const named = (token: string | undefined) =>
      requested.filter((scope) => provider?.scopes?.[scope]?.token === token).join(separator)
    const extra = Object.entries(declared?.scope_params ?? {}).map(([token, name]) => [name, named(token)])
    const parameters: Record<string, string | null> = {
      ...declared?.authorization_params,
      response_type: 'code',
      client_id,
      redirect_uri: REDIRECT_URI,
      state: 'state-of-this-flow',
      ...(requested.length > 0 && { scope: named(undefined), ...Object.fromEntries(extra) }),
      ...(!declared?.pkce && { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }),
      ...change,
    }
    for (const [name, value] of Object.entries(parameters))
      if (value !== null) url.searchParams.set(name, value)
    return url.href
  }

  const rehearsal: Rehearsal = {
    provider,
    declared,
    authorizationUrl,
    verifier,
    authorize(decision) {
      const back = new URL(stage.sandbox.control.decide(authorizationUrl(), decision))
      const code = back.searchParams.get('code')
      if (!code) throw new Error(`no code came back: ${back.search}`)
      return code
    },
    async exchange(code, change = {}) {
      const parameters = oauth.validateAuthResponse(
        server,
        client,
        new URLSearchParams({ code }),
        oauth.expectNoState,
      )
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        authenticate(change),
        parameters,
        change.redirectUri ?? REDIRECT_URI,
        declared.pkce ? oauth.nopkce : (change.verifier ?? verifier),
        options,
      )
      return (await oauth.processAuthorizationCodeResponse(server, client, response)) as Granted
    },
    async refresh(refreshToken, change = {}) {
      const response = await oauth.refreshTokenGrantRequest(
        { ...server, token_endpoint: fill(declared.refresh_endpoint ?? declared.token_endpoint) },
        client,
        authenticate(change),
        refreshToken,
        options,
      )
      return (await oauth.processRefreshTokenResponse(server, client, response)) as Granted
    },
    connect: (decision) => rehearsal.exchange(rehearsal.authorize(decision)),
  }
  return rehearsal
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

/** What a connection has before anybody typed anything: the defaults, with what follows from them. */
export function defaultsOf(provider: Provider): Record<string, string> {
  const values: Record<string, string> = {}
  for (const { name, default: value, derive } of provider.parameters ?? []) {
    if (value !== undefined) Object.assign(values, { [name]: value }, derive?.(value))
  }
  return values
}
