/**
 * Sessions. One belongs to one person in one organization; its token is random, shown to the browser once, and stored
 * as a hash. Whenever what a session may do grows, a fresh token takes the place of the old one.
 */
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import type { SignInMethod } from '../store/schema.ts'
import { statement } from '../store/statement.ts'
import { type Principal, permissionsOf, type Role } from './principal.ts'
import { hashSecret, newSecret } from './secrets.ts'

const SESSION_MS = 14 * 24 * 3_600_000
/** How often "last seen" is written while somebody works. */
const SEEN_EVERY_MS = 60_000
/** How long ago somebody may have shown who they are, for changing how they sign in. */
export const RECENT_MS = 10 * 60_000

/** Where a request came from. */
export type From = { ip: string | null; userAgent: string | null }
export type Begun = { token: string; expiresAt: Date; principal: Principal }

export type SessionRow = {
  id: string
  organization_id: string
  organization_name: string
  created_at: Date
  last_seen_at: Date
  expires_at: Date
  ip: string | null
  user_agent: string | null
  method: SignInMethod
}

export type Sessions = {
  /** @throws HubError `unauthenticated` */
  byToken(token: string): Promise<Principal>
  /**
   * A new session, always with a token that nobody has seen before; the one that the browser came with ends.
   * @throws HubError `sign_in_refused` where the person is in no organization, `single_sign_on_required`
   */
  begin(given: {
    person: string
    /** Absent: where the person was last. */
    organization?: string | undefined
    method: SignInMethod
    from: From
    /** Token of the session that the browser holds now. */
    replaces: string | undefined
  }): Promise<Begun>
  /** A fresh token for the same session; `authenticated`: the person has just shown who they are. */
  rotate(
    principal: Principal,
    change?: { organization?: string; authenticated?: boolean; method?: SignInMethod },
  ): Promise<Begun>
  /** Of the person, in every organization, newest first. */
  list(person: string): Promise<SessionRow[]>
  /** @throws HubError `not_found` */
  end(person: string, id: string): Promise<void>
  /** Ends the person's sessions, but `except`; @returns how many ended */
  endAll(person: string, options?: { except?: Buffer; organization?: string; db?: Db }): Promise<number>
  /** @throws HubError `reauthentication_required` */
  requireRecent(principal: Principal): void
  /** @throws HubError `single_sign_on_required` where the session began in a way that such an organization refuses */
  requireSso(principal: Principal): void
  prune(): Promise<void>
}

/** Ways in that an organization with single sign-on lets pass: its own, and a link of whoever runs the hub. */
const BESIDE_SSO: readonly SignInMethod[] = ['sso', 'link']

const READ = statement<{ digest: Buffer; now: Date }>()((db, { digest, now }) =>
  db
    .selectFrom('sessions as s')
    .innerJoin('memberships as m', (join) =>
      join.onRef('m.organization_id', '=', 's.organization_id').onRef('m.person_id', '=', 's.person_id'),
    )
    .innerJoin('people as p', 'p.id', 's.person_id')
    .innerJoin('organizations as o', 'o.id', 's.organization_id')
    .select(['s.id as session', 's.organization_id', 's.last_seen_at', 's.expires_at'])
    .select(['s.method', 's.authenticated_at', 'p.id', 'p.name', 'p.email', 'm.role', 'o.runs_hub'])
    .where('s.hash', '=', digest)
    .where('s.expires_at', '>', now)
    .where((eb) => eb.or([eb('o.requires_sso', '=', false), eb('s.method', 'in', BESIDE_SSO)])),
)

