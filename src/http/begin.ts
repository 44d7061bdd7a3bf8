/** Beginning an attempt as a principal: anew, or for a connection that is there. */
import { comesBack } from '../catalog/methods.ts'
import type { AttemptOwner } from '../connect/attempt.ts'
import type { Started } from '../connect/attempts.ts'
import type { ConnectionRow } from '../connect/connections.ts'
import { HubError } from '../errors.ts'
import type { Principal } from '../identity/principal.ts'
import type { HttpContext } from './context.ts'

export type Wanted = {
  provider: string
  method: string | undefined
  fields: Readonly<Record<string, string>>
  scopeSet: string | undefined
  /** Beside what the connection has, exactly these. */
  additionalScopes?: readonly string[] | undefined
} & (
  | { owner: AttemptOwner; before?: never }
  /** Reconnects it: owner, and the method unless another is named, stay. */
  | { owner?: never; before: ConnectionRow }
)

export function beginAs(
  { attempts, integrations }: Pick<HttpContext, 'attempts' | 'integrations'>,
  principal: Principal,
  wanted: Wanted,
): Promise<Started> {
  const { provider, fields, scopeSet, additionalScopes, before } = wanted
  if (before?.disconnected_at)
    throw new HubError(
      'connection_disconnected',
      'This connection was disconnected. Connect the account anew.',
    )
  const method = wanted.method ?? before?.method
  if (!principal.session && comesBack(method ?? integrations.resolve(provider).provider.auth[0].kind))
    throw new HubError(
      'invalid_request',
      'A redirect needs a browser to come back to. Use POST /api/v1/connect-sessions (with the connection_id to reconnect), or connect in the dashboard.',
    )
  return attempts.start({
    organization: principal.organization,
    provider,
    method,
    fields,
    scopeSet,
    additionalScopes,
    owner: before ? { kind: before.owner_kind, id: before.owner_id } : wanted.owner,
    person: principal.personId ?? principal.id,
    binding: principal.session?.hash ?? Buffer.alloc(32),
    connection: before,
    connectSession: undefined,
  })
}
