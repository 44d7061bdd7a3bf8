/** WhatsApp, Instagram and Meta Ads against the sandbox: both ways to sign up, the exchange of tokens, limits, siblings. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

const DAY = 86_400_000

let t: TestHub
let person: Browser
beforeAll(async () => {
  // Many people sign in within a minute here, each from an address of their own.
  t = await startTestHub({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
})
afterAll(() => t.close())
beforeEach(async () => {
  t.sandbox.control.reset()
  await t.hub.database.pool.query(
    'update connections set disconnected_at = now() where disconnected_at is null',
  )
  person = await t.browser()
})

type Decision = Parameters<TestHub['consent']>[1]
const begin = async (provider: string, body: object = {}) =>
  (await person.send('POST', '/api/v1/connect/attempts', { provider, ...body })).body
async function connect(provider: string, decision: Decision = {}, pick = 0): Promise<string> {
  const begun = await begin(provider)
  await person.follow(t.consent(begun.authorization_url, decision))
  let attempt = (await person.get(`/api/v1/connect/attempts/${begun.id}`)).body
  if (attempt.status === 'decision_required')
    attempt = (
      await person.send('POST', `/api/v1/connect/attempts/${begun.id}/decide`, {
        value: attempt.decision.options[pick].value,
      })
    ).body
  expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
  // What is asked behind the person's back would meet what a test does next.
  await t.hub.settle()
  return attempt.connection_id
}
const read = async (id: string) => (await person.get(`/api/v1/connections/${id}`)).body
const call = (id: string, path: string, base?: string, body?: object) =>
  person.send(
    body ? 'POST' : 'GET',
    `/api/v1/proxy/${id}${path}`,
    body,
    base ? { 'trunkline-base': base } : {},
  )

describe('WhatsApp', () => {
  test('by the standard dialog: one of the accounts that were shared, called by its first number', async () => {
    const { authorization_url } = await begin('whatsapp')
    const asked = new URL(authorization_url)
    expect(asked.pathname).toBe('/sandbox/www.facebook.com/v25.0/dialog/oauth')
    expect(asked.searchParams.get('scope')).toBe(
      'whatsapp_business_management,whatsapp_business_messaging,business_management',
    )
    expect(asked.searchParams.has('config_id')).toBe(false)
    const id = await connect('whatsapp', {}, 1)
    const connection = await read(id)
    expect(connection).toMatchObject({
      account: { id: '102000000000012', label: 'Fernhill Rentals' },
      parameters: {
        wabaId: '102000000000012',
        phoneNumberId: '106000000000023',
        userId: '10220001234567801',
      },
      missing_scopes: [],
    })
    expect(Date.parse(connection.expires_at) - t.clock.now()).toBeGreaterThan(59 * DAY)
    expect(connection.capabilities).toEqual([
      { id: 'verification', label: 'Business verification', value: 'verified', warning: null },
      { id: 'numbers', label: 'Phone numbers', value: 'Fernhill Rentals (+44 20 7946 0103)', warning: null },
      { id: 'quality', label: 'Quality', value: 'high', warning: null },
    ])
    const sent = await call(id, '/messages', 'number', {
      messaging_product: 'whatsapp',
      to: '+44 7700 900123',
      type: 'text',
      text: { body: 'Your bicycle is ready.' },
    })
    expect([sent.status, sent.body.contacts[0].wa_id]).toEqual([200, '447700900123'])
    expect((await call(id, '/message_templates', 'account')).body.data).toHaveLength(2)
  })

  test('one account is taken without asking, and what was unticked is told', async () => {
    const id = await connect('whatsapp', {
      picked: ['102000000000011'],
      scopes: ['whatsapp_business_management', 'business_management'],
    })
    expect(await read(id)).toMatchObject({
      account: { id: '102000000000011' },
      missing_scopes: ['whatsapp_business_messaging'],
    })
    const refused = await call(id, '/messages', 'number', { messaging_product: 'whatsapp', to: '1' })
    expect(refused.body.error.code).toBe(200)
    expect((await read(id)).status.status).toBe('connected')
  })

  test('where Facebook names no account, those of the businesses are looked up', async () => {
    const begun = await begin('whatsapp')
    // All current and future accounts.
    await person.follow(t.consent(begun.authorization_url, { picked: ['none by itself'] }))
    const { body } = await person.get(`/api/v1/connect/attempts/${begun.id}`)
    expect(body.decision.options.map(({ label }: { label: string }) => label)).toEqual([
      'Fernhill Bicycles',
      'Fernhill Rentals',
    ])
    const decided = await person.send('POST', `/api/v1/connect/attempts/${begun.id}/decide`, { value: '1' })
    expect(await read(decided.body.connection_id)).toMatchObject({
      account: { id: '102000000000012' },
      parameters: { userId: '10220001234567801' },
      missing_scopes: [],
    })
  })

  test('an account that is not verified and has no number works, and says what is missing', async () => {
    const dmitri = t.sandbox.control.accounts('whatsapp')[2]?.id ?? ''
    const { status, capabilities } = await read(await connect('whatsapp', { account: dmitri }))
    expect(status.status).toBe('connected')
    expect(capabilities.map(({ id, value }: Record<string, string>) => `${id}: ${value}`)).toEqual([
      'verification: not verified',
      'numbers: none',
    ])
    for (const { warning } of capabilities) expect(warning).toMatch(/\w/)
    const ads = await connect('meta-ads', { account: dmitri })
    await expect
      .poll(async () => (await read(ads)).capabilities)
      .toEqual([
        {
          id: 'ad_accounts',
          label: 'Ad accounts',
          value: '1',
          warning: expect.stringContaining('Quayside Studio'),
        },
      ])
  })

  test('Embedded Signup where a configuration is set: the same address with its id, no script', async () => {
    const hub = await startTestHub({ env: { WHATSAPP_CONFIG_ID: '1234567890123456' } })
    const ada = await hub.browser()
    const { body } = await ada.send('POST', '/api/v1/connect/attempts', { provider: 'whatsapp' })
    const asked = new URL(body.authorization_url)
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      config_id: '1234567890123456',
      response_type: 'code',
      override_default_response_type: 'true',
      extras: '{"setup":{},"sessionInfoVersion":"3","version":"v4"}',
    })
    expect(asked.searchParams.has('scope')).toBe(false)
    await ada.follow(
      hub.consent(body.authorization_url, { picked: ['102000000000012'], scopes: undefined as never }),
    )
    const attempt = (await ada.get(`/api/v1/connect/attempts/${body.id}`)).body
    expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
    expect((await ada.get(`/api/v1/connections/${attempt.connection_id}`)).body).toMatchObject({
      account: { id: '102000000000012' },
      granted_scopes: expect.arrayContaining(['whatsapp_business_management', 'whatsapp_business_messaging']),
      missing_scopes: [],
    })
    await hub.close()
  })

  test('two accounts of one person share a grant: ending one leaves the other alive, the last one ends it', async () => {
    const [one, two] = [await connect('whatsapp', {}, 0), await connect('whatsapp', {}, 1)]
    const { body: impact } = await person.get(`/api/v1/connections/${one}/impact`)
    expect(impact.upstream.revokes).toBe(false)
    expect((await person.send('DELETE', `/api/v1/connections/${one}`)).body.items[0].outcome).toBe('skipped')
    expect((await call(two, '/me')).status).toBe(200)
    const token = (await t.mine.get(`/api/v1/connections/${two}/token`)).body.access_token
    expect((await person.send('DELETE', `/api/v1/connections/${two}`)).body.items[0].outcome).toBe('done')
    const me = await fetch(`${t.url}/sandbox/graph.facebook.com/v25.0/me`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect((await me.json()).error.error_subcode).toBe(458)
  })

  test('where one app serves both, a WhatsApp account and the ads of one person are one grant', async () => {
    const [whatsapp, ads] = [await connect('whatsapp'), await connect('meta-ads')]
    const { body } = await person.get(`/api/v1/connections/${whatsapp}/impact`)
    expect(body.upstream.revokes).toBe(false)
    expect(body.items).toContainEqual(expect.objectContaining({ kind: 'siblings', count: 1 }))
    await person.send('DELETE', `/api/v1/connections/${whatsapp}`)
    expect((await call(ads, '/me/adaccounts')).status).toBe(200)
    // An app of their own for ads would be a grant of its own.
    await t.hub.database.pool.query(`update connections set client_id = 'another app' where id = $1`, [
      whatsapp,
    ])
    expect((await person.get(`/api/v1/connections/${ads}/impact`)).body.upstream.revokes).toBe(true)
  })
})

describe('tokens of sixty days', () => {
  test.each(['whatsapp', 'meta-ads', 'instagram'])(
    '%s: renewed ten days before the end, by the schedule',
    async (provider) => {
      const id = await connect(provider)
      const first = (await t.mine.get(`/api/v1/connections/${id}/token`)).body.access_token
      t.clock.advance(49 * DAY)
      await t.hub.sweep()
      expect((await t.mine.get(`/api/v1/connections/${id}/token`)).body.access_token).toBe(first)
      t.clock.advance(1.5 * DAY)
      await t.hub.sweep()
      const second = (await t.mine.get(`/api/v1/connections/${id}/token`)).body
      expect(second.access_token).not.toBe(first)
      expect(Date.parse(second.expires_at) - t.clock.now()).toBeGreaterThan(59 * DAY)
    },
  )

  test('a token of a system user without an end is left as it is', async () => {
    t.sandbox.control.settings('whatsapp', { lifetime: null })
    const id = await connect('whatsapp')
    expect((await read(id)).expires_at).toBeNull()
    const paths = t.sandbox.control.recent('whatsapp').filter(({ kind }) => kind === 'token')
    expect(paths).toHaveLength(1)
  })

  test('the first one lives an hour or so, and is not kept', async () => {
    await connect('instagram')
    const tokens = t.sandbox.control.recent('instagram').filter(({ kind }) => kind === 'token')
    expect(tokens.map(({ path }) => path)).toEqual(['/access_token', '/oauth/access_token'])
    t.clock.advance(2 * 3_600_000)
    person = await t.browser()
    const { data } = (await person.get('/api/v1/connections?provider=instagram')).body
    expect((await call(data[0].id, '/me')).status).toBe(200)
  })

  test('a hub that was off too long says so, and reconnecting mends it', async () => {
    const id = await connect('instagram')
    t.clock.advance(61 * DAY)
    person = await t.browser()
    await t.hub.sweep()
    expect((await read(id)).status).toMatchObject({
      status: 'connection_invalid',
      cause: 'token_expired',
      action: 'reconnect',
    })
    const { body } = await person.send('POST', `/api/v1/connections/${id}/reconnect`, {})
    await person.follow(t.consent(body.authorization_url))
    expect((await read(id)).status.status).toBe('connected')
  })
})

describe('what Graph answers', () => {
  test('code 190 with status 400 is Connection Invalid', async () => {
    const id = await connect('meta-ads')
    t.sandbox.control.revoke('meta-ads')
    expect((await call(id, '/me')).status).toBe(400)
    await expect.poll(async () => (await read(id)).status.status).toBe('connection_invalid')
  })

  test('a proof of the app secret that is wrong is refused, and the hub’s is right', async () => {
    const id = await connect('meta-ads')
    const token = (await t.mine.get(`/api/v1/connections/${id}/token`)).body.access_token
    const forged = await fetch(`${t.url}/sandbox/graph.facebook.com/v25.0/me?appsecret_proof=00`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect((await forged.json()).error.code).toBe(100)
    expect((await call(id, '/me?appsecret_proof=00')).status).toBe(200)
  })

  test('a limit is kept to, and breaks nothing', async () => {
    const id = await connect('meta-ads')
    t.sandbox.control.fault('meta-ads', { kind: 'rate_limit', on: 'api', retryAfter: 120 })
    expect((await call(id, '/me/adaccounts')).status).toBe(400)
    const held = await call(id, '/me/adaccounts')
    expect([held.status, held.body.code]).toEqual([429, 'upstream_rate_limited'])
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(60)
    expect((await read(id)).status.status).toBe('connected')
  })

  test('a permission that was left out is told, and asked for again', async () => {
    const id = await connect('meta-ads', { scopes: ['ads_read'] })
    expect(await read(id)).toMatchObject({ granted_scopes: ['ads_read'], missing_scopes: ['ads_management'] })
    const { body } = await person.send('POST', `/api/v1/connections/${id}/reconnect`, {})
    const asked = new URL(body.authorization_url)
    expect([asked.searchParams.get('auth_type'), asked.searchParams.get('scope')]).toEqual([
      'rerequest',
      'ads_management,ads_read',
    ])
    await person.follow(t.consent(body.authorization_url))
    expect((await read(id)).missing_scopes).toEqual([])
  })

  test('a person who says no is told so', async () => {
    for (const provider of ['whatsapp', 'instagram']) {
      const begun = await begin(provider)
      await person.follow(t.consent(begun.authorization_url, { deny: true }))
      expect((await person.get(`/api/v1/connect/attempts/${begun.id}`)).body.error.code).toBe('access_denied')
    }
  })
})

test('Instagram: posts, comments, and publishing in two steps', async () => {
  const id = await connect('instagram')
  expect((await read(id)).account).toMatchObject({ id: '27110000000000001', label: '@fernhill.bicycles' })
  const posts = await call(id, '/me/media?fields=id,caption,comments{text,username}&limit=2')
  expect(posts.body.data).toHaveLength(2)
  expect(posts.body.data[0].comments.data[0].username).toBe('ada.rides')
  const container = await call(id, '/me/media', undefined, {
    image_url: 'https://example.com/a.jpg',
    caption: 'New',
  })
  const made = await call(id, '/me/media_publish', undefined, { creation_id: container.body.id })
  expect((await call(id, `/${made.body.id}?fields=caption`)).body.caption).toBe('New')
})

test('set-up pages show the addresses of this hub', async () => {
  for (const provider of ['whatsapp', 'instagram', 'meta-ads']) {
    const { setup, redirect_uri } = (await t.admin.get(`/api/v1/providers/${provider}`)).body
    const steps = setup.steps.join('\n')
    expect(redirect_uri).toBe(`${t.url}/api/integrations/whatsapp/callback`)
    for (const address of [
      redirect_uri,
      `${t.url}/privacy`,
      `${t.url}/terms`,
      `${t.url}/api/meta/data-deletion`,
      `${t.url}/api/meta/deauthorize`,
    ])
      expect(steps).toContain(address)
    expect(JSON.stringify(setup)).not.toMatch(/\{(public_url|redirect_uri)\}/)
  }
})
