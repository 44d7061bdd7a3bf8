/** The ways in: a one-time link, e-mail and password, a passkey, single sign-on. Each ends in a session, or in nothing. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import { domainOf, normaliseEmail } from './email.ts'
import type { Passkeys } from './passkeys.ts'
import type { Passwords } from './password.ts'
import type { Principal } from './principal.ts'
import { hashSecret } from './secrets.ts'
import { type Begun, type From, refused, type Sessions } from './sessions.ts'
import type { SingleSignOn, SsoIdentity } from './single-sign-on.ts'
import { neighbourhood, type Tries, type Try } from './tries.ts'

/** The browser that asks: where from, and with which session cookie. */
export type Asking = { from: From; replaces: string | undefined }

/** Why single sign-on let nobody in, as a word that pages know. */
export type SsoRefusal = 'unverified' | 'domain' | 'not_linked' | 'newcomer' | 'taken' | 'other_person'

export type SignIn = {
  byLink(token: string, asking: Asking): Promise<Begun>
  byPassword(given: { email: string; password: string }, asking: Asking): Promise<Begun>
  byPasskey(response: AuthenticationResponseJSON, asking: Asking): Promise<Begun>
  /** Somebody known, somebody whose confirmed e-mail address is known, or a newcomer where those are let in. */
  bySso(identity: SsoIdentity, asking: Asking): Promise<Begun & { newcomer: boolean }>
  /** Shows once more who they are. @returns the same session under a fresh token */
  again(
    principal: Principal,
    proof: { password: string } | { passkey: AuthenticationResponseJSON } | { identity: SsoIdentity },
    from: From,
  ): Promise<Begun>
  /** Ties the account at the identity provider to the person who is signed in. */
  linkSso(principal: Principal, identity: SsoIdentity): Promise<void>
}

