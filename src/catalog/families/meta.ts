/**
 * What WhatsApp, Instagram and Meta Ads share: the Graph API's errors and limits, Facebook's log-in dialog, and the
 * tokens without a refresh token that are exchanged for newer ones while they live.
 */
import {
  at,
  type Json,
  type JsonObject,
  type OAuth2,
  type Parameter,
  type Provider,
  readText,
  type RevocationRequest,
} from '../define.ts'

/** Meta's documentation wrote v25.0 in 2026; a version is answered for about two years. */
export const version = {
  name: 'version',
  label: 'Graph API version',
  pattern: '^v[0-9]{2}\\.[0-9]$',
  example: 'v25.0',
  default: 'v25.0',
  help: 'Meta retires a version about two years after it came out.',
  mismatch: 'A version is written v25.0.',
  asked: 'operator',
} satisfies Parameter

export const GRAPH = 'https://graph.facebook.com/{version}'

/** https://developers.facebook.com/docs/graph-api/overview/rate-limiting: the app's, the user's, a page's, a call's. */
const LIMITS = [4, 17, 32, 341, 613, ...range(80_000, 80_014)]
/** WhatsApp's own: throughput, spam, one pair of numbers. */
const WHATSAPP_LIMITS = [80_007, 130_429, 131_048, 131_056]
/** https://developers.facebook.com/docs/graph-api/guides/error-handling: "permission denied", and all of 200 to 299. */
const PERMISSIONS = [3, 10, ...range(200, 299)]

/**
 * `error.code` decides, whatever the status: Graph answers limits with 400 or 403, and a dead token with 400 or 401.
 * 190 is the one code that means the token; its subcodes (458 app removed, 460 password changed, 463 expired, 467
 * invalid) say why.
 */
export const graphErrors = {
  forbidden: [{ at: 'error.code', equals: PERMISSIONS }],
  rate_limited: [{ at: 'error.code', equals: [...LIMITS, ...WHATSAPP_LIMITS] }],
  unauthorized: [{ at: 'error.code', equals: 190 }],
  failed: [{ at: 'error.code' }],
} satisfies Provider['api']['errors']

/** Minutes to wait are told in a header that holds JSON, one list a business. */
export const graphLimit = { read: readUsage } satisfies Provider['api']['rate_limit']

const NO_REFRESH_TOKEN =
  'The token of a fresh grant is exchanged for one of 60 days at once, and that one for the next, once it is a day old and before it ends. Removing the app, a new password, or a security check at Facebook end it. Tokens of a system user may have no end at all.'

const exchange = `${GRAPH}/oauth/access_token?grant_type=fb_exchange_token&client_id={client_id}&client_secret={client_secret}&fb_exchange_token={access_token}`

/** https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived */
export const facebookLogin = {
  kind: 'oauth2',
  authorization_endpoint: 'https://www.facebook.com/{version}/dialog/oauth',
  token_endpoint: `${GRAPH}/oauth/access_token`,
  token_endpoint_auth_method: 'client_secret_post',
  pkce: {
    off: 'Facebook documents a challenge for its OpenID Connect flow alone; whether the log-in of an app checks one is not written anywhere, and the exchange is authenticated by the app secret; checked 2026-11.',
  },
  // Needed where the app says Require app secret; taken everywhere.
  token_proof: 'appsecret_proof',
  scope_separator: ',',
  code_tail: '#_=_',
  normaliseTokenAnswer: readGraphTokenAnswer,
  refresh: {
    rotates: 'exchange',
    exchange: {
      upgrade: { url: exchange },
      renew: { url: exchange },
      ahead: 10 * 86_400,
      min_age: 86_400,
      endless: 'kept',
    },
    dead: ['invalid_grant'],
    note: NO_REFRESH_TOKEN,
  },
} satisfies OAuth2

/**
 * Takes the app off the person's account, and with it every token of that person at this app.
 * https://developers.facebook.com/docs/facebook-login/guides/permissions/request-revoke
 */
export const revokePermissions = {
  method: 'DELETE',
  url: `${GRAPH}/me/permissions`,
  authorization: 'token',
  gone: [{ at: 'error.code', equals: 190 }],
} satisfies RevocationRequest

/** The page where a person takes an app off their Facebook account. */
export const businessIntegrations = 'https://www.facebook.com/settings?tab=business_tools'

/** What every Meta app needs before it goes live, with this hub's own addresses. */
export const complianceSteps: readonly string[] = [
  'Open App settings, Basic, and fill in Privacy Policy URL: {public_url}/privacy',
  'Fill in Terms of Service URL: {public_url}/terms',
  'Under User data deletion choose Data deletion callback URL, and fill in {public_url}/api/meta/data-deletion',
]

const RATE_LIMITED: ReadonlySet<number> = new Set(LIMITS)
/** Subcodes of code 100: the code has expired, the redirect URI differs, the code was used. */
const BAD_CODES: ReadonlySet<number> = new Set([36_007, 36_008, 36_009])

/**
 * Graph answers a failure with an object `error` of its own, where RFC 6749 section 5.2 asks for a code; most of its
 * codes say nothing of the grant.
 * https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export function readGraphTokenAnswer({ status, body }: { status: number; body: JsonObject }): {
  status: number
  body: JsonObject
} {
  const code = at(body, 'error.code')
  if (typeof code !== 'number') return { status, body }
  const { error, status: meant } = meaningOf(code, body)
  return { status: meant, body: { error, error_description: readText(body, 'error.message') ?? error } }
}

function meaningOf(code: number, body: JsonObject): { error: string; status: number } {
  if (code === 190) return { error: 'invalid_grant', status: 400 }
  if (RATE_LIMITED.has(code)) return { error: 'rate_limited', status: 429 }
  // Code 1 is "unknown error, possibly temporary" everywhere but here.
  const badSecret = code === 1 && at(body, 'error.message') === 'Error validating client secret.'
  if (code === 101 || badSecret) return { error: 'invalid_client', status: 401 }
  if (code === 1 || code === 2) return { error: 'temporarily_unavailable', status: 503 }
  if (code === 100 && BAD_CODES.has(Number(at(body, 'error.error_subcode'))))
    return { error: 'invalid_grant', status: 400 }
  return { error: `graph_${code}`, status: 400 }
}

function readUsage(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const header = headers['x-business-use-case-usage']
  if (typeof header !== 'string') return undefined
  let usage: Json
  try {
    usage = JSON.parse(header) as Json
  } catch {
    return undefined
  }
  const minutes = Object.values(usage ?? {})
    .flat()
    .map((one: Json) => Number(at(one, 'estimated_time_to_regain_access')))
    .filter((wait) => wait > 0)
  return minutes.length > 0 ? Math.max(...minutes) * 60 : undefined
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
