import type { AuditAction } from '../../identity/audit-actions.ts'
import { z } from 'zod'
import type { FastifyRequest } from 'fastify'
import type { InvitationRow } from '../../identity/invitations.ts'
import type { MemberRow } from '../../identity/people.ts'
import { authorise } from '../../identity/principal.ts'
import { neighbourhood } from '../../identity/tries.ts'
import { type Cookies, principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { pageOf } from '../paging.ts'
import { registrationOf } from '../passkeys.ts'
import type { ZodApp } from '../server.ts'
import {
  AcceptInvitation,
  CreateInvitation,
  CreatedOrganization,
  CreateOrganization,
  Departure,
  Invitation,
  type InvitationBody,
  InvitationPasskey,
  Invited,
  ListPeople,
  LookInvitation,
  Member,
  type MemberBody,
  Organization,
  type OrganizationBody,
  Page,
  PasskeyOptions,
  ResendInvitation,
  SignInLink,
  UpdateMember,
  UpdateOrganization,
} from '../wire.ts'
import { HubError } from '../../errors.ts'
import { askingOf, enter, SIGN_IN_LIMIT } from './sessions.ts'

const params = z.object({ id: z.string() })

/** The members of the caller's organization. */
export function peopleRoutes(app: ZodApp, context: HttpContext): void {
  const { accounts, audit, config } = context
  const { people, sessions } = accounts
  const tags = ['People']

  const record = (
    request: FastifyRequest,
    action: AuditAction,
    target: string,
    detail: Record<string, unknown> = {},
  ) => {
    const { organization, id } = principalOf(request)
    return audit.record({ organization, actor: id, action, target, ip: request.ip, detail })
  }

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

export function invitationRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): void {
  const { accounts, audit, config, now } = context
  const { invitations, passkeys, tries } = accounts
  const tags = ['Invitations']
  const present = presenterOf(config.publicUrl, now)

  const record = (
    request: FastifyRequest,
    action: AuditAction,
    target: string,
    detail: Record<string, unknown>,
  ) => {
    const { organization, id } = principalOf(request)
    return audit.record({ organization, actor: id, action, target, ip: request.ip, detail })
  }

  app.get('/api/v1/invitations', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Invitations that nobody has accepted yet',
      response: { 200: z.object({ data: z.array(Invitation) }) },
    },
    handler: async (request) => ({
      data: (await invitations.list(principalOf(request).organization)).map((row) => present(row)),
    }),
  })

  app.post('/api/v1/invitations', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Invite somebody; an earlier invitation for the same address ends',
      body: CreateInvitation,
      response: { 201: Invitation },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const { row, token } = await invitations.create(principal.organization, principal, request.body)
      await record(request, 'invitation.created', row.id, { email: row.email, role: row.role })
      return reply.status(201).send(present(row, token))
    },
  })

  app.post('/api/v1/invitations/:id/resend', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'A fresh link for seven more days; the old one ends',
      params,
      body: ResendInvitation,
      response: { 200: Invitation },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { id } = request.params
      const { row, token } = await invitations.resend(
        principal.organization,
        principal,
        id,
        request.body.delivery,
      )
      await record(request, 'invitation.resent', id, { email: row.email })
      return present(row, token)
    },
  })

  app.delete('/api/v1/invitations/:id', {
    config: { access: 'admin' },
    schema: { tags, summary: 'Take an invitation back', params, response: { 204: z.null() } },
    handler: async (request, reply) => {
      await invitations.revoke(principalOf(request).organization, request.params.id)
      await record(request, 'invitation.revoked', request.params.id, {})
      return reply.status(204).send(null)
    },
  })

  /** For whoever holds a link: tries count by address, though a token cannot be guessed. */
  const counted = (request: FastifyRequest) =>
    tries.take([{ kind: 'address', value: neighbourhood(request.ip) }])

  app.post('/api/v1/invitations/look', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: { tags, summary: 'What a link invites to', body: LookInvitation, response: { 200: Invited } },
    handler: async (request) => {
      await counted(request)
      const invited = await invitations.look(request.body.token)
      return {
        organization: invited.organization,
        email: invited.email,
        role: invited.role,
        requires_single_sign_on: invited.requiresSso,
        expires_at: invited.expiresAt.toISOString(),
      }
    },
  })

  app.post('/api/v1/invitations/passkey/options', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Begin to accept with a passkey',
      body: InvitationPasskey,
      response: { 200: PasskeyOptions },
    },
    handler: async (request) => {
      await counted(request)
      return { ...(await invitations.beginPasskey(request.body.token, request.body.name)) }
    },
  })

  app.post('/api/v1/invitations/accept', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Accept as somebody new, with a password or a passkey',
      body: AcceptInvitation,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      await counted(request)
      const { body } = request
      const { id } = await invitations.look(body.token)
      const way =
        'password' in body
          ? { password: body.password }
          : {
              passkey: await passkeys.proveRegistration(registrationOf(body.passkey), `invitation ${id}`),
              label: body.passkey_name,
            }
      const begun = await invitations.acceptNew(
        { token: body.token, name: body.name, ...way },
        askingOf(request, cookies),
      )
      await audit.record({
        organization: begun.principal.organization,
        actor: begun.principal.id,
        action: 'invitation.accepted',
        target: id,
        ip: request.ip,
      })
      await enter(context, cookies, request, reply, begun)
      return reply.status(204).send(null)
    },
  })
}

