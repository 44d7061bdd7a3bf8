/** Checks C1, C2, C4, C6, C7, C12 and S5 for tokens that come back behind the `#` of the redirect. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FragmentToken, readText } from '../../src/catalog/define.ts'
import { type ApiClient, apiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { declarePlayed } from './played.ts'

const method = {
  kind: 'fragment',
  label: 'Sign in with Pins',
  authorization_endpoint: 'https://pins.example.com/1/authorize',
  authorization_params: {
    key: '{client_id}',
    return_url: '{redirect_uri}',
    scope: '{scope}',
    callback_method: 'fragment',
    expiration: 'never',
    response_type: 'token',
  },
  token_parameter: 'token',
  error_parameter: 'error',
  scope_separator: ',',
  authorization: {
    scheme: 'header',
    name: 'Authorization',
    value: 'OAuth oauth_consumer_key="{client_id}", oauth_token="{access_token}"',
  },
} satisfies FragmentToken

const pins = declarePlayed(
  {},
  {
    id: 'pins',
    name: 'Pins',
    family: 'pins',
    hosts: ['api.pins.example.com'],
    env: { client_id: 'PINS_API_KEY' },
    auth: [method],
    api: { base_url: 'https://api.pins.example.com/1' },
    verify: { url: '/members/me' },
    test_calls: [{ label: 'Me', method: 'GET', path: '/members/me' }],
    account: ({ body }) => ({ id: readText(body, 'id') ?? '', label: readText(body, 'name') ?? '' }),
    revocation: {
      kills: 'token',
      request: { method: 'DELETE', url: '/tokens/{access_token}', authorization: 'token' },
    },
  },
)

let t: TestHub
let ada: Browser
beforeAll(async () => {
  t = await startTestHub({ catalog: [pins] })
  ada = await t.browser('ada@example.com')
})
afterAll(() => t.close())
beforeEach(() => t.sandbox.control.reset())

const CALLBACK = '/api/v1/integrations/universal/callback'
const calls = () => t.sandbox.control.recent('pins').filter(({ kind }) => kind === 'api').length
const attemptOf = async (browser: Browser, id: string) =>
  (await browser.get(`/api/v1/connect/attempts/${id}`)).body

async function begin(browser = ada, decision: Parameters<TestHub['consent']>[1] = {}) {
  const { status, body } = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'pins' })
  expect(status, JSON.stringify(body)).toBe(201)
  const back = new URL(t.consent(body.authorization_url, decision))
  const state = back.searchParams.get('state') as string
  return { id: body.id as string, asked: new URL(body.authorization_url), back, state }
}
const hand = (browser: Browser, body: object, headers = {}) => browser.send('POST', CALLBACK, body, headers)

test('connects, calls with the declared placement, and ends the token when disconnected', async () => {
  const { id, asked, back } = await begin()
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    key: t.sandbox.client('pins').client_id,
    scope: 'read,write',
    response_type: 'token',
  })
  expect((await ada.follow(back.href)).searchParams.get('status')).toBe('succeeded')
  const { connection_id } = await attemptOf(ada, id)
  expect((await ada.get(`/api/v1/connections/${connection_id}`)).body).toMatchObject({
    method: 'fragment',
    expires_at: null,
    granted_scopes: ['read', 'write'],
    status: { status: 'connected' },
  })
  expect((await ada.send('GET', `/api/v1/proxy/${connection_id}/members/me`)).status).toBe(200)
  const report = await ada.send('DELETE', `/api/v1/connections/${connection_id}`)
  expect(report.body.items[0]).toMatchObject({ outcome: 'done' })
  expect(t.sandbox.control.providers().find(({ id: one }) => one === 'pins')?.grants).toEqual([])
})

test('a refusal at the provider is told as one', async () => {
  const { id, back } = await begin(ada, { deny: true })
  await ada.follow(back.href)
  expect(await attemptOf(ada, id)).toMatchObject({ status: 'failed', error: { code: 'access_denied' } })
})

test('C12 the page is the same for everybody, reflects nothing, and may do nothing but hand the answer in', async () => {
  const first = await begin()
  const second = await begin()
  const [one, two] = await Promise.all(
    [first, second].map(({ back }) => ada.get(back.href, { 'sec-fetch-site': 'cross-site' })),
  )
  expect(one?.status).toBe(200)
  expect(one?.body).toBe(two?.body)
  expect(one?.body).not.toContain(first.state)
  const policy = one?.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; connect-src 'self';/)
  expect(policy).not.toContain('unsafe')
  expect(one?.headers.get('cache-control')).toBe('no-store')
  expect(one?.headers.get('referrer-policy')).toBe('no-referrer')
  expect(one?.headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(one?.body).toContain("history.replaceState(null, '', pathname)")
})

test('C1 a state is taken once: of 50 pages that hand it in, one is heard', async () => {
  const { id, back, state } = await begin()
  const fragment = back.hash.slice(1)
  const answers = await Promise.all(Array.from({ length: 50 }, () => hand(ada, { state, fragment })))
  const statuses = answers.map(({ body }) => new URL(body.location).searchParams.get('status'))
  expect(statuses.filter((status) => status === 'succeeded')).toHaveLength(1)
  expect(statuses.filter((status) => status === 'unknown')).toHaveLength(49)
  expect((await attemptOf(ada, id)).status).toBe('succeeded')
})

test('C2 neither state nor token lies readable in the database, and S5 neither is in the log', async () => {
  const { back, state } = await begin()
  const token = new URLSearchParams(back.hash.slice(1)).get('token') as string
  const waiting = await begin()
  await ada.follow(back.href)
  const { pool } = t.hub.database
  const tables = ['oauth_states', 'connections', 'credentials', 'connection_events', 'audit_log']
  const rows = await Promise.all(tables.map(async (name) => (await pool.query(`select * from ${name}`)).rows))
  const dump = JSON.stringify(rows, (_key, value) =>
    value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
  )
  for (const secret of [state, waiting.state, token]) {
    expect(dump).not.toContain(secret)
    expect(t.logs.join('\n')).not.toContain(secret)
  }
})

describe('C4 a flow that ends in another browser', () => {
  test.each([
    ['of another person', () => t.browser('bob@example.com')],
    ['of the same person, in another session', () => t.browser('ada@example.com')],
    ['that nobody is signed in to', () => t.browser(null)],
  ])('%s gets no page, calls nobody and is recorded', async (_name, open) => {
    const { id, back } = await begin()
    const other = await open()
    const answer = await other.get(back.href, { 'sec-fetch-site': 'cross-site' })
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `${t.url}/connect/result?status=refused`,
    ])
    expect(await attemptOf(ada, id)).toMatchObject({ status: 'failed', error: { code: 'proof_refused' } })
    expect((await ada.follow(back.href)).searchParams.get('status')).toBe('unknown')
    expect(calls()).toBe(0)
  })

  test('cannot hand the token in either', async () => {
    const { id, back, state } = await begin()
    const bob = await t.browser('bob@example.com')
    const { body } = await hand(bob, { state, fragment: back.hash.slice(1) })
    expect(body.location).toBe(`${t.url}/connect/result?status=refused`)
    expect((await attemptOf(ada, id)).error.code).toBe('proof_refused')
    expect(calls()).toBe(0)
  })
})

test('C7 an answer on the address of another integration is refused', async () => {
  const { id, back, state } = await begin()
  const { body } = await ada.send('POST', '/api/integrations/callback', {
    state,
    fragment: back.hash.slice(1),
  })
  expect(body.location).toContain('status=refused')
  expect((await attemptOf(ada, id)).error.code).toBe('proof_refused')
  expect(calls()).toBe(0)
})

test.each([
  ['from another site', { 'sec-fetch-site': 'cross-site' }],
  ['with another origin', { origin: 'https://evil.example' }],
])('C13 an answer handed in %s is refused, and the flow still waits', async (_name, headers) => {
  const { id, back, state } = await begin()
  const { status, body } = await hand(ada, { state, fragment: back.hash.slice(1) }, headers)
  expect([status, body.code]).toEqual([403, 'csrf_failed'])
  expect((await attemptOf(ada, id)).status).toBe('pending')
})

test.each([
  ['no token', ''],
  ['two tokens', 'token=abcdefghijkl&token=mnopqrstuvwx'],
  ['a token that would not fit a header', 'token=abcdefgh%0d%0aX-Evil:%201'],
  ['a token of no length', 'token=a'],
])('an answer with %s connects nothing', async (_name, fragment) => {
  const { id, state } = await begin()
  await hand(ada, { state, fragment })
  expect(await attemptOf(ada, id)).toMatchObject({ status: 'failed', error: { code: 'callback_refused' } })
  expect(calls()).toBe(0)
})

test('a code where a token was asked for is no answer', async () => {
  const { id, state } = await begin()
  await ada.follow(`${t.url}${CALLBACK}?code=x&state=${state}`)
  expect((await attemptOf(ada, id)).error.code).toBe('callback_refused')
  expect(calls()).toBe(0)
})

describe('C6 over a connect link', () => {
  let server: ApiClient
  beforeAll(async () => {
    const { body } = await t.admin.send('POST', '/api/v1/api-keys', {
      name: 'host application',
      scopes: ['connect:write', 'connections:read', 'proxy:use'],
    })
    server = apiClient(t.url, body.key)
  })

  async function walk(user: string) {
    const made = await server.send('POST', '/api/v1/connect-sessions', {
      end_user: { id: user },
      return_to: 'https://app.example.com/connected',
    })
    const token = new URL(made.body.url).pathname.split('/').at(-1) as string
    const browser = await t.browser(null)
    const begun = await browser.send('POST', `/api/v1/connect-links/${token}/attempts`, { provider: 'pins' })
    expect(begun.status, JSON.stringify(begun.body)).toBe(201)
    return { id: made.body.id as string, at: await browser.follow(t.consent(begun.body.authorization_url)) }
  }
  const complete = (id: string, at: URL, user: string) =>
    server.send('POST', `/api/v1/connect-sessions/${id}/complete`, {
      proof: at.searchParams.get('trunkline_proof'),
      end_user_id: user,
    })

  test('the token is used only after the completing call', async () => {
    const { id, at } = await walk('alice')
    expect(at.origin + at.pathname).toBe('https://app.example.com/connected')
    expect(calls()).toBe(0)
    expect((await complete(id, at, 'alice')).body).toMatchObject({ status: 'succeeded' })
    expect(calls()).toBe(1)
    const me = await server.get('/api/v1/proxy/pins/members/me', { 'trunkline-owner': 'alice' })
    expect(me.status).toBe(200)
  })

  test('a victim ends as herself, and nothing is connected', async () => {
    const { id, at } = await walk('attacker')
    expect((await complete(id, at, 'victim')).body.code).toBe('proof_refused')
    expect((await complete(id, at, 'attacker')).body.code).toBe('proof_refused')
    expect(calls()).toBe(0)
  })
})
