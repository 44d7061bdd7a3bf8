import { Command } from 'commander'
import type { Config } from '../config.ts'
import { countFindings, createDoctor, describeProblem, type Finding } from '../doctor/doctor.ts'
import { examineAddress } from '../doctor/hub.ts'
import { createEgress } from '../egress/egress.ts'
import { readRunning } from '../store/embedded.ts'
import { createIntegrationSettings } from '../vault/integrationSettings.ts'
import { createVariables } from '../vault/variables.ts'
import { VERSION } from '../version.ts'
import { readConfiguration } from './configuration.ts'
import { withInstallation } from './installation.ts'

type Options = { json?: boolean; strict?: boolean }

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Look for what is wrong with configuration, keys, database, providers and connections, and say what mends it; exit status 1 when there are errors',
    )
    .option('--json', 'machine-readable')
    .option('--strict', 'exit status 1 for warnings too')
    .action(async ({ json = false, strict = false }: Options) => {
      const findings = await examine()
      const { errors, warnings } = countFindings(findings)
      const output = json
        ? JSON.stringify({ errors, warnings, findings }, null, 2)
        : [...findings.map(render), '', summarise(errors, warnings)].join('\n')
      process.stdout.write(`${output}\n`)
      if (errors > 0 || (strict && warnings > 0)) process.exitCode = 1
    })
}

const LABELS = { error: 'ERROR', warning: 'WARN ', note: 'note ', ok: 'ok   ' } as const

function render({ severity, what, why, remedy }: Finding): string {
  const lines = [`${LABELS[severity]}  ${what}`]
  if (why) lines.push(`       ${why}`)
  if (remedy) lines.push(`       -> ${remedy}`)
  return lines.join('\n')
}

function summarise(errors: number, warnings: number): string {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`
  return errors + warnings === 0
    ? 'Nothing needs mending.'
    : `${count(errors, 'error')}, ${count(warnings, 'warning')}.`
}

async function examine(): Promise<Finding[]> {
  let config: Config
  try {
    config = readConfiguration()
  } catch (error) {
    return describeProblem(error)
  }
  const isRunning = config.databaseUrl === undefined && readRunning(config.dataDir) !== undefined
  const egress = createEgress({ allowPrivateHosts: [] })
  try {
    return await withInstallation(
      ({ database, catalog, declared, integrations, settings, secrets, secretChanges, env, keyId }) =>
        createDoctor({
          config,
          version: VERSION,
          db: database.db,
          egress,
          catalog,
          declared,
          integrationSettings: createIntegrationSettings({
            db: database.db,
            catalog,
            integrations,
            settings,
            variables: createVariables(env, secrets),
            overrides: config.endpointOverrides,
          }),
          secretChanges,
          keyId,
          now: Date.now,
          isRunning,
        }).examine(),
    )
  } catch (error) {
    // Without database or key, what the environment alone tells.
    return [...describeProblem(error), ...examineAddress(config)]
  } finally {
    await egress.close()
  }
}
