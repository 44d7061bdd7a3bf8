/**
 * The audit log: append-only, each entry hashed over its predecessor, so that a removed or changed row shows.
 * Frequent reads are counted in memory and written once a second: a read costs no write.
 */
import { createHash } from 'node:crypto'
import type { Db } from '../store/database.ts'
import { lock } from '../store/lock.ts'
import type { AuditAction } from './audit-actions.ts'

export type AuditEntry = {
  organization: string
  /** Id of the person or API key. */
  actor: string
  action: AuditAction
  target: string
  ip?: string | null
  detail?: Record<string, unknown>
}

export type Audit = {
  record(entry: AuditEntry): Promise<void>
  /** Written soon, together with others: for what happens often and is recorded elsewhere as well. */
  note(entry: AuditEntry): void
  /** Counted per actor, action and target, written soon. */
  count(entry: AuditEntry): void
  flush(): Promise<void>
  close(): Promise<void>
}

const FLUSH_MS = 1_000
/** Entries written in one statement, which takes 65,535 parameters. */
const TOGETHER = 1_000

type Counted = { entry: AuditEntry; times: number }

/** Of one target; comparing costs less than a key made of all of it, and a target has few callers in a second. */
const isSame = (a: AuditEntry, b: AuditEntry): boolean =>
  a.actor === b.actor && a.action === b.action && a.ip === b.ip && a.organization === b.organization

export function createAudit(options: {
  db: Db
  now: () => number
  onError: (error: unknown) => void
}): Audit {
  const { db, now, onError } = options
  let counted = new Map<string, Counted[]>()
  let noted: AuditEntry[] = []

  async function append(entries: readonly AuditEntry[]): Promise<void> {
    const [first] = entries
    if (!first) return
    await db.transaction().execute(async (trx) => {
      // One writer a chain at a time, over all replicas.
      await lock(trx, `audit ${first.organization}`)
      const last = await trx
        .selectFrom('audit_log')
        .select(['seq', 'hash'])
        .where('organization_id', '=', first.organization)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
      let seq = last?.seq ?? 0
      let previous = last?.hash ?? Buffer.alloc(32)
      const rows = entries.map((entry) => {
        seq += 1
        const at = new Date(now())
        const detail = JSON.stringify(entry.detail ?? {})
        const hash = hashEntry(previous, {
          organization: entry.organization,
          seq,
          at,
          actor: entry.actor,
          action: entry.action,
          target: entry.target,
          ip: entry.ip ?? null,
          detail,
        })
        const row = {
          organization_id: entry.organization,
          seq,
          at,
          actor: entry.actor,
          action: entry.action,
          target: entry.target,
          ip: entry.ip ?? null,
          detail,
          previous_hash: previous,
          hash,
        }
        previous = hash
        return row
      })
      await trx.insertInto('audit_log').values(rows).execute()
    })
  }

  async function flush(): Promise<void> {
    const entries = [
      ...noted,
      ...[...counted.values()]
        .flat()
        .map(({ entry, times }) => ({ ...entry, detail: { ...entry.detail, times } })),
    ]
    noted = []
    counted = new Map()
    const groups = [...Map.groupBy(entries, ({ organization }) => organization).values()].flatMap(piecesOf)
    for (const group of groups) {
      try {
        await append(group)
      } catch (error) {
        // Kept for the next turn: an audit entry must not vanish because the database was away.
        noted.unshift(...group)
        onError(error)
      }
    }
  }

  const timer = setInterval(() => void flush(), FLUSH_MS)
  timer.unref()

  return {
    record: (entry) => append([entry]),
    note: (entry) => void noted.push(entry),
    count(entry) {
      const ofTarget = counted.get(entry.target)
      const known = ofTarget?.find((one) => isSame(one.entry, entry))
      if (known) known.times += 1
      else if (ofTarget) ofTarget.push({ entry, times: 1 })
      else counted.set(entry.target, [{ entry, times: 1 }])
    },
    flush,
    async close() {
      clearInterval(timer)
      await flush()
    },
  }
}

function piecesOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / TOGETHER) }, (_, index) =>
    all.slice(index * TOGETHER, (index + 1) * TOGETHER),
  )
}

/** jsonb does not keep the order of keys, so the hash is over a canonical form. */
function hashEntry(
  previous: Buffer,
  entry: {
    organization: string
    seq: number
    at: Date
    actor: string
    action: string
    target: string
    ip: string | null
    detail: string
  },
): Buffer {
  const canonical = JSON.stringify([
    entry.organization,
    entry.seq,
    entry.at.toISOString(),
    entry.actor,
    entry.action,
    entry.target,
    entry.ip,
    sortKeys(JSON.parse(entry.detail)),
  ])
  return createHash('sha256').update(previous).update(canonical).digest()
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  )
}

type Link = { seq: number; hash: Buffer }

/**
 * Follows a chain for some entries beyond one that is known to fit.
 * @returns the last entry that fits, how many were looked at, and the first that does not fit
 */
export async function followChain(
  db: Db,
  organization: string,
  from: Link,
  limit: number,
): Promise<Link & { count: number; broken?: number }> {
  const rows = await db
    .selectFrom('audit_log')
    .selectAll()
    .where('organization_id', '=', organization)
    .where('seq', '>', from.seq)
    .orderBy('seq')
    .limit(limit)
    .execute()
  let { seq, hash: previous } = from
  for (const row of rows) {
    const hash = hashEntry(previous, {
      organization,
      seq: row.seq,
      at: row.at,
      actor: row.actor,
      action: row.action,
      target: row.target,
      ip: row.ip,
      detail: JSON.stringify(row.detail),
    })
    if (row.seq !== seq + 1 || !row.previous_hash.equals(previous) || !row.hash.equals(hash))
      return { seq, hash: previous, count: rows.length, broken: row.seq }
    seq = row.seq
    previous = row.hash
  }
  return { seq, hash: previous, count: rows.length }
}

const PIECE = 1_000

/** Checks a chain from its beginning; @returns the first entry that does not fit, undefined when all do. */
export async function verifyAuditChain(db: Db, organization: string): Promise<number | undefined> {
  let at: Link = { seq: 0, hash: Buffer.alloc(32) }
  for (;;) {
    const { count, broken, ...next } = await followChain(db, organization, at, PIECE)
    if (broken !== undefined || count < PIECE) return broken
    at = next
  }
}
