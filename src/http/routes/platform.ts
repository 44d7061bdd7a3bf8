import { z } from 'zod'
import { isJsonObject } from '../../catalog/fill.ts'
import type { Json } from '../../catalog/define.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'

/**
 * Where a provider's platform calls: an app installed there tells of itself (Atlassian's Forge Remote). The token of
 * the call is its authentication; everything else in it counts only after that is proved.
 */
export function platformRoutes(app: ZodApp, { installations, log }: HttpContext): void {
  app.post('/api/platform/:provider', {
    config: { access: 'public', rateLimit: { max: 600, timeWindow: '1 minute' } },
    schema: {
      tags: ['Callbacks'],
      summary: 'Where the platform of a provider calls about an installed app',
      params: z.object({ provider: z.string().max(64) }),
      response: { 200: z.object({ result: z.string() }) },
    },
    handler: async (request) => {
      const body = request.body as Json | undefined
      const result = await installations.receive({
        provider: request.params.provider,
        headers: request.headers,
        body: isJsonObject(body) ? body : {},
      })
      log.info(
        { provider: request.params.provider, result, request_id: request.id },
        'an installed app called',
      )
      return { result }
    },
  })
}
