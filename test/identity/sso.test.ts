/** Single sign-on against a provider that nobody here wrote: who is let in, and what is not believed. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { change, invite, joinAs, linkTokenOf, makeOrganization, signIn, withPassword } from './house.ts'
import { type IdentityProvider, startIdentityProvider } from './provider.ts'

let idp: IdentityProvider
let t: TestHub
let admin: Browser
beforeAll(async () => {
  idp = await startIdentityProvider()
  t = await startTestHub({
    withSandbox: false,
    env: {
      TRUNKLINE_TRUSTED_HOPS: '1',
      TRUNKLINE_OIDC_ISSUER: idp.issuer,
      TRUNKLINE_OIDC_CLIENT_ID: idp.client.id,
      TRUNKLINE_OIDC_LABEL: 'Sign in with Example',
      TRUNKLINE_OIDC_DOMAINS: 'example.com,two.example',
      TRUNKLINE_OIDC_NEWCOMERS: 'member',
    },
  })
  idp.open(`${t.url}/api/v1/sessions/sso/callback`)
  admin = await withPassword(t, 'ada@example.com')
  // The secret lies in the vault, set while the hub runs.
  const stored = await t.admin.send('PUT', '/api/v1/secrets', {
    values: { TRUNKLINE_OIDC_CLIENT_SECRET: idp.client.secret },
  })
  expect(stored.status, JSON.stringify(stored.body)).toBe(200)
})
afterAll(async () => {
  await t.close()
  await idp.close()
})

const sql = async (text: string, values: unknown[] = []) =>
  (await t.hub.database.pool.query(text, values)).rows
const me = async (browser: Browser) => (await browser.get('/api/v1/me')).body

async function begin(browser: Browser, body: object = {}): Promise<string> {
  const headers = { 'trunkline-csrf': (await me(browser)).csrf_token ?? '' }
  const answer = await browser.send('POST', '/api/v1/sessions/sso', body, headers)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body.authorization_url
}

/** Through the provider and back; @returns where the hub sends the browser. */
async function come(browser: Browser, subject: string, body: object = {}): Promise<string> {
  const back = await idp.authorize(await begin(browser, body), subject)
  const page = await browser.follow(back.href)
  return page.pathname + page.search
}

describe('who is let in', () => {
  test('a newcomer of an allowed domain whose address the provider has checked', async () => {
    idp.people.set('s-new', { email: 'New@Example.com', email_verified: true, name: 'New Comer' })
    const browser = await t.browser(null)
    expect(await come(browser, 's-new')).toBe('/sign-in')
    expect(await me(browser)).toMatchObject({ email: 'new@example.com', name: 'New Comer', role: 'member' })
    // By issuer and subject from then on, whatever the address is.
    idp.people.set('s-new', { email: 'renamed@elsewhere.example', email_verified: false })
    const again = await t.browser(null)
    await come(again, 's-new')
    expect((await me(again)).email).toBe('new@example.com')
  })

  test('somebody who is here, by a checked and confirmed address', async () => {
    idp.people.set('s-ada', { email: 'ada@example.com', email_verified: true })
    const browser = await t.browser(null)
    await come(browser, 's-ada')
    expect(await me(browser)).toMatchObject({ email: 'ada@example.com', role: 'admin' })
  })

  test.each([
    ['an address that is not checked', { email: 'bob@example.com', email_verified: false }, 'unverified'],
    ['an address without a word of it', { email: 'bob@example.com' }, 'unverified'],
    ['no address', {}, 'unverified'],
    ['another domain', { email: 'bob@evil.example', email_verified: true }, 'domain'],
    ['a domain that only ends like one', { email: 'bob@evilexample.com', email_verified: true }, 'domain'],
    ['a domain below one', { email: 'bob@x.example.com', email_verified: true }, 'domain'],
  ])('not %s', async (what, claims, reason) => {
    await t.browser('bob@example.com')
    idp.people.set(`s-${what}`, claims)
    const browser = await t.browser(null)
    expect(await come(browser, `s-${what}`)).toBe(`/sign-in?problem=${reason}`)
    expect((await browser.get('/api/v1/me')).status).toBe(401)
  })

  test('not into an account whose maker only claimed the address', async () => {
    // An administrator elsewhere invites the victim, and takes the link for themselves.
    const { admin: mallory } = await makeOrganization(t, 'Trap', 'mallory@evil.example')
    await joinAs(t, mallory, 'victim@example.com')
    idp.people.set('s-victim', { email: 'victim@example.com', email_verified: true })
    const victim = await t.browser(null)
    expect(await come(victim, 's-victim')).toBe('/sign-in?problem=not_linked')
    expect(await sql(`select 1 from sso_identities where subject = 's-victim'`)).toEqual([])
  })

  test('not another subject with an address that is linked: it may have been given to a new colleague', async () => {
    idp.people.set('s-first', { email: 'shared@example.com', email_verified: true })
    await come(await t.browser(null), 's-first')
    idp.people.set('s-second', { email: 'shared@example.com', email_verified: true })
    expect(await come(await t.browser(null), 's-second')).toBe('/sign-in?problem=not_linked')
  })

  test('not somebody who was removed', async () => {
    idp.people.set('s-left', { email: 'left@example.com', email_verified: true })
    const browser = await t.browser(null)
    await come(browser, 's-left')
    await change(admin, 'DELETE', `/api/v1/people/${(await me(browser)).id}`)
    expect(await come(await t.browser(null), 's-left')).toBe('/sign-in?problem=failed')
  })

  test('an invitation, for exactly that address', async () => {
    idp.people.set('s-invited', { email: 'invited@elsewhere.example', email_verified: true })
    const { body } = await invite(admin, 'invited@elsewhere.example', 'admin')
    const token = linkTokenOf(body.url)
    idp.people.set('s-thief', { email: 'thief@example.com', email_verified: true })
    expect(await come(await t.browser(null), 's-thief', { purpose: 'invitation', token })).toBe(
      '/sign-in?problem=invitation_invalid',
    )
    idp.people.set('s-unchecked', { email: 'invited@elsewhere.example', email_verified: false })
    expect(await come(await t.browser(null), 's-unchecked', { purpose: 'invitation', token })).toBe(
      '/sign-in?problem=invitation_invalid',
    )
    const browser = await t.browser(null)
    await come(browser, 's-invited', { purpose: 'invitation', token })
    expect(await me(browser)).toMatchObject({ email: 'invited@elsewhere.example', role: 'admin' })
  })
})

