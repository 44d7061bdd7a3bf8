/** Who calls: one hook for every route. A route says what it needs; one that says nothing does not start. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HubError } from '../errors.ts'
import type { Identity } from '../identity/identity.ts'
import { authorise, type Permission, type Principal, type Session } from '../identity/principal.ts'
import { csrfTokenOf, sameSecret } from '../identity/secrets.ts'
import type { SealedEntry } from '../vault/vault.ts'
import type { ReadTogether } from './together.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * `public`: no authentication. `page`: no authentication either, but a change must come from a page of this hub.
     * `signed-in`: any principal. Else the permission that the principal needs.
     */
    access?: 'public' | 'page' | 'signed-in' | Permission
    /** True: a session needs the CSRF header even for reads, because the call has effects elsewhere. */
    alwaysCsrf?: boolean
    /** The call is about the connection in its path, which may be read together with the caller. */
    together?: boolean
    /** For programs, not for people: set by address. */
    data?: boolean
  }
  interface FastifyRequest {
    principal: Principal | null
    /** The connection, where it was read together with the caller. */
    sealedEntry: SealedEntry | null
  }
}

export const CSRF_HEADER = 'trunkline-csrf'
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export type Cookies = { session: string; flow: string; sso: string; secure: boolean }

/**
 * Names with `__Host-` bind a cookie to this very origin; browsers demand https for them. On http, which
 * configuration allows on loopback alone, the port keeps two hubs of one machine apart.
 */
export function cookieNames(publicUrl: string): Cookies {
  const url = new URL(publicUrl)
  const secure = url.protocol === 'https:'
  const name = (what: string) => (secure ? `__Host-tl_${what}` : `tl_${what}_${url.port || '80'}`)
  return { session: name('session'), flow: name('flow'), sso: name('sso'), secure }
}

export function cookieOptions(cookies: Cookies) {
  return { httpOnly: true, secure: cookies.secure, sameSite: 'lax' as const, path: '/' }
}

export function registerAuth(
  app: FastifyInstance,
  options: { identity: Identity; readTogether: ReadTogether; publicUrl: string; cookies: Cookies },
): void {
  const { identity, readTogether, publicUrl, cookies } = options
  app.decorateRequest('principal', null)
  app.decorateRequest('sealedEntry', null)

  app.addHook('onRoute', (route) => {
    // Fails at start, so that no route is ever open by omission.
    if (!route.config?.access)
      throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it`)
  })

  app.addHook('onRequest', (request, _reply, done) => {
    const { access } = request.routeOptions.config
    if (access === undefined || access === 'public') return done()
    // A known API key is settled at once; everything else takes a turn of the event loop.
    const known = identity.knownApiKey(request.headers.authorization)
    try {
      if (known) admit(request, known)
    } catch (error) {
      return done(error as Error)
    }
    if (known) return done()
    check(request).then(() => done(), done)
  })

  async function check(request: FastifyRequest): Promise<void> {
    if (request.routeOptions.config.access === 'page') {
      if (!SAFE.has(request.method)) checkOrigin(request, publicUrl)
      return
    }
    if (request.routeOptions.config.together) {
      const both = await readTogether(request.headers.authorization, (request.params as { id: string }).id)
      if (both) {
        request.sealedEntry = both.entry ?? null
        return admit(request, both.principal)
      }
    }
    admit(request, await identify(request))
  }

  function admit(request: FastifyRequest, principal: Principal): void {
    const { access, alwaysCsrf } = request.routeOptions.config
    request.principal = principal
    if (principal.session && (alwaysCsrf || !SAFE.has(request.method))) {
      checkOrigin(request, publicUrl)
      const sent = request.headers[CSRF_HEADER]
      if (typeof sent !== 'string' || !sameSecret(sent, csrfTokenOf(principal.session.token))) {
        throw new HubError(
          'csrf_failed',
          'Send the csrf_token of GET /api/v1/me in the Trunkline-CSRF header.',
        )
      }
    }
    if (access !== 'signed-in' && access !== 'page' && access !== 'public' && access !== undefined)
      authorise(principal, access)
  }

  async function identify(request: FastifyRequest): Promise<Principal> {
    const { authorization } = request.headers
    if (authorization !== undefined) {
      const [scheme, token] = authorization.split(' ')
      if (scheme?.toLowerCase() !== 'bearer' || !token)
        throw new HubError('unauthenticated', 'Send `Authorization: Bearer tl_...`.')
      return identity.byApiKey(token)
    }
    const session = request.cookies[cookies.session]
    if (session) return identity.bySession(session)
    throw new HubError('unauthenticated', 'Sign in, or send an API key as `Authorization: Bearer tl_...`.')
  }
}

/** A change asked for by a browser must come from a page of this hub (Fetch metadata, else Origin). */
function checkOrigin(request: FastifyRequest, publicUrl: string): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (site === 'same-origin' && (origin === undefined || origin === publicUrl)) return
  if (site === undefined && (origin === undefined || origin === publicUrl)) return
  throw new HubError('csrf_failed', `This must be asked for by a page of ${publicUrl}.`)
}

/** Who is signed in. A key, even a person's own, is told that there is nothing of the kind. */
export function personOf(request: FastifyRequest): Principal & { session: Session } {
  const principal = principalOf(request)
  const { session } = principal
  if (session) return { ...principal, session }
  throw new HubError('not_found', 'This belongs to a person who is signed in. An API key has none of it.')
}

/** The principal of a route that requires one. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new HubError('unauthenticated', 'Sign in first.')
  return request.principal
}
