/** Checks T1-T5, T7: generated from the router, so that a route without a case fails here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiClient, type ApiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { API_SCOPES } from '../../src/http/wire.ts'

let t: TestHub
let owner: Browser
let stranger: Browser
/** Key of another organization. */
let foreign: ApiClient
let connection: string
let attempt: string
let routes: { method: string; path: string }[]

/** Open to everybody, each with its reason. */
const PUBLIC = new Set([
  'POST /api/platform/{provider}',
  'GET /health',
  'GET /ready', // for load balancers
  'GET /api/v1/sign-in', // what the installation offers, the same for everybody
  'POST /api/v1/sessions', // signing in
  'POST /api/v1/sessions/password',
  'POST /api/v1/sessions/passkey/options',
  'POST /api/v1/sessions/passkey',
  'POST /api/v1/sessions/sso',
  'GET /api/v1/sessions/sso/callback', // the state and the browser's cookie are the credential
  'POST /api/v1/password-resets', // answered alike for every address
  'POST /api/v1/password-resets/complete', // the letter's link is the credential
  'POST /api/v1/invitations/look', // the link is the credential
  'POST /api/v1/invitations/passkey/options',
  'POST /api/v1/invitations/accept',
  'GET /api/v1/connect-links/{token}',
  'POST /api/v1/connect-links/{token}/attempts',
  'GET /api/v1/connect-links/{token}/attempts/{id}', // the link is the credential
  'POST /api/v1/connect-links/{token}/attempts/{id}/decide',
  'POST /api/v1/connect-links/{token}/attempts/{id}/proof',
  'GET /api/integrations/callback',
  'POST /api/integrations/callback',
  'POST /api/v1/integrations/universal/callback',
  'POST /api/integrations/whatsapp/callback', // the browser that began is the credential
  'GET /api/v1/integrations/universal/callback',
  'POST /api/meta/data-deletion',
  'POST /api/meta/deauthorize', // signed by the app secret
  'GET /api/meta/deletion-status', // the code is the credential
  'GET /api/integrations/whatsapp/callback', // providers come back here
])

/** How each route that names a thing is asked for a foreign one. */
const BODIES: Record<string, object> = {
  'PATCH /api/v1/agents/{id}/settings': { for: 'organization' },
  'PUT /api/v1/agents/{id}/access': { everyone: true },
  'PATCH /api/v1/connections/{id}': {},
  'POST /api/v1/connections/{id}/reconnect': {},
  'POST /api/v1/connections/{id}/verify': {},
  'POST /api/v1/connections/existing/{id}/end': { reason: 'none' },
  'POST /api/v1/connect/attempts/{id}/decide': { value: 'x' },
  'POST /api/v1/connect-sessions/{id}/complete': { proof: 'p'.repeat(40), end_user_id: 'x' },
  'POST /api/v1/connect/attempts': { provider: 'github' },
  'POST /api/v1/connect-sessions': { end_user: { id: 'x' } },
  'POST /api/v1/projects': { name: 'x' },
  'PUT /api/v1/projects/{id}/members/{person}': { role: 'member' },
  'POST /api/v1/projects/{id}/connections/{connection}/resources/read': { kind: 'x' },
  'POST /api/v1/projects/{id}/selections': { connection: 'x', kind: 'x', resources: ['x'] },
  'POST /api/v1/projects/{id}/selections/remove': { selections: ['x'] },
  'POST /api/v1/api-keys': { name: 'x', scopes: ['admin'] },
  'PATCH /api/v1/people/{id}': { role: 'member' },
  'PATCH /api/v1/me/passkeys/{id}': { name: 'x' },
  'POST /api/v1/invitations': { email: 'x@example.com' },
  'POST /api/v1/organizations': { name: 'x', administrator: 'x@example.com' },
}

beforeAll(async () => {
  t = await startTestHub()
  owner = await t.browser('owner@example.com')
  stranger = await t.browser('stranger@example.com')
  const { body } = await owner.send('POST', '/api/v1/connect/attempts', {
    provider: 'stripe',
    fields: { apiKey: t.sandbox.values.stripe?.apiKey },
  })
  connection = body.connection_id
  attempt = body.id
  const { pool } = t.hub.database
  await pool.query(`insert into organizations values ('org_other', 'Other', now())`)
  const key = `tl_${'f'.repeat(40)}`
  await pool.query(
    `insert into api_keys (organization_id, id, hash, prefix, name, scopes, created_at) values ('org_other', 'key_other', sha256($1), 'tl_', 'other', '{admin}', now())`,
    [Buffer.from(key)],
  )
  foreign = apiClient(t.url, key)
  const openapi = (await t.admin.get('/openapi.json')).body
  routes = Object.entries(openapi.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  )
})
afterAll(() => t.close())

