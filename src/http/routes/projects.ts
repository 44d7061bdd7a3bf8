import { z } from 'zod'
import { mayManage, managesAll, type ProjectRow } from '../../sync/projects.ts'
import type { SelectionRow } from '../../sync/selections.ts'
import type { RunRow } from '../../sync/settings.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { pageOf } from '../paging.ts'
import type { ZodApp } from '../server.ts'
import type { Principal } from '../../identity/principal.ts'
import {
  ChangeSyncSettings,
  CreateProject,
  DeselectResources,
  ListProjects,
  ListResources,
  ListRuns,
  Page,
  Project,
  type ProjectBody,
  ProjectCandidate,
  ProjectMember,
  ProjectSources,
  ReadResources,
  ResourcePage,
  Selection,
  type SelectionBody,
  SelectResources,
  SetProjectMember,
  SyncRun,
  type SyncRunBody,
  SyncSettings,
  UpdateProject,
} from '../wire.ts'

const read = { access: 'projects:read' } as const
const write = { access: 'projects:write' } as const
const tags = ['Projects']
const params = z.object({ id: z.string() })
const ofConnection = z.object({ id: z.string(), connection: z.string() })
const nothing = { 204: z.null() }

export function projectRoutes(app: ZodApp, context: HttpContext): void {
  const { sync, integrations, present } = context
  const { projects, resources, selections, desk } = sync
  const origin = ({ ip }: { ip: string }) => ({ ip })

  /** Name and logo; of a provider that the catalog lost, its id. */
  function named(id: string): { provider_name: string; logo: string | null } {
    const found = integrations.find(id)
    if (!found) return { provider_name: id, logo: null }
    const { name, logo } = present.summary(found)
    return { provider_name: name, logo }
  }

  app.get('/api/v1/projects', {
    config: read,
    schema: {
      tags,
      summary: 'Projects that the caller may see, newest first',
      querystring: ListProjects,
      response: { 200: Page(Project) },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { limit, cursor, q } = request.query
      const rows = await projects.list(principal, { limit: limit + 1, after: cursor, query: q || undefined })
      return pageOf(rows, limit, (row) => project(principal, row))
    },
  })

  app.post('/api/v1/projects', {
    config: write,
    schema: {
      tags,
      summary: 'Make a project; whoever makes it administers it',
      body: CreateProject,
      response: { 201: Project },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const row = await projects.create(principal, request.body, origin(request))
      return reply.status(201).send(project(principal, row))
    },
  })

  app.get('/api/v1/projects/:id', {
    config: read,
    schema: { tags, summary: 'One project', params, response: { 200: Project } },
    handler: async (request) => {
      const principal = principalOf(request)
      return project(principal, await projects.get(principal, request.params.id))
    },
  })

  app.patch('/api/v1/projects/:id', {
    config: write,
    schema: {
      tags,
      summary: 'Rename or describe a project',
      params,
      body: UpdateProject,
      response: { 200: Project },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      return project(
        principal,
        await projects.update(principal, request.params.id, request.body, origin(request)),
      )
    },
  })

  app.delete('/api/v1/projects/:id', {
    config: write,
    schema: {
      tags,
      summary: 'Delete a project with its selection, settings and history',
      params,
      response: nothing,
    },
    handler: async (request, reply) => {
      await projects.remove(principalOf(request), request.params.id, origin(request))
      return reply.status(204).send(null)
    },
  })

  app.get('/api/v1/projects/:id/members', {
    config: read,
    schema: {
      tags,
      summary: 'Who is in it',
      params,
      response: { 200: z.object({ data: z.array(ProjectMember) }) },
    },
    handler: async (request) => {
      const rows = await projects.members(principalOf(request), request.params.id)
      return { data: rows.map(member) }
    },
  })

  app.get('/api/v1/projects/:id/candidates', {
    config: read,
    schema: {
      tags,
      summary: 'People of the organization who could be added',
      params,
      querystring: z.strictObject({ q: z.string().trim().max(100).optional() }),
      response: { 200: z.object({ data: z.array(ProjectCandidate) }) },
    },
    handler: async (request) => ({
      data: await projects.candidates(principalOf(request), request.params.id, request.query.q),
    }),
  })

  app.put('/api/v1/projects/:id/members/:person', {
    config: write,
    schema: {
      tags,
      summary: 'Add a person, or change their role in the project',
      params: z.object({ id: z.string(), person: z.string() }),
      body: SetProjectMember,
      response: { 200: ProjectMember },
    },
    handler: async (request) => {
      const { id, person } = request.params
      const { role } = request.body
      return member(await projects.setMember(principalOf(request), id, { person, role }, origin(request)))
    },
  })

  app.delete('/api/v1/projects/:id/members/:person', {
    config: write,
    schema: {
      tags,
      summary: 'Take a person out; anybody may leave',
      params: z.object({ id: z.string(), person: z.string() }),
      response: nothing,
    },
    handler: async (request, reply) => {
      const { id, person } = request.params
      await projects.removeMember(principalOf(request), id, person, origin(request))
      return reply.status(204).send(null)
    },
  })

  app.get('/api/v1/projects/:id/sources', {
    config: read,
    schema: {
      tags,
      summary: 'Accounts to select from, and what is selected of each',
      params,
      response: { 200: ProjectSources },
    },
    handler: async (request) => {
      const rows = await selections.sources(principalOf(request), request.params.id)
      const all = integrations.list()
      const connected = new Set(rows.filter(({ connection }) => connection).map(({ provider }) => provider))
      return {
        data: rows.map(({ provider, mode, account, connection, kinds, selected }) => ({
          provider,
          ...named(provider),
          mode,
          account,
          connection_id: connection?.id ?? null,
          status: connection ? { status: connection.status, detail: connection.status_detail } : null,
          selected,
          kinds: kinds.map(({ missing, ...kind }) => ({ ...kind, missing_scopes: missing })),
        })),
        connectable: all
          .filter(({ provider }) => provider.resources && !connected.has(provider.id))
          .map((integration) => {
            const { id, name, logo } = present.summary(integration)
            return { id, name, logo }
          }),
      }
    },
  })

  app.get('/api/v1/projects/:id/connections/:connection/resources', {
    config: read,
    schema: {
      tags,
      summary: 'What can be selected of a connection, searched as one types',
      params: ofConnection,
      querystring: ListResources,
      response: { 200: ResourcePage },
    },
    handler: async (request) => {
      const { id, connection } = request.params
      const { kind, q, limit, cursor } = request.query
      const page = await resources.list(principalOf(request), {
        project: id,
        connection,
        kind,
        query: q || undefined,
        limit,
        cursor,
      })
      return {
        data: page.rows.map(({ external_id, gone_at, ...row }) => ({
          id: external_id,
          ...row,
          gone_at: gone_at?.toISOString() ?? null,
        })),
        next_cursor: page.next,
        total: page.total,
        reading: {
          ...page.reading,
          read_at: page.reading.read_at?.toISOString() ?? null,
          resume_at: page.reading.resume_at?.toISOString() ?? null,
        },
        missing_scopes: page.missingScopes,
        invite: page.invite,
      }
    },
  })

  app.post('/api/v1/projects/:id/connections/:connection/resources/read', {
    config: write,
    schema: {
      tags,
      summary: 'Read the list anew, in the background',
      params: ofConnection,
      body: ReadResources,
      response: { 202: z.null() },
    },
    handler: async (request, reply) => {
      const { id, connection } = request.params
      await resources.read(principalOf(request), { project: id, connection, kind: request.body.kind })
      return reply.status(202).send(null)
    },
  })

  app.get('/api/v1/projects/:id/selections', {
    config: read,
    schema: {
      tags,
      summary: 'What the project selected, whether or not it is connected now',
      params,
      response: { 200: z.object({ data: z.array(Selection) }) },
    },
    handler: async (request) => ({
      data: (await selections.list(principalOf(request), request.params.id)).map(selection),
    }),
  })

  app.post('/api/v1/projects/:id/selections', {
    config: write,
    schema: {
      tags,
      summary: 'Select resources; what has to be joined is joined',
      params,
      body: SelectResources,
      response: { 200: z.object({ data: z.array(Selection) }) },
    },
    handler: async (request) => {
      const { connection, kind, resources: ids } = request.body
      const rows = await selections.select(
        principalOf(request),
        request.params.id,
        { connection, kind, ids },
        origin(request),
      )
      return { data: rows.map(selection) }
    },
  })

  app.post('/api/v1/projects/:id/selections/remove', {
    config: write,
    schema: {
      tags,
      summary: 'Take resources out of the selection; nothing changes at the provider',
      params,
      body: DeselectResources,
      response: nothing,
    },
    handler: async (request, reply) => {
      await selections.deselect(
        principalOf(request),
        request.params.id,
        request.body.selections,
        origin(request),
      )
      return reply.status(204).send(null)
    },
  })

  app.post('/api/v1/projects/:id/selections/:selection/check', {
    config: write,
    schema: {
      tags,
      summary: 'Ask the provider whether the account can read it by now',
      params: z.object({ id: z.string(), selection: z.string() }),
      response: { 200: Selection },
    },
    handler: async (request) => {
      const { id, selection: which } = request.params
      return selection(await selections.check(principalOf(request), id, which, origin(request)))
    },
  })

  app.get('/api/v1/projects/:id/sync-settings', {
    config: read,
    schema: {
      tags,
      summary: 'When each provider of the project is synced',
      params,
      response: { 200: z.object({ data: z.array(SyncSettings) }) },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { id } = request.params
      const sources = await selections.sources(principal, id)
      const rows = await desk.settings(
        principal,
        id,
        sources.map(({ provider }) => provider),
      )
      return {
        data: rows.map(({ changed_at, ...row }) => ({
          ...row,
          ...named(row.provider),
          changed_at: changed_at?.toISOString() ?? null,
        })),
      }
    },
  })

  app.patch('/api/v1/projects/:id/sync-settings/:provider', {
    config: write,
    schema: {
      tags,
      summary: 'Change schedule, first window, or whether it is synced at all',
      params: z.object({ id: z.string(), provider: z.string() }),
      body: ChangeSyncSettings,
      response: { 200: SyncSettings },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { id, provider } = request.params
      // A foreign project is not found before anything is said of the provider.
      await projects.get(principal, id)
      integrations.resolve(provider)
      const { changed_at, ...row } = await desk.change(principal, id, provider, request.body, origin(request))
      return { ...row, ...named(provider), changed_at: changed_at?.toISOString() ?? null }
    },
  })

  app.get('/api/v1/projects/:id/runs', {
    config: read,
    schema: {
      tags,
      summary: 'Sync history, newest first',
      params,
      querystring: ListRuns,
      response: { 200: Page(SyncRun) },
    },
    handler: async (request) => {
      const { limit, cursor, provider } = request.query
      const rows = await desk.runs(principalOf(request), request.params.id, {
        limit: limit + 1,
        after: cursor,
        provider,
      })
      return pageOf(rows, limit, (row) => run(row, named(row.provider).provider_name))
    },
  })
}

