import { existsSync, readFileSync } from 'node:fs'
import { Command } from 'commander'
import { compileProvider, declarationSchema } from '../catalog/custom.ts'
import { providers } from '../catalog/registry.ts'
import { clientNamesOf, variablesOf } from '../catalog/variables.ts'
import { HubError } from '../errors.ts'
import { declarationContext } from '../vault/declared.ts'
import { createIntegrations, type Integration, ownRedirectUri } from '../vault/integrations.ts'
import { readConfiguration } from './configuration.ts'
import { ACTOR, withInstallation } from './installation.ts'

type Row = {
  id: string
  name: string
  declared: boolean
  mode: Integration['mode']
  redirect_uri: string | null
  env: string[]
}

export function providersCommand(): Command {
  const command = new Command('providers')
    .description('List the catalog: what is configured, and the redirect URI to register')
    .option('--json', 'machine-readable')
    .action(list)
  command
    .command('list')
    .description('The same')
    .action((_options, own: Command) => list(own.optsWithGlobals()))
  command
    .command('add')
    .description('Declare a provider of your own, or change its declaration, while the hub runs')
    .argument('<file>', 'JSON; - reads standard input')
    .action(add)
  command
    .command('remove')
    .description('Remove a declared provider')
    .argument('<id>')
    .option(
      '--force',
      'although connections live: ends the hub’s side of them, not the access at the provider',
    )
    .action(remove)
  command
    .command('validate')
    .description('Check a declaration, and change nothing')
    .argument('<file>', 'JSON; - reads standard input')
    .action(validate)
  command
    .command('schema')
    .description('Print the JSON Schema of a declaration')
    .action(() => say(JSON.stringify(declarationSchema(), null, 2)))
  return command
}

const say = (line: string) => void process.stdout.write(`${line}\n`)

async function list({ json }: { json?: boolean }): Promise<void> {
  const config = readConfiguration()
  const present = (integrations: readonly Integration[], isDeclared: (id: string) => boolean): Row[] =>
    integrations.map(({ provider, mode, redirectUri }) => ({
      id: provider.id,
      name: provider.name,
      declared: isDeclared(provider.id),
      mode,
      redirect_uri: redirectUri ?? null,
      env: clientNamesOf(provider)
        .slice(0, 1)
        .flatMap(({ client_id, client_secret }) => [client_id, client_secret])
        .filter((name) => name !== undefined),
    }))
  // Before the first start there is nothing but the shipped catalog, and asking makes no database.
  const rows =
    config.databaseUrl || existsSync(config.dataDir)
      ? await withInstallation(async ({ integrations, catalog }) =>
          present(integrations.list(), (id) => catalog.isDeclared(id)),
        )
      : present(
          createIntegrations({ catalog: providers, config, overrides: config.endpointOverrides }).list(),
          () => false,
        )
  if (json) return say(JSON.stringify(rows, null, 2))
  const width = Math.max(...rows.map(({ id }) => id.length))
  for (const row of rows)
    say(
      `${row.id.padEnd(width)}  ${row.mode.padEnd(12)}  ${row.redirect_uri ?? 'no redirect'}${row.declared ? '  (declared here)' : ''}`,
    )
}

async function add(file: string): Promise<void> {
  const declaration = readJson(file)
  await withInstallation(async ({ declared, config, record }) => {
    const { provider } = declared.check(declaration)
    const { isNew } = await declared.put(declaration, ACTOR)
    await record(isNew ? 'provider.declared' : 'provider.changed', provider.id, { hosts: provider.hosts })
    say(`${isNew ? 'Declared' : 'Changed'}: ${provider.name} (${provider.id}). In effect at once.`)
    tellNext(provider, config.publicUrl)
  })
}

async function remove(id: string, { force = false }: { force?: boolean }): Promise<void> {
  await withInstallation(async ({ declared, record }) => {
    const { ended } = await declared.remove(id, { by: ACTOR, force })
    await record('provider.removed', id, { force, ended })
    say(`Removed: ${id}.${ended > 0 ? ` ${ended} connections ended on the hub's side.` : ''}`)
  })
}

function validate(file: string): void {
  const config = readConfiguration()
  const context = declarationContext(providers, config.allowPrivateHosts)
  const { provider } = compileProvider(readJson(file), context)
  say(`${provider.name} (${provider.id}) is a valid declaration.`)
  tellNext(provider, config.publicUrl)
}

function tellNext(provider: Parameters<typeof ownRedirectUri>[0], publicUrl: string): void {
  const redirectUri = ownRedirectUri(provider, publicUrl)
  if (redirectUri) say(`Register this redirect URI there: ${redirectUri}`)
  const names = variablesOf(provider).map(({ name }) => name)
  if (names.length > 0) say(`Then: trunkline secrets set ${names.map((name) => `${name}=...`).join(' ')}`)
}

function readJson(file: string): unknown {
  let content: string
  try {
    content = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new HubError(
      'invalid_request',
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    )
  }
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new HubError('invalid_request', `${file} is not JSON: ${(error as Error).message}.`)
  }
}
