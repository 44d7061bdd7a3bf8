/** What a person keeps about themself: name, e-mail address, and the ways they sign in. */
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { normaliseEmail, readEmail } from './email.ts'
import { type Letters, letters as texts } from './letters.ts'
import { checkPassword, type Passwords } from './password.ts'
import type { Principal } from './principal.ts'
import { hashSecret, newSecret } from './secrets.ts'
import type { Begun, From, Sessions } from './sessions.ts'
import { neighbourhood, type Tries } from './tries.ts'

const TOKEN_MS = 3_600_000

export type Profile = {
  id: string
  name: string
  email: string
  emailConfirmed: boolean
  passwordSetAt: Date | null
  passkeys: number
  /** Issuers of linked accounts. */
  singleSignOn: string[]
  joinedAt: Date
}

export type Profiles = {
  read(person: string): Promise<Profile>
  rename(person: string, name: string): Promise<void>
  /** Ends every other session. @returns this one under a fresh token */
  setPassword(principal: Principal, password: string): Promise<Begun>
  /** @throws HubError `conflict` where it is the only way in */
  removePassword(principal: Principal): Promise<Begun>
  unlinkSso(principal: Principal): Promise<Begun>
  /** @throws HubError `conflict` where the person could not sign in without it */
  requireAnother(person: string, without: 'password' | 'passkey' | 'sso'): Promise<void>
  /** `sent`: a letter has to be answered first; `changed`: no mail server is set up, so the address is taken as it is. */
  changeEmail(principal: Principal, email: string, from: From): Promise<'sent' | 'changed'>
  /** @throws HubError `sign_in_link_invalid` */
  confirmEmail(principal: Principal, token: string): Promise<string>
  /** Says nothing, whether or not there is such a person. @throws HubError `not_configured`, `rate_limited` */
  requestReset(email: string, from: From): Promise<void>
  /** Ends every session. @throws HubError `sign_in_link_invalid`, `field_invalid` @returns whose password it is */
  completeReset(token: string, password: string): Promise<string>
  organizations(
    person: string,
  ): Promise<{ id: string; name: string; role: 'admin' | 'member'; requires_sso: boolean }[]>
  prune(): Promise<void>
}

