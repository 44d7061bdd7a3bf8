import { expect, test } from 'vitest'
import { judgeAnswer } from '../answers.ts'
import type { OAuth2, Parameter } from '../define.ts'
import { readTold } from '../parameters.ts'
import salesforce from './salesforce.ts'

const parameter = (name: string) => salesforce.parameters?.find((one) => one.name === name) as Parameter

test.each([
  ['login.salesforce.com', 'login.salesforce.com'],
  ['https://Test.Salesforce.com/?x=1', 'test.salesforce.com'],
  ['https://acme.my.salesforce.com/home/home.jsp', 'acme.my.salesforce.com'],
  ['acme--uat.sandbox.my.salesforce.com', 'acme--uat.sandbox.my.salesforce.com'],
  ['https://acme.lightning.force.com/lightning/page/home', 'acme.my.salesforce.com'],
  ['https://acme--uat.sandbox.lightning.force.com', 'acme--uat.sandbox.my.salesforce.com'],
  ['acme.salesforce.com.evil.example', undefined],
  ['evil.example/.my.salesforce.com', undefined],
  ['evil.my.salesforce.com@evil.example', undefined],
  ['acme.evil.my.salesforce.com', undefined],
  ['http://acme.my.salesforce.com', undefined],
  ['xmy.salesforce.com', undefined],
])('the login host %j', (typed, expected) => {
  const { normalise, pattern } = parameter('loginHost')
  const value = normalise?.(typed) ?? typed
  expect(new RegExp(pattern, 'u').test(value) ? value : undefined).toBe(expected)
})

test('the token answer tells the instance, and who it is', () => {
  expect(
    readTold(salesforce, {
      instance: 'https://Acme.my.salesforce.com/',
      identity: 'https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU',
    }),
  ).toEqual({
    values: {
      instance: 'acme.my.salesforce.com',
      identity: 'https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU',
      organizationId: '00Dx0000000BV7zEAG',
      userId: '005x00000012Q9PAAU',
    },
    wrong: [],
  })
  expect(readTold(salesforce, { instance: 'https://na139.salesforce.com' }).values).toEqual({
    instance: 'na139.salesforce.com',
  })
})

test.each([
  ['instance', 'https://acme.my.salesforce.com.evil.example'],
  ['instance', 'https://evil.example/acme.my.salesforce.com'],
  ['instance', 'https://acme.my.salesforce.com@evil.example'],
  ['instance', 'http://acme.my.salesforce.com'],
  ['instance', 'https://acme.my.salesforce.com:8443'],
  ['instance', 'https://127.0.0.1'],
  ['identity', "https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9P'%20OR%20"],
  ['identity', 'https://login.salesforce.com.evil.example/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU'],
])('E2 %s is not %s', (name, told) => {
  expect(readTold(salesforce, { [name]: told }).wrong).toEqual([name])
})

test.each([
  [400, { error: 'invalid_grant', error_description: 'expired access/refresh token' }, 'invalid_grant'],
  [400, { error: 'invalid_grant', error_description: 'inactive user' }, 'invalid_grant'],
  [400, { error: 'invalid_grant', error_description: 'ip restricted' }, 'ip_restricted'],
  [400, { error: 'invalid_client_id', error_description: 'client identifier invalid' }, 'invalid_client'],
  [400, { error: 'unsupported_grant_type' }, 'unsupported_grant_type'],
])('a refusal of the token endpoint: %#', (status, body, error) => {
  const [oauth] = salesforce.auth as readonly [OAuth2]
  const answer = oauth.normaliseTokenAnswer?.({ status, body })
  expect([answer?.status, answer?.body['error']]).toEqual([status, error])
  // An address that is not listed is lifted by an administrator; the grant lives.
  expect(oauth.refresh.dead?.includes(error)).toBe(error === 'invalid_grant')
})

test.each([
  [403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }], 'rate_limited'],
  [403, [{ errorCode: 'API_DISABLED_FOR_ORG' }], 'not_available'],
  [403, [{ errorCode: 'INSUFFICIENT_ACCESS' }], 'forbidden'],
  [401, [{ errorCode: 'INVALID_SESSION_ID' }], 'unauthorized'],
  [400, [{ errorCode: 'MALFORMED_QUERY' }], 'failed'],
])('an answer of the API: %#', (status, body, verdict) => {
  expect(judgeAnswer(salesforce, { status, headers: {} }, body)).toBe(verdict)
})
