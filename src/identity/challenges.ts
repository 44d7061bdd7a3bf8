/** What a flow under way has to come back with: random, single use, with an end, and stored as a hash. */
import { HubError } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { hashSecret, newSecret, sameHash } from './secrets.ts'

export type Challenges = {
  /** @param binding what the browser that began has to show as well */
  issue(kind: string, given: { payload?: object; binding?: string; ms: number }): Promise<string>
  /** Takes it once; undefined: unknown, used, late, of another kind, or of another browser. */
  take<Payload = object>(kind: string, value: string, binding?: string): Promise<Payload | undefined>
  prune(): Promise<void>
}

export function createChallenges({ db, now }: { db: Db; now: () => number }): Challenges {
  return {
    async issue(kind, { payload = {}, binding, ms }) {
      const value = newSecret('')
      await db
        .insertInto('sign_in_challenges')
        .values({
          hash: hashSecret(value),
          kind,
          binding_hash: binding === undefined ? null : hashSecret(binding),
          payload: JSON.stringify(payload),
          expires_at: new Date(now() + ms),
        })
        .execute()
      return value
    },
    async take<Payload>(kind: string, value: string, binding?: string) {
      const row = await db
        .deleteFrom('sign_in_challenges')
        .where('hash', '=', hashSecret(value))
        .returning(['kind', 'binding_hash', 'payload', 'expires_at'])
        .executeTakeFirst()
      if (!row || row.kind !== kind || row.expires_at.getTime() <= now()) return undefined
      if (row.binding_hash && !(binding && sameHash(row.binding_hash, hashSecret(binding)))) return undefined
      return row.payload as Payload
    },
    async prune() {
      await db.deleteFrom('sign_in_challenges').where('expires_at', '<=', new Date(now())).execute()
    },
  }
}

export function challengeOver(): HubError {
  return new HubError('sign_in_refused', 'This took too long, or it was used before. Begin again.')
}
