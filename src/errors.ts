/**
 * The table of problems (RFC 9457). A code is a promise: it never changes its meaning, and a test pins the list.
 * `retry` tells a program what to do: `never` (the request is wrong), `later` (the same request may pass), or
 * `reconnect` (a person has to authorize again). The API reference and the SDK's types come from this table.
 */
export type Retry = 'never' | 'later' | 'reconnect'

export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is malformed', retry: 'never' },
  unauthenticated: { status: 401, title: 'Authentication is required', retry: 'never' },
  sign_in_link_invalid: { status: 401, title: 'This sign-in link cannot be used', retry: 'never' },
  sign_in_refused: { status: 401, title: 'This does not sign anybody in', retry: 'never' },
  insufficient_scope: { status: 403, title: 'The caller lacks a permission', retry: 'never' },
  csrf_failed: { status: 403, title: 'The request does not come from a page of this hub', retry: 'never' },
  reauthentication_required: { status: 403, title: 'Show once more who you are', retry: 'never' },
  single_sign_on_required: { status: 403, title: 'This organization wants single sign-on', retry: 'never' },
  not_found: { status: 404, title: 'Nothing here under this name', retry: 'never' },
  method_not_allowed: { status: 405, title: 'This method is not offered here', retry: 'never' },
  conflict: { status: 409, title: 'Something else changed in the meantime', retry: 'later' },
  ambiguous_connection: { status: 409, title: 'Several connections fit', retry: 'never' },
  last_administrator: { status: 409, title: 'An organization needs an administrator', retry: 'never' },
  invitation_invalid: { status: 410, title: 'This invitation cannot be used', retry: 'never' },
  payload_too_large: { status: 413, title: 'The request is too large', retry: 'never' },
  unsupported_media_type: { status: 415, title: 'The body has a type that is not read here', retry: 'never' },
  rate_limited: { status: 429, title: 'Too many requests', retry: 'later' },
  internal_error: { status: 500, title: 'The hub failed', retry: 'later' },
  unavailable: { status: 503, title: 'The hub cannot do this right now', retry: 'later' },

  provider_unknown: { status: 404, title: 'The catalog has no such provider', retry: 'never' },
  not_configured: { status: 409, title: 'The integration is not set up here', retry: 'never' },
  field_invalid: { status: 422, title: 'A field does not have the right form', retry: 'never' },
  credential_refused: { status: 422, title: 'The provider refuses this credential', retry: 'never' },
  return_to_refused: { status: 422, title: 'This return address is not on the list', retry: 'never' },
  proof_refused: { status: 403, title: 'The flow did not end where it began', retry: 'never' },
  callback_refused: { status: 403, title: 'The provider’s answer cannot be believed', retry: 'never' },
  proof_policy: { status: 422, title: 'This kind of proof is not allowed here', retry: 'never' },
  signature_refused: { status: 403, title: 'The signature does not fit', retry: 'never' },
  owner_excluded: { status: 403, title: 'The organization’s policy excludes this owner', retry: 'never' },
  attempt_over: { status: 409, title: 'This attempt is already over', retry: 'never' },
  attempt_expired: { status: 410, title: 'This attempt took too long', retry: 'never' },
  link_expired: { status: 410, title: 'This connect link is no longer valid', retry: 'never' },

  agent_turned_off: { status: 409, title: 'The organization has turned this off', retry: 'never' },

  connection_invalid: {
    status: 409,
    title: 'The provider no longer accepts this connection',
    retry: 'reconnect',
  },
  connection_disconnected: { status: 410, title: 'This connection was disconnected', retry: 'never' },
  connection_setup_required: {
    status: 409,
    title: 'The connection needs a set-up step first',
    retry: 'never',
  },
  refresh_delayed: { status: 503, title: 'A fresh access token cannot be had right now', retry: 'later' },
  token_not_available: {
    status: 422,
    title: 'This connection has no access token to hand out',
    retry: 'never',
  },

  egress_refused: { status: 422, title: 'This address is not allowed', retry: 'never' },
  header_refused: { status: 422, title: 'A header is not allowed here', retry: 'never' },
  upstream_rate_limited: { status: 429, title: 'The provider asks to wait', retry: 'later' },
  upstream_unreachable: { status: 502, title: 'The provider could not be reached', retry: 'later' },
  upstream_invalid_answer: {
    status: 502,
    title: 'The provider gave an answer that cannot be read',
    retry: 'later',
  },
  upstream_error: { status: 502, title: 'The provider answered with an error', retry: 'later' },
  upstream_too_large: { status: 502, title: 'The provider’s answer is too large', retry: 'never' },
  upstream_timeout: { status: 504, title: 'The provider did not answer in time', retry: 'later' },

  config_invalid: { status: 500, title: 'The configuration has problems', retry: 'never' },
  data_dir_in_use: { status: 503, title: 'Another hub uses this data folder', retry: 'never' },
  port_in_use: { status: 503, title: 'The port is taken', retry: 'never' },
  database_start_failed: { status: 503, title: 'The embedded database did not start', retry: 'never' },
  database_version_mismatch: {
    status: 503,
    title: 'The data folder belongs to another PostgreSQL',
    retry: 'never',
  },
  database_unreachable: { status: 503, title: 'The database cannot be reached', retry: 'later' },
  platform_unsupported: { status: 503, title: 'The embedded database does not run here', retry: 'never' },
  master_key_missing: { status: 500, title: 'There is no master key', retry: 'never' },
  master_key_wrong: { status: 500, title: 'The master key does not fit this database', retry: 'never' },
  vault_open_failed: { status: 500, title: 'A sealed value does not open', retry: 'never' },
} as const satisfies Record<string, { status: number; title: string; retry: Retry }>

export type ProblemCode = keyof typeof PROBLEMS

export type ProblemExtras = {
  cause?: unknown
  /** Wrong fields, one entry each. */
  errors?: { path: string; message: string }[]
  /** Connections to choose from. */
  choices?: { id: string; label: string }[]
  /** Seconds until the same request may pass. */
  retryAfter?: number
  /** A word for the page that the browser is sent to, where the answer is a redirect. */
  reason?: string
}

/** The one error class. `detail` tells the reader what to do next and where; it never holds an upstream's body. */
export class HubError extends Error {
  readonly code: ProblemCode
  readonly detail: string
  readonly extras: ProblemExtras

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(`${code}: ${detail}`, extras.cause === undefined ? undefined : { cause: extras.cause })
    this.name = 'HubError'
    this.code = code
    this.detail = detail
    this.extras = extras
  }

  get status(): number {
    return PROBLEMS[this.code].status
  }
}

/** The wire form of a problem. */
export function toProblem(error: HubError, requestId?: string) {
  const { status, title, retry } = PROBLEMS[error.code]
  return {
    type: `https://trunkline.dev/problems/${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.detail,
    retry,
    ...(requestId ? { request_id: requestId } : {}),
    ...(error.extras.errors ? { errors: error.extras.errors } : {}),
    ...(error.extras.choices ? { choices: error.extras.choices } : {}),
  }
}
