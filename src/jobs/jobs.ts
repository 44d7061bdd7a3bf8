/** Scheduled work on pg-boss, in the hub's own database: with many replicas, one runs each turn. */
import { PgBoss } from 'pg-boss'
import type { Database } from '../store/database.ts'

export type Schedule = {
  name: string
  /** Cron in UTC; a minute is the finest step. */
  cron: string
  run: () => Promise<unknown>
}

export type Jobs = { stop(): Promise<void> }

/** Seconds between two looks for work; a schedule's minute matters, its second does not. */
const POLL_SECONDS = 5
const STOP_MS = 20_000

export async function startJobs(options: {
  database: Database
  schedules: readonly Schedule[]
  onError: (error: unknown, job?: string) => void
}): Promise<Jobs> {
  const { database, schedules, onError } = options
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.pool.query(text, values as unknown[]) },
    schema: 'jobs',
  })
  boss.on('error', onError)
  await boss.start()
  for (const { name, cron, run } of schedules) {
    // `exclusive`: a turn that takes long is not joined by the next one.
    await boss.createQueue(name, { policy: 'exclusive', retryLimit: 0 })
    await boss.schedule(name, cron)
    await boss.work(name, { pollingIntervalSeconds: POLL_SECONDS }, async () => {
      try {
        await run()
      } catch (error) {
        onError(error, name)
      }
    })
  }
  return { stop: () => boss.stop({ graceful: true, timeout: STOP_MS, close: false }) }
}
