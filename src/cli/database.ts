import type { Config } from '../config.ts'
import { type Bus, openBus } from '../store/bus.ts'
import { checkDatabase, type Database, openDatabase } from '../store/database.ts'
import { readRunning, startEmbedded } from '../store/embedded.ts'
import { createIdentity, type Identity } from '../identity/identity.ts'
import { migrate } from '../store/migrate.ts'

/** The hub's database for one command: joined where a hub runs it, started and stopped where none does. */
export async function withDatabase<Result>(
  config: Config,
  run: (database: Database, identity: Identity, bus: Bus) => Promise<Result>,
): Promise<Result> {
  const running = config.databaseUrl ? undefined : readRunning(config.dataDir)
  const embedded =
    config.databaseUrl || running ? undefined : await startEmbedded({ dataDir: config.dataDir })
  const address = config.databaseUrl
    ? { connectionString: config.databaseUrl }
    : (running?.connection ?? embedded?.connection)
  if (!address) throw new Error('no database address')
  const database = openDatabase(address, () => {})
  try {
    await checkDatabase(database.db)
    await migrate(database.db)
    const bus = await openBus(database, () => {})
    const identity = createIdentity({ db: database.db, bus, now: Date.now, cache: false, onError: () => {} })
    try {
      return await run(database, identity, bus)
    } finally {
      await identity.close()
      await bus.close()
    }
  } finally {
    await database.close()
    await embedded?.stop()
  }
}
