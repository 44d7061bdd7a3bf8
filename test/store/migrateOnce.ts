/** One process that migrates: `migrateOnce.ts <database URL>`. Waits for a line first, so that several begin together. */
import { once } from 'node:events'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'

const database = openDatabase({ connectionString: process.argv[2] ?? '' }, () => {})
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const applied = await migrate(database.db)
await database.close()
process.stdout.write(`${JSON.stringify(applied)}\n`)
process.exit(0)
