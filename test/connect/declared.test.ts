/** Providers that an operator declares at run time: connected, called, refreshed and ended like any other. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AS_HOST, CLIENT } from '../refresh/declaration.ts'
import { startStrictServer } from '../refresh/strictServer.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'
import { startTestHub, TEST_MASTER_KEY, type TestHub } from '../setup/testHub.ts'

const HOUR = 3_600_000
const oauth = {
  id: 'made-up',
  name: 'Made up',
  hosts: [AS_HOST],
  auth: [
    {
      kind: 'oauth2',
      issuer: `https://${AS_HOST}`,
      authorization_response_iss_parameter_supported: true,
      authorization_endpoint: `https://${AS_HOST}/auth`,
      token_endpoint: `https://${AS_HOST}/token`,
      authorization_params: { prompt: 'consent' },
      refresh: { rotates: 'always', dead: ['invalid_grant'] },
    },
  ],
  scopes: {
    openid: { why: 'Names the account.', access: 'read' },
    offline_access: { why: 'Keeps the connection alive.', access: 'read' },
  },
  scope_sets: { recommended: { label: 'Recommended', scopes: ['openid', 'offline_access'] } },
  api: { base_url: `https://${AS_HOST}` },
  verify: { url: '/me' },
  account: { id: 'sub', label: 'sub' },
}

let database: TestDatabase
let as: Awaited<ReturnType<typeof startStrictServer>>
let api: Server
let apiUrl: string
const keys: (string | undefined)[] = []
let t: TestHub
let other: TestHub

beforeAll(async () => {
  database = await createTestDatabase()
  as = await startStrictServer()
  api = createServer((request, response) => {
    keys.push(request.headers['x-key'] as string | undefined)
    const good = request.headers['x-key'] === 'Key a-good-key'
    response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(good ? { account: { id: 7, name: 'Acme' }, path: request.url } : { error: 'no' }),
    )
  })
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const env = {
    TRUNKLINE_ALLOW_PRIVATE_HOSTS: '127.0.0.1',
    CLOUD_CLIENT_SECRET: 'of-the-machine',
    CUSTOM_ID: 'c',
  }
  t = await startTestHub({ databaseUrl: database.connectionString, env })
  other = await startTestHub({ databaseUrl: database.connectionString, env })
})
afterAll(async () => {
  await t.close()
  await other.close()
  await as.close()
  await new Promise((resolve) => api.close(resolve))
  await database.drop()
})

const put = (declaration: { id: string; [key: string]: unknown }, query = '') =>
  t.admin.send('PUT', `/api/v1/providers/${declaration.id}${query}`, declaration)

test('OAuth 2.0: declared, given its client, connected, called, refreshed, disconnected, removed', async () => {
  const redirectUri = `${t.url}/api/v1/integrations/universal/callback/made-up`
  const checked = await put(oauth, '?dry_run=true')
  expect([checked.status, checked.body]).toEqual([
    200,
    {
      id: 'made-up',
      name: 'Made up',
      dry_run: true,
      is_new: true,
      redirect_uri: redirectUri,
      variables: ['MADE_UP_CLIENT_ID', 'MADE_UP_CLIENT_SECRET'],
    },
  ])
  expect((await t.admin.get('/api/v1/providers/made-up')).status).toBe(404)
  expect((await put(oauth)).body).toMatchObject({ dry_run: false, is_new: true })
  await expect.poll(async () => (await other.admin.get('/api/v1/providers/made-up')).status).toBe(200)
  expect((await t.admin.get('/api/v1/providers/made-up')).body).toMatchObject({
    mode: 'unconfigured',
    logo: null,
    redirect_uri: redirectUri,
  })
  const listed = async () =>
    (await t.admin.get('/api/v1/providers?limit=200')).body.data.map(({ id }: { id: string }) => id)
  expect(await listed()).toContain('made-up')

  await t.admin.send('PUT', '/api/v1/secrets', {
    values: { MADE_UP_CLIENT_ID: CLIENT.client_id, MADE_UP_CLIENT_SECRET: CLIENT.client_secret },
  })
  await t.admin.send('PATCH', '/api/v1/integrations/made-up', { endpoints: { [AS_HOST]: as.url } })
  as.open(redirectUri)

  const browser = await t.browser()
  const { body: started } = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'made-up' })
  const back = await as.authorize(started.authorization_url)
  expect(new URL(back).pathname).toBe('/api/v1/integrations/universal/callback/made-up')
  const result = await browser.follow(back)
  expect(result.searchParams.get('status')).toBe('succeeded')
  const { connection_id: id } = (await browser.get(`/api/v1/connect/attempts/${started.id}`)).body

  expect((await t.mine.get(`/api/v1/proxy/${id}/me`)).body).toEqual({ sub: 'ada' })
  t.clock.advance(2 * HOUR)
  expect((await t.mine.get(`/api/v1/connections/${id}/token`)).status).toBe(200)
  expect([as.refreshes(), as.errors]).toEqual([1, []])

  const kept = await t.admin.send('DELETE', '/api/v1/providers/made-up')
  expect([kept.status, kept.body.code]).toEqual([409, 'conflict'])
  expect((await browser.send('DELETE', `/api/v1/connections/${id}`)).status).toBe(200)
  expect((await t.admin.send('DELETE', '/api/v1/providers/made-up')).body).toEqual({
    id: 'made-up',
    connections_ended: 0,
  })
  expect(await listed()).not.toContain('made-up')
  await expect.poll(async () => (await other.admin.get('/api/v1/providers/made-up')).status).toBe(404)
  // What was connected stays readable.
  expect((await t.mine.get(`/api/v1/connections/${id}`)).body.provider).toBe('made-up')
})

test('C7 an answer of its server on the address of all is refused, without a token request', async () => {
  await put(oauth)
  await t.admin.send('PATCH', '/api/v1/integrations/made-up', { endpoints: { [AS_HOST]: as.url } })
  const browser = await t.browser()
  const { body: started } = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'made-up' })
  const back = new URL(await as.authorize(started.authorization_url))
  const before = as.errors.length + as.refreshes()
  const shared = back.href.replace('/callback/made-up', '/callback')
  expect((await browser.follow(shared)).searchParams.get('status')).toBe('refused')
  expect((await browser.get(`/api/v1/connect/attempts/${started.id}`)).body.error.code).toBe('proof_refused')
  expect(as.errors.length + as.refreshes()).toBe(before)
  await t.admin.send('DELETE', '/api/v1/providers/made-up')
})

describe('an API key', () => {
  const keyed = () => ({
    id: 'keyed-thing',
    name: 'Keyed thing',
    hosts: [new URL(apiUrl).host],
    auth: [
      {
        kind: 'api_key',
        authorization: { scheme: 'header', name: 'X-Key', value: 'Key {apiKey}' },
        instructions: ['Open the settings and make a key.'],
      },
    ],
    api: { base_url: `${apiUrl}/v1` },
    verify: { url: '/account' },
    account: { id: 'account.id', label: 'account.name' },
  })

  test('is tested when it is typed, placed as declared, and goes with its provider by force', async () => {
    expect((await put(keyed())).status).toBe(200)
    const browser = await t.browser()
    const connect = (apiKey: string) =>
      browser.send('POST', '/api/v1/connect/attempts', { provider: 'keyed-thing', fields: { apiKey } })
    expect((await connect('a-bad-key')).body.code).toBe('credential_refused')
    const { body } = await connect('a-good-key')
    expect(body.status).toBe('succeeded')
    const path = `/api/v1/connections/${body.connection_id}`
    expect((await t.mine.get(path)).body.account).toEqual({ id: '7', label: 'Acme', email: null })
    expect((await t.mine.get(`/api/v1/proxy/${body.connection_id}/items?x=1`)).body.path).toBe(
      '/v1/items?x=1',
    )

    const removed = await t.admin.send('DELETE', '/api/v1/providers/keyed-thing?force=true')
    expect(removed.body).toEqual({ id: 'keyed-thing', connections_ended: 1 })
    expect((await t.mine.get(path)).body.status).toMatchObject({
      status: 'not_configured',
      cause: 'provider_removed',
    })
    expect((await t.mine.get(`/api/v1/proxy/${body.connection_id}/items`)).body.code).toBe(
      'connection_disconnected',
    )
    const { rows } = await t.hub.database.pool.query('select * from credentials where connection_id = $1', [
      body.connection_id,
    ])
    expect(rows).toEqual([])
  })

  test('E3 private hosts pass only where the machine’s operator allows them, whatever the declaration says', async () => {
    const refused = await put({
      ...keyed(),
      id: 'inner',
      hosts: ['10.1.2.3'],
      api: { base_url: 'https://10.1.2.3' },
    })
    expect(refused.body.errors.map(({ path }: { path: string }) => path)).toContain('hosts.0')
    // A public name that leads inside is stopped at the gate.
    const sneaky = {
      ...keyed(),
      id: 'sneaky',
      hosts: ['sneaky.localhost.example'],
      api: { base_url: 'https://127.0.0.2' },
    }
    expect((await put(sneaky)).body.errors[0].path).toBe('api.base_url')
  })
})

test('everything wrong is told at once, by path, and nothing is stored', async () => {
  const { status, body } = await put({ ...oauth, id: 'github', hosts: ['*.com'], account: { id: 'x' } })
  expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([422, ['account.label']])
  const second = await put({ ...oauth, id: 'github', hosts: ['*.com'] })
  expect(second.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
    'api.base_url',
    'auth.0.token_endpoint',
    'hosts.0',
    'id',
  ])
  expect((await t.admin.send('PUT', '/api/v1/providers/another', oauth)).body.errors).toEqual([
    { path: 'id', message: 'must be "another", as in the address' },
  ])
  expect((await t.admin.get('/api/v1/providers/github')).body.name).toBe('GitHub')
  expect((await t.admin.send('DELETE', '/api/v1/providers/github')).status).toBe(404)
})

test('a declaration cannot have a variable of the machine sent away', async () => {
  await put({ ...oauth, id: 'cloud', name: 'Cloud' })
  const state = async () =>
    (await t.admin.get('/api/v1/integrations/cloud')).body.variables.map(
      ({ name, source }: Record<string, unknown>) => [name, source],
    )
  // It is in the environment of the process, and stays there.
  expect(await state()).toEqual([
    ['CLOUD_CLIENT_ID', null],
    ['CLOUD_CLIENT_SECRET', null],
  ])
  await put({ ...oauth, id: 'cloud', name: 'Cloud', env: { client_id: 'CUSTOM_ID' } })
  expect((await state())[0]).toEqual(['CUSTOM_ID', 'environment'])
  await t.admin.send('DELETE', '/api/v1/providers/cloud')
})

test('reading one back, the schema, and who may', async () => {
  await put(oauth)
  const { body } = await t.admin.get('/api/v1/providers/made-up/declaration')
  expect([body.declaration, body.problems]).toEqual([oauth, []])
  expect((await t.admin.get('/api/v1/providers/schema')).body.title).toBe('Trunkline provider')
  const { body: key } = await t.admin.send('POST', '/api/v1/api-keys', {
    name: 'reader',
    scopes: ['connections:read'],
  })
  const headers = { authorization: `Bearer ${key.key}` }
  const nobody = await t.browser(null)
  expect((await nobody.get('/api/v1/providers/schema', headers)).status).toBe(200)
  for (const [method, path] of [
    ['PUT', '/api/v1/providers/made-up'],
    ['DELETE', '/api/v1/providers/made-up'],
    ['GET', '/api/v1/providers/made-up/declaration'],
  ] as const)
    expect((await nobody.send(method, path, method === 'PUT' ? oauth : undefined, headers)).body.code).toBe(
      'insufficient_scope',
    )
  const { rows } = await t.hub.database.pool.query(
    `select action, target from audit_log where target = 'made-up'`,
  )
  expect(rows).toContainEqual({ action: 'provider.declared', target: 'made-up' })
  await t.admin.send('DELETE', '/api/v1/providers/made-up')
})

describe('the command', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkline-providers-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const run = (...args: string[]): Promise<[code: number, output: string]> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), 'providers', ...args],
        {
          cwd: folder,
          env: {
            PATH: process.env.PATH,
            TRUNKLINE_DATA_DIR: folder,
            TRUNKLINE_DATABASE_URL: database.connectionString,
            TRUNKLINE_MASTER_KEY: TEST_MASTER_KEY,
          },
        },
        (error, stdout, stderr) => resolve([error ? Number(error.code) : 0, stdout + stderr]),
      )
    })

  test('validates, adds, lists and removes, while the hub runs', async () => {
    const file = join(folder, 'made-up.json')
    writeFileSync(file, JSON.stringify({ ...oauth, hosts: ['*.com'] }))
    const [code, output] = await run('validate', file)
    expect(code).toBe(1)
    expect(output).toContain('hosts.0: stands for hosts of strangers too')
    writeFileSync(file, JSON.stringify(oauth))
    expect((await run('validate', file))[1]).toContain('is a valid declaration')
    expect(await run('add', file)).toEqual([
      0,
      expect.stringContaining('trunkline secrets set MADE_UP_CLIENT_ID=... MADE_UP_CLIENT_SECRET=...'),
    ])
    await expect.poll(async () => (await t.admin.get('/api/v1/providers/made-up')).status).toBe(200)
    expect((await run())[1]).toMatch(/made-up\s+live\s+http\S+\/callback\/made-up {2}\(declared here\)/)
    expect(JSON.parse((await run('list', '--json'))[1])).toContainEqual(
      expect.objectContaining({ id: 'made-up', declared: true }),
    )
    expect(await run('remove', 'made-up')).toEqual([0, 'Removed: made-up.\n'])
    expect((await run('remove', 'made-up'))[0]).toBe(1)
    await expect.poll(async () => (await t.admin.get('/api/v1/providers/made-up')).status).toBe(404)
    writeFileSync(file, '{"id": ')
    expect((await run('add', file))[1]).toContain('is not JSON')
  })
})
