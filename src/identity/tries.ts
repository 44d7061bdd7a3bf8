/**
 * How often somebody may try to sign in: counted in the database, so that it holds over replicas and restarts. A try is
 * counted before it is judged; whoever sends a hundred at once gets no further than whoever sends them one by one.
 *
 * Nobody is locked out for good: every count ends by itself a quarter of an hour after it began; an address from which
 * the person has a session is not held back by what others try elsewhere; and passkeys, single sign-on and links are
 * not counted by account at all.
 */
import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { sql } from 'kysely'
import { HubError } from '../errors.ts'
import type { Db } from '../store/database.ts'

const WINDOW_MS = 15 * 60_000

/** Tries in a window. */
const LIMITS = {
  /** One account from one address: somebody who is not sure of a password. */
  account_address: 10,
  /** Any account from one address: an office shares one. */
  address: 100,
  /** One account from everywhere: many machines guessing together. */
  account: 50,
  /** Letters to one mailbox. */
  letter: 3,
} as const
type Kind = keyof typeof LIMITS

export type Try = { kind: Kind; value: string }

export type Tries = {
  /** @throws HubError `rate_limited` once one of them is used up */
  take(tries: readonly Try[]): Promise<void>
  /** After success: what was taken is given back. */
  giveBack(tries: readonly Try[]): Promise<void>
  prune(): Promise<void>
}

export function createTries({ db, now }: { db: Db; now: () => number }): Tries {
  async function take(tries: readonly Try[]): Promise<void> {
    for (const one of tries) {
      const at = new Date(now())
      const end = new Date(now() + WINDOW_MS)
      const { rows } = await sql<{ tries: number; expires_at: Date }>`
        insert into sign_in_tries (key, tries, expires_at) values (${keyOf(one)}, 1, ${end})
        on conflict (key) do update set
          tries = case when sign_in_tries.expires_at <= ${at} then 1 else sign_in_tries.tries + 1 end,
          expires_at = case when sign_in_tries.expires_at <= ${at} then ${end} else sign_in_tries.expires_at end
        returning tries, expires_at`.execute(db)
      const [row] = rows
      if (!row || row.tries <= LIMITS[one.kind]) continue
      const seconds = Math.max(1, Math.ceil((row.expires_at.getTime() - now()) / 1000))
      throw new HubError(
        'rate_limited',
        `Too many tries. Wait ${Math.ceil(seconds / 60)} minutes, or sign in another way.`,
        { retryAfter: seconds },
      )
    }
  }

  return {
    take,
    async giveBack(tries) {
      for (const one of tries)
        await sql`update sign_in_tries set tries = greatest(tries - 1, 0) where key = ${keyOf(one)}`.execute(
          db,
        )
    },
    async prune() {
      await db.deleteFrom('sign_in_tries').where('expires_at', '<=', new Date(now())).execute()
    },
  }
}

/** Hashed: the table tells nobody who tried. */
function keyOf({ kind, value }: Try): Buffer {
  return createHash('sha256').update(`${kind}|${value}`).digest()
}

/** A network of IPv6 is one household: its machines take addresses of it as they like. */
export function neighbourhood(ip: string | null): string {
  if (!ip || !isIPv6(ip)) return ip ?? 'unknown'
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped) return mapped[1] as string
  const [head = '', tail] = (ip.split('%')[0] ?? '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
