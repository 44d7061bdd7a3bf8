/** How long and how often the page that started an authorization asks for its result. */
import type { AttemptBody } from '../../http/wire.ts'

export const POLL_EVERY = 2000
export const WATCH_FOR = 240_000

export function isSettled(status: AttemptBody['status'] | undefined): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'expired' || status === 'cancelled'
}

/** Milliseconds until the next question; false: stop. Live events may still tell of a late success. */
export function pollInterval({
  status,
  startedAt,
  now,
}: {
  status: AttemptBody['status'] | undefined
  startedAt: number
  now: number
}): number | false {
  if (isSettled(status)) return false
  return now - startedAt < WATCH_FOR ? POLL_EVERY : false
}

/** An attempt this tab started. Kept in sessionStorage, so that a reload or a way through this tab loses nothing. */
export type Watched = {
  id: string
  provider: string
  providerName: string
  startedAt: number
  /** The notice that nothing came in time was read. */
  dismissed?: boolean
}

const STORED = 'trunkline-attempts'

export function loadWatched(storage: Storage): Watched[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(STORED) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isWatched) : []
  } catch {
    return []
  }
}

export function saveWatched(storage: Storage, watched: readonly Watched[]): void {
  try {
    storage.setItem(STORED, JSON.stringify(watched))
  } catch {
    // Storage may be full or switched off; the attempt is then watched by this page alone.
  }
}

function isWatched(value: unknown): value is Watched {
  if (typeof value !== 'object' || value === null) return false
  const { id, provider, providerName, startedAt } = value as Record<string, unknown>
  return (
    typeof id === 'string' &&
    typeof provider === 'string' &&
    typeof providerName === 'string' &&
    typeof startedAt === 'number'
  )
}
