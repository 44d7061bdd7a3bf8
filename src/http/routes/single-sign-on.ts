import type { FastifyReply, FastifyRequest } from 'fastify'
import { HubError } from '../../errors.ts'
import type { Principal } from '../../identity/principal.ts'
import { SSO_CALLBACK_PATH, SSO_MS, type SsoPurpose } from '../../identity/single-sign-on.ts'
import { neighbourhood } from '../../identity/tries.ts'
import { type Cookies, cookieOptions } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'
import { BeginSso, SsoBegun } from '../wire.ts'
import { askingOf, enter, fromOf, keepSession, SIGN_IN_LIMIT } from './sessions.ts'

/** Words that the sign-in page knows; nothing else of an answer reaches the browser. */
const REASONS: ReadonlySet<string> = new Set([
  'unverified',
  'domain',
  'not_linked',
  'newcomer',
  'taken',
  'other_person',
])

export function singleSignOnRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): void {
  const { identity, accounts, audit, config, log } = context
  const { signIn, sso, invitations, tries } = accounts
  const tags = ['Signing in']

  const here = async (request: FastifyRequest): Promise<Principal> => {
    const token = request.cookies[cookies.session]
    if (!token) throw new HubError('unauthenticated', 'Sign in first.')
    return identity.bySession(token)
  }

  async function purposeOf(
    request: FastifyRequest,
    { purpose, token }: { purpose: string; token?: string | undefined },
  ): Promise<SsoPurpose> {
    if (purpose === 'invitation') {
      if (!token) throw new HubError('invalid_request', 'token: is needed for an invitation')
      return { kind: 'invitation', invitation: (await invitations.look(token)).id }
    }
    if (purpose === 'sign_in') return { kind: 'sign_in' }
    const principal = await here(request)
    if (purpose === 'link') accounts.sessions.requireRecent(principal)
    return {
      kind: purpose === 'link' ? 'link' : 'reauthenticate',
      person: principal.id,
      session: principal.session?.id ?? '',
    }
  }

  app.post('/api/v1/sessions/sso', {
    config: { access: 'page', rateLimit: SIGN_IN_LIMIT },
    schema: {
      tags,
      summary: 'Begin single sign-on; the browser then goes to `authorization_url`',
      body: BeginSso,
      response: { 200: SsoBegun },
    },
    handler: async (request, reply) => {
      await tries.take([{ kind: 'address', value: neighbourhood(request.ip) }])
      const { url, binding } = await sso.begin(await purposeOf(request, request.body))
      reply.setCookie(cookies.sso, binding, { ...cookieOptions(cookies), maxAge: SSO_MS / 1000 })
      return { authorization_url: url }
    },
  })

  app.get(SSO_CALLBACK_PATH, {
    // A state is 256 random bits, and an unknown one costs a single indexed look-up.
    config: { access: 'public' },
    schema: { tags, summary: 'Where the identity provider sends the browser back' },
    handler: async (request, reply) => {
      reply.clearCookie(cookies.sso, cookieOptions(cookies)).header('referrer-policy', 'no-referrer')
      let page = '/sign-in'
      try {
        // The origin from configuration, whatever the request claims about its host.
        const url = new URL(request.url, config.publicUrl)
        const { purpose, identity: who } = await sso.finish(
          new URL(SSO_CALLBACK_PATH + url.search, config.publicUrl),
          request.cookies[cookies.sso],
        )
        if (purpose.kind === 'link' || purpose.kind === 'reauthenticate') page = '/profile'
        await take(request, reply, purpose, who)
        return reply.redirect(config.publicUrl + page, 303)
      } catch (error) {
        if (!(error instanceof HubError)) throw error
        log.info({ request_id: request.id, err: error.cause, code: error.code }, 'single sign-on refused')
        return reply.redirect(`${config.publicUrl}${page}?problem=${reasonOf(error)}`, 303)
      }
    },
  })

  async function take(
    request: FastifyRequest,
    reply: FastifyReply,
    purpose: SsoPurpose,
    who: Parameters<typeof signIn.bySso>[0],
  ): Promise<void> {
    const asking = askingOf(request, cookies)
    if (purpose.kind === 'sign_in')
      return enter(context, cookies, request, reply, await signIn.bySso(who, asking))
    if (purpose.kind === 'invitation')
      return enter(
        context,
        cookies,
        request,
        reply,
        await invitations.acceptBySso(who, purpose.invitation, asking),
      )
    // The one who began, in the session that began: somebody else's browser ends nothing of theirs.
    const principal = await here(request)
    if (principal.id !== purpose.person || principal.session?.id !== purpose.session)
      throw new HubError('sign_in_refused', 'Somebody else began this.', { reason: 'other_person' })
    if (purpose.kind === 'link') await signIn.linkSso(principal, who)
    else keepSession(cookies, reply, await signIn.again(principal, { identity: who }, fromOf(request)))
    await audit.record({
      organization: principal.organization,
      actor: principal.id,
      action: purpose.kind === 'link' ? 'single_sign_on.linked' : 'session.reauthenticated',
      target: principal.id,
      ip: request.ip,
      detail: { issuer: who.issuer },
    })
  }
}

function reasonOf(error: HubError): string {
  const { reason } = error.extras
  if (reason !== undefined && REASONS.has(reason)) return reason
  if (error.code === 'single_sign_on_required' || error.code === 'invitation_invalid') return error.code
  return error.code === 'unavailable' ? 'unavailable' : 'failed'
}
