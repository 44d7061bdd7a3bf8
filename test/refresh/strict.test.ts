/** Checks R2 against a certified authorization server that punishes every second use of a refresh token. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { toConnectionString } from '../setup/testDatabase.ts'
import { apiClient, startTestHub, type TestHub } from '../setup/testHub.ts'
import { AS_HOST, CLIENT_ENV, declareProvider } from './declaration.ts'
import { type Replica, startReplica } from './startReplica.ts'
import { startStrictServer } from './strictServer.ts'

const HOUR = 3_600_000
let as: Awaited<ReturnType<typeof startStrictServer>>
let t: TestHub
let replica: Replica
let id: string

beforeAll(async () => {
  as = await startStrictServer()
  t = await startTestHub({
    catalog: [declareProvider()],
    overrides: { strict: { [AS_HOST]: as.url } },
    env: CLIENT_ENV,
    withSandbox: false,
  })
  as.open(`${t.url}/api/v1/integrations/universal/callback`)

  const browser = await t.browser()
  const started = await browser.send('POST', '/api/v1/connect/attempts', {
    provider: 'strict',
    owner: 'organization',
  })
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  const result = await browser.follow(await as.authorize(started.body.authorization_url))
  expect(result.searchParams.get('status')).toBe('succeeded')
  id = (await browser.get(`/api/v1/connect/attempts/${started.body.id}`)).body.connection_id

  const { rows } = await t.hub.database.pool.query('select current_database() as name')
  replica = await startReplica({
    databaseUrl: toConnectionString({ ...inject('database'), database: rows[0].name }),
    authorizationServer: as.url,
    apiKey: t.admin.key,
    clockOffset: 2 * HOUR,
  })
})
afterAll(async () => {
  await replica?.stop()
  await t?.close()
  await as?.close()
})

test('R2 fifty callers on two hub processes: one token request, no error, the grant lives on', async () => {
  const before = (await t.admin.get(`/api/v1/connections/${id}/token`)).body.access_token
  expect(as.refreshes()).toBe(0)
  t.clock.advance(2 * HOUR)

  const other = apiClient(replica.url, t.admin.key)
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      (index % 2 ? t.admin : other).get(`/api/v1/connections/${id}/token`),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
  const tokens = new Set(answers.map(({ body }) => body.access_token))
  expect(tokens.size).toBe(1)
  expect(tokens.has(before)).toBe(false)
  expect(as.refreshes()).toBe(1)
  expect(as.errors).toEqual([])

  // The token works, and so does the refresh token that came with it.
  expect((await t.admin.get(`/api/v1/proxy/${id}/me`)).status).toBe(200)
  t.clock.advance(2 * HOUR)
  expect((await t.admin.get(`/api/v1/connections/${id}/token`)).status).toBe(200)
  expect(as.refreshes()).toBe(2)
  expect((await t.admin.get(`/api/v1/connections/${id}`)).body.status.status).toBe('connected')
  // The first hub moved on by itself; the other one hears of it.
  expect((await other.get(`/api/v1/proxy/${id}/me`)).status).toBe(200)
})
