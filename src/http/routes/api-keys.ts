import { z } from 'zod'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'
import { ApiKey, CreateApiKey, CreatedApiKey, Page, PageQuery } from '../wire.ts'
import { pageOf } from '../paging.ts'

export function apiKeyRoutes(app: ZodApp, { identity, audit, present }: HttpContext): void {
  app.get('/api/v1/api-keys', {
    config: { access: 'admin' },
    schema: {
      tags: ['Identity'],
      summary: 'API keys of the organization',
      querystring: PageQuery,
      response: { 200: Page(ApiKey) },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query
      const rows = await identity.listApiKeys(principalOf(request), { limit: limit + 1, after: cursor })
      return pageOf(rows, limit, present.apiKey)
    },
  })

  app.post('/api/v1/api-keys', {
    config: { access: 'admin' },
    schema: {
      tags: ['Identity'],
      summary: 'Make an API key; it is shown this once',
      body: CreateApiKey,
      response: { 201: CreatedApiKey },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const { name, scopes, expires_in } = request.body
      const { key, row } = await identity.createApiKey(principal, { name, scopes, expiresIn: expires_in })
      await audit.record({
        organization: principal.organization,
        actor: principal.id,
        action: 'api_key.created',
        target: row.id,
        ip: request.ip,
        detail: { name, scopes },
      })
      return reply.status(201).send({ ...present.apiKey(row), key })
    },
  })

  app.delete('/api/v1/api-keys/:id', {
    config: { access: 'admin' },
    schema: {
      tags: ['Identity'],
      summary: 'Revoke an API key at once',
      params: z.object({ id: z.string() }),
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      await identity.revokeApiKey(principal, request.params.id)
      await audit.record({
        organization: principal.organization,
        actor: principal.id,
        action: 'api_key.revoked',
        target: request.params.id,
        ip: request.ip,
      })
      return reply.status(204).send(null)
    },
  })
}
