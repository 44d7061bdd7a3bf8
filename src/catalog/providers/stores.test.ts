/** Dropbox, Box, Mailchimp, Intercom, Freshdesk and LinkedIn Ads: what their declarations read out of answers. */
import { describe, expect, test } from 'vitest'
import { judgeAnswer } from '../answers.ts'
import type { JsonObject, Provider, SecretMethod } from '../define.ts'
import dropbox from './dropbox.ts'
import freshdesk from './freshdesk.ts'
import intercom from './intercom.ts'
import linkedin from './linkedin-ads.ts'
import mailchimp from './mailchimp.ts'

const secretOf = (provider: Provider) =>
  provider.auth.find((method): method is SecretMethod => method.kind === 'api_key') as SecretMethod

test.each<[string, Provider, number, JsonObject, string]>([
  [
    'a scope that is missing is a 401',
    dropbox,
    401,
    { error: { '.tag': 'missing_scope', required_scope: 'x' } },
    'forbidden',
  ],
  [
    'a token that is over is one too',
    dropbox,
    401,
    { error: { '.tag': 'expired_access_token' } },
    'unauthorized',
  ],
  ['a dead token in a 200', mailchimp, 200, { error: 'invalid_token' }, 'unauthorized'],
  ['metadata', mailchimp, 200, { dc: 'us6' }, 'ok'],
  [
    'a permission that is not ticked',
    intercom,
    401,
    { errors: [{ code: 'token_unauthorized' }] },
    'forbidden',
  ],
  ['a token that was revoked', intercom, 401, { errors: [{ code: 'token_revoked' }] }, 'unauthorized'],
  ['a plan without the API', intercom, 403, { errors: [{ code: 'api_plan_restricted' }] }, 'not_available'],
  ['a feature of a larger plan', freshdesk, 403, { code: 'require_feature' }, 'not_available'],
  ['an agent who may not', freshdesk, 403, { code: 'access_denied' }, 'forbidden'],
])('%s', (_, provider, status, body, verdict) =>
  expect(judgeAnswer(provider, { status, headers: {} }, body)).toBe(verdict),
)

describe('Mailchimp', () => {
  const [key] = secretOf(mailchimp).fields
  test.each([
    [' 0123456789ABCDEF0123456789abcdef-us6\n', 'us6'],
    ['0123456789abcdef0123456789abcdef-us21', 'us21'],
    ['0123456789abcdef0123456789abcdef', undefined],
    ['0123456789abcdef0123456789abcdef-us6.evil.example', undefined],
    ['0123456789abcdef0123456789abcdef-us6/x', undefined],
  ])('the data centre of the key %j is %s', (typed, dc) => {
    const value = key.normalise?.(typed) ?? typed
    expect(new RegExp(key.pattern, 'u').test(value) ? key.derive?.(value)['dc'] : undefined).toBe(dc)
  })
  test('the metadata name the account and where it lives', () => {
    const body = {
      dc: 'us6',
      user_id: 7,
      accountname: 'Bells',
      login: { email: 'a@b.example', avatar: null },
    }
    expect(mailchimp.account({ token: undefined, body, parameters: {} })).toEqual({
      id: '7',
      label: 'Bells',
      email: 'a@b.example',
      parameters: { dc: 'us6' },
    })
  })
})

describe('Intercom', () => {
  const [region] = intercom.parameters ?? []
  test.each([
    ['us', 'api.intercom.io', 'app.intercom.com'],
    ['EU', 'api.eu.intercom.io', 'app.eu.intercom.com'],
    [' au ', 'api.au.intercom.io', 'app.au.intercom.com'],
  ])('the hosts of the region %j', (typed, apiHost, appHost) => {
    const value = region?.normalise?.(typed) ?? typed
    const derived = region?.derive?.(value) ?? {}
    expect(derived).toEqual({ apiHost, appHost })
    for (const { name, pattern } of intercom.parameters ?? [])
      if (name !== 'region') expect(derived[name]).toMatch(new RegExp(pattern, 'u'))
  })
  test('another region is none', () => expect('uk').not.toMatch(new RegExp(region?.pattern ?? '', 'u')))
})

describe('LinkedIn', () => {
  const account = (body: JsonObject) => linkedin.account({ token: undefined, body, parameters: {} })
  test('the member is named by the roles in ad accounts', () => {
    const role = (id: number) => ({
      user: 'urn:li:person:K1RwyVNukt',
      account: `urn:li:sponsoredAccount:${id}`,
    })
    expect(account({ elements: [role(1), role(2)] })).toEqual({
      id: 'K1RwyVNukt',
      label: 'LinkedIn member K1RwyVNukt (2 ad accounts)',
    })
    expect(account({ elements: [] })).toEqual({ id: '', label: '' })
  })
  test('a connection without ad accounts is warned about', () => {
    const [capability] = linkedin.capabilities ?? []
    expect(capability?.read({ status: 200, body: { elements: [{ name: 'Bells' }] } })).toEqual({
      value: 'Bells',
    })
    expect(capability?.read({ status: 200, body: { elements: [] } })?.warning).toContain('Advertising API')
    expect(capability?.read({ status: 403, body: undefined })).toBeUndefined()
  })
})
