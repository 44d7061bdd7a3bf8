import { z } from 'zod'
import { csrfTokenOf } from '../../identity/secrets.ts'
import { type Cookies, cookieOptions, principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'
import { Me, SignIn } from '../wire.ts'

export function sessionRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): void {
  const { identity, audit, config, version, sandboxUrl } = context

  app.get('/api/v1/me', {
    config: { access: 'signed-in' },
    schema: { tags: ['Identity'], summary: 'Who is calling', response: { 200: Me } },
    handler: async (request) => {
      const principal = principalOf(request)
      return {
        kind: principal.kind,
        id: principal.id,
        person_id: principal.personId,
        name: principal.name,
        email: principal.email,
        role: principal.role,
        scopes: [...principal.permissions],
        organization: await identity.findOrganization(principal.organization),
        csrf_token: principal.session ? csrfTokenOf(principal.session.token) : null,
        hub: { public_url: config.publicUrl, version, sandbox: sandboxUrl !== null, sandbox_url: sandboxUrl },
      }
    },
  })

  app.post('/api/v1/sessions', {
    config: { access: 'page', rateLimit: { max: 20, timeWindow: '1 minute' } },
    schema: {
      tags: ['Identity'],
      summary: 'Sign in with a one-time link',
      body: SignIn,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { token, expiresAt, principal } = await identity.signIn(request.body.token, {
        ip: request.ip,
        userAgent: request.headers['user-agent'] ?? null,
      })
      await audit.record({
        organization: principal.organization,
        actor: principal.id,
        action: 'session.created',
        target: principal.id,
        ip: request.ip,
      })
      reply.setCookie(cookies.session, token, { ...cookieOptions(cookies), expires: expiresAt })
      return reply.status(204).send(null)
    },
  })

  app.delete('/api/v1/sessions/current', {
    config: { access: 'signed-in' },
    schema: { tags: ['Identity'], summary: 'Sign out', response: { 204: z.null() } },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      await identity.signOut(principal)
      await audit.record({
        organization: principal.organization,
        actor: principal.id,
        action: 'session.ended',
        target: principal.id,
        ip: request.ip,
      })
      reply.clearCookie(cookies.session, cookieOptions(cookies))
      return reply.status(204).send(null)
    },
  })
}
