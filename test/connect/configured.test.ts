/**
 * What an operator set decides: a configuration kept at the provider instead of scopes, a secret for the whole hub, a
 * redirect URI repeated; and what only a later answer tells: the scopes granted, the places a grant reaches.
 */
import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { at, type Json, type Provider, readText, type SecretMethod } from '../../src/catalog/define.ts'
import { judgeRedirectVariable } from '../../src/vault/redirect.ts'
import { begin, type Begun } from './begun.ts'
import { declarePlayed, letIn, type Played, PLAYED_ENV, startPlayed } from './played.ts'

const API = 'api.played.example.com'

let played: Played
let begun: Begun
beforeAll(async () => {
  played = await startPlayed()
})
afterAll(() => played.close())
beforeEach(() => {
  played.calls.length = 0
  played.replies.clear()
  letIn(played)
})
afterEach(() => begun.close())

const answer = (path: string, body: unknown, status = 200) =>
  played.replies.set(`GET ${API}${path}`, () => ({ status, body }))
const detail = async () => (await begun.t.admin.get('/api/v1/providers/played')).body

describe('a configuration kept at the provider', () => {
  const configured = declarePlayed(
    {
      authorization_params: { always: 'yes' },
      configuration: {
        variable: 'PLAYED_CONFIG_ID',
        params: { config_id: '{PLAYED_CONFIG_ID}', extras: '{"setup":{},"version":"v4"}' },
      },
    },
    { env: { ...declarePlayed().env, extra: { PLAYED_CONFIG_ID: 'What is asked for.' } } },
  )

  test('is named instead of the scopes where the operator set it', async () => {
    begun = await begin(configured, played, { PLAYED_CONFIG_ID: '1234567890123456' })
    const { asked, id } = await begun.connect()
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      always: 'yes',
      config_id: '1234567890123456',
      extras: '{"setup":{},"version":"v4"}',
    })
    expect(asked.searchParams.has('scope')).toBe(false)
    expect(await begun.read(id)).toMatchObject({ requested_scopes: [], missing_scopes: [] })
    const told = await detail()
    expect(told.requested_scopes).toEqual([])
    expect(told.permissions_note).toContain('PLAYED_CONFIG_ID')
  })

  test('C10 without it the declared scopes are asked for, and nothing of it is sent', async () => {
    begun = await begin(configured, played)
    const { asked } = await begun.connect()
    expect(asked.searchParams.get('scope')).toBe('read write')
    expect(asked.searchParams.has('config_id')).toBe(false)
    expect(asked.searchParams.has('extras')).toBe(false)
    expect((await detail()).requested_scopes).toEqual(['read', 'write'])
  })

  test('and what it cannot do is take over the flow: state, client and redirect URI stay the hub’s', async () => {
    const greedy = declarePlayed({
      configuration: {
        variable: 'PLAYED_CONFIG_ID',
        params: { state: 'x', client_id: 'x', redirect_uri: 'https://evil.example', response_type: 'token' },
      },
    })
    begun = await begin({ ...greedy, env: { ...greedy.env, extra: { PLAYED_CONFIG_ID: 'x' } } }, played, {
      PLAYED_CONFIG_ID: '1',
    })
    const { asked, attempt } = await begun.connect()
    expect(asked.searchParams.get('client_id')).toBe(PLAYED_ENV.PLAYED_CLIENT_ID)
    expect(asked.searchParams.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1/)
    expect(asked.searchParams.get('response_type')).toBe('code')
    expect(attempt.status).toBe('succeeded')
  })
})

describe('what hangs on a code', () => {
  const tailed = declarePlayed({ code_tail: '#_' })
  const sent = () => new URLSearchParams(played.at('/token')[0]?.body).get('code')

  test('is taken off', async () => {
    begun = await begin(tailed, played)
    expect((await begun.connect({ code: 'the-code#_' })).attempt.status).toBe('succeeded')
    expect(sent()).toBe('the-code')
  })

  test.each(['the-code', 'the#_code', 'the-code#_x'])('and nothing else: %s', async (code) => {
    begun = await begin(tailed, played)
    await begun.connect({ code })
    expect(sent()).toBe(code)
  })
})

