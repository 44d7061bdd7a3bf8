import { Command } from 'commander'
import { providers } from '../catalog/registry.ts'
import { HubError } from '../errors.ts'
import { createIntegrations } from '../vault/integrations.ts'
import { checkKeyRing, loadKeyRing } from '../vault/keyring.ts'
import { readConfiguration } from './configuration.ts'
import { withDatabase } from './database.ts'

type Finding = { ok: boolean; what: string; remedy?: string }

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Check configuration, database, master key and credentials; exit status 1 when something needs mending',
    )
    .action(async () => {
      const findings = await examine()
      for (const { ok, what, remedy } of findings)
        process.stdout.write(`${ok ? 'ok  ' : 'MEND'}  ${what}${remedy ? `\n      ${remedy}` : ''}\n`)
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1
    })
}

async function examine(): Promise<Finding[]> {
  const config = readConfiguration()
  const findings: Finding[] = [
    { ok: true, what: `Configuration is readable; the public URL is ${config.publicUrl}` },
  ]
  try {
    await withDatabase(config, async ({ db }) => {
      findings.push({
        ok: true,
        what: config.databaseUrl
          ? 'The external database answers'
          : `The embedded database in ${config.dataDir} answers`,
      })
      await checkKeyRing(db, await loadKeyRing(config, db))
      findings.push({ ok: true, what: 'The master key fits the database' })
    })
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    findings.push({ ok: false, what: error.message, remedy: error.detail })
  }
  for (const { provider, mode, redirectUri } of createIntegrations({ catalog: providers, config }).list()) {
    const { client_id, client_secret } = provider.env
    if (!client_id || !client_secret) continue
    const half = Boolean(config.env[client_id]) !== Boolean(config.env[client_secret])
    if (half)
      findings.push({
        ok: false,
        what: `${provider.name} is half configured`,
        remedy: `Set both ${client_id} and ${client_secret}, or neither.`,
      })
    else if (mode === 'live' && redirectUri) {
      const plain = redirectUri.startsWith('http:')
      findings.push({
        ok: true,
        what: `${provider.name} is configured; register ${redirectUri}`,
        ...(plain
          ? {
              remedy:
                'Many providers refuse http addresses. For real accounts set TRUNKLINE_PUBLIC_URL to an https address that reaches this hub.',
            }
          : {}),
      })
    }
  }
  return findings
}
