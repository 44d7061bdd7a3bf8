import { Readable } from 'node:stream'
import type { z } from 'zod'
import { AUDIT_ACTIONS } from '../../identity/audit-actions.ts'
import type { AuditFilter as Filter, AuditView, ChainState } from '../../identity/audit-log.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { csvLine } from '../csv.ts'
import { iso } from '../present.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import {
  AuditActions,
  AuditChain,
  type AuditChainBody,
  AuditEntry,
  type AuditEntryBody,
  type AuditFilter,
  ExportAudit,
  ListAudit,
  Page,
} from '../wire.ts'

const COLUMNS = [
  'seq',
  'at',
  'actor',
  'actor_name',
  'action',
  'what',
  'target',
  'provider',
  'owner',
  'owner_name',
  'label',
  'address',
  'detail',
  'hash',
]

export function auditRoutes(app: ZodApp, { audit, auditLog }: HttpContext): void {
  const { record } = createRequestAudit(audit)
  const tags = ['Audit']

  app.get('/api/v1/audit', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Who did what, newest first',
      querystring: ListAudit,
      response: { 200: Page(AuditEntry) },
    },
    handler: async (request) => {
      const { limit, cursor, ...filter } = request.query
      await audit.flush()
      const before = cursor === undefined ? undefined : Number(cursor)
      const views = await auditLog.list(principalOf(request), filterOf(filter), {
        limit: limit + 1,
        before: Number.isSafeInteger(before) ? before : undefined,
      })
      const page = views.slice(0, limit)
      return {
        data: page.map(entryOf),
        next_cursor: views.length > limit ? String(page.at(-1)?.seq) : null,
      }
    },
  })

  app.get('/api/v1/audit/actions', {
    config: { access: 'admin' },
    schema: { tags, summary: 'Every action that is recorded', response: { 200: AuditActions } },
    handler: async () => ({ data: Object.keys(AUDIT_ACTIONS) }),
  })

  app.get('/api/v1/audit/chain', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Whether the chain of entries is unbroken, as far as it was followed',
      response: { 200: AuditChain },
    },
    handler: async (request) => chainOf(await auditLog.chain(principalOf(request).organization)),
  })

  app.post('/api/v1/audit/chain/verify', {
    config: { access: 'admin' },
    schema: { tags, summary: 'Follow the chain from its beginning', response: { 200: AuditChain } },
    handler: async (request) => {
      const { organization } = principalOf(request)
      await record(request, 'audit.verified', organization)
      return chainOf(await auditLog.chain(organization, { whole: true }))
    },
  })

  app.get('/api/v1/audit/export', {
    // It is recorded, and a link of another page must not make entries.
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Everything that fits the filter, as CSV or one JSON object a line; streamed',
      querystring: ExportAudit,
      produces: ['text/csv', 'application/x-ndjson'],
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const { format, ...filter } = request.query
      await record(request, 'audit.exported', principal.organization, { format, ...filter })
      await audit.flush()
      const lines = write(format, auditLog.stream(principal, filterOf(filter)))
      return reply
        .header('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
        .header('content-disposition', `attachment; filename="audit.${format}"`)
        .send(Readable.from(lines, { objectMode: false }))
    },
  })
}

function filterOf({ from, to, address, ...rest }: z.infer<typeof AuditFilter>): Filter {
  return {
    ...rest,
    ip: address,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  }
}

async function* write(format: 'csv' | 'ndjson', views: AsyncIterable<AuditView>): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(COLUMNS)
  for await (const view of views) {
    const entry = entryOf(view)
    yield format === 'ndjson'
      ? `${JSON.stringify(entry)}\n`
      : csvLine([
          entry.seq,
          entry.at,
          entry.actor.id,
          entry.actor.name,
          entry.action,
          entry.sentence,
          entry.target.id,
          entry.connection?.provider ?? null,
          entry.connection?.owner.id ?? null,
          entry.connection?.owner.name ?? null,
          entry.connection?.label ?? null,
          entry.address,
          JSON.stringify(entry.detail),
          entry.hash,
        ])
  }
}

function entryOf({ at, ip, connection, ...view }: AuditView): AuditEntryBody {
  return {
    ...view,
    at: at.toISOString(),
    connection: connection && {
      ...connection,
      owner: { ...connection.owner, name: connection.owner.name ?? connection.owner.id },
    },
    address: ip,
  }
}

function chainOf({ entries, followed, since, checkedAt, brokenAt }: ChainState): AuditChainBody {
  return {
    state: brokenAt !== null ? 'broken' : followed < entries ? 'following' : 'unbroken',
    entries,
    followed,
    since: iso(since),
    checked_at: iso(checkedAt),
    broken_at: brokenAt,
  }
}
