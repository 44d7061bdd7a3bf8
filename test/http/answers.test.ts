/** What the API refuses and how it says so, metrics, and addresses that are mistyped (T2). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestHub, type TestHub } from '../setup/testHub.ts'
import { ACCESS } from './access-table.ts'

let t: TestHub
beforeAll(async () => {
  t = await startTestHub()
})
afterAll(() => t.close())

test('T2 unknown keys in bodies and queries are refused, with their names', async () => {
  const asked = Object.entries(ACCESS).filter(
    ([route, { body, needs }]) => body && needs !== 'nothing' && !route.includes('{'),
  )
  expect(asked.length).toBeGreaterThan(8)
  for (const [route, row] of asked) {
    const [method = '', path = ''] = route.split(' ')
    const { status, body } = await t.admin.send(method, path, { ...row.body, surprise: 1 })
    expect([path, status, body.code]).toEqual([path, 400, 'invalid_request'])
    expect(body.detail).toContain('surprise')
  }
  expect((await t.admin.get('/api/v1/connections?surprise=1')).status).toBe(400)
})

test('errors are problem details with a request id that can be given', async () => {
  const { body, headers, status } = await t.admin.get('/api/v1/nothing', { 'x-request-id': 'my-request-1' })
  expect(status).toBe(404)
  expect(headers.get('content-type')).toContain('application/problem+json')
  expect(body).toMatchObject({ code: 'not_found', status: 404, retry: 'never', request_id: 'my-request-1' })
  expect((await t.admin.send('POST', '/api/v1/connect/attempts', '{"broken')).body.code).toBe(
    'invalid_request',
  )
  expect(
    (await t.admin.send('POST', '/api/v1/connect/attempts', `{"provider":"${'x'.repeat(2_000_000)}"}`)).body
      .code,
  ).toBe('payload_too_large')
  expect(
    (await t.admin.send('POST', '/api/v1/connect/attempts', 'x', { 'content-type': 'text/plain' })).body.code,
  ).toBe('unsupported_media_type')
})

test('metrics count connections by status, and name nobody', async () => {
  const { body: connected } = await t.admin.send('POST', '/api/v1/connect/attempts', {
    provider: 'stripe',
    owner: 'organization',
    fields: { apiKey: t.sandbox.values.stripe?.apiKey },
  })
  const { status, body } = await t.admin.get('/metrics')
  expect([status, String(body).slice(0, 200)]).toEqual([200, expect.any(String)])
  expect(body).toMatch(/trunkline_connections\{status="connected"\} [1-9]/)
  expect(body).not.toContain(connected.connection_id)
})

test('a mistyped address is a page for a person and a problem for a program', async () => {
  const page = await t.admin.get('/nope', { accept: 'text/html' })
  expect([page.status, page.headers.get('content-type')]).toEqual([404, expect.stringContaining('text/html')])
  expect((await t.admin.get('/nope')).body.code).toBe('not_found')
})

test('text and numbers that the database cannot hold are the caller’s error', async () => {
  const NUL = String.fromCodePoint(0)
  const asked: [string, string, object?][] = [
    ['GET', '/api/v1/people?search=%00'],
    ['GET', '/api/v1/projects?q=%00'],
    ['GET', '/api/v1/connections?owner=%00'],
    ['GET', '/api/v1/connections?cursor=%00'],
    ['GET', '/api/v1/audit?actor=%00'],
    ['GET', '/api/v1/audit?cursor=99999999999'],
    ['GET', '/api/v1/agents/github/people?q=%00'],
    ['GET', '/api/v1/connections/con_%00'],
    ['POST', '/api/v1/projects', { name: `a${NUL}b` }],
    ['POST', '/api/v1/api-keys', { name: `a${NUL}b`, scopes: ['admin'] }],
    [
      'POST',
      '/api/v1/connect-sessions',
      { end_user: { id: `a${NUL}b` }, return_to: 'https://app.example.com/connected' },
    ],
    ['POST', '/api/v1/organizations', { name: `a${NUL}b`, administrator: 'somebody@example.com' }],
  ]
  const wrong: unknown[] = []
  for (const [method, path, sent] of asked) {
    const { status, body } = await t.admin.send(method, path, sent)
    if (status >= 500) wrong.push([path, status, body.code])
  }
  expect(wrong).toEqual([])
})
