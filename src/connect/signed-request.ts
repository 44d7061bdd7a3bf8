/**
 * Meta's signed_request: `{signature}.{payload}`, both base64url, the signature an HMAC-SHA256 with the app secret over
 * the payload as it came. https://developers.facebook.com/docs/facebook-login/guides/advanced/deauthorization
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { HubError } from '../errors.ts'

export type SignedRequest = {
  /** Who it is about, as the app knows them. */
  userId: string
  /** The part that was signed, as it came: one for each request that Meta makes. */
  payload: string
  /** Those of the given secrets that made the signature; apps may share one. */
  secrets: string[]
}

/** Meta's own example ends a request one hour after it was issued. */
const TOLERANCE_S = 3600
/** Clocks differ. */
const AHEAD_S = 300
const LONGEST = 4096

/**
 * Nothing in the payload is looked at before a signature fits. Every secret is tried, so that the time taken tells
 * nothing of which one fits.
 * @param now milliseconds since 1970
 * @throws HubError `signature_refused`
 */
export function readSignedRequest(text: string, secrets: readonly string[], now: number): SignedRequest {
  const parts = text.length > LONGEST ? undefined : /^([\w-]{42,44})=?\.([\w-]+={0,2})$/.exec(text)
  const [, signature = '', payload = ''] = parts ?? []
  const given = Buffer.from(signature, 'base64url')
  const fitting = secrets.filter((secret) => {
    const expected = createHmac('sha256', secret).update(payload).digest()
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
  if (!parts || fitting.length === 0) throw refused('No app of this hub signed this request.')
  const body = parse(payload)
  if (String(body['algorithm']).toUpperCase() !== 'HMAC-SHA256')
    throw refused('The request names another algorithm than HMAC-SHA256.')
  const { issued_at: issuedAt, expires, user_id: userId } = body
  const seconds = now / 1000
  if (typeof issuedAt !== 'number' || issuedAt > seconds + AHEAD_S || issuedAt < seconds - TOLERANCE_S)
    throw refused('The request is older than an hour, or does not say when it was issued.')
  if (typeof expires === 'number' && expires > 0 && expires < seconds)
    throw refused('The request has expired.')
  if (typeof userId !== 'string' || !/^\d{1,30}$/.test(userId)) throw refused('The request names no user.')
  return { userId, payload, secrets: fitting }
}

function parse(payload: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const refused = (why: string) => new HubError('signature_refused', why)
