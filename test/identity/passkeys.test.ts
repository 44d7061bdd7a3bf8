/** Passkeys against an authenticator in software: what proves a person, and what does not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChallenges } from '../../src/identity/challenges.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { type Authenticator, createAuthenticator } from './authenticator.ts'
import { change, invite, linkTokenOf, PASSWORD, withPassword } from './house.ts'

let t: TestHub
let owner: Browser
let key: Authenticator
beforeAll(async () => {
  t = await startTestHub({
    withSandbox: false,
    env: { TRUNKLINE_PUBLIC_URL: 'http://localhost:0', TRUNKLINE_TRUSTED_HOPS: '1' },
  })
  owner = await withPassword(t, 'ada@example.com')
  key = createAuthenticator(t.url)
  expect((await add(owner, key)).status).toBe(201)
})
afterAll(() => t.close())

async function add(browser: Browser, authenticator: Authenticator, how = {}) {
  const { body: options } = await change(browser, 'POST', '/api/v1/me/passkeys/options')
  return change(browser, 'POST', '/api/v1/me/passkeys', {
    name: 'Laptop',
    response: authenticator.create(options, how),
  })
}

async function enter(authenticator: Authenticator, how = {}, browser?: Browser) {
  const asking = browser ?? (await t.browser(null))
  const { body: options } = await asking.send('POST', '/api/v1/sessions/passkey/options')
  const answer = await asking.send('POST', '/api/v1/sessions/passkey', {
    response: authenticator.get(options, how),
  })
  return { ...answer, browser: asking }
}

test('signs in without naming anybody, and remembers when', async () => {
  const { status, browser } = await enter(key)
  expect(status).toBe(204)
  expect((await browser.get('/api/v1/me')).body.email).toBe('ada@example.com')
  const { body } = await browser.get('/api/v1/me/passkeys')
  expect(body.data).toEqual([expect.objectContaining({ name: 'Laptop', last_used_at: expect.any(String) })])
  expect(JSON.stringify(body)).not.toMatch(/public_key|credential/)
})

test('what is offered names nobody, and wants the person to be checked', async () => {
  const { body } = await (await t.browser(null)).send('POST', '/api/v1/sessions/passkey/options')
  expect(body).toMatchObject({ rpId: 'localhost', userVerification: 'required', allowCredentials: [] })
  const { body: adding } = await change(owner, 'POST', '/api/v1/me/passkeys/options')
  expect(adding).toMatchObject({
    rp: { id: 'localhost' },
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    attestation: 'none',
  })
  expect(adding.excludeCredentials).toHaveLength(1)
})

describe('is refused', () => {
  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['the same host on another port', { origin: 'http://localhost:1' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['a person who was not checked', { verified: false }],
    ['a challenge of its own', { challenge: 'c'.repeat(43) }],
    ['a counter that stands still', { counter: 1 }],
  ])('%s', async (_what, how) => {
    const { status, body, browser } = await enter(key, how)
    expect([status, body.code]).toEqual([401, 'sign_in_refused'])
    expect((await browser.get('/api/v1/me')).status).toBe(401)
    // The counter of the authenticator goes on where it was.
    await enter(key, { counter: 1000 + Math.floor(performance.now()) })
  })

  test('an answer that was used before', async () => {
    const browser = await t.browser(null)
    const { body: options } = await browser.send('POST', '/api/v1/sessions/passkey/options')
    const response = key.get(options)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => browser.send('POST', '/api/v1/sessions/passkey', { response })),
    )
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
  })

  test('an answer that was used before, of an authenticator that does not count', async () => {
    const plain = createAuthenticator(t.url)
    expect((await add(await t.browser('plain@example.com'), plain, { counter: 0 })).status).toBe(201)
    const browser = await t.browser(null)
    const { body: options } = await browser.send('POST', '/api/v1/sessions/passkey/options')
    const response = plain.get(options, { counter: 0 })
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => browser.send('POST', '/api/v1/sessions/passkey', { response })),
    )
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
  })

  test('a challenge of another kind of flow, as if there were none', async () => {
    const challenges = createChallenges({ db: t.hub.database.db, now: t.clock.now })
    const value = await challenges.issue('passkey_sign_in', { ms: 60_000 })
    expect(await challenges.take('sso', value, 'any')).toBeUndefined()
    const good = await challenges.issue('sso', { ms: 60_000, payload: { of: 'it' } })
    expect(await challenges.take('sso', good)).toEqual({ of: 'it' })
  })

  test('an answer that comes late', async () => {
    const browser = await t.browser(null)
    const { body: options } = await browser.send('POST', '/api/v1/sessions/passkey/options')
    t.clock.advance(6 * 60_000)
    const late = await browser.send('POST', '/api/v1/sessions/passkey', { response: key.get(options) })
    expect(late.body.code).toBe('sign_in_refused')
  })

  test('a challenge for adding one, used for signing in', async () => {
    const browser = await t.browser('ada@example.com')
    const { body: options } = await change(browser, 'POST', '/api/v1/me/passkeys/options')
    const answer = await browser.send('POST', '/api/v1/sessions/passkey', { response: key.get(options) })
    expect(answer.body.code).toBe('sign_in_refused')
  })

  test('a passkey that nobody has, in the words of any other', async () => {
    const unknown = await enter(createAuthenticator(t.url))
    const wrong = await enter(key, { verified: false })
    expect([unknown.status, unknown.body.detail]).toEqual([wrong.status, wrong.body.detail])
  })

  test('a registration begun in another session, or by another person', async () => {
    const { body: options } = await change(owner, 'POST', '/api/v1/me/passkeys/options')
    for (const email of ['ada@example.com', 'mallory@example.com']) {
      const browser = await t.browser(email)
      const { body: again } =
        email === 'ada@example.com'
          ? { body: options }
          : await change(owner, 'POST', '/api/v1/me/passkeys/options')
      const planted = await change(browser, 'POST', '/api/v1/me/passkeys', {
        name: 'Planted',
        response: createAuthenticator(t.url).create(again),
      })
      expect([email, planted.status, planted.body.code]).toEqual([email, 401, 'sign_in_refused'])
    }
  })

  test('a registration without the person checked, and one passkey for two people', async () => {
    const unchecked = await add(owner, createAuthenticator(t.url), { verified: false })
    expect(unchecked.body.code).toBe('sign_in_refused')
    const shared = createAuthenticator(t.url)
    const other = await t.browser('other@example.com')
    expect((await add(other, shared)).status).toBe(201)
    const mallory = await t.browser('mallory@example.com')
    expect((await add(mallory, shared)).body.code).toBe('conflict')
  })
})

test('somebody else’s passkeys are none: no name, no removal', async () => {
  const { body } = await owner.get('/api/v1/me/passkeys')
  const { id } = body.data[0]
  const stranger = await t.browser('stranger@example.com')
  expect((await change(stranger, 'PATCH', `/api/v1/me/passkeys/${id}`, { name: 'x' })).body.code).toBe(
    'not_found',
  )
  expect((await change(stranger, 'DELETE', `/api/v1/me/passkeys/${id}`)).body.code).toBe('not_found')
  expect((await change(owner, 'PATCH', `/api/v1/me/passkeys/${id}`, { name: 'Desk' })).body.name).toBe('Desk')
})

test('shows once more who one is; somebody else’s passkey does not', async () => {
  const late = await t.browser('ada@example.com')
  t.clock.advance(11 * 60_000)
  const { body: options } = await late.send('POST', '/api/v1/sessions/passkey/options')
  const foreign = createAuthenticator(t.url)
  await add(await t.browser('foreign@example.com'), foreign)
  const wrong = await change(late, 'POST', '/api/v1/me/reauthenticate', { passkey: foreign.get(options) })
  expect([wrong.status, wrong.body.code]).toEqual([401, 'sign_in_refused'])
  const { body: again } = await late.send('POST', '/api/v1/sessions/passkey/options')
  const right = await change(late, 'POST', '/api/v1/me/reauthenticate', { passkey: key.get(again) })
  expect(right.status).toBe(204)
})

test('the only way in cannot be removed; one of two can', async () => {
  const browser = await t.browser('single@example.com')
  const only = createAuthenticator(t.url)
  const { body } = await add(browser, only)
  const path = `/api/v1/me/passkeys/${body.id}`
  expect((await change(browser, 'DELETE', path)).body.code).toBe('conflict')
  await change(browser, 'PUT', '/api/v1/me/password', { password: PASSWORD })
  expect((await change(browser, 'DELETE', path)).status).toBe(204)
  expect((await change(browser, 'DELETE', '/api/v1/me/password')).body.code).toBe('conflict')
  expect((await enter(only)).body.code).toBe('sign_in_refused')
})

test('an invitation is accepted with a passkey', async () => {
  const { body } = await invite(owner, 'keyed@example.com')
  const token = linkTokenOf(body.url)
  const browser = await t.browser(null)
  const { body: options } = await browser.send('POST', '/api/v1/invitations/passkey/options', {
    token,
    name: 'Keyed',
  })
  const theirs = createAuthenticator(t.url)
  const accepted = await browser.send('POST', '/api/v1/invitations/accept', {
    token,
    name: 'Keyed',
    passkey: theirs.create(options),
    passkey_name: 'Phone',
  })
  expect([accepted.status, accepted.body]).toEqual([204, ''])
  const again = await enter(theirs)
  expect((await again.browser.get('/api/v1/me')).body.email).toBe('keyed@example.com')
})

test('an address of numbers has none, and says which address to use', async () => {
  const plain = await startTestHub({ withSandbox: false })
  try {
    const { body } = await (await plain.browser(null)).get('/api/v1/sign-in')
    expect(body.passkeys).toBe(false)
    expect(body.passkeys_hindrance).toContain('TRUNKLINE_PUBLIC_URL=http://localhost:')
    const { body: refused } = await (await plain.browser(null)).send(
      'POST',
      '/api/v1/sessions/passkey/options',
    )
    expect(refused.code).toBe('unavailable')
  } finally {
    await plain.close()
  }
})

test('C9 forged hosts change neither origin nor relying party', async () => {
  const { body } = await (await t.browser(null)).send('POST', '/api/v1/sessions/passkey/options', undefined, {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
  })
  expect(body.rpId).toBe('localhost')
})
