/** Projects, as the dashboard uses their API. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  ProjectBody,
  ProjectCandidateBody,
  ProjectMemberBody,
  ProjectSourcesBody,
  ResourcePageBody,
  SelectionBody,
  SyncRunBody,
  SyncSettingsBody,
} from '../../http/wire.ts'
import type { Hub, Page } from './hub.ts'
import type { Send } from './http.ts'

export type ProjectRole = ProjectMemberBody['role']
export type Chosen = { connection: string; kind: string; resources: string[] }
export type ResourceFilter = { project: string; connection: string; kind: string; query: string }
export type SettingsChange = {
  enabled?: boolean
  schedule?: SyncSettingsBody['schedule']
  window_days?: number
}

export function createProjectCalls(send: Send) {
  const at = (id: string, rest = '') => `/projects/${encodeURIComponent(id)}${rest}`
  const lists = ({ project, connection }: Pick<ResourceFilter, 'project' | 'connection'>) =>
    at(project, `/connections/${encodeURIComponent(connection)}/resources`)
  return {
    projects: (filter: { q?: string; limit: number; cursor?: string }) =>
      send<Page<ProjectBody>>('GET', `/projects?${parametersOf(filter)}`),
    project: (id: string) => send<ProjectBody>('GET', at(id)),
    createProject: (project: { name: string; description: string }) =>
      send<ProjectBody>('POST', '/projects', project),
    updateProject: (id: string, change: { name?: string; description?: string }) =>
      send<ProjectBody>('PATCH', at(id), change),
    removeProject: (id: string) => send<void>('DELETE', at(id)),

    projectMembers: async (id: string) =>
      (await send<{ data: ProjectMemberBody[] }>('GET', at(id, '/members'))).data,
    projectCandidates: async (id: string, q: string) =>
      (await send<{ data: ProjectCandidateBody[] }>('GET', at(id, `/candidates?${parametersOf({ q })}`)))
        .data,
    setProjectMember: (id: string, person: string, role: ProjectRole) =>
      send<ProjectMemberBody>('PUT', at(id, `/members/${encodeURIComponent(person)}`), { role }),
    removeProjectMember: (id: string, person: string) =>
      send<void>('DELETE', at(id, `/members/${encodeURIComponent(person)}`)),

    projectSources: (id: string) => send<ProjectSourcesBody>('GET', at(id, '/sources')),
    resources: ({ kind, query, ...where }: ResourceFilter, page: { limit: number; cursor?: string }) =>
      send<ResourcePageBody>(
        'GET',
        `${lists(where)}?${parametersOf({ kind, q: query || undefined, ...page })}`,
      ),
    readResources: ({ kind, ...where }: Omit<ResourceFilter, 'query'>) =>
      send<void>('POST', `${lists(where)}/read`, { kind }),

    selections: async (id: string) =>
      (await send<{ data: SelectionBody[] }>('GET', at(id, '/selections'))).data,
    select: async (id: string, chosen: Chosen) =>
      (await send<{ data: SelectionBody[] }>('POST', at(id, '/selections'), chosen)).data,
    deselect: (id: string, selections: string[]) =>
      send<void>('POST', at(id, '/selections/remove'), { selections }),
    checkSelection: (id: string, selection: string) =>
      send<SelectionBody>('POST', at(id, `/selections/${encodeURIComponent(selection)}/check`), {}),

    syncSettings: async (id: string) =>
      (await send<{ data: SyncSettingsBody[] }>('GET', at(id, '/sync-settings'))).data,
    changeSyncSettings: (id: string, provider: string, change: SettingsChange) =>
      send<SyncSettingsBody>('PATCH', at(id, `/sync-settings/${encodeURIComponent(provider)}`), change),
    syncRuns: (id: string, page: { limit: number; cursor?: string }) =>
      send<Page<SyncRunBody>>('GET', at(id, `/runs?${parametersOf(page)}`)),
  }
}

function parametersOf(values: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return new URLSearchParams(pairs).toString()
}

/** All but the lists of resources begin with `projects`: whatever changes there is read again. */
export const projectKeys = {
  list: (q: string) => ['projects', 'list', q],
  one: (id: string) => ['projects', id],
  members: (id: string) => ['projects', id, 'members'],
  candidates: (id: string, q: string) => ['projects', id, 'candidates', q],
  sources: (id: string) => ['projects', id, 'sources'],
  selections: (id: string) => ['projects', id, 'selections'],
  settings: (id: string) => ['projects', id, 'settings'],
  runs: (id: string) => ['projects', id, 'runs'],
  resources: ({ connection, project, kind, query }: ResourceFilter) => [
    'resources',
    connection,
    project,
    kind,
    query,
  ],
} as const

export const projectsQuery = (hub: Hub, q: string) =>
  infiniteQueryOptions({
    queryKey: projectKeys.list(q),
    queryFn: ({ pageParam }) =>
      hub.projects({ limit: 50, ...(q && { q }), ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  })
export const projectQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: projectKeys.one(id), queryFn: () => hub.project(id) })
export const projectMembersQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: projectKeys.members(id), queryFn: () => hub.projectMembers(id) })
export const candidatesQuery = (hub: Hub, id: string, q: string) =>
  queryOptions({
    queryKey: projectKeys.candidates(id, q),
    queryFn: () => hub.projectCandidates(id, q),
    placeholderData: keepPreviousData,
  })
export const sourcesQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: projectKeys.sources(id), queryFn: () => hub.projectSources(id) })
export const selectionsQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: projectKeys.selections(id), queryFn: () => hub.selections(id) })
export const resourcesQuery = (hub: Hub, filter: ResourceFilter) =>
  infiniteQueryOptions({
    queryKey: projectKeys.resources(filter),
    queryFn: ({ pageParam }) =>
      hub.resources(filter, { limit: 200, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    // The list stays while the next letter is looked up: nothing jumps.
    placeholderData: (previous, last) => (last?.queryKey[3] === filter.kind ? previous : undefined),
    // A provider that asked to wait is asked again by whoever still looks.
    refetchInterval: ({ state }) => (state.data?.pages[0]?.reading.state === 'waiting' ? 10_000 : false),
  })
export const syncSettingsQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: projectKeys.settings(id), queryFn: () => hub.syncSettings(id) })
export const syncRunsQuery = (hub: Hub, id: string) =>
  infiniteQueryOptions({
    queryKey: projectKeys.runs(id),
    queryFn: ({ pageParam }) => hub.syncRuns(id, { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  })
