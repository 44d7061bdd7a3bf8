/** Settings of an integration: what is asked for, where traffic goes, what comes back where; live, on every replica. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Provider } from '../../src/catalog/define.ts'
import { createIntegrations, type Integrations } from '../../src/vault/integrations.ts'
import type { StoredSettings } from '../../src/vault/settings.ts'
import { AS_HOST, CLIENT_ENV, declareProvider } from '../refresh/declaration.ts'
import { type StubServer, startStubServer } from '../refresh/stubServer.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'

const strict = declareProvider(
  {},
  {
    scopes: {
      openid: { why: 'Names the account.', access: 'read' },
      offline_access: { why: 'Keeps the connection alive.', access: 'read' },
      'files:write': { why: 'Puts files.', access: 'write' },
    },
    scope_sets: {
      recommended: { label: 'Recommended', scopes: ['openid', 'offline_access'] },
      files: {
        label: 'Files',
        scopes: ['openid', 'offline_access', 'files:write'],
        documented: { scopes: ['openid', 'files:everything'], reason: 'It was withdrawn in 2025.' },
      },
    },
  },
)

/** Self-managed: the operator names the host once. */
const managed: Provider = {
  ...declareProvider(),
  id: 'managed',
  name: 'Managed',
  family: 'managed',
  hosts: ['{host}', 'cdn.example.com'],
  parameters: [
    {
      name: 'host',
      label: 'Server',
      pattern: '^[a-z0-9.-]+(:\\d+)?$',
      example: 'git.example.org',
      default: 'managed.example.com',
      required: true,
      host: true,
      asked: 'operator',
      normalise: (typed) =>
        typed
          .trim()
          .toLowerCase()
          .replace(/^https:\/\//, '')
          .replace(/\/.*$/, ''),
    },
    {
      name: 'version',
      label: 'Version',
      pattern: '^v\\d+$',
      example: 'v2',
      default: 'v1',
      asked: 'operator',
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      authorization_endpoint: 'https://{host}/auth',
      token_endpoint: 'https://{host}/token',
      token_endpoint_auth_method: 'client_secret_basic',
      refresh: { rotates: 'always' },
    },
  ],
  api: { base_url: 'https://{host}/api/{version}' },
}

let database: TestDatabase
let as: StubServer
const hubs: TestHub[] = []
beforeAll(async () => {
  as = await startStubServer()
})
afterAll(() => as.close())
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()))
  await database.drop()
})

async function start(env: Record<string, string> = {}, overrides?: Record<string, Record<string, string>>) {
  const t = await startTestHub({
    databaseUrl: database.connectionString,
    catalog: [strict, managed],
    env: { ...CLIENT_ENV, ...env },
    withSandbox: false,
    ...(overrides ? { overrides } : {}),
  })
  hubs.push(t)
  return t
}
const patch = (t: TestHub, provider: string, body: object, query = '') =>
  t.admin.send('PATCH', `/api/v1/integrations/${provider}${query}`, body)
const authorizationOf = async (t: TestHub, provider: string, fields = {}) => {
  const { body } = await (await t.browser()).send('POST', '/api/v1/connect/attempts', { provider, fields })
  return new URL(body.authorization_url)
}

