/** A connection's status and its timeline. A change is told exactly once: the update that made it writes the event. */
import type { Insertable } from 'kysely'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import type { OwnerKind, Schema, StatusName } from '../store/schema.ts'
import { statement } from '../store/statement.ts'

export type ConnectionKey = { organization: string; id: string }

export type NewStatus = {
  status: StatusName
  /** Stable code; null when connected. */
  cause: string | null
  /** One sentence for people: what is, and what to do. */
  detail: string
}

export type TimelineInput = {
  connection: ConnectionKey
  kind: string
  title: string
  actor?: string | null
  detail?: Record<string, unknown>
}

export async function recordEvent(db: Db, now: number, input: TimelineInput): Promise<void> {
  await RECORD.all(db, {
    organization_id: input.connection.organization,
    id: newId('evt', now),
    connection_id: input.connection.id,
    at: new Date(now),
    kind: input.kind,
    title: input.title,
    actor: input.actor ?? null,
    detail: JSON.stringify(input.detail ?? {}),
  })
}

const RECORD = statement<Insertable<Schema['connection_events']>>()((db, values) =>
  db.insertInto('connection_events').values({
    organization_id: values.organization_id,
    id: values.id,
    connection_id: values.connection_id,
    at: values.at,
    kind: values.kind,
    title: values.title,
    actor: values.actor,
    detail: values.detail,
  }),
)

/**
 * Sets the status where it differs, and tells it. Call inside the transaction of whatever caused it.
 * @returns whether anything changed
 */
export async function setStatus(
  db: Db,
  bus: Bus,
  now: number,
  connection: ConnectionKey,
  next: NewStatus,
  actor?: string,
): Promise<boolean> {
  const changed = await db
    .updateTable('connections')
    .set({
      status: next.status,
      status_cause: next.cause,
      status_detail: next.detail,
      status_since: new Date(now),
    })
    .where('organization_id', '=', connection.organization)
    .where('id', '=', connection.id)
    .where('disconnected_at', 'is', null)
    .where((where) =>
      where.or([where('status', '!=', next.status), where('status_cause', 'is distinct from', next.cause)]),
    )
    .returning(['provider', 'owner_kind', 'owner_id'])
    .executeTakeFirst()
  if (!changed) return false
  await recordEvent(db, now, {
    connection,
    kind: 'status_changed',
    title: next.detail,
    actor: actor ?? null,
    detail: { status: next.status, cause: next.cause },
  })
  await tellChange(db, bus, connection, changed)
  return true
}

/** Every replica forgets what it held of the connection, every open page looks again. */
export async function tellChange(
  db: Db,
  bus: Bus,
  connection: ConnectionKey,
  { provider, owner_kind, owner_id }: { provider: string; owner_kind: OwnerKind; owner_id: string },
): Promise<void> {
  await bus.publish(db, {
    topic: 'connection.changed',
    organization: connection.organization,
    id: connection.id,
    provider,
    owner_kind,
    owner: owner_id,
  })
}

export const CONNECTED: NewStatus = {
  status: 'connected',
  cause: null,
  detail: 'The provider accepts the credential.',
}

/** What an answer of the provider means for the connection's status. */
export function statusOf({ name }: { name: string }, verdict: string): NewStatus {
  switch (verdict) {
    case 'forbidden':
      return {
        status: 'no_access',
        cause: 'forbidden',
        detail: `${name} accepts the credential, but the account may not do this. Ask ${name}'s administrator.`,
      }
    case 'not_available':
      return {
        status: 'not_available',
        cause: 'not_available',
        detail: `${name} says that the product is not part of the account's subscription.`,
      }
    case 'unauthorized':
      return {
        status: 'connection_invalid',
        cause: 'credential_refused',
        detail: `${name} refuses the credential: it was revoked, or it has expired. Reconnect the account.`,
      }
    default:
      return CONNECTED
  }
}
