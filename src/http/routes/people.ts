import { z } from 'zod'
import type { MemberRow } from '../../identity/people.ts'
import { authorise } from '../../identity/principal.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { pageOf } from '../paging.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import { Departure, ListPeople, Member, type MemberBody, Page, SignInLink, UpdateMember } from '../wire.ts'

const params = z.object({ id: z.string() })

/** The members of the caller's organization. */
export function peopleRoutes(app: ZodApp, context: HttpContext): void {
  const { accounts, audit, config } = context
  const { people, sessions } = accounts
  const tags = ['People']

  const { record } = createRequestAudit(audit)

  app.get('/api/v1/people', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Members of the organization',
      querystring: ListPeople,
      response: { 200: Page(Member) },
    },
    handler: async (request) => {
      const { limit, cursor, search } = request.query
      const { organization } = principalOf(request)
      const rows = await people.list(organization, { limit: limit + 1, after: cursor, search })
      return pageOf(rows, limit, presentMember)
    },
  })

  app.patch('/api/v1/people/:id', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Change a member’s role; their sessions here end',
      params,
      body: UpdateMember,
      response: { 200: Member },
    },
    handler: async (request) => {
      const { organization } = principalOf(request)
      const { id } = request.params
      const row = await people.changeRole(organization, id, request.body.role)
      await record(request, 'member.role_changed', id, { role: row.role })
      return presentMember(row)
    },
  })

  app.delete('/api/v1/people/:id', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Remove a member: their sessions, personal keys and connections here end',
      params,
      response: { 200: Departure },
    },
    handler: async (request) => {
      const { organization, id: actor } = principalOf(request)
      const items = await people.remove(organization, request.params.id, actor)
      await record(request, 'member.removed', request.params.id, {
        connections: items.filter(({ provider }) => provider !== null).length,
      })
      return { items: [...items] }
    },
  })

  app.post('/api/v1/people/:id/sign-in-link', {
    // Who may is asked below, after whether there is such a member: a foreign id is answered as if there were none.
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'A one-time link for a member who is locked out; for whoever runs the hub',
      params,
      response: { 201: SignInLink },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const { id } = request.params
      await people.require(principal.organization, id)
      authorise(principal, 'operator')
      if (principal.session) sessions.requireRecent(principal)
      const { token, expiresAt } = await people.createSignInLink(principal, id)
      await record(request, 'sign_in_link.created', id)
      return reply
        .status(201)
        .send({ url: `${config.publicUrl}/sign-in#token=${token}`, expires_at: expiresAt.toISOString() })
    },
  })
}

function presentMember(row: MemberRow): MemberBody {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    joined_at: row.joined_at.toISOString(),
    last_seen_at: row.last_seen_at?.toISOString() ?? null,
    sign_in: { password: row.has_password, passkeys: row.passkeys, single_sign_on: row.has_sso },
    connections: row.connections,
  }
}
