/** Keeps a server running. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { stopOrphans } from './orphans.ts'
import { type DatabaseLog, type Exit, type Server, startServer } from './server.ts'

/** Milliseconds before a crashed server is started again, longer each time it fails at once. */
const RESTART_DELAYS = [50, 200, 1_000, 5_000] as const

/** Keeps a server running until `stop`: one that dies is started again, for as long as it takes. */
export async function supervise(input: {
  cluster: Cluster
  log: DatabaseLog
  signal: AbortSignal | undefined
  onExit: ((exit: Exit) => void) | undefined
}): Promise<{ pid(): number; stop(): Promise<void> }> {
  const { cluster, log } = input
  const stopping = new AbortController()
  let server: Server = await startServer(cluster, { log, signal: input.signal })

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const exit = await server.exited
      if (stopping.signal.aborted) return
      log(
        `PostgreSQL ended unexpectedly (${exit.signal ?? `status ${exit.code}`}); starting it again`,
        'warn',
      )
      input.onExit?.(exit)
      await restart()
    }
  }

  async function restart(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      const delay = RESTART_DELAYS[Math.min(failures, RESTART_DELAYS.length - 1)]
      await sleep(delay, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
      if (stopping.signal.aborted) return
      try {
        await stopOrphans(cluster.folder, log)
        server = await startServer(cluster, { log, signal: stopping.signal })
        log(`PostgreSQL runs again (process ${server.pid})`, 'warn')
        return
      } catch (error) {
        log(`PostgreSQL did not start again: ${(error as Error).message}`, 'warn')
      }
    }
  }

  const watching = watch()
  return {
    pid: () => server.pid,
    async stop() {
      stopping.abort()
      await server.stop()
      await watching
      // A restart that was under way when `stop` came may have ended in a new server.
      await server.stop()
    },
  }
}
