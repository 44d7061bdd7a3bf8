import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply } from 'fastify'
import { REFERENCE_CSS, renderReference } from '../reference.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'

/** The dashboard's own addresses; the page itself shows what belongs there. */
const DASHBOARD = [
  '/',
  '/sign-in',
  '/invitation',
  '/reset-password',
  '/confirm-email',
  '/people',
  '/profile',
  '/integrations',
  '/integrations/:id',
  '/connections',
  '/connections/:id',
  '/projects',
  '/projects/:id',
  '/agents',
  '/agents/:id',
  '/admin/keys',
  '/admin/*',
  '/help',
]
const CONNECT = ['/connect/result', '/connect/wait', '/connect/:token']

export async function pageRoutes(app: ZodApp, context: HttpContext): Promise<void> {
  const { webRoot, logoRoot } = context
  const hidden = { hide: true } as object

  // Only for its `sendFile`: every address below is a route of its own, so that none is open by accident.
  await app.register(fastifyStatic, { root: logoRoot, serve: false, preCompressed: true })
  app.get('/logos/:file', {
    config: { access: 'public' },
    schema: hidden,
    handler: async (request, reply) => {
      const { file } = request.params as { file: string }
      return (reply as FastifyReply).sendFile(file, logoRoot, { maxAge: 86_400_000 })
    },
  })

  app.get('/docs/api.css', {
    config: { access: 'public' },
    schema: hidden,
    handler: async (_request, reply) => reply.type('text/css; charset=utf-8').send(REFERENCE_CSS as never),
  })

  app.get('/docs/api', {
    config: { access: 'public' },
    schema: hidden,
    handler: async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(renderReference(app.swagger() as never) as never),
  })

  if (!webRoot || !existsSync(join(webRoot, 'index.html'))) return
  const send = (file: string) => async (_request: unknown, reply: FastifyReply) =>
    reply.sendFile(file, webRoot, { maxAge: 0, cacheControl: false })
  for (const url of CONNECT)
    app.get(url, { config: { access: 'public' }, schema: hidden, handler: send('connect.html') })
  for (const url of DASHBOARD)
    app.get(url, { config: { access: 'public' }, schema: hidden, handler: send('index.html') })
  app.get('/assets/*', {
    config: { access: 'public' },
    schema: hidden,
    handler: async (request, reply) => {
      const path = (request.params as { '*': string })['*']
      // File names carry a hash of their content.
      return (reply as FastifyReply).sendFile(join('assets', path), webRoot, {
        maxAge: '365d',
        immutable: true,
      })
    },
  })
  for (const file of ['theme.js', 'favicon.svg'])
    app.get(`/${file}`, { config: { access: 'public' }, schema: hidden, handler: send(file) })
}
