/**
 * A proxied call by an API key that is in memory, to a connection named by its id, goes past the framework, whose share
 * would be as large as the rest of the way (November 2026). Everything else takes the route, which does the same.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Identity } from '../identity/identity.ts'
import { addressOf } from './address-of.ts'
import { type Forward, PROXY_METHODS, PROXY_PREFIX, PROXY_ROUTE } from './forward.ts'
import { putProblem } from './problems.ts'
import type { RequestNote } from './request-note.ts'

const METHODS = new Set(PROXY_METHODS)
/** What is escaped in a path is left to the framework's reading of it. */
const PATH = /^(con_[0-9a-z]+)\/[^?%#]*(?:\?|$)/

export function createProxyDirect(options: {
  identity: Pick<Identity, 'knownApiKey'>
  forward: Forward
  note: RequestNote
  log: Logger
  /** What every answer to a program carries. */
  headers: Readonly<Record<string, string>>
  nextRequestId: () => string
  trustedHops: number
}): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { identity, forward, note, log, headers, nextRequestId, trustedHops } = options

  return (request, response) => {
    const { url = '', method = '' } = request
    if (!url.startsWith(PROXY_PREFIX) || !METHODS.has(method)) return false
    const id = PATH.exec(url.slice(PROXY_PREFIX.length))?.[1]
    if (id === undefined) return false
    // A caller who names the request, or the owner besides, is served with all that the route does.
    if (request.headers['x-request-id'] !== undefined || request.headers['trunkline-owner'] !== undefined)
      return false
    const principal = identity.knownApiKey(request.headers.authorization)
    if (!principal?.permissions.has('proxy:use')) return false
    const started = performance.now()
    const requestId = nextRequestId()
    const own = () => ({ 'x-request-id': requestId, ...headers })
    const onClose = () =>
      note({
        id: requestId,
        method,
        route: PROXY_ROUTE,
        status: response.statusCode,
        ms: performance.now() - started,
      })
    const ip = addressOf(request, trustedHops)
    forward({ principal, id, ip, request, response, own, onClose }).catch((error: unknown) => {
      const problem = putProblem(error, { id: requestId, route: PROXY_ROUTE, log })
      response.writeHead(problem.status, {
        ...own(),
        ...problem.headers,
        'content-length': Buffer.byteLength(problem.body),
      })
      response.end(problem.body)
    })
    return true
  }
}
