/** A connection that nothing can renew is warned about in time, once, and found invalid when it ends. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

const DAY = 86_400_000

let t: TestHub
let person: Browser
let email = ''
beforeAll(async () => {
  t = await startTestHub()
})
afterAll(() => t.close())
beforeEach(async ({ task }) => {
  email = `${task.id}@example.com`
  person = await t.browser(email)
})

async function connect(
  path = '/api/v1/connect/attempts',
  body: object = { provider: 'linkedin-ads' },
): Promise<string> {
  const started = await person.send('POST', path, body)
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  await person.follow(t.consent(started.body.authorization_url))
  return (await person.get(`/api/v1/connect/attempts/${started.body.id}`)).body.connection_id
}
const read = async (id: string) => (await person.get(`/api/v1/connections/${id}`)).body
const kinds = async (id: string): Promise<string[]> =>
  (await person.get(`/api/v1/connections/${id}/timeline?limit=100`)).body.data.map(
    ({ kind }: { kind: string }) => kind,
  )
async function pass(days: number): Promise<void> {
  t.clock.advance(days * DAY)
  // Sixty days outlive a session of the dashboard.
  person = await t.browser(email)
  await t.hub.sweep()
}

test('sixty days without a refresh token', async () => {
  const id = await connect()
  await pass(45)
  expect((await read(id)).trouble).toBeNull()
  await pass(6)
  const warned = await read(id)
  expect(warned.status.status).toBe('connected')
  expect(warned.trouble).toMatchObject({ code: 'ends_soon', next_attempt_at: null })
  expect(warned.trouble.detail).toContain(warned.expires_at.slice(0, 10))
  expect(warned.trouble.detail).toContain('Reconnect')
  await pass(1)
  expect((await kinds(id)).filter((kind) => kind === 'ends_soon')).toHaveLength(1)

  // Reconnecting in time begins anew.
  await connect(`/api/v1/connections/${id}/reconnect`, {})
  expect((await read(id)).trouble).toBeNull()
  await pass(51)
  expect((await read(id)).trouble).toMatchObject({ code: 'ends_soon' })
  await pass(10)
  expect(await read(id)).toMatchObject({
    status: { status: 'connection_invalid', cause: 'token_expired', action: 'reconnect' },
  })
})

test('with a refresh token nobody is warned', async () => {
  t.sandbox.control.settings('linkedin-ads', { rotation: true })
  const id = await connect()
  await pass(61)
  expect(await read(id)).toMatchObject({ status: { status: 'connected' }, trouble: null })
  expect(await kinds(id)).not.toContain('ends_soon')
})
