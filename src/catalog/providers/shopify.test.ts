import { describe, expect, test } from 'vitest'
import { judgeAnswer } from '../answers.ts'
import type { JsonObject, OAuth2, Parameter } from '../define.ts'
import shopify from './shopify.ts'

const [shop] = shopify.parameters as [Parameter]
const oauth = shopify.auth[0] as OAuth2

test.each([
  ['my-store', 'my-store.myshopify.com'],
  [' My-Store ', 'my-store.myshopify.com'],
  ['my-store.myshopify.com', 'my-store.myshopify.com'],
  ['https://My-Store.myshopify.com/admin/orders?x=1', 'my-store.myshopify.com'],
  ['https://admin.shopify.com/store/my-store', 'my-store.myshopify.com'],
  ['admin.shopify.com/store/my-store/products#top', 'my-store.myshopify.com'],
  ['shop.example.com', undefined],
  ['my-store.myshopify.com.evil.example', undefined],
  ['evil.example/my-store.myshopify.com', undefined],
  ['my-store.myshopify.com@evil.example', undefined],
  ['a.my-store.myshopify.com', undefined],
  ['-my-store', undefined],
  ['my_store', undefined],
  ['admin.shopify.com/store/../evil', undefined],
  ['', undefined],
])('%j is the shop %j', (typed, expected) => {
  const value = shop.normalise?.(typed) ?? typed
  expect(new RegExp(shop.pattern, 'u').test(value) ? value : undefined).toBe(expected)
})

test('what may be written may be read, though the answer does not name it', () => {
  const scopeOf = (scope: string) =>
    oauth.normaliseTokenAnswer?.({ status: 200, body: { access_token: 't', scope } }).body['scope']
  expect(scopeOf('write_products,read_orders')).toBe('write_products read_orders read_products')
  expect(scopeOf('')).toBe('')
  expect(oauth.normaliseTokenAnswer?.({ status: 400, body: { error: 'invalid_grant' } })).toEqual({
    status: 400,
    body: { error: 'invalid_grant' },
  })
})

describe('GraphQL answers 200 whatever happened', () => {
  const judge = (body: JsonObject, status = 200) => judgeAnswer(shopify, { status, headers: {} }, body)
  test.each<[string, JsonObject, string]>([
    ['a result', { data: { shop: { name: 'x' } } }, 'ok'],
    ['a mutation', { data: { productUpdate: { product: { id: '1' }, userErrors: [] } } }, 'ok'],
    [
      'a refused mutation',
      { data: { productUpdate: { product: null, userErrors: [{ message: 'x' }] } } },
      'failed',
    ],
    ['a wrong query', { errors: [{ message: 'x', extensions: { code: 'undefinedField' } }] }, 'failed'],
    ['a missing scope', { errors: [{ message: 'x', extensions: { code: 'ACCESS_DENIED' } }] }, 'forbidden'],
    ['a limit', { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }] }, 'rate_limited'],
  ])('%s', (_, body, verdict) => expect(judge(body)).toBe(verdict))

  test('a dead token, and a shop that is closed', () => {
    expect(judge({ errors: '[API] Invalid API key or access token' }, 401)).toBe('unauthorized')
    expect(judge({ errors: 'Unavailable Shop' }, 402)).toBe('not_available')
    expect(judge({ errors: 'Locked' }, 423)).toBe('not_available')
  })
})

test('a shop is an account, whoever installed the app', () => {
  const body = {
    data: { shop: { id: 'gid://shopify/Shop/1', name: 'Bells', myshopifyDomain: 'bells.myshopify.com' } },
  }
  expect(shopify.account({ token: undefined, body, parameters: { shop: 'bells.myshopify.com' } })).toEqual({
    id: 'bells.myshopify.com',
    label: 'Bells (bells.myshopify.com)',
  })
  expect(
    shopify.account({ token: undefined, body: {}, parameters: { shop: 'bells.myshopify.com' } }).id,
  ).toBe('')
})
