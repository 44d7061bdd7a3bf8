/**
 * What looks like the end of a connection and is none: a permission that is missing, worded as a 401, as a 400 or
 * inside a 200. The connection stays, and no refresh token is spent on it. And the other way round: a plan that lacks
 * something is said on a connection that works.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json } from '../../src/catalog/define.ts'
import { comesBack } from '../../src/catalog/methods.ts'
import { findProvider } from '../../src/catalog/registry.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let person: Browser
beforeAll(async () => {
  t = await startTestHub()
  person = await t.browser('ada@example.com')
})
afterAll(() => t.close())

async function connect(
  provider: string,
  scope_set: string,
  decision: Parameters<TestHub['consent']>[1] = {},
) {
  const started = await person.send('POST', '/api/v1/connect/attempts', {
    provider,
    method: findProvider(provider)?.auth.find(({ kind }) => comesBack(kind))?.kind,
    scope_set,
  })
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  await person.follow(t.consent(started.body.authorization_url, decision))
  const attempt = (await person.get(`/api/v1/connect/attempts/${started.body.id}`)).body
  expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
  return attempt.connection_id as string
}

const FERNHILL = ['7a1c9d34-52e8-4b0f-9a6d-1f2e3d4c5b60']
const query = (text: string) => ({ query: text })
const graphql = (text: string): [string, string, Json] => ['POST', '/graphql', query(text)]

test.each<[string, string, [string, string, Json?], number, string[]?]>([
  ['confluence', 'insights', ['GET', '/wiki/api/v2/pages'], 401, FERNHILL],
  ['jira', 'agent', ['GET', '/rest/agile/1.0/board'], 401, FERNHILL],
  ['zoom', 'automation', ['GET', '/users/me/meetings'], 400],
  ['figma', 'recommended', ['GET', '/v1/files/Fh8kQ2rTzWbYc1LmNpXs3D/versions'], 403],
  ['linear', 'read_only', graphql('mutation { issueUpdate(id: "SHOP-41", input: {}) { success } }'), 403],
  ['monday', 'automation', ['POST', '/v2', query('{ users { id } }')], 200],
  ['gitlab', 'read_only', ['POST', '/projects/48120011/issues', { title: 'x' }], 403],
  ['asana', 'read_only', ['POST', '/tasks', { data: { name: 'x', workspace: '1203000000000001' } }], 403],
  ['trello', 'read_only', ['POST', '/cards?idList=x', {}], 401],
])('%s with the scopes %s: a refusal is no end', async (provider, scopeSet, call, status, picked) => {
  const id = await connect(provider, scopeSet, picked ? { picked } : {})
  const spent = () => t.sandbox.control.recent(provider).filter(({ kind }) => kind === 'token').length
  const before = spent()
  const [method, path, json] = call
  const answer = await person.send(method, `/api/v1/proxy/${id}${path}`, json)
  expect(answer.status, JSON.stringify(answer.body)).toBe(status)
  const verified = await person.send('POST', `/api/v1/connections/${id}/verify`)
  expect(verified.body.status).toMatchObject({ status: 'connected' })
  expect(spent()).toBe(before)
})

test('a free Zoom account connects, and the connection says what the plan lacks', async () => {
  const [ada, bruno] = t.sandbox.control.accounts('zoom')
  const free = await connect('zoom', 'recommended', { account: bruno?.id ?? '' })
  const { capabilities, status } = (await person.get(`/api/v1/connections/${free}`)).body
  expect(status.status).toBe('connected')
  expect(capabilities).toEqual([
    { id: 'plan', label: 'Plan', value: 'Basic (free)', warning: expect.stringContaining('Zoom Pro') },
  ])
  const paid = await connect('zoom', 'recommended', { account: ada?.id ?? '' })
  expect((await person.get(`/api/v1/connections/${paid}`)).body.capabilities).toEqual([
    { id: 'plan', label: 'Plan', value: 'Licensed (Pro or higher)', warning: null },
  ])
})

test('one person with the bot on two Discord servers has two connections of one grant', async () => {
  const [fernhill, quayside] = ['1100000000000000001', '1100000000000000002']
  const first = await connect('discord', 'recommended', { picked: [fernhill ?? ''] })
  const second = await connect('discord', 'recommended', { picked: [quayside ?? ''] })
  expect(second).not.toBe(first)
  const labels = [first, second].map(
    async (id) => (await person.get(`/api/v1/connections/${id}`)).body.account.label,
  )
  expect(await Promise.all(labels)).toEqual([
    'Fernhill Bicycles (Ada Okafor)',
    'Quayside Studio (Ada Okafor)',
  ])
  // Revoking any token at Discord ends them all, so nothing is revoked while the other is left.
  const report = (await person.send('DELETE', `/api/v1/connections/${first}`)).body
  expect(report.items[0]).toMatchObject({ outcome: 'skipped' })
  const verified = await person.send('POST', `/api/v1/connections/${second}/verify`)
  expect(verified.body.status.status).toBe('connected')
  expect((await person.send('DELETE', `/api/v1/connections/${second}`)).body.items[0].outcome).toBe('done')
})

test('a session that somebody else ended is begun anew, unseen by the caller', async () => {
  const fields = t.sandbox.values['tableau'] ?? {}
  const started = await person.send('POST', '/api/v1/connect/attempts', { provider: 'tableau', fields })
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  const attempt = async () => (await person.get(`/api/v1/connect/attempts/${started.body.id}`)).body
  await expect.poll(async () => (await attempt()).status).toBe('succeeded')
  const id = (await attempt()).connection_id as string
  expect((await person.get(`/api/v1/connections/${id}`)).body.account.label).toBe(
    'fernhill (10ax.online.tableau.com)',
  )
  const elsewhere = await fetch(`${t.url}/sandbox/10ax.online.tableau.com/api/3.24/auth/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      credentials: {
        personalAccessTokenName: fields['patName'],
        personalAccessTokenSecret: fields['patSecret'],
        site: { contentUrl: fields['site'] },
      },
    }),
  })
  expect(elsewhere.status).toBe(200)
  const answer = await person.send('GET', `/api/v1/proxy/${id}/workbooks`)
  expect([answer.status, answer.body.pagination.totalAvailable]).toEqual([200, '2'])
})
