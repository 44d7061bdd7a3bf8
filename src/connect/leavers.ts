/** People who left an organization: what they had connected there ends, as if they had disconnected it themselves. */
import { HubError } from '../errors.ts'
import type { Bus } from '../store/bus.ts'
import type { Database } from '../store/database.ts'
import type { Vault } from '../vault/vault.ts'
import { moveAttempt, sealNothing } from './attempt.ts'
import type { StoredConnection } from './connections.ts'
import type { Disconnector } from './disconnect.ts'

export type LeftBehind = {
  item: string
  provider: string | null
  outcome: 'done' | 'nothing_to_do' | 'by_hand' | 'failed'
  detail: string
}

export type Leavers = {
  /** Ends flows under way and connections. @returns what was done, without a word of what was in them */
  leave(organization: string, person: string, actor: string): Promise<LeftBehind[]>
}

export function createLeavers(options: {
  database: Database
  bus: Bus
  vault: Vault
  disconnector: Disconnector
  now: () => number
  onError: (error: unknown) => void
}): Leavers {
  const { database, bus, vault, disconnector, now, onError } = options
  const { db } = database

  async function end(row: StoredConnection, actor: string): Promise<LeftBehind | undefined> {
    const about = { item: 'Connection', provider: row.provider }
    try {
      const { items, manual } = await disconnector.disconnect(row, { force: false, actor })
      const upstream = items.find(({ outcome }) => outcome === 'by_hand' || outcome === 'failed')
      return upstream
        ? {
            ...about,
            outcome: 'by_hand',
            detail: `Its credential is destroyed. To end the access there: ${manual.url}`,
          }
        : { ...about, outcome: 'done', detail: 'Disconnected, its credential is destroyed.' }
    } catch (error) {
      // Somebody else was first.
      if (error instanceof HubError && error.code === 'connection_disconnected') return undefined
      onError(error)
      return { ...about, outcome: 'failed', detail: 'It could not be disconnected now; it is tried again.' }
    }
  }

  return {
    async leave(organization, person, actor) {
      const begun = await db
        .selectFrom('oauth_states')
        .selectAll()
        .where('organization_id', '=', organization)
        .where('person_id', '=', person)
        .where('status', 'in', ['pending', 'decision_required', 'proof_required'])
        .execute()
      for (const attempt of begun)
        await moveAttempt(db, bus, attempt, attempt.status, {
          status: 'cancelled',
          state_hash: null,
          finished_at: new Date(now()),
          ...sealNothing(vault, attempt),
        })
      const rows = await db
        .selectFrom('connections')
        .selectAll()
        .where('organization_id', '=', organization)
        .where('owner_kind', '=', 'person')
        .where('owner_id', '=', person)
        .where('disconnected_at', 'is', null)
        .orderBy('id')
        .execute()
      const report: LeftBehind[] = []
      for (const row of rows) {
        const item = await end(row, actor)
        if (item) report.push(item)
      }
      return report
    },
  }
}
