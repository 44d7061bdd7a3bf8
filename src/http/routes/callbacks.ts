import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { hashSecret, newSecret } from '../../identity/secrets.ts'
import { CALLBACK_PATH_LIST } from '../../vault/integrations.ts'
import type { Cookies } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { FRAGMENT_PAGE, FRAGMENT_PAGE_CSP } from '../fragment-page.ts'
import type { ZodApp } from '../server.ts'
import { returnAddress } from './connect-links.ts'

/**
 * The documented redirect URIs, each also with one integration's own suffix. The answer is a redirect to a page whose
 * address holds neither code nor state, or the page that hands in what stands in the fragment; nothing of the query
 * is ever shown.
 */
export function callbackRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): void {
  const { attempts, config, db } = context

  const bindingsOf = (request: FastifyRequest) =>
    [request.cookies[cookies.session], request.cookies[cookies.flow]].flatMap((cookie) =>
      cookie ? [hashSecret(cookie)] : [],
    )
  // The path as routed; the origin from configuration, whatever the request claims about its host.
  const redirectUriOf = (url: URL) => config.publicUrl + url.pathname.replace(/\/$/, '')

  /** Takes the answer in; says where the browser goes next. */
  async function take(
    request: FastifyRequest,
    parameters: URLSearchParams,
    fragment?: string,
  ): Promise<string> {
    const proofs: string[] = []
    const outcome = await attempts.callback({
      redirectUri: redirectUriOf(new URL(request.url, config.publicUrl)),
      parameters,
      fragment,
      bindings: bindingsOf(request),
      newProof: () => {
        const proof = newSecret('')
        proofs.push(proof)
        return { proof, hash: hashSecret(proof) }
      },
    })
    if (outcome.kind === 'unknown') return result('', 'unknown')
    if (outcome.kind === 'refused') return result('', 'refused')
    const { row } = outcome
    const session = row.connect_session_id
      ? await db
          .selectFrom('connect_sessions')
          .select(['id', 'return_to'])
          .where('organization_id', '=', row.organization_id)
          .where('id', '=', row.connect_session_id)
          .executeTakeFirst()
      : undefined
    if (outcome.kind === 'proof' && session?.return_to)
      return returnAddress(session.return_to, session.id, row.id, outcome.proof)
    return result(row.id, row.status === 'decision_required' ? 'decision' : row.status)
  }

  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const url = new URL(request.url, config.publicUrl)
    const state = url.searchParams.get('state')
    const answered = ['code', 'error'].some((name) => url.searchParams.has(name))
    const waits =
      !answered &&
      state !== null &&
      (await attempts.awaitsFragment({
        redirectUri: redirectUriOf(url),
        state,
        bindings: bindingsOf(request),
      }))
    if (waits)
      return reply
        .header('content-security-policy', FRAGMENT_PAGE_CSP)
        .type('text/html; charset=utf-8')
        .send(FRAGMENT_PAGE)
    return reply.redirect(await take(request, url.searchParams), 303)
  }

  const result = (attempt: string, status: string) =>
    `${config.publicUrl}/connect/result?${new URLSearchParams({ ...(attempt ? { attempt } : {}), status })}`

  for (const path of CALLBACK_PATH_LIST) {
    for (const url of [path, `${path}/:integration`]) {
      app.get(url, {
        // No rate limit: a state is 256 random bits, and an unknown one costs a single indexed look-up.
        config: { access: 'public' },
        schema: {
          tags: ['Callbacks'],
          summary: 'Where providers send the browser back',
          hide: url !== path,
        },
        handler,
      })
      app.post(url, {
        // A change asked for by the page above: from this origin, in the browser that began.
        config: { access: 'page' },
        schema: {
          tags: ['Callbacks'],
          summary: 'What stood behind the # of the address, from the hub’s own page',
          hide: url !== path,
          body: z.strictObject({ state: z.string().max(200), fragment: z.string().max(8192) }),
          response: { 200: z.object({ location: z.string() }) },
        },
        handler: async (request) => {
          const { state, fragment } = request.body
          return { location: await take(request, new URLSearchParams({ state }), fragment) }
        },
      })
    }
  }
}