export function createProfiles(options: {
  db: Db
  bus: Bus
  sessions: Sessions
  passwords: Passwords
  letters: Letters
  tries: Tries
  publicUrl: string
  now: () => number
}): Profiles {
  const { db, bus, sessions, passwords, letters, tries, publicUrl, now } = options

  const organizations: Profiles['organizations'] = (person) =>
    db
      .selectFrom('memberships as m')
      .innerJoin('organizations as o', 'o.id', 'm.organization_id')
      .select(['o.id', 'o.name', 'm.role', 'o.requires_sso'])
      .where('m.person_id', '=', person)
      .orderBy('o.name')
      .orderBy('o.id')
      .execute()

  /** Told in every organization where the person is listed. */
  async function tell(trx: Db, person: string): Promise<void> {
    const places = await trx
      .selectFrom('memberships')
      .select('organization_id')
      .where('person_id', '=', person)
      .execute()
    for (const { organization_id: organization } of places)
      await bus.publish(trx, { topic: 'organization.changed', organization, what: 'people', id: person })
  }

  async function read(person: string): Promise<Profile> {
    const [row, passkeys, linked] = await Promise.all([
      db.selectFrom('people').selectAll().where('id', '=', person).executeTakeFirstOrThrow(),
      db.selectFrom('passkeys').select('id').where('person_id', '=', person).execute(),
      db.selectFrom('sso_identities').select('issuer').where('person_id', '=', person).execute(),
    ])
    return {
      id: row.id,
      name: row.name,
      email: row.email,
      emailConfirmed: row.email_confirmed_at !== null,
      passwordSetAt: row.password === null ? null : row.password_set_at,
      passkeys: passkeys.length,
      singleSignOn: linked.map(({ issuer }) => issuer),
      joinedAt: row.created_at,
    }
  }

  const requireAnother: Profiles['requireAnother'] = async (person, without) => {
    const { passwordSetAt, passkeys, singleSignOn } = await read(person)
    const left = [
      without !== 'password' && passwordSetAt !== null,
      passkeys > (without === 'passkey' ? 1 : 0),
      without !== 'sso' && singleSignOn.length > 0,
    ]
    if (left.some(Boolean)) return
    throw new HubError('conflict', 'It is the only way you sign in. Add a password or a passkey first.')
  }

  async function issue(
    kind: 'password_reset' | 'email_change',
    person: string,
    email: string,
  ): Promise<string> {
    const token = newSecret('')
    // The latest link counts; earlier ones end.
    await db.deleteFrom('person_tokens').where('person_id', '=', person).where('kind', '=', kind).execute()
    await db
      .insertInto('person_tokens')
      .values({
        hash: hashSecret(token),
        kind,
        person_id: person,
        email,
        expires_at: new Date(now() + TOKEN_MS),
      })
      .execute()
    return token
  }

  const isTaken = async (on: Db, email: string) =>
    (await on.selectFrom('people').select('id').where('email', '=', email).executeTakeFirst()) !== undefined

  async function storeEmail(person: string, email: string, confirmed: boolean): Promise<void> {
    await bus.transaction(db, async (trx) => {
      if (await isTaken(trx, email)) throw emailRefused()
      await trx
        .updateTable('people')
        .set({ email, email_confirmed_at: confirmed ? new Date(now()) : null })
        .where('id', '=', person)
        .execute()
      // Links that went to the old address end with it.
      await trx.deleteFrom('person_tokens').where('person_id', '=', person).execute()
      await tell(trx, person)
    })
  }

  return {
    read,

    async rename(person, name) {
      await bus.transaction(db, async (trx) => {
        await trx.updateTable('people').set({ name }).where('id', '=', person).execute()
        await tell(trx, person)
      })
    },

    async setPassword(principal, password) {
      sessions.requireRecent(principal)
      checkPassword(password, { email: principal.email ?? '', name: principal.name })
      const hash = await passwords.hash(password)
      await bus.transaction(db, async (trx) => {
        await trx
          .updateTable('people')
          .set({ password: hash, password_set_at: new Date(now()) })
          .where('id', '=', principal.id)
          .execute()
        await trx.deleteFrom('person_tokens').where('person_id', '=', principal.id).execute()
        if (principal.session)
          await sessions.endAll(principal.id, { except: principal.session.hash, db: trx })
        await tell(trx, principal.id)
      })
      if (principal.email && letters.can)
        letters.sendLater(texts.changed(principal.email, 'Your password was set anew.'))
      return sessions.rotate(principal)
    },

    async removePassword(principal) {
      sessions.requireRecent(principal)
      await requireAnother(principal.id, 'password')
      await bus.transaction(db, async (trx) => {
        await trx
          .updateTable('people')
          .set({ password: null, password_set_at: null })
          .where('id', '=', principal.id)
          .execute()
        await tell(trx, principal.id)
      })
      return sessions.rotate(principal)
    },

    async unlinkSso(principal) {
      sessions.requireRecent(principal)
      await requireAnother(principal.id, 'sso')
      await bus.transaction(db, async (trx) => {
        await trx.deleteFrom('sso_identities').where('person_id', '=', principal.id).execute()
        await tell(trx, principal.id)
      })
      return sessions.rotate(principal)
    },

    requireAnother,

    async changeEmail(principal, given, from) {
      sessions.requireRecent(principal)
      const email = readEmail(given)
      if (!letters.can) {
        await storeEmail(principal.id, email, false)
        return 'changed'
      }
      await tries.take([
        { kind: 'letter', value: email },
        { kind: 'address', value: neighbourhood(from.ip) },
      ])
      // Whoever asks learns nothing; who reads the mailbox does.
      if (await isTaken(db, email)) letters.sendLater(texts.emailTaken(email))
      else {
        const token = await issue('email_change', principal.id, email)
        letters.sendLater(texts.emailChange(email, `${publicUrl}/confirm-email#${token}`))
      }
      return 'sent'
    },

    async confirmEmail(principal, token) {
      const taken = await db
        .deleteFrom('person_tokens')
        .where('hash', '=', hashSecret(token))
        .where('kind', '=', 'email_change')
        .where('person_id', '=', principal.id)
        .returning(['email', 'expires_at'])
        .executeTakeFirst()
      if (!taken || taken.expires_at.getTime() <= now()) throw linkInvalid()
      const before = principal.email
      await storeEmail(principal.id, taken.email, true)
      if (before) letters.sendLater(texts.changed(before, `Your e-mail address is now ${taken.email}.`))
      return taken.email
    },

    async requestReset(given, from) {
      if (!letters.can)
        throw new HubError(
          'not_configured',
          'This hub sends no e-mail. Ask an administrator for a sign-in link, or run `trunkline sign-in` on its machine.',
        )
      const email = normaliseEmail(given) ?? given.trim().toLowerCase()
      await tries.take([
        { kind: 'address', value: neighbourhood(from.ip) },
        { kind: 'letter', value: email },
      ])
      const person = await db
        .selectFrom('people')
        .select(['id', 'email'])
        .where('email', '=', email)
        .executeTakeFirst()
      if (!person) return
      const token = await issue('password_reset', person.id, person.email)
      // To the address that is stored, never to the one that was typed.
      letters.sendLater(texts.passwordReset(person.email, `${publicUrl}/reset-password#${token}`))
    },

    async completeReset(token, password) {
      const found = await db
        .selectFrom('person_tokens as t')
        .innerJoin('people as p', 'p.id', 't.person_id')
        .select(['t.person_id', 't.expires_at', 'p.name', 'p.email', 'p.email_confirmed_at'])
        .where('t.hash', '=', hashSecret(token))
        .where('t.kind', '=', 'password_reset')
        .whereRef('t.email', '=', 'p.email')
        .executeTakeFirst()
      if (!found || found.expires_at.getTime() <= now()) throw linkInvalid()
      checkPassword(password, found)
      const hash = await passwords.hash(password)
      await bus.transaction(db, async (trx) => {
        const taken = await trx
          .deleteFrom('person_tokens')
          .where('hash', '=', hashSecret(token))
          .executeTakeFirst()
        if (taken.numDeletedRows === 0n) throw linkInvalid()
        await trx
          .updateTable('people')
          .set({ password: hash, password_set_at: new Date(now()), email_confirmed_at: new Date(now()) })
          .where('id', '=', found.person_id)
          .execute()
        // Nobody had shown that the address is theirs: whoever made the account loses the ways they left in it.
        if (!found.email_confirmed_at) {
          await trx.deleteFrom('passkeys').where('person_id', '=', found.person_id).execute()
          await trx.deleteFrom('sso_identities').where('person_id', '=', found.person_id).execute()
        }
        await sessions.endAll(found.person_id, { db: trx })
        await tell(trx, found.person_id)
      })
      return found.person_id
    },

    organizations,

    async prune() {
      await db.deleteFrom('person_tokens').where('expires_at', '<=', new Date(now())).execute()
    },
  }
}

function linkInvalid(): HubError {
  return new HubError('sign_in_link_invalid', 'The link was used before, or it is older than an hour.')
}

function emailRefused(): HubError {
  return new HubError('field_invalid', 'This e-mail address cannot be used here.', {
    errors: [{ path: 'email', message: 'cannot be used here' }],
  })
}
