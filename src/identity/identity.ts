/** API keys, end users, and the first administrator. */
import { hash } from 'node:crypto'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import { readEmail } from './email.ts'
import { SIGN_IN_LINK_MS } from './people.ts'
import { type Principal, permissionsFrom, permissionsOf, type Role, type Scope } from './principal.ts'
import { hashSecret, newSecret } from './secrets.ts'
import { createSessions, type Sessions } from './sessions.ts'

export const API_KEY_PREFIX = 'tl_'

export type ApiKeyRow = {
  id: string
  name: string
  /** Acts as this person; null: as the organization. */
  person_id: string | null
  person_name: string | null
  prefix: string
  scopes: string[]
  created_at: Date
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
}

export type KeyRow = {
  organization_id: string
  id: string
  name: string
  scopes: string[]
  expires_at: Date | null
  runs_hub: boolean
  person_id: string | null
  /** Of that person; null: no longer a member. */
  role: Role | null
}

export type Identity = {
  /** The caller behind an Authorization header, if the key is in memory and still good; no query, no promise. */
  knownApiKey(authorization: string | undefined): Principal | undefined
  /** @throws HubError `unauthenticated` */
  byApiKey(key: string): Promise<Principal>
  /**
   * The same from a row that was read together with something else; undefined: there is no such key.
   * @param asOf `keyRevision` as it was before the row was asked for
   */
  fromKeyRow(digest: Buffer, row: KeyRow | undefined, asOf: number): Principal
  /** Grows whenever what is known of keys may have changed. */
  readonly keyRevision: number
  bySession(token: string): Promise<Principal>
  readonly sessions: Sessions
  /**
   * A one-time link's token, made on the hub's machine: for somebody who is here, into the organization they were in
   * last; else for a new administrator of the organization that runs the hub. Makes that where there is none yet.
   */
  createSignInLink(email?: string): Promise<string>
  createApiKey(
    principal: Principal,
    input: {
      name: string
      scopes: readonly Scope[]
      /** Acts as this person; null: as the organization. */
      person: string | null
      expiresIn?: number | undefined
    },
  ): Promise<{ key: string; row: ApiKeyRow }>
  /** Administrators: all of the organization; else the caller's own. */
  listApiKeys(principal: Principal, page: { limit: number; after: string | undefined }): Promise<ApiKeyRow[]>
  /** @throws HubError `not_found`, for a key that the caller would not be listed too */
  revokeApiKey(principal: Principal, id: string): Promise<void>
  /** The organization, made at first start. */
  ensureOrganization(): Promise<{ id: string; name: string }>
  /** A first key for automation, from the environment. */
  ensureBootstrapKey(key: string): Promise<void>
  findOrganization(id: string): Promise<{ id: string; name: string }>
  /** The end user of a host application, made when first named. */
  ensureEndUser(
    organization: string,
    user: { external_id: string; name?: string | undefined; email?: string | undefined },
  ): Promise<{ id: string; external_id: string; name: string | null }>
  /** Writes what was only noted in memory (last use of keys). */
  flush(): Promise<void>
  close(): Promise<void>
}

const FIRST_EMAIL = 'admin@localhost'

