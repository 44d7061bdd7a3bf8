import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HubError } from '../../errors.ts'
import { SHORTEST } from '../../identity/password.ts'
import { csrfTokenOf } from '../../identity/secrets.ts'
import type { Begun, From } from '../../identity/sessions.ts'
import { type Cookies, cookieOptions, personOf, principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { assertionOf } from '../passkeys.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import {
  CompleteReset,
  Me,
  PasskeyOptions,
  PasskeySignIn,
  PasswordSignIn,
  RequestReset,
  SignIn,
  SignInOptions,
  SwitchOrganization,
} from '../wire.ts'

const tags = ['Signing in']
/** By address and replica, before anything is looked up; what counts over replicas is in identity/tries.ts. */
export const SIGN_IN_LIMIT = { max: 60, timeWindow: '1 minute' }

export const fromOf = (request: FastifyRequest): From => ({
  ip: request.ip,
  userAgent: request.headers['user-agent'] ?? null,
})

/** Where a browser asks from, and the session that ends when another begins. */
export const askingOf = (request: FastifyRequest, cookies: Cookies) => ({
  from: fromOf(request),
  replaces: request.cookies[cookies.session],
})

/** Hands the browser its session, and writes down that one began. */
export async function enter(
  { audit }: HttpContext,
  cookies: Cookies,
  request: FastifyRequest,
  reply: FastifyReply,
  { token, expiresAt, principal }: Begun,
): Promise<void> {
  await audit.record({
    organization: principal.organization,
    actor: principal.id,
    action: 'session.created',
    target: principal.id,
    ip: request.ip,
    detail: { method: principal.session?.method },
  })
  keepSession(cookies, reply, { token, expiresAt })
}

/** A fresh token for a session that goes on. */
export function keepSession(
  cookies: Cookies,
  reply: FastifyReply,
  { token, expiresAt }: Pick<Begun, 'token' | 'expiresAt'>,
): void {
  reply.setCookie(cookies.session, token, { ...cookieOptions(cookies), expires: expiresAt })
}

export function sessionRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): void {
  const { identity, accounts, audit, config, version, sandboxUrl } = context
  const { record } = createRequestAudit(audit)
  const { signIn, passkeys, sessions, profiles, sso, letters } = accounts

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

  app.get('/api/v1/sign-in', {
    config: { access: 'public' },
    schema: { tags, summary: 'What the sign-in page can offer', response: { 200: SignInOptions } },
    handler: async () => ({
      passkeys: passkeys.hindrance === undefined,
      passkeys_hindrance: passkeys.hindrance ?? null,
      single_sign_on: sso.label === undefined ? null : { label: sso.label },
      mail: letters.can,
      password_min_length: SHORTEST,
    }),
  })

  app.post('/api/v1/sessions', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: { tags, summary: 'Sign in with a one-time link', body: SignIn, response: { 204: z.null() } },
    handler: async (request, reply) => {
      const begun = await signIn.byLink(request.body.token, askingOf(request, cookies))
      await enter(context, cookies, request, reply, begun)
      return reply.status(204).send(null)
    },
  })

  app.post('/api/v1/sessions/password', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Sign in with e-mail address and password',
      body: PasswordSignIn,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const begun = await signIn.byPassword(request.body, askingOf(request, cookies))
      await enter(context, cookies, request, reply, begun)
      return reply.status(204).send(null)
    },
  })

  app.post('/api/v1/sessions/passkey/options', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: { tags, summary: 'Begin to sign in with a passkey', response: { 200: PasskeyOptions } },
    handler: async () => ({ ...(await passkeys.beginSignIn()) }),
  })

  app.post('/api/v1/sessions/passkey', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: { tags, summary: 'Sign in with a passkey', body: PasskeySignIn, response: { 204: z.null() } },
    handler: async (request, reply) => {
      const begun = await signIn.byPasskey(assertionOf(request.body.response), askingOf(request, cookies))
      await enter(context, cookies, request, reply, begun)
      return reply.status(204).send(null)
    },
  })

  app.post('/api/v1/sessions/switch', {
    config: { access: 'signed-in' },
    schema: {
      tags,
      summary: 'Go on in another organization, under a fresh session',
      body: SwitchOrganization,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const principal = personOf(request)
      const organization = request.body.organization_id
      const mine = await profiles.organizations(principal.id)
      if (!mine.some(({ id }) => id === organization))
        throw new HubError('not_found', `There is no organization "${organization}".`)
      const begun = await sessions.rotate(principal, { organization })
      await enter(context, cookies, request, reply, begun)
      return reply.status(204).send(null)
    },
  })

  app.delete('/api/v1/sessions/current', {
    config: { access: 'signed-in' },
    schema: { tags, summary: 'Sign out', response: { 204: z.null() } },
    handler: async (request, reply) => {
      const principal = personOf(request)
      await sessions.end(principal.id, principal.session.id)
      await record(request, 'session.ended', principal.id)
      reply.clearCookie(cookies.session, cookieOptions(cookies))
      return reply.status(204).send(null)
    },
  })

  app.post('/api/v1/password-resets', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Ask for a letter with which to set a new password; answered alike for every address',
      body: RequestReset,
      response: { 202: z.null() },
    },
    handler: async (request, reply) => {
      await profiles.requestReset(request.body.email, fromOf(request))
      return reply.status(202).send(null)
    },
  })

  app.post('/api/v1/password-resets/complete', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Set the new password; every session ends',
      body: CompleteReset,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const person = await profiles.completeReset(request.body.token, request.body.password)
      for (const { id } of await profiles.organizations(person))
        await audit.record({
          organization: id,
          actor: person,
          action: 'password.reset',
          target: person,
          ip: request.ip,
        })
      return reply.status(204).send(null)
    },
  })
}
