import { sql } from 'kysely'
import { z } from 'zod'
import { HubError } from '../../errors.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'

export function healthRoutes(app: ZodApp, { db, bus, metrics, version }: HttpContext): void {
  app.get('/health', {
    config: { access: 'public' },
    schema: {
      tags: ['Operation'],
      summary: 'Whether the process runs',
      response: { 200: z.object({ status: z.literal('ok'), version: z.string() }) },
    },
    handler: async () => ({ status: 'ok' as const, version }),
  })

  app.get('/ready', {
    config: { access: 'public' },
    schema: {
      tags: ['Operation'],
      summary: 'Whether it can serve: database and change notifications',
      response: { 200: z.object({ status: z.literal('ready') }) },
    },
    handler: async () => {
      await sql`select 1`.execute(db)
      if (!bus.listening)
        throw new HubError(
          'unavailable',
          'Change notifications are interrupted; the hub serves, past its caches.',
          { retryAfter: 1 },
        )
      return { status: 'ready' as const }
    },
  })

  app.get('/metrics', {
    config: { access: 'operator' },
    schema: { tags: ['Operation'], summary: 'Prometheus metrics' },
    handler: async (_request, reply) => {
      const { type, text } = await metrics.render()
      return reply.type(type).send(text)
    },
  })

  app.get('/openapi.json', {
    config: { access: 'public' },
    schema: { hide: true },
    handler: async (_request, reply) =>
      reply.type('application/json').send(JSON.stringify(app.swagger()) as never),
  })
}
