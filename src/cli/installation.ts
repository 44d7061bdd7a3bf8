/** What an operator sets, for one command: the same tables as the hub's, whether it runs or not. */
import { createCatalog, type Catalog } from '../catalog/catalog.ts'
import { providers } from '../catalog/registry.ts'
import type { Config } from '../config.ts'
import { createAudit } from '../identity/audit.ts'
import type { Database } from '../store/database.ts'
import { type Declared, integrationEnvironment, openDeclared } from '../vault/declared.ts'
import { createIntegrations, type Integrations } from '../vault/integrations.ts'
import { checkKeyRing, loadKeyRing } from '../vault/keyring.ts'
import { createSecretChanges, type SecretChanges } from '../vault/secretChanges.ts'
import { openSecrets, type Secrets } from '../vault/secrets.ts'
import { openSettings, type Settings } from '../vault/settings.ts'
import type { Environment } from '../vault/variables.ts'
import { readConfiguration } from './configuration.ts'
import { withDatabase } from './database.ts'
import type { AuditAction } from '../identity/audit-actions.ts'

export type Installation = {
  config: Config
  database: Database
  /** Id of the master key in use. */
  keyId: string
  catalog: Catalog
  declared: Declared
  integrations: Integrations
  /** As integrations may see it. */
  env: Environment
  secrets: Secrets
  settings: Settings
  secretChanges: SecretChanges
  /** Writes to the audit log of the first organization. */
  record(action: AuditAction, target: string, detail: Record<string, unknown>): Promise<void>
}

export const ACTOR = 'command line'

/** A running hub hears of each change at once; one that starts later finds it. */
export async function withInstallation<Result>(
  run: (installation: Installation) => Promise<Result>,
): Promise<Result> {
  const config = readConfiguration()
  return withDatabase(config, async (database, identity, bus) => {
    const { db } = database
    const ring = await loadKeyRing(config, db)
    await checkKeyRing(db, ring)
    const now = Date.now
    // What does not open is told by the list and by doctor, in words.
    const onError = () => {}
    const secrets = await openSecrets({ database, bus, ring, now, onError })
    const settings = await openSettings({ database, bus, now, onError })
    const declared = await openDeclared({
      database,
      bus,
      shipped: providers,
      allowPrivateHosts: config.allowPrivateHosts,
      now,
      onError,
    })
    const catalog = createCatalog(providers, declared)
    const env = integrationEnvironment(config.env, providers)
    const integrations = createIntegrations({
      catalog,
      config: { ...config, env },
      secrets,
      settings,
      overrides: config.endpointOverrides,
    })
    const audit = createAudit({ db, now, onError })
    try {
      return await run({
        config,
        database,
        keyId: ring.currentId,
        catalog,
        declared,
        integrations,
        env,
        secrets,
        settings,
        secretChanges: createSecretChanges({ db, catalog, secrets, env }),
        async record(action, target, detail) {
          const { id } = await identity.ensureOrganization()
          await audit.record({ organization: id, actor: ACTOR, action, target, detail })
        },
      })
    } finally {
      await audit.close()
      declared.close()
      settings.close()
      secrets.close()
    }
  })
}
