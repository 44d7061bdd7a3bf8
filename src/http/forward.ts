/** One call through the hub, whoever let it in: what goes to the provider, and what comes back. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { AnswerHead } from '../catalog/answers.ts'
import { HubError } from '../errors.ts'
import type { Audit } from '../identity/audit.ts'
import { mustSee, type Principal } from '../identity/principal.ts'
import type { Access, Sink } from '../vault/access.ts'
import { createLeaveTogether } from './leave-together.ts'
import { admitting } from './admit.ts'

export const PROXY_PREFIX = '/api/v1/proxy/'
export const PROXY_ROUTE = `${PROXY_PREFIX}:connection/*`
/** WebDAV and its kin (RFC 4918, 4791, 5323). */
export const DAV_METHODS = [
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'REPORT',
  'SEARCH',
  'MKCALENDAR',
]
/** TRACE and CONNECT are not for callers. */
export const PROXY_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', ...DAV_METHODS]
/** Bodies up to here are held, so that a call can be repeated after a refresh; larger ones stream once. */
const REPEATABLE_BYTES = 256 * 1024

/** Hop-by-hop headers (RFC 9110 section 7.6.1) and everything that is between the caller and the hub alone. */
const NOT_FORWARDED = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'authorization',
  'cookie',
  'content-length',
  'accept-encoding',
  'origin',
  'referer',
  'forwarded',
  'via',
  'trunkline-csrf',
  'trunkline-base',
  'trunkline-token',
])
const NOT_RETURNED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'set-cookie',
  'set-cookie2',
  'clear-site-data',
  'strict-transport-security',
  'content-security-policy',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'alt-svc',
  'service-worker-allowed',
])

/** @throws whatever went wrong before a head was sent; later the caller sees a broken connection */
export type Forward = (call: {
  principal: Principal
  /** Id of the connection. */
  id: string
  ip: string | null
  request: IncomingMessage
  response: ServerResponse
  /** The hub's own headers, which the provider's do not replace. */
  own: () => OutgoingHttpHeaders
  /** The answer is over, or its connection. */
  onClose?: () => void
}) => Promise<void>

export function createForward({ access, audit }: { access: Access; audit: Audit }): Forward {
  const leaveTogether = createLeaveTogether()
  let underWay = 0

  /** What ends in one turn of the event loop leaves together; a lone call has nothing to wait for. */
  const sinkOf = (response: ServerResponse): Sink => ({
    write: (chunk) => response.write(chunk),
    end(last?: Buffer) {
      const end = () => {
        if (!response.destroyed) response.end(last)
      }
      if (underWay > 1) leaveTogether(end)
      else end()
    },
    once: (event, listener) => response.once(event, listener),
    destroy: (error) => response.destroy(error),
  })

  return async ({ principal, id, ip, request, response, own, onClose }) => {
    const { organization } = principal
    // Whoever left before it began is not called for.
    if (response.destroyed) return
    let breakOff = () => {}
    underWay++
    response.on('close', () => {
      underWay--
      if (!response.writableFinished) breakOff()
      onClose?.()
    })
    try {
      const over = access.stream(
        { organization, id, admit: admitting(mustSee, principal, id) },
        {
          method: request.method as string,
          path: pathBelow(request.url as string),
          base: single(request, 'trunkline-base'),
          token: single(request, 'trunkline-token'),
          headers: forwardedHeaders(request),
          body: hasBody(request) ? await readBody(request) : undefined,
          onStart(stop) {
            // Nor whoever left while it waited for its turn.
            if (response.destroyed) stop()
            else breakOff = stop
          },
        },
        ({ status, headers }) => {
          response.writeHead(status, returnedHeaders(own(), headers))
          return sinkOf(response)
        },
      )
      // The call is on its way; this needs nobody's waiting.
      audit.count({ organization, actor: principal.id, action: 'proxy.call', target: id, ip })
      await over
    } catch (error) {
      if (!response.headersSent && !response.destroyed) throw error
      // The answer was cut off midway; the caller sees a broken connection, not a complete answer.
      response.destroy()
    }
  }
}

/** Everything after the connection, exactly as the caller wrote it. */
function pathBelow(url: string): string {
  const rest = url.slice(url.indexOf(PROXY_PREFIX) + PROXY_PREFIX.length)
  const cut = rest.search(/[/?]/)
  if (cut === -1) return '/'
  return rest[cut] === '?' ? `/${rest.slice(cut)}` : rest.slice(cut)
}

/** Further hop-by-hop headers, which a message names itself (RFC 9110 section 7.6.1). */
function namedBy(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return NONE
  return new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
}
const NONE: ReadonlySet<string> = new Set()

function forwardedHeaders({ headers, url = '' }: IncomingMessage): Record<string, string> {
  const named = namedBy(headers.connection)
  const forwarded: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || NOT_FORWARDED.has(name) || named.has(name)) continue
    if (name.startsWith('x-forwarded-') || name.startsWith('sec-') || name.startsWith('trunkline-')) continue
    forwarded[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const { destination } = forwarded
  if (destination !== undefined) forwarded['destination'] = readDestination(destination, url)
  return forwarded
}

/** A caller of WebDAV knows the hub's own addresses: one of the same connection becomes the path below it. */
function readDestination(destination: string, url: string): string {
  const own = /^[^/]*(\/api\/v1\/proxy\/[^/?]+)/.exec(url)?.[1]
  const { pathname = '' } = URL.parse(destination) ?? {}
  return own !== undefined && pathname.startsWith(`${own}/`) ? pathname.slice(own.length) : destination
}

function returnedHeaders(own: OutgoingHttpHeaders, theirs: AnswerHead['headers']): OutgoingHttpHeaders {
  const named = namedBy(Array.isArray(theirs.connection) ? theirs.connection.join() : theirs.connection)
  // A provider's page must not become a page of this hub.
  own['content-security-policy'] = "sandbox; default-src 'none'"
  for (const name in theirs) {
    const value = theirs[name]
    const lower = name.toLowerCase()
    if (value !== undefined && !NOT_RETURNED.has(lower) && !named.has(lower) && !(lower in own))
      own[lower] = value
  }
  return own
}

/** RFC 9112 section 6.3. */
function hasBody({ method, headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

async function readBody(request: IncomingMessage): Promise<Buffer | Readable> {
  const length = Number(request.headers['content-length'])
  if (!Number.isFinite(length) || length > REPEATABLE_BYTES) return request
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** @throws HubError `header_refused` where it was sent twice */
export function single({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  if (Array.isArray(value)) throw new HubError('header_refused', `Send "${name}" once.`)
  return value
}
