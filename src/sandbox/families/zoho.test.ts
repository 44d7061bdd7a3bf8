import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

const EUROPE = '20091234501'
const AMERICA = '60091234502'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const at = (provider: string, accountsHost: string) => rehearse(stage, provider, { accountsHost })
async function get(url: string, token: string): Promise<{ status: number; body: JsonObject }> {
  const answer = await stage.fetch(url, { headers: { authorization: `Zoho-oauthtoken ${token}` } })
  return { status: answer.status, body: (await answer.json()) as JsonObject }
}

test('a person of another data centre comes back with it, and the code is good there only', async () => {
  const flow = at('zoho-crm', 'accounts.zoho.com')
  const back = new URL(stage.sandbox.control.decide(flow.authorizationUrl(), { account: EUROPE }))
  expect([back.searchParams.get('location'), back.searchParams.get('accounts-server')]).toEqual([
    'eu',
    'https://accounts.zoho.eu',
  ])
  const code = back.searchParams.get('code') ?? ''
  await expect(flow.exchange(code)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  const granted = await at('zoho-crm', 'accounts.zoho.eu').exchange(code)
  expect(granted['api_domain']).toBe('https://www.zohoapis.eu')
  expect(granted.access_token).toMatch(/^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$/)
  const users = '/crm/v8/users?type=CurrentUser'
  expect((await get(`https://www.zohoapis.eu${users}`, granted.access_token)).status).toBe(200)
  expect(await get(`https://www.zohoapis.com${users}`, granted.access_token)).toMatchObject({
    status: 401,
    body: { code: 'INVALID_TOKEN' },
  })
  await expect(flow.refresh(granted.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('failures of the token endpoint are 200', async () => {
  const { client_id } = stage.sandbox.client('zoho-mail')
  const answer = await stage.fetch('https://accounts.zoho.com/oauth/v2/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_id,
      client_secret: 'no',
    }),
  })
  expect([answer.status, await answer.json()]).toEqual([200, { error: 'invalid_client_secret' }])
})

test('without offline access and consent no refresh token comes', async () => {
  const flow = at('zoho-mail', 'accounts.zoho.com')
  const url = flow.authorizationUrl({ prompt: 'select_account' })
  const back = new URL(stage.sandbox.control.decide(url, { account: AMERICA }))
  expect(await flow.exchange(back.searchParams.get('code') ?? '')).not.toHaveProperty('refresh_token')
})

test('a grant of one product is none of another, and the mailbox is the own one', async () => {
  const { access_token } = await at('zoho-mail', 'accounts.zoho.com').connect({ account: AMERICA })
  expect(await get('https://www.zohoapis.com/books/v3/organizations', access_token)).toEqual({
    status: 401,
    body: { code: 57, message: 'You are not authorized to perform this operation' },
  })
  const own = `https://mail.zoho.com/api/accounts/2560${AMERICA}/messages/view`
  expect((await get(own, access_token)).body['data']).toHaveLength(2)
  expect((await get(own.replace(AMERICA, EUROPE), access_token)).body).toMatchObject({
    data: { errorCode: 'ACCOUNT_NOT_EXIST' },
  })
})

test('an organization is named by the header or by the query, and only one of the own is found', async () => {
  const { access_token } = await at('zoho-inventory', 'accounts.zoho.com').connect({ account: AMERICA })
  const items = 'https://www.zohoapis.com/inventory/v1/items'
  const named = async (id: string) =>
    (
      await stage.fetch(items, {
        headers: {
          authorization: `Zoho-oauthtoken ${access_token}`,
          'X-com-zoho-inventory-organizationid': id,
        },
      })
    ).status
  expect((await get(items, access_token)).status).toBe(400)
  expect((await get(`${items}?organization_id=10234696`, access_token)).body['items']).toHaveLength(3)
  expect([await named('10234696'), await named('10234695')]).toEqual([200, 404])
})

test('revoking ends the refresh token, not what it gave out', async () => {
  const flow = at('zoho-projects', 'accounts.zoho.com')
  const { access_token, refresh_token } = await flow.connect({ account: AMERICA })
  const revoke = async () => {
    const answer = await stage.fetch(
      `https://accounts.zoho.com/oauth/v2/token/revoke?token=${refresh_token}`,
      {
        method: 'POST',
      },
    )
    return [answer.status, await answer.json()]
  }
  expect(await revoke()).toEqual([200, { status: 'success' }])
  expect(await revoke()).toEqual([400, { error: 'invalid_token', status: 'failure' }])
  await expect(flow.refresh(refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
  expect((await get('https://projectsapi.zoho.com/api/v3/portals', access_token)).status).toBe(200)
})
