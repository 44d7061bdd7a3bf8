/** What a page keeps in its address, so that a shared link brings it back. */
export const SHOWN = ['all', 'connected', 'attention', 'open'] as const
export type Shown = (typeof SHOWN)[number]
export const WHOSE = ['mine', 'organization'] as const
export type Whose = (typeof WHOSE)[number]
export type IntegrationsSearch = { q?: string; category?: string; show?: Shown; whose?: Whose }
/** A change of some parameters; undefined takes one out. */
export type Change<T> = { [K in keyof T]?: T[K] | undefined }

export const TABS = ['connections', 'permissions', 'setup'] as const
export type Tab = (typeof TABS)[number]

export const PROJECT_TABS = ['resources', 'members', 'sync', 'history'] as const
export type ProjectTab = (typeof PROJECT_TABS)[number]
export type ProjectSearch = { tab?: ProjectTab; source?: string }

export const STATES = ['ready', 'half_set', 'missing', 'sandbox'] as const
export type SetupSearch = { q?: string; state?: (typeof STATES)[number] }

export const CONNECTIONS_OF = ['mine', 'organization', 'everybody'] as const
export type ConnectionsSearch = {
  provider?: string
  status?: string
  disconnected?: boolean
  whose?: (typeof CONNECTIONS_OF)[number]
}

export const AUDIT_FILTERS = ['actor', 'action', 'target', 'connection', 'from', 'to', 'address'] as const
export type AuditSearch = { [Name in (typeof AUDIT_FILTERS)[number]]?: string }

export const AGENT_STATES = [
  'available',
  'requires_connection',
  'needs_permission',
  'connection_trouble',
  'turned_off',
  'no_access',
] as const
export const RISKS = ['read', 'write', 'destructive'] as const
export type AgentsSearch = {
  q?: string
  state?: (typeof AGENT_STATES)[number]
  risk?: (typeof RISKS)[number]
}

type Search = Record<string, unknown>

// Search values are read as JSON where they look like it: `?q=365` arrives as a number.
export function text<K extends string>(key: K, search: Search): { [P in K]?: string } {
  const value = search[key]
  const words = typeof value === 'number' ? String(value) : value
  return (typeof words === 'string' && words !== '' ? { [key]: words } : {}) as { [P in K]?: string }
}
export function oneOf<K extends string, T extends string>(
  key: K,
  search: Search,
  allowed: readonly T[],
): { [P in K]?: T } {
  const value = allowed.find((name) => name === search[key])
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T }
}
export function flag<K extends string>(key: K, search: Search): { [P in K]?: boolean } {
  return (search[key] === true ? { [key]: true } : {}) as { [P in K]?: boolean }
}
