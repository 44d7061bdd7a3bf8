/** The members of an organization, as its administrators see them. */
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { lock } from '../store/lock.ts'
import type { Principal, Role } from './principal.ts'
import { hashSecret, newSecret } from './secrets.ts'
import type { Sessions } from './sessions.ts'

export const SIGN_IN_LINK_MS = 24 * 3_600_000

/** What is under way since less is not taken up again. */
const CLEAR_UP_MS = 60_000

export type MemberRow = {
  id: string
  name: string
  email: string
  role: Role
  joined_at: Date
  last_seen_at: Date | null
  has_password: boolean
  passkeys: number
  has_sso: boolean
  /** That they exist, and nothing of what is in them. */
  connections: number
}

/** What became of one thing that the person had here. */
export type DepartureItem = {
  item: string
  provider: string | null
  outcome: 'done' | 'nothing_to_do' | 'by_hand' | 'failed'
  detail: string
}

/** Told after somebody has left an organization; whoever keeps things for them ends those and says what was done. */
export type OnDeparted = (
  organization: string,
  person: string,
  actor: string,
) => Promise<readonly DepartureItem[]>

export type People = {
  list(
    organization: string,
    page: { limit: number; after: string | undefined; search: string | undefined },
  ): Promise<MemberRow[]>
  /** @throws HubError `not_found`, `last_administrator` */
  changeRole(organization: string, person: string, role: Role): Promise<MemberRow>
  /** @throws HubError `not_found`, `last_administrator` */
  remove(organization: string, person: string, actor: string): Promise<DepartureItem[]>
  /** @throws HubError `not_found` */
  require(organization: string, person: string): Promise<void>
  /** Takes up departures that a stop or an outage interrupted. */
  sweep(): Promise<void>
  /** @returns the token of a one-time link. @throws HubError `not_found` */
  createSignInLink(principal: Principal, person: string): Promise<{ token: string; expiresAt: Date }>
}

