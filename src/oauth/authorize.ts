import { createHash, randomBytes } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { HubError } from '../errors.ts'
import { type AuthorizationServer, type Client, OAuthRejection, toMetadata } from './server.ts'

export type AuthorizationRequest = {
  url: URL
  /** The caller stores its hash. */
  state: string
  /** RFC 7636; absent where the server cannot take it. */
  codeVerifier?: string
}

/** 256 random bits (RFC 9700 section 4.7). */
export function newState(): string {
  return randomBytes(32).toString('base64url')
}

/** Builds the authorization request of RFC 6749 section 4.1.1, with PKCE S256 (RFC 7636) where the server takes it. */
export function buildAuthorizationRequest(options: {
  server: AuthorizationServer
  client: Client
  redirectUri: string
  scopes: readonly string[]
  /** Scopes of extra tokens, by the query parameter that carries them. */
  extraScopes?: Readonly<Record<string, readonly string[]>>
}): AuthorizationRequest {
  const { server, client, redirectUri, scopes, extraScopes = {} } = options
  const separator = server.scope_separator ?? ' '
  const state = newState()
  const url = new URL(server.authorization_endpoint)
  const parameters: Record<string, string> = {
    ...server.authorization_params,
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    state,
  }
  // Never an empty scope: RFC 6749 section 3.3 lets the server then pick what it likes.
  if (scopes.length > 0) parameters.scope = scopes.join(separator)
  for (const [name, list] of Object.entries(extraScopes))
    if (list.length > 0) parameters[name] = list.join(separator)
  let codeVerifier: string | undefined
  if (server.pkce) {
    codeVerifier = randomBytes(32).toString('base64url')
    parameters.code_challenge = createHash('sha256').update(codeVerifier).digest('base64url')
    parameters.code_challenge_method = 'S256'
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { url, state, ...(codeVerifier ? { codeVerifier } : {}) }
}

declare const verified: unique symbol
/** An authorization answer that passed the checks. Only `judgeCallback` makes one; the code exchange takes no other. */
export type VerifiedCallback = { readonly [verified]: true; readonly parameters: URLSearchParams }

/**
 * Judges an authorization answer: `state` (RFC 6749 section 10.12) and `iss` (RFC 9207), errors included.
 * @throws OAuthRejection when the server or the person said no
 * @throws HubError `proof_refused` when the answer cannot be the one that was asked for
 */
export function judgeCallback(options: {
  server: AuthorizationServer
  client: Client
  parameters: URLSearchParams
  expectedState: string
}): VerifiedCallback {
  const parameters = new URLSearchParams(options.parameters)
  // Servers that never published an issuer may still send one; there is nothing to compare it with.
  if (!options.server.authorization_response_iss_parameter_supported) parameters.delete('iss')
  // A provider's own parameter of this name would be read as a JARM answer or as an implicit one.
  for (const name of ['response', 'token', 'id_token']) parameters.delete(name)
  const { code_tail: tail, denied = [] } = options.server
  if (denied.includes(parameters.get('error') ?? '')) parameters.set('error', 'access_denied')
  const code = parameters.get('code')
  if (tail && code?.endsWith(tail)) parameters.set('code', code.slice(0, -tail.length))
  try {
    const judged = oauth.validateAuthResponse(
      toMetadata(options.server),
      { client_id: options.client.client_id },
      parameters,
      options.expectedState,
    )
    if (!judged.get('code')) throw new HubError('invalid_request', 'The provider came back without a code.')
    return { parameters: judged } as VerifiedCallback
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) throw new OAuthRejection(error.error, 400)
    if (error instanceof HubError) throw error
    throw new HubError('proof_refused', 'The answer does not belong to this flow (issuer or state differ).', {
      cause: error,
    })
  }
}
