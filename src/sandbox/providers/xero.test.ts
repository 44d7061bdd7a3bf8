import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

const TENANT = '45e4708e-d862-4111-ab3a-00000000f001'
const CHIARA = '1945393b-6eb7-4143-b083-00000000a001'

let stage: Stage
let ahead = 0
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI], now: () => Date.now() + ahead })
})
afterAll(() => stage.close())

const flow = () => rehearse(stage, 'xero')
async function call(path: string, token: string, tenant?: string, method = 'GET') {
  const answer = await stage.fetch(`https://api.xero.com${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(tenant && { 'xero-tenant-id': tenant }) },
  })
  const text = await answer.text()
  return { status: answer.status, body: (text ? JSON.parse(text) : {}) as JsonObject | JsonObject[] }
}

test('a call names one of the connected organisations', async () => {
  const { access_token } = await flow().connect({ account: CHIARA, picked: [TENANT] })
  expect((await call('/connections', access_token)).body).toMatchObject([{ tenantId: TENANT }])
  expect((await call('/api.xro/2.0/Organisation', access_token, TENANT)).body).toMatchObject({
    Organisations: [{ Name: 'Fernhill Bicycles' }],
  })
  const other = TENANT.replace('f001', 'f002')
  for (const tenant of [undefined, other])
    expect(await call('/api.xro/2.0/Organisation', access_token, tenant)).toMatchObject({
      status: 403,
      body: { Detail: 'AuthenticationUnsuccessful' },
    })
})

test('a missing scope is a 401, and a connection that was removed a 403', async () => {
  const scopes = ['openid', 'offline_access', 'accounting.settings.read']
  const { access_token } = await flow().connect({ account: CHIARA, scopes })
  expect(await call('/api.xro/2.0/Invoices', access_token, TENANT)).toMatchObject({
    status: 401,
    body: { Detail: 'AuthorizationUnsuccessful' },
  })
  const list = (await call('/connections', access_token)).body as JsonObject[]
  const found = list.find((item) => item['tenantId'] === TENANT)
  expect(
    (await call(`/connections/${found?.['id'] as string}`, access_token, undefined, 'DELETE')).status,
  ).toBe(204)
  expect((await call('/api.xro/2.0/Organisation', access_token, TENANT)).status).toBe(403)
  expect((await call('/connections', access_token)).body).toHaveLength(list.length - 1)
})

test('without offline_access no refresh token comes', async () => {
  const granted = await flow().connect({ account: CHIARA, scopes: ['openid', 'accounting.contacts'] })
  expect(granted).not.toHaveProperty('refresh_token')
})

test('a used refresh token may be repeated for half an hour', async () => {
  const { refresh_token } = await flow().connect({ account: CHIARA })
  await flow().refresh(refresh_token)
  ahead += 29 * 60_000
  await flow().refresh(refresh_token)
  ahead += 2 * 60_000
  await expect(flow().refresh(refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('revoking takes all organisations of the consent away', async () => {
  const { access_token, refresh_token } = await flow().connect({ account: CHIARA })
  const { client_id, client_secret } = stage.sandbox.client('xero')
  const basic = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`
  const revoke = (authorization: string) =>
    stage.fetch('https://identity.xero.com/connect/revocation', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: refresh_token }),
    })
  expect((await revoke('Basic bm86bm8=')).status).toBe(401)
  expect((await call('/api.xro/2.0/Organisation', access_token, TENANT)).status).toBe(200)
  expect((await revoke(basic)).status).toBe(200)
  expect((await call('/api.xro/2.0/Organisation', access_token, TENANT)).status).toBe(401)
  await expect(flow().refresh(refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
})