export function createSignIn(options: {
  db: Db
  bus: Bus
  sessions: Sessions
  passwords: Passwords
  passkeys: Passkeys
  sso: Pick<SingleSignOn, 'settings'>
  tries: Tries
  now: () => number
  /** The organization that runs the hub, where newcomers go. */
  home: () => Promise<{ id: string }>
  /** Told of tries that failed, for somebody who is here. */
  onRefused: (refusal: { organization: string; person: string; how: string; ip: string | null }) => void
}): SignIn {
  const { db, bus, sessions, passwords, passkeys, sso, tries, now, home, onRefused } = options

  async function checkPassword(email: string, password: string, from: From): Promise<{ id: string }> {
    const account = normaliseEmail(email) ?? email.trim().toLowerCase()
    const person = await db
      .selectFrom('people as p')
      .leftJoin('memberships as m', 'm.person_id', 'p.id')
      .select(['p.id', 'p.password', 'm.organization_id'])
      .where('p.email', '=', account)
      .orderBy('m.last_seen_at', (order) => order.desc().nullsLast())
      .limit(1)
      .executeTakeFirst()
    // Asked for unknown people too: the same questions take the same time.
    const here = await db
      .selectFrom('sessions')
      .select('id')
      .where('person_id', '=', person?.id ?? '')
      .where('ip', '=', from.ip ?? '')
      .limit(1)
      .executeTakeFirst()
    const address = neighbourhood(from.ip)
    const counted: Try[] = [
      { kind: 'account_address', value: `${account}|${address}` },
      { kind: 'address', value: address },
      ...(here ? [] : [{ kind: 'account' as const, value: account }]),
    ]
    await tries.take(counted)
    const { fits, outdated } = await passwords.verify(password, person?.password)
    if (!person || !fits) {
      if (person?.organization_id)
        onRefused({ organization: person.organization_id, person: person.id, how: 'password', ip: from.ip })
      throw refused()
    }
    await tries.giveBack(counted)
    if (outdated)
      await db
        .updateTable('people')
        .set({ password: await passwords.hash(password) })
        .where('id', '=', person.id)
        .where('password', '=', person.password)
        .execute()
    return person
  }

  async function checkPasskey(response: AuthenticationResponseJSON, from: From) {
    const address: Try[] = [{ kind: 'address', value: neighbourhood(from.ip) }]
    await tries.take(address)
    const found = await passkeys.signIn(response)
    await tries.giveBack(address)
    return found
  }

  async function findLinked({ issuer, subject }: SsoIdentity): Promise<string | undefined> {
    const row = await db
      .updateTable('sso_identities')
      .set({ last_used_at: new Date(now()) })
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
      .returning('person_id')
      .executeTakeFirst()
    return row?.person_id
  }

  const insertLink = (trx: Db, person: string, { issuer, subject }: SsoIdentity) =>
    trx
      .insertInto('sso_identities')
      .values({
        issuer,
        subject,
        person_id: person,
        created_at: new Date(now()),
        last_used_at: new Date(now()),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('person_id')
      .executeTakeFirst()

  async function admitSso(identity: SsoIdentity): Promise<{ person: string; newcomer: boolean }> {
    const linked = await findLinked(identity)
    if (linked) return { person: linked, newcomer: false }
    const { email } = identity
    if (!email)
      throw notAdmitted(
        'unverified',
        'The identity provider does not say that it has checked your e-mail address.',
      )
    const { domains = [], newcomers = 'refuse' } = sso.settings ?? {}
    if (domains.length > 0 && !domains.includes(domainOf(email)))
      throw notAdmitted('domain', 'Addresses of this domain are not let in.')
    const known = await db
      .selectFrom('people')
      .select(['id', 'email_confirmed_at'])
      .where('email', '=', email)
      .executeTakeFirst()
    if (known) {
      // Whoever made the account may only have claimed the address: they would share it with its owner.
      if (!known.email_confirmed_at) throw notAdmitted('not_linked', LINK_YOURSELF)
      // Somebody else of the same provider: an address that was given to a new colleague.
      if (!(await insertLink(db, known.id, identity))) throw notAdmitted('not_linked', LINK_YOURSELF)
      return { person: known.id, newcomer: false }
    }
    if (newcomers === 'refuse') throw notAdmitted('newcomer', 'You need an invitation first.')
    const organization = (await home()).id
    const id = newId('per', now())
    await bus.transaction(db, async (trx) => {
      await trx
        .insertInto('people')
        .values({
          id,
          email,
          name: identity.name ?? (email.split('@')[0] as string),
          created_at: new Date(now()),
          email_confirmed_at: new Date(now()),
        })
        .execute()
      await trx
        .insertInto('memberships')
        .values({
          organization_id: organization,
          person_id: id,
          role: newcomers,
          created_at: new Date(now()),
        })
        .execute()
      await insertLink(trx, id, identity)
      await bus.publish(trx, { topic: 'organization.changed', organization, what: 'people', id })
    })
    return { person: id, newcomer: true }
  }

  return {
    async byLink(token, asking) {
      const used = await db
        .updateTable('sign_in_links')
        .set({ used_at: new Date(now()) })
        .where('hash', '=', hashSecret(token))
        .where('used_at', 'is', null)
        .where('expires_at', '>', new Date(now()))
        .returning(['organization_id', 'person_id'])
        .executeTakeFirst()
      if (!used) {
        throw new HubError(
          'sign_in_link_invalid',
          'The link was used before, or it is older than a day. Run `trunkline sign-in` on the hub’s machine for a new one.',
        )
      }
      return sessions.begin({
        person: used.person_id,
        organization: used.organization_id,
        method: 'link',
        ...asking,
      })
    },

    async byPassword({ email, password }, asking) {
      const person = await checkPassword(email, password, asking.from)
      return sessions.begin({ person: person.id, method: 'password', ...asking })
    },

    async byPasskey(response, asking) {
      const { person } = await checkPasskey(response, asking.from)
      return sessions.begin({ person, method: 'passkey', ...asking })
    },

    async bySso(identity, asking) {
      const { person, newcomer } = await admitSso(identity)
      return { ...(await sessions.begin({ person, method: 'sso', ...asking })), newcomer }
    },

    async again(principal, proof, from) {
      if ('password' in proof) {
        const person = await checkPassword(principal.email ?? '', proof.password, from)
        if (person.id !== principal.id) throw refused()
        return sessions.rotate(principal, { authenticated: true })
      }
      const person =
        'passkey' in proof
          ? (await checkPasskey(proof.passkey, from)).person
          : await findLinked(proof.identity)
      if (person !== principal.id)
        throw new HubError('sign_in_refused', 'That is somebody else than who is signed in.', {
          reason: 'other_person' satisfies SsoRefusal,
        })
      return sessions.rotate(principal, {
        authenticated: true,
        ...('identity' in proof ? { method: 'sso' as const } : {}),
      })
    },

    async linkSso(principal, identity) {
      if (await insertLink(db, principal.id, identity)) return
      const { person_id } =
        (await db
          .selectFrom('sso_identities')
          .select('person_id')
          .where('issuer', '=', identity.issuer)
          .where('subject', '=', identity.subject)
          .executeTakeFirst()) ?? {}
      if (person_id === principal.id) return
      throw notAdmitted(
        'taken',
        'That account belongs to somebody else here, or another one of yours is linked already.',
      )
    },
  }
}

const LINK_YOURSELF =
  'There is an account with your e-mail address that is not linked. Sign in to it as you did before, and link single sign-on on your profile; or ask an administrator.'

function notAdmitted(reason: SsoRefusal, why: string): HubError {
  return new HubError('sign_in_refused', `Single sign-on does not let you in here. ${why}`, { reason })
}
