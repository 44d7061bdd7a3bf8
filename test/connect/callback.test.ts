/** Checks C1-C4, C7-C9, C12, C13: the callback believes nothing that it cannot prove. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { defineProvider, type Provider } from '../../src/catalog/define.ts'
import { findProvider } from '../../src/catalog/registry.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let ada: Browser
let bob: Browser
beforeAll(async () => {
  t = await startTestHub()
  ada = await t.browser('ada@example.com')
  bob = await t.browser('bob@example.com')
})
afterAll(() => t.close())
beforeEach(() => t.sandbox.control.reset())

const TOKEN_PATH = '/login/oauth/access_token'
const tokenRequests = () => t.sandbox.control.requests('github', TOKEN_PATH)

async function begin(browser: Browser): Promise<{ id: string; back: string }> {
  const { status, body } = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'github' })
  expect(status, JSON.stringify(body)).toBe(201)
  return { id: body.id, back: t.consent(body.authorization_url) }
}

const statusOf = async (browser: Browser, id: string) =>
  (await browser.get(`/api/v1/connect/attempts/${id}`)).body

async function refusals(): Promise<number> {
  const { rows } = await t.hub.database.pool.query(
    `select count(*)::int as count from audit_log where action = 'connect.refused'`,
  )
  return rows[0].count
}

test('C1 state has at least 128 bits, and of 100 parallel callbacks exactly one is accepted', async () => {
  const { id, back } = await begin(ada)
  expect(
    Buffer.from(new URL(back).searchParams.get('state') ?? '', 'base64url').length,
  ).toBeGreaterThanOrEqual(16)
  const results = await Promise.all(Array.from({ length: 100 }, () => ada.follow(back)))
  expect(results.filter((url) => url.searchParams.get('status') === 'succeeded')).toHaveLength(1)
  expect(results.filter((url) => url.searchParams.get('status') === 'unknown')).toHaveLength(99)
  expect(tokenRequests()).toBe(1)
  expect((await statusOf(ada, id)).status).toBe('succeeded')
})

test('C1 a state older than ten minutes is refused and the attempt shows as expired', async () => {
  const { id, back } = await begin(ada)
  t.clock.advance(10 * 60_000 + 1)
  expect((await ada.follow(back)).searchParams.get('status')).toBe('unknown')
  expect(tokenRequests()).toBe(0)
  const attempt = await statusOf(ada, id)
  expect(attempt).toMatchObject({ status: 'expired', error: { code: 'attempt_expired' } })
  await t.hub.sweep()
  expect((await statusOf(ada, id)).status).toBe('expired')
})

test('C2 C3 a dump of the database holds neither the state nor the PKCE verifier', async () => {
  const { back } = await begin(ada)
  const { rows } = await t.hub.database.pool.query('select * from oauth_states')
  const dump = JSON.stringify(rows, (_key, value) =>
    value?.type === 'Buffer'
      ? Buffer.from(value.data).toString('latin1') + Buffer.from(value.data).toString('base64url')
      : value,
  )
  const state = new URL(back).searchParams.get('state') as string
  expect(dump).not.toContain(state)
  expect(dump).not.toContain(Buffer.from(state, 'base64url').toString('base64'))
  expect(dump).not.toContain('codeVerifier')
})

test('C3 PKCE is S256 wherever the declaration does not switch it off, with a reason where it does', async () => {
  for (const id of ['github', 'google', 'slack', 'notion', 'jira', 'zendesk']) {
    const provider = findProvider(id) as Provider
    const oauth = provider.auth.find((method) => method.kind === 'oauth2')
    const { body } = await ada.send('POST', '/api/v1/connect/attempts', {
      provider: id,
      method: 'oauth2',
      fields: id === 'zendesk' ? { subdomain: 'acme' } : {},
    })
    const query = new URL(body.authorization_url).searchParams
    if (oauth?.kind === 'oauth2' && oauth.pkce) {
      expect(oauth.pkce.off.length).toBeGreaterThan(20)
      expect(query.get('code_challenge')).toBeNull()
    } else {
      expect(query.get('code_challenge_method'), id).toBe('S256')
      expect(query.get('code_challenge'), id).toMatch(/^[\w-]{43}$/)
    }
  }
})

describe('C4 a flow begun by one person and finished in another browser', () => {
  test.each([
    ['of another person', () => bob],
    ['of the same person, in another session', () => t.browser('ada@example.com')],
    ['that nobody is signed in to', () => t.browser(null)],
  ])('%s makes no token request and is recorded', async (_name, open) => {
    const before = await refusals()
    const { id, back } = await begin(ada)
    const other = await open()
    const result = await other.follow(back)
    expect(result.searchParams.get('status')).toBe('refused')
    expect(result.searchParams.get('attempt')).toBeNull()
    expect(tokenRequests()).toBe(0)
    expect(await refusals()).toBe(before + 1)
    expect(await statusOf(ada, id)).toMatchObject({ status: 'failed', error: { code: 'proof_refused' } })
    // And the victim cannot be made to finish it afterwards.
    expect((await ada.follow(back)).searchParams.get('status')).toBe('unknown')
    expect(tokenRequests()).toBe(0)
  })
})

test('an attempt of another person does not exist for anybody else', async () => {
  const { id } = await begin(ada)
  expect((await bob.get(`/api/v1/connect/attempts/${id}`)).status).toBe(404)
  expect((await bob.send('POST', `/api/v1/connect/attempts/${id}/cancel`)).status).toBe(404)
  expect((await statusOf(ada, id)).status).toBe('pending')
})

describe('C7 a callback on the address of another integration', () => {
  test('is refused with no token request', async () => {
    for (const path of [
      '/api/integrations/callback',
      '/api/integrations/whatsapp/callback',
      '/api/v1/integrations/universal/callback/other',
    ]) {
      const { back } = await begin(ada)
      const moved = new URL(back)
      expect(moved.pathname).toBe('/api/v1/integrations/universal/callback')
      moved.pathname = path
      expect((await ada.follow(moved.href)).searchParams.get('status')).toBe('refused')
    }
    expect(tokenRequests()).toBe(0)
  })

  test('an integration that is not ours to trust has a redirect URI of its own', async () => {
    const own = await startTestHub({ untrusted: ['github'] })
    try {
      const person = await own.browser()
      const { body } = await person.send('POST', '/api/v1/connect/attempts', { provider: 'github' })
      expect(new URL(body.authorization_url).searchParams.get('redirect_uri')).toBe(
        `${own.url}/api/v1/integrations/universal/callback/github`,
      )
      const back = own.consent(body.authorization_url)
      const shared = new URL(back)
      shared.pathname = '/api/v1/integrations/universal/callback'
      expect((await person.follow(shared.href)).searchParams.get('status')).toBe('refused')
      expect(own.sandbox.control.requests('github', TOKEN_PATH)).toBe(0)
      const again = await person.send('POST', '/api/v1/connect/attempts', { provider: 'github' })
      expect(
        (await person.follow(own.consent(again.body.authorization_url))).searchParams.get('status'),
      ).toBe('succeeded')
    } finally {
      await own.close()
    }
  })
})

describe('C8 issuer identification (RFC 9207)', () => {
  const github = findProvider('github') as Provider
  const declared = github.auth[0]
  const withIssuer = defineProvider({
    ...github,
    auth: [
      {
        ...(declared as Extract<typeof declared, { kind: 'oauth2' }>),
        issuer: 'https://github.com',
        authorization_response_iss_parameter_supported: true,
      },
    ],
  })
  let own: TestHub
  let person: Browser
  beforeAll(async () => {
    own = await startTestHub({ catalog: [withIssuer] })
    person = await own.browser()
  })
  afterAll(() => own.close())

  test.each([
    ['missing', undefined, 'failed'],
    ['another', 'https://attacker.example', 'failed'],
    ['the right', 'https://github.com', 'succeeded'],
  ])('%s issuer', async (_name, issuer, expected) => {
    const before = own.sandbox.control.requests('github', TOKEN_PATH)
    const { body } = await person.send('POST', '/api/v1/connect/attempts', { provider: 'github' })
    const back = new URL(own.consent(body.authorization_url))
    if (issuer) back.searchParams.set('iss', issuer)
    expect((await person.follow(back.href)).searchParams.get('status')).toBe(expected)
    expect(own.sandbox.control.requests('github', TOKEN_PATH) - before).toBe(expected === 'succeeded' ? 1 : 0)
  })

  test('an error answer without the issuer is not taken for the provider’s word', async () => {
    const { body } = await person.send('POST', '/api/v1/connect/attempts', { provider: 'github' })
    const back = own.consent(body.authorization_url, { deny: true })
    await person.follow(back)
    expect((await person.get(`/api/v1/connect/attempts/${body.id}`)).body.error.code).toBe('proof_refused')
  })
})

test('C9 the redirect URI comes from configuration, whatever a request claims', async () => {
  const { body } = await ada.send(
    'POST',
    '/api/v1/connect/attempts',
    { provider: 'github' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' },
  )
  expect(new URL(body.authorization_url).searchParams.get('redirect_uri')).toBe(
    `${t.url}/api/v1/integrations/universal/callback`,
  )
  const { back } = await begin(ada)
  const answer = await ada.get(back, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' })
  expect(answer.headers.get('location')).toMatch(new RegExp(`^${t.url}/connect/result\\?`))
})

test('C10 exactly the declared scopes are requested, on reconnect too', async () => {
  const first = await begin(ada)
  await ada.follow(first.back)
  const id = (await statusOf(ada, first.id)).connection_id
  const again = await ada.send('POST', `/api/v1/connections/${id}/reconnect`, {})
  expect(new URL(again.body.authorization_url).searchParams.get('scope')).toBe(
    (findProvider('github') as Provider).scope_sets?.recommended.scopes.join(' '),
  )
})

describe('C12 callback pages', () => {
  test('carry the headers and reflect nothing', async () => {
    const nasty = [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      "';alert(1)//",
      '%0d%0aSet-Cookie: a=b',
      'javascript:alert(1)',
      '\u0000',
      'A'.repeat(4000),
    ]
    for (const value of nasty) {
      for (const name of ['code', 'state', 'error', 'error_description', 'iss']) {
        const url = new URL('/api/integrations/callback', t.url)
        url.searchParams.set('state', randomBytes(32).toString('base64url'))
        url.searchParams.set(name, value)
        const answer = await ada.get(url.href)
        expect(answer.status).toBe(303)
        expect(answer.headers.get('location')).toBe(`${t.url}/connect/result?status=unknown`)
        expect(String(answer.body)).toBe('')
        expect(answer.headers.get('set-cookie')).toBeNull()
        expect(answer.headers.get('cache-control')).toBe('no-store')
        expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
        expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin')
        expect(answer.headers.get('content-security-policy')).not.toContain('unsafe')
      }
    }
  })

  test('a provider’s error text is kept nowhere', async () => {
    const started = await ada.send('POST', '/api/v1/connect/attempts', { provider: 'github' })
    const back = new URL(t.consent(started.body.authorization_url, { deny: true }))
    back.searchParams.set('error_description', '<b>canary</b>')
    await ada.follow(back.href)
    const attempt = await statusOf(ada, started.body.id)
    expect(attempt).toMatchObject({ status: 'failed', error: { code: 'access_denied' } })
    expect(attempt.error.remedies.length).toBeGreaterThan(0)
    expect(JSON.stringify(attempt)).not.toContain('canary')
    expect(t.logs.join('\n')).not.toContain('canary')
  })
})

describe('C13 starting a flow', () => {
  test('a GET never creates state', async () => {
    const count = async () =>
      (await t.hub.database.pool.query('select count(*)::int as n from oauth_states')).rows[0].n
    const before = await count()
    for (const path of [
      '/api/v1/connect/attempts',
      '/api/v1/connect/attempts?provider=github',
      '/api/v1/connections/x/reconnect',
    ]) {
      expect((await ada.get(path)).status).toBe(404)
    }
    expect(await count()).toBe(before)
  })

  test.each([
    ['without the CSRF header', { 'trunkline-csrf': '' }],
    ['with another session’s CSRF token', { 'trunkline-csrf': 'x'.repeat(43) }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['with another origin', { origin: 'https://evil.example' }],
  ])('a POST %s is refused', async (_name, headers) => {
    const { status, body } = await ada.send(
      'POST',
      '/api/v1/connect/attempts',
      { provider: 'github' },
      headers,
    )
    expect(status).toBe(403)
    expect(body.code).toBe('csrf_failed')
  })
})
