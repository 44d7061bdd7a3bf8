import { expect, test } from 'vitest'
import { judgeAnswer } from '../answers.ts'
import xero, { readUser } from './xero.ts'

const jwt = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`
const TENANT = '45e4708e-d862-4111-ab3a-dd8cd03913e1'
const CONNECTION = 'e1eede29-f875-4a5d-8470-17f6a29a88b1'

test('whose grant it is stands in the claims of its tokens', () => {
  const body = {
    access_token: jwt({ xero_userid: 'u-1' }),
    id_token: jwt({ xero_userid: 'u-1', email: 'ada@x.example' }),
  }
  expect(readUser({ status: 200, body }).body['xero_user']).toEqual({ id: 'u-1', email: 'ada@x.example' })
  expect(readUser({ status: 200, body: { access_token: body.access_token } }).body['xero_user']).toEqual({
    id: 'u-1',
  })
})

test.each([
  {},
  { access_token: 'opaque' },
  { access_token: 'a.%%%.c' },
  { access_token: jwt([]) },
  { error: 'x' },
])('an answer without claims stays as it is: %j', (body) => {
  expect(readUser({ status: 400, body })).toEqual({ status: 400, body })
})

test('the organisation is the account, the consent of the user the grant', () => {
  const token = { xero_user: { id: 'u-1', email: 'ada@x.example' } }
  const body = { Organisations: [{ Name: 'Acme', IsDemoCompany: true }] }
  expect(xero.account({ token, body, parameters: { tenantId: TENANT } })).toEqual({
    id: TENANT,
    grant: 'u-1',
    label: 'Acme (demo)',
    email: 'ada@x.example',
  })
})

test('practices and odd items are no places', () => {
  const item = { id: CONNECTION, tenantId: TENANT, tenantName: 'Acme' }
  expect(
    xero.tenants?.read([
      { ...item, tenantType: 'PRACTICE' },
      { ...item, tenantType: 'ORGANISATION' },
      { tenantType: 'ORGANISATION' },
    ]),
  ).toEqual([{ parameters: { tenantId: TENANT, connectionId: CONNECTION }, label: 'Acme' }])
  expect(xero.tenants?.read({ Title: 'Unauthorized' })).toEqual([])
})

test.each([
  [401, { Detail: 'AuthorizationUnsuccessful' }, 'forbidden'],
  [401, { Detail: 'TokenExpired: token expired at 11/21/2026 09:00:00' }, 'unauthorized'],
  [403, { Detail: 'AuthenticationUnsuccessful' }, 'unauthorized'],
  [403, { Detail: 'Something else' }, 'forbidden'],
  [429, {}, 'rate_limited'],
])('an answer of the API: %#', (status, body, verdict) => {
  expect(judgeAnswer(xero, { status, headers: {} }, body)).toBe(verdict)
})
