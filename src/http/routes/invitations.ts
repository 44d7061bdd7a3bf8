import { z } from 'zod'
import type { FastifyRequest } from 'fastify'
import type { InvitationRow } from '../../identity/invitations.ts'
import { neighbourhood } from '../../identity/tries.ts'
import { type Cookies, principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { registrationOf } from '../passkeys.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import {
  AcceptInvitation,
  CreateInvitation,
  Invitation,
  type InvitationBody,
  InvitationPasskey,
  Invited,
  LookInvitation,
  PasskeyOptions,
  ResendInvitation,
} from '../wire.ts'
import { askingOf, enter, SIGN_IN_LIMIT } from './sessions.ts'

const params = z.object({ id: z.string() })

export function invitationRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): void {
  const { accounts, audit, config, now } = context
  const { invitations, passkeys, tries } = accounts
  const tags = ['Invitations']
  const present = invitationPresenter(config.publicUrl, now)

  const { record } = createRequestAudit(audit)

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
      await record(request, 'invitation.revoked', request.params.id)
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

/** The link is shown where its token is at hand, which is only when it was made. */
export function invitationPresenter(publicUrl: string, now: () => number) {
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
