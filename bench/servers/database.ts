/** An embedded PostgreSQL for the run, at an address that other processes can use. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../src/store/embedded.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'trunkline-bench-'))
const database = await startEmbedded({ dataDir })
const { host, port, user } = database.connection
const url = new URL(`postgres://localhost:${port}/${database.connection.database}`)
url.username = user
url.searchParams.set('host', host)
console.log(JSON.stringify({ url: url.href }))
process.on(
  'SIGTERM',
  () =>
    void database.stop().then(() => {
      rmSync(dataDir, { recursive: true, force: true })
      process.exit(0)
    }),
)
// The database is a child that keeps nobody waiting; this process stays for as long as it is wanted.
setInterval(() => {}, 60_000)