export function organizationRoutes(app: ZodApp, context: HttpContext): void {
  const { accounts, audit, config, now } = context
  const { organizations, invitations } = accounts
  const tags = ['Organizations']
  const present = presenterOf(config.publicUrl, now)

  app.get('/api/v1/organization', {
    config: { access: 'admin' },
    schema: { tags, summary: 'The caller’s organization', response: { 200: Organization } },
    handler: async (request) =>
      presentOrganization(await organizations.read(principalOf(request).organization)),
  })

  app.patch('/api/v1/organization', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Rename it, or require single sign-on of its members',
      body: UpdateOrganization,
      response: { 200: Organization },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { name, requires_single_sign_on: requires_sso } = request.body
      const row = await organizations.update(principal, { name, requires_sso })
      await audit.record({
        organization: principal.organization,
        actor: principal.id,
        action: 'organization.changed',
        target: row.id,
        ip: request.ip,
        detail: { name: row.name, requires_single_sign_on: row.requires_sso },
      })
      return presentOrganization(row)
    },
  })

  app.get('/api/v1/organizations', {
    config: { access: 'operator' },
    schema: {
      tags,
      summary: 'Every organization of this installation',
      response: { 200: z.object({ data: z.array(Organization) }) },
    },
    handler: async () => ({ data: (await organizations.list()).map(presentOrganization) }),
  })

  app.post('/api/v1/organizations', {
    config: { access: 'operator' },
    schema: {
      tags,
      summary: 'Make an organization; who asks is its administrator, or whoever is invited',
      body: CreateOrganization,
      response: { 201: CreatedOrganization },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const { name, administrator } = request.body
      if (!principal.session && administrator === undefined)
        throw new HubError('invalid_request', 'administrator: is needed, because an API key is no person.')
      // With somebody invited, whoever runs the hub does not become a member beside them.
      const own = administrator === undefined ? principal.id : null
      const organization = await organizations.create(name, own)
      const invited =
        administrator === undefined
          ? undefined
          : await invitations.create(organization.id, principal, {
              email: administrator,
              role: 'admin',
              delivery: 'link',
            })
      await audit.record({
        organization: principal.organization,
        actor: principal.id,
        action: 'organization.created',
        target: organization.id,
        ip: request.ip,
        detail: { name },
      })
      return reply.status(201).send({
        organization: presentOrganization(organization),
        invitation: invited ? present(invited.row, invited.token) : null,
      })
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

function presenterOf(publicUrl: string, now: () => number) {
  return (row: InvitationRow, token?: string): InvitationBody => ({
    id: row.id,
    email: row.email,
    role: row.role,
    delivery: row.delivery,
    invited_by: { id: row.invited_by, name: row.inviter },
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    expired: row.expires_at.getTime() <= now(),
    ...(token === undefined ? {} : { url: `${publicUrl}/invitation#${token}` }),
  })
}

function presentOrganization(row: {
  id: string
  name: string
  created_at: Date
  runs_hub: boolean
  requires_sso: boolean
  people: number
  connections: number
}): OrganizationBody {
  return {
    id: row.id,
    name: row.name,
    created_at: row.created_at.toISOString(),
    runs_hub: row.runs_hub,
    requires_single_sign_on: row.requires_sso,
    people: row.people,
    connections: row.connections,
  }
}
