import { isOwnAttempt, maySee } from '../../identity/principal.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import type { ZodApp } from '../server.ts'
import type { LiveEventBody } from '../wire.ts'

/** Proxies in between close silent connections; a comment now and then keeps them open. */
const HEARTBEAT_MS = 20_000
/** How long whoever listens is taken to be who they were: keys and sessions expire without a message. */
const SURE_MS = 20_000

export function liveRoutes(app: ZodApp, { bus, identity, now }: HttpContext): void {
  const open = new Set<() => void>()
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
    for (const close of open) close()
  })

  app.get('/api/v1/live', {
    config: { access: 'connections:read' },
    schema: { tags: ['Live'], summary: 'Changes as server-sent events (`LiveEvent`)' },
    handler: (request, reply) => {
      const principal = principalOf(request)
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      raw.write('retry: 2000\n\n')
      let checkedAt = now()
      let sure: Promise<void> | undefined
      const send = (event: LiveEventBody) => {
        if (open.has(close)) raw.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      }
      const write = (event: LiveEventBody) => {
        if (now() - checkedAt >= SURE_MS) sure = recheck()
        if (sure) void sure.then(() => send(event))
        else send(event)
      }
      const { authorization = '' } = request.headers
      const recheck = async () => {
        checkedAt = now()
        try {
          const again = await (principal.session
            ? identity.bySession(principal.session.token)
            : identity.byApiKey(authorization.slice('Bearer '.length)))
          if (!again.permissions.has('connections:read')) close()
        } catch {
          close()
        }
      }
      const unsubscribe = bus.subscribe((message) => {
        if (!('organization' in message) || message.organization !== principal.organization) return
        // A session that ended takes its open streams with it.
        if (message.topic === 'session.changed' || message.topic === 'api_key.changed')
          return void ([principal.id, principal.personId].includes(message.id) && recheck())
        const at = new Date(now()).toISOString()
        if (message.topic === 'organization.changed')
          return write({ type: message.topic, what: message.what, id: message.id, at })
        if (!('provider' in message)) return
        const theirs =
          message.topic === 'attempt.changed'
            ? isOwnAttempt(principal, { begunBy: message.person })
            : maySee(principal, {
                organization_id: message.organization,
                owner_kind: message.owner_kind,
                owner_id: message.owner,
              })
        if (theirs)
          write({
            type: message.topic,
            id: message.id,
            provider: message.provider,
            at,
          })
      })
      const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS)
      const close = () => {
        unsubscribe()
        clearInterval(heartbeat)
        open.delete(close)
        raw.end()
      }
      open.add(close)
      raw.on('close', close)
      // Asked for before the hub began to stop, and let in after.
      if (closing) close()
    },
  })
}
