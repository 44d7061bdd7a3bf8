import type { AuditAction } from '../../identity/audit-actions.ts'
import { z } from 'zod'
import type { FastifyRequest } from 'fastify'
import { HubError } from '../../errors.ts'
import type { Principal } from '../../identity/principal.ts'
import { RECENT_MS } from '../../identity/sessions.ts'
import { type Cookies, cookieOptions, personOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { assertionOf, registrationOf } from '../passkeys.ts'
import type { ZodApp } from '../server.ts'
import {
  AddPasskey,
  ChangeEmail,
  ConfirmEmail,
  EmailChanged,
  JoinOrganization,
  MyOrganization,
  Passkey,
  type PasskeyBody,
  PasskeyOptions,
  Profile,
  Reauthenticate,
  Session,
  SetPassword,
  UpdatePasskey,
  UpdateProfile,
} from '../wire.ts'
import { enter, fromOf, keepSession, SIGN_IN_LIMIT } from './sessions.ts'

/** What a person keeps about themself. API keys have none of it. */
export function profileRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): void {
  const { accounts, audit } = context
  const { signIn, sessions, passkeys, profiles, invitations } = accounts
  const tags = ['Profile']
  const access = 'signed-in' as const
  const params = z.object({ id: z.string() })

  const record = (
    request: FastifyRequest,
    principal: Principal,
    action: AuditAction,
    detail: Record<string, unknown> = {},
  ) =>
    audit.record({
      organization: principal.organization,
      actor: principal.id,
      action,
      target: principal.id,
      ip: request.ip,
      detail,
    })

  app.get('/api/v1/me/profile', {
    config: { access },
    schema: {
      tags,
      summary: 'The person who is signed in, and how they sign in',
      response: { 200: Profile },
    },
    handler: async (request) => {
      const { id, session } = personOf(request)
      const profile = await profiles.read(id)
      return {
        id,
        name: profile.name,
        email: profile.email,
        email_confirmed: profile.emailConfirmed,
        password_set_at: profile.passwordSetAt?.toISOString() ?? null,
        passkeys: profile.passkeys,
        single_sign_on: profile.singleSignOn,
        joined_at: profile.joinedAt.toISOString(),
        recent_until: new Date(session.authenticatedAt.getTime() + RECENT_MS).toISOString(),
      }
    },
  })

  app.patch('/api/v1/me/profile', {
    config: { access },
    schema: { tags, summary: 'Change one’s name', body: UpdateProfile, response: { 204: z.null() } },
    handler: async (request, reply) => {
      const principal = personOf(request)
      await profiles.rename(principal.id, request.body.name)
      await record(request, principal, 'profile.renamed')
      return reply.status(204).send(null)
    },
  })

  app.post('/api/v1/me/reauthenticate', {
    config: { access, rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Show once more who one is, before changing how one signs in',
      body: Reauthenticate,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const principal = personOf(request)
      const { body } = request
      const proof = 'password' in body ? { password: body.password } : { passkey: assertionOf(body.passkey) }
      keepSession(cookies, reply, await signIn.again(principal, proof, fromOf(request)))
      await record(request, principal, 'session.reauthenticated')
      return reply.status(204).send(null)
    },
  })

  app.put('/api/v1/me/password', {
    config: { access, rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Set one’s password; every other session ends',
      body: SetPassword,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const principal = personOf(request)
      keepSession(cookies, reply, await profiles.setPassword(principal, request.body.password))
      await record(request, principal, 'password.set')
      return reply.status(204).send(null)
    },
  })

  app.delete('/api/v1/me/password', {
    config: { access },
    schema: { tags, summary: 'Remove one’s password', response: { 204: z.null() } },
    handler: async (request, reply) => {
      const principal = personOf(request)
      keepSession(cookies, reply, await profiles.removePassword(principal))
      await record(request, principal, 'password.removed')
      return reply.status(204).send(null)
    },
  })

  app.put('/api/v1/me/email', {
    config: { access, rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Change one’s e-mail address; where the hub sends e-mail, the new address confirms first',
      body: ChangeEmail,
      response: { 200: EmailChanged },
    },
    handler: async (request) => {
      const principal = personOf(request)
      const outcome = await profiles.changeEmail(principal, request.body.email, fromOf(request))
      await record(request, principal, outcome === 'sent' ? 'email.change_asked' : 'email.changed')
      return { outcome }
    },
  })

  app.post('/api/v1/me/email/confirm', {
    config: { access, rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Confirm a new e-mail address by the letter’s link',
      body: ConfirmEmail,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const principal = personOf(request)
      await profiles.confirmEmail(principal, request.body.token)
      keepSession(cookies, reply, await sessions.rotate(principal))
      await record(request, principal, 'email.changed')
      return reply.status(204).send(null)
    },
  })

  app.delete('/api/v1/me/sso', {
    config: { access },
    schema: { tags, summary: 'Unlink single sign-on', response: { 204: z.null() } },
    handler: async (request, reply) => {
      const principal = personOf(request)
      keepSession(cookies, reply, await profiles.unlinkSso(principal))
      await record(request, principal, 'single_sign_on.unlinked')
      return reply.status(204).send(null)
    },
  })

  app.get('/api/v1/me/passkeys', {
    config: { access },
    schema: { tags, summary: 'One’s passkeys', response: { 200: z.object({ data: z.array(Passkey) }) } },
    handler: async (request) => ({ data: (await passkeys.list(personOf(request).id)).map(presentPasskey) }),
  })

  app.post('/api/v1/me/passkeys/options', {
    config: { access, rateLimit: SIGN_IN_LIMIT },
    schema: { tags, summary: 'Begin to add a passkey', response: { 200: PasskeyOptions } },
    handler: async (request) => {
      const principal = personOf(request)
      sessions.requireRecent(principal)
      const who = { person: principal.id, email: principal.email ?? '', name: principal.name }
      return { ...(await passkeys.beginRegistration(who, bindingOf(principal))) }
    },
  })

  app.post('/api/v1/me/passkeys', {
    config: { access, rateLimit: SIGN_IN_LIMIT },
    schema: { tags, summary: 'Add a passkey', body: AddPasskey, response: { 201: Passkey } },
    handler: async (request, reply) => {
      const principal = personOf(request)
      sessions.requireRecent(principal)
      const { name, response } = request.body
      const proved = await passkeys.proveRegistration(registrationOf(response), bindingOf(principal))
      if (proved.person !== principal.id)
        throw new HubError('sign_in_refused', 'This passkey was begun for somebody else.')
      const row = await passkeys.store(context.db, proved, name)
      keepSession(cookies, reply, await sessions.rotate(principal))
      await record(request, principal, 'passkey.added', { passkey: row.id })
      return reply.status(201).send(presentPasskey(row))
    },
  })

  app.patch('/api/v1/me/passkeys/:id', {
    config: { access },
    schema: { tags, summary: 'Rename a passkey', params, body: UpdatePasskey, response: { 200: Passkey } },
    handler: async (request) =>
      presentPasskey(await passkeys.rename(personOf(request).id, request.params.id, request.body.name)),
  })

  app.delete('/api/v1/me/passkeys/:id', {
    config: { access },
    schema: { tags, summary: 'Remove a passkey', params, response: { 204: z.null() } },
    handler: async (request, reply) => {
      const principal = personOf(request)
      const { id } = request.params
      if (!(await passkeys.list(principal.id)).some((one) => one.id === id))
        throw new HubError('not_found', `There is no passkey "${id}".`)
      sessions.requireRecent(principal)
      await profiles.requireAnother(principal.id, 'passkey')
      await passkeys.remove(principal.id, id)
      keepSession(cookies, reply, await sessions.rotate(principal))
      await record(request, principal, 'passkey.removed', { passkey: id })
      return reply.status(204).send(null)
    },
  })

  app.get('/api/v1/me/sessions', {
    config: { access },
    schema: {
      tags,
      summary: 'Where one is signed in',
      response: { 200: z.object({ data: z.array(Session) }) },
    },
    handler: async (request) => {
      const principal = personOf(request)
      const rows = await sessions.list(principal.id)
      return {
        data: rows.map((row) => ({
          id: row.id,
          organization: { id: row.organization_id, name: row.organization_name },
          method: row.method,
          user_agent: row.user_agent,
          address: row.ip,
          created_at: row.created_at.toISOString(),
          last_seen_at: row.last_seen_at.toISOString(),
          expires_at: row.expires_at.toISOString(),
          current: row.id === principal.session.id,
        })),
      }
    },
  })

  app.delete('/api/v1/me/sessions/:id', {
    config: { access },
    schema: { tags, summary: 'Sign out there', params, response: { 204: z.null() } },
    handler: async (request, reply) => {
      const principal = personOf(request)
      await sessions.end(principal.id, request.params.id)
      await record(request, principal, 'session.ended', { session: request.params.id })
      return reply.status(204).send(null)
    },
  })

  app.delete('/api/v1/me/sessions', {
    config: { access },
    schema: { tags, summary: 'Sign out everywhere, here too', response: { 204: z.null() } },
    handler: async (request, reply) => {
      const principal = personOf(request)
      const ended = await sessions.endAll(principal.id)
      await record(request, principal, 'session.ended_everywhere', { sessions: ended })
      reply.clearCookie(cookies.session, cookieOptions(cookies))
      return reply.status(204).send(null)
    },
  })

  app.get('/api/v1/me/organizations', {
    config: { access },
    schema: {
      tags,
      summary: 'Organizations that one belongs to',
      response: { 200: z.object({ data: z.array(MyOrganization) }) },
    },
    handler: async (request) => {
      const principal = personOf(request)
      const rows = await profiles.organizations(principal.id)
      return {
        data: rows.map(({ id, name, role, requires_sso }) => ({
          id,
          name,
          role,
          requires_single_sign_on: requires_sso,
          current: id === principal.organization,
        })),
      }
    },
  })

  app.post('/api/v1/me/organizations', {
    config: { access, rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Accept an invitation as the person who is signed in, and go on in that organization',
      body: JoinOrganization,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const begun = await invitations.acceptAs(personOf(request), request.body.token)
      await record(request, begun.principal, 'invitation.accepted')
      await enter(context, cookies, request, reply, begun)
      return reply.status(204).send(null)
    },
  })
}

/** A passkey is finished in the session that began it. */
const bindingOf = ({ session }: { session: { id: string } }) => `session ${session.id}`

function presentPasskey(row: {
  id: string
  name: string
  backed_up: boolean
  created_at: Date
  last_used_at: Date | null
}): PasskeyBody {
  return {
    id: row.id,
    name: row.name,
    backed_up: row.backed_up,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
  }
}
