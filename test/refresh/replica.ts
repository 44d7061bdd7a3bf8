/**
 * A second hub as a process of its own, to be asked and to be killed: `replica.ts <JSON>`. Prints its address when it
 * serves.
 */
import { loadConfig } from '../../src/config.ts'
import { startHub } from '../../src/hub.ts'
import { AS_HOST, declareProvider } from './declaration.ts'

const given = JSON.parse(process.argv[2] ?? '{}') as {
  env: Record<string, string>
  authorizationServer: string
  clockOffset: number
  leaseMs?: number
}
const hub = await startHub({
  config: loadConfig(given.env),
  catalog: [declareProvider()],
  overrides: { strict: { [AS_HOST]: given.authorizationServer } },
  now: () => Date.now() + given.clockOffset,
  schedules: false,
  ...(given.leaseMs ? { leaseMs: given.leaseMs } : {}),
})
process.once('SIGTERM', () => void hub.close().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ url: hub.url })}\n`)