export function createSessions(options: { db: Db; bus: Bus; now: () => number }): Sessions {
  const { db, bus, now } = options

  const read = (digest: Buffer) => READ.first(db, { digest, now: new Date(now()) })

  async function byToken(token: string): Promise<Principal> {
    const digest = hashSecret(token)
    const row = await read(digest)
    if (!row) throw new HubError('unauthenticated', 'Your session is over. Sign in again.')
    if (now() - row.last_seen_at.getTime() > SEEN_EVERY_MS) {
      const seen = { last_seen_at: new Date(now()) }
      await db.updateTable('sessions').set(seen).where('hash', '=', digest).execute()
      await db
        .updateTable('memberships')
        .set(seen)
        .where('organization_id', '=', row.organization_id)
        .where('person_id', '=', row.id)
        .execute()
    }
    return toPrincipal(row, { token, hash: digest })
  }

  function toPrincipal(
    row: {
      session: string
      organization_id: string
      method: SignInMethod
      authenticated_at: Date
      id: string
      name: string
      email: string
      role: Role
      runs_hub: boolean
    },
    { token, hash }: { token: string; hash: Buffer },
  ): Principal {
    return {
      kind: 'person',
      id: row.id,
      personId: row.id,
      name: row.name,
      email: row.email,
      organization: row.organization_id,
      role: row.role,
      permissions: permissionsOf(row.role, { runsHub: row.runs_hub }),
      session: {
        id: row.session,
        token,
        hash,
        method: row.method,
        authenticatedAt: row.authenticated_at,
      },
    }
  }

  /** Organizations of the person, the last one first. */
  function placesOf(person: string) {
    return db
      .selectFrom('memberships as m')
      .innerJoin('organizations as o', 'o.id', 'm.organization_id')
      .select(['o.id', 'o.requires_sso'])
      .where('m.person_id', '=', person)
      .orderBy('m.last_seen_at', (order) => order.desc().nullsLast())
      .orderBy('m.created_at')
      .orderBy('o.id')
      .execute()
  }

  async function choosePlace(
    person: string,
    organization: string | undefined,
    method: SignInMethod,
  ): Promise<string> {
    const all = (await placesOf(person)).filter(({ id }) => organization === undefined || id === organization)
    const open = all.find(({ requires_sso }) => !requires_sso || BESIDE_SSO.includes(method))
    if (open) return open.id
    throw all.length > 0 ? ssoRequired() : refused()
  }

  async function insert(
    trx: Db,
    given: {
      id: string
      person: string
      organization: string
      method: SignInMethod
      from: From
      authenticatedAt: Date
      createdAt: Date
    },
  ): Promise<Begun> {
    const token = newSecret('')
    const hash = hashSecret(token)
    const expiresAt = new Date(now() + SESSION_MS)
    // Locks the membership: whoever is being removed gets no session beside it.
    const member = await trx
      .selectFrom('memberships as m')
      .innerJoin('people as p', 'p.id', 'm.person_id')
      .innerJoin('organizations as o', 'o.id', 'm.organization_id')
      .select(['p.id', 'p.name', 'p.email', 'm.role', 'o.runs_hub'])
      .where('m.organization_id', '=', given.organization)
      .where('m.person_id', '=', given.person)
      .forKeyShare(['m'])
      .executeTakeFirst()
    if (!member) throw refused()
    await trx
      .insertInto('sessions')
      .values({
        hash,
        id: given.id,
        organization_id: given.organization,
        person_id: given.person,
        created_at: given.createdAt,
        last_seen_at: new Date(now()),
        expires_at: expiresAt,
        ip: given.from.ip,
        user_agent: given.from.userAgent?.slice(0, 300) ?? null,
        method: given.method,
        authenticated_at: given.authenticatedAt,
      })
      .execute()
    await trx
      .updateTable('memberships')
      .set({ last_seen_at: new Date(now()) })
      .where('organization_id', '=', given.organization)
      .where('person_id', '=', given.person)
      .execute()
    return {
      token,
      expiresAt,
      principal: toPrincipal(
        {
          ...member,
          session: given.id,
          organization_id: given.organization,
          method: given.method,
          authenticated_at: given.authenticatedAt,
        },
        { token, hash },
      ),
    }
  }

  const tell = (db: Db, organization: string, person: string) =>
    bus.publish(db, { topic: 'session.changed', organization, id: person })

  async function endAll(
    person: string,
    { except, organization, db: on }: { except?: Buffer; organization?: string; db?: Db } = {},
  ): Promise<number> {
    const run = async (trx: Db) => {
      const ended = await trx
        .deleteFrom('sessions')
        .where('person_id', '=', person)
        .$if(except !== undefined, (query) => query.where('hash', '!=', except as Buffer))
        .$if(organization !== undefined, (query) =>
          query.where('organization_id', '=', organization as string),
        )
        .returning('organization_id')
        .execute()
      for (const place of new Set(ended.map(({ organization_id }) => organization_id)))
        await tell(trx, place, person)
      return ended.length
    }
    return on ? run(on) : bus.transaction(db, run)
  }

  return {
    byToken,

    async begin({ person, organization, method, from, replaces }) {
      const place = await choosePlace(person, organization, method)
      return bus.transaction(db, async (trx) => {
        if (replaces) await trx.deleteFrom('sessions').where('hash', '=', hashSecret(replaces)).execute()
        const at = new Date(now())
        return insert(trx, {
          id: newId('ses', now()),
          person,
          organization: place,
          method,
          from,
          authenticatedAt: at,
          createdAt: at,
        })
      })
    },

    async rotate(principal, { organization, authenticated, method } = {}) {
      const { session } = principal
      if (!session) throw new HubError('unauthenticated', 'Sign in first.')
      const used = method ?? session.method
      const place = organization ?? principal.organization
      if (place !== principal.organization || method) await choosePlace(principal.id, place, used)
      return bus.transaction(db, async (trx) => {
        const old = await trx
          .deleteFrom('sessions')
          .where('hash', '=', session.hash)
          .returning(['created_at', 'ip', 'user_agent'])
          .executeTakeFirst()
        if (!old) throw new HubError('unauthenticated', 'Your session is over. Sign in again.')
        return insert(trx, {
          id: session.id,
          person: principal.id,
          organization: place,
          method: used,
          from: { ip: old.ip, userAgent: old.user_agent },
          authenticatedAt: authenticated ? new Date(now()) : session.authenticatedAt,
          createdAt: old.created_at,
        })
      })
    },

    list: (person) =>
      db
        .selectFrom('sessions as s')
        .innerJoin('organizations as o', 'o.id', 's.organization_id')
        .select([
          's.id',
          's.organization_id',
          'o.name as organization_name',
          's.created_at',
          's.last_seen_at',
        ])
        .select(['s.expires_at', 's.ip', 's.user_agent', 's.method'])
        .where('s.person_id', '=', person)
        .where('s.expires_at', '>', new Date(now()))
        .orderBy('s.last_seen_at', 'desc')
        .execute(),

    async end(person, id) {
      await bus.transaction(db, async (trx) => {
        const ended = await trx
          .deleteFrom('sessions')
          .where('person_id', '=', person)
          .where('id', '=', id)
          .returning('organization_id')
          .executeTakeFirst()
        if (!ended) throw new HubError('not_found', `There is no session "${id}".`)
        await tell(trx, ended.organization_id, person)
      })
    },

    endAll,

    requireRecent({ session }) {
      if (session && now() - session.authenticatedAt.getTime() <= RECENT_MS) return
      throw new HubError(
        'reauthentication_required',
        'It is more than ten minutes since you signed in. Show who you are once more, then repeat this.',
      )
    },

    requireSso({ session }) {
      if (!session || !BESIDE_SSO.includes(session.method)) throw ssoRequired()
    },

    async prune() {
      await db.deleteFrom('sessions').where('expires_at', '<=', new Date(now())).execute()
    },
  }
}

function ssoRequired(): HubError {
  return new HubError(
    'single_sign_on_required',
    'This organization lets people in by single sign-on alone. Use its button on the sign-in page.',
  )
}

/** One answer for everything that may be wrong: nobody learns which e-mail addresses have an account. */
export function refused(): HubError {
  return new HubError('sign_in_refused', 'This e-mail address and password do not belong together here.')
}
