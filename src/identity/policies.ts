/**
 * Whose connections of a provider an organization wants: everybody's own, the organization's shared one, or one's own
 * first and else the organization's. Held in memory: every connect and every call by a provider's name asks.
 */
import { sql } from 'kysely'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { openMirror } from '../store/mirror.ts'
import type { OwnerKind } from '../store/schema.ts'
import type { Principal } from './principal.ts'

export const POLICIES = ['personal', 'organization', 'own_first'] as const
export type Policy = (typeof POLICIES)[number]

export type PolicyRow = {
  provider: string
  policy: Policy
  set_at: Date
  set_by: string
  set_by_name: string | null
  /** Live connections that it leaves out. */
  excluded: number
}

export type Policies = {
  of(organization: string, provider: string): Policy
  /** What was set; every other provider is `own_first`. */
  list(organization: string): Promise<PolicyRow[]>
  set(input: { organization: string; provider: string; policy: Policy; by: string }): Promise<void>
  close(): void
}

/** End users bring accounts of their own, as people do: where one account serves everybody, theirs has no place. */
export function allowsOwner(policy: Policy, owner: OwnerKind): boolean {
  if (policy === 'own_first') return true
  return (policy === 'organization') === (owner === 'organization')
}

/** @throws HubError `owner_excluded` */
export function mustAllow(policy: Policy, owner: OwnerKind, providerName: string): void {
  if (allowsOwner(policy, owner)) return
  throw new HubError(
    'owner_excluded',
    policy === 'organization'
      ? `Your organization uses one shared ${providerName} connection, which administrators make. Nobody connects an account of their own.`
      : `In your organization everybody connects their own ${providerName} account. There is no shared connection.`,
  )
}

/** For whom the caller may connect the provider. */
export function ownersFor(policy: Policy, { personId, permissions }: Principal): ('me' | 'organization')[] {
  return [
    ...(personId !== null && allowsOwner(policy, 'person') ? ['me' as const] : []),
    ...(permissions.has('admin') && allowsOwner(policy, 'organization') ? ['organization' as const] : []),
  ]
}

export async function openPolicies(options: {
  db: Db
  bus: Bus
  now: () => number
  onError: (error: unknown) => void
}): Promise<Policies> {
  const { db, bus, now, onError } = options
  const keyOf = (organization: string, provider: string) => `${organization} ${provider}`
  const mirror = await openMirror({
    bus,
    topic: (message) => message.topic === 'organization.changed' && message.what === 'policies',
    onError,
    async read() {
      const rows = await db
        .selectFrom('connection_policies')
        .select(['organization_id', 'provider', 'policy'])
        .execute()
      return new Map(rows.map((row) => [keyOf(row.organization_id, row.provider), row.policy]))
    },
  })

  return {
    of: (organization, provider) => mirror.content.get(keyOf(organization, provider)) ?? 'own_first',
    list(organization) {
      return db
        .selectFrom('connection_policies as s')
        .leftJoin('people as p', 'p.id', 's.set_by')
        .leftJoin('api_keys as k', (join) =>
          join.onRef('k.organization_id', '=', 's.organization_id').onRef('k.id', '=', 's.set_by'),
        )
        .select(['s.provider', 's.policy', 's.set_at', 's.set_by'])
        .select((eb) => [
          eb.fn.coalesce('p.name', 'k.name').as('set_by_name'),
          sql<number>`(select count(*)::int from connections c
            where c.organization_id = s.organization_id and c.provider = s.provider and c.disconnected_at is null
              and (s.policy = 'organization') <> (c.owner_kind = 'organization'))`.as('excluded'),
        ])
        .where('s.organization_id', '=', organization)
        .orderBy('s.provider')
        .execute()
    },
    async set({ organization, provider, policy, by }) {
      await bus.transaction(db, async (trx) => {
        if (policy === 'own_first')
          await trx
            .deleteFrom('connection_policies')
            .where('organization_id', '=', organization)
            .where('provider', '=', provider)
            .execute()
        else {
          const row = { policy, set_at: new Date(now()), set_by: by }
          await trx
            .insertInto('connection_policies')
            .values({ organization_id: organization, provider, ...row })
            .onConflict((conflict) => conflict.columns(['organization_id', 'provider']).doUpdateSet(row))
            .execute()
        }
        await bus.publish(trx, {
          topic: 'organization.changed',
          organization,
          what: 'policies',
          id: provider,
        })
      })
      await mirror.refresh()
    },
    close: () => mirror.close(),
  }
}
