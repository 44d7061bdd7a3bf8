/** Connect links: a host application lets one of its own users connect, on a page of the hub. */
import type { Selectable } from 'kysely'
import type { Config } from '../config.ts'
import { HubError } from '../errors.ts'
import type { Identity } from '../identity/identity.ts'
import { mustAllow, type Policies } from '../identity/policies.ts'
import type { Principal } from '../identity/principal.ts'
import { hashSecret, newSecret } from '../identity/secrets.ts'
import type { Db } from '../store/database.ts'
import { newId } from '../store/ids.ts'
import type { Schema } from '../store/schema.ts'
import type { Integrations } from '../vault/integrations.ts'

export type LinkRow = Selectable<Schema['connect_sessions']>

export type CreateLink = {
  end_user: { id: string; name?: string | undefined; email?: string | undefined }
  providers?: readonly string[] | undefined
  return_to?: string | undefined
  proof: 'completion' | 'browser'
  connection_id?: string | undefined
}

export type Links = {
  create(principal: Principal, input: CreateLink): Promise<{ row: LinkRow; url: string }>
  /** @throws HubError `link_expired`, for unknown tokens too */
  findByToken(token: string): Promise<LinkRow>
  /** The session, and whether this person at the host application is the one it was made for. */
  findForCompletion(
    principal: Principal,
    id: string,
    endUserId: string,
  ): Promise<{ row: LinkRow; isSamePerson: boolean }>
  markCompleted(row: LinkRow): Promise<void>
  sweep(): Promise<void>
}

const LINK_MS = 30 * 60_000

export function createLinks(options: {
  db: Db
  config: Pick<Config, 'publicUrl' | 'returnUrls' | 'allowBrowserProof'>
  identity: Pick<Identity, 'ensureEndUser'>
  integrations: Integrations
  policies: Pick<Policies, 'of'>
  now: () => number
}): Links {
  const { db, config, identity, integrations, policies, now } = options
  return {
    async create(principal, input) {
      // Lists and calls name an owner by the hub's id or by yours; the two must never be mistaken for each other.
      if (/^(org|per|usr)_/.test(input.end_user.id)) {
        throw new HubError(
          'field_invalid',
          'end_user.id may not begin with "org_", "per_" or "usr_": ids of the hub begin so.',
          {
            errors: [{ path: 'end_user.id', message: 'begins like an id of the hub' }],
          },
        )
      }
      for (const id of input.providers ?? []) {
        const { provider } = integrations.resolve(id)
        mustAllow(policies.of(principal.organization, id), 'end_user', provider.name)
      }
      if (input.proof === 'browser' && !config.allowBrowserProof) {
        throw new HubError(
          'proof_policy',
          'The proof "browser" cannot tell a victim from the person you mean. The operator can allow it with TRUNKLINE_ALLOW_BROWSER_PROOF=true.',
        )
      }
      if (input.proof === 'completion' && input.return_to === undefined) {
        throw new HubError(
          'return_to_refused',
          'A return_to is needed: the flow is completed by your server after the browser has come back to you.',
        )
      }
      // Exact comparison: every looser rule has been talked into an open redirect somewhere.
      if (input.return_to !== undefined && !config.returnUrls.includes(input.return_to)) {
        throw new HubError(
          'return_to_refused',
          'return_to must equal an address in TRUNKLINE_RETURN_URLS, character by character.',
        )
      }
      const endUser = await identity.ensureEndUser(principal.organization, {
        external_id: input.end_user.id,
        name: input.end_user.name,
        email: input.end_user.email,
      })
      if (input.connection_id !== undefined) {
        const owned = await db
          .selectFrom('connections')
          .select('id')
          .where('organization_id', '=', principal.organization)
          .where('id', '=', input.connection_id)
          .where('owner_kind', '=', 'end_user')
          .where('owner_id', '=', endUser.id)
          .where('disconnected_at', 'is', null)
          .executeTakeFirst()
        if (!owned)
          throw new HubError('not_found', `This end user has no live connection "${input.connection_id}".`)
      }
      const token = newSecret('')
      const row = await db
        .insertInto('connect_sessions')
        .values({
          organization_id: principal.organization,
          id: newId('cns', now()),
          token_hash: hashSecret(token),
          end_user_id: endUser.id,
          providers: input.providers ? [...input.providers] : null,
          return_to: input.return_to ?? null,
          proof: input.proof,
          connection_id: input.connection_id ?? null,
          created_by: principal.id,
          created_at: new Date(now()),
          expires_at: new Date(now() + LINK_MS),
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return { row, url: `${config.publicUrl}/connect/${token}` }
    },
    async findByToken(token) {
      const row = await db
        .selectFrom('connect_sessions')
        .selectAll()
        .where('token_hash', '=', hashSecret(token))
        .where('expires_at', '>', new Date(now()))
        .executeTakeFirst()
      if (!row)
        throw new HubError(
          'link_expired',
          'This link is not valid any more. Ask the application that gave it to you for a new one.',
        )
      return row
    },
    async findForCompletion(principal, id, endUserId) {
      const row = await db
        .selectFrom('connect_sessions as s')
        .innerJoin('end_users as u', (join) =>
          join.onRef('u.organization_id', '=', 's.organization_id').onRef('u.id', '=', 's.end_user_id'),
        )
        .selectAll('s')
        .select('u.external_id')
        .where('s.organization_id', '=', principal.organization)
        .where('s.id', '=', id)
        .executeTakeFirst()
      if (!row) throw new HubError('not_found', `There is no connect session "${id}".`)
      return { row, isSamePerson: row.external_id === endUserId }
    },
    async markCompleted(row) {
      await db
        .updateTable('connect_sessions')
        .set({ completed_at: new Date(now()) })
        .where('organization_id', '=', row.organization_id)
        .where('id', '=', row.id)
        .execute()
    },
    async sweep() {
      await db
        .deleteFrom('connect_sessions')
        .where('expires_at', '<', new Date(now() - 7 * 24 * 3_600_000))
        .execute()
    },
  }
}