function project(principal: Principal, row: ProjectRow): ProjectBody {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    role: row.role,
    may: { manage: mayManage(principal, row), delete: managesAll(principal) },
    members: row.members,
    resources: row.resources,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

function member(row: {
  person_id: string
  name: string
  email: string
  role: 'admin' | 'member'
  added_at: Date
}) {
  return {
    id: row.person_id,
    name: row.name,
    email: row.email,
    role: row.role,
    added_at: row.added_at.toISOString(),
  }
}

function selection(row: SelectionRow): SelectionBody {
  return {
    id: row.id,
    provider: row.provider,
    account: { id: row.account_id, label: row.account_label },
    connection_id: row.connection_id,
    kind: row.kind,
    resource_id: row.external_id,
    name: row.name,
    url: row.url,
    private: row.private,
    archived: row.archived,
    unreadable: row.unreadable,
    gone_at: row.gone_at?.toISOString() ?? null,
    access: row.access,
    access_detail: row.access_detail,
    invite: row.invite,
    selected_at: row.selected_at.toISOString(),
  }
}

function run(row: RunRow, name: string): SyncRunBody {
  return {
    id: row.id,
    provider: row.provider,
    provider_name: name,
    account: { id: row.account_id, label: row.account_label },
    cause: row.cause,
    started_by: row.started_by_name ?? row.started_by,
    started_at: row.started_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
    outcome: row.outcome,
    counts: row.counts,
    problem: row.problem_code ? { code: row.problem_code, detail: row.problem_detail ?? '' } : null,
  }
}
