/** A typed secret that is good for signing in only; calls carry the session. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { readText, type SecretMethod } from '../../src/catalog/define.ts'
import { begin, type Begun } from './begun.ts'
import { declarePlayed, type Played, type PlayedReply, startPlayed } from './played.ts'

const SECRET = 'typed-secret-of-this-test'
const SIGN_IN = 'POST api.played.example.com/auth/signin'

const method = {
  kind: 'api_key',
  label: 'Personal access token',
  fields: [
    { name: 'patName', label: 'Name', pattern: '^\\w+$', example: 'hub', required: true },
    {
      name: 'patSecret',
      label: 'Secret',
      pattern: '^\\S{8,}$',
      example: 'x...',
      required: true,
      secret: true,
    },
  ],
  authorization: { scheme: 'header', name: 'X-Played-Auth', value: '{access_token}' },
  instructions: [],
  session: {
    request: {
      method: 'POST',
      url: 'https://api.played.example.com/auth/signin',
      json: { credentials: { name: '{patName}', secret: '{patSecret}' } },
    },
    read: (body) => {
      const access_token = readText(body, 'token')
      return access_token
        ? { access_token, expires_in: 7200, parameters: { site: readText(body, 'site') ?? '' } }
        : undefined
    },
    dead: [{ status: 401, at: 'error.code', equals: '401001' }],
  },
} satisfies SecretMethod

const signing = declarePlayed(
  {},
  {
    auth: [method],
    parameters: [{ name: 'site', label: 'Site', pattern: '^[a-f0-9-]+$', example: 'ab-12', asked: false }],
    api: { base_url: 'https://api.played.example.com/sites/{site}' },
  },
)

let played: Played
let begun: Begun
let live = ''
beforeAll(async () => {
  played = await startPlayed()
})
afterAll(() => played.close())
let count = 0
beforeEach(async () => {
  played.calls.length = 0
  count = 0
  signInAnswers(() => ({ body: { token: (live = `session-token-${++count}`), site: 'ab-12' } }))
  played.replies.set('GET api.played.example.com/sites/ab-12/me', ({ headers }) =>
    headers['x-played-auth'] === live ? { body: { id: 'u1', name: 'Ada' } } : { status: 401, body: {} },
  )
  begun = await begin(signing, played)
})
afterEach(() => begun.close())

const signInAnswers = (answer: (body: string) => PlayedReply) =>
  played.replies.set(SIGN_IN, ({ body }) => answer(body))
const signIns = () => played.at('/auth/signin')
const type = () =>
  begun.person.send('POST', '/api/v1/connect/attempts', {
    provider: 'played',
    method: 'api_key',
    fields: { patName: 'hub', patSecret: SECRET },
  })
async function connect(): Promise<string> {
  const { status, body } = await type()
  expect(status, JSON.stringify(body)).toBe(201)
  expect(body.status).toBe('succeeded')
  return body.connection_id
}

test('signing in is the test of the secret, and calls carry the session alone', async () => {
  const id = await connect()
  expect(signIns().map(({ body }) => JSON.parse(body))).toEqual([
    { credentials: { name: 'hub', secret: SECRET } },
  ])
  expect((await begun.call(id)).status).toBe(200)
  for (const call of played.at('/sites/ab-12/me')) {
    expect(call.headers['x-played-auth']).toBe('session-token-1')
    expect(JSON.stringify(call)).not.toContain(SECRET)
  }
  expect((await begun.read(id)).parameters).toEqual({ patName: 'hub', site: 'ab-12' })
  expect((await begun.person.get(`/api/v1/connections/${id}/token`)).body.code).toBe('token_not_available')
})

test('S4 neither the secret nor the session is readable in the database or the log', async () => {
  const id = await connect()
  begun.t.clock.advance(7_200_000)
  await begun.call(id)
  const { rows } = await begun.t.hub.database.pool.query(
    'select c.*, v.sealed, e.* from connections c left join credentials v on v.connection_id = c.id left join connection_events e on e.connection_id = c.id',
  )
  const dump = JSON.stringify(rows, (_key, value) =>
    value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
  )
  for (const secret of [SECRET, 'session-token-'])
    for (const place of [dump, begun.t.logs.join('\n')]) expect(place).not.toContain(secret)
})

test.each([
  ['refused', { status: 401, body: { error: { code: '401001' } } }, [422, 'credential_refused']],
  ['not answered in earnest', { status: 503 }, [502, 'upstream_error']],
  ['answered with no session', { body: {} }, [502, 'upstream_invalid_answer']],
  ['asked to wait', { status: 429, headers: { 'retry-after': '7' } }, [429, 'upstream_rate_limited']],
  [
    'answered with a site of no known form',
    { body: { token: 'x-session-token', site: '../evil' } },
    [502, 'upstream_invalid_answer'],
  ],
] satisfies [string, PlayedReply, [number, string]][])(
  'a sign-in that is %s connects nothing and leaves nothing',
  async (_name, reply, expected) => {
    signInAnswers(() => reply)
    const { status, body } = await type()
    expect([status, body.code]).toEqual(expected)
    const { rows } = await begun.t.hub.database.pool.query('select 1 from oauth_states')
    expect(rows).toHaveLength(0)
    expect(played.at('/sites/ab-12/me')).toHaveLength(0)
  },
)

test('R2 a session that ended is made anew, once, however many call', async () => {
  const id = await connect()
  begun.t.clock.advance(7_200_000)
  const answers = await Promise.all(Array.from({ length: 20 }, () => begun.call(id)))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(signIns()).toHaveLength(2)
})

test('a session that is refused is made anew, and the call repeated', async () => {
  const id = await connect()
  live = 'somebody-signed-in-elsewhere'
  expect((await begun.call(id)).status).toBe(200)
  expect(signIns()).toHaveLength(2)
})

test('nobody signs in for a connection that nobody uses', async () => {
  const id = await connect()
  begun.t.clock.advance(30 * 86_400_000)
  await begun.t.hub.sweep()
  expect(signIns()).toHaveLength(1)
  expect((await begun.read(id)).status.status).toBe('connected')
})

test('only the declared answer proves the secret dead', async () => {
  const id = await connect()
  begun.t.clock.advance(7_200_000)
  signInAnswers(() => ({ status: 401, body: { error: { code: '401999' } } }))
  const delayed = await begun.call(id)
  expect([delayed.status, delayed.body.code]).toEqual([503, 'refresh_delayed'])
  expect((await begun.read(id)).status.status).toBe('connected')
  signInAnswers(() => ({ status: 401, body: { error: { code: '401001' } } }))
  begun.t.clock.advance(3_600_000)
  expect((await begun.call(id)).body.code).toBe('connection_invalid')
  expect((await begun.read(id)).status).toMatchObject({
    status: 'connection_invalid',
    cause: 'grant_revoked',
    detail: expect.stringContaining('Reconnect'),
  })
})

test('E2 a later sign-in that names a site of no known form changes no address', async () => {
  const id = await connect()
  signInAnswers(() => ({ body: { token: (live = 'session-token-9'), site: 'x/../../evil' } }))
  begun.t.clock.advance(7_200_000)
  expect((await begun.call(id)).status).toBe(200)
  expect((await begun.read(id)).parameters.site).toBe('ab-12')
})
