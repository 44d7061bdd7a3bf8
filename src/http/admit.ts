/** What the vault asks before it hands anything of a connection to a caller; costs no query of its own. */
import type { mustChange, mustSee, Principal } from '../identity/principal.ts'
import type { Asked } from '../vault/vault.ts'

export function admitting(
  rule: typeof mustSee | typeof mustChange,
  principal: Principal,
  id: string,
): NonNullable<Asked['admit']> {
  return ({ kind, id: owner }) =>
    rule(principal, { organization_id: principal.organization, owner_kind: kind, owner_id: owner }, id)
}
