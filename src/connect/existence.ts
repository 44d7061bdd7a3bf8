/**
 * What an administrator learns of connections that are not theirs: that they exist, whose they are and how they stand;
 * nothing that is in them. And the one thing an administrator may do with them: end them, with a reason.
 */
import { HubError } from '../errors.ts'
import type { Database } from '../store/database.ts'
import type { OwnerKind, StatusName } from '../store/schema.ts'
import { recordEvent } from '../vault/status.ts'
import type { StoredConnection } from './connections.ts'
import type { Disconnector } from './disconnect.ts'
import { selectOwned } from './owned.ts'

export type ExistenceRow = {
  id: string
  provider: string
  owner_kind: OwnerKind
  owner_id: string
  owner_name: string | null
  status: StatusName
  status_since: Date
  created_at: Date
}

export type Existence = {
  list(
    organization: string,
    filter: {
      owner: string | undefined
      provider: string | undefined
      limit: number
      after: string | undefined
    },
  ): Promise<ExistenceRow[]>
  /**
   * @returns the connection that was ended, and what became of the access at the provider
   * @throws HubError `not_found`
   */
  end(
    organization: string,
    id: string,
    how: { force: boolean; reason: string; actor: string },
  ): Promise<{ row: StoredConnection; items: { item: string; outcome: Outcome }[] }>
}

type Outcome = Awaited<ReturnType<Disconnector['disconnect']>>['items'][number]['outcome']

export function createExistence(options: {
  database: Database
  disconnector: Disconnector
  now: () => number
}): Existence {
  const { disconnector, now } = options
  const { db } = options.database
  return {
    list(organization, { owner, provider, limit, after }) {
      return selectOwned(db)
        .select([
          'c.id',
          'c.provider',
          'c.owner_kind',
          'c.owner_id',
          'c.status',
          'c.status_since',
          'c.created_at',
        ])
        .where('c.organization_id', '=', organization)
        .where('c.disconnected_at', 'is', null)
        .$if(provider !== undefined, (query) => query.where('c.provider', '=', provider as string))
        .$if(owner !== undefined, (query) =>
          query.where((eb) =>
            eb.or([eb('c.owner_id', '=', owner as string), eb('u.external_id', '=', owner as string)]),
          ),
        )
        .$if(after !== undefined, (query) => query.where('c.id', '<', after as string))
        .orderBy('c.id', 'desc')
        .limit(limit)
        .execute()
    },
    async end(organization, id, { force, reason, actor }) {
      const row = await db
        .selectFrom('connections')
        .selectAll()
        .where('organization_id', '=', organization)
        .where('id', '=', id)
        .where('disconnected_at', 'is', null)
        .executeTakeFirst()
      if (!row) throw new HubError('not_found', `There is no connection "${id}".`)
      const { items } = await disconnector.disconnect(row, { force, actor })
      await recordEvent(db, now(), {
        connection: { organization, id },
        kind: 'ended_by_administrator',
        title: `An administrator ended this connection. Their reason: ${reason}`,
        actor,
        detail: { forced: force, reason },
      })
      // What was found at the provider may name the account; that it was done does not.
      return { row, items: items.map(({ item, outcome }) => ({ item, outcome })) }
    },
  }
}
