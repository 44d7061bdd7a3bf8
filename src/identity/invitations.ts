/**
 * Invitations: for one e-mail address, into one organization, with one role, once, for seven days. Only the link's
 * hash is stored. A link that went by e-mail was seen by nobody else, so it also proves the address; one that an
 * administrator copied proves it only where administrators vouch for everybody, which is who runs the hub.
 */
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import { readEmail } from './email.ts'
import { type Letters, letters as texts } from './letters.ts'
import type { NewPasskey, Passkeys } from './passkeys.ts'
import { checkPassword, type Passwords } from './password.ts'
import type { Principal, Role } from './principal.ts'
import { hashSecret, newSecret } from './secrets.ts'
import type { Asking } from './sign-in.ts'
import type { Begun, Sessions } from './sessions.ts'
import type { SsoIdentity } from './single-sign-on.ts'

const INVITATION_MS = 7 * 24 * 3_600_000

export type InvitationRow = {
  id: string
  email: string
  role: Role
  delivery: 'link' | 'email'
  invited_by: string
  inviter: string | null
  created_at: Date
  expires_at: Date
}

/** What whoever holds the link is told. */
export type Invited = {
  organization: string
  email: string
  role: Role
  requiresSso: boolean
  expiresAt: Date
}

export type NewInvitation = { email: string; role: Role; delivery: 'link' | 'email' }

export type Invitations = {
  /**
   * Takes the place of an open one for the same address.
   * @returns the link's token where it is for copying; one that went by e-mail is shown to nobody
   */
  create(
    organization: string,
    actor: { id: string; name: string },
    given: NewInvitation,
  ): Promise<{ row: InvitationRow; token: string | undefined }>
  /** Open ones, expired ones among them, newest first. */
  list(organization: string): Promise<InvitationRow[]>
  /** A fresh link for seven more days; the old one ends. */
  resend(
    organization: string,
    actor: { id: string; name: string },
    id: string,
    delivery: 'link' | 'email',
  ): Promise<{ row: InvitationRow; token: string | undefined }>
  revoke(organization: string, id: string): Promise<void>
  /** @throws HubError `invitation_invalid` */
  look(token: string): Promise<Invited & { id: string; organizationId: string }>
  /** For a passkey instead of a password. `person` is the id that the newcomer will have. */
  beginPasskey(token: string, name: string): ReturnType<Passkeys['beginRegistration']>
  acceptNew(
    given: { token: string; name: string } & ({ password: string } | { passkey: NewPasskey; label: string }),
    asking: Asking,
  ): Promise<Begun>
  /** As somebody who is here already. @returns the session, now in that organization */
  acceptAs(principal: Principal, token: string): Promise<Begun>
  acceptBySso(identity: SsoIdentity, id: string, asking: Asking): Promise<Begun>
}

