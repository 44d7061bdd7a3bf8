import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import * as spine from './migrations/0001_spine.ts'
import * as integrations from './migrations/0003_integrations.ts'
import * as appInstallations from './migrations/0005_app_installations.ts'
import * as dataDeletions from './migrations/0004_data_deletions.ts'
import * as capabilities from './migrations/0006_capabilities.ts'
import * as people from './migrations/0007_people.ts'
import * as signIn from './migrations/0008_sign_in.ts'
import * as policies from './migrations/0009_policies.ts'
import * as projects from './migrations/0010_projects.ts'
import * as agents from './migrations/0011_agents.ts'
import type { Schema } from './schema.ts'

/** In order; a released migration never changes. Static imports, so that the published build carries them. */
const MIGRATIONS: Record<string, Migration> = {
  '0001_spine': spine,
  '0003_integrations': integrations,
  '0004_data_deletions': dataDeletions,
  '0005_app_installations': appInstallations,
  '0006_capabilities': capabilities,
  '0007_people': people,
  '0008_sign_in': signIn,
  '0009_policies': policies,
  '0010_projects': projects,
  '0011_agents': agents,
}

/**
 * Brings the schema up to date. Safe when several replicas start at once: Kysely takes a lock in the database,
 * and each migration runs in a transaction.
 * @returns names of the migrations that this call applied
 */
export async function migrate(db: Kysely<Schema>): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw error instanceof Error ? error : new Error('a migration failed', { cause: error })
  return (results ?? [])
    .filter(({ status }) => status === 'Success')
    .map(({ migrationName }) => migrationName)
}
