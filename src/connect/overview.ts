/**
 * What the dashboard's first page shows of connections: for each provider, apart for the person and the organization,
 * how many there are, and the few that stand on its card. One question, whatever their number.
 */
import { sql } from 'kysely'
import type { Principal } from '../identity/principal.ts'
import type { Db } from '../store/database.ts'

/** More of one provider than these are on its own page. */
const SHOWN = 3

export type OverviewGroup = {
  provider: string
  owner: 'person' | 'organization'
  total: number
  attention: number
  ids: string[]
}

export async function readOverview(db: Db, principal: Principal): Promise<OverviewGroup[]> {
  const ranked = db
    .selectFrom('connections')
    .select(['id', 'provider', 'owner_kind'])
    .select([
      sql<number>`(count(*) over (partition by owner_kind, provider))::int`.as('total'),
      sql<number>`(count(*) filter (where status <> 'connected') over (partition by owner_kind, provider))::int`.as(
        'attention',
      ),
      sql<number>`row_number() over (partition by owner_kind, provider
        order by (status <> 'connected') desc, is_default desc, id)`.as('rank'),
    ])
    .where('organization_id', '=', principal.organization)
    .where('disconnected_at', 'is', null)
    .where((where) =>
      where.or([
        where.and([where('owner_kind', '=', 'organization'), where('owner_id', '=', principal.organization)]),
        where.and([where('owner_kind', '=', 'person'), where('owner_id', '=', principal.personId ?? '')]),
      ]),
    )
  const rows = await db
    .selectFrom(ranked.as('ranked'))
    .selectAll()
    .where('rank', '<=', SHOWN)
    .orderBy('provider')
    .orderBy('owner_kind')
    .orderBy('rank')
    .execute()
  const groups = Map.groupBy(rows, ({ provider, owner_kind }) => `${owner_kind} ${provider}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const { provider, total, attention } = first
    const owner = first.owner_kind === 'organization' ? 'organization' : 'person'
    return [{ provider, owner, total, attention, ids: group.map(({ id }) => id) }]
  })
}