describe('scopes', () => {
  test('the set that is picked, or a list of one’s own, is asked for from then on, on every replica', async () => {
    const here = await start()
    const there = await start()
    expect((await authorizationOf(here, 'strict')).searchParams.get('scope')).toBe('openid offline_access')
    const { status, body } = await patch(here, 'strict', { scope_set: 'files' })
    expect([status, body.scopes]).toEqual([
      200,
      {
        set: 'files',
        own: null,
        requested: ['openid', 'offline_access', 'files:write'],
        unknown: [],
        unusable: [],
      },
    ])
    expect((await authorizationOf(here, 'strict')).searchParams.get('scope')).toContain('files:write')
    await expect
      .poll(async () => (await authorizationOf(there, 'strict')).searchParams.get('scope'))
      .toContain('files:write')

    expect((await patch(here, 'strict', { scopes: ['openid', 'openid'] })).body.scopes).toMatchObject({
      set: null,
      own: ['openid'],
      requested: ['openid'],
    })
    expect((await patch(here, 'strict', { scopes: null })).body.scopes.requested).toHaveLength(2)
    // Nothing of the operator's is left, so nothing is stored.
    expect((await here.hub.database.pool.query('select * from integration_settings')).rows).toEqual([])
  })

  test('unknown ones only when said so, those of a document with the reason, malformed ones never', async () => {
    const t = await start()
    const wrong = await patch(t, 'strict', { scopes: ['openid', 'made:up', 'files:everything', 'two words'] })
    expect([wrong.status, wrong.body.errors]).toEqual([
      422,
      [
        { path: 'scopes.1', message: expect.stringContaining('made:up') },
        { path: 'scopes.2', message: expect.stringContaining('withdrawn in 2025') },
        { path: 'scopes.3', message: expect.stringContaining('without spaces') },
      ],
    ])
    expect((await patch(t, 'strict', { scope_set: 'nope' })).body.errors[0].path).toBe('scope_set')
    expect((await patch(t, 'strict', { scope_set: 'constructor' })).status).toBe(422)
    const { body } = await patch(t, 'strict', {
      scopes: ['openid', 'made:up', 'files:everything'],
      allow_unknown_scopes: true,
    })
    expect(body.scopes).toMatchObject({
      unknown: ['made:up'],
      unusable: [{ scope: 'files:everything', reason: 'It was withdrawn in 2025.' }],
    })
    expect(body.warnings).toHaveLength(2)
  })

  test('connections that now lack scopes keep working and are counted; a dry run says so before', async () => {
    const t = await start({}, { strict: { [AS_HOST]: as.url } })
    const browser = await t.browser()
    const { body: started } = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'strict' })
    as.behave(() => ({
      body: { access_token: 'a', token_type: 'Bearer', expires_in: 3600, scope: 'openid offline_access' },
    }))
    const state = new URL(started.authorization_url).searchParams.get('state') as string
    await browser.follow(
      `${t.url}/api/v1/integrations/universal/callback?${new URLSearchParams({ code: 'c', state, iss: `https://${AS_HOST}` })}`,
    )
    const { body: before } = await t.admin.get('/api/v1/integrations/strict')
    expect(before.lacking).toEqual({ connections: 0, scopes: [], owners: [] })
    const { body: planned } = await patch(t, 'strict', { scope_set: 'files' }, '?dry_run=true')
    expect(planned.lacking).toEqual({
      connections: 1,
      scopes: ['files:write'],
      owners: [expect.objectContaining({ kind: 'person', connections: 1 })],
    })
    expect((await t.admin.get('/api/v1/integrations/strict')).body.scopes.set).toBeNull()
    await patch(t, 'strict', { scope_set: 'files' })
    const { body: connections } = await t.mine.get('/api/v1/connections?provider=strict')
    expect((await t.mine.get(`/api/v1/connections/${connections.data[0].id}/token`)).status).toBe(200)
    const { rows } = await t.hub.database.pool.query(
      `select target, detail from audit_log where action = 'integration.changed'`,
    )
    expect(rows).toEqual([{ target: 'strict', detail: { scope_set: 'files' } }])
  })
})