const fillIn = (path: string) =>
  path
    .replace('{connection}', connection)
    .replace('{*}', 'v1/balance')
    .replace('/resources', '/resources?kind=x')
    .replace('?kind=x/read', '/read')
    .replace(
      '{id}',
      path.includes('attempts') ? attempt : path.includes('connections') ? connection : 'nothing_1',
    )
    .replace('{token}', 'x'.repeat(43))

test('T7 every route but health, sign-in, callbacks and connect links wants authentication', async () => {
  expect(routes.length).toBeGreaterThan(25)
  const nobody = await t.browser(null)
  for (const { method, path } of routes) {
    const { status } = await nobody.send(
      method,
      fillIn(path),
      method === 'GET' || method === 'DELETE' || method === 'HEAD' ? undefined : {},
    )
    if (PUBLIC.has(`${method} ${path}`))
      expect([method, path, status], 'public').not.toEqual([method, path, 401])
    else expect([method, path, status]).toEqual([method, path, 401])
  }
})

describe('T1 a foreign id is answered as if there were none', () => {
  test.each(['person of the same organization', 'API key of another organization'])('%s', async (who) => {
    const caller = who.startsWith('person') ? stranger : foreign
    const named = routes.filter(
      ({ path }) =>
        /\{(id|connection)\}/.test(path) &&
        !path.startsWith('/api/v1/providers') &&
        !path.includes('connect-links'),
    )
    expect(named.length).toBeGreaterThan(10)
    for (const { method, path } of named) {
      if (method === 'HEAD' || method === 'OPTIONS') continue
      // Made for servers: a person is told so before anything is looked up.
      if (who.startsWith('person') && path.includes('connect-sessions')) continue
      // Administrators know that it exists.
      if (who.startsWith('person') && path.includes('/existing/')) continue
      const body = method === 'GET' || method === 'DELETE' ? undefined : (BODIES[`${method} ${path}`] ?? {})
      const answer = await caller.send(method, fillIn(path), body)
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 404, 'not_found'])
    }
    expect((await owner.get(`/api/v1/connections/${connection}`)).body.status.status).toBe('connected')
  })

  test('lists leave foreign things out', async () => {
    for (const path of ['/api/v1/connections', '/api/v1/api-keys']) {
      const { body } = await foreign.get(path)
      expect(body.data.filter(({ id }: { id: string }) => id === connection || id !== 'key_other')).toEqual(
        [],
      )
    }
    expect((await stranger.get('/api/v1/connections')).body.data).toEqual([])
  })
})

test('T2 unknown keys in bodies and queries are refused, with their names', async () => {
  for (const { method, path } of routes.filter(
    ({ method: m, path: p }) => ['POST', 'PATCH'].includes(m) && BODIES[`${m} ${p}`] && !p.includes('{'),
  )) {
    const { status, body } = await t.admin.send(method, path, { ...BODIES[`${method} ${path}`], surprise: 1 })
    expect([path, status, body.code]).toEqual([path, 400, 'invalid_request'])
    expect(body.detail).toContain('surprise')
  }
  expect((await t.admin.get('/api/v1/connections?surprise=1')).status).toBe(400)
})

test('T3 each scope of an API key opens its own routes and no others', async () => {
  const NEEDED: [string, string, string][] = [
    ['GET', '/api/v1/connections', 'connections:read'],
    ['PATCH', `/api/v1/connections/${connection}`, 'connections:write'],
    ['POST', '/api/v1/connect-sessions', 'connect:write'],
    ['GET', `/api/v1/connections/${connection}/token`, 'tokens:read'],
    ['GET', `/api/v1/proxy/${connection}/v1/balance`, 'proxy:use'],
    ['GET', '/api/v1/projects', 'projects:read'],
    ['POST', '/api/v1/projects', 'projects:write'],
    ['GET', '/api/v1/api-keys', 'admin'],
    ['GET', '/api/v1/agents', 'agents:read'],
    ['PATCH', '/api/v1/agents/nothing_1/settings', 'agents:write'],
  ]
  for (const scope of API_SCOPES) {
    const { body } = await t.admin.send('POST', '/api/v1/api-keys', { name: scope, scopes: [scope] })
    const key = apiClient(t.url, body.key)
    for (const [method, path, needs] of NEEDED) {
      const { status } = await key.send(
        method,
        path,
        method === 'GET' ? undefined : (BODIES[`${method} ${path}`] ?? {}),
      )
      const allowed = scope === 'admin' || scope === needs
      expect([scope, path, status === 403], `${status}`).toEqual([scope, path, !allowed])
    }
  }
})

