/** A whole hub for a test: a database of its own, a port of its own, and the sandbox with its knobs. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { type Hub, type HubOptions, startHub } from '../../src/hub.ts'
import { API_SCOPES } from '../../src/http/wire.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import type { CreateStandIn } from '../../src/sandbox/stand-in.ts'
import { createTestDatabase } from './testDatabase.ts'

export const TEST_MASTER_KEY = Buffer.alloc(32, 7).toString('base64')

export type TestHub = {
  hub: Hub
  url: string
  sandbox: Sandbox
  logs: string[]
  /** Milliseconds since 1970, and how to move on. */
  clock: { now: () => number; advance: (ms: number) => void }
  /** A program of the organization: it reaches the organization's connections and its end users'. */
  admin: ApiClient
  /** A program of the administrator's own: what `browser()` connects as oneself is reached with this. */
  mine: Program
  /** Plays the person on the consent page, by default allowing all; returns the address the provider sends the browser to. */
  consent: (authorizationUrl: string, decision?: Parameters<Sandbox['control']['decide']>[1]) => string
  /** Another browser of the same or another person. */
  browser: (email?: string | null) => Promise<Browser>
  close(): Promise<void>
}

// What a test expects of a body it says itself.
// oxlint-disable-next-line typescript/no-explicit-any
export type ApiAnswer = { status: number; body: any; headers: Headers }

export type ApiClient = {
  key: string
  get(path: string, headers?: Record<string, string>): Promise<ApiAnswer>
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>
}

/** With a key that acts as a person, made when it is first needed. */
export type Program = Pick<ApiClient, 'get' | 'send'> & { key: () => Promise<string> }

export type TestHubOptions = Partial<Omit<HubOptions, 'config'>> & {
  env?: Record<string, string>
  withSandbox?: boolean
  /** Stand-ins of made-up providers, by id; one without is played from its declaration. */
  standIns?: Readonly<Record<string, CreateStandIn>>
  /** Another replica of the hub that owns this database. */
  databaseUrl?: string
}

