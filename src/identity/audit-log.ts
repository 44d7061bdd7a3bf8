/** Reading the audit log: filtered, page by page, whole as a stream, and whether its chain is unbroken. */
import { sql } from 'kysely'
import type { Db } from '../store/database.ts'
import { sayAction } from './audit-actions.ts'
import { followChain } from './audit.ts'
import { maySee, type Principal } from './principal.ts'
import type { OwnerKind } from '../store/schema.ts'

export type AuditFilter = {
  actor?: string | undefined
  action?: string | undefined
  target?: string | undefined
  /** Only entries about this connection. */
  connection?: string | undefined
  /** Milliseconds. */
  from?: number | undefined
  to?: number | undefined
  ip?: string | undefined
}

export type AuditView = {
  seq: number
  at: Date
  actor: {
    id: string
    name: string | null
    kind: 'person' | 'api_key' | 'end_user' | 'other'
    acts_as: string | null
  }
  action: string
  sentence: string
  target: { id: string; name: string | null }
  /** The connection it is about; `label` only where the reader may see into it. */
  connection: {
    id: string
    provider: string
    owner: { kind: OwnerKind; id: string; name: string | null }
    label: string | null
  } | null
  ip: string | null
  detail: Record<string, unknown>
  hash: string
}

export type ChainState = {
  entries: number
  /** Entries that were followed, from the first one. */
  followed: number
  since: Date | null
  checkedAt: Date | null
  /** First entry that does not fit its predecessor. */
  brokenAt: number | null
}

export type AuditLog = {
  list(
    principal: Principal,
    filter: AuditFilter,
    page: { limit: number; before: number | undefined },
  ): Promise<AuditView[]>
  /** Everything that fits, newest first, held a piece at a time. */
  stream(principal: Principal, filter: AuditFilter): AsyncGenerator<AuditView>
  /** Goes on from where the last one ended, at most one piece; `whole`: from the beginning to the end. */
  chain(organization: string, options?: { whole?: boolean }): Promise<ChainState>
}

const PIECE = 1_000
/** Of the chain, followed by one question; about a second. */
const STEP = 20_000

