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
import { createRequestAudit } from '../request-audit.ts'
import { TOKEN_ROUTE } from '../token-in-memory.ts'
import type { ZodApp } from '../server.ts'
import {
  Attempt,
  Connection,
  ConnectionExistence,
  ConnectionsOverview,
  DisconnectReport,
  EndedExisting,
  EndExisting,
  Impact,
  ListConnections,
  ListExisting,
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
  const { connections, disconnector, existence, access, audit, db, present, metrics } = context
  const { record, note } = createRequestAudit(audit)
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

  app.get('/api/v1/connections/existing', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'That connections exist, whosever they are; nothing that is in them',
      querystring: ListExisting,
      response: { 200: Page(ConnectionExistence) },
    },
    handler: async (request) => {
      const { limit, cursor, owner, provider } = request.query
      const rows = await existence.list(principalOf(request).organization, {
        limit: limit + 1,
        after: cursor,
        owner,
        provider,
      })
      return pageOf(rows, limit, (row) => ({
        id: row.id,
        provider: row.provider,
        owner: { kind: row.owner_kind, id: row.owner_id, name: row.owner_name ?? row.owner_id },
        status: { status: row.status, since: row.status_since.toISOString() },
        created_at: row.created_at.toISOString(),
      }))
    },
  })

  app.post('/api/v1/connections/existing/:id/end', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'End somebody’s connection; its owner is told the reason',
      params,
      body: EndExisting,
      response: { 200: EndedExisting },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { force, reason } = request.body
      const { row, items } = await existence.end(principal.organization, request.params.id, {
        force,
        reason,
        actor: principal.id,
      })
      await record(request, 'connection.ended', row.id, {
        forced: force,
        reason,
        provider: row.provider,
        owner: row.owner_id,
      })
      return { connection_id: row.id, forced: force, items }
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
      note(request, 'connection.changed', row.id, { changed: Object.keys(request.body) })
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
      note(request, 'connection.verified', row.id)
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
      note(
        request,
        additionalScopes ? 'connection.permissions_asked' : 'connection.reconnect_started',
        row.id,
        {
          provider: row.provider,
          attempt: attempt.id,
          ...(additionalScopes && { additional_scopes: additionalScopes }),
        },
      )
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
      await record(request, 'connection.disconnected', row.id, { forced: force, provider: row.provider })
      return { connection_id: row.id, forced: force, ...report }
    },
  })
}
