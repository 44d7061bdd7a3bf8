import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HubError } from '../../errors.ts'
import type { HttpContext } from '../context.ts'
import { renderDeletion } from '../legal.ts'
import type { ZodApp } from '../server.ts'
import { DeletionAnswer, DeletionStatus } from '../wire.ts'

/** A signed request is some hundred bytes. */
const BODY_LIMIT = 16 * 1024
const STATUS_PATH = '/api/meta/deletion-status'

/**
 * What Meta calls when a person removes an app or asks for deletion, and the page that tells how far that is.
 * https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
 */
export function metaRoutes(app: ZodApp, { departures, config, log }: HttpContext): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))),
  )
  const body = z.strictObject({
    signed_request: z.string().describe('base64url signature, a dot, base64url JSON'),
  })
  const tags = ['Compliance']
  // Meta calls from many addresses; whoever floods the route from one is slowed down.
  const open = { access: 'public' as const, rateLimit: { max: 120, timeWindow: '1 minute' } }

  /** Refusals are worth a line: a wrong app secret shows here first. */
  async function tell<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof HubError && error.code === 'signature_refused')
        log.warn({ request_id: request.id, route: request.routeOptions.url, reason: error.detail }, 'refused')
      throw error
    }
  }

  app.post('/api/meta/data-deletion', {
    config: open,
    bodyLimit: BODY_LIMIT,
    schema: {
      tags,
      summary: 'Meta’s data deletion callback: a person asks that their data be deleted',
      consumes: ['application/x-www-form-urlencoded'],
      body,
      response: { 200: DeletionAnswer },
    },
    handler: async (request) => {
      const { code } = await tell(request, () => departures.requestDeletion(request.body.signed_request))
      return { url: `${config.publicUrl}${STATUS_PATH}?code=${code}`, confirmation_code: code }
    },
  })

  app.post('/api/meta/deauthorize', {
    config: open,
    bodyLimit: BODY_LIMIT,
    schema: {
      tags,
      summary: 'Meta’s deauthorize callback: a person removed the app',
      consumes: ['application/x-www-form-urlencoded'],
      body,
      response: { 200: z.object({ status: z.literal('ok') }) },
    },
    handler: async (request) => {
      await tell(request, () => departures.deauthorize(request.body.signed_request))
      return { status: 'ok' as const }
    },
  })

  app.get(STATUS_PATH, {
    config: open,
    schema: {
      tags,
      summary: 'How far a deletion is: a page, or JSON by Accept',
      querystring: z.object({ code: z.string().max(200).default('') }),
      response: { 200: DeletionStatus },
    },
    handler: async (request, reply) => {
      const state = await departures.find(request.query.code)
      reply.header('vary', 'accept').header('x-robots-tag', 'noindex')
      if (request.headers.accept?.includes('text/html')) {
        const page = (reply as FastifyReply).status(state ? 200 : 404).type('text/html; charset=utf-8')
        return page.serializer(String).send(renderDeletion(state, config.legal)) as never
      }
      if (!state) throw new HubError('not_found', 'No request for deletion has this code.')
      return {
        status: state.status,
        received_at: state.receivedAt.toISOString(),
        finished_at: state.finishedAt?.toISOString() ?? null,
      }
    },
  })
}
