import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
let clock = Date.parse('2026-11-21T10:00:00Z')
beforeAll(async () => {
  stage = await openStage({ now: () => clock, redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.control.reset())

const SHOP = 'fernhill.myshopify.com'
const flow = (shop = SHOP) => rehearse(stage, 'shopify', { shop })
const ask = async (token: string, query: string, shop = SHOP) => {
  const answer = await stage.fetch(`https://${shop}/admin/api/2026-07/graphql.json`, {
    method: 'POST',
    headers: { 'x-shopify-access-token': token, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return { status: answer.status, body: await answer.json() }
}

test('the callback is signed over everything else in it, with the shop and the time', () => {
  const back = new URL(stage.sandbox.control.decide(flow().authorizationUrl()))
  const hmac = back.searchParams.get('hmac')
  expect(back.searchParams.get('shop')).toBe(SHOP)
  expect(back.searchParams.get('timestamp')).toBe(String(clock / 1000))
  back.searchParams.delete('hmac')
  back.searchParams.sort()
  const { client_secret } = stage.sandbox.client('shopify')
  expect(hmac).toBe(createHmac('sha256', client_secret).update(back.searchParams.toString()).digest('hex'))
})

test('a scope to read is left out of the answer where the one to write was granted', async () => {
  const { scope } = await flow().connect({ scopes: ['read_products', 'write_products', 'read_locations'] })
  // The declaration puts it back.
  expect(scope.split(' ').sort()).toEqual(['read_locations', 'read_products', 'write_products'])
})

test('a token is good in its shop alone, and for its scopes', async () => {
  const { access_token } = await flow().connect({ scopes: ['read_products'] })
  expect(
    (await ask(access_token, '{ products(first: 1) { nodes { title } } }')).body.data.products.nodes,
  ).toEqual([{ title: 'Brass bell' }])
  expect((await ask(access_token, '{ shop { name } }', 'other.myshopify.com')).status).toBe(401)
  const denied = await ask(access_token, '{ orders(first: 1) { nodes { id } } }')
  expect([denied.status, denied.body.errors[0].extensions.code]).toEqual([200, 'ACCESS_DENIED'])
  const refused = await ask(
    access_token,
    'mutation { productUpdate(product: { id: "x" }) { userErrors { message } } }',
  )
  expect(refused.body.errors[0].extensions.code).toBe('ACCESS_DENIED')
})

test('a used refresh token may be repeated for thirty days', async () => {
  const granted = await flow().connect()
  const next = await flow().refresh(granted.refresh_token)
  expect(next.refresh_token).not.toBe(granted.refresh_token)
  clock += 20 * 86_400_000
  expect((await flow().refresh(granted.refresh_token)).access_token).toBeTruthy()
  clock += 11 * 86_400_000
  await expect(flow().refresh(granted.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('uninstalling ends every token of the shop, and none of another', async () => {
  const [here, also, elsewhere] = [
    await flow().connect(),
    await flow().connect(),
    await flow('other.myshopify.com').connect(),
  ]
  const answer = await stage.fetch(`https://${SHOP}/admin/api_permissions/current.json`, {
    method: 'DELETE',
    headers: { 'x-shopify-access-token': here.access_token },
  })
  expect(answer.status).toBe(200)
  const statusOf = async (token: string, shop?: string) =>
    (await ask(token, '{ shop { name } }', shop)).status
  expect([await statusOf(here.access_token), await statusOf(also.access_token)]).toEqual([401, 401])
  expect(await statusOf(elsewhere.access_token, 'other.myshopify.com')).toBe(200)
})
