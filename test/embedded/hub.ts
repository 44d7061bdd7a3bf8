/**
 * A hub reduced to its database, to be killed by tests: `hub.ts <options as JSON> [write]`. Prints one JSON line when
 * the database is up; with `write`, inserts rows and prints each number once the database has acknowledged it.
 * SIGTERM stops it in good order.
 */
import pg from 'pg'
import { type EmbeddedOptions, startEmbedded } from '../../src/store/embedded.ts'

const [json = '{}', mode] = process.argv.slice(2)
const options = JSON.parse(json) as EmbeddedOptions
const database = await startEmbedded({ ...options, log: (line) => process.stderr.write(`${line}\n`) })
process.once('SIGTERM', async () => {
  await database.stop()
  process.exit(0)
})
process.stdout.write(`${JSON.stringify({ connection: database.connection, pid: database.pid })}\n`)

if (mode === 'write') {
  const client = new pg.Client(database.connection)
  await client.connect()
  await client.query('CREATE TABLE IF NOT EXISTS written (number integer PRIMARY KEY)')
  const { rows } = await client.query<{ next: number }>(
    'SELECT coalesce(max(number), 0) + 1 AS next FROM written',
  )
  for (let number = rows[0]?.next ?? 1; ; number += 1) {
    await client.query('INSERT INTO written VALUES ($1)', [number])
    process.stdout.write(`${number}\n`)
  }
}
// Nothing else keeps this process: the database is no reason to stay.
setInterval(() => {}, 60_000)
