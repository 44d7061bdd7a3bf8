import type { FastifyReply, FastifyRequest } from 'fastify'
import { hashSecret, newSecret } from '../../identity/secrets.ts'
import { CALLBACK_PATH_LIST } from '../../vault/integrations.ts'
import type { Cookies } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'
import { returnAddress } from './connect-links.ts'

/**
 * The documented redirect URIs, each also with one integration's own suffix. The answer is always a redirect to a
 * page whose address holds neither code nor state; nothing of the query is ever shown.
 */
export function callbackRoutes(app: ZodApp, context: HttpContext, cookies: Cookies): void {
  const { attempts, config, db } = context

  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const url = new URL(request.url, config.publicUrl)
    // The path as routed; the origin from configuration, whatever the request claims about its host.
    const redirectUri = config.publicUrl + url.pathname.replace(/\/$/, '')
    const proofs: string[] = []
    const outcome = await attempts.callback({
      redirectUri,
      parameters: url.searchParams,
      bindings: [request.cookies[cookies.session], request.cookies[cookies.flow]].flatMap((cookie) =>
        cookie ? [hashSecret(cookie)] : [],
      ),
      newProof: () => {
        const proof = newSecret('')
        proofs.push(proof)
        return { proof, hash: hashSecret(proof) }
      },
    })
    if (outcome.kind === 'unknown') return reply.redirect(result('', 'unknown'), 303)
    if (outcome.kind === 'refused') return reply.redirect(result('', 'refused'), 303)
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
      return reply.redirect(returnAddress(session.return_to, session.id, row.id, outcome.proof), 303)
    const status = row.status === 'decision_required' ? 'decision' : row.status
    return reply.redirect(result(row.id, status), 303)
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
    }
  }
}
