/** What the Integrations page shows of the catalog: whose connections, which group an entry stands in, what filters keep. */
import type { ConnectionBody, ConnectionsOverviewBody, MeBody, ProviderSummaryBody } from '../../http/wire.ts'
import type { Shown, Whose } from '../search-params.ts'

/** `connections` are the few that a card shows; `total` and `attention` count all. */
export type Entry = {
  provider: ProviderSummaryBody
  connections: ConnectionBody[]
  total: number
  attention: number
}
export type GroupName = 'attention' | 'connected' | 'available' | 'unconfigured'
export type Group = { name: GroupName; entries: Entry[] }
type OverviewGroup = ConnectionsOverviewBody['groups'][number]

export function joinEntries(
  providers: readonly ProviderSummaryBody[],
  groups: readonly OverviewGroup[],
  whose: Whose,
): Entry[] {
  const owner = whose === 'mine' ? 'person' : 'organization'
  const byProvider = new Map(
    groups.filter((group) => group.owner === owner).map((group) => [group.provider, group]),
  )
  return providers.map((provider) => {
    const { connections = [], total = 0, attention = 0 } = byProvider.get(provider.id) ?? {}
    return { provider, connections, total, attention }
  })
}

/**
 * Connected with the site by an installed app, and well: there is nothing to configure, so no card stands for it. One
 * that needs somebody keeps its card.
 */
export function isConnectedWithSite({ connections, total, attention }: Entry): boolean {
  return total > 0 && attention === 0 && connections.every(({ method }) => method === 'installed_app')
}

/** What needs somebody comes first, then defaults, then by age. */
export function sortConnections(connections: readonly ConnectionBody[]): ConnectionBody[] {
  return [...connections].sort(
    (a, b) =>
      Number(needsAttention(b)) - Number(needsAttention(a)) ||
      Number(b.is_default) - Number(a.is_default) ||
      a.created_at.localeCompare(b.created_at),
  )
}

export function needsAttention(connection: ConnectionBody): boolean {
  return connection.disconnected_at === null && connection.status.status !== 'connected'
}

/** What waits for this person: their own connections, and the organization's where they may mend them. */
export function countAttention(
  groups: readonly OverviewGroup[],
  { role }: Pick<MeBody, 'role'>,
): { person: number; organization: number } {
  const sum = (owner: OverviewGroup['owner']) =>
    groups.reduce((total, group) => total + (group.owner === owner ? group.attention : 0), 0)
  return { person: sum('person'), organization: role === 'admin' ? sum('organization') : 0 }
}

export function groupOf({ provider, total, attention }: Entry): GroupName {
  if (attention > 0) return 'attention'
  if (total > 0) return 'connected'
  return provider.mode === 'unconfigured' ? 'unconfigured' : 'available'
}

const ORDER: readonly GroupName[] = ['attention', 'connected', 'available', 'unconfigured']

/** Groups in order, empty ones left out. */
export function groupEntries(entries: readonly Entry[]): Group[] {
  const byGroup = Map.groupBy(entries, groupOf)
  return ORDER.flatMap((name) => {
    const group = byGroup.get(name)
    return group ? [{ name, entries: group }] : []
  })
}

export function isShown(entry: Entry, { category, show }: { category?: string; show?: Shown }): boolean {
  if (category !== undefined && entry.provider.category !== category) return false
  if (show === 'attention') return entry.attention > 0
  if (show === 'connected') return entry.total > 0
  if (show === 'open') return entry.total === 0
  return true
}

/** Categories with the number of entries in each, by name. */
export function countCategories(entries: readonly Entry[]): { category: string; count: number }[] {
  return [...Map.groupBy(entries, ({ provider }) => provider.category)]
    .map(([category, members]) => ({ category, count: members.length }))
    .sort((a, b) => a.category.localeCompare(b.category))
}
