/**
 * The RFCs, on top of oauth4webapi. This folder knows no provider: a caller hands in the authorization server's
 * metadata (RFC 8414 names), the client, and a transport; deviations arrive as data or as one function that
 * undoes them before the certified library judges the answer.
 */
import type * as oauth from 'oauth4webapi'

export type JsonObject = { [key: string]: unknown }

export type AuthorizationServer = {
  /** RFC 8414 section 2; servers without one get a name that no answer can claim. */
  issuer: string
  authorization_endpoint: string
  token_endpoint: string
  /** No RFC's: where refresh tokens are spent by servers that have a place of its own for it. */
  refresh_endpoint?: string
  revocation_endpoint?: string
  authorization_response_iss_parameter_supported?: boolean
  token_endpoint_auth_method: 'client_secret_basic' | 'client_secret_post' | 'none'
  token_request_format?: 'form' | 'json'
  authorization_params?: Readonly<Record<string, string>>
  token_params?: Readonly<Record<string, string>>
  scope_separator?: string
  /** Hangs on every code, and is not part of it. */
  code_tail?: string
  /** Errors of the authorization answer that mean `access_denied`. */
  denied?: readonly string[]
  pkce: boolean
  /** Undoes a deviation: what the token endpoint sent in, RFC 6749 section 5 shape out. */
  normaliseTokenAnswer?: (answer: { status: number; body: JsonObject }) => {
    status: number
    body: JsonObject
  }
}

export type Client = { client_id: string; client_secret?: string }

/** Sends one request through the hub's egress gate. */
export type Transport = (request: {
  method: string
  url: URL
  headers: Record<string, string>
  body: string | undefined
}) => Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }>

/** The server said no, by an error code of RFC 6749 section 4.1.2.1 or 5.2 (or one of its own). */
export class OAuthRejection extends Error {
  readonly error: string
  readonly status: number
  /** Seconds; undefined: the server did not ask to wait. */
  readonly retryAfter: number | undefined
  constructor(error: string, status: number, retryAfter?: number) {
    const code = readErrorCode(error)
    super(`the authorization server answered "${code}"`)
    this.name = 'OAuthRejection'
    this.error = code
    this.status = status
    this.retryAfter = retryAfter
  }
}

/** RFC 6749 lets a code be any printable text. What is shown and stored is a word: a sentence may echo a secret. */
function readErrorCode(error: string): string {
  return /^[\w.:-]{1,64}$/.test(error) ? error : 'unrecognised_error'
}

/** oauth4webapi's view of the same server. */
export function toMetadata(server: AuthorizationServer): oauth.AuthorizationServer {
  return {
    issuer: server.issuer,
    authorization_endpoint: server.authorization_endpoint,
    token_endpoint: server.token_endpoint,
    ...(server.revocation_endpoint ? { revocation_endpoint: server.revocation_endpoint } : {}),
    ...(server.authorization_response_iss_parameter_supported
      ? { authorization_response_iss_parameter_supported: true }
      : {}),
  }
}
