import { z } from 'zod'
import { readOverview } from '../../connect/overview.ts'
import { recordEvent } from '../../vault/status.ts'
import { mustChange } from '../../identity/principal.ts'
import { admitting } from '../admit.ts'
import { principalOf } from '../auth.ts'
import { beginAs } from '../begin.ts'
import type { HttpContext } from '../context.ts'
import { pageOf } from '../paging.ts'
import { presentToken } from '../present.ts'
import { TOKEN_ROUTE } from '../token-in-memory.ts'
import type { ZodApp } from '../server.ts'
import {
  Attempt,
  Connection,
  ConnectionsOverview,
  DisconnectReport,
  Impact,
  ListConnections,
  Page,
  PageQuery,
  Reconnect,
  TimelineEntry,
  Token,
  UpdateConnection,
} from '../wire.ts'

/** No filter but who asks. */
const EVERY = {
  after: undefined,
  provider: undefined,
  owner: undefined,
  status: undefined,
  disconnected: false,
} as const

export function connectionRoutes(app: ZodApp, context: HttpContext): void {
  const { connections, disconnector, access, audit, db, present, metrics } = context
  const params = z.object({ id: z.string() })
  const tags = ['Connections']

  app.get('/api/v1/connections', {
    config: { access: 'connections:read' },
    schema: {
      tags,
      summary: 'Connections that the caller may see',
      querystring: ListConnections,
      response: { 200: Page(Connection) },
    },
    handler: async (request) => {
      const { limit, cursor, provider, owner, status, include_disconnected } = request.query
      const rows = await connections.list(principalOf(request), {
        limit: limit + 1,
        after: cursor,
        provider,
        owner,
        status,
        disconnected: include_disconnected === 'true',
      })
      return pageOf(rows, limit, present.connection)
    },
  })

  app.get('/api/v1/connections/overview', {
    config: { access: 'connections:read' },
    schema: {
      tags,
      summary: 'The caller’s own connections and the organization’s, a few for each provider',
      response: { 200: ConnectionsOverview },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const groups = await readOverview(db, principal)
      const ids = groups.flatMap((group) => group.ids)
      const rows =
        ids.length === 0 ? [] : await connections.list(principal, { ...EVERY, ids, limit: ids.length })
      const byId = new Map(rows.map((row) => [row.id, present.connection(row)]))
      return {
        groups: groups.map(({ ids: shown, ...group }) => ({
          ...group,
          connections: shown.flatMap((id) => byId.get(id) ?? []),
        })),
      }
    },
  })

  app.get('/api/v1/connections/:id', {
    config: { access: 'connections:read' },
    schema: { tags, summary: 'One connection', params, response: { 200: Connection } },
    handler: async (request) =>
      present.connection(await connections.get(principalOf(request), request.params.id)),
  })

  app.patch('/api/v1/connections/:id', {
    config: { access: 'connections:write' },
    schema: {
      tags,
      summary: 'Rename, or make default',
      params,
      body: UpdateConnection,
      response: { 200: Connection },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const row = await connections.getForChange(principal, request.params.id)
      await connections.update(row, request.body, principal.id)
      return present.connection(await connections.get(principal, row.id))
    },
  })

  app.get('/api/v1/connections/:id/timeline', {
    config: { access: 'connections:read' },
    schema: {
      tags,
      summary: 'Everything that happened to a connection, newest first',
      params,
      querystring: PageQuery,
      response: { 200: Page(TimelineEntry) },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query
      const rows = await connections.timeline(principalOf(request), request.params.id, {
        limit: limit + 1,
        after: cursor,
      })
      return pageOf(rows, limit, ({ id, at, kind, title, actor_name, detail }) => ({
        id,
        at: at.toISOString(),
        kind,
        title,
        actor: actor_name,
        detail,
      }))
    },
  })

  app.get(TOKEN_ROUTE, {
    config: { access: 'tokens:read', together: true },
    // Made field by field below, so the schema's own stripping has nothing to strip; plain JSON halves the time.
    serializerCompiler: () => JSON.stringify,
    schema: {
      tags,
      summary: 'The access token, fresh; the refresh token never leaves',
      params,
      response: { 200: Token },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { id } = request.params
      const token = await access.accessToken(
        { organization: principal.organization, id, admit: admitting(mustChange, principal, id) },
        request.sealedEntry ?? undefined,
      )
      audit.count({
        organization: principal.organization,
        actor: principal.id,
        action: 'token.read',
        target: id,
        ip: request.ip,
      })
      metrics.tokenRead()
      return presentToken(token)
    },
  })

  app.post('/api/v1/connections/:id/verify', {
    config: { access: 'connections:write' },
    schema: {
      tags,
      summary: 'Call the provider and record what it says',
      params,
      response: { 200: Connection },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const row = await connections.getForChange(principal, request.params.id)
      await connections.verify({ organization: row.organization_id, id: row.id }, principal.id)
      return present.connection(await connections.get(principal, row.id))
    },
  })

  app.post('/api/v1/connections/:id/reconnect', {
    config: { access: 'connect:write' },
    schema: {
      tags,
      summary: 'Authorize again; id and settings stay',
      params,
      body: Reconnect,
      response: { 201: Attempt },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const row = await connections.getForChange(principal, request.params.id)
      const { method, fields, scope_set: scopeSet, additional_scopes: additionalScopes } = request.body
      const { row: attempt, authorizationUrl } = await beginAs(context, principal, {
        provider: row.provider,
        method,
        fields,
        scopeSet,
        additionalScopes,
        before: row,
      })
      await recordEvent(context.db, context.now(), {
        connection: { organization: row.organization_id, id: row.id },
        kind: 'reconnect_started',
        title: additionalScopes ? 'More permission was asked for.' : 'A reconnect was begun.',
        actor: principal.id,
        ...(additionalScopes && { detail: { additional_scopes: additionalScopes } }),
      })
      if (additionalScopes)
        audit.note({
          organization: principal.organization,
          actor: principal.id,
          action: 'connection.permissions_asked',
          target: row.id,
          ip: request.ip,
          detail: { provider: row.provider, additional_scopes: additionalScopes },
        })
      return reply.status(201).send(present.attempt(attempt, authorizationUrl))
    },
  })

  app.get('/api/v1/connections/:id/impact', {
    config: { access: 'connections:read' },
    schema: { tags, summary: 'What a disconnect would stop', params, response: { 200: Impact } },
    handler: async (request) => {
      const principal = principalOf(request)
      const row = await connections.get(principal, request.params.id)
      return { connection_id: row.id, ...(await disconnector.impact(row, principal)) }
    },
  })

  app.delete('/api/v1/connections/:id', {
    config: { access: 'connections:write' },
    schema: {
      tags,
      summary: 'Disconnect: revoke upstream, destroy the credential, keep the history',
      params,
      querystring: z.strictObject({
        force: z
          .enum(['true', 'false'])
          .default('false')
          .describe('clear the hub’s side without asking the provider'),
      }),
      response: { 200: DisconnectReport },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const row = await connections.getForChange(principal, request.params.id)
      const force = request.query.force === 'true'
      const report = await disconnector.disconnect(row, { force, actor: principal.id })
      await audit.record({
        organization: principal.organization,
        actor: principal.id,
        action: 'connection.disconnected',
        target: row.id,
        ip: request.ip,
        detail: { forced: force, provider: row.provider },
      })
      return { connection_id: row.id, forced: force, ...report }
    },
  })
}
