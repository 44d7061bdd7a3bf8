/** Tokens without a refresh token, exchanged while they live: upgraded at once, renewed ahead of their end. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { readText, type TokenExchange } from '../../src/catalog/define.ts'
import { begin, type Begun } from './begun.ts'
import { declarePlayed, letIn, type Played, PLAYED_ENV, startPlayed } from './played.ts'

const DAY = 86_400
const SHORT = 'short-lived+token/with=odd&signs'

const exchanging = (change: Partial<TokenExchange> = {}) =>
  declarePlayed(
    {
      refresh: {
        rotates: 'exchange',
        dead: ['token_dead'],
        exchange: {
          upgrade: {
            url: 'https://api.played.example.com/access_token?grant_type=upgrade&client_secret={client_secret}&access_token={access_token}',
          },
          renew: { url: '/refresh_access_token?grant_type=renew&access_token={access_token}' },
          ahead: 7 * DAY,
          min_age: DAY,
          ...change,
        },
      },
      // Some services word their refusals in their own way.
      normaliseTokenAnswer: ({ status, body }) =>
        body['code'] === 190 ? { status: 400, body: { error: 'token_dead' } } : { status, body },
    },
    {
      account: ({ token, body }) => ({
        id: readText(token, 'user_id') ?? '',
        label: readText(body, 'name') ?? '',
      }),
    },
  )

let played: Played
let begun: Begun
let count = 0
beforeAll(async () => {
  played = await startPlayed()
})
afterAll(() => played.close())
beforeEach(() => {
  played.calls.length = 0
  count = 0
  letIn(played, { access_token: SHORT, refresh_token: undefined, user_id: 'u7' })
  played.replies.set('GET api.played.example.com/access_token', () => ({
    body: { access_token: 'long-lived-token-0', token_type: 'bearer', expires_in: 60 * DAY },
  }))
  played.replies.set('GET api.played.example.com/refresh_access_token', () => ({
    body: { access_token: `long-lived-token-${++count}`, token_type: 'bearer', expires_in: 60 * DAY },
  }))
})
afterEach(() => begun.close())

const days = (from: number, iso: string) => Math.round((Date.parse(iso) - from) / 1000 / DAY)
const bearer = (index: number) => played.at('/me').at(index)?.headers['authorization']

test('the short-lived token is swapped at once, whatever its characters, and the first answer names the account', async () => {
  begun = await begin(exchanging(), played)
  const { id } = await begun.connect()
  const [upgrade] = played.at('/access_token')
  expect(Object.fromEntries(upgrade?.query ?? [])).toEqual({
    grant_type: 'upgrade',
    client_secret: PLAYED_ENV.PLAYED_CLIENT_SECRET,
    access_token: SHORT,
  })
  expect(bearer(-1)).toBe('Bearer long-lived-token-0')
  const connection = await begun.read(id)
  expect(connection.account.id).toBe('u7')
  expect(days(begun.t.clock.now(), connection.expires_at)).toBe(60)
})

test('S5 neither tokens nor the client secret reach the log, though they are part of an address', async () => {
  begun = await begin(exchanging(), played)
  const { id } = await begun.connect()
  begun.t.clock.advance(54 * DAY * 1000)
  await begun.t.hub.sweep()
  played.replies.set('GET api.played.example.com/refresh_access_token', () => ({ status: 500, body: 'oops' }))
  begun.t.clock.advance(54 * DAY * 1000)
  await begun.t.hub.sweep()
  played.replies.set('GET api.played.example.com/access_token', () => ({ status: 500, body: '<html>' }))
  expect((await begun.connect()).attempt.error.code).toMatch(/^upstream_/)
  const logs = begun.t.logs.join('\n')
  expect(logs).toContain('refresh failed')
  for (const secret of [
    SHORT,
    encodeURIComponent(SHORT),
    'long-lived-token',
    PLAYED_ENV.PLAYED_CLIENT_SECRET,
  ])
    expect(logs).not.toContain(secret)
  const { rows } = await begun.t.hub.database.pool.query('select * from connection_events')
  expect(JSON.stringify(rows)).not.toMatch(/long-lived-token|short-lived/)
  expect((await begun.read(id)).status.status).toBe('connected')
})

test('is renewed so many days ahead of its end, once, however many ask', async () => {
  begun = await begin(exchanging(), played)
  const { id } = await begun.connect()
  begun.t.clock.advance(52.9 * DAY * 1000)
  await begun.t.hub.sweep()
  expect(played.at('/refresh_access_token')).toHaveLength(0)
  begun.t.clock.advance(0.2 * DAY * 1000)
  await Promise.all(Array.from({ length: 10 }, () => begun.t.hub.sweep()))
  expect(played.at('/refresh_access_token')).toHaveLength(1)
  expect(played.at('/refresh_access_token')[0]?.query.get('access_token')).toBe('long-lived-token-0')
  await begun.call(id)
  expect(bearer(-1)).toBe('Bearer long-lived-token-1')
  expect(days(begun.t.clock.now(), (await begun.read(id)).expires_at)).toBe(60)
})

test('R5 a failure that proves nothing is tried again, and the connection stays', async () => {
  begun = await begin(exchanging(), played)
  const { id } = await begun.connect()
  played.replies.set('GET api.played.example.com/refresh_access_token', () => ({ status: 503, body: {} }))
  begun.t.clock.advance(54 * DAY * 1000)
  await begun.t.hub.sweep()
  expect(await begun.read(id)).toMatchObject({
    status: { status: 'connected' },
    trouble: { code: 'upstream_error' },
  })
  expect((await begun.call(id)).status).toBe(200)
  played.replies.set('GET api.played.example.com/refresh_access_token', () => ({
    body: { access_token: 'long-lived-token-9', expires_in: 60 * DAY },
  }))
  begun.t.clock.advance(3600_000)
  await begun.t.hub.sweep()
  expect(await begun.read(id)).toMatchObject({ trouble: null })
})

test('the declared signal ends the connection, with its cause', async () => {
  begun = await begin(exchanging(), played)
  const { id } = await begun.connect()
  played.replies.set('GET api.played.example.com/refresh_access_token', () => ({
    status: 400,
    body: { code: 190 },
  }))
  begun.t.clock.advance(54 * DAY * 1000)
  await begun.t.hub.sweep()
  expect((await begun.read(id)).status).toMatchObject({
    status: 'connection_invalid',
    cause: 'grant_revoked',
    action: 'reconnect',
  })
})

test('a token that is over is not sent: only a person can help', async () => {
  begun = await begin(exchanging(), played)
  const { id } = await begun.connect()
  begun.t.clock.advance(61 * DAY * 1000)
  const answer = await begun.call(id)
  expect([answer.status, answer.body.code]).toEqual([409, 'connection_invalid'])
  expect((await begun.read(id)).status).toMatchObject({
    status: 'connection_invalid',
    cause: 'token_expired',
  })
  expect(played.at('/refresh_access_token')).toHaveLength(0)
})

test('a refused token is renewed where it is old enough, and the call repeated', async () => {
  begun = await begin(exchanging(), played)
  const { id } = await begun.connect()
  begun.t.clock.advance(2 * DAY * 1000)
  played.replies.set('GET api.played.example.com/me', ({ headers }) =>
    headers['authorization'] === 'Bearer long-lived-token-0'
      ? { status: 401 }
      : { body: { id: 'u7', name: 'Ada' } },
  )
  expect((await begun.call(id)).status).toBe(200)
  expect(played.at('/refresh_access_token')).toHaveLength(1)
})

test('a refused token that is too young to be renewed is not: the refusal is told', async () => {
  begun = await begin(exchanging(), played)
  const { id } = await begun.connect()
  begun.t.clock.advance(3600_000)
  played.replies.set('GET api.played.example.com/me', () => ({ status: 401 }))
  expect((await begun.call(id)).status).toBe(401)
  await expect
    .poll(async () => (await begun.read(id)).status)
    .toMatchObject({ status: 'connection_invalid', cause: 'credential_refused' })
  expect(played.at('/refresh_access_token')).toHaveLength(0)
})

test('R6 a token without a lifetime does not end, and is never renewed', async () => {
  played.replies.set('GET api.played.example.com/access_token', () => ({
    body: { access_token: 'endless-token-0', token_type: 'bearer' },
  }))
  begun = await begin(exchanging(), played)
  const { id } = await begun.connect()
  expect((await begun.read(id)).expires_at).toBeNull()
  begun.t.clock.advance(400 * DAY * 1000)
  await begun.t.hub.sweep()
  expect((await begun.call(id)).status).toBe(200)
  expect(played.at('/refresh_access_token')).toHaveLength(0)
})