describe('scopes that only a later answer tells', () => {
  const telling = declarePlayed(
    {},
    {
      verify: { url: '/me' },
      account: ({ body }) => ({
        id: readText(body, 'id') ?? '',
        label: readText(body, 'name') ?? '',
        scopes: at(body, 'scopes') as string[],
      }),
    },
  )

  test('count, when connecting and when verifying', async () => {
    begun = await begin(telling, played)
    answer('/me', { id: 'u1', name: 'Ada', scopes: ['read'] })
    const { id } = await begun.connect()
    expect(await begun.read(id)).toMatchObject({ granted_scopes: ['read'], missing_scopes: ['write'] })
    answer('/me', { id: 'u1', name: 'Ada', scopes: ['read', 'write'] })
    await begun.t.mine.send('POST', `/api/v1/connections/${id}/verify`)
    expect(await begun.read(id)).toMatchObject({ granted_scopes: ['read', 'write'], missing_scopes: [] })
    answer('/me', { id: 'u1', name: 'Ada', scopes: [] })
    await begun.t.mine.send('POST', `/api/v1/connections/${id}/verify`)
    expect(await begun.read(id)).toMatchObject({ granted_scopes: [], missing_scopes: ['read', 'write'] })
  })
})

describe('places that a token is inspected for', () => {
  const read = (body: Json) =>
    (at(body, 'ids') as string[]).map((id) => ({ parameters: { placeId: id }, label: id, scopes: ['read'] }))
  const placed = declarePlayed(
    {},
    {
      parameters: [{ name: 'placeId', label: 'Place', pattern: '^\\d+$', example: '1', asked: false }],
      tenants: {
        request: {
          url: '/inspect?token={access_token}',
          authorization: {
            scheme: 'header',
            name: 'authorization',
            value: 'Bearer {client_id}|{client_secret}',
          },
        },
        read,
        otherwise: { request: { url: '/places' }, read },
        matches: 'placeId',
      },
    },
  )
  const ODD = 'odd+token/with=signs&more'

  test('the client proves itself, the token is encoded, and what was granted there counts', async () => {
    begun = await begin(placed, played)
    letIn(played, { access_token: ODD })
    answer('/inspect', { ids: ['7'] })
    const { id } = await begun.connect()
    const [call] = played.at('/inspect')
    expect(call?.query.get('token')).toBe(ODD)
    expect(call?.headers['authorization']).toBe(
      `Bearer ${PLAYED_ENV.PLAYED_CLIENT_ID}|${PLAYED_ENV.PLAYED_CLIENT_SECRET}`,
    )
    expect(played.at('/me')[0]?.headers['authorization']).toBe(`Bearer ${ODD}`)
    expect(await begun.read(id)).toMatchObject({
      parameters: { placeId: '7' },
      granted_scopes: ['read'],
      missing_scopes: ['write'],
    })
    expect(played.at('/places')).toHaveLength(0)
    for (const secret of [ODD, encodeURIComponent(ODD), PLAYED_ENV.PLAYED_CLIENT_SECRET])
      expect(begun.t.logs.join('\n')).not.toContain(secret)
  })

  test('S7 a caller’s own call never carries the client’s secret', async () => {
    begun = await begin(placed, played)
    answer('/inspect', { ids: ['7'] })
    const { id } = await begun.connect()
    played.calls.length = 0
    await begun.call(id, '/inspect?token={client_secret}&other=%7Bclient_secret%7D')
    expect(played.calls).toHaveLength(1)
    expect(JSON.stringify([played.calls[0]?.headers, [...(played.calls[0]?.query ?? [])]])).not.toContain(
      PLAYED_ENV.PLAYED_CLIENT_SECRET,
    )
  })

  test('another question is asked where the first names none', async () => {
    begun = await begin(placed, played)
    answer('/inspect', { ids: [] })
    answer('/places', { ids: ['8'] })
    expect((await begun.read((await begun.connect()).id)).parameters).toEqual({ placeId: '8' })
    expect(played.at('/places')[0]?.headers['authorization']).toMatch(/^Bearer access-token/)
  })

  test('and where neither does, nothing is connected', async () => {
    begun = await begin(placed, played)
    answer('/inspect', { ids: [] })
    answer('/places', { ids: [] })
    expect((await begun.connect()).attempt.error.code).toBe('credential_refused')
  })
})

