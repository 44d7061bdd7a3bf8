import type { FastifyReply } from 'fastify'
import type { HttpContext } from '../context.ts'
import { LEGAL_CSS, renderPrivacy, renderTerms } from '../legal.ts'
import type { ZodApp } from '../server.ts'

/** Pages that anyone may read, before signing in and without. */
export function legalRoutes(app: ZodApp, { config }: HttpContext): void {
  const pages = { '/privacy': renderPrivacy(config), '/terms': renderTerms(config) }
  for (const [url, html] of Object.entries(pages)) {
    app.get(url, {
      config: { access: 'public' },
      schema: { hide: true },
      handler: async (_request, reply) => (reply as FastifyReply).type('text/html; charset=utf-8').send(html),
    })
  }
  app.get('/legal.css', {
    config: { access: 'public' },
    schema: { hide: true },
    handler: async (_request, reply) =>
      (reply as FastifyReply).type('text/css; charset=utf-8').send(LEGAL_CSS),
  })
}
