/** Finding among what was read: a connection's resources of one kind, as a person types. */
import { sql } from 'kysely'
import type { ResourceKind } from '../catalog/resource-kinds.ts'
import { fold } from '../catalog/resources.ts'
import { HubError } from '../errors.ts'
import type { Principal } from '../identity/principal.ts'
import type { Db } from '../store/database.ts'
import type { SkippedList } from '../store/schema.ts'
import type { Integrations } from '../vault/integrations.ts'
import { likeText, type Projects } from './projects.ts'
import { inviteCommand, type Reading } from './reading.ts'
import { findKind, findSource, lackingFor, providerOf, type SourceConnection } from './sources.ts'

export type ResourceRow = {
  external_id: string
  name: string
  description: string | null
  url: string | null
  private: boolean
  archived: boolean
  member: boolean | null
  unreadable: string | null
  gone_at: Date | null
}

/** How far a kind is read, and what could not be. */
export type ReadingState = {
  state: 'unread' | 'reading' | 'waiting' | 'done' | 'failed'
  found: number
  truncated: boolean
  read_at: Date | null
  resume_at: Date | null
  problem: { code: string; detail: string } | null
  skipped: SkippedList[]
}

export type ResourcePage = {
  rows: ResourceRow[]
  /** How many match in all. */
  total: number
  next: string | null
  reading: ReadingState
  connection: SourceConnection
  kind: ResourceKind
  missingScopes: string[]
  invite: { command: string; where: string } | null
}

export type Asked = {
  project: string
  connection: string
  kind: string
  query: string | undefined
  limit: number
  cursor: string | undefined
}

export type Resources = {
  /** For those who may choose. Opening reads what is old, in the background. */
  list(principal: Principal, asked: Asked): Promise<ResourcePage>
  /** Reads anew now, in the background. */
  read(principal: Principal, asked: Pick<Asked, 'project' | 'connection' | 'kind'>): Promise<void>
}

/** A provider is asked itself from this many letters on. */
const SEARCHABLE = 2

export function createResources(options: {
  db: Db
  projects: Projects
  reading: Reading
  integrations: Integrations
}): Resources {
  const { db, projects, reading, integrations } = options

  async function find(
    principal: Principal,
    { project, connection: id, kind: kindId }: Pick<Asked, 'project' | 'connection' | 'kind'>,
  ) {
    await projects.getForChange(principal, project)
    const connection = await findSource(db, principal.organization, id)
    return { connection, kind: findKind(providerOf(integrations, connection.provider), kindId, connection) }
  }

  async function stateOf(connection: SourceConnection, kind: ResourceKind) {
    return db
      .selectFrom('resource_readings')
      .selectAll()
      .where('organization_id', '=', connection.organization_id)
      .where('connection_id', '=', connection.id)
      .where('kind', '=', kind.id)
      .executeTakeFirst()
  }

  return {
    async list(principal, asked) {
      const { connection, kind } = await find(principal, asked)
      if (connection.status === 'connected') await reading.refresh(connection, kind)
      const words = fold(asked.query ?? '')
        .split(/\s+/)
        .filter(Boolean)
        .slice(0, 8)
      const before = await stateOf(connection, kind)
      const isWhole = before?.state === 'done' && !before.truncated
      if (
        !isWhole &&
        !asked.cursor &&
        words.join('').length >= SEARCHABLE &&
        connection.status === 'connected'
      )
        await reading.search(connection, kind, (asked.query ?? '').trim())
      const { rows, next, total } = await search(db, connection, kind, words, asked)
      const state = await stateOf(connection, kind)
      return {
        rows,
        total,
        next,
        connection,
        kind,
        missingScopes: lackingFor(kind, connection),
        invite: kind.membership
          ? {
              command: inviteCommand(kind.membership, state?.bot ?? null),
              where: kind.membership.invite.where,
            }
          : null,
        reading: {
          state: state?.state ?? 'unread',
          found: state?.found ?? 0,
          truncated: state?.truncated ?? false,
          read_at: state?.read_at ?? null,
          resume_at: state?.resume_at ?? null,
          problem:
            state?.problem_code && state.state !== 'done'
              ? { code: state.problem_code, detail: state.problem_detail ?? '' }
              : null,
          skipped: state?.skipped ?? [],
        },
      }
    },
    async read(principal, asked) {
      const { connection, kind } = await find(principal, asked)
      if (connection.status !== 'connected')
        throw new HubError(
          'connection_invalid',
          `${connection.status_detail} Mend the connection, then read again.`,
        )
      await reading.refresh(connection, kind, { force: true })
    },
  }
}

/** Names that begin with the words first, then those where a word of the name does, then the rest; each by name. */
async function search(
  db: Db,
  connection: SourceConnection,
  kind: ResourceKind,
  words: readonly string[],
  { limit, cursor }: Pick<Asked, 'limit' | 'cursor'>,
): Promise<{ rows: ResourceRow[]; next: string | null; total: number }> {
  const from = cursor === undefined ? undefined : readCursor(cursor)
  const [first = ''] = words
  const rank = first
    ? sql<number>`case when folded like ${`${likeText(words.join(' '))}%`} then 0
        when folded ~ ${`(^|[^[:alnum:]])${first.replaceAll(/[^\p{L}\p{N}]/gu, '\\$&')}`} then 1 else 2 end`
    : sql<number>`0`
  const inside = words.map((word) => sql`folded like ${`%${likeText(word)}%`}`)
  const matching = sql`
    organization_id = ${connection.organization_id} and connection_id = ${connection.id} and kind = ${kind.id}
    ${inside.length > 0 ? sql`and ${sql.join(inside, sql` and `)}` : sql``}`
  type Found = ResourceRow & { rank: number; folded: string }
  const [{ rows }, { rows: counted }] = await Promise.all([
    sql<Found>`
      select * from (
        select external_id, name, description, url, private, archived, member, unreadable, gone_at, folded,
          ${rank} as rank
        from resources where ${matching}) as r
      ${from ? sql`where (r.rank, r.folded, r.external_id) > (${from.rank}, ${from.folded}, ${from.id})` : sql``}
      order by r.rank, r.folded, r.external_id limit ${limit + 1}`.execute(db),
    sql<{ count: string }>`select count(*) as count from resources where ${matching}`.execute(db),
  ])
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    rows: page,
    total: Number(counted[0]?.count ?? 0),
    next: rows.length > limit && last ? writeCursor(last) : null,
  }
}

const writeCursor = ({ rank, folded, external_id }: { rank: number; folded: string; external_id: string }) =>
  Buffer.from(JSON.stringify([rank, folded, external_id])).toString('base64url')

function readCursor(cursor: string): { rank: number; folded: string; id: string } {
  try {
    const [rank, folded, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (typeof rank === 'number' && typeof folded === 'string' && typeof id === 'string')
      return { rank, folded, id }
  } catch {
    // Said below.
  }
  throw new HubError('invalid_request', 'The cursor is not one of this list.')
}
