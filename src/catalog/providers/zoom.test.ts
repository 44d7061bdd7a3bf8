import { expect, test } from 'vitest'
import type { Json, OAuth2 } from '../define.ts'
import zoom from './zoom.ts'

const [plan] = zoom.capabilities ?? []
const [method] = zoom.auth as [OAuth2]

test.each<[Json, string | undefined, boolean]>([
  [{ type: 1 }, 'Basic (free)', true],
  [{ type: 2 }, 'Licensed (Pro or higher)', false],
  [{ type: 99 }, 'None', true],
  [{ type: 7 }, undefined, false],
  [{}, undefined, false],
])('the plan of %j is %s', (body, value, warned) => {
  const read = plan?.read({ status: 200, body })
  expect(read?.value).toBe(value)
  expect(read?.warning !== undefined).toBe(warned)
  if (warned) expect(read?.warning).toContain('Zoom Pro')
})

test('a refresh token is dead when Zoom says so, whatever the code; another failure proves nothing', () => {
  const normalise = (status: number, body: Record<string, Json>) =>
    method.normaliseTokenAnswer?.({ status, body }).body
  expect(normalise(400, { reason: 'Invalid Token!', error: 'invalid_request' })).toMatchObject({
    error: 'invalid_grant',
  })
  expect(normalise(400, { reason: 'Redirect URI mismatch', error: 'invalid_request' })).toMatchObject({
    error: 'invalid_request',
  })
  expect(normalise(200, { access_token: 't' })).toEqual({ access_token: 't' })
})
