/** Stored connections: finding, renaming, and the life they had. */
import type { ExpressionBuilder, Selectable } from 'kysely'
import { HubError } from '../errors.ts'
import { allowsOwner, type Policies } from '../identity/policies.ts'
import { maySee, mustChange, mustSee, type Principal, reachOf } from '../identity/principal.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import type { Schema, StatusName } from '../store/schema.ts'
import type { Integrations } from '../vault/integrations.ts'
import { recordEvent, tellChange } from '../vault/status.ts'
import { selectOwned } from './owned.ts'
import type { Verify } from './verification.ts'

/** A connection as it lies in its table. */
export type StoredConnection = Selectable<Schema['connections']>

/** With what other tables tell of it. */
export type ConnectionRow = StoredConnection & {
  owner_name: string | null
  expires_at: Date | null
  refreshed_at: Date | null
  trouble_code: string | null
  trouble_detail: string | null
  trouble_since: Date | null
  next_attempt_at: Date | null
}

export type TimelineRow = Selectable<Schema['connection_events']> & { actor_name: string | null }

export type ListFilter = {
  limit: number
  after: string | undefined
  provider: string | undefined
  owner: string | undefined
  status: StatusName | undefined
  disconnected: boolean
  /** These alone. */
  ids?: readonly string[]
}

export type Connections = {
  list(principal: Principal, filter: ListFilter): Promise<ConnectionRow[]>
  /** @throws HubError `not_found`, for foreign ones too */
  get(principal: Principal, id: string): Promise<ConnectionRow>
  /** As `get`, for callers that change it. */
  getForChange(principal: Principal, id: string): Promise<ConnectionRow>
  /**
   * A connection by id, or by its provider's id where the caller's choice is clear.
   * @throws HubError `ambiguous_connection` listing the choices
   */
  resolve(principal: Principal, reference: string, owner: string | undefined): Promise<string>
  timeline(
    principal: Principal,
    id: string,
    page: { limit: number; after: string | undefined },
  ): Promise<TimelineRow[]>
  /** Calls the provider and records what it says. */
  verify: Verify
  update(
    row: ConnectionRow,
    change: { label?: string | null | undefined; is_default?: true | undefined },
    actor: string,
  ): Promise<void>
}

/** `maySee` as a condition of a query; `c` is the row of `connections`. */
function isReached(principal: Principal) {
  const { person, endUsers } = reachOf(principal)
  return (eb: ExpressionBuilder<{ c: Schema['connections'] }, 'c'>) =>
    eb.or([
      eb('c.owner_kind', '=', 'organization'),
      ...(person === null
        ? []
        : [eb.and([eb('c.owner_kind', '=', 'person'), eb('c.owner_id', '=', person)])]),
      ...(endUsers ? [eb('c.owner_kind', '=', 'end_user')] : []),
    ])
}