export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const { env = {}, withSandbox = true, standIns = {}, databaseUrl, ...rest } = options
  const database = databaseUrl ? undefined : await createTestDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'trunkline-test-'))
  const key = `tl_${'k'.repeat(40)}`
  const logs: string[] = []
  let offset = 0
  const clock = {
    now: options.now ?? (() => Date.now() + offset),
    advance: (ms: number) => {
      // A clock that shows no time would fail every test after the one that read no date.
      if (!Number.isFinite(ms)) throw new Error(`The clock cannot go on by ${ms} ms.`)
      offset += ms
    },
  }
  const config = loadConfig({
    TRUNKLINE_PORT: '0',
    TRUNKLINE_DATA_DIR: dataDir,
    TRUNKLINE_DATABASE_URL: databaseUrl ?? database?.connectionString,
    TRUNKLINE_MASTER_KEY: TEST_MASTER_KEY,
    TRUNKLINE_BOOTSTRAP_API_KEY: key,
    TRUNKLINE_RETURN_URLS: 'https://app.example.com/connected',
    TRUNKLINE_LOG_LEVEL: 'debug',
    ...env,
  })
  let sandbox: Sandbox | undefined
  const hub = await startHub({
    config,
    schedules: false,
    onLogLine: (line) => logs.push(line),
    ...(withSandbox
      ? { sandbox: { createSandbox: (given) => (sandbox = createSandbox({ ...given, standIns })) } }
      : {}),
    ...rest,
    now: clock.now,
  })
  return {
    hub,
    url: hub.url,
    get sandbox() {
      if (!sandbox) throw new Error('this hub runs without the sandbox')
      return sandbox
    },
    logs,
    clock,
    admin: apiClient(hub.url, key),
    mine: programOf(() => openBrowser(hub)),
    consent(authorizationUrl, decision = {}) {
      const real = new URL(authorizationUrl.replace(`${hub.url}/sandbox/`, 'https://'))
      const asked = ['scope', 'user_scope']
        .flatMap((name) => (real.searchParams.get(name) ?? '').split(/[ ,]/))
        .filter(Boolean)
      return (sandbox as Sandbox).control.decide(real.href, { scopes: asked, ...decision })
    },
    browser: async (email) => openBrowser(hub, email),
    async close() {
      await hub.close()
      await database?.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function programOf(open: () => Promise<Browser>): Program {
  let made: Promise<ApiClient> | undefined
  const client = () => (made ??= open().then((browser) => browser.makeKey()))
  return {
    key: async () => (await client()).key,
    get: async (...call) => (await client()).get(...call),
    send: async (...call) => (await client()).send(...call),
  }
}

export function apiClient(url: string, key: string): ApiClient {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> => {
    const answer = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: answer.status, body: await readBody(answer), headers: answer.headers }
  }
  return { key, get: (path, headers) => call('GET', path, undefined, headers), send: call }
}

async function readBody(answer: Response): Promise<unknown> {
  const text = await answer.text()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What a browser is to the hub: cookies, a CSRF token, and no following of redirects. */
export type Browser = ApiClient & {
  cookies: Map<string, string>
  /** Takes the CSRF token of the session that it holds now. */
  refresh(): Promise<void>
  /** An API key that acts as the person who is signed in here, and may do whatever their role does. */
  makeKey(): Promise<ApiClient>
  /** Follows a callback address as the provider's redirect would; returns where the hub sends the browser next. */
  follow(url: string): Promise<URL>
}

/** Signed in as an administrator, unless `email` is null: then nobody. */
async function openBrowser(hub: Hub, email?: string | null): Promise<Browser> {
  // An address of its own, where the hub trusts what a proxy says: limits are by address.
  const address = `10.${[...randomBytes(3)].join('.')}`
  const cookies = new Map<string, string>()
  let csrf = ''
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> => {
    const answer = await fetch(new URL(path, hub.url), {
      method,
      redirect: 'manual',
      headers: {
        ...(cookies.size > 0
          ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
          : {}),
        'sec-fetch-site': 'same-origin',
        'x-forwarded-for': address,
        ...(csrf ? { 'trunkline-csrf': csrf } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const cut = pair.indexOf('=')
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(cookie)) cookies.delete(pair.slice(0, cut))
      else cookies.set(pair.slice(0, cut), pair.slice(cut + 1))
    }
    return { status: answer.status, body: await readBody(answer), headers: answer.headers }
  }
  const browser: Browser = {
    key: '',
    cookies,
    get: (path, headers) => call('GET', path, undefined, headers),
    send: call,
    async refresh() {
      csrf = (await browser.get('/api/v1/me')).body.csrf_token
    },
    async makeKey() {
      const { scopes } = (await call('GET', '/api/v1/me')).body
      const { body } = await call('POST', '/api/v1/api-keys', {
        name: 'a program of mine',
        scopes: API_SCOPES.filter((scope) => scopes.includes(scope)),
        acts_as: 'me',
      })
      return apiClient(hub.url, body.key)
    },
    async follow(url) {
      const answer = await call('GET', url, undefined, { 'sec-fetch-site': 'cross-site' })
      const { hash, searchParams, pathname } = new URL(url)
      // The page's script hands in what only it can see.
      if (answer.status === 200 && hash) {
        const state = searchParams.get('state') ?? ''
        const handed = await call('POST', pathname, { state, fragment: hash.slice(1) })
        return new URL(handed.body.location ?? 'about:blank', hub.url)
      }
      return new URL(answer.headers.get('location') ?? 'about:blank', hub.url)
    },
  }
  if (email !== null) {
    const link = new URL(await hub.createSignInUrl(email))
    await browser.send('POST', '/api/v1/sessions', { token: link.hash.slice('#token='.length) })
    csrf = (await browser.get('/api/v1/me')).body.csrf_token
  }
  return browser
}
