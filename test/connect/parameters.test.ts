/** Where a connection's parameters come from, and what they may become part of. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OAuth2, type Parameter, type Provider, readText } from '../../src/catalog/define.ts'
import type { Browser, TestHub } from '../setup/testHub.ts'
import { begin, type Begun } from './begun.ts'
import { declarePlayed, letIn, type Played, PLAYED_ENV, startPlayed } from './played.ts'

let played: Played
beforeAll(async () => {
  played = await startPlayed()
})
afterAll(() => played.close())
beforeEach(() => {
  played.calls.length = 0
  played.replies.clear()
  letIn(played)
})

let begun: Begun
let t: TestHub
let person: Browser
const connect: Begun['connect'] = (...given) => begun.connect(...given)
const read = (id: string) => begun.read(id)
afterEach(() => t.close())

async function start(provider: Provider, env: Record<string, string> = {}) {
  begun = await begin(provider, played, env)
  ;({ t, person } = begun)
}

describe('a data centre that the callback names', () => {
  const accounts = {
    name: 'accounts_host',
    label: 'Data centre',
    pattern: '^accounts\\.played\\.(?:com|eu)$',
    example: 'accounts.played.com',
    default: 'accounts.played.com',
    asked: false,
    normalise: (typed) => typed.replace(/^https:\/\//, ''),
    derive: (host) => ({ api_host: host.replace('accounts.', 'api.') }),
  } satisfies Parameter
  const zonal = declarePlayed(
    {
      authorization_endpoint: 'https://{accounts_host}/authorize',
      token_endpoint: 'https://{accounts_host}/token',
      parameters_from: { accounts_host: 'query.accounts-server' },
    },
    {
      hosts: ['{accounts_host}', '{api_host}'],
      parameters: [
        accounts,
        {
          name: 'api_host',
          label: 'API host',
          pattern: '^api\\.played\\.(?:com|eu)$',
          example: 'api.played.com',
          asked: false,
        },
      ],
      api: { base_url: 'https://{api_host}' },
    },
  )
  beforeEach(async () => {
    const letEverybodyIn = played.replies.get('POST login.played.example.com/token')
    for (const zone of ['com', 'eu']) {
      if (letEverybodyIn) played.replies.set(`POST accounts.played.${zone}/token`, letEverybodyIn)
      played.replies.set(`GET api.played.${zone}/me`, () => ({ body: { id: 'u1', name: zone } }))
    }
    await start(zonal)
  })

  test('is where the code is exchanged, tokens are refreshed and the API is called', async () => {
    const { asked, id } = await connect({ 'accounts-server': 'https://accounts.played.eu' })
    expect(asked.pathname).toBe('/accounts.played.com/authorize')
    expect(played.at('/token').map(({ host }) => host)).toEqual(['accounts.played.eu'])
    expect(await read(id)).toMatchObject({
      account: { label: 'eu' },
      parameters: { accounts_host: 'accounts.played.eu', api_host: 'api.played.eu' },
    })
    t.clock.advance(3_600_000)
    expect((await person.send('GET', `/api/v1/proxy/${id}/me`)).body.name).toBe('eu')
    expect(played.at('/token').map(({ host }) => host)).toEqual(['accounts.played.eu', 'accounts.played.eu'])
  })

  test.each([
    'https://accounts.played.eu.evil.example',
    'https://evil.example/accounts.played.eu',
    'accounts.played.eu@evil.example',
    'http://accounts.played.eu',
    'https://127.0.0.1',
  ])('E2 %s refuses the flow before the code is sent anywhere', async (server) => {
    const { attempt } = await connect({ 'accounts-server': server })
    expect(attempt).toMatchObject({ status: 'failed', error: { code: 'callback_refused' } })
    expect(played.calls).toHaveLength(0)
  })

  test('stays the declared one where the callback names none', async () => {
    const { id } = await connect()
    expect((await read(id)).parameters.accounts_host).toBe('accounts.played.com')
  })
})

describe('a place that the token answer tells', () => {
  const instance = {
    name: 'instance',
    label: 'Instance',
    pattern: '^[a-z0-9-]+\\.my\\.played\\.com$',
    example: 'acme.my.played.com',
    asked: false,
    normalise: (typed) => typed.replace(/^https:\/\//, ''),
  } satisfies Parameter
  const placed = declarePlayed(
    { parameters_from: { instance: 'token.instance_url' } },
    {
      hosts: ['login.played.example.com', '{instance}'],
      parameters: [instance],
      api: { base_url: 'https://{instance}' },
    },
  )
  beforeEach(() => {
    for (const host of ['one.my.played.com', 'two.my.played.com'])
      played.replies.set(`GET ${host}/me`, () => ({ body: { id: 'u1', name: host } }))
  })

  test('is kept, and followed when a refresh tells another', async () => {
    letIn(played, { instance_url: 'https://one.my.played.com' })
    await start(placed)
    const { id } = await connect()
    expect((await read(id)).parameters).toEqual({ instance: 'one.my.played.com' })
    letIn(played, { instance_url: 'https://two.my.played.com' })
    t.clock.advance(3_600_000)
    expect((await person.send('GET', `/api/v1/proxy/${id}/me`)).body.name).toBe('two.my.played.com')
    expect((await read(id)).parameters).toEqual({ instance: 'two.my.played.com' })
  })

  test('E2 is not believed outside its pattern: no connection, and no move when a refresh tells it', async () => {
    letIn(played, { instance_url: 'https://evil.example' })
    await start(placed)
    const { attempt } = await connect()
    expect(attempt.error.code).toBe('upstream_invalid_answer')
    letIn(played, { instance_url: 'https://one.my.played.com' })
    const { id } = await connect()
    letIn(played, { instance_url: 'https://evil.example' })
    t.clock.advance(3_600_000)
    const answer = await person.send('GET', `/api/v1/proxy/${id}/me`)
    expect([answer.status, answer.body.name]).toEqual([200, 'one.my.played.com'])
    expect((await read(id)).parameters).toEqual({ instance: 'one.my.played.com' })
    expect(played.calls.some(({ host }) => host === 'evil.example')).toBe(false)
  })
})

describe('a place that only the account tells', () => {
  const centred = declarePlayed(
    {
      verify: { url: 'https://login.played.example.com/metadata' },
      account: ({ body }) => ({
        id: readText(body, 'user_id') ?? '',
        label: readText(body, 'login') ?? '',
        parameters: { dc: readText(body, 'dc') ?? '' },
      }),
    },
    {
      hosts: ['login.played.example.com', '{dc}.api.played.com'],
      parameters: [{ name: 'dc', label: 'Data centre', pattern: '^us\\d+$', example: 'us1', asked: false }],
      api: { base_url: 'https://{dc}.api.played.com' },
    },
  )
  const tell = (dc: unknown) =>
    played.replies.set('GET login.played.example.com/metadata', () => ({
      body: { user_id: 7, login: 'ada', ...(dc === undefined ? {} : { dc }) },
    }))

  test('is known from the verification on, of which the method says where it is made', async () => {
    tell('us5')
    played.replies.set('GET us5.api.played.com/lists', () => ({ body: { lists: [] } }))
    await start(centred)
    const { id } = await connect()
    expect((await read(id)).parameters).toEqual({ dc: 'us5' })
    expect((await person.send('GET', `/api/v1/proxy/${id}/lists`)).body).toEqual({ lists: [] })
    tell('us6')
    await person.send('POST', `/api/v1/connections/${id}/verify`)
    expect((await read(id)).parameters).toEqual({ dc: 'us6' })
  })

  test.each(['evil.example/', undefined])('is held to its pattern: %j connects nothing', async (dc) => {
    tell(dc)
    await start(centred)
    const { attempt } = await connect()
    expect(attempt).toMatchObject({ status: 'failed', error: { code: 'upstream_invalid_answer' } })
  })
})

describe('what the operator sets', () => {
  const version: Parameter = {
    name: 'version',
    label: 'API version',
    pattern: '^v\\d+$',
    example: 'v3',
    asked: 'operator',
  }
  const versioned = (change: Partial<Parameter>) =>
    declarePlayed(
      {},
      {
        parameters: [{ ...version, ...change }],
        api: { base_url: 'https://api.played.example.com/{version}' },
      },
    )
  beforeEach(() => {
    for (const version of ['v3', 'v4'])
      played.replies.set(`GET api.played.example.com/${version}/me`, () => ({
        body: { id: 'u1', name: version },
      }))
  })

  test('is in no form, cannot be typed, and its default applies', async () => {
    await start(versioned({ default: 'v3' }))
    const { body } = await person.get('/api/v1/providers/played')
    expect(body.parameters).toEqual([])
    const typed = await person.send('POST', '/api/v1/connect/attempts', {
      provider: 'played',
      fields: { version: 'v4' },
    })
    expect([typed.status, typed.body.code]).toEqual([422, 'field_invalid'])
    const { id } = await connect()
    expect(await read(id)).toMatchObject({ account: { label: 'v3' }, parameters: {} })
  })

  test('without a value that it needs, nothing begins, and the answer says what is missing', async () => {
    await start(versioned({ required: true }))
    const { status, body } = await person.send('POST', '/api/v1/connect/attempts', { provider: 'played' })
    expect([status, body.code]).toEqual([409, 'not_configured'])
    expect(body.detail).toContain('"API version"')
  })
})

describe('headers of every call', () => {
  const headed = (extra: Record<string, string>) =>
    declarePlayed(
      {},
      {
        env: { client_id: 'PLAYED_CLIENT_ID', client_secret: 'PLAYED_CLIENT_SECRET', extra },
        parameters: [
          { name: 'tenant', label: 'Tenant', pattern: '^\\d+$', example: '1', asked: false },
          { name: 'zone', label: 'Zone', pattern: '^[a-z]+$', example: 'eu' },
        ],
        api: {
          base_url: 'https://api.played.example.com',
          headers: {
            'Developer-Token': '{PLAYED_DEVELOPER_TOKEN}',
            'X-Tenant': '{tenant}',
            'X-Zone': 'zone={zone}',
          },
        },
      },
    )

  test('take variables and parameters; one whose parameter is not known is left out', async () => {
    await start(headed({ PLAYED_DEVELOPER_TOKEN: 'Developer token' }), {
      PLAYED_DEVELOPER_TOKEN: 'dev-token-1',
    })
    const { id } = await connect({}, { fields: { zone: 'eu' } })
    await person.send('GET', `/api/v1/proxy/${id}/me`)
    for (const { headers } of played.at('/me')) {
      expect(headers).toMatchObject({ 'developer-token': 'dev-token-1', 'x-zone': 'zone=eu' })
      expect(headers).not.toHaveProperty('x-tenant')
    }
    expect(played.at('/me')).toHaveLength(2)
  })

  test('say which variable is missing, instead of failing', async () => {
    await start(headed({ PLAYED_DEVELOPER_TOKEN: 'Developer token of the account' }))
    const { attempt } = await connect()
    expect(attempt.error).toMatchObject({
      code: 'not_configured',
      detail: expect.stringContaining('PLAYED_DEVELOPER_TOKEN'),
    })
    expect(played.at('/me')).toHaveLength(0)
  })
})

describe('where the access token goes', () => {
  test.each([
    [
      'a header of its own',
      { scheme: 'header', name: 'X-Played-Token', value: '{access_token}' },
      { 'x-played-token': 'access-token-number-1' },
    ],
    [
      'another word before it, with the client',
      { scheme: 'header', name: 'Authorization', value: 'OAuth key="{client_id}", token="{access_token}"' },
      { authorization: `OAuth key="${PLAYED_ENV.PLAYED_CLIENT_ID}", token="access-token-number-1"` },
    ],
    [
      'basic',
      { scheme: 'basic', username: '{access_token}', password: 'x' },
      { authorization: `Basic ${Buffer.from('access-token-number-1:x').toString('base64')}` },
    ],
  ] satisfies [string, OAuth2['authorization'], Record<string, string>][])(
    '%s, when verifying and when called',
    async (_name, authorization, expected) => {
      await start(declarePlayed({ authorization }))
      const { id } = await connect()
      await person.send('GET', `/api/v1/proxy/${id}/me`)
      expect(played.at('/me')).toHaveLength(2)
      for (const { headers } of played.at('/me')) {
        expect(headers).toMatchObject(expected)
        if (!('authorization' in expected)) expect(headers).not.toHaveProperty('authorization')
      }
    },
  )

  test('one call may place it otherwise', async () => {
    await start(
      declarePlayed(
        {},
        {
          verify: {
            url: '/me',
            authorization: { scheme: 'header', name: 'Authorization', value: 'OAuth {access_token}' },
          },
        },
      ),
    )
    await connect()
    expect(played.at('/me')[0]?.headers['authorization']).toBe('OAuth access-token-number-1')
  })

  test('a revocation carries the client secret as its bearer, and an odd token whole in its address', async () => {
    letIn(played, { access_token: 'a token/with?odd#signs' })
    played.replies.set('DELETE api.played.example.com/tokens/a%20token%2Fwith%3Fodd%23signs', () => ({}))
    await start(
      declarePlayed(
        {},
        {
          revocation: {
            kills: 'grant',
            request: { method: 'DELETE', url: '/tokens/{access_token}', authorization: 'client_secret' },
          },
        },
      ),
    )
    const { id } = await connect()
    const { body } = await person.send('DELETE', `/api/v1/connections/${id}`)
    expect(body.items[0]).toMatchObject({ outcome: 'done' })
    expect(played.calls.at(-1)).toMatchObject({
      method: 'DELETE',
      headers: { authorization: `Bearer ${PLAYED_ENV.PLAYED_CLIENT_SECRET}` },
    })
  })
})

test('C10 a field with options takes those and no other', async () => {
  await start(
    declarePlayed(
      { authorization_endpoint: 'https://{zone}.played.example.com/authorize' },
      {
        parameters: [
          {
            name: 'zone',
            label: 'Zone',
            pattern: '^[a-z]+$',
            example: 'login',
            default: 'login',
            options: [
              { value: 'login', label: 'Production' },
              { value: 'test', label: 'Sandbox' },
            ],
          },
        ],
      },
    ),
  )
  const tryZone = (zone: string) =>
    person.send('POST', '/api/v1/connect/attempts', { provider: 'played', fields: { zone } })
  expect((await tryZone('evil')).body.code).toBe('field_invalid')
  expect(new URL((await tryZone('test')).body.authorization_url).pathname).toBe(
    '/test.played.example.com/authorize',
  )
  const { body } = await person.get('/api/v1/providers/played')
  expect(body.parameters[0].options).toHaveLength(2)
})
