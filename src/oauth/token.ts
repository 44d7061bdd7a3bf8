/** The token endpoint: exchange and refresh (RFC 6749 sections 4.1.3 and 6), and what an answer is worth. */
import * as oauth from 'oauth4webapi'
import { HubError } from '../errors.ts'
import type { VerifiedCallback } from './authorize.ts'
import { readRetryAfter } from './retry-after.ts'
import {
  type AuthorizationServer,
  type Client,
  type JsonObject,
  OAuthRejection,
  type Transport,
  toMetadata,
} from './server.ts'

type Call = {
  server: AuthorizationServer
  client: Client
  transport: Transport
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * @returns the token answer in RFC 6749 section 5.1 shape, extra members kept
 * @throws OAuthRejection on an error answer (section 5.2); HubError `upstream_*` on anything that proves nothing
 */
export async function exchangeCode(
  call: Call & { callback: VerifiedCallback; redirectUri: string; codeVerifier: string | undefined },
): Promise<JsonObject> {
  const { server, client, callback, redirectUri, codeVerifier } = call
  return judge(call, (answered) =>
    oauth.authorizationCodeGrantRequest(
      toMetadata(server),
      { client_id: client.client_id },
      authenticate(server, client),
      callback.parameters,
      redirectUri,
      codeVerifier ?? oauth.nopkce,
      requestOptions(call, answered),
    ),
  )
}

/** As `exchangeCode`, for the refresh token grant. A missing refresh token in the answer means: keep the old one. */
export async function refreshTokens(call: Call & { refreshToken: string }): Promise<JsonObject> {
  const { server, client, refreshToken } = call
  const token_endpoint = server.refresh_endpoint ?? server.token_endpoint
  return judge(call, (answered) =>
    oauth.refreshTokenGrantRequest(
      toMetadata({ ...server, token_endpoint }),
      { client_id: client.client_id },
      authenticate(server, client),
      refreshToken,
      requestOptions(call, answered),
    ),
  )
}

/**
 * Any other request whose answer is a token answer: a token exchanged for one that lives longer, in the ways that
 * are older than RFC 8693. The request says all there is to say, client included.
 */
export async function exchangeToken(call: Call & { request: Parameters<Transport>[0] }): Promise<JsonObject> {
  return judge(call, async (answered) => shape(call, await call.transport(call.request), answered))
}

/** RFC 7009: done when the server says so, whether or not it knew the token. */
export async function revokeToken(call: Call & { token: string }): Promise<void> {
  const { server, client, token } = call
  // The body of a success means nothing (section 2.2) and is usually empty: the status alone is looked at.
  let status = 0
  const response = await oauth.revocationRequest(
    toMetadata(server),
    { client_id: client.client_id },
    authenticate(server, client),
    token,
    {
      [oauth.customFetch]: carry(call, (head) => {
        status = head.status
      }),
    },
  )
  if (status < 200 || status > 299) throw new OAuthRejection(await readErrorCode(response), status)
}

export function authenticate(server: AuthorizationServer, client: Client): oauth.ClientAuth {
  if (server.token_endpoint_auth_method === 'none') return oauth.None()
  const secret = client.client_secret ?? ''
  return server.token_endpoint_auth_method === 'client_secret_basic'
    ? basicAuth(secret)
    : oauth.ClientSecretPost(secret)
}

/**
 * RFC 6749 section 2.3.1 form-encodes both parts. The library encodes more than forms need (`_` and `-` too), and
 * servers that skip the decoding then refuse an honest secret; this encodes as forms do, which leaves the
 * characters that real secrets are made of alone.
 */
function basicAuth(secret: string): oauth.ClientAuth {
  return (_server, client, _body, headers) => {
    headers.set(
      'authorization',
      `Basic ${Buffer.from(`${formEncode(client.client_id)}:${formEncode(secret)}`).toString('base64')}`,
    )
  }
}

function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1)
}

type Head = { status: number; retryAfter: number | undefined }

function requestOptions(call: Call, answered: (head: Head) => void): oauth.TokenEndpointRequestOptions {
  return {
    [oauth.customFetch]: carry(call, answered),
    ...(call.server.token_params ? { additionalParameters: { ...call.server.token_params } } : {}),
  }
}