export function createIdentity(options: {
  db: Db
  bus: Bus
  now: () => number
  cache: boolean
  onError: (error: unknown) => void
}): Identity {
  const { db, bus, now, onError } = options
  const sessions = createSessions({ db, bus, now })
  const keys = new Map<string, Principal & { expiresAt: number | undefined }>()
  const used = new Map<string, { organization: string; id: string }>()
  let keyRevision = 0
  function forgetKeys(): void {
    keyRevision += 1
    keys.clear()
  }
  const unsubscribe = bus.subscribe((message) => {
    if (message.topic === 'api_key.changed') forgetKeys()
  })
  const unsubscribeGap = bus.onGap(forgetKeys)

  async function flush(): Promise<void> {
    const touched = [...used.values()]
    used.clear()
    for (const { organization, id } of touched) {
      await db
        .updateTable('api_keys')
        .set({ last_used_at: new Date(now()) })
        .where('organization_id', '=', organization)
        .where('id', '=', id)
        .execute()
    }
  }
  const timer = setInterval(() => void flush().catch(onError), 30_000)
  timer.unref()

  async function ensureOrganization(): Promise<{ id: string; name: string }> {
    return db.transaction().execute(async (trx) => {
      // Two replicas may meet at the first start; the settings row lets one of them through.
      await trx
        .insertInto('settings')
        .values({ key: 'first_organization', value: 'null' })
        .onConflict((c) => c.column('key').doNothing())
        .execute()
      await trx
        .selectFrom('settings')
        .select('key')
        .where('key', '=', 'first_organization')
        .forUpdate()
        .execute()
      const known = await trx
        .selectFrom('organizations')
        .select(['id', 'name'])
        .orderBy('runs_hub', 'desc')
        .orderBy('id')
        .limit(1)
        .executeTakeFirst()
      if (known) return known
      const organization = { id: newId('org', now()), name: 'My organization', runs_hub: true }
      await trx
        .insertInto('organizations')
        .values({ ...organization, created_at: new Date(now()) })
        .execute()
      return organization
    })
  }

  /** Whom a link of the hub's own machine is for, and where it leads. */
  async function ensurePerson(email: string): Promise<{ organization: string; person: string }> {
    const known = await db
      .selectFrom('people as p')
      .leftJoin('memberships as m', 'm.person_id', 'p.id')
      .select(['p.id', 'm.organization_id'])
      .where('p.email', '=', email)
      .orderBy('m.last_seen_at', (order) => order.desc().nullsLast())
      .orderBy('m.created_at')
      .limit(1)
      .executeTakeFirst()
    // Somebody of another organization does not become an administrator of this one by a slip of the keyboard.
    if (known?.organization_id) return { organization: known.organization_id, person: known.id }
    const organization = (await ensureOrganization()).id
    const id = known?.id ?? newId('per', now())
    const at = new Date(now())
    await bus.transaction(db, async (trx) => {
      if (!known) {
        const name = email === FIRST_EMAIL ? 'Administrator' : (email.split('@')[0] as string)
        await trx
          .insertInto('people')
          .values({ id, email, name, created_at: at, email_confirmed_at: at })
          .execute()
      }
      await trx
        .insertInto('memberships')
        .values({ organization_id: organization, person_id: id, role: 'admin', created_at: at })
        .onConflict((c) => c.columns(['organization_id', 'person_id']).doNothing())
        .execute()
      await bus.publish(trx, { topic: 'organization.changed', organization, what: 'people', id })
    })
    return { organization, person: id }
  }

  async function nameOf(person: string | null): Promise<string | null> {
    if (person === null) return null
    const found = await db.selectFrom('people').select('name').where('id', '=', person).executeTakeFirst()
    return found?.name ?? null
  }

  function fromKeyRow(digest: Buffer, row: KeyRow | undefined, asOf: number): Principal {
    if (!row) throw unauthenticated('This API key is unknown or was revoked.')
    const permissions = keyPermissions(row)
    const principal = {
      kind: 'api_key' as const,
      id: row.id,
      personId: row.person_id,
      name: row.name,
      email: null,
      organization: row.organization_id,
      role: permissions.has('admin') ? ('admin' as const) : ('member' as const),
      permissions,
      session: null,
      expiresAt: row.expires_at?.getTime(),
    }
    if (principal.expiresAt !== undefined && principal.expiresAt <= now())
      throw unauthenticated('This API key has expired.')
    if (keys.size > 10_000) keys.clear()
    // A row that a change overtook on its way is not kept: nothing would come to make it forgotten.
    if (options.cache && asOf === keyRevision) keys.set(digest.toString('base64'), principal)
    used.set(principal.id, principal)
    return principal
  }

  return {
    knownApiKey(authorization) {
      if (!options.cache || !bus.listening || !authorization?.startsWith(`Bearer ${API_KEY_PREFIX}`))
        return undefined
      const principal = keys.get(hash('sha256', authorization.slice(7), 'base64'))
      if (!principal || (principal.expiresAt !== undefined && principal.expiresAt <= now())) return undefined
      used.set(principal.id, principal)
      return principal
    },

    async byApiKey(key) {
      if (!key.startsWith(API_KEY_PREFIX))
        throw unauthenticated('The bearer token is not an API key of this hub: those begin with "tl_".')
      const digest = hashSecret(key)
      const asOf = keyRevision
      const row = await db
        .selectFrom('api_keys as k')
        .innerJoin('organizations as o', 'o.id', 'k.organization_id')
        .leftJoin('memberships as m', (join) =>
          join.onRef('m.organization_id', '=', 'k.organization_id').onRef('m.person_id', '=', 'k.person_id'),
        )
        .select(['k.organization_id', 'k.id', 'k.name', 'k.scopes', 'k.expires_at', 'k.person_id'])
        .select(['o.runs_hub', 'm.role'])
        .where('k.hash', '=', digest)
        .where('k.revoked_at', 'is', null)
        .executeTakeFirst()
      return fromKeyRow(digest, row, asOf)
    },

    fromKeyRow,
    get keyRevision() {
      return keyRevision
    },

    bySession: sessions.byToken,
    sessions,

    async createSignInLink(email = FIRST_EMAIL) {
      const { organization, person } = await ensurePerson(readEmail(email))
      const token = newSecret('')
      await db
        .insertInto('sign_in_links')
        .values({
          hash: hashSecret(token),
          organization_id: organization,
          person_id: person,
          expires_at: new Date(now() + SIGN_IN_LINK_MS),
        })
        .execute()
      return token
    },

    async createApiKey(principal, { name, scopes, person, expiresIn }) {
      const key = newSecret(API_KEY_PREFIX)
      const row = {
        id: newId('key', now()),
        name,
        prefix: key.slice(0, 9),
        person_id: person,
        scopes: [...scopes],
        created_at: new Date(now()),
        expires_at: expiresIn === undefined ? null : new Date(now() + expiresIn * 1000),
        last_used_at: null,
        revoked_at: null,
      }
      await db
        .insertInto('api_keys')
        .values({
          ...row,
          organization_id: principal.organization,
          hash: hashSecret(key),
          created_by: principal.id,
        })
        .execute()
      return { key, row: { ...row, person_name: await nameOf(person) } }
    },

    listApiKeys(principal, { limit, after }) {
      return db
        .selectFrom('api_keys as k')
        .leftJoin('people as p', 'p.id', 'k.person_id')
        .select(['k.id', 'k.name', 'k.prefix', 'k.person_id', 'p.name as person_name', 'k.scopes'])
        .select(['k.created_at', 'k.expires_at', 'k.last_used_at', 'k.revoked_at'])
        .where('k.organization_id', '=', principal.organization)
        .$if(!principal.permissions.has('admin'), (query) =>
          query.where('k.person_id', '=', principal.personId),
        )
        .$if(after !== undefined, (query) => query.where('k.id', '<', after as string))
        .orderBy('k.id', 'desc')
        .limit(limit)
        .execute()
    },

    async revokeApiKey(principal, id) {
      await bus.transaction(db, async (trx) => {
        const revoked = await trx
          .updateTable('api_keys')
          .set({ revoked_at: new Date(now()) })
          .where('organization_id', '=', principal.organization)
          .where('id', '=', id)
          .$if(!principal.permissions.has('admin'), (query) =>
            query.where('person_id', '=', principal.personId),
          )
          .where('revoked_at', 'is', null)
          .executeTakeFirst()
        if (revoked.numUpdatedRows === 0n) throw new HubError('not_found', `There is no API key "${id}".`)
        await bus.publish(trx, { topic: 'api_key.changed', organization: principal.organization, id })
      })
    },

    ensureOrganization,

    async ensureBootstrapKey(key) {
      const organization = await ensureOrganization()
      await db
        .insertInto('api_keys')
        .values({
          organization_id: organization.id,
          id: newId('key', now()),
          hash: hashSecret(key),
          prefix: key.slice(0, 9),
          name: 'TRUNKLINE_BOOTSTRAP_API_KEY',
          scopes: ['admin'],
          created_by: null,
          created_at: new Date(now()),
        })
        .onConflict((c) => c.column('hash').doNothing())
        .execute()
    },

    async findOrganization(id) {
      return db
        .selectFrom('organizations')
        .select(['id', 'name'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
    },

    async ensureEndUser(organization, { external_id, name, email }) {
      const given = { ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) }
      return db
        .insertInto('end_users')
        .values({
          organization_id: organization,
          id: newId('usr', now()),
          external_id,
          name: name ?? null,
          email: email ?? null,
          created_at: new Date(now()),
        })
        .onConflict((c) =>
          c.columns(['organization_id', 'external_id']).doUpdateSet({ external_id, ...given }),
        )
        .returning(['id', 'external_id', 'name'])
        .executeTakeFirstOrThrow()
    },

    flush,
    async close() {
      clearInterval(timer)
      unsubscribe()
      unsubscribeGap()
      await flush().catch(onError)
    },
  }
}

function unauthenticated(
  detail = 'Sign in, or send an API key as `Authorization: Bearer tl_...`.',
): HubError {
  return new HubError('unauthenticated', detail)
}

/** A person's own key never does more than the person may. */
function keyPermissions({ scopes, person_id: person, role, runs_hub: runsHub }: KeyRow) {
  const named = permissionsFrom(scopes, { runsHub })
  if (person === null) return named
  if (role === null)
    throw unauthenticated('The person of this API key is no longer a member of the organization.')
  const theirs = permissionsOf(role, { runsHub })
  return new Set([...named].filter((permission) => theirs.has(permission)))
}