describe('parameters of the operator', () => {
  test('are normalised, held to their pattern, used at once, and give the provider a redirect URI of its own', async () => {
    const t = await start()
    const before = await authorizationOf(t, 'managed')
    expect([before.host, before.searchParams.get('redirect_uri')]).toEqual([
      'managed.example.com',
      `${t.url}/api/v1/integrations/universal/callback`,
    ])
    const wrong = await patch(t, 'managed', { parameters: { host: 'no host!', version: '2', other: 'x' } })
    expect(wrong.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'parameters.host',
      'parameters.other',
      'parameters.version',
    ])
    const { body } = await patch(t, 'managed', {
      parameters: { host: 'https://Git.Example.org/users/sign_in' },
    })
    expect(body.parameters).toEqual([
      expect.objectContaining({ name: 'host', value: 'git.example.org', default: 'managed.example.com' }),
      expect.objectContaining({ name: 'version', value: 'v1' }),
    ])
    // C7: an answer of that server never arrives where the catalog's own would.
    const own = `${t.url}/api/v1/integrations/universal/callback/managed`
    expect(body.redirect_uri).toBe(own)
    const after = await authorizationOf(t, 'managed')
    expect([after.host, after.searchParams.get('redirect_uri')]).toEqual(['git.example.org', own])
    expect((await t.admin.get('/api/v1/providers/managed')).body.redirect_uri).toBe(own)
    expect((await patch(t, 'managed', { parameters: { host: null } })).body.parameters[0].value).toBe(
      'managed.example.com',
    )
  })
})

describe('endpoint overrides', () => {
  test('only of hosts that the provider has, to https or this machine; they show as warnings', async () => {
    const t = await start()
    const wrong = await patch(t, 'strict', {
      endpoints: {
        'elsewhere.example.com': 'https://ours.example.org',
        [AS_HOST]: 'http://ours.example.org',
      },
    })
    expect([wrong.status, wrong.body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      422,
      ['endpoints.elsewhere.example.com', `endpoints.${AS_HOST}`],
    ])
    for (const base of ['ftp://x', 'https://user@x.org', 'https://x.org?a=b', 'nonsense'])
      expect((await patch(t, 'strict', { endpoints: { [AS_HOST]: base } })).status).toBe(422)
    const { body } = await patch(t, 'strict', { endpoints: { [AS_HOST.toUpperCase()]: `${as.url}/` } })
    expect([body.endpoints, body.warnings]).toEqual([
      [{ host: AS_HOST, base_url: as.url, source: 'settings' }],
      [expect.stringContaining(`Traffic for ${AS_HOST} goes to ${as.url}`)],
    ])
    expect((await authorizationOf(t, 'strict')).origin).toBe(as.url)
    expect((await patch(t, 'strict', { endpoints: { [AS_HOST]: null } })).body.endpoints).toEqual([])
  })

  test('those of the environment win', async () => {
    const t = await start({}, { strict: { [AS_HOST]: as.url } })
    const { body } = await patch(t, 'strict', { endpoints: { [AS_HOST]: 'https://ours.example.org' } })
    expect(body.endpoints).toEqual([{ host: AS_HOST, base_url: as.url, source: 'environment' }])
    expect((await authorizationOf(t, 'strict')).origin).toBe(as.url)
  })

  test('C7 an authorization server of another place answers on an address of its own', async () => {
    const t = await start()
    const { body } = await patch(t, 'strict', { endpoints: { [AS_HOST]: 'https://ours.example.org' } })
    expect(body.redirect_uri).toBe(`${t.url}/api/v1/integrations/universal/callback/strict`)
  })
})

test('the list says how far each provider has come', async () => {
  const t = await start({ STRICT_CLIENT_SECRET: '' })
  const { body } = await t.admin.get('/api/v1/integrations')
  expect(
    body.data.map(({ provider, state, missing }: Record<string, unknown>) => [provider, state, missing]),
  ).toEqual([
    ['strict', 'half_set', ['STRICT_CLIENT_SECRET']],
    ['managed', 'half_set', ['STRICT_CLIENT_SECRET']],
  ])
  await t.admin.send('PUT', '/api/v1/secrets', { values: { STRICT_CLIENT_SECRET: 'now-there' } })
  expect((await t.admin.get('/api/v1/integrations')).body.data[0]).toMatchObject({
    state: 'ready',
    mode: 'live',
  })
  expect((await t.admin.get('/api/v1/integrations/nothing')).body.code).toBe('provider_unknown')
})