/** oauth4webapi's fetch: through the transport, the request in the server's format, the answer in the RFC's. */
function carry(call: Call, answered: (head: Head) => void) {
  return async (
    url: string,
    options: oauth.CustomFetchOptions<string, URLSearchParams | undefined>,
  ): Promise<Response> => {
    const headers: Record<string, string> = Object.fromEntries(Object.entries(options.headers))
    let body = options.body?.toString() ?? ''
    if (call.server.token_request_format === 'json') {
      headers['content-type'] = 'application/json'
      body = JSON.stringify(Object.fromEntries(options.body ?? []))
    } else {
      headers['content-type'] = 'application/x-www-form-urlencoded'
    }
    headers.accept = 'application/json'
    return shape(
      call,
      await call.transport({ method: options.method, url: new URL(url), headers, body }),
      answered,
    )
  }
}

/** The answer in the RFC's shape, whatever the server made of it. */
function shape(call: Call, answer: Awaited<ReturnType<Transport>>, answered: (head: Head) => void): Response {
  answered({ status: answer.status, retryAfter: readRetryAfter(answer.headers['retry-after'], call.now()) })
  const parsed = parseBody(answer.body)
  if (!parsed)
    return new Response(null, { status: answer.status === 200 ? 502 : Math.max(answer.status, 200) })
  const asSent = { status: answer.status, body: parsed }
  const { status, body: shaped } = call.server.normaliseTokenAnswer?.(asSent) ?? asSent
  return Response.json(tolerate(shaped), { status })
}

async function judge(
  call: Call,
  send: (answered: (head: Head) => void) => Promise<Response>,
): Promise<JsonObject> {
  let head: Head = { status: 0, retryAfter: undefined }
  const response = await send((seen) => {
    head = seen
  })
  const wait = head.retryAfter === undefined ? {} : { retryAfter: head.retryAfter }
  if (head.status === 429)
    throw new HubError('upstream_rate_limited', 'The token endpoint asks to wait.', wait)
  if (response.status >= 500) {
    const readable = head.status === response.status
    throw new HubError(
      readable ? 'upstream_error' : 'upstream_invalid_answer',
      readable
        ? `The token endpoint answered ${head.status}.`
        : 'The token endpoint gave an answer that cannot be read.',
      wait,
    )
  }
  try {
    // Exchange and refresh answers share one shape; an ID token, if any, was dropped: accounts are asked for by API.
    return await oauth.processRefreshTokenResponse(
      toMetadata(call.server),
      { client_id: call.client.client_id },
      response,
    )
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError)
      throw new OAuthRejection(error.error, error.status, head.retryAfter)
    if (error instanceof oauth.WWWAuthenticateChallengeError)
      throw new OAuthRejection('invalid_client', error.status, head.retryAfter)
    throw new HubError('upstream_invalid_answer', 'The token endpoint gave an answer that cannot be read.', {
      cause: error,
      ...wait,
    })
  }
}

/** JSON, or the form encoding that some servers answer with; undefined for anything else (an HTML error page). */
function parseBody(bytes: Buffer): JsonObject | undefined {
  const text = bytes.toString('utf8').trim()
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as JsonObject)
      : undefined
  } catch {
    if (!/^[\w.-]+=[^<>\s]*$/.test(text)) return undefined
    return Object.fromEntries(new URLSearchParams(text))
  }
}

/** Ten years. */
const LONGEST_LIFETIME_S = 315_360_000

/** What servers get wrong in members that RFC 6749 section 5.1 defines, put right before the library looks. */
function tolerate(body: JsonObject): JsonObject {
  const { id_token: _dropped, ...kept } = body
  if (kept.access_token === undefined) return kept
  // "Bearer" is what every provider here means, whatever it writes ("bot", "user", nothing).
  kept.token_type = 'bearer'
  if (kept.refresh_token === null || kept.refresh_token === '') delete kept.refresh_token
  // Zero, negative, text that is no number, a date no calendar has: the lifetime is unknown, not over.
  const lifetime = Number(kept.expires_in)
  if (lifetime > 0 && lifetime <= LONGEST_LIFETIME_S) kept.expires_in = Math.floor(lifetime)
  else delete kept.expires_in
  if (Array.isArray(kept.scope)) kept.scope = kept.scope.join(' ')
  if (typeof kept.scope !== 'string') delete kept.scope
  return kept
}

async function readErrorCode(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { error?: unknown }
  return typeof body.error === 'string' ? body.error : `http_${response.status}`
}
