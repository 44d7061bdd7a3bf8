import type { TimelineEntryBody } from '../../http/wire.ts'

/** Neighbours that say the same: a connection refreshed all week is one line, not two hundred. */
export type Run = { newest: TimelineEntryBody; older: TimelineEntryBody[] }

export function foldTimeline(entries: readonly TimelineEntryBody[]): Run[] {
  const runs: Run[] = []
  for (const entry of entries) {
    const last = runs.at(-1)
    if (
      last &&
      last.newest.kind === entry.kind &&
      last.newest.title === entry.title &&
      last.newest.actor === entry.actor
    ) {
      last.older.push(entry)
    } else {
      runs.push({ newest: entry, older: [] })
    }
  }
  return runs
}
