/** What was read, as it lies in its table; and what of it goes when a list was read to its end. */
import { sql } from 'kysely'
import type { FoundResource } from '../catalog/resource-kinds.ts'
import { fold } from '../catalog/resources.ts'
import type { Db } from '../store/database.ts'
import type { SourceConnection } from './sources.ts'

/** One kind of one connection. */
export type ReadingKey = { organization: string; connection: string; kind: string }

/** What one page held. */
export async function keepResources(
  trx: Db,
  key: ReadingKey,
  found: readonly FoundResource[],
  { reading, at }: { reading: number; at: Date },
): Promise<void> {
  // Twice on one page is once; a statement may not touch a row twice.
  const rows = [...new Map(found.map((one) => [one.id, one])).values()]
  if (rows.length === 0) return
  const column = <T>(read: (one: FoundResource) => T) => rows.map(read)
  await sql`
    insert into resources (organization_id, connection_id, kind, external_id, name, folded, description, url,
      private, archived, member, unreadable, reading, seen_at)
    select ${key.organization}, ${key.connection}, ${key.kind}, one.*, ${reading}::int, ${at}::timestamptz
    from unnest(
      ${column(({ id }) => id)}::text[], ${column(({ name }) => name)}::text[],
      ${column(({ name }) => fold(name))}::text[], ${column(({ description }) => description ?? null)}::text[],
      ${column(({ url }) => url ?? null)}::text[], ${column((one) => one.private ?? false)}::bool[],
      ${column(({ archived }) => archived ?? false)}::bool[], ${column(({ member }) => member ?? null)}::bool[],
      ${column(({ unreadable }) => unreadable ?? null)}::text[]) as one
    on conflict (organization_id, connection_id, kind, external_id) do update set
      name = excluded.name, folded = excluded.folded, description = excluded.description, url = excluded.url,
      private = excluded.private, archived = excluded.archived, member = excluded.member,
      unreadable = excluded.unreadable, reading = greatest(resources.reading, excluded.reading),
      seen_at = excluded.seen_at, gone_at = null`.execute(trx)
}

/** What a reading did not see goes, except what a project selected: that is marked. */
export async function dropUnseen(
  trx: Db,
  key: ReadingKey,
  connection: SourceConnection,
  { reading, at }: { reading: number; at: Date },
): Promise<void> {
  await sql`
    with unseen as (
      select r.external_id, exists (
        select from project_selections s
        where s.organization_id = r.organization_id and s.provider = ${connection.provider}
          and s.mode = ${connection.mode} and s.account_id = ${connection.account_id}
          and s.kind = r.kind and s.external_id = r.external_id) as selected
      from resources r
      where r.organization_id = ${key.organization} and r.connection_id = ${key.connection}
        and r.kind = ${key.kind} and r.reading < ${reading}
    ), removed as (
      delete from resources r using unseen u
      where r.organization_id = ${key.organization} and r.connection_id = ${key.connection}
        and r.kind = ${key.kind} and r.external_id = u.external_id and not u.selected
    )
    update resources r set gone_at = ${at} from unseen u
    where r.organization_id = ${key.organization} and r.connection_id = ${key.connection}
      and r.kind = ${key.kind} and r.external_id = u.external_id and u.selected and r.gone_at is null`.execute(
    trx,
  )
}

/**
 * A selected one that was renamed is known by its new name from now on; one that the account was invited to is ready.
 * @returns ids of the projects that this changed
 */
export async function renameSelected(
  trx: Db,
  key: ReadingKey,
  connection: SourceConnection,
): Promise<Set<string>> {
  const { rows: renamed } = await sql<{ project_id: string }>`
    update project_selections s set name = r.name, url = r.url, private = r.private,
      access = case when r.member and s.access = 'invite' then 'ready' else s.access end,
      access_detail = case when r.member and s.access = 'invite' then null else s.access_detail end
    from resources r
    where s.organization_id = ${key.organization} and s.provider = ${connection.provider}
      and s.mode = ${connection.mode} and s.account_id = ${connection.account_id} and s.kind = ${key.kind}
      and r.organization_id = s.organization_id and r.connection_id = ${key.connection}
      and r.kind = s.kind and r.external_id = s.external_id
      and (s.name <> r.name or s.url is distinct from r.url or s.private <> r.private
        or (r.member and s.access = 'invite'))
    returning s.project_id`.execute(trx)
  return new Set(renamed.map(({ project_id }) => project_id))
}

export async function deleteResources(trx: Db, key: ReadingKey): Promise<void> {
  await trx
    .deleteFrom('resources')
    .where('organization_id', '=', key.organization)
    .where('connection_id', '=', key.connection)
    .where('kind', '=', key.kind)
    .execute()
}

/** Names of an account that is disconnected are nobody's any more. */
export async function dropEnded(db: Db): Promise<void> {
  for (const table of ['resources', 'resource_readings'] as const)
    await sql`
      delete from ${sql.table(table)} r using connections c
      where c.organization_id = r.organization_id and c.id = r.connection_id
        and c.disconnected_at is not null`.execute(db)
}