describe('a token that has no end', () => {
  const exchange = {
    upgrade: { url: '/upgrade?token={access_token}' },
    renew: { url: '/upgrade?token={access_token}' },
    ahead: 86_400,
  }
  const kept = declarePlayed({
    refresh: { rotates: 'exchange', dead: ['invalid_grant'], exchange: { ...exchange, endless: 'kept' } },
  })

  test('is left as it is', async () => {
    begun = await begin(kept, played)
    letIn(played, { access_token: 'endless-token-0123456789', expires_in: undefined })
    const { id } = await begun.connect()
    expect(played.at('/upgrade')).toHaveLength(0)
    expect((await begun.read(id)).expires_at).toBeNull()
    begun.t.clock.advance(400 * 86_400_000)
    await begun.t.hub.sweep()
    expect((await begun.call(id)).status).toBe(200)
    expect(played.at('/upgrade')).toHaveLength(0)
  })

  test('one with an end is upgraded all the same', async () => {
    begun = await begin(kept, played)
    answer('/upgrade', { access_token: 'lasting-token-0123456789', expires_in: 5_184_000 })
    await begun.connect()
    expect(played.at('/upgrade')).toHaveLength(1)
  })
})

describe('a secret for the whole hub', () => {
  const method: SecretMethod = {
    kind: 'api_key',
    label: 'Key',
    fields: [
      {
        name: 'key',
        label: 'Key',
        pattern: '^[a-z]{10,40}$',
        example: 'abcdefghij',
        required: true,
        secret: true,
      },
      { name: 'number', label: 'Number', pattern: '^\\d+$', example: '7', required: true },
    ],
    authorization: { scheme: 'bearer' },
    env: { key: 'PLAYED_KEY', number: 'PLAYED_NUMBER' },
    instructions: ['Make one.'],
  }
  const base = declarePlayed()
  const keyed: Provider = {
    ...base,
    auth: [...base.auth, method] as Provider['auth'],
    env: { ...base.env, extra: { PLAYED_KEY: 'Key.', PLAYED_NUMBER: 'Number.' } },
  }
  const ENV = { PLAYED_KEY: 'hubwidesecret', PLAYED_NUMBER: '42' }
  const connect = (fields: Record<string, string>) =>
    begun.person.send('POST', '/api/v1/connect/attempts', { provider: 'played', method: 'api_key', fields })
  const bearer = () => played.at('/me').at(-1)?.headers['authorization']

  test('is used where its fields are left empty, and never shown', async () => {
    begun = await begin(keyed, played, ENV)
    const { status, body } = await connect({ key: ' ', number: '' })
    expect([status, body.status]).toEqual([201, 'succeeded'])
    expect(bearer()).toBe('Bearer hubwidesecret')
    expect((await begun.read(body.connection_id)).parameters).toEqual({ number: '42' })
    const [, shown] = (await detail()).methods
    expect(shown.fields.map(({ required }: { required: boolean }) => required)).toEqual([false, false])
    expect(shown.fields[0].help).toContain('PLAYED_KEY')
    expect(JSON.stringify(await detail())).not.toContain('hubwidesecret')
  })

  test('a person’s own stays apart from it: what they typed is not mixed with it', async () => {
    begun = await begin(keyed, played, ENV)
    const { status, body } = await connect({ key: 'ownsecretkey' })
    expect([status, body.code]).toEqual([422, 'field_invalid'])
    expect(body.detail).toContain('Number')
    await connect({ key: 'ownsecretkey', number: '1' })
    expect(bearer()).toBe('Bearer ownsecretkey')
  })

  test('people who come by a connect link cannot have it', async () => {
    begun = await begin(keyed, played, ENV)
    const { body: link } = await begun.t.admin.send('POST', '/api/v1/connect-sessions', {
      end_user: { id: 'customer-1' },
      return_to: 'https://app.example.com/connected',
    })
    const token = new URL(link.url).pathname.split('/').at(-1)
    const nobody = await begun.t.browser(null)
    const page = (await nobody.get(`/api/v1/connect-links/${token}`)).body
    expect(page.providers[0].methods[1].fields[0].required).toBe(true)
    const { status, body } = await nobody.send('POST', `/api/v1/connect-links/${token}/attempts`, {
      provider: 'played',
      method: 'api_key',
      fields: {},
    })
    expect([status, body.code]).toEqual([422, 'field_invalid'])
    expect(played.at('/me')).toHaveLength(0)
  })

  test('without it the fields are asked for', async () => {
    begun = await begin(keyed, played)
    expect((await connect({})).status).toBe(422)
    expect((await detail()).methods[1].fields[0].required).toBe(true)
  })
})

