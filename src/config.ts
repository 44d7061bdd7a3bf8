/**
 * Environment in, typed configuration out. Every problem is reported at once, by variable name: nobody should
 * restart a server five times to learn five mistakes.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { HubError } from './errors.ts'

export type Config = {
  publicUrl: string
  host: string
  port: number
  dataDir: string
  /** External PostgreSQL; absent: the embedded one in `dataDir`. */
  databaseUrl?: string
  /** First admin key for automation. */
  bootstrapApiKey?: string
  /** Base64 of 32 bytes; absent: `dataDir/master.key`, made at first start (embedded database only). */
  masterKey?: string
  /** Further keys that open what they sealed and seal nothing: while the master key is being changed. */
  previousMasterKeys: readonly string[]
  /** Exact `return_to` addresses of host applications. */
  returnUrls: readonly string[]
  /** Hosts and CIDR-less addresses that the SSRF guard lets pass though private (`cloud.lan`, `10.0.0.7`). */
  allowPrivateHosts: readonly string[]
  /** Whether a connect link may end with the weaker `browser` proof. */
  allowBrowserProof: boolean
  sandbox: boolean
  /** Providers that go to the real service though a sandbox runs and no client is configured (keys, app passwords). */
  liveProviders: readonly string[]
  /** Reverse proxies in front whose X-Forwarded-For is believed; 0: none. */
  trustedHops: number
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** Rows of sealed credentials kept in memory; 0 switches the cache off. */
  tokenCacheSize: number
  /** Where a provider's hosts really are: provider id -> host -> base URL (self-managed servers, emulators). */
  endpointOverrides: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** What the pages for privacy and terms say; without a text of the operator's own, one that is true of the hub. */
  legal: {
    operator?: string
    /** An e-mail address, or an address of a page. */
    contact?: string
    /** Markdown. */
    privacy?: string
    terms?: string
  }
  /** OpenID Connect for signing in; absent: not set up. */
  singleSignOn?: {
    issuer: string
    clientId: string
    /** From the environment; else the vault may hold it under the same name. */
    clientSecret?: string
    scopes: readonly string[]
    /** On the button. */
    label: string
    /** Domains of e-mail addresses that may come in; empty: any. */
    domains: readonly string[]
    /** Whether somebody who is no member yet is let in, and as what. */
    newcomers: 'refuse' | 'member' | 'admin'
  }
  /** For the letters of the hub itself; absent: it sends none. */
  mail?: { smtpUrl: string; from: string }
  /** The provider credentials: any variable of the process that a declaration names. */
  env: Readonly<Record<string, string | undefined>>
}

type Reader<T> = (text: string) => T