describe('what is not believed', () => {
  let back: URL
  let browser: Browser
  const outcome = async (url: URL, by = browser) => {
    const page = await by.follow(url.href)
    return [page.pathname + page.search, (await by.get('/api/v1/me')).status]
  }
  const refused = ['/sign-in?problem=failed', 401]
  const start = async () => {
    browser = await t.browser(null)
    back = await idp.authorize(await begin(browser), 's-ada')
  }

  test('T9 an answer in another browser, or in one without the cookie', async () => {
    await start()
    const victim = await t.browser(null)
    expect(await outcome(back, victim)).toEqual(refused)
    // Not even beside a flow of their own.
    await start()
    const busy = await t.browser(null)
    await begin(busy)
    expect(await outcome(back, busy)).toEqual(refused)
  })

  test('C1 an answer a second time', async () => {
    await start()
    expect(await outcome(back)).toEqual(['/sign-in', 200])
    const again = await t.browser(null)
    for (const [name, value] of browser.cookies) if (name.includes('sso')) again.cookies.set(name, value)
    expect(await outcome(back, again)).toEqual(refused)
  })

  test('an answer after ten minutes', async () => {
    await start()
    t.clock.advance(11 * 60_000)
    expect(await outcome(back)).toEqual(refused)
    admin = await t.browser('ada@example.com')
  })

  test.each([
    ['C8 of another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['C8 without its issuer', (url: URL) => url.searchParams.delete('iss')],
    ['with a code of somebody else’s flow', (url: URL) => url.searchParams.set('code', 'made-up-code')],
    ['with another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
    ['without a state', (url: URL) => url.searchParams.delete('state')],
    ['with a state twice', (url: URL) => url.searchParams.append('state', 'x'.repeat(43))],
    ['that is an error', (url: URL) => url.searchParams.set('error', 'access_denied')],
  ])('an answer %s', async (_what, spoil) => {
    await start()
    spoil(back)
    const tokens = idp.asked.filter((path) => path === '/token').length
    expect(await outcome(back)).toEqual(refused)
    const made = idp.asked.filter((path) => path === '/token').length - tokens
    expect(made).toBe(_what.startsWith('with a code') ? 1 : 0)
  })

  test('C11 a place to go to: nothing of an answer or a request decides where the browser goes', async () => {
    for (const place of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
    ]) {
      await start()
      for (const name of ['return_to', 'next', 'redirect_uri', 'url']) back.searchParams.set(name, place)
      expect((await outcome(back))[0]).toBe('/sign-in')
      const asked = await (await t.browser(null)).send('POST', '/api/v1/sessions/sso', { return_to: place })
      expect([asked.status, asked.body.code]).toEqual([400, 'invalid_request'])
    }
  })

  test('C9 a forged host changes neither redirect URI nor place', async () => {
    const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    const asked = await (await t.browser(null)).send('POST', '/api/v1/sessions/sso', {}, forged)
    const url = new URL(asked.body.authorization_url)
    expect(url.searchParams.get('redirect_uri')).toBe(`${t.url}/api/v1/sessions/sso/callback`)
  })

  test('C2 C3 the table holds neither state, nonce nor verifier; the log no code', async () => {
    await start()
    const url = new URL(await begin(browser))
    const rows = JSON.stringify(
      await sql(
        `select encode(hash, 'hex'), encode(binding_hash, 'hex'), kind, payload from sign_in_challenges`,
      ),
    )
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    for (const name of ['state', 'nonce']) expect(rows).not.toContain(url.searchParams.get(name))
    expect(rows).not.toContain([...browser.cookies.values()].at(-1))
    await outcome(back)
    expect(t.logs.join('\n')).not.toContain(back.searchParams.get('code'))
  })
})

describe('a provider that lies', () => {
  test.each([
    ['another audience', { aud: 'somebody-else' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another nonce', { nonce: 'of-another-flow' }],
    ['an end in the past', { exp: 1 }],
    ['no signature', { alg: 'none' }],
    ['a key that it does not publish', { foreign: true }],
  ])('an ID token with %s', async (_what, lie) => {
    const liar = await startLiar(lie)
    const hub = await startTestHub({
      withSandbox: false,
      env: {
        TRUNKLINE_OIDC_ISSUER: liar.issuer,
        TRUNKLINE_OIDC_CLIENT_ID: 'trunkline',
        TRUNKLINE_OIDC_CLIENT_SECRET: 'x'.repeat(40),
        TRUNKLINE_OIDC_DOMAINS: 'example.com',
        TRUNKLINE_OIDC_NEWCOMERS: 'member',
      },
    })
    try {
      for (const [honest, status] of [
        [false, 401],
        [true, 200],
      ] as const) {
        liar.honest(honest)
        const browser = await hub.browser(null)
        const { body } = await browser.send('POST', '/api/v1/sessions/sso', {})
        const page = await browser.follow(await liar.answer(body.authorization_url))
        expect([honest, page.search, (await browser.get('/api/v1/me')).status]).toEqual([
          honest,
          honest ? '' : '?problem=failed',
          status,
        ])
      }
    } finally {
      await hub.close()
      await liar.close()
    }
  })
})

describe('the person who is signed in', () => {
  test('links an account, whatever its address, and shows by it who they are', async () => {
    const browser = await withPassword(t, 'linker@example.com')
    idp.people.set('s-link', { email: 'private@elsewhere.example' })
    expect(await come(browser, 's-link', { purpose: 'link' })).toBe('/profile')
    const { body } = await browser.get('/api/v1/me/profile')
    expect(body.single_sign_on).toEqual([idp.issuer])
    t.clock.advance(11 * 60_000)
    const before = new Map(browser.cookies)
    expect(await come(browser, 's-ada', { purpose: 'reauthenticate' })).toBe('/profile?problem=other_person')
    expect([...browser.cookies]).toEqual([...before])
    expect(await come(browser, 's-link', { purpose: 'reauthenticate' })).toBe('/profile')
    expect((await change(browser, 'DELETE', '/api/v1/me/sso')).status).toBe(204)
    admin = await t.browser('ada@example.com')
  })

  test('C4 a link begun by one is not finished by another', async () => {
    const mallory = await withPassword(t, 'mallory@example.com')
    idp.people.set('s-mallory', {})
    const back = await idp.authorize(await begin(mallory, { purpose: 'link' }), 's-mallory')
    const victim = await t.browser('target@example.com')
    for (const [name, value] of mallory.cookies) if (name.includes('sso')) victim.cookies.set(name, value)
    const page = await victim.follow(back.href)
    expect(page.search).toBe('?problem=other_person')
    expect(await sql(`select 1 from sso_identities where subject = 's-mallory'`)).toEqual([])
  })

  test('an account that belongs to somebody is not linked to another', async () => {
    const browser = await t.browser('second@example.com')
    expect(await come(browser, 's-ada', { purpose: 'link' })).toBe('/profile?problem=taken')
  })
})

describe('an organization that requires it', () => {
  test('is only made so by somebody who came that way, and then takes no other way but a link', async () => {
    const { admin: boss, id } = await makeOrganization(t, 'Strict', 'boss@two.example')
    await sql(`update people set email_confirmed_at = now() where email = 'boss@two.example'`)
    const body = { requires_single_sign_on: true }
    expect((await change(boss, 'PATCH', '/api/v1/organization', body)).body.code).toBe('conflict')
    idp.people.set('s-boss', { email: 'boss@two.example', email_verified: true })
    const bySso = await t.browser(null)
    await come(bySso, 's-boss')
    expect((await change(bySso, 'PATCH', '/api/v1/organization', body)).body.requires_single_sign_on).toBe(
      true,
    )
    // What began with a password counts for nothing from now on.
    expect((await boss.get('/api/v1/me')).status).toBe(401)
    expect((await signIn(await t.browser(null), 'boss@two.example')).body.code).toBe(
      'single_sign_on_required',
    )
    expect((await bySso.get('/api/v1/me')).status).toBe(200)
    // The machine's link is the way in when the provider is away.
    expect((await me(await t.browser('boss@two.example'))).organization.id).toBe(id)
    // Coming from another organization by password, one does not get in by switching or by an invitation.
    const { browser: guest } = await joinAs(t, admin, 'guest@example.com')
    const { body: invited } = await invite(bySso, 'guest@example.com')
    const token = linkTokenOf(invited.url)
    expect((await change(guest, 'POST', '/api/v1/me/organizations', { token })).body.code).toBe(
      'single_sign_on_required',
    )
    await sql(
      `insert into memberships select $1, id, 'member', now() from people where email = 'guest@example.com'`,
      [id],
    )
    const switched = await change(guest, 'POST', '/api/v1/sessions/switch', { organization_id: id })
    expect(switched.body.code).toBe('single_sign_on_required')
  })
})

test('newcomers are let in for named domains alone', () => {
  const read = (env: Record<string, string>) => () =>
    loadConfig({ TRUNKLINE_OIDC_ISSUER: 'https://login.example.com', TRUNKLINE_OIDC_CLIENT_ID: 'x', ...env })
  expect(read({ TRUNKLINE_OIDC_NEWCOMERS: 'member' })).toThrow('TRUNKLINE_OIDC_DOMAINS')
  expect(read({ TRUNKLINE_OIDC_ISSUER: 'http://login.example.com' })).toThrow('https')
  expect(read({})().singleSignOn).toMatchObject({
    newcomers: 'refuse',
    scopes: ['openid', 'email', 'profile'],
  })
})

test('E3 a provider that is away, or leads into a private network, is told as such', async () => {
  // Its metadata names a token endpoint on a private address, which only the issuer's own host may be.
  const server = createServer((_request, response) => {
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: 'https://169.254.169.254/token',
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hub = await startTestHub({
    withSandbox: false,
    env: {
      TRUNKLINE_OIDC_ISSUER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      TRUNKLINE_OIDC_CLIENT_ID: 'x',
    },
  })
  try {
    const browser = await hub.browser(null)
    const { body } = await browser.send('POST', '/api/v1/sessions/sso', {})
    const state = new URL(body.authorization_url).searchParams.get('state')
    const page = await browser.follow(`${hub.url}/api/v1/sessions/sso/callback?code=x&state=${state}`)
    expect(page.search).toMatch(/problem=(failed|unavailable)/)
    expect(hub.logs.join('\n')).toContain('private network')
    await new Promise((resolve) => server.close(resolve))
    hub.clock.advance(2 * 3_600_000)
    expect((await browser.send('POST', '/api/v1/sessions/sso', {})).body.code).toBe('unavailable')
  } finally {
    await hub.close()
    server.close()
  }
})

/** A provider whose ID tokens say what a test wants, until it is honest. */
async function startLiar(lie: {
  aud?: string
  iss?: string
  nonce?: string
  exp?: number
  alg?: string
  foreign?: boolean
}) {
  const { generateKeyPairSync, sign } = await import('node:crypto')
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let honest = false
  let nonce = ''
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const server = createServer((request, response) => {
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const send = (body: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/jwks')
      return send({
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }],
      })
    if (request.url !== '/token')
      return send({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      })
    const { alg = 'RS256', foreign: byOther, ...claims } = honest ? {} : lie
    const now = Math.floor(Date.now() / 1000)
    const head = encode({ alg, kid: 'k' })
    const body = encode({
      iss: issuer,
      aud: 'trunkline',
      sub: 'liar',
      email: 'liar@example.com',
      email_verified: true,
      nonce,
      iat: now,
      exp: now + 300,
      ...claims,
    })
    const key = byOther ? foreign.privateKey : own.privateKey
    const signature =
      alg === 'none' ? '' : sign('sha256', Buffer.from(`${head}.${body}`), key).toString('base64url')
    return send({
      access_token: 'at',
      token_type: 'Bearer',
      expires_in: 300,
      id_token: `${head}.${body}.${signature}`,
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    honest: (is: boolean) => void (honest = is),
    async answer(authorizationUrl: string): Promise<string> {
      const { searchParams } = new URL(authorizationUrl)
      nonce = searchParams.get('nonce') ?? ''
      return `${searchParams.get('redirect_uri')}?code=c&state=${searchParams.get('state')}`
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