export function createAuditLog({
  db,
  now,
  providerName,
}: {
  db: Db
  now: () => number
  /** As people know it; undefined: the target is no provider. */
  providerName: (id: string) => string | undefined
}): AuditLog {
  async function list(
    principal: Principal,
    { actor, action, target, connection, from, to, ip }: AuditFilter,
    { limit, before }: { limit: number; before: number | undefined },
  ): Promise<AuditView[]> {
    const rows = await db
      .selectFrom('audit_log as a')
      .leftJoin('people as p', 'p.id', 'a.actor')
      .leftJoin('api_keys as k', (join) =>
        join.onRef('k.organization_id', '=', 'a.organization_id').onRef('k.id', '=', 'a.actor'),
      )
      .leftJoin('people as kp', 'kp.id', 'k.person_id')
      .leftJoin('end_users as u', (join) =>
        join.onRef('u.organization_id', '=', 'a.organization_id').onRef('u.id', '=', 'a.actor'),
      )
      .leftJoin('connections as c', (join) =>
        join.onRef('c.organization_id', '=', 'a.organization_id').onRef('c.id', '=', 'a.target'),
      )
      .leftJoin('people as cp', (join) =>
        join.on('c.owner_kind', '=', 'person').onRef('cp.id', '=', 'c.owner_id'),
      )
      .leftJoin('end_users as cu', (join) =>
        join
          .on('c.owner_kind', '=', 'end_user')
          .onRef('cu.organization_id', '=', 'c.organization_id')
          .onRef('cu.id', '=', 'c.owner_id'),
      )
      .leftJoin('api_keys as tk', (join) =>
        join.onRef('tk.organization_id', '=', 'a.organization_id').onRef('tk.id', '=', 'a.target'),
      )
      .leftJoin('people as tp', 'tp.id', 'a.target')
      .select(['a.seq', 'a.at', 'a.actor', 'a.action', 'a.target', 'a.ip', 'a.detail', 'a.hash'])
      .select(['p.name as person_name', 'k.name as key_name', 'kp.name as key_person'])
      .select((eb) => [
        eb.fn.coalesce('u.name', 'u.external_id').as('user_name'),
        eb.fn.coalesce('tk.name', 'tp.name').as('target_name'),
        eb.fn.coalesce('cp.name', 'cu.name', 'cu.external_id').as('owner_name'),
        eb.fn.coalesce('c.label', 'c.account_label').as('connection_label'),
      ])
      .select(['c.id as connection_id', 'c.provider', 'c.owner_kind', 'c.owner_id'])
      .where('a.organization_id', '=', principal.organization)
      .$if(actor !== undefined, (query) => query.where('a.actor', '=', actor as string))
      .$if(action !== undefined, (query) => query.where('a.action', '=', action as string))
      .$if(target !== undefined, (query) => query.where('a.target', '=', target as string))
      .$if(connection !== undefined, (query) => query.where('a.target', '=', connection as string))
      .$if(from !== undefined, (query) => query.where('a.at', '>=', new Date(from as number)))
      .$if(to !== undefined, (query) => query.where('a.at', '<', new Date(to as number)))
      .$if(ip !== undefined, (query) => query.where('a.ip', '=', ip as string))
      .$if(before !== undefined, (query) => query.where('a.seq', '<', before as number))
      .orderBy('a.seq', 'desc')
      .limit(limit)
      .execute()
    return rows.map((row) => {
      const { detail } = row
      const { connection_id: id, provider, owner_kind: kind, owner_id: ownerId } = row
      const seen =
        kind !== null &&
        ownerId !== null &&
        maySee(principal, { organization_id: principal.organization, owner_kind: kind, owner_id: ownerId })
      return {
        seq: row.seq,
        at: row.at,
        actor: {
          id: row.actor,
          name: row.person_name ?? row.key_name ?? row.user_name,
          kind: row.person_name
            ? ('person' as const)
            : row.key_name
              ? ('api_key' as const)
              : row.user_name
                ? ('end_user' as const)
                : ('other' as const),
          acts_as: row.key_person,
        },
        action: row.action,
        sentence: sayAction(row.action, providerName(row.target) ?? row.target, detail),
        target: { id: row.target, name: row.target_name },
        connection:
          id === null || provider === null || kind === null || ownerId === null
            ? null
            : {
                id,
                provider,
                owner: { kind, id: ownerId, name: row.owner_name },
                label: seen ? row.connection_label : null,
              },
        ip: row.ip,
        detail,
        hash: row.hash.toString('hex'),
      }
    })
  }

  async function* stream(principal: Principal, filter: AuditFilter): AsyncGenerator<AuditView> {
    let before: number | undefined
    for (;;) {
      const piece = await list(principal, filter, { limit: PIECE, before })
      yield* piece
      if (piece.length < PIECE) return
      before = piece.at(-1)?.seq
    }
  }

  async function chain(organization: string, { whole = false } = {}): Promise<ChainState> {
    const held = await db
      .selectFrom('audit_checkpoints')
      .selectAll()
      .where('organization_id', '=', organization)
      .executeTakeFirst()
    // What was found broken stays so until somebody has it followed anew.
    let brokenAt = whole ? null : (held?.broken_at ?? null)
    let at = whole || !held ? { seq: 0, hash: Buffer.alloc(32) } : { seq: held.seq, hash: held.hash }
    if (brokenAt === null && at.seq > 0) brokenAt = await changedSince(organization, at)
    const end = whole ? Infinity : at.seq + STEP
    while (brokenAt === null && at.seq < end) {
      const followed = await followChain(db, organization, at, PIECE)
      at = { seq: followed.seq, hash: followed.hash }
      brokenAt = followed.broken ?? null
      if (followed.count < PIECE) break
    }
    const row = { ...at, checked_at: new Date(now()), broken_at: brokenAt }
    await db
      .insertInto('audit_checkpoints')
      .values({ organization_id: organization, ...row })
      .onConflict((conflict) => conflict.column('organization_id').doUpdateSet(row))
      .execute()
    const { entries, since } = await db
      .selectFrom('audit_log')
      .select((eb) => [sql<number>`count(*)::int`.as('entries'), eb.fn.min<Date | null>('at').as('since')])
      .where('organization_id', '=', organization)
      .executeTakeFirstOrThrow()
    return { entries, followed: at.seq, since, checkedAt: row.checked_at, brokenAt }
  }

  /** Where the chain was followed to before: the entry must still be there, as it was. */
  async function changedSince(
    organization: string,
    at: { seq: number; hash: Buffer },
  ): Promise<number | null> {
    const row = await db
      .selectFrom('audit_log')
      .select('hash')
      .where('organization_id', '=', organization)
      .where('seq', '=', at.seq)
      .executeTakeFirst()
    return row?.hash.equals(at.hash) ? null : at.seq
  }

  return { list, stream, chain }
}
