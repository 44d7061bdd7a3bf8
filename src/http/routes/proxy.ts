import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HubError } from '../../errors.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'

/** WebDAV and its kin (RFC 4918, 4791, 5323). TRACE and CONNECT are not for callers. */
const DAV_METHODS = ['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'REPORT', 'SEARCH', 'MKCALENDAR']
/** Bodies up to here are held, so that a call can be repeated after a refresh; larger ones stream once. */
const REPEATABLE_BYTES = 256 * 1024
const PREFIX = '/api/v1/proxy/'

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

export function proxyRoutes(app: ZodApp, { access, connections, audit }: HttpContext): void {
  // Bodies of any type pass through as they are.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    '*',
    (
      _request: FastifyRequest,
      payload: IncomingMessage,
      done: (error: null, body: IncomingMessage) => void,
    ) => done(null, payload),
  )

  for (const method of DAV_METHODS) app.addHttpMethod(method, { hasBody: true })
  const common = {
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', ...DAV_METHODS],
    config: { access: 'proxy:use' as const, alwaysCsrf: true },
    bodyLimit: Number.MAX_SAFE_INTEGER,
  }
  app.route({
    ...common,
    url: `${PREFIX}:connection/*`,
    schema: {
      tags: ['Proxy'],
      summary: 'Call the provider with the connection’s credential',
      description:
        'Streams both ways. `{connection}` is an id, or a provider’s id where the choice is clear (narrow it with `Trunkline-Owner`). `Trunkline-Base` names a further declared root, `Trunkline-Token` a further token of the grant.',
      params: z.object({ connection: z.string(), '*': z.string() }),
    },
    handler: (request, reply) => forward(request, reply, request.params.connection),
  })
  // The root itself: the router takes its slash for a trailing one.
  app.route({
    ...common,
    url: `${PREFIX}:connection`,
    schema: { hide: true, params: z.object({ connection: z.string() }) },
    handler: (request, reply) => forward(request, reply, request.params.connection),
  })

  async function forward(
    request: FastifyRequest,
    reply: FastifyReply,
    reference: string,
  ): Promise<FastifyReply> {
    const principal = principalOf(request)
    const id = await connections.resolve(principal, reference, header(request, 'trunkline-owner'))
    // API keys see every connection of their organization; for people the owner decides.
    if (principal.kind === 'person') await connections.get(principal, id)
    const controller = new AbortController()
    reply.raw.on('close', () => controller.abort())
    audit.count({
      organization: principal.organization,
      actor: principal.id,
      action: 'proxy.call',
      target: id,
      ip: request.ip,
    })
    try {
      await access.stream(
        { organization: principal.organization, id },
        {
          method: request.method,
          path: pathBelow(request),
          base: header(request, 'trunkline-base'),
          token: header(request, 'trunkline-token'),
          headers: forwardedHeaders(request),
          body: await readBody(request),
          signal: controller.signal,
        },
        ({ status, headers }) => sendHead(reply, status, headers),
      )
    } catch (error) {
      if (reply.raw.headersSent || reply.raw.destroyed) {
        // The answer was cut off midway; the caller sees a broken connection, not a complete answer.
        reply.raw.destroy()
        return reply
      }
      throw error
    }
    return reply
  }

  function sendHead(
    reply: FastifyReply,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ) {
    reply.hijack()
    const own = reply.getHeaders()
    // A provider's page must not become a page of this hub.
    own['content-security-policy'] = "sandbox; default-src 'none'"
    const named = new Set(
      String(headers.connection ?? '')
        .toLowerCase()
        .split(',')
        .map((name) => name.trim()),
    )
    for (const [name, value] of Object.entries(headers)) {
      const lower = name.toLowerCase()
      if (value !== undefined && !NOT_RETURNED.has(lower) && !named.has(lower) && !(lower in own))
        own[lower] = value
    }
    reply.raw.writeHead(status, own as Record<string, string | string[]>)
    return reply.raw
  }
}

/** Everything after the connection, exactly as the caller wrote it. */
function pathBelow(request: FastifyRequest): string {
  const raw = request.raw.url ?? ''
  const rest = raw.slice(raw.indexOf(PREFIX) + PREFIX.length)
  const cut = rest.search(/[/?]/)
  if (cut === -1) return '/'
  return rest[cut] === '?' ? `/${rest.slice(cut)}` : rest.slice(cut)
}

function forwardedHeaders(request: FastifyRequest): Record<string, string> {
  const named = new Set(
    (request.headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || NOT_FORWARDED.has(name) || named.has(name)) continue
    if (name.startsWith('x-forwarded-') || name.startsWith('sec-') || name.startsWith('trunkline-')) continue
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}

async function readBody(request: FastifyRequest): Promise<Buffer | Readable | undefined> {
  const body = request.body as Readable | undefined | null
  if (!body || request.method === 'GET' || request.method === 'HEAD') return undefined
  const length = Number(request.headers['content-length'])
  if (!Number.isFinite(length) || length > REPEATABLE_BYTES) return body
  const chunks: Buffer[] = []
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  if (Array.isArray(value)) throw new HubError('header_refused', `Send "${name}" once.`)
  return value
}