export function createInvitations(options: {
  db: Db
  bus: Bus
  sessions: Sessions
  passwords: Passwords
  passkeys: Passkeys
  letters: Letters
  publicUrl: string
  now: () => number
}): Invitations {
  const { db, bus, sessions, passwords, passkeys, letters, publicUrl, now } = options

  const rows = (on: Db, organization: string) =>
    on
      .selectFrom('invitations as i')
      .leftJoin('people as p', 'p.id', 'i.invited_by')
      .select(['i.id', 'i.email', 'i.role', 'i.delivery', 'i.invited_by', 'p.name as inviter'])
      .select(['i.created_at', 'i.expires_at'])
      .where('i.organization_id', '=', organization)
      .where('i.accepted_at', 'is', null)
      .where('i.revoked_at', 'is', null)

  const tell = (trx: Db, organization: string, id: string) =>
    bus.publish(trx, { topic: 'organization.changed', organization, what: 'people', id })

  /** The invitation behind a link that still opens. */
  const open = (on: Db, by: { token: string } | { id: string }) =>
    on
      .selectFrom('invitations as i')
      .innerJoin('organizations as o', 'o.id', 'i.organization_id')
      .select(['i.organization_id', 'i.id', 'i.email', 'i.role', 'i.delivery', 'i.expires_at'])
      .select(['o.name as organization_name', 'o.requires_sso', 'o.runs_hub'])
      .$if('token' in by, (query) =>
        query.where('i.token_hash', '=', hashSecret((by as { token: string }).token)),
      )
      .$if('id' in by, (query) => query.where('i.id', '=', (by as { id: string }).id))
      .where('i.accepted_at', 'is', null)
      .where('i.revoked_at', 'is', null)
      .where('i.expires_at', '>', new Date(now()))
      .executeTakeFirst()
  type Open = NonNullable<Awaited<ReturnType<typeof open>>>

  async function take(trx: Db, invitation: Open, person: string): Promise<void> {
    const taken = await trx
      .updateTable('invitations')
      .set({ accepted_at: new Date(now()), accepted_by: person, token_hash: null })
      .where('organization_id', '=', invitation.organization_id)
      .where('id', '=', invitation.id)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (taken.numUpdatedRows === 0n) throw invalid()
  }

  async function join(trx: Db, invitation: Open, person: string): Promise<void> {
    const joined = await trx
      .insertInto('memberships')
      .values({
        organization_id: invitation.organization_id,
        person_id: person,
        role: invitation.role,
        created_at: new Date(now()),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (!joined.numInsertedOrUpdatedRows) throw invalid()
    await tell(trx, invitation.organization_id, person)
  }

  const proves = ({ delivery, runs_hub }: Open) => delivery === 'email' || runs_hub

  /** A person of that address who is new here; an address that has an account is answered like a used link. */
  async function createPerson(
    trx: Db,
    given: { id: string; email: string; name: string; password: string | null; confirmed: boolean },
  ): Promise<void> {
    const made = await trx
      .insertInto('people')
      .values({
        id: given.id,
        email: given.email,
        name: given.name,
        created_at: new Date(now()),
        email_confirmed_at: given.confirmed ? new Date(now()) : null,
        password: given.password,
        password_set_at: given.password === null ? null : new Date(now()),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (!made.numInsertedOrUpdatedRows) throw invalid()
  }

  async function deliver(
    organization: string,
    actor: { name: string },
    row: InvitationRow,
    token: string,
  ): Promise<string | undefined> {
    if (row.delivery === 'link') return token
    const { name } = await db
      .selectFrom('organizations')
      .select('name')
      .where('id', '=', organization)
      .executeTakeFirstOrThrow()
    await letters.send(
      texts.invitation(row.email, {
        organization: name,
        inviter: actor.name,
        url: `${publicUrl}/invitation#${token}`,
      }),
    )
    return undefined
  }

  function refuseLetters(delivery: 'link' | 'email'): void {
    if (delivery === 'email' && !letters.can)
      throw new HubError(
        'not_configured',
        'No mail server is set up (TRUNKLINE_SMTP_URL). Copy the link instead, and send it yourself.',
      )
  }

  return {
    async create(organization, actor, given) {
      refuseLetters(given.delivery)
      const email = readEmail(given.email)
      const token = newSecret('')
      const id = newId('inv', now())
      const row = await bus.transaction(db, async (trx) => {
        const member = await trx
          .selectFrom('people as p')
          .innerJoin('memberships as m', 'm.person_id', 'p.id')
          .select('p.id')
          .where('p.email', '=', email)
          .where('m.organization_id', '=', organization)
          .executeTakeFirst()
        if (member) throw new HubError('conflict', `${email} is a member already.`)
        await trx
          .updateTable('invitations')
          .set({ revoked_at: new Date(now()), token_hash: null })
          .where('organization_id', '=', organization)
          .where('email', '=', email)
          .where('accepted_at', 'is', null)
          .where('revoked_at', 'is', null)
          .execute()
        await trx
          .insertInto('invitations')
          .values({
            organization_id: organization,
            id,
            token_hash: hashSecret(token),
            email,
            role: given.role,
            delivery: given.delivery,
            invited_by: actor.id,
            created_at: new Date(now()),
            expires_at: new Date(now() + INVITATION_MS),
          })
          .execute()
        await tell(trx, organization, id)
        return rows(trx, organization).where('i.id', '=', id).executeTakeFirstOrThrow()
      })
      return { row, token: await deliver(organization, actor, row, token) }
    },

    list: (organization) => rows(db, organization).orderBy('i.id', 'desc').execute(),

    async resend(organization, actor, id, delivery) {
      refuseLetters(delivery)
      const token = newSecret('')
      const row = await bus.transaction(db, async (trx) => {
        await trx
          .updateTable('invitations')
          .set({
            token_hash: hashSecret(token),
            delivery,
            // Whoever sends it again stands for it.
            invited_by: actor.id,
            expires_at: new Date(now() + INVITATION_MS),
          })
          .where('organization_id', '=', organization)
          .where('id', '=', id)
          .where('accepted_at', 'is', null)
          .where('revoked_at', 'is', null)
          .execute()
        await tell(trx, organization, id)
        return rows(trx, organization).where('i.id', '=', id).executeTakeFirst()
      })
      if (!row) throw new HubError('not_found', `There is no open invitation "${id}".`)
      return { row, token: await deliver(organization, actor, row, token) }
    },

    async revoke(organization, id) {
      await bus.transaction(db, async (trx) => {
        const revoked = await trx
          .updateTable('invitations')
          .set({ revoked_at: new Date(now()), token_hash: null })
          .where('organization_id', '=', organization)
          .where('id', '=', id)
          .where('accepted_at', 'is', null)
          .where('revoked_at', 'is', null)
          .executeTakeFirst()
        if (revoked.numUpdatedRows === 0n)
          throw new HubError('not_found', `There is no open invitation "${id}".`)
        await tell(trx, organization, id)
      })
    },

    async look(token) {
      const found = await open(db, { token })
      if (!found) throw invalid()
      return {
        id: found.id,
        organizationId: found.organization_id,
        organization: found.organization_name,
        email: found.email,
        role: found.role,
        requiresSso: found.requires_sso,
        expiresAt: found.expires_at,
      }
    },

    async beginPasskey(token, name) {
      const found = await open(db, { token })
      if (!found) throw invalid()
      const person = newId('per', now())
      return passkeys.beginRegistration({ person, email: found.email, name }, `invitation ${found.id}`)
    },

    async acceptNew(given, asking) {
      const found = await open(db, { token: given.token })
      if (!found) throw invalid()
      if (found.requires_sso)
        throw new HubError('single_sign_on_required', `${found.organization_name} wants single sign-on.`)
      const { email } = found
      if ('password' in given) checkPassword(given.password, { email, name: given.name })
      const password = 'password' in given ? await passwords.hash(given.password) : null
      const person = 'passkey' in given ? given.passkey.person : newId('per', now())
      await bus.transaction(db, async (trx) => {
        await take(trx, found, person)
        await createPerson(trx, { id: person, email, name: given.name, password, confirmed: proves(found) })
        if ('passkey' in given) await passkeys.store(trx, given.passkey, given.label)
        await join(trx, found, person)
      })
      return sessions.begin({
        person,
        organization: found.organization_id,
        method: 'password' in given ? 'password' : 'passkey',
        ...asking,
      })
    },

    async acceptAs(principal, token) {
      const found = await open(db, { token })
      if (!found) throw invalid()
      if (found.email !== principal.email)
        throw new HubError(
          'invitation_invalid',
          `This invitation is for another e-mail address than yours, ${principal.email ?? 'which is none'}.`,
        )
      if (found.requires_sso) sessions.requireSso(principal)
      await bus.transaction(db, async (trx) => {
        await take(trx, found, principal.id)
        await join(trx, found, principal.id)
        if (proves(found))
          await trx
            .updateTable('people')
            .set({ email_confirmed_at: new Date(now()) })
            .where('id', '=', principal.id)
            .where('email', '=', found.email)
            .where('email_confirmed_at', 'is', null)
            .execute()
      })
      return sessions.rotate(principal, { organization: found.organization_id })
    },

    async acceptBySso(identity, id, asking) {
      const found = await open(db, { id })
      if (!found) throw invalid()
      const linked = await db
        .selectFrom('sso_identities as s')
        .innerJoin('people as p', 'p.id', 's.person_id')
        .select(['p.id', 'p.email'])
        .where('s.issuer', '=', identity.issuer)
        .where('s.subject', '=', identity.subject)
        .executeTakeFirst()
      const email = linked?.email ?? identity.email
      if (email !== found.email)
        throw new HubError('invitation_invalid', 'Single sign-on knows you under another e-mail address.')
      const person = linked?.id ?? newId('per', now())
      await bus.transaction(db, async (trx) => {
        await take(trx, found, person)
        if (!linked) {
          const name = identity.name ?? email.slice(0, email.lastIndexOf('@'))
          await createPerson(trx, { id: person, email, name, password: null, confirmed: true })
          await trx
            .insertInto('sso_identities')
            .values({
              issuer: identity.issuer,
              subject: identity.subject,
              person_id: person,
              created_at: new Date(now()),
              last_used_at: new Date(now()),
            })
            .execute()
        }
        await join(trx, found, person)
      })
      return sessions.begin({ person, organization: found.organization_id, method: 'sso', ...asking })
    },
  }
}

/** One answer for all: used, taken back, late, made up, or for an address that has an account already. */
function invalid(): HubError {
  return new HubError(
    'invitation_invalid',
    'It was used or taken back, or it is older than seven days. If you have an account here already, sign in with it first and open the link again; else ask for a new one.',
  )
}
