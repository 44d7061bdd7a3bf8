/** A whole hub as users run it, with the upstream of the benchmark in GitHub's place and connections to read. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { startHub } from '../../src/hub.ts'
import { seedConnections } from './seed.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'trunkline-bench-hub-'))
const key = `tl_${'b'.repeat(40)}`
const masterKey = Buffer.alloc(32, 9)
const config = loadConfig({
  TRUNKLINE_PORT: '0',
  TRUNKLINE_DATA_DIR: dataDir,
  TRUNKLINE_DATABASE_URL: process.env.BENCH_DATABASE_URL,
  TRUNKLINE_MASTER_KEY: masterKey.toString('base64'),
  TRUNKLINE_BOOTSTRAP_API_KEY: key,
  TRUNKLINE_LOG_LEVEL: 'error',
  TRUNKLINE_TOKEN_CACHE: process.env.BENCH_TOKEN_CACHE,
  GITHUB_CLIENT_ID: 'bench',
  GITHUB_CLIENT_SECRET: 'bench-secret-value',
})
const upstream = process.env.BENCH_UPSTREAM ?? 'http://127.0.0.1:9'
const routes = { 'github.com': upstream, 'api.github.com': upstream }
const hub = await startHub({ config, overrides: { github: routes }, schedules: false })
const seeded = await seedConnections({
  database: hub.database,
  masterKey,
  count: Number(process.env.BENCH_CONNECTIONS ?? 1),
  expired: process.env.BENCH_EXPIRED === '1',
})
// As in a hub that has been in use for a minute: the planner knows that the tables are not empty.
await hub.database.pool.query('analyze')
const signIn: string[] = []
for (let person = 0; person < Number(process.env.BENCH_PEOPLE ?? 1); person++) {
  const link = new URL(await hub.createSignInUrl(`person-${person}@example.com`))
  signIn.push(link.hash.slice('#token='.length))
}
console.log(
  JSON.stringify({
    url: hub.url,
    key,
    connection: seeded[0],
    connections: seeded.slice(0, 64).join(' '),
    last: seeded.at(-1),
    signIn: signIn.join(' '),
  }),
)
process.on(
  'SIGTERM',
  () =>
    void hub.close().then(() => {
      rmSync(dataDir, { recursive: true, force: true })
      process.exit(0)
    }),
)
