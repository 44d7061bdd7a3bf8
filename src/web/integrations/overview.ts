/** What the Integrations page shows of the catalog: which group an entry stands in, and what filters keep. */
import type { ConnectionBody, ProviderSummaryBody } from '../../http/wire.ts'
import type { Shown } from '../search-params.ts'

export type Entry = { provider: ProviderSummaryBody; connections: ConnectionBody[] }
export type GroupName = 'attention' | 'connected' | 'available' | 'unconfigured'
export type Group = { name: GroupName; entries: Entry[] }

export function joinEntries(
  providers: readonly ProviderSummaryBody[],
  connections: readonly ConnectionBody[],
): Entry[] {
  const byProvider = Map.groupBy(connections, (connection) => connection.provider)
  return providers.map((provider) => ({
    provider,
    connections: sortConnections(byProvider.get(provider.id) ?? []),
  }))
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

export function groupOf({ provider, connections }: Entry): GroupName {
  if (connections.some(needsAttention)) return 'attention'
  if (connections.length > 0) return 'connected'
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
  const group = groupOf(entry)
  if (show === 'attention') return group === 'attention'
  if (show === 'connected') return entry.connections.length > 0
  if (show === 'open') return entry.connections.length === 0
  return true
}

/** Categories with the number of entries in each, by name. */
export function countCategories(entries: readonly Entry[]): { category: string; count: number }[] {
  return [...Map.groupBy(entries, ({ provider }) => provider.category)]
    .map(([category, members]) => ({ category, count: members.length }))
    .sort((a, b) => a.category.localeCompare(b.category))
}
