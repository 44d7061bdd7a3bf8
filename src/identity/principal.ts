/** Who calls, and what they may. One function decides, and every route passes it. */
import { HubError } from '../errors.ts'
import type { OwnerKind } from '../store/schema.ts'

/** `admin` holds all others. */
export const PERMISSIONS = [
  'connections:read',
  'connections:write',
  'connect:write',
  'tokens:read',
  'proxy:use',
  'admin',
] as const
export type Permission = (typeof PERMISSIONS)[number]

export type Principal = {
  kind: 'person' | 'api_key'
  id: string
  name: string
  email: string | null
  organization: string
  role: 'admin' | 'member'
  permissions: ReadonlySet<Permission>
  /** Of the session; null with an API key. */
  session: { token: string; hash: Buffer } | null
}

const MEMBER: readonly Permission[] = ['connections:read', 'connections:write', 'connect:write', 'proxy:use']

export function permissionsOf(role: 'admin' | 'member'): ReadonlySet<Permission> {
  return new Set(role === 'admin' ? PERMISSIONS : MEMBER)
}

export function permissionsFrom(scopes: readonly string[]): ReadonlySet<Permission> {
  const named = PERMISSIONS.filter((permission) => scopes.includes(permission))
  return new Set(named.includes('admin') ? PERMISSIONS : named)
}

/** @throws HubError `insufficient_scope` */
export function authorise(principal: Principal, permission: Permission): void {
  if (principal.permissions.has(permission)) return
  throw new HubError(
    'insufficient_scope',
    principal.kind === 'api_key'
      ? `This API key lacks the scope "${permission}". Make a key that has it under API keys.`
      : 'Your role does not allow this. Ask an administrator of your organization.',
  )
}

export type Owned = { organization_id: string; owner_kind: OwnerKind; owner_id: string }

/** Whether a connection exists for this caller at all: a foreign one is answered as if there were none. */
export function maySee(principal: Principal, owned: Owned): boolean {
  if (owned.organization_id !== principal.organization) return false
  if (principal.kind === 'api_key') return true
  return (
    owned.owner_kind === 'organization' || (owned.owner_kind === 'person' && owned.owner_id === principal.id)
  )
}

/** Whether the caller may change it: a person their own, administrators the organization's too. */
export function mayChange(principal: Principal, owned: Owned): boolean {
  if (!maySee(principal, owned)) return false
  return principal.kind === 'api_key' || owned.owner_kind === 'person' || principal.role === 'admin'
}
