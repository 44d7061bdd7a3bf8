/** Checks C5, C6, C11: connect links end with the person they were made for. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiClient, apiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

const RETURN_TO = 'https://app.example.com/connected'
const TOKEN_PATH = '/login/oauth/access_token'
let t: TestHub
/** The host application's server. */
let server: ApiClient
beforeAll(async () => {
  t = await startTestHub()
  const { body } = await t.admin.send('POST', '/api/v1/api-keys', {
    name: 'host application',
    scopes: ['connect:write', 'connections:read', 'proxy:use'],
  })
  server = apiClient(t.url, body.key)
})
afterAll(() => t.close())
beforeEach(() => t.sandbox.control.reset())

async function makeLink(user: string, more: object = {}): Promise<{ id: string; token: string }> {
  const { status, body } = await server.send('POST', '/api/v1/connect-sessions', {
    end_user: { id: user, name: user },
    return_to: RETURN_TO,
    ...more,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return { id: body.id, token: new URL(body.url).pathname.split('/').at(-1) as string }
}

/** Walks a link in a browser up to the host application's page. */
async function walk(browser: Browser, token: string): Promise<URL> {
  const started = await browser.send('POST', `/api/v1/connect-links/${token}/attempts`, {
    provider: 'github',
  })
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  return browser.follow(t.consent(started.body.authorization_url))
}

const complete = (id: string, at: URL, endUser: string) =>
  server.send('POST', `/api/v1/connect-sessions/${id}/complete`, {
    proof: at.searchParams.get('trunkline_proof'),
    end_user_id: endUser,
  })

test('C6 the code is exchanged only after the completing call, and the connection belongs to the end user', async () => {
  const link = await makeLink('alice')
  const at = await walk(await t.browser(null), link.token)
  expect(at.origin + at.pathname).toBe(RETURN_TO)
  expect(at.searchParams.get('trunkline_session')).toBe(link.id)
  expect(t.sandbox.control.requests('github', TOKEN_PATH)).toBe(0)
  const done = await complete(link.id, at, 'alice')
  expect(done.body, JSON.stringify(done.body)).toMatchObject({ status: 'succeeded' })
  expect(t.sandbox.control.requests('github', TOKEN_PATH)).toBe(1)
  const { body } = await server.get(`/api/v1/connections/${done.body.connection_id}`)
  expect(body.owner).toMatchObject({ kind: 'end_user', name: 'alice' })
  const me = await server.get('/api/v1/proxy/github/user', { 'trunkline-owner': 'alice' })
  expect(me.status).toBe(200)
  const call = (owner: string) =>
    server.get(`/api/v1/proxy/${done.body.connection_id}/user`, { 'trunkline-owner': owner })
  expect((await call('alice')).status).toBe(200)
  expect((await call('somebody else')).status).toBe(404)
})

test('C6 a proof works once', async () => {
  const link = await makeLink('once')
  const at = await walk(await t.browser(null), link.token)
  expect((await complete(link.id, at, 'once')).status).toBe(200)
  expect((await complete(link.id, at, 'once')).body.code).toBe('proof_refused')
  expect(t.sandbox.control.requests('github', TOKEN_PATH)).toBe(1)
})

test('C5 a victim who walks the attacker’s link ends at the host application as herself: nothing is exchanged', async () => {
  const link = await makeLink('attacker')
  const victim = await t.browser(null)
  const at = await walk(victim, link.token)
  const refused = await complete(link.id, at, 'victim')
  expect(refused.status).toBe(403)
  expect(refused.body.code).toBe('proof_refused')
  expect(t.sandbox.control.requests('github', TOKEN_PATH)).toBe(0)
  // The attacker cannot use the proof afterwards either.
  expect((await complete(link.id, at, 'attacker')).status).toBe(403)
  const { rows } = await t.hub.database.pool.query(
    `select count(*)::int as n from audit_log where action = 'connect.refused'`,
  )
  expect(rows[0].n).toBeGreaterThan(0)
})

test('C5 a callback of the attacker’s flow, opened by the victim, is refused, also with a planted cookie of another flow', async () => {
  const attacker = await t.browser(null)
  const link = await makeLink('mallory')
  const started = await attacker.send('POST', `/api/v1/connect-links/${link.token}/attempts`, {
    provider: 'github',
  })
  const back = t.consent(started.body.authorization_url)
  const victim = await t.browser(null)
  // Opening links, and beginning flows of her own, leaves cookies; none of them fits.
  await victim.get(`/connect/${link.token}`)
  await victim.send('POST', `/api/v1/connect-links/${(await makeLink('victim')).token}/attempts`, {
    provider: 'github',
  })
  expect((await victim.follow(back)).searchParams.get('status')).toBe('refused')
  expect(t.sandbox.control.requests('github', TOKEN_PATH)).toBe(0)
})

test('opening a link sets no cookie and makes no attempt', async () => {
  const link = await makeLink('reader')
  const browser = await t.browser(null)
  const page = await browser.get(`/api/v1/connect-links/${link.token}`)
  expect(page.body.providers.length).toBeGreaterThan(0)
  expect(page.body).not.toHaveProperty('end_user')
  expect(browser.cookies.size).toBe(0)
})

test('an attempt of a link shows only in the browser that began it', async () => {
  const link = await makeLink('tab')
  const browser = await t.browser(null)
  const { body } = await browser.send('POST', `/api/v1/connect-links/${link.token}/attempts`, {
    provider: 'github',
  })
  expect((await browser.get(`/api/v1/connect-links/${link.token}/attempts/${body.id}`)).status).toBe(200)
  expect(
    (await (await t.browser(null)).get(`/api/v1/connect-links/${link.token}/attempts/${body.id}`)).status,
  ).toBe(404)
})

test('a typed secret waits for the completing call as well', async () => {
  const link = await makeLink('typist')
  const browser = await t.browser(null)
  const key = t.sandbox.values.stripe?.apiKey
  if (!key) throw new Error('the sandbox has no key for Stripe')
  const { body } = await browser.send('POST', `/api/v1/connect-links/${link.token}/attempts`, {
    provider: 'stripe',
    fields: { apiKey: key },
  })
  expect(body.status, JSON.stringify(body)).toBe('proof_required')
  const { body: next } = await browser.send(
    'POST',
    `/api/v1/connect-links/${link.token}/attempts/${body.id}/proof`,
  )
  expect((await complete(link.id, new URL(next.url), 'somebody else')).status).toBe(403)
  const again = await browser.send('POST', `/api/v1/connect-links/${link.token}/attempts`, {
    provider: 'stripe',
    fields: { apiKey: key },
  })
  const proof = await browser.send(
    'POST',
    `/api/v1/connect-links/${link.token}/attempts/${again.body.id}/proof`,
  )
  expect((await complete(link.id, new URL(proof.body.url), 'typist')).body.status).toBe('succeeded')
})

test('an end user cannot be named like an id of the hub', async () => {
  for (const id of ['org_1', 'per_1', 'usr_1']) {
    const { body } = await server.send('POST', '/api/v1/connect-sessions', {
      end_user: { id },
      return_to: RETURN_TO,
    })
    expect(body.code).toBe('field_invalid')
  }
})

test('the weaker proof is off unless the operator allows it', async () => {
  const { status, body } = await server.send('POST', '/api/v1/connect-sessions', {
    end_user: { id: 'x' },
    proof: 'browser',
  })
  expect([status, body.code]).toEqual([422, 'proof_policy'])
})

test('a link ends after half an hour, and only offers what it was made for', async () => {
  const link = await makeLink('late', { providers: ['github'] })
  const browser = await t.browser(null)
  expect(
    (await browser.get(`/api/v1/connect-links/${link.token}`)).body.providers.map(
      (p: { id: string }) => p.id,
    ),
  ).toEqual(['github'])
  expect(
    (await browser.send('POST', `/api/v1/connect-links/${link.token}/attempts`, { provider: 'stripe' }))
      .status,
  ).toBe(404)
  t.clock.advance(31 * 60_000)
  expect((await browser.get(`/api/v1/connect-links/${link.token}`)).body.code).toBe('link_expired')
})

describe('C11 return_to is compared exactly', () => {
  const bypasses = [
    'https://app.example.com/connected/',
    'https://app.example.com/connected?x=1',
    'https://app.example.com/connected#x',
    'https://app.example.com/Connected',
    'https://APP.example.com/connected',
    'https://app.example.com./connected',
    'https://app.example.com:443/connected',
    'https://app.example.com:8443/connected',
    'http://app.example.com/connected',
    '//app.example.com/connected',
    '/connected',
    'connected',
    '',
    'https://app.example.com@evil.example/connected',
    'https://evil.example/?https://app.example.com/connected',
    'https://evil.example#https://app.example.com/connected',
    'https://app.example.com.evil.example/connected',
    'https://evilapp.example.com/connected',
    'https://app-example.com/connected',
    'https://app.example.com/connected/../evil',
    'https://app.example.com/./connected',
    'https://app.example.com//connected',
    'https://app.example.com/%63onnected',
    'https:/app.example.com/connected',
    'https:app.example.com/connected',
    'https:\\\\app.example.com\\connected',
    'https://app.example.com\\connected',
    'https://app.example.com/connected\\@evil.example',
    ' https://app.example.com/connected',
    'https://app.example.com/connected ',
    'https://app.example.com/connected\t',
    'https://app.example.com/connected\n',
    'https://app.example.com/connected\u0000',
    'https://app。example.com/connected',
    'https://аpp.example.com/connected',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://user:pw@app.example.com/connected',
    'https://[::ffff:127.0.0.1]/connected',
    'https://app.example.com%2fconnected',
    'https://app.example.com/connected;x',
    'https://app.example.com/connected%00',
    'HTTPS://app.example.com/connected',
  ]
  test(`${bypasses.length} bypass strings are refused`, async () => {
    expect(bypasses.length).toBeGreaterThanOrEqual(40)
    for (const return_to of bypasses) {
      const { status, body } = await server.send('POST', '/api/v1/connect-sessions', {
        end_user: { id: 'x' },
        return_to,
      })
      expect([return_to, status, body.code]).toEqual([return_to, 422, 'return_to_refused'])
    }
  })
})
