import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AttemptRow } from '../../connect/attempt.ts'
import type { LinkRow } from '../../connect/links.ts'
import { HubError } from '../../errors.ts'
import type { AuditAction } from '../../identity/audit-actions.ts'
import { allowsOwner } from '../../identity/policies.ts'
import { hashSecret, newSecret } from '../../identity/secrets.ts'
import { type Cookies, cookieOptions } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'
import { Attempt, ConnectPage, Decide, StartFromLink } from '../wire.ts'

/** The public connect page's own calls: the link's token says which session, a cookie says which browser. */
export function connectLinkRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): void {
  const { links, attempts, integrations, identity, audit, policies, present, db, config } = context
  const params = z.object({ token: z.string().min(20).max(200) })
  const attemptParams = params.extend({ id: z.string() })
  const rateLimit = { max: 300, timeWindow: '1 minute' }

  function offered(link: LinkRow) {
    return integrations
      .list()
      .filter(
        ({ provider, mode }) =>
          (link.providers ? link.providers.includes(provider.id) : true) &&
          mode !== 'unconfigured' &&
          allowsOwner(policies.of(link.organization_id, provider.id), 'end_user'),
      )
  }

  /** The attempt, if this very browser began it over this very link. */
  async function findOwn(request: FastifyRequest, link: LinkRow, id: string): Promise<AttemptRow> {
    const row = await attempts.find(link.organization_id, id)
    const cookie = request.cookies[cookies.flow]
    if (
      !row ||
      row.connect_session_id !== link.id ||
      !cookie ||
      !hashSecret(cookie).equals(row.binding_hash)
    ) {
      throw new HubError('not_found', `There is no attempt "${id}".`)
    }
    return row
  }

  function note(
    request: FastifyRequest,
    { organization_id: organization, end_user_id: actor }: LinkRow,
    action: AuditAction,
    target: string,
    detail: Record<string, unknown>,
  ): void {
    audit.note({ organization, actor, action, target, ip: request.ip, detail })
  }

  app.get('/api/v1/connect-links/:token', {
    config: { access: 'page', rateLimit },
    schema: {
      tags: ['Connect page'],
      summary: 'What a connect link offers',
      params,
      response: { 200: ConnectPage },
    },
    handler: async (request) => {
      const link = await links.findByToken(request.params.token)
      return {
        organization: (await identity.findOrganization(link.organization_id)).name,
        expires_at: link.expires_at.toISOString(),
        providers: offered(link).map(present.connectable),
        return_to: link.return_to,
      }
    },
  })

  app.post('/api/v1/connect-links/:token/attempts', {
    config: { access: 'page', rateLimit },
    schema: {
      tags: ['Connect page'],
      summary: 'Begin, in this browser',
      params,
      body: StartFromLink,
      response: { 201: Attempt },
    },
    handler: async (request, reply) => {
      const link = await links.findByToken(request.params.token)
      const { provider, method, fields } = request.body
      if (!offered(link).some((integration) => integration.provider.id === provider))
        throw new HubError('provider_unknown', `This link does not offer "${provider}".`)
      const before = link.connection_id
        ? await db
            .selectFrom('connections')
            .selectAll()
            .where('organization_id', '=', link.organization_id)
            .where('id', '=', link.connection_id)
            .where('disconnected_at', 'is', null)
            .executeTakeFirst()
        : undefined
      const { row, authorizationUrl } = await attempts.start({
        organization: link.organization_id,
        provider,
        method,
        fields,
        scopeSet: undefined,
        owner: { kind: 'end_user', id: link.end_user_id },
        person: null,
        binding: hashSecret(bindBrowser(request, reply)),
        connection: before?.provider === provider ? before : undefined,
        connectSession: link.id,
      })
      note(request, link, 'connection.connect_started', provider, { attempt: row.id })
      return reply.status(201).send(present.attempt(row, authorizationUrl))
    },
  })

  /** A cookie that only this browser holds; made when a flow begins, never by opening a link. */
  function bindBrowser(request: FastifyRequest, reply: FastifyReply): string {
    const held = request.cookies[cookies.flow]
    const binding = held && held.length >= 40 ? held : newSecret('')
    if (binding !== held) reply.setCookie(cookies.flow, binding, { ...cookieOptions(cookies), maxAge: 3600 })
    return binding
  }

  app.get('/api/v1/connect-links/:token/attempts/:id', {
    config: { access: 'page', rateLimit },
    schema: {
      tags: ['Connect page'],
      summary: 'How an attempt stands',
      params: attemptParams,
      response: { 200: Attempt },
    },
    handler: async (request) =>
      present.attempt(
        await findOwn(request, await links.findByToken(request.params.token), request.params.id),
      ),
  })

  app.post('/api/v1/connect-links/:token/attempts/:id/decide', {
    config: { access: 'page', rateLimit },
    schema: {
      tags: ['Connect page'],
      summary: 'Answer the question of an attempt',
      params: attemptParams,
      body: Decide,
      response: { 200: Attempt },
    },
    handler: async (request) => {
      const link = await links.findByToken(request.params.token)
      const row = await findOwn(request, link, request.params.id)
      await attempts.decide(row, request.body.value)
      note(request, link, 'connect.decided', row.id, { provider: row.provider })
      return present.attempt((await attempts.find(row.organization_id, row.id)) ?? row)
    },
  })

  app.post('/api/v1/connect-links/:token/attempts/:id/proof', {
    config: { access: 'page', rateLimit },
    schema: {
      tags: ['Connect page'],
      summary: 'The address that brings the proof to the host application (flows without a redirect)',
      params: attemptParams,
      response: { 200: z.object({ url: z.string() }) },
    },
    handler: async (request) => {
      const link = await links.findByToken(request.params.token)
      const row = await findOwn(request, link, request.params.id)
      const proof = newSecret('')
      await attempts.issueProof(row, hashSecret(proof))
      return { url: returnAddress(link.return_to ?? config.publicUrl, link.id, row.id, proof) }
    },
  })
}

/** The host application's page with what its server needs to complete the flow. */
export function returnAddress(
  returnTo: string,
  connectSession: string,
  attempt: string,
  proof: string,
): string {
  const url = new URL(returnTo)
  url.searchParams.set('trunkline_session', connectSession)
  url.searchParams.set('trunkline_attempt', attempt)
  url.searchParams.set('trunkline_proof', proof)
  return url.href
}