export function createConnections(options: {
  database: Database
  bus: Bus
  integrations: Integrations
  verify: Verify
  policies: Pick<Policies, 'of'>
  now: () => number
}): Connections {
  const { database, bus, integrations, verify, policies, now } = options
  const { db } = database

  const select = () =>
    selectOwned(db)
      .leftJoin('credentials as v', (join) =>
        join.onRef('v.organization_id', '=', 'c.organization_id').onRef('v.connection_id', '=', 'c.id'),
      )
      .selectAll('c')
      .select([
        'v.expires_at',
        'v.refreshed_at',
        'v.trouble_code',
        'v.trouble_detail',
        'v.trouble_since',
        'v.next_attempt_at',
      ])

  async function get(principal: Principal, id: string): Promise<ConnectionRow> {
    const row = await select()
      .where('c.organization_id', '=', principal.organization)
      .where('c.id', '=', id)
      .executeTakeFirst()
    if (!row) throw new HubError('not_found', `There is no connection "${id}".`)
    mustSee(principal, row, id)
    return row
  }

  /** Those that the policy leaves in; of these a person's own, where they have one. */
  function fittingOf(principal: Principal, visible: ConnectionRow[], provider: string): ConnectionRow[] {
    const policy = policies.of(principal.organization, provider)
    const allowed = visible.filter(({ owner_kind }) => allowsOwner(policy, owner_kind))
    if (allowed.length === 0)
      throw new HubError(
        'not_found',
        `The policy of your organization leaves ${visible.length === 1 ? 'the connection' : 'the connections'} to "${provider}" out. Name one by its id to use it all the same.`,
      )
    const own = allowed.filter(({ owner_kind }) => owner_kind === 'person')
    return own.length > 0 ? own : allowed
  }

  return {
    get,
    async getForChange(principal, id) {
      const row = await get(principal, id)
      mustChange(principal, row, id)
      return row
    },
    list(principal, filter) {
      return select()
        .where('c.organization_id', '=', principal.organization)
        .where(isReached(principal))
        .$if(!filter.disconnected, (query) => query.where('c.disconnected_at', 'is', null))
        .$if(filter.provider !== undefined, (query) =>
          query.where('c.provider', '=', filter.provider as string),
        )
        .$if(filter.owner !== undefined, (query) =>
          query.where((eb) =>
            eb.or([
              eb('c.owner_id', '=', filter.owner as string),
              eb('u.external_id', '=', filter.owner as string),
            ]),
          ),
        )
        .$if(filter.status !== undefined, (query) =>
          query.where('c.status', '=', filter.status as StatusName),
        )
        .$if(filter.ids !== undefined, (query) => query.where('c.id', 'in', filter.ids ?? []))
        .$if(filter.after !== undefined, (query) => query.where('c.id', '<', filter.after as string))
        .orderBy('c.id', 'desc')
        .limit(filter.limit)
        .execute()
    },
    async resolve(principal, reference, owner) {
      // An id says which; an owner named besides must be the connection's own, or a caller was misled.
      const named = reference.startsWith('con_')
      if (named && owner === undefined) return reference
      if (!named) integrations.resolve(reference)
      const found = await select()
        .where('c.organization_id', '=', principal.organization)
        .where(named ? 'c.id' : 'c.provider', '=', reference)
        .where('c.disconnected_at', 'is', null)
        .where(isReached(principal))
        .$if(owner !== undefined, (query) =>
          query.where((eb) =>
            eb.or([eb('c.owner_id', '=', owner as string), eb('u.external_id', '=', owner as string)]),
          ),
        )
        .orderBy('c.id')
        .limit(50)
        .execute()
      const visible = found.filter((row) => maySee(principal, row))
      if (visible.length === 0) {
        throw new HubError(
          'not_found',
          `There is no live connection ${named ? '' : 'to '}"${reference}"${owner ? ` of "${owner}"` : ''}.`,
        )
      }
      const fitting = named ? visible : fittingOf(principal, visible, reference)
      const owners = new Set(fitting.map(({ owner_id }) => owner_id))
      const chosen =
        fitting.length === 1
          ? fitting[0]
          : owners.size === 1
            ? fitting.find(({ is_default }) => is_default)
            : undefined
      if (chosen) return chosen.id
      throw new HubError(
        'ambiguous_connection',
        'Name one of these connections by its id, or narrow the choice with the Trunkline-Owner header.',
        {
          choices: fitting.map((row) => ({
            id: row.id,
            label: `${row.label ?? row.account_label} (${row.owner_name ?? row.owner_id})`,
          })),
        },
      )
    },
    async timeline(principal, id, { limit, after }) {
      await get(principal, id)
      return db
        .selectFrom('connection_events as e')
        .leftJoin('people as p', 'p.id', 'e.actor')
        .leftJoin('api_keys as k', (join) =>
          join.onRef('k.organization_id', '=', 'e.organization_id').onRef('k.id', '=', 'e.actor'),
        )
        .leftJoin('end_users as u', (join) =>
          join.onRef('u.organization_id', '=', 'e.organization_id').onRef('u.id', '=', 'e.actor'),
        )
        .selectAll('e')
        .select((eb) =>
          eb.fn.coalesce('p.name', 'k.name', 'u.name', 'u.external_id', 'e.actor').as('actor_name'),
        )
        .where('e.organization_id', '=', principal.organization)
        .where('e.connection_id', '=', id)
        .$if(after !== undefined, (query) => query.where('e.id', '<', after as string))
        .orderBy('e.id', 'desc')
        .limit(limit)
        .execute()
    },
    verify,
    async update(row, change, actor) {
      const connection = { organization: row.organization_id, id: row.id }
      await bus.transaction(db, async (trx) => {
        if (change.label !== undefined) {
          await trx
            .updateTable('connections')
            .set({ label: change.label || null })
            .where('organization_id', '=', row.organization_id)
            .where('id', '=', row.id)
            .execute()
        }
        if (change.is_default && !row.is_default) {
          await trx
            .updateTable('connections')
            .set({ is_default: false })
            .where('organization_id', '=', row.organization_id)
            .where('owner_kind', '=', row.owner_kind)
            .where('owner_id', '=', row.owner_id)
            .where('provider', '=', row.provider)
            .where('disconnected_at', 'is', null)
            .execute()
          await trx
            .updateTable('connections')
            .set({ is_default: true })
            .where('organization_id', '=', row.organization_id)
            .where('id', '=', row.id)
            .execute()
          await recordEvent(trx, now(), {
            connection,
            kind: 'made_default',
            title: 'Made the default connection.',
            actor,
          })
        }
        await tellChange(trx, bus, connection, row)
      })
    },
  }
}
