/** What is particular to the stores, storages and marketing services, seen through the hub. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let person: Browser
beforeAll(async () => {
  t = await startTestHub()
  person = await t.browser('ada@example.com')
})
afterAll(() => t.close())

async function begin(provider: string, fields: Record<string, string> = {}, method = 'oauth2') {
  const { status, body } = await person.send('POST', '/api/v1/connect/attempts', { provider, method, fields })
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const attempt = async (id: string) => (await person.get(`/api/v1/connect/attempts/${id}`)).body
async function connect(provider: string, fields: Record<string, string> = {}): Promise<string> {
  const { id, authorization_url } = await begin(provider, fields)
  await person.follow(t.consent(authorization_url))
  return (await attempt(id)).connection_id
}

test('LinkedIn: whoever closes the page has not allowed it', async () => {
  const { id, authorization_url } = await begin('linkedin-ads')
  await person.follow(t.consent(authorization_url, { deny: true }))
  expect((await attempt(id)).error).toMatchObject({ code: 'access_denied' })
})

test('LinkedIn: the version of the API is the operator’s, and every call carries it', async () => {
  const id = await connect('linkedin-ads')
  const call = () => person.get(`/api/v1/proxy/${id}/adAccounts?q=search`)
  expect((await call()).status).toBe(200)
  const set = (apiVersion: string) =>
    t.admin.send('PATCH', '/api/v1/integrations/linkedin-ads', { parameters: { apiVersion } })
  expect((await set('2026-10')).status).toBe(422)
  expect((await set('202001')).status).toBe(200)
  // The sandbox plays the operator's own settings not: what was set counts at LinkedIn itself.
  expect((await call()).status).toBe(200)
})

test('Shopify: before a disconnect it is said that the app is uninstalled, and it is', async () => {
  const id = await connect('shopify', { shop: 'https://admin.shopify.com/store/fernhill' })
  const other = await connect('shopify', { shop: 'other' })
  const { body: impact } = await person.get(`/api/v1/connections/${id}/impact`)
  expect(impact.upstream).toMatchObject({
    revokes: true,
    reason: expect.stringContaining('uninstalls the app'),
  })
  const { body: report } = await person.send('DELETE', `/api/v1/connections/${id}`)
  expect(report.items[0]).toMatchObject({
    outcome: 'done',
    detail: expect.stringContaining('uninstalls the app'),
  })
  const query = { query: '{ shop { name } }' }
  expect((await person.send('POST', `/api/v1/proxy/${other}/graphql.json`, query)).status).toBe(200)
})

test('Shopify: the shop of the callback is the shop of the flow', async () => {
  const { id, authorization_url } = await begin('shopify', { shop: 'fernhill' })
  const foreign = authorization_url.replace('fernhill.myshopify.com', 'evil.myshopify.com')
  // Signed by the sandbox's client like any other, for another shop.
  await person.follow(t.consent(foreign))
  expect((await attempt(id)).error).toMatchObject({ code: 'callback_refused' })
})

test('Mailchimp: the data centre is told by the metadata, or read from the end of a key', async () => {
  const id = await connect('mailchimp')
  expect((await person.get(`/api/v1/connections/${id}`)).body.parameters).toMatchObject({ dc: 'us6' })
  const { connection_id } = await begin('mailchimp', t.sandbox.values['mailchimp'], 'api_key')
  const { body } = await person.get(`/api/v1/connections/${connection_id}`)
  expect([body.parameters.dc, body.expires_at, body.account.label]).toEqual([
    'us6',
    null,
    'Fernhill Bicycles (us6)',
  ])
})

test('Intercom: each region has hosts of its own', async () => {
  const { authorization_url } = await begin('intercom', { region: 'eu' })
  expect(authorization_url).toContain('/app.eu.intercom.com/oauth?')
  const id = await connect('intercom', { region: 'eu' })
  expect((await person.get(`/api/v1/connections/${id}`)).body.parameters).toMatchObject({
    region: 'eu',
    apiHost: 'api.eu.intercom.io',
  })
  expect((await person.get(`/api/v1/proxy/${id}/me`)).body.email).toBe('bruno@fernhill.example')
  const wrong = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'intercom',
    fields: { region: 'uk' },
  })
  expect(wrong.body.code).toBe('field_invalid')
})

test('Box: a code is good for half a minute', async () => {
  const { id, authorization_url } = await begin('box')
  const back = t.consent(authorization_url)
  t.clock.advance(31_000)
  await person.follow(back)
  expect((await attempt(id)).error).toMatchObject({ code: 'invalid_grant' })
})
