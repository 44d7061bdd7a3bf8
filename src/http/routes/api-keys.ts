import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HubError } from '../../errors.ts'
import { authorise, type Principal } from '../../identity/principal.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import { ApiKey, CreateApiKey, CreatedApiKey, Page, PageQuery } from '../wire.ts'
import { pageOf } from '../paging.ts'

export function apiKeyRoutes(app: ZodApp, { identity, audit, present }: HttpContext): void {
  const { record } = createRequestAudit(audit)
  app.get('/api/v1/api-keys', {
    config: { access: 'signed-in' },
    schema: {
      tags: ['Identity'],
      summary: 'API keys: your own, and for administrators all of the organization',
      querystring: PageQuery,
      response: { 200: Page(ApiKey) },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query
      const rows = await identity.listApiKeys(managerOf(request), { limit: limit + 1, after: cursor })
      return pageOf(rows, limit, present.apiKey)
    },
  })

  app.post('/api/v1/api-keys', {
    config: { access: 'signed-in' },
    schema: {
      tags: ['Identity'],
      summary: 'Make an API key; it is shown this once',
      description:
        'A key acts as you, with scopes that your role has, or as the organization, which takes an administrator. A key can make keys only with the scope `admin`.',
      body: CreateApiKey,
      response: { 201: CreatedApiKey },
    },
    handler: async (request, reply) => {
      const principal = managerOf(request)
      const { name, scopes, acts_as, expires_in } = request.body
      const person = actorOf(principal, acts_as)
      for (const scope of scopes) authorise(principal, scope)
      const { key, row } = await identity.createApiKey(principal, {
        name,
        scopes,
        person,
        expiresIn: expires_in,
      })
      await record(request, 'api_key.created', row.id, {
        name,
        scopes,
        acts_as: person === null ? 'organization' : 'me',
      })
      return reply.status(201).send({ ...present.apiKey(row), key })
    },
  })

  app.delete('/api/v1/api-keys/:id', {
    config: { access: 'signed-in' },
    schema: {
      tags: ['Identity'],
      summary: 'Revoke an API key at once: your own, and for administrators any of the organization',
      params: z.object({ id: z.string() }),
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const principal = managerOf(request)
      await identity.revokeApiKey(principal, request.params.id)
      await record(request, 'api_key.revoked', request.params.id)
      return reply.status(204).send(null)
    },
  })
}

/** A key that leaked must not make another that outlives its end, unless it may do everything anyway. */
function managerOf(request: FastifyRequest): Principal {
  const principal = principalOf(request)
  if (principal.kind === 'api_key') authorise(principal, 'admin')
  return principal
}

/** @returns the person that the new key acts as; null: the organization */
function actorOf(principal: Principal, actsAs: 'me' | 'organization' | undefined): string | null {
  const { personId } = principal
  if (actsAs === 'organization' || (actsAs === undefined && personId === null)) {
    authorise(principal, 'admin')
    return null
  }
  if (personId === null)
    throw new HubError(
      'invalid_request',
      'The calling key acts as the organization, so that "me" is nobody. Sign in as yourself to make a key of your own.',
    )
  return personId
}
