/** The HTTP server: problems, ids, headers, OpenAPI, and the routes. */
import type { Server } from 'node:http'
import fastifyCookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
} from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { HubError } from '../errors.ts'
import { type Cookies, registerAuth } from './auth.ts'
import type { HttpContext } from './context.ts'
import { createRequestIds, dataHeaders, pageHeaders } from './every-answer.ts'
import { BODY_LIMIT, putProblem } from './problems.ts'
import { createRequestNote } from './request-note.ts'
import { registerRoutes } from './routes.ts'

export type ZodApp = FastifyInstance<
  Server,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

export async function createApp(context: HttpContext, server: Server, cookies: Cookies): Promise<ZodApp> {
  const nextRequestId = createRequestIds()
  const app = fastify<Server>({
    // The port is held by the composition root, which decides what reaches this app.
    serverFactory: () => server,
    loggerInstance: context.log,
    // One line a request, written by the hook below, needs no logger of its own.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    trustProxy: (_address, hop) => hop < context.config.trustedHops,
    requestIdHeader: false,
    genReqId: (request) => {
      const given = request.headers['x-request-id']
      return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : nextRequestId()
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
  }).withTypeProvider<ZodTypeProvider>()

  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)

  // Plain callbacks here and in the hooks below: this is on the way of every request.
  const data = dataHeaders(cookies.secure)
  const page = pageHeaders(cookies.secure)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).headers(request.routeOptions.config?.data ? data : page)
    done()
  })
  const note = createRequestNote(context)
  app.addHook('onResponse', (request, reply, done) => {
    note({
      id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: reply.elapsedTime,
    })
    done()
  })
  app.addHook('onRoute', (route) => {
    // What only programs read needs no policy for pages.
    if (/^\/api\/v1\/(?!integrations)|^\/(health|ready|metrics|openapi\.json)/.test(route.url))
      route.config = { ...route.config, data: true }
  })

  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const { status, headers, body } = putProblem(thrown, {
      id: request.id,
      route: request.routeOptions.url,
      log: context.log,
    })
    if (reply.sent || reply.raw.headersSent) return reply.raw.destroy()
    return reply.status(status).headers(headers).serializer(String).send(body)
  })

  await app.register(fastifyCookie)
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, limit) =>
      new HubError('rate_limited', `Too many requests from your address. Try again in ${limit.after}.`),
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Trunkline',
        version: context.version,
        description:
          'Connect accounts, keep their credentials sealed and alive, call providers through them.',
      },
      servers: [{ url: context.config.publicUrl }],
      components: {
        securitySchemes: {
          api_key: { type: 'http', scheme: 'bearer', description: 'An API key, `tl_...`.' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: cookies.session,
            description: 'A session of the dashboard; changes also send `Trunkline-CSRF`.',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  registerAuth(app, {
    identity: context.identity,
    readTogether: context.readTogether,
    publicUrl: context.config.publicUrl,
    cookies,
  })
  await registerRoutes(app, context, cookies)
  app.setNotFoundHandler((request, reply) => {
    // A person who mistyped an address gets a page that says so; a program gets a problem.
    if (
      context.webRoot &&
      request.method === 'GET' &&
      request.headers.accept?.includes('text/html') &&
      !request.url.startsWith('/api/')
    ) {
      return reply.status(404).sendFile('index.html', context.webRoot, { cacheControl: false })
    }
    throw new HubError('not_found', `There is no ${request.method} ${request.url.split('?')[0]}.`)
  })
  await app.ready()
  return app
}
