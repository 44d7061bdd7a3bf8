/**
 * What is wrong with an installation, and what mends it: one examination for the command line, the API and the
 * dashboard. It changes nothing, and calls nobody but the hub's own public address.
 */
import type { Catalog } from '../catalog/catalog.ts'
import type { Config } from '../config.ts'
import type { Egress } from '../egress/egress.ts'
import { HubError } from '../errors.ts'
import type { Db } from '../store/database.ts'
import type { Declared } from '../vault/declared.ts'
import type { IntegrationSettingsDesk } from '../vault/integrationSettings.ts'
import type { SecretChanges } from '../vault/secretChanges.ts'
import { examineConnections } from './connections.ts'
import { type Finding, sortFindings } from './finding.ts'
import { examineAddress, examineDatabase, examineMasterKey, examineReach, examineRotation } from './hub.ts'
import { examineDeclared, examineNames, examineProviders, examineSecrets } from './providers.ts'

export type Patient = {
  config: Config
  version: string
  db: Db
  egress: Egress
  catalog: Catalog
  declared: Pick<Declared, 'list'>
  integrationSettings: Pick<IntegrationSettingsDesk, 'list' | 'lacking'>
  secretChanges: Pick<SecretChanges, 'list'>
  /** Id of the master key in use. */
  keyId: string
  now: () => number
  isRunning: boolean
}

export type Doctor = { examine(): Promise<Finding[]> }

export function createDoctor(patient: Patient): Doctor {
  const { config, db, catalog, declared, integrationSettings, secretChanges, keyId } = patient
  return {
    async examine() {
      const views = integrationSettings.list()
      const ready = views.filter(({ setup }) => setup.state === 'ready')
      const [reach, database, rotation, connections, lacking] = await Promise.all([
        examineReach(patient),
        examineDatabase(patient),
        examineRotation(config, db, keyId),
        examineConnections(db, catalog),
        Promise.all(
          ready.map(async ({ integration }) => ({
            provider: integration.provider,
            found: await integrationSettings.lacking(integration.provider.id, undefined),
          })),
        ),
      ])
      return sortFindings([
        { code: 'configuration', severity: 'ok', area: 'hub', what: 'The configuration is readable.' },
        ...examineAddress(config),
        ...reach,
        ...examineNames(config, catalog),
        ...examineMasterKey(config),
        ...rotation,
        ...examineSecrets(secretChanges.list()),
        ...database,
        ...examineDeclared(declared.list()),
        ...examineProviders({ config, views }),
        ...lacking.flatMap(({ provider, found }): Finding[] =>
          found.connections === 0
            ? []
            : [
                {
                  code: 'scopes_lacking',
                  severity: 'note',
                  area: 'connections',
                  provider: provider.id,
                  what: `${found.connections} of ${provider.name}'s connections lack ${found.scopes.join(', ')}.`,
                  why: 'They were made before these scopes were asked for, and work with what they have.',
                  remedy: 'Their owners reconnect where something needs the scopes.',
                },
              ],
        ),
        ...connections,
      ])
    },
  }
}

/** A problem that keeps the rest from being looked at. */
export function describeProblem(error: unknown): Finding[] {
  if (!(error instanceof HubError)) throw error
  if (error.code === 'config_invalid')
    return (error.extras.errors ?? []).map(({ path, message }) => ({
      code: 'configuration_invalid',
      severity: 'error',
      area: 'hub',
      what: `${path} ${message}.`,
      why: 'The hub does not start.',
      remedy: `Mend ${path} in the environment or in .env.`,
    }))
  const isVault = error.code.startsWith('master_key') || error.code.startsWith('vault')
  return [
    {
      code: isVault ? 'vault' : 'database_problem',
      severity: 'error',
      area: isVault ? 'vault' : 'database',
      what: error.detail,
      why: 'The hub does not start, and the rest could not be looked at.',
    },
  ]
}

export { countFindings, type Finding, type FindingCode } from './finding.ts'
