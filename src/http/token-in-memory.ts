/**
 * Reading a token is the call that is made most. Where the caller's key and the sealed row are both in memory it is
 * answered here, before the framework: measured in November 2026, opening the seal takes about as long as a bare
 * server needs for a whole answer, and the framework's share would double the sum. Everything else (a person, an
 * unknown key, a missing permission, a connection of somebody else, a token near its end) takes the usual way and gets its answer there.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Audit } from '../identity/audit.ts'
import type { Identity } from '../identity/identity.ts'
import { mustChange } from '../identity/principal.ts'
import type { Access } from '../vault/access.ts'
import { addressOf } from './address-of.ts'
import { admitting } from './admit.ts'
import { createLeaveTogether } from './leave-together.ts'
import type { Metrics } from './metrics.ts'
import { presentToken } from './present.ts'

const PREFIX = '/api/v1/connections/'
const SUFFIX = '/token'
export const TOKEN_ROUTE = `${PREFIX}:id${SUFFIX}`

export function createTokenInMemory(options: {
  identity: Pick<Identity, 'knownApiKey'>
  access: Pick<Access, 'accessTokenInMemory'>
  audit: Pick<Audit, 'count'>
  metrics: Metrics
  /** What every answer to a program carries. */
  headers: Readonly<Record<string, string>>
  nextRequestId: () => string
  trustedHops: number
}): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { identity, access, audit, metrics, headers, nextRequestId, trustedHops } = options
  const leaveTogether = createLeaveTogether()

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
    const token = access.accessTokenInMemory({
      organization: principal.organization,
      id,
      admit: admitting(mustChange, principal, id),
    })
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
    leaveTogether(() => {
      response.writeHead(200, {
        'x-request-id': nextRequestId(),
        ...headers,
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
      })
      response.end(body)
      metrics.request('GET', TOKEN_ROUTE, 200, (performance.now() - started) / 1000)
    })
    return true
  }
}
