/** C7 for providers that sign their callbacks: forged, altered, old and foreign answers spend no code. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { declarePlayed, letIn, type Played, PLAYED_ENV, startPlayed } from './played.ts'

const signed = declarePlayed(
  {
    authorization_endpoint: 'https://{shop}/authorize',
    token_endpoint: 'https://{shop}/token',
    callback_signature: {
      parameter: 'hmac',
      timestamp: { parameter: 'timestamp', tolerance: 90 },
      echoes: ['shop'],
    },
  },
  {
    hosts: ['{shop}'],
    parameters: [
      {
        name: 'shop',
        label: 'Shop',
        pattern: '^[a-z0-9-]+\\.shops\\.example$',
        example: 'acme.shops.example',
        required: true,
        normalise: (typed) => typed.toLowerCase(),
      },
    ],
    api: { base_url: 'https://{shop}' },
  },
)

let played: Played
let t: TestHub
let person: Browser
beforeAll(async () => {
  played = await startPlayed()
  letIn(played)
  const token = played.replies.get('POST login.played.example.com/token')
  if (token) played.replies.set('POST acme.shops.example/token', token)
  played.replies.set('GET acme.shops.example/me', () => ({ body: { id: 's1', name: 'Acme' } }))
  t = await startTestHub({
    catalog: [signed],
    withSandbox: false,
    overrides: { played: played.routes },
    env: PLAYED_ENV,
  })
  person = await t.browser()
})
afterAll(async () => {
  await t.close()
  await played.close()
})
beforeEach(() => {
  played.calls.length = 0
})

const sign = (query: Record<string, string>, secret = PLAYED_ENV.PLAYED_CLIENT_SECRET) =>
  createHmac('sha256', secret)
    .update(
      Object.keys(query)
        .sort()
        .map((name) => `${name}=${encodeURIComponent(query[name] as string)}`)
        .join('&'),
    )
    .digest('hex')

/** Comes back with what `forge` makes of an honest answer. */
async function comeBack(
  forge: (honest: Record<string, string>) => Record<string, string> | URLSearchParams,
  secret?: string,
) {
  const begun = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'played',
    fields: { shop: 'acme.shops.example' },
  })
  const asked = new URL(begun.body.authorization_url).searchParams
  const honest = {
    code: 'the-code',
    host: 'YWNtZQ==',
    shop: 'acme.shops.example',
    state: asked.get('state') as string,
    timestamp: String(Math.floor(t.clock.now() / 1000)),
  }
  const back = new URL(asked.get('redirect_uri') as string)
  back.search = new URLSearchParams(forge({ ...honest, hmac: sign(honest, secret) })).toString()
  await person.follow(back.href)
  return (await person.get(`/api/v1/connect/attempts/${begun.body.id}`)).body
}
const without = (query: Record<string, string>, ...names: string[]) =>
  Object.fromEntries(Object.entries(query).filter(([name]) => !names.includes(name)))
const resign = (changed: Record<string, string>) => {
  const query = without(changed, 'hmac')
  return { ...query, hmac: sign(query) }
}

test('an honest answer connects', async () => {
  expect(await comeBack((honest) => honest)).toMatchObject({ status: 'succeeded' })
  expect(await comeBack((honest) => resign({ ...honest, shop: 'ACME.shops.example' }))).toMatchObject({
    status: 'succeeded',
  })
})

test.each<[string, (honest: Record<string, string>) => Record<string, string> | URLSearchParams, RegExp]>([
  ['without a signature', (honest) => without(honest, 'hmac'), /not signed/],
  ['with an empty signature', (honest) => ({ ...honest, hmac: '' }), /does not fit/],
  ['with another code', (honest) => ({ ...honest, code: 'code-of-another' }), /does not fit/],
  ['with something added', (honest) => ({ ...honest, extra: '1' }), /does not fit/],
  [
    'with one bit flipped',
    (honest) => ({
      ...honest,
      hmac: (honest['hmac'] as string).replace(/^./, (c) => (c === '0' ? '1' : '0')),
    }),
    /does not fit/,
  ],
  [
    'with a second shop',
    (honest) => {
      const query = new URLSearchParams(honest)
      query.append('shop', 'evil.shops.example')
      return query
    },
    /twice/,
  ],
  [
    'that is two minutes old',
    (honest) => resign({ ...honest, timestamp: String(Number(honest['timestamp']) - 120) }),
    /too old/,
  ],
  [
    'from the future',
    (honest) => resign({ ...honest, timestamp: String(Number(honest['timestamp']) + 120) }),
    /too old/,
  ],
  ['whose time is no number', (honest) => resign({ ...honest, timestamp: '1e9' }), /too old/],
  ['for another shop', (honest) => resign({ ...honest, shop: 'evil.shops.example' }), /another "shop"/],
  ['for no shop', (honest) => resign(without(honest, 'shop')), /another "shop"/],
])('C7 an answer %s spends no code, and says why', async (_name, forge, why) => {
  const attempt = await comeBack(forge)
  expect(attempt).toMatchObject({
    status: 'failed',
    error: { code: 'callback_refused', detail: expect.stringMatching(why) },
  })
  expect(attempt.error.remedies.length).toBeGreaterThan(0)
  expect(played.calls).toHaveLength(0)
  const { rows } = await t.hub.database.pool.query(
    `select 1 from audit_log where action = 'connect.refused' and target = $1`,
    [attempt.id],
  )
  expect(rows).toHaveLength(1)
})

test('C7 an answer signed with another app’s secret is refused', async () => {
  const attempt = await comeBack((honest) => honest, 'secret-of-another-app')
  expect(attempt.error.code).toBe('callback_refused')
  expect(played.calls).toHaveLength(0)
})
