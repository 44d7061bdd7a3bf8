import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
beforeAll(async () => {
  t = await startTestHub()
})
afterAll(() => t.close())

test('connect, call, disconnect GitHub in the sandbox', async () => {
  const browser = await t.browser()
  const started = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'github' })
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  const back = t.consent(started.body.authorization_url)
  const result = await browser.follow(back)
  expect(result.pathname).toBe('/connect/result')
  expect([...result.searchParams.keys()].sort()).toEqual(['attempt', 'status'])
  const attempt = await browser.get(`/api/v1/connect/attempts/${started.body.id}`)
  expect(attempt.body.status, JSON.stringify(attempt.body)).toBe('succeeded')
  const id = attempt.body.connection_id
  const connection = await browser.get(`/api/v1/connections/${id}`)
  expect(connection.body).toMatchObject({
    provider: 'github',
    mode: 'sandbox',
    status: { status: 'connected' },
  })
  const called = await browser.get(`/api/v1/proxy/${id}/user`)
  expect(called.status).toBe(200)
  expect(called.body.login).toBeTruthy()
  const token = await t.mine.get(`/api/v1/connections/${id}/token`)
  expect(token.body.access_token).toMatch(/^gho_/)
  const gone = await browser.send('DELETE', `/api/v1/connections/${id}`)
  expect(gone.body.items.map((item: { outcome: string }) => item.outcome)).toEqual(['done', 'done', 'done'])
  expect((await t.mine.get(`/api/v1/connections/${id}/token`)).status).toBe(410)
})
