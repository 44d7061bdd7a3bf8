import { z } from 'zod'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'
import { Page, PageQuery, ProviderDetail, ProviderListing } from '../wire.ts'

export function providerRoutes(app: ZodApp, { integrations, present }: HttpContext): void {
  app.get('/api/v1/providers', {
    config: { access: 'connections:read' },
    schema: {
      tags: ['Catalog'],
      summary: 'What can be connected',
      querystring: PageQuery,
      response: { 200: Page(ProviderListing) },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query
      const all = integrations.list().sort((a, b) => (a.provider.id < b.provider.id ? -1 : 1))
      const rest = cursor ? all.filter(({ provider }) => provider.id > cursor) : all
      const page = rest.slice(0, limit)
      return {
        data: page.map((integration) => ({
          ...present.summary(integration),
          owners: present.owners(principalOf(request), integration),
        })),
        next_cursor: rest.length > limit ? (page.at(-1)?.provider.id ?? null) : null,
      }
    },
  })

  app.get('/api/v1/providers/:id', {
    config: { access: 'connections:read' },
    schema: {
      tags: ['Catalog'],
      summary: 'One provider: form, scopes, set-up guide',
      params: z.object({ id: z.string() }),
      response: { 200: ProviderDetail },
    },
    handler: async (request) => {
      const integration = integrations.resolve(request.params.id)
      return { ...present.detail(integration), owners: present.owners(principalOf(request), integration) }
    },
  })
}
