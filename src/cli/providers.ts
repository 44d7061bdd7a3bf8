import { Command } from 'commander'
import { providers } from '../catalog/registry.ts'
import { createIntegrations } from '../vault/integrations.ts'
import { readConfiguration } from './configuration.ts'

export function providersCommand(): Command {
  return new Command('providers')
    .description('List the catalog: what is configured, and the redirect URI to register')
    .option('--json', 'machine-readable')
    .action(({ json }: { json?: boolean }) => {
      const rows = createIntegrations({ catalog: providers, config: readConfiguration() })
        .list()
        .map(({ provider, mode, redirectUri }) => ({
          id: provider.id,
          name: provider.name,
          mode,
          redirect_uri: redirectUri ?? null,
          env: [provider.env.client_id, provider.env.client_secret].filter(Boolean),
        }))
      if (json) return void process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
      const width = Math.max(...rows.map(({ id }) => id.length))
      for (const row of rows)
        process.stdout.write(
          `${row.id.padEnd(width)}  ${row.mode.padEnd(12)}  ${row.redirect_uri ?? 'no redirect'}\n`,
        )
    })
}
