/** The HTTP server: problems, ids, headers, OpenAPI, and the routes. */
import type { Server } from 'node:http'
import { randomBytes } from 'node:crypto'
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
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { HubError, type ProblemCode, toProblem } from '../errors.ts'
import { isDatabaseAway } from '../store/database.ts'
import { type Cookies, registerAuth } from './auth.ts'
import type { HttpContext } from './context.ts'
import { DATA_HEADERS } from './token-in-memory.ts'
import { registerRoutes } from './routes.ts'

export type ZodApp = FastifyInstance<
  Server,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

const BODY_LIMIT = 1024 * 1024
/** For pages: everything from this origin, nothing inline. */
const PAGE_CSP =
  "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

export async function createApp(context: HttpContext, server: Server, cookies: Cookies): Promise<ZodApp> {
  // Unique over replicas and restarts by its random part, cheap by its count.
  const requestIds = `req_${randomBytes(9).toString('base64url')}_`
  let requestCount = 0
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
      return typeof given === 'string' && /^[\w-]{8,64}$/.test(given)
        ? given
        : `${requestIds}${(requestCount++).toString(36)}`
    },
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
  }).withTypeProvider<ZodTypeProvider>()

  app.removeContentTypeParser('text/plain')
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)

  // Plain callbacks here and in the hooks below: this is on the way of every request.
  const everywhere = {
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(cookies.secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
  const data = { ...everywhere, ...DATA_HEADERS }
  const page = {
    ...everywhere,
    'content-security-policy': PAGE_CSP,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
  }
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).headers(request.routeOptions.config?.data ? data : page)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    context.metrics.request(request.method, route, reply.statusCode, reply.elapsedTime / 1000)
    if (reply.statusCode >= 500 || context.log.isLevelEnabled('debug')) {
      // The route, not the address: paths and queries of some routes hold secrets.
      const line = {
        request_id: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      }
      if (reply.statusCode >= 500) context.log.warn(line, 'request failed')
      else context.log.debug(line, 'request')
    }
    done()
  })
  app.addHook('onRoute', (route) => {
    // What only programs read needs no policy for pages.
    if (/^\/api\/v1\/(?!integrations)|^\/(health|ready|metrics|openapi\.json)/.test(route.url))
      route.config = { ...route.config, data: true }
  })

  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const problem = asHubError(thrown)
    if (problem.code === 'internal_error')
      context.log.error(
        { request_id: request.id, route: request.routeOptions.url, err: thrown },
        'unexpected error',
      )
    if (reply.sent || reply.raw.headersSent) return reply.raw.destroy()
    if (problem.extras.retryAfter !== undefined)
      reply.header('retry-after', String(Math.ceil(problem.extras.retryAfter)))
    if (problem.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="trunkline"')
    return reply
      .status(problem.status)
      .type('application/problem+json')
      .serializer(JSON.stringify)
      .send(toProblem(problem, request.id))
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

const FASTIFY_CODES: Readonly<Record<string, [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', `The body is larger than ${BODY_LIMIT} bytes.`],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'Send JSON, with `Content-Type: application/json`.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_request', 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_request', 'The body is empty, but its type says JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'invalid_request',
    'The length of the body differs from Content-Length.',
  ],
}

function asHubError(error: FastifyError): HubError {
  if (error instanceof HubError) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message, params }) => {
      const issue = (params as { issue?: { path?: PropertyKey[] } }).issue
      const path = issue?.path?.map(String).join('.') ?? instancePath.replaceAll('/', '.').replace(/^\./, '')
      return { path: path || 'body', message: message ?? 'is not valid' }
    })
    return new HubError(
      'invalid_request',
      errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
      { errors },
    )
  }
  if (isResponseSerializationError(error))
    return new HubError('internal_error', 'The hub made an answer that does not fit its own description.', {
      cause: error,
    })
  const known = FASTIFY_CODES[error.code]
  if (known) return new HubError(known[0], known[1])
  if (isDatabaseAway(error))
    return new HubError('unavailable', 'The database does not answer right now. Try again in a moment.', {
      cause: error,
      retryAfter: 2,
    })
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500)
    return new HubError('invalid_request', error.message)
  return new HubError(
    'internal_error',
    'Something went wrong inside the hub. The log has more under this request id.',
    { cause: error },
  )
}
