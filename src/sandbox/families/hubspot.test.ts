import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

const API = 'https://api.hubapi.com'
const FERNHILL = '48293011'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

async function call(path: string, token: string, init: RequestInit = {}) {
  const answer = await stage.fetch(`${API}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  const text = await answer.text()
  return { status: answer.status, body: (text ? JSON.parse(text) : {}) as JsonObject }
}
const asClient = (path: string, form: Record<string, string>) =>
  stage.fetch(`${API}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...stage.sandbox.client('hubspot'), ...form }),
  })

test('both entries are clients of one app, and a token does what its scopes allow', async () => {
  expect(stage.sandbox.client('hubspot')).toEqual(stage.sandbox.client('hubspot-marketing'))
  const crm = await rehearse(stage, 'hubspot').connect({ account: FERNHILL })
  const marketing = await rehearse(stage, 'hubspot-marketing').connect({ account: FERNHILL })
  expect(crm).toMatchObject({ hub_id: 48293011, expires_in: 1800 })
  expect(marketing.scope).toBe('oauth content')
  expect((await call('/marketing/v3/emails', marketing.access_token)).status).toBe(200)
  expect(await call('/marketing/v3/emails', crm.access_token)).toMatchObject({
    status: 403,
    body: { category: 'MISSING_SCOPES' },
  })
  expect((await call('/crm/v3/objects/contacts', marketing.access_token)).status).toBe(403)
})

test('a refresh keeps the refresh token', async () => {
  const flow = rehearse(stage, 'hubspot')
  const granted = await flow.connect({ account: FERNHILL })
  expect((await flow.refresh(granted.refresh_token)).refresh_token).toBe(granted.refresh_token)
})

test('revoking ends the refresh tokens of the account at both entries; access tokens live on', async () => {
  const crm = rehearse(stage, 'hubspot')
  const marketing = rehearse(stage, 'hubspot-marketing')
  const [one, other] = [
    await crm.connect({ account: FERNHILL }),
    await marketing.connect({ account: FERNHILL }),
  ]
  const away = await crm.connect({ account: '48293022' })
  const unsigned = await stage.fetch(`${API}/oauth/2026-03/token/revoke`, { method: 'POST' })
  expect(unsigned.status).toBe(401)
  expect((await asClient('/oauth/2026-03/token/revoke', { token: one.refresh_token })).status).toBe(200)
  for (const [flow, granted] of [[crm, one] as const, [marketing, other] as const])
    await expect(flow.refresh(granted.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
  expect((await call('/account-info/v3/details', one.access_token)).status).toBe(200)
  expect(await crm.refresh(away.refresh_token)).toHaveProperty('access_token')
})

test('a token is looked up by the client: whose it is, and that it lives', async () => {
  const { access_token } = await rehearse(stage, 'hubspot').connect({ account: FERNHILL })
  const look = async (token: string) => (await asClient('/oauth/2026-03/token/introspect', { token })).json()
  expect(await look(access_token)).toMatchObject({
    active: true,
    hub_id: 48293011,
    hub_domain: 'fernhill.example',
  })
  expect(await look('unknown')).toEqual({ active: false })
})

test('a contact is made once, found and changed', async () => {
  const { access_token } = await rehearse(stage, 'hubspot').connect({ account: FERNHILL })
  const post = (path: string, body: JsonObject, method = 'POST') =>
    call(path, access_token, { method, body: JSON.stringify(body) })
  const properties = { email: 'ines@post.example', firstname: 'Ines' }
  const made = await post('/crm/v3/objects/contacts', { properties })
  expect(made.status).toBe(201)
  expect((await post('/crm/v3/objects/contacts', { properties })).status).toBe(409)
  const id = made.body['id'] as string
  await post(`/crm/v3/objects/contacts/${id}`, { properties: { lastname: 'Duarte' } }, 'PATCH')
  const filters = [{ propertyName: 'email', operator: 'EQ', value: 'ines@post.example' }]
  expect((await post('/crm/v3/objects/contacts/search', { filterGroups: [{ filters }] })).body).toMatchObject(
    {
      total: 1,
      results: [{ id, properties: { firstname: 'Ines', lastname: 'Duarte' } }],
    },
  )
})
