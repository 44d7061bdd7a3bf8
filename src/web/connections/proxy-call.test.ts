import { expect, test } from 'vitest'
import { curlCommand, proxyPath } from './proxy-call.ts'

test('a path is called below the connection, with or without a leading slash', () => {
  expect(proxyPath({ connectionId: 'con_1', path: '/user?x=1' })).toBe('/api/v1/proxy/con_1/user?x=1')
  expect(proxyPath({ connectionId: 'con_1', path: ' user ' })).toBe('/api/v1/proxy/con_1/user')
  expect(proxyPath({ connectionId: '../x', path: 'a' })).toBe('/api/v1/proxy/..%2Fx/a')
})

test('the call as curl survives quotes and names the base', () => {
  const call = {
    method: 'POST',
    path: "search?q='a'",
    base: 'uploads',
    headers: { 'content-type': 'application/json' },
    body: '{"it":"can\'t"}',
  }
  expect(curlCommand({ publicUrl: 'http://127.0.0.1:4400/', connectionId: 'con_1', call })).toBe(
    [
      String.raw`curl -X POST 'http://127.0.0.1:4400/api/v1/proxy/con_1/search?q='\''a'\''' \ `.trimEnd(),
      String.raw`  -H "Authorization: Bearer $TRUNKLINE_API_KEY" \ `.trimEnd(),
      String.raw`  -H 'Trunkline-Base: uploads' \ `.trimEnd(),
      String.raw`  -H 'content-type: application/json' \ `.trimEnd(),
      String.raw`  -d '{"it":"can'\''t"}'`,
    ].join('\n'),
  )
})
