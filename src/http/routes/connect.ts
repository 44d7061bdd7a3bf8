import { z } from 'zod'
import type { AttemptRow } from '../../connect/attempt.ts'
import { HubError } from '../../errors.ts'
import { authorise, isOwnAttempt, type Principal } from '../../identity/principal.ts'
import { principalOf } from '../auth.ts'
import { beginAs } from '../begin.ts'
import type { HttpContext } from '../context.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import { Attempt, Decide, StartAttempt } from '../wire.ts'

export function connectRoutes(app: ZodApp, context: HttpContext): void {
  const { attempts, connections, present } = context
  const { note } = createRequestAudit(context.audit)
  const params = z.object({ id: z.string() })

  async function findOwn(principal: Principal, id: string): Promise<AttemptRow> {
    const row = await attempts.find(principal.organization, id)
    if (!row || !isOwnAttempt(principal, { begunBy: row.person_id }))
      throw new HubError('not_found', `There is no attempt "${id}".`)
    return row
  }

  app.post('/api/v1/connect/attempts', {
    config: { access: 'connect:write' },
    schema: {
      tags: ['Connect'],
      summary: 'Begin connecting, or reconnecting, an account',
      description:
        'With a session the flow ends in the same browser and session. With an API key only methods without a redirect can be used here; people connect through a connect session.',
      body: StartAttempt,
      response: { 201: Attempt },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const { provider, method, owner, fields, scope_set, connection_id } = request.body
      const before =
        connection_id === undefined ? undefined : await connections.getForChange(principal, connection_id)
      if (before && before.provider !== provider)
        throw new HubError(
          'invalid_request',
          `Connection "${before.id}" belongs to ${before.provider}, not ${provider}.`,
        )
      if (!before && owner === 'organization') authorise(principal, 'admin')
      const { personId } = principal
      if (!before && owner === 'me' && personId === null) {
        throw new HubError(
          'invalid_request',
          'This API key acts as the organization, which is nobody’s account. Use "owner": "organization", a key that acts as you, or a connect session for one of your users.',
        )
      }
      const asked = { provider, method, fields, scopeSet: scope_set }
      const { row, authorizationUrl } = await beginAs(
        context,
        principal,
        before
          ? { ...asked, before }
          : {
              ...asked,
              owner:
                owner === 'me' && personId !== null
                  ? { kind: 'person', id: personId }
                  : { kind: 'organization', id: principal.organization },
            },
      )
      const action = before ? 'connection.reconnect_started' : 'connection.connect_started'
      note(request, action, before?.id ?? provider, { attempt: row.id })
      return reply.status(201).send(present.attempt(row, authorizationUrl))
    },
  })

  app.get('/api/v1/connect/attempts/:id', {
    config: { access: 'connect:write' },
    schema: {
      tags: ['Connect'],
      summary: 'How an attempt stands; ask every two seconds',
      params,
      response: { 200: Attempt },
    },
    handler: async (request) => present.attempt(await findOwn(principalOf(request), request.params.id)),
  })

  app.post('/api/v1/connect/attempts/:id/decide', {
    config: { access: 'connect:write' },
    schema: {
      tags: ['Connect'],
      summary: 'Answer the question of an attempt',
      params,
      body: Decide,
      response: { 200: Attempt },
    },
    handler: async (request) => {
      const row = await findOwn(principalOf(request), request.params.id)
      await attempts.decide(row, request.body.value)
      note(request, 'connect.decided', row.id, { provider: row.provider })
      return present.attempt((await attempts.find(row.organization_id, row.id)) ?? row)
    },
  })

  app.post('/api/v1/connect/attempts/:id/cancel', {
    config: { access: 'connect:write' },
    schema: { tags: ['Connect'], summary: 'Give an attempt up', params, response: { 200: Attempt } },
    handler: async (request) => {
      const row = await findOwn(principalOf(request), request.params.id)
      await attempts.cancel(row)
      note(request, 'connect.cancelled', row.id, { provider: row.provider })
      return present.attempt((await attempts.find(row.organization_id, row.id)) ?? row)
    },
  })
}
