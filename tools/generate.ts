/**
 * Writes what follows from the folders: the registries of declarations, of agents and of stand-ins, the logos that
 * simple-icons has, the pages of docs/providers and the README's list. With `--check` it writes nothing and ends with 1 where
 * something is stale.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as icons from 'simple-icons'
import type { Provider } from '../src/catalog/define.ts'
import type { Agent } from '../src/catalog/define-tools.ts'
import { renderProviderPage, renderProvidersTable } from './provider-pages.ts'
import { renderReadme } from './readme-catalog.ts'

type Icon = { title: string; hex: string; path: string }

const root = join(import.meta.dirname, '..')
const folder = join(root, 'src/catalog/providers')

/** Entries whose brand has another name in simple-icons. */
const ICON_SLUGS: Readonly<Record<string, string>> = {
  'google-contacts': 'google',
  'google-reviews': 'google',
  'hubspot-marketing': 'hubspot',
  'stripe-connect': 'stripe',
  'zoho-books': 'zoho',
  'zoho-crm': 'zoho',
  'zoho-inventory': 'zoho',
  'zoho-mail': 'zoho',
  'zoho-projects': 'zoho',
  'zoho-workdrive': 'zoho',
}

/** Title, view box and one path: nothing in it can run or load anything. */
function renderLogo(icon: Icon): string {
  const title = icon.title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 24 24" fill="#${icon.hex}"><title>${title}</title><path d="${icon.path}"/></svg>\n`
}

function findIcon(id: string): Icon | undefined {
  const slug = (ICON_SLUGS[id] ?? id).replaceAll('-', '')
  const icon: unknown = Reflect.get(icons, `si${slug.charAt(0).toUpperCase()}${slug.slice(1)}`)
  return icon as Icon | undefined
}

function renderRegistry(ids: readonly string[], logos: readonly string[]): string {
  const variable = (id: string) => id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return `/** Generated from the folder of providers: run \`npm run generate\` after adding one. */
import type { Provider } from './define.ts'
${ids.map((id) => `import ${variable(id)} from './providers/${id}.ts'`).join('\n')}

export const providers: readonly Provider[] = [${ids.map(variable).join(', ')}]

/** Ids with a drawing in \`logos/\`; the others are shown as a monogram. */
export const logos: ReadonlySet<string> = new Set([${logos.map((id) => `'${id}'`).join(', ')}])

const byId: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.id, provider]))

export function findProvider(id: string): Provider | undefined {
  return byId.get(id)
}
`
}

function renderStandIns(ids: readonly string[]): string {
  const variable = (id: string) => id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return `/** Generated from the folder of stand-ins: run \`npm run generate\` after adding one. */
${ids.map((id) => `import ${variable(id)} from './providers/${id}.ts'`).join('\n')}
import type { CreateStandIn } from './stand-in.ts'

export const standIns: Readonly<Record<string, CreateStandIn>> = {${ids.map((id) => (variable(id) === id ? id : `'${id}': ${variable(id)}`)).join(', ')}}
`
}

function renderAgents(ids: readonly string[]): string {
  const variable = (id: string) => id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return `/** Generated from the folder of tools: run \`npm run generate\` after adding one. */
import type { Agent } from './define-tools.ts'
${ids.map((id) => `import ${variable(id)} from './tools/${id}.ts'`).join('\n')}

export const agents: readonly Agent[] = [${ids.map(variable).join(', ')}]
`
}

function format(path: string, source: string): string {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const run = spawnSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    cwd: root,
    input: source,
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(`biome refused ${path}: ${run.stderr}`)
  return run.stdout
}

function listIds(path: string): string[] {
  return readdirSync(path)
    .filter((name) => /^[a-z0-9-]+\.ts$/.test(name))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort()
}

const ids = listIds(folder)
const providers: Provider[] = []
for (const id of ids) {
  const { default: provider } = (await import(join(folder, `${id}.ts`))) as { default: Provider }
  if (provider.id !== id) throw new Error(`src/catalog/providers/${id}.ts declares "${provider.id}"`)
  providers.push(provider)
}

const wanted = new Map<string, string>()
for (const id of ids) {
  const icon = findIcon(id)
  if (icon) wanted.set(`src/catalog/logos/${id}.svg`, renderLogo(icon))
}
// A drawing that was put there by hand counts as well.
const logos = ids.filter(
  (id) => wanted.has(`src/catalog/logos/${id}.svg`) || existsSync(join(root, `src/catalog/logos/${id}.svg`)),
)
wanted.set('src/catalog/registry.ts', format('src/catalog/registry.ts', renderRegistry(ids, logos)))
const played = renderStandIns(listIds(join(root, 'src/sandbox/providers')))
wanted.set('src/sandbox/stand-ins.ts', format('src/sandbox/stand-ins.ts', played))
const agentIds = listIds(join(root, 'src/catalog/tools'))
for (const id of agentIds) {
  const { default: agent } = (await import(join(root, `src/catalog/tools/${id}.ts`))) as { default: Agent }
  if (agent.id !== id) throw new Error(`src/catalog/tools/${id}.ts declares "${agent.id}"`)
}
wanted.set('src/catalog/agent-registry.ts', format('src/catalog/agent-registry.ts', renderAgents(agentIds)))
wanted.set('docs/providers.md', renderProvidersTable(providers))
wanted.set('README.md', renderReadme(readFileSync(join(root, 'README.md'), 'utf8'), providers))
for (const provider of providers) wanted.set(`docs/providers/${provider.id}.md`, renderProviderPage(provider))

const pages = existsSync(join(root, 'docs/providers')) ? readdirSync(join(root, 'docs/providers')) : []
const orphans = pages.map((name) => `docs/providers/${name}`).filter((path) => !wanted.has(path))
const stale = [...wanted].filter(([path, text]) => {
  const file = join(root, path)
  return !existsSync(file) || readFileSync(file, 'utf8') !== text
})

if (process.argv.includes('--check')) {
  for (const path of [...stale.map(([path]) => path), ...orphans]) console.error(`stale: ${path}`)
  if (stale.length + orphans.length > 0) {
    console.error('Run `npm run generate`.')
    process.exitCode = 1
  }
} else {
  for (const [path, text] of stale) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
    console.log(`wrote ${path}`)
  }
  for (const path of orphans) {
    rmSync(join(root, path))
    console.log(`removed ${path}`)
  }
}
