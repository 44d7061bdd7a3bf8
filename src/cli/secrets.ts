import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import { Command } from 'commander'
import { readersOf } from '../catalog/variables.ts'
import { HubError } from '../errors.ts'
import type { Affected } from '../vault/secretChanges.ts'
import { ACTOR, type Installation, withInstallation } from './installation.ts'

export function secretsCommand(): Command {
  const secrets = new Command('secrets').description(
    'Client ids, client secrets and other keys of integrations, sealed in the vault; the environment wins over them',
  )
  secrets
    .command('set')
    .description(
      'Set secrets, all or none: NAME=value, or lines of that form from a file or standard input, which keeps values out of the shell’s history',
    )
    .argument('[pairs...]', 'NAME=value; - reads lines from standard input')
    .option('--file <file>', 'read lines NAME=value from a file')
    .option('--dry-run', 'say what would change, and change nothing')
    .action(set)
  secrets
    .command('list')
    .description('Names, where each is set, by whom and how long ago; never values')
    .option('--json', 'machine-readable')
    .action(list)
  secrets
    .command('unset')
    .description('Remove secrets from the vault, every version of them')
    .argument('<names...>')
    .option('--dry-run', 'say what would be lost, and change nothing')
    .action(unset)
  secrets
    .command('import')
    .description('Set what a .env file holds, where a provider reads it')
    .argument('<file>', '- reads standard input')
    .option('--all', 'also names that no provider reads')
    .option('--dry-run', 'say what would change, and change nothing')
    .action(importFile)
  return secrets
}

const say = (line: string) => void process.stdout.write(`${line}\n`)

async function set(
  pairs: readonly string[],
  { file, dryRun = false }: { file?: string; dryRun?: boolean },
): Promise<void> {
  const values: Record<string, string> = {}
  if (file !== undefined) Object.assign(values, await readLines(file))
  for (const pair of pairs) {
    if (pair === '-') Object.assign(values, await readLines('-'))
    else {
      const cut = pair.indexOf('=')
      // A word without "=" may be a value that slipped out of its place: it is not repeated.
      if (cut < 1)
        throw new HubError(
          'invalid_request',
          'Write each secret as NAME=value, or give - to read them from standard input.',
        )
      values[pair.slice(0, cut)] = pair.slice(cut + 1)
    }
  }
  if (Object.keys(values).length === 0)
    throw new HubError('invalid_request', 'Name at least one secret: trunkline secrets set NAME=value')
  await withInstallation((installation) => store(installation, values, dryRun))
}

async function importFile(
  file: string,
  { all = false, dryRun = false }: { all?: boolean; dryRun?: boolean },
): Promise<void> {
  const values = await readLines(file)
  await withInstallation(async (installation) => {
    const providers = installation.catalog.list()
    const skipped: string[] = []
    const wanted = Object.fromEntries(
      Object.entries(values).filter(([name, value]) => {
        const reason = /^(TRUNKLINE_|NEXT_PUBLIC_)/.test(name)
          ? 'configures the hub itself: leave it in the environment'
          : value.trim() === ''
            ? 'is empty'
            : !all && readersOf(providers, name).length === 0
              ? 'is read by no provider (--all takes it)'
              : undefined
        if (reason) skipped.push(`Skipped ${name}: it ${reason}.`)
        return reason === undefined
      }),
    )
    for (const line of skipped) say(line)
    if (Object.keys(wanted).length === 0) return say('Nothing to set.')
    await store(installation, wanted, dryRun)
  })
}

async function store(
  { secretChanges, record }: Installation,
  values: Readonly<Record<string, string>>,
  dryRun: boolean,
): Promise<void> {
  const how = { by: ACTOR, organization: undefined }
  const plan = await secretChanges.set(values, { ...how, dryRun: true })
  for (const affected of plan.affected) describe(affected)
  if (dryRun) {
    for (const { name, outcome } of plan.changes) say(`Would be ${outcome}: ${name}`)
    for (const warning of plan.warnings) say(`Note: ${warning}`)
    return
  }
  const { changes, warnings } = await secretChanges.set(values, { ...how, dryRun: false })
  const changed = changes.filter(({ outcome }) => outcome !== 'unchanged').map(({ name }) => name)
  if (changed.length > 0) await record('secrets.set', changed.join(' '), { names: changed })
  for (const { name, outcome, version } of changes)
    say(outcome === 'unchanged' ? `Unchanged: ${name}` : `Set: ${name} (version ${version})`)
  for (const warning of warnings) say(`Note: ${warning}`)
  if (changed.length > 0) say('In effect at once, without a restart.')
}

async function unset(names: readonly string[], { dryRun = false }: { dryRun?: boolean }): Promise<void> {
  await withInstallation(async ({ secretChanges, record }) => {
    const plan = await secretChanges.unset(names, { organization: undefined, dryRun: true })
    for (const affected of plan.affected) describe(affected)
    for (const warning of plan.warnings) say(`Note: ${warning}`)
    if (dryRun) return say(`Would be removed: ${plan.removed.join(', ')}`)
    const { removed } = await secretChanges.unset(names, { organization: undefined, dryRun: false })
    await record('secrets.unset', removed.join(' '), { names: removed })
    say(`Removed: ${removed.join(', ')}`)
  })
}

async function list({ json = false }: { json?: boolean }): Promise<void> {
  await withInstallation(async ({ secretChanges }) => {
    const entries = secretChanges.list()
    if (json)
      return say(
        JSON.stringify(
          entries.map(({ name, source, usedBy, version, setAt, setBy, readable, warning }) => ({
            name,
            source,
            used_by: usedBy,
            version,
            set_at: setAt?.toISOString() ?? null,
            set_by: setBy,
            readable,
            warning,
          })),
          null,
          2,
        ),
      )
    if (entries.length === 0) return say('No secret is set. `trunkline secrets set NAME=value` sets one.')
    const width = Math.max(...entries.map(({ name }) => name.length))
    for (const { name, source, version, setAt, setBy, usedBy, warning } of entries) {
      const age = setAt ? `version ${version}, set ${ageOf(setAt)} by ${setBy}` : 'not in the vault'
      say(`${name.padEnd(width)}  ${source.padEnd(11)}  ${age}; ${usedBy.join(', ') || 'read by nobody'}`)
      if (warning) say(`${' '.repeat(width)}  ${warning}`)
    }
  })
}

function describe({ name, owners, effect }: Affected): void {
  say(`${name}: ${effect}`)
  for (const owner of owners) say(`  ${owner.name} (${owner.connections})`)
}

function ageOf(date: Date): string {
  const minutes = Math.max(0, Math.round((Date.now() - date.getTime()) / 60_000))
  if (minutes < 1) return 'a moment ago'
  if (minutes < 120) return `${minutes} minutes ago`
  if (minutes < 60 * 48) return `${Math.round(minutes / 60)} hours ago`
  return `${Math.round(minutes / 1440)} days ago`
}

async function readLines(file: string): Promise<Record<string, string>> {
  let content: string
  try {
    content = file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8')
  } catch (error) {
    throw new HubError(
      'invalid_request',
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    )
  }
  return parseEnv(content) as Record<string, string>
}
