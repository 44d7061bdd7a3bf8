/** Who calls, and what they may. One function decides, and every route passes it. */
import { HubError } from '../errors.ts'
import type { OwnerKind, SignInMethod } from '../store/schema.ts'

/** What an API key can be given; `admin` holds all others. */
export const SCOPES = [
  'connections:read',
  'connections:write',
  'connect:write',
  'tokens:read',
  'proxy:use',
  'projects:read',
  'projects:write',
  'agents:read',
  'agents:write',
  'admin',
] as const
export type Scope = (typeof SCOPES)[number]
/** `operator`: secrets, integrations and health of the whole installation; administrators of the organization that runs it. */
export type Permission = Scope | 'operator'

export type Role = 'admin' | 'member'

export type Principal = {
  kind: 'person' | 'api_key'
  id: string
  /** Who acts: with a session, or by a key of their own; null: the organization's server does. */
  personId: string | null
  name: string
  email: string | null
  organization: string
  role: Role
  permissions: ReadonlySet<Permission>
  /** Of the session; null with an API key. */
  session: Session | null
}

export type Session = {
  /** Names it in lists; opens nothing. */
  id: string
  token: string
  hash: Buffer
  method: SignInMethod
  /** When the person last showed who they are. */
  authenticatedAt: Date
}

const MEMBER: readonly Scope[] = [
  'connections:read',
  'connections:write',
  'connect:write',
  'proxy:use',
  'projects:read',
  'projects:write',
  'agents:read',
  'agents:write',
]

/** Whose organization runs the hub, and thereby may set it up for all. */
type Standing = { runsHub: boolean }

export function permissionsOf(role: Role, standing: Standing): ReadonlySet<Permission> {
  return role === 'admin' ? everything(standing) : new Set(MEMBER)
}

export function permissionsFrom(scopes: readonly string[], standing: Standing): ReadonlySet<Permission> {
  const named = SCOPES.filter((scope) => scopes.includes(scope))
  return named.includes('admin') ? everything(standing) : new Set(named)
}

function everything({ runsHub }: Standing): ReadonlySet<Permission> {
  return new Set<Permission>(runsHub ? [...SCOPES, 'operator'] : SCOPES)
}

/** @throws HubError `insufficient_scope` */
export function authorise(principal: Principal, permission: Permission): void {
  if (principal.permissions.has(permission)) return
  throw new HubError('insufficient_scope', explainRefusal(principal, permission))
}

function explainRefusal({ kind, permissions }: Principal, permission: Permission): string {
  if (permission === 'operator' && permissions.has('admin'))
    return 'This concerns the whole installation. Ask an administrator of the organization that runs the hub.'
  if (kind === 'person') return 'Your role does not allow this. Ask an administrator of your organization.'
  const scope: Scope = permission === 'operator' ? 'admin' : permission
  return `This API key lacks the scope "${scope}". Make a key that has it under API keys.`
}

export type Owned = { organization_id: string; owner_kind: OwnerKind; owner_id: string }

/**
 * Whose connections the caller reaches beside the organization's: a person their own, whether by a session or by a key
 * of theirs; the organization's server those of its end users. Nobody reaches what belongs to another person.
 */
export function reachOf({ personId }: Principal): { person: string | null; endUsers: boolean } {
  return { person: personId, endUsers: personId === null }
}

/** Whether a connection exists for this caller at all: a foreign one is answered as if there were none. */
export function maySee(principal: Principal, owned: Owned): boolean {
  if (owned.organization_id !== principal.organization) return false
  switch (owned.owner_kind) {
    case 'organization':
      return true
    case 'person':
      return owned.owner_id === reachOf(principal).person
    case 'end_user':
      return reachOf(principal).endUsers
  }
}

/** Whether the caller may change it: a person their own, administrators and the organization's server the organization's too. */
export function mayChange(principal: Principal, owned: Owned): boolean {
  if (!maySee(principal, owned)) return false
  return principal.personId === null || owned.owner_kind === 'person' || principal.role === 'admin'
}

/**
 * Whether an attempt is the caller's: one that they began; one that a connect link or an installed app began
 * (null) is for the organization's server.
 */
export function isOwnAttempt({ id, personId }: Principal, { begunBy }: { begunBy: string | null }): boolean {
  if (personId !== null) return begunBy === personId
  return begunBy === null || begunBy === id
}

/** @throws HubError `not_found`, in the words that an id without a connection gets */
export function mustSee(principal: Principal, owned: Owned, id: string): void {
  if (!maySee(principal, owned)) throw new HubError('not_found', `There is no connection "${id}".`)
}

/** @throws HubError `not_found`, or `insufficient_scope` where the caller sees it but may not change it */
export function mustChange(principal: Principal, owned: Owned, id: string): void {
  mustSee(principal, owned, id)
  if (!mayChange(principal, owned))
    throw new HubError(
      'insufficient_scope',
      'Only an administrator may change a connection of the organization.',
    )
}