describe('a redirect URI that the operator repeats', () => {
  const repeated: Provider = {
    ...declarePlayed(),
    env: { ...declarePlayed().env, redirect_uri: 'PLAYED_REDIRECT_URI' },
  }

  test.each(['https://other.example.com/api/v1/integrations/universal/callback', '/'])(
    'is told where it is another: %s',
    async (uri) => {
      begun = await begin(repeated, played, { PLAYED_REDIRECT_URI: uri })
      const { setup, redirect_uri, env } = await detail()
      expect(setup.notes[0]).toContain(`PLAYED_REDIRECT_URI is ${uri}`)
      expect(setup.notes[0]).toContain(redirect_uri)
      expect(env).toContainEqual(
        expect.objectContaining({ name: 'PLAYED_REDIRECT_URI', set: true, required: false }),
      )
      expect((await begun.connect()).asked.searchParams.get('redirect_uri')).toBe(redirect_uri)
    },
  )

  test('is silent where it is not set', async () => {
    begun = await begin(repeated, played)
    expect((await detail()).setup.notes).toEqual([])
  })

  test('and where it is the hub’s own', () => {
    const redirectUri = 'https://hub.example.com/api/integrations/callback'
    const judge = (value: string | undefined) =>
      judgeRedirectVariable({
        provider: repeated,
        redirectUri,
        extra: value === undefined ? {} : { PLAYED_REDIRECT_URI: value },
      })?.what
    expect([judge(redirectUri), judge(undefined)]).toEqual([undefined, undefined])
    expect(judge(`${redirectUri}/`)).toContain('PLAYED_REDIRECT_URI')
  })
})

test('set-up texts name the addresses of this very hub, and leave other braces alone', async () => {
  const base = declarePlayed()
  const texts = ['Enter {public_url}/privacy, then {redirect_uri}.', 'Braces of {other} kinds stay.']
  begun = await begin(
    { ...base, setup: { ...base.setup, prerequisites: texts, steps: texts, after: texts, notes: texts } },
    played,
  )
  const { setup } = await detail()
  const filled = [
    `Enter ${begun.t.url}/privacy, then ${begun.t.url}/api/v1/integrations/universal/callback.`,
    'Braces of {other} kinds stay.',
  ]
  expect(setup).toMatchObject({ prerequisites: filled, steps: filled, after: filled, notes: filled })
})

test('a limit told in a way of the provider’s own is kept to', async () => {
  const base = declarePlayed()
  begun = await begin(
    {
      ...base,
      api: {
        ...base.api,
        rate_limit: {
          read: (headers) => (headers['x-minutes'] ? Number(headers['x-minutes']) * 60 : undefined),
        },
      },
    },
    played,
  )
  const { id } = await begun.connect()
  played.replies.set(`GET ${API}/things`, () => ({ status: 429, headers: { 'x-minutes': '3' }, body: {} }))
  await begun.call(id, '/things')
  const held = await begun.call(id, '/things')
  expect([held.status, held.headers.get('retry-after')]).toEqual([429, '180'])
  expect(played.at('/things')).toHaveLength(1)
})

describe('a token that its client proves', () => {
  const proved = declarePlayed(
    { token_proof: 'proof' },
    {
      revocation: {
        kills: 'grant',
        request: { method: 'DELETE', url: '/permissions', authorization: 'token' },
      },
    },
  )
  const proofOf = (token: string) =>
    createHmac('sha256', PLAYED_ENV.PLAYED_CLIENT_SECRET).update(token).digest('hex')

  test('carries the proof on every call, whatever the caller wrote there', async () => {
    begun = await begin(proved, played)
    const { id } = await begun.connect()
    const right = proofOf('access-token-number-1')
    expect(played.at('/me')[0]?.query.get('proof')).toBe(right)
    await begun.call(id, '/me?a=1&proof=x')
    expect([...(played.at('/me').at(-1)?.query ?? [])]).toEqual([
      ['a', '1'],
      ['proof', right],
    ])
    played.replies.set(`DELETE ${API}/permissions`, () => ({ body: {} }))
    await begun.t.mine.send('DELETE', `/api/v1/connections/${id}`)
    expect(played.at('/permissions')[0]?.query.get('proof')).toBe(right)
  })

  test('none where the client that it was issued to is gone', async () => {
    begun = await begin(proved, played)
    const { id } = await begun.connect()
    await begun.t.hub.database.pool.query(`update connections set client_id = 'another' where id = $1`, [id])
    await begun.t.mine.send('PATCH', `/api/v1/connections/${id}`, { label: 'x' })
    await begun.call(id)
    expect(played.at('/me').at(-1)?.query.has('proof')).toBe(false)
  })
})
