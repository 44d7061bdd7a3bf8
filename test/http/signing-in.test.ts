/** Keys, links and cookies: what a caller proves itself with (T5, T9). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiClient, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
beforeAll(async () => {
  t = await startTestHub()
})
afterAll(() => t.close())

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
