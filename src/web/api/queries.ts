/** What the pages read, by key. Live events invalidate by the same keys (api/live-updates.tsx). */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { MeBody } from '../../http/wire.ts'
import type { ConnectionFilter, Hub } from './hub.ts'

export const keys = {
  me: ['me'],
  /** Whatever a page reads of these begins its key with them. */
  people: ['people'],
  projects: ['projects'],
  /** The lists of one connection. */
  resources: (connection: string) => ['resources', connection],
  agents: ['agents'],
  policies: ['policies'],
  providers: ['providers'],
  provider: (id: string) => ['providers', id],
  connections: ['connections'],
  connection: (id: string) => ['connection', id],
  timeline: (id: string) => ['timeline', id],
  impact: (id: string) => ['impact', id],
  attempt: (id: string) => ['attempt', id],
  apiKeys: ['api-keys'],
  integrations: ['integrations'],
  integration: (id: string) => ['integrations', id],
  secrets: ['secrets'],
  doctor: ['doctor'],
  declaration: (id: string) => ['declaration', id],
} as const

export const meQuery = (hub: Hub) => queryOptions({ queryKey: keys.me, queryFn: hub.me, staleTime: 60_000 })

export const providersQuery = (hub: Hub) =>
  queryOptions({ queryKey: keys.providers, queryFn: hub.providers, staleTime: 60_000 })

export const providerQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: keys.provider(id), queryFn: () => hub.provider(id), staleTime: 60_000 })

/**
 * The person's own connections and the organization's, a few for each provider, and how many there are. One question,
 * whatever their number; end users' connections are left to the Connections page.
 */
export const overviewQuery = (hub: Hub) =>
  queryOptions({ queryKey: [...keys.connections, 'overview'], queryFn: hub.connectionsOverview })

/** All of them, up to a thousand of each, for the palette: read when it opens. */
export const houseConnectionsQuery = (hub: Hub, me: MeBody) =>
  queryOptions({
    queryKey: [...keys.connections, 'house'],
    queryFn: async () => {
      const [mine, organizations] = await Promise.all([
        hub.everyConnection({ owner: me.id }),
        hub.everyConnection({ owner: me.organization.id }),
      ])
      return [...mine, ...organizations]
    },
    staleTime: 30_000,
  })

export const connectionsQuery = (hub: Hub, filter: ConnectionFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.connections, 'list', filter],
    queryFn: ({ pageParam }) =>
      hub.connections({ ...filter, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  })

export const connectionQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: keys.connection(id), queryFn: () => hub.connection(id) })

export const timelineQuery = (hub: Hub, id: string) =>
  infiniteQueryOptions({
    queryKey: keys.timeline(id),
    queryFn: ({ pageParam }) => hub.timeline(id, { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  })

export const impactQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: keys.impact(id), queryFn: () => hub.impact(id), staleTime: 0, gcTime: 0 })

export const apiKeysQuery = (hub: Hub) =>
  infiniteQueryOptions({
    queryKey: keys.apiKeys,
    queryFn: ({ pageParam }) => hub.apiKeys({ limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
  })

export const integrationsQuery = (hub: Hub) =>
  queryOptions({ queryKey: keys.integrations, queryFn: hub.integrations })

export const integrationQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: keys.integration(id), queryFn: () => hub.integration(id) })

export const secretsQuery = (hub: Hub) => queryOptions({ queryKey: keys.secrets, queryFn: hub.secrets })

/** An examination takes a moment and asks the public address: made when the page opens, and when asked for. */
export const doctorQuery = (hub: Hub) =>
  queryOptions({ queryKey: keys.doctor, queryFn: hub.doctor, staleTime: 60_000, refetchOnWindowFocus: false })

export const declarationQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: keys.declaration(id), queryFn: () => hub.declaration(id), staleTime: 0 })