export function createPeople(options: {
  db: Db
  bus: Bus
  sessions: Sessions
  onDeparted: OnDeparted
  now: () => number
}): People {
  const { db, bus, sessions, onDeparted, now } = options

  const members = (on: Db, organization: string) =>
    on
      .selectFrom('memberships as m')
      .innerJoin('people as p', 'p.id', 'm.person_id')
      .select(['p.id', 'p.name', 'p.email', 'm.role', 'm.created_at as joined_at', 'm.last_seen_at'])
      .select((eb) => [
        eb('p.password', 'is not', null).as('has_password'),
        eb
          .selectFrom('passkeys as k')
          .select((inner) => inner.fn.countAll<string>().as('n'))
          .whereRef('k.person_id', '=', 'p.id')
          .as('passkey_count'),
        eb
          .exists(
            eb.selectFrom('sso_identities as s').select('s.subject').whereRef('s.person_id', '=', 'p.id'),
          )
          .as('has_sso'),
        eb
          .selectFrom('connections as c')
          .select((inner) => inner.fn.countAll<string>().as('n'))
          .where('c.organization_id', '=', organization)
          .where('c.owner_kind', '=', 'person')
          .whereRef('c.owner_id', '=', 'p.id')
          .where('c.disconnected_at', 'is', null)
          .as('connection_count'),
      ])
      .where('m.organization_id', '=', organization)
  type Found = Awaited<ReturnType<ReturnType<typeof members>['executeTakeFirstOrThrow']>>

  const present = ({ passkey_count, connection_count, has_sso, ...row }: Found): MemberRow => ({
    ...row,
    has_password: Boolean(row.has_password),
    has_sso: Boolean(has_sso),
    passkeys: Number(passkey_count ?? 0),
    connections: Number(connection_count ?? 0),
  })

  /** The member's role, with all administrators held still: two who take each other's role must not both succeed. */
  async function lockMember(trx: Db, organization: string, person: string): Promise<Role> {
    await lock(trx, `roles ${organization}`)
    const member = await trx
      .selectFrom('memberships')
      .select('role')
      .where('organization_id', '=', organization)
      .where('person_id', '=', person)
      .executeTakeFirst()
    if (!member) throw new HubError('not_found', `There is no member "${person}".`)
    return member.role
  }

  async function keepOneAdministrator(trx: Db, organization: string, person: string): Promise<void> {
    const other = await trx
      .selectFrom('memberships')
      .select('person_id')
      .where('organization_id', '=', organization)
      .where('role', '=', 'admin')
      .where('person_id', '!=', person)
      .limit(1)
      .executeTakeFirst()
    if (other) return
    throw new HubError('last_administrator', 'This is the only administrator. Make somebody else one first.')
  }

  /** What somebody made with an administrator's rights, themself or by a key of theirs, and could come back by. */
  async function takeBackLinks(trx: Db, organization: string, person: string): Promise<void> {
    const keys = await trx
      .selectFrom('api_keys')
      .select('id')
      .where('organization_id', '=', organization)
      .where('person_id', '=', person)
      .execute()
    const makers = [person, ...keys.map(({ id }) => id)]
    await trx
      .updateTable('invitations')
      .set({ revoked_at: new Date(now()), token_hash: null })
      .where('organization_id', '=', organization)
      .where('invited_by', 'in', makers)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .execute()
    await trx
      .deleteFrom('sign_in_links')
      .where('organization_id', '=', organization)
      .where('created_by', 'in', makers)
      .where('used_at', 'is', null)
      .execute()
  }

  const isMember = async (organization: string, person: string) =>
    (await db
      .selectFrom('memberships')
      .select('person_id')
      .where('organization_id', '=', organization)
      .where('person_id', '=', person)
      .executeTakeFirst()) !== undefined

  /** Noted until it is done, so that a stop in between leaves nobody's connections alive. */
  async function clearUp(
    organization: string,
    person: string,
    actor: string,
  ): Promise<readonly DepartureItem[]> {
    // Somebody who came back keeps what they have.
    const items = (await isMember(organization, person)) ? [] : await onDeparted(organization, person, actor)
    if (!items.some(({ outcome }) => outcome === 'failed'))
      await db
        .deleteFrom('departed_members')
        .where('organization_id', '=', organization)
        .where('person_id', '=', person)
        .execute()
    return items
  }

  const tell = async (trx: Db, organization: string, id: string) => {
    // Keys that act as the person are held in memory with what the person may do.
    await bus.publish(trx, { topic: 'api_key.changed', organization, id })
    await bus.publish(trx, { topic: 'organization.changed', organization, what: 'people', id })
  }

  return {
    async list(organization, { limit, after, search }) {
      const pattern = search && `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`
      const found = await members(db, organization)
        .$if(after !== undefined, (query) => query.where('p.id', '>', after as string))
        .$if(pattern !== undefined, (query) =>
          query.where((eb) =>
            eb.or([eb('p.name', 'ilike', pattern as string), eb('p.email', 'ilike', pattern as string)]),
          ),
        )
        .orderBy('p.id')
        .limit(limit)
        .execute()
      return found.map(present)
    },

    async changeRole(organization, person, role) {
      return bus.transaction(db, async (trx) => {
        const before = await lockMember(trx, organization, person)
        if (before !== role) {
          if (before === 'admin') {
            await keepOneAdministrator(trx, organization, person)
            await takeBackLinks(trx, organization, person)
          }
          await trx
            .updateTable('memberships')
            .set({ role })
            .where('organization_id', '=', organization)
            .where('person_id', '=', person)
            .execute()
          // A session's token is as old as its rights.
          await sessions.endAll(person, { organization, db: trx })
          await tell(trx, organization, person)
        }
        return present(await members(trx, organization).where('p.id', '=', person).executeTakeFirstOrThrow())
      })
    },

    async remove(organization, person, actor) {
      const ended = await bus.transaction(db, async (trx) => {
        const role = await lockMember(trx, organization, person)
        if (role === 'admin') await keepOneAdministrator(trx, organization, person)
        await takeBackLinks(trx, organization, person)
        const count = await sessions.endAll(person, { organization, db: trx })
        const keys = await trx
          .updateTable('api_keys')
          .set({ revoked_at: new Date(now()) })
          .where('organization_id', '=', organization)
          .where('person_id', '=', person)
          .where('revoked_at', 'is', null)
          .executeTakeFirst()
        await trx
          .deleteFrom('memberships')
          .where('organization_id', '=', organization)
          .where('person_id', '=', person)
          .execute()
        await trx
          .insertInto('departed_members')
          .values({ organization_id: organization, person_id: person, actor, left_at: new Date(now()) })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        await tell(trx, organization, person)
        return { sessions: count, keys: Number(keys.numUpdatedRows) }
      })
      const counted = (count: number, item: string, detail: string): DepartureItem => ({
        item,
        provider: null,
        outcome: count > 0 ? 'done' : 'nothing_to_do',
        detail: count > 0 ? `${count} ${detail}` : 'There were none.',
      })
      return [
        counted(ended.sessions, 'Sessions', 'ended.'),
        counted(ended.keys, 'Personal API keys', 'revoked.'),
        ...(await clearUp(organization, person, actor)),
      ]
    },

    async sweep() {
      const left = await db
        .selectFrom('departed_members')
        .selectAll()
        .where('left_at', '<', new Date(now() - CLEAR_UP_MS))
        .limit(20)
        .execute()
      for (const { organization_id, person_id, actor } of left)
        await clearUp(organization_id, person_id, actor)
    },

    async require(organization, person) {
      if (!(await isMember(organization, person)))
        throw new HubError('not_found', `There is no member "${person}".`)
    },

    async createSignInLink(principal, person) {
      const token = newSecret('')
      const expiresAt = new Date(now() + SIGN_IN_LINK_MS)
      await db
        .insertInto('sign_in_links')
        .values({
          hash: hashSecret(token),
          organization_id: principal.organization,
          person_id: person,
          expires_at: expiresAt,
          created_by: principal.id,
        })
        .execute()
      return { token, expiresAt }
    },
  }
}
