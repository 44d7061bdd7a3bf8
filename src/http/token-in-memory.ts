/**
 * Reading a token is the call that is made most. Where the caller's key and the sealed row are both in memory it is
 * answered here, before the framework: measured in November 2026, opening the seal takes about as long as a bare
 * server needs for a whole answer, and the framework's share would double the sum. Everything else (a person, an
 * unknown key, a missing permission, a token near its end) takes the usual way and gets its answer there.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Audit } from '../identity/audit.ts'
import type { Identity } from '../identity/identity.ts'
import type { Access } from '../vault/access.ts'
import type { Metrics } from './metrics.ts'
import { presentToken } from './present.ts'

const PREFIX = '/api/v1/connections/'
const SUFFIX = '/token'
export const TOKEN_ROUTE = `${PREFIX}:id${SUFFIX}`

/** What every answer to a program carries; the framework's hook sends the same. */
export const DATA_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const

export function createTokenInMemory(options: {
  identity: Pick<Identity, 'knownApiKey'>
  access: Pick<Access, 'accessTokenInMemory'>
  audit: Pick<Audit, 'count'>
  metrics: Metrics
  secure: boolean
  trustedHops: number
}): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { identity, access, audit, metrics, secure, trustedHops } = options
  const requestIds = `req_${randomBytes(9).toString('base64url')}_`
  let count = 0
  const headers = { ...DATA_HEADERS, ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}) }

  return (request, response) => {
    const { url = '', method } = request
    if (method !== 'GET' || !url.endsWith(SUFFIX) || !url.startsWith(PREFIX)) return false
    // A caller who names the request, or sends a body, is served with all that the framework does.
    if (request.headers['x-request-id'] !== undefined || request.headers['content-length'] !== undefined)
      return false
    const principal = identity.knownApiKey(request.headers.authorization)
    if (!principal?.permissions.has('tokens:read')) return false
    const started = performance.now()
    const id = url.slice(PREFIX.length, -SUFFIX.length)
    const token = access.accessTokenInMemory({ organization: principal.organization, id })
    if (!token) return false
    const ip = addressOf(request, trustedHops)
    audit.count({
      organization: principal.organization,
      actor: principal.id,
      action: 'token.read',
      target: id,
      ip,
    })
    metrics.tokenRead()
    const body = JSON.stringify(presentToken(token))
    response.writeHead(200, {
      'x-request-id': `${requestIds}${(count++).toString(36)}`,
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    })
    response.end(body)
    metrics.request('GET', TOKEN_ROUTE, 200, (performance.now() - started) / 1000)
    return true
  }
}

/** The address that the nearest trusted proxy saw, counted from the right (the framework counts alike). */
function addressOf(request: IncomingMessage, trustedHops: number): string | null {
  const remote = request.socket.remoteAddress ?? null
  const forwarded = request.headers['x-forwarded-for']
  if (trustedHops === 0 || typeof forwarded !== 'string') return remote
  const hops = forwarded.split(',').map((hop) => hop.trim())
  return hops[Math.max(0, hops.length - trustedHops)] ?? remote
}
