import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { DAV_METHODS, PROXY_METHODS, PROXY_ROUTE, single } from '../forward.ts'
import type { ZodApp } from '../server.ts'

/** Every call that `proxy-direct.ts` does not take: of people, by a provider's id, by a key not yet in memory. */
export function proxyRoutes(app: ZodApp, { connections, forward }: HttpContext): void {
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
    method: [...PROXY_METHODS],
    config: { access: 'proxy:use' as const, alwaysCsrf: true },
    bodyLimit: Number.MAX_SAFE_INTEGER,
  }
  app.route({
    ...common,
    url: PROXY_ROUTE,
    schema: {
      tags: ['Proxy'],
      summary: 'Call the provider with the connection’s credential',
      description:
        'Streams both ways. `{connection}` is an id, or a provider’s id where the choice is clear (narrow it with `Trunkline-Owner`). `Trunkline-Base` names a further declared root, `Trunkline-Token` a further token of the grant.',
      params: z.object({ connection: z.string(), '*': z.string() }),
    },
    handler: (request, reply) => pass(request, reply, request.params.connection),
  })
  // The root itself: the router takes its slash for a trailing one.
  app.route({
    ...common,
    url: PROXY_ROUTE.replace(/\/\*$/, ''),
    schema: { hide: true, params: z.object({ connection: z.string() }) },
    handler: (request, reply) => pass(request, reply, request.params.connection),
  })

  async function pass(
    request: FastifyRequest,
    reply: FastifyReply,
    reference: string,
  ): Promise<FastifyReply> {
    const principal = principalOf(request)
    const id = await connections.resolve(principal, reference, single(request.raw, 'trunkline-owner'))
    await forward({
      principal,
      id,
      ip: request.ip,
      request: request.raw,
      response: reply.raw,
      own: () => reply.hijack().getHeaders() as OutgoingHttpHeaders,
    })
    return reply
  }
}
