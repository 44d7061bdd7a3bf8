/** Organizations: made by whoever runs the hub, named by their administrators. */
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import type { Principal } from './principal.ts'
import type { SingleSignOn } from './single-sign-on.ts'

export type OrganizationRow = {
  id: string
  name: string
  created_at: Date
  runs_hub: boolean
  requires_sso: boolean
  people: number
  connections: number
}

export type Organizations = {
  list(): Promise<OrganizationRow[]>
  read(id: string): Promise<OrganizationRow>
  /** @param administrator the person who is one from the start; absent: somebody is invited */
  create(name: string, administrator: string | null): Promise<OrganizationRow>
  /** @throws HubError `conflict` where single sign-on is required by somebody who did not come in by it */
  update(
    principal: Principal,
    change: { name?: string | undefined; requires_sso?: boolean | undefined },
  ): Promise<OrganizationRow>
}

export function createOrganizations(options: {
  db: Db
  bus: Bus
  sso: Pick<SingleSignOn, 'label'>
  now: () => number
}): Organizations {
  const { db, bus, sso, now } = options

  const rows = (on: Db) =>
    on
      .selectFrom('organizations as o')
      .select(['o.id', 'o.name', 'o.created_at', 'o.runs_hub', 'o.requires_sso'])
      .select((eb) => [
        eb
          .selectFrom('memberships as m')
          .select((inner) => inner.fn.countAll<string>().as('n'))
          .whereRef('m.organization_id', '=', 'o.id')
          .as('people'),
        eb
          .selectFrom('connections as c')
          .select((inner) => inner.fn.countAll<string>().as('n'))
          .whereRef('c.organization_id', '=', 'o.id')
          .where('c.disconnected_at', 'is', null)
          .as('connections'),
      ])
  const present = (row: Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>) => ({
    ...row,
    people: Number(row.people ?? 0),
    connections: Number(row.connections ?? 0),
  })

  const read = async (id: string, on: Db = db) =>
    present(await rows(on).where('o.id', '=', id).executeTakeFirstOrThrow())

  return {
    async list() {
      return (await rows(db).orderBy('o.name').orderBy('o.id').execute()).map(present)
    },
    read: (id) => read(id),
    async create(name, administrator) {
      return bus.transaction(db, async (trx) => {
        const id = newId('org', now())
        await trx
          .insertInto('organizations')
          .values({ id, name, created_at: new Date(now()) })
          .execute()
        if (administrator !== null)
          await trx
            .insertInto('memberships')
            .values({
              organization_id: id,
              person_id: administrator,
              role: 'admin',
              created_at: new Date(now()),
            })
            .execute()
        return read(id, trx)
      })
    },
    async update(principal, { name, requires_sso }) {
      if (requires_sso) {
        if (sso.label === undefined)
          throw new HubError(
            'not_configured',
            'Single sign-on is not set up: TRUNKLINE_OIDC_ISSUER is missing.',
          )
        // Whoever asks for it has seen it work, and is not locked out by it.
        if (principal.session && principal.session.method !== 'sso')
          throw new HubError(
            'conflict',
            'Sign in by single sign-on yourself first, then require it of everybody.',
          )
      }
      const { organization } = principal
      return bus.transaction(db, async (trx) => {
        const change = {
          ...(name === undefined ? {} : { name }),
          ...(requires_sso === undefined ? {} : { requires_sso }),
        }
        if (Object.keys(change).length > 0)
          await trx.updateTable('organizations').set(change).where('id', '=', organization).execute()
        await bus.publish(trx, {
          topic: 'organization.changed',
          organization,
          what: 'people',
          id: organization,
        })
        return read(organization, trx)
      })
    },
  }
}
