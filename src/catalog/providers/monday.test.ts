import { expect, test } from 'vitest'
import type { Json, OAuth2 } from '../define.ts'
import monday from './monday.ts'

const [method] = monday.auth as [OAuth2]
const normalise = (body: Record<string, Json>) => method.normaliseTokenAnswer?.({ status: 200, body }).body
const jwt = (claims: Json) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`

test.each<[string, Json | undefined]>([
  [jwt({ exp: 1_795_000_000, uid: 1, name: 'Zoë ★' }), 1_795_000_000],
  [jwt({ uid: 1 }), undefined],
  [jwt('text'), undefined],
  ['a.b.c', undefined],
  ['opaque', undefined],
])('the end of %s', (access_token, end) => {
  expect(normalise({ access_token })?.['expires_at']).toBe(end)
})

test('a lifetime that is told stands', () => {
  const body = { access_token: jwt({ exp: 5 }), expires_in: 60 }
  expect(normalise(body)).toEqual(body)
  expect(normalise({ error: 'invalid_grant' })).toEqual({ error: 'invalid_grant' })
})
