import { z } from 'zod'
import { HubError } from '../../errors.ts'
import { hashSecret } from '../../identity/secrets.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import { Attempt, CompleteConnectSession, ConnectSession, CreateConnectSession } from '../wire.ts'

/** For host applications: a link for one of their own users, and the call that completes the flow. */
export function connectSessionRoutes(app: ZodApp, { links, attempts, present, audit }: HttpContext): void {
  const { record, note } = createRequestAudit(audit)
  app.post('/api/v1/connect-sessions', {
    config: { access: 'connect:write' },
    schema: {
      tags: ['Connect'],
      summary: 'Make a connect link for one of your users',
      body: CreateConnectSession,
      response: { 201: ConnectSession },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      if (principal.personId !== null)
        throw new HubError(
          'insufficient_scope',
          'Connect links are made by your server, with an API key of the organization.',
        )
      const { row, url } = await links.create(principal, request.body)
      await record(request, 'connect_session.created', row.id, { end_user: row.end_user_id })
      return reply
        .status(201)
        .send({ id: row.id, url, expires_at: row.expires_at.toISOString(), proof: row.proof })
    },
  })

  app.post('/api/v1/connect-sessions/:id/complete', {
    config: { access: 'connect:write' },
    schema: {
      tags: ['Connect'],
      summary: 'Complete a flow: who is signed in, at your application, in the browser that came back',
      description:
        'Only after this call is the authorization code exchanged. Take `end_user_id` from your own session, never from the address.',
      params: z.object({ id: z.string() }),
      body: CompleteConnectSession,
      response: { 200: Attempt },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      if (principal.personId !== null)
        throw new HubError(
          'insufficient_scope',
          'Flows are completed by your server, with an API key of the organization.',
        )
      const { row, isSamePerson } = await links.findForCompletion(
        principal,
        request.params.id,
        request.body.end_user_id,
      )
      const attempt = await attempts.complete({
        organization: principal.organization,
        connectSession: row.id,
        proofHash: hashSecret(request.body.proof),
        isSamePerson,
      })
      if (attempt.status === 'succeeded') await links.markCompleted(row)
      note(request, 'connect_session.completed', row.id, {
        end_user: row.end_user_id,
        status: attempt.status,
      })
      return present.attempt(attempt)
    },
  })
}