test('T5 API keys are hashed at rest, recognisable, expiring and revocable at once', async () => {
  const { body } = await t.admin.send('POST', '/api/v1/api-keys', {
    name: 'short',
    scopes: ['connections:read'],
    expires_in: 60,
  })
  expect(body.key).toMatch(/^tl_[\w-]{43}$/)
  const key = apiClient(t.url, body.key)
  expect((await key.get('/api/v1/connections')).status).toBe(200)
  const { rows } = await t.hub.database.pool.query('select * from api_keys where id = $1', [body.id])
  expect(JSON.stringify(rows)).not.toContain(body.key)
  expect(
    (await t.admin.get('/api/v1/api-keys')).body.data.every(
      (row: object) => !('key' in row) && !('hash' in row),
    ),
  ).toBe(true)
  t.clock.advance(61_000)
  expect((await key.get('/api/v1/connections')).status).toBe(401)
  const { body: second } = await t.admin.send('POST', '/api/v1/api-keys', {
    name: 'revoked',
    scopes: ['connections:read'],
  })
  const other = apiClient(t.url, second.key)
  expect((await other.get('/api/v1/connections')).status).toBe(200)
  expect((await t.admin.send('DELETE', `/api/v1/api-keys/${second.id}`)).status).toBe(204)
  expect((await other.get('/api/v1/connections')).status).toBe(401)
})

test('sign-in links work once, and a session ends when its person signs out', async () => {
  const browser = await t.browser(null)
  const token = new URL(await t.hub.createSignInUrl('once@example.com')).hash.slice('#token='.length)
  expect(
    (await browser.send('POST', '/api/v1/sessions', { token }, { 'sec-fetch-site': 'cross-site' })).status,
  ).toBe(403)
  expect((await browser.send('POST', '/api/v1/sessions', { token })).status).toBe(204)
  expect((await browser.send('POST', '/api/v1/sessions', { token })).body.code).toBe('sign_in_link_invalid')
  const { body: me } = await browser.get('/api/v1/me')
  const kept = new Map(browser.cookies)
  expect(
    (await browser.send('DELETE', '/api/v1/sessions/current', undefined, { 'trunkline-csrf': me.csrf_token }))
      .status,
  ).toBe(204)
  for (const [name, value] of kept) browser.cookies.set(name, value)
  expect((await browser.get('/api/v1/me')).status).toBe(401)
})

test('errors are problem details with a request id that can be given', async () => {
  const { body, headers, status } = await t.admin.get('/api/v1/nothing', { 'x-request-id': 'my-request-1' })
  expect(status).toBe(404)
  expect(headers.get('content-type')).toContain('application/problem+json')
  expect(body).toMatchObject({ code: 'not_found', status: 404, retry: 'never', request_id: 'my-request-1' })
  expect((await t.admin.send('POST', '/api/v1/connect/attempts', '{"broken')).body.code).toBe(
    'invalid_request',
  )
  expect(
    (await t.admin.send('POST', '/api/v1/connect/attempts', `{"provider":"${'x'.repeat(2_000_000)}"}`)).body
      .code,
  ).toBe('payload_too_large')
  expect(
    (await t.admin.send('POST', '/api/v1/connect/attempts', 'x', { 'content-type': 'text/plain' })).body.code,
  ).toBe('unsupported_media_type')
})

test('T9 the session cookie is HttpOnly and Lax; with https it is bound to its host', async () => {
  const answer = await fetch(`${t.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ token: new URL(await t.hub.createSignInUrl()).hash.slice('#token='.length) }),
  })
  expect(answer.headers.getSetCookie()[0]).toMatch(/^tl_session_\d+=[\w-]{43}; .*HttpOnly; SameSite=Lax/)
  const secure = await startTestHub({
    env: { TRUNKLINE_PUBLIC_URL: 'https://hub.example.com' },
    withSandbox: false,
  })
  try {
    const signedIn = await fetch(`http://127.0.0.1:${secure.hub.port}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({
        token: new URL(await secure.hub.createSignInUrl()).hash.slice('#token='.length),
      }),
    })
    expect(signedIn.headers.getSetCookie()[0]).toMatch(
      /^__Host-tl_session=[\w-]{43}; .*Path=\/; .*HttpOnly; Secure; SameSite=Lax/,
    )
    expect(signedIn.headers.get('strict-transport-security')).toBeTruthy()
  } finally {
    await secure.close()
  }
})

test('metrics count connections by status, and name nobody', async () => {
  const { status, body } = await t.admin.get('/metrics')
  expect([status, String(body).slice(0, 200)]).toEqual([200, expect.any(String)])
  expect(body).toMatch(/trunkline_connections\{status="connected"\} [1-9]/)
  expect(body).not.toContain(connection)
})

test('a mistyped address is a page for a person and a problem for a program', async () => {
  const page = await t.admin.get('/nope', { accept: 'text/html' })
  expect([page.status, page.headers.get('content-type')]).toEqual([404, expect.stringContaining('text/html')])
  expect((await t.admin.get('/nope')).body.code).toBe('not_found')
})
