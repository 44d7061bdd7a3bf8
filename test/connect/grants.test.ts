/** Grants that live elsewhere than they were asked for, or reach more than one connection: as their services have it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let person: Browser
let people = 0
beforeAll(async () => {
  t = await startTestHub()
})
afterAll(() => t.close())
beforeEach(async () => {
  t.sandbox.control.reset()
  person = await t.browser(`grants-${people++}@example.com`)
})

async function connect(
  provider: string,
  options: { account?: string; choice?: string; forge?: (callback: URL) => void } = {},
) {
  const started = await person.send('POST', '/api/v1/connect/attempts', { provider, method: 'oauth2' })
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  const { account, choice, forge } = options
  const callback = new URL(t.consent(started.body.authorization_url, account ? { account } : undefined))
  forge?.(callback)
  await person.follow(callback.href)
  const path = `/api/v1/connect/attempts/${started.body.id}`
  const attempt = async () => (await person.get(path)).body
  await expect.poll(async () => (await attempt()).status).not.toBe('pending')
  const now = await attempt()
  if (now.status !== 'decision_required') return now
  const { value } = now.decision.options.find(({ label }: { label: string }) => label === choice)
  return (await person.send('POST', `${path}/decide`, { value })).body
}
const read = async (id: string) => (await person.get(`/api/v1/connections/${id}`)).body
const call = (id: string, path: string) => person.send('GET', `/api/v1/proxy/${id}${path}`)
const disconnect = async (id: string) =>
  (await person.send('DELETE', `/api/v1/connections/${id}`)).body.items[0]

test('Zoho: a flow begun in one data centre ends in that of the account, and stays there', async () => {
  const { connection_id: id } = await connect('zoho-crm', { account: '20091234501' })
  expect((await read(id)).parameters).toMatchObject({
    accountsHost: 'accounts.zoho.eu',
    apiHost: 'www.zohoapis.eu',
  })
  t.clock.advance(3_600_000)
  expect((await call(id, '/users?type=CurrentUser')).status).toBe(200)
  const asked = t.sandbox.control.recent('zoho-crm').filter(({ kind }) => kind === 'token')
  expect(asked.map(({ host, grant_type }) => [host, grant_type])).toEqual([
    ['accounts.zoho.eu', 'refresh_token'],
    ['accounts.zoho.eu', 'authorization_code'],
  ])
})

test.each(['https://accounts.zoho.eu.evil.example', 'https://evil.example', 'http://accounts.zoho.eu'])(
  'E2 Zoho: a callback that names %s makes no token request',
  async (server) => {
    const attempt = await connect('zoho-books', {
      forge: ({ searchParams }) => searchParams.set('accounts-server', server),
    })
    expect(attempt).toMatchObject({ status: 'failed', error: { code: 'callback_refused' } })
    expect(t.sandbox.control.recent('zoho-books').filter(({ kind }) => kind === 'token')).toEqual([])
  },
)

test('QuickBooks: a company that the grant does not reach connects nothing', async () => {
  const attempt = await connect('quickbooks', {
    account: '9341450000000101',
    forge: ({ searchParams }) => searchParams.set('realmId', '9341450000000202'),
  })
  expect(attempt).toMatchObject({ status: 'failed', error: { code: 'credential_refused' } })
})

test('HubSpot: the entries of one account share a grant, which ends with the last of them', async () => {
  const { connection_id: crm } = await connect('hubspot')
  const { connection_id: marketing } = await connect('hubspot-marketing')
  expect(await disconnect(crm)).toMatchObject({ outcome: 'skipped' })
  t.clock.advance(1_800_000)
  expect((await call(marketing, '/marketing/v3/emails')).status).toBe(200)
  const last = await disconnect(marketing)
  expect(last).toMatchObject({ outcome: 'done' })
  expect(last.detail).toContain('within 30 minutes')
})

test('Xero: disconnecting one organisation leaves the other of the same consent', async () => {
  const { connection_id: one } = await connect('xero', { choice: 'Fernhill Bicycles' })
  const { connection_id: other } = await connect('xero', { choice: 'Quayside Studio' })
  expect((await read(one)).account.id).not.toBe((await read(other)).account.id)
  expect(await disconnect(one)).toMatchObject({ outcome: 'done' })
  const list = await person.send('GET', `/api/v1/proxy/${other}/connections`, undefined, {
    'trunkline-base': 'connections',
  })
  expect(list.body).toMatchObject([{ tenantName: 'Quayside Studio' }])
  expect((await call(other, '/Organisation')).status).toBe(200)
  expect(await disconnect(other)).toMatchObject({ outcome: 'done' })
})

test('Xero: an organisation that was disconnected there makes the connection invalid, though the tokens live', async () => {
  const { connection_id: id } = await connect('xero', { choice: 'Fernhill Bicycles' })
  const { connectionId } = (await read(id)).parameters
  const removed = await person.send('DELETE', `/api/v1/proxy/${id}/connections/${connectionId}`, undefined, {
    'trunkline-base': 'connections',
  })
  expect(removed.status).toBe(204)
  expect((await call(id, '/Organisation')).status).toBe(403)
  await expect.poll(async () => (await read(id)).status.status).toBe('connection_invalid')
})

test('Salesforce: the login host of a sandbox leads to its org', async () => {
  const started = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'salesforce',
    method: 'oauth2',
    fields: { loginHost: 'https://test.salesforce.com/' },
  })
  await person.follow(t.consent(started.body.authorization_url))
  const path = `/api/v1/connect/attempts/${started.body.id}`
  await expect.poll(async () => (await person.get(path)).body.status).toBe('succeeded')
  const { parameters, account } = await read((await person.get(path)).body.connection_id)
  expect(parameters).toMatchObject({
    loginHost: 'test.salesforce.com',
    instance: 'fernhill--uat.sandbox.my.salesforce.com',
  })
  expect(account.label).toContain('fernhill--uat.sandbox.my.salesforce.com')
})