describe('resolve', () => {
  const env: Record<string, string | undefined> = {}
  let stored: StoredSettings = {}
  let revision = 1
  let integrations: Integrations
  beforeEach(() => {
    for (const name of Object.keys(env)) delete env[name]
    stored = {}
    integrations = createIntegrations({
      catalog: [strict, managed],
      config: { publicUrl: 'http://127.0.0.1:4400', env, liveProviders: [] },
      settings: {
        of: () => stored,
        get revision() {
          return revision
        },
      },
    })
  })

  test('answers with the same object until something that it depends on changes', () => {
    const first = integrations.resolve('strict')
    expect(first.mode).toBe('unconfigured')
    expect(integrations.resolve('strict')).toBe(first)
    env['STRICT_CLIENT_ID'] = 'a'
    env['STRICT_CLIENT_SECRET'] = 'b'
    expect(integrations.resolve('strict')).toMatchObject({ mode: 'live', client: { client_id: 'a' } })
    env['UNRELATED'] = 'x'
    const live = integrations.resolve('strict')
    expect(integrations.resolve('strict')).toBe(live)
    stored = { scopeSet: 'files' }
    revision++
    expect(integrations.resolve('strict').settings.scopeSet).toBe('files')
  })

  test('an id alone makes a client where no secret is declared', () => {
    const alone = createIntegrations({
      catalog: [{ ...strict, env: { client_id: 'ALONE_KEY' } }],
      config: { publicUrl: 'http://127.0.0.1:4400', env: { ALONE_KEY: 'key' }, liveProviders: [] },
    })
    expect(alone.resolve('strict')).toMatchObject({ mode: 'live', client: { client_id: 'key' } })
  })

  test('C7 a server that the person types always answers on an address of its own', () => {
    const [host, ...rest] = managed.parameters ?? []
    const typed = { ...managed, parameters: [{ ...host, asked: undefined }, ...rest] } as unknown as Provider
    const all = createIntegrations({
      catalog: [typed],
      config: { publicUrl: 'http://127.0.0.1:4400', env, liveProviders: [] },
    })
    expect(all.resolve('managed').redirectUri).toMatch(/callback\/managed$/)
  })
})

describe('checking a client at the provider', () => {
  const check = (t: TestHub, provider: string) =>
    t.admin.send('POST', `/api/v1/integrations/${provider}/check`)

  test.each([
    ['accepted', 400, 'invalid_grant'],
    ['refused', 401, 'invalid_client'],
    ['refused', 400, 'redirect_uri_mismatch'],
    ['unclear', 400, 'temporarily_unavailable'],
  ] as const)('%s: %i %s', async (outcome, status, error) => {
    const t = await start({}, { strict: { [AS_HOST]: as.url } })
    as.behave(() => ({ status, body: { error, error_description: 'client-secret-0123456789' } }))
    const { body } = await check(t, 'strict')
    expect(body).toEqual({ outcome, code: error, detail: expect.stringContaining('Strict') })
    expect(body.detail).not.toContain('client-secret')
    const sent = as.requests.at(-1)
    expect([sent?.body.get('grant_type'), sent?.body.get('code')]).toEqual([
      'authorization_code',
      expect.stringMatching(/^trunkline-client-check-/),
    ])
    as.behave(undefined)
  })

  test('unclear where the server fails or gives anything away; not possible without an endpoint to ask', async () => {
    const t = await start({}, { strict: { [AS_HOST]: as.url } })
    as.behave(() => ({ status: 503, body: 'no' }))
    expect((await check(t, 'strict')).body.outcome).toBe('unclear')
    as.behave(() => ({ body: { access_token: 'a', token_type: 'Bearer' } }))
    expect((await check(t, 'strict')).body.outcome).toBe('unclear')
    as.behave(undefined)
    const none = await start({ STRICT_CLIENT_SECRET: '' }, { strict: { [AS_HOST]: as.url } })
    expect((await check(none, 'strict')).body.code).toBe('not_configured')
  })
})