/** Environment of the process with `.env` of the working folder below it: a set variable wins over the file. */
export function readEnvironment(folder: string, env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  let file: Record<string, string | undefined> = {}
  try {
    file = parseEnv(readFileSync(join(folder, '.env'), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return { ...file, ...env }
}

/** @throws HubError `config_invalid` with one entry in `errors` for every variable that is wrong */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  overrides: Partial<Config> = {},
): Config {
  const errors: { path: string; message: string }[] = []

  /** Reads the first variable that is set; the reader's complaint is collected under its name. */
  function read<T>(names: readonly string[], reader: Reader<T>): T | undefined {
    const name = names.find((candidate) => env[candidate] !== undefined && env[candidate] !== '')
    if (!name) return undefined
    try {
      return reader(env[name] as string)
    } catch (error) {
      errors.push({ path: name, message: (error as Error).message })
      return undefined
    }
  }

  const port = overrides.port ?? read(['TRUNKLINE_PORT'], readPort) ?? 4400
  const host = overrides.host ?? read(['TRUNKLINE_HOST'], (text) => text) ?? '127.0.0.1'
  const databaseUrl = read(['TRUNKLINE_DATABASE_URL'], readDatabaseUrl)
  const bootstrapApiKey = read(['TRUNKLINE_BOOTSTRAP_API_KEY'], readBootstrapKey)
  const masterKey = read(['TRUNKLINE_MASTER_KEY'], readMasterKey)
  const legal = {
    operator: read(['TRUNKLINE_OPERATOR_NAME'], (text) => text.trim()),
    contact: read(['TRUNKLINE_OPERATOR_CONTACT'], readContact),
    privacy: read(['TRUNKLINE_PRIVACY_FILE'], readText),
    terms: read(['TRUNKLINE_TERMS_FILE'], readText),
  }
  const singleSignOn = readSingleSignOn(read, errors)
  const mail = readMail(read, errors)
  const config: Config = {
    publicUrl:
      read(['TRUNKLINE_PUBLIC_URL', 'NEXT_PUBLIC_APP_URL'], readPublicUrl) ??
      `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`,
    host,
    port,
    dataDir: resolve(read(['TRUNKLINE_DATA_DIR'], (text) => text) ?? 'data'),
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(bootstrapApiKey ? { bootstrapApiKey } : {}),
    ...(masterKey ? { masterKey } : {}),
    ...(singleSignOn ? { singleSignOn } : {}),
    ...(mail ? { mail } : {}),
    previousMasterKeys:
      read(['TRUNKLINE_MASTER_KEY_PREVIOUS'], (text) =>
        text.split(',').map((part) => readMasterKey(part.trim())),
      ) ?? [],
    returnUrls: read(['TRUNKLINE_RETURN_URLS'], readReturnUrls) ?? [],
    allowPrivateHosts: read(['TRUNKLINE_ALLOW_PRIVATE_HOSTS'], readList) ?? [],
    allowBrowserProof: read(['TRUNKLINE_ALLOW_BROWSER_PROOF'], readBoolean) ?? false,
    sandbox: read(['TRUNKLINE_SANDBOX'], readBoolean) ?? false,
    liveProviders: read(['TRUNKLINE_LIVE_PROVIDERS'], readList) ?? [],
    trustedHops: read(['TRUNKLINE_TRUSTED_HOPS'], readCount) ?? 0,
    logLevel: read(['TRUNKLINE_LOG_LEVEL'], readLogLevel) ?? 'info',
    tokenCacheSize: read(['TRUNKLINE_TOKEN_CACHE'], readCount) ?? 10_000,
    legal: Object.fromEntries(Object.entries(legal).filter(([, value]) => value !== undefined)),
    endpointOverrides: read(['TRUNKLINE_ENDPOINT_OVERRIDES'], readOverrides) ?? {},
    env,
    ...overrides,
  }
  if (config.databaseUrl && !config.masterKey && !env.TRUNKLINE_MASTER_KEY) {
    errors.push({
      path: 'TRUNKLINE_MASTER_KEY',
      message:
        'is required with TRUNKLINE_DATABASE_URL: every replica needs the same key. Make one with `trunkline keys new`',
    })
  }
  if (errors.length > 0) {
    const lines = errors.map(({ path, message }) => `  ${path} ${message}`).join('\n')
    throw new HubError('config_invalid', `Mend these variables, then start again:\n${lines}`, { errors })
  }
  return config
}

type Read = <T>(names: readonly string[], reader: Reader<T>) => T | undefined
type Errors = { path: string; message: string }[]

function readSingleSignOn(read: Read, errors: Errors): Config['singleSignOn'] {
  const issuer = read(['TRUNKLINE_OIDC_ISSUER'], readIssuer)
  const clientId = read(['TRUNKLINE_OIDC_CLIENT_ID'], (text) => text.trim())
  const clientSecret = read(['TRUNKLINE_OIDC_CLIENT_SECRET'], (text) => text.trim())
  const scopes = read(['TRUNKLINE_OIDC_SCOPES'], readScopes) ?? ['openid', 'email', 'profile']
  const label = read(['TRUNKLINE_OIDC_LABEL'], (text) => text.trim()) ?? 'Single sign-on'
  const domains = read(['TRUNKLINE_OIDC_DOMAINS'], readList) ?? []
  const newcomers = read(['TRUNKLINE_OIDC_NEWCOMERS'], readNewcomers) ?? 'refuse'
  if (issuer && !clientId)
    errors.push({ path: 'TRUNKLINE_OIDC_CLIENT_ID', message: 'is required with TRUNKLINE_OIDC_ISSUER' })
  if (newcomers !== 'refuse' && domains.length === 0)
    errors.push({
      path: 'TRUNKLINE_OIDC_DOMAINS',
      message: 'is required where TRUNKLINE_OIDC_NEWCOMERS lets people in: name the domains that are yours',
    })
  if (!issuer || !clientId) return undefined
  return { issuer, clientId, ...(clientSecret ? { clientSecret } : {}), scopes, label, domains, newcomers }
}

function readMail(read: Read, errors: Errors): Config['mail'] {
  const smtpUrl = read(['TRUNKLINE_SMTP_URL'], readSmtpUrl)
  const from = read(['TRUNKLINE_MAIL_FROM'], readSender)
  if (smtpUrl && !from)
    errors.push({ path: 'TRUNKLINE_MAIL_FROM', message: 'is required with TRUNKLINE_SMTP_URL' })
  return smtpUrl && from ? { smtpUrl, from } : undefined
}

/** OpenID Connect Discovery 1.0 section 2; http only on this machine. */
function readIssuer(text: string): string {
  const url = URL.parse(text.trim())
  if (!url || url.search || url.hash || url.username)
    throw new Error(
      `must be an https address without query, such as https://login.example.com, not "${text}"`,
    )
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackName(url.hostname)))
    throw new Error(`must use https (http is for this machine only), not "${text}"`)
  return text.trim()
}

function readScopes(text: string): string[] {
  const scopes = text.split(/[\s,]+/).filter(Boolean)
  if (!scopes.includes('openid')) throw new Error('must include "openid"')
  return scopes
}

