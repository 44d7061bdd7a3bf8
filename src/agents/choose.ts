/** Which connection a tool would use: that of the person first, else the organization's, as the provider's policy says. */
import type { Tool } from '../catalog/define-tools.ts'
import type { Policy } from '../identity/policies.ts'
import type { OwnerKind, StatusName } from '../store/schema.ts'

/** What availability needs to know of a connection. */
export type HeldConnection = {
  id: string
  provider: string
  method: string
  owner_kind: OwnerKind
  label: string
  is_default: boolean
  status: StatusName
  status_cause: string | null
  status_detail: string
  granted_scopes: readonly string[]
  /** Of the connection whose credential it goes through; null: it has its own. */
  lender_scopes: readonly string[] | null
}

/** Of one organization. */
export type PolicyOf = (provider: string) => Policy

/** The order in which owners are looked at. */
const OWNERS: Record<Policy, readonly OwnerKind[]> = {
  personal: ['person'],
  organization: ['organization'],
  own_first: ['person', 'organization'],
}

/**
 * The candidates for a tool, of one owner: whoever has a connection of their own is never acted for as somebody else,
 * whatever is wrong with it. One connection a provider, its default; the providers in the order the tool names them.
 */
export function connectionsFor(
  tool: Pick<Tool, 'served_by'>,
  held: readonly HeldConnection[],
  policyOf: PolicyOf,
): HeldConnection[] {
  const providers = Object.keys(tool.served_by)
  for (const owner of ['person', 'organization'] as const) {
    const candidates = providers.flatMap((provider) => {
      if (!OWNERS[policyOf(provider)].includes(owner)) return []
      const own = held.filter((row) => row.provider === provider && row.owner_kind === owner)
      return own.find(({ is_default }) => is_default) ?? own[0] ?? []
    })
    if (candidates.length > 0) return candidates
  }
  return []
}