function readNewcomers(text: string): 'refuse' | 'member' | 'admin' {
  const choice = (['refuse', 'member', 'admin'] as const).find((one) => one === text.trim())
  if (!choice) throw new Error(`must be refuse, member or admin, not "${text}"`)
  return choice
}

/** smtps: TLS at once; smtp: STARTTLS, which has to be given. The text holds a password and is not told again. */
function readSmtpUrl(text: string): string {
  const url = URL.parse(text.trim())
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || !url.hostname)
    throw new Error('must be smtps://user:password@host:465, or smtp:// for STARTTLS')
  return text.trim()
}

function readSender(text: string): string {
  const sender = text.trim()
  if (/[\r\n]/.test(sender) || !/^(?:[^<>]*<)?[^\s@<>]+@[^\s@<>]+>?$/.test(sender))
    throw new Error('must be an address, such as "Trunkline <hub@example.com>"')
  return sender
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`must be a port from 0 to 65535, not "${text}"`)
  return port
}

function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 0) throw new Error(`must be a whole number from 0, not "${text}"`)
  return count
}

function readBoolean(text: string): boolean {
  if (['1', 'true', 'yes', 'on'].includes(text.toLowerCase())) return true
  if (['0', 'false', 'no', 'off'].includes(text.toLowerCase())) return false
  throw new Error(`must be true or false, not "${text}"`)
}

function readList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter(Boolean)
}

function readLogLevel(text: string): Config['logLevel'] {
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
  const level = levels.find((candidate) => candidate === text)
  if (!level) throw new Error(`must be one of ${levels.join(', ')}, not "${text}"`)
  return level
}

/** An origin: no path, query, fragment or user information; http only on this machine. */
function readPublicUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new Error(`must be an http(s) URL, not "${text}"`)
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    throw new Error(`must be an origin such as https://hub.example.com, without path or query, not "${text}"`)
  }
  if (url.protocol === 'http:' && !isLoopbackName(url.hostname)) {
    throw new Error(`must use https (http is for this machine only), not "${text}"`)
  }
  return url.origin
}

/** Whether a host name always means this machine (RFC 6761 section 6.3, RFC 8252 section 7.3). */
export function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** https://, or an e-mail address. */
function readContact(text: string): string {
  const contact = text.trim()
  if (URL.parse(contact)?.protocol === 'https:' || /^[^\s@<>()[\]]+@[^\s@<>()[\]]+$/.test(contact))
    return contact
  throw new Error(`must be an e-mail address or an https:// address, not "${text}"`)
}

/** A file with Markdown or plain text. */
function readText(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(resolve(path))
  } catch (error) {
    throw new Error(
      `names a file that cannot be read: ${resolve(path)} (${(error as NodeJS.ErrnoException).code})`,
      { cause: error },
    )
  }
  const text = bytes.toString('utf8')
  if (text.includes('\uFFFD') || text.includes('\0'))
    throw new Error(`must name a file of UTF-8 text, not ${resolve(path)}`)
  if (!text.trim()) throw new Error(`names an empty file: ${resolve(path)}`)
  return text
}

/** Of the schemes for mail none leaves TLS out: smtp asks for STARTTLS. */
const ENDPOINTS: ReadonlySet<string> = new Set(['http:', 'https:', 'imaps:', 'smtps:', 'smtp:'])

function readOverrides(text: string): Record<string, Record<string, string>> {
  const example = 'such as {"github":{"api.github.com":"https://github.example.com/api/v3"}}'
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new Error(`must be JSON, ${example}`)
  }
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isRecord(parsed)) throw new Error(`must be an object, ${example}`)
  for (const [provider, hosts] of Object.entries(parsed)) {
    if (!isRecord(hosts)) throw new Error(`must give an object for "${provider}", ${example}`)
    for (const [host, base] of Object.entries(hosts)) {
      const url = typeof base === 'string' ? URL.parse(base) : null
      if (!url || !ENDPOINTS.has(url.protocol) || url.username || url.search || url.hash) {
        throw new Error(
          `must give an http(s) address (imaps, smtps or smtp for mail) without query for "${provider}" and "${host}", ${example}`,
        )
      }
    }
  }
  return parsed as Record<string, Record<string, string>>
}

function readReturnUrls(text: string): string[] {
  return text.split(',').map((part) => {
    const url = URL.parse(part.trim())
    if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.hash) {
      throw new Error(`must list full http(s) addresses separated by commas; "${part.trim()}" is not one`)
    }
    return part.trim()
  })
}

function readDatabaseUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new Error('must be a postgres:// URL, such as postgres://user:password@host:5432/trunkline')
  }
  return text
}

function readBootstrapKey(text: string): string {
  if (!/^tl_[A-Za-z0-9_-]{32,200}$/.test(text))
    throw new Error('must be "tl_" and at least 32 letters, digits, - or _')
  return text
}

function readMasterKey(text: string): string {
  if (Buffer.from(text, 'base64').length !== 32)
    throw new Error('must be 32 bytes in base64. Make one with `trunkline keys new`')
  return text
}
