import { describe, expect, test } from 'vitest'
import { judgeAnswer, readWait } from '../answers.ts'
import type { Json, JsonObject, OAuth2, Provider } from '../define.ts'
import instagram from '../providers/instagram.ts'
import metaAds from '../providers/meta-ads.ts'
import whatsapp from '../providers/whatsapp.ts'
import { readGraphTokenAnswer } from './meta.ts'

const error = (code: number, more: JsonObject = {}): JsonObject => ({
  error: { message: 'x', type: 'OAuthException', code, fbtrace_id: 'AbC', ...more },
})
const capability = (provider: Provider, id: string) => {
  const found = provider.capabilities?.find((one) => one.id === id)
  return (body: Json, status = 200) => found?.read({ status, body })
}

describe('what an answer of the Graph API says, whatever its status', () => {
  test.each([
    [whatsapp, 190, 'unauthorized'],
    [whatsapp, 10, 'forbidden'],
    [whatsapp, 200, 'forbidden'],
    [whatsapp, 299, 'forbidden'],
    [whatsapp, 300, 'failed'],
    [whatsapp, 4, 'rate_limited'],
    [whatsapp, 80_007, 'rate_limited'],
    [whatsapp, 130_429, 'rate_limited'],
    [whatsapp, 131_031, 'not_available'],
    [whatsapp, 100, 'failed'],
    [metaAds, 17, 'rate_limited'],
    [metaAds, 613, 'rate_limited'],
    [metaAds, 80_004, 'rate_limited'],
    [metaAds, 368, 'failed'],
    [instagram, 4, 'rate_limited'],
    [instagram, 190, 'unauthorized'],
    [instagram, 1, 'failed'],
  ] as const)('%# code %i', (provider, code, verdict) => {
    for (const status of [200, 400, 500])
      expect(judgeAnswer(provider, { status, headers: {} }, error(code))).toBe(verdict)
    expect(judgeAnswer(provider, { status: 200, headers: {} }, { data: [] })).toBe('ok')
  })

  test('the wait is told in minutes, the longest of all businesses', () => {
    const wait = (usage: unknown) =>
      readWait(
        metaAds,
        {
          status: 400,
          headers: { 'x-business-use-case-usage': typeof usage === 'string' ? usage : JSON.stringify(usage) },
        },
        undefined,
        0,
      )
    const told = (minutes: number) => [{ type: 'ads_management', estimated_time_to_regain_access: minutes }]
    expect(wait({ '1': told(4), '2': [...told(0), ...told(9)] })).toBe(540)
    expect(wait({ '1': told(0) })).toBeUndefined()
    for (const odd of ['', 'not json', 'null', '[]', '7', '{"1":null}', '{"1":[null]}'])
      expect(wait(odd)).toBeUndefined()
  })
})

describe('what the token endpoint says', () => {
  test.each([
    [error(190, { error_subcode: 458 }), 400, 'invalid_grant'],
    [error(190), 400, 'invalid_grant'],
    [error(100, { error_subcode: 36_007 }), 400, 'invalid_grant'],
    [error(100, { error_subcode: 36_008 }), 400, 'invalid_grant'],
    [error(100, { error_subcode: 36_009 }), 400, 'invalid_grant'],
    [error(100), 400, 'graph_100'],
    [error(101), 401, 'invalid_client'],
    [error(1, { message: 'Error validating client secret.' }), 401, 'invalid_client'],
    // "Unknown error": it says nothing of the grant, and nothing of the client.
    [error(1), 503, 'temporarily_unavailable'],
    [error(2), 503, 'temporarily_unavailable'],
    [error(4), 429, 'rate_limited'],
    [error(613), 429, 'rate_limited'],
    [error(200), 400, 'graph_200'],
  ])('%j', (body, status, code) => {
    expect(readGraphTokenAnswer({ status: 400, body })).toMatchObject({ status, body: { error: code } })
  })

  test('an answer that is none of its errors stays as it is', () => {
    for (const answer of [
      { status: 200, body: { access_token: 't', token_type: 'bearer', expires_in: 5_183_944 } },
      { status: 502, body: {} },
      { status: 400, body: { error: 'invalid_grant' } },
    ])
      expect(readGraphTokenAnswer(answer)).toEqual(answer)
  })

  const { normaliseTokenAnswer } = instagram.auth[0] as OAuth2
  const read = (status: number, body: JsonObject) => normaliseTokenAnswer?.({ status, body })

  test('Instagram: wrapped and unwrapped, permissions as text and as a list', () => {
    const expected = { status: 200, body: { access_token: 't', user_id: '17', scope: 'a b' } }
    const token = { access_token: 't', user_id: '17' }
    expect(read(200, { data: [{ ...token, permissions: 'a,b' }] })).toMatchObject(expected)
    expect(read(200, { ...token, permissions: ['a', 'b'] })).toMatchObject(expected)
    expect(
      read(200, { access_token: 't', token_type: 'bearer', expires_in: 5_184_000 })?.body,
    ).not.toHaveProperty('scope')
  })

  test('Instagram: its own shape of refusals, and Graph’s', () => {
    const refusal = (error_message: string) => ({ error_type: 'OAuthException', code: 400, error_message })
    expect(read(400, refusal('Invalid platform app'))).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect(read(400, refusal('Matching code was not found or was already used'))).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    expect(read(400, error(190))).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(read(500, error(2))).toMatchObject({ status: 503 })
  })
})

describe('which WhatsApp accounts a token reaches', () => {
  const granted = (target_ids?: string[]): Json => ({
    data: {
      user_id: '10222270944537964',
      scopes: ['whatsapp_business_management', 'whatsapp_business_messaging', 'public_profile'],
      granular_scopes: [
        { scope: 'whatsapp_business_messaging', target_ids: ['999999'] },
        { scope: 'whatsapp_business_management', ...(target_ids && { target_ids }) },
      ],
    },
  })

  test('those that are named, the newest first, with what was granted and by whom', () => {
    expect(whatsapp.tenants?.read(granted(['102289599326934', '101569239400667']))).toEqual([
      {
        parameters: { wabaId: '102289599326934', userId: '10222270944537964' },
        label: 'WhatsApp Business account 102289599326934',
        scopes: ['whatsapp_business_management', 'whatsapp_business_messaging', 'public_profile'],
      },
      expect.objectContaining({ parameters: { wabaId: '101569239400667', userId: '10222270944537964' } }),
    ])
  })

  test('where none is named, those of the businesses, each once', () => {
    for (const none of [granted(), granted([]), {}, null, { data: { is_valid: false } }])
      expect(whatsapp.tenants?.read(none)).toEqual([])
    const one = { id: '102289599326934', name: 'Fernhill' }
    expect(
      whatsapp.tenants?.otherwise?.read({
        id: '10222270944537964',
        businesses: {
          data: [
            { id: '1', owned_whatsapp_business_accounts: { data: [one, { id: '101569239400667' }] } },
            { id: '2', client_whatsapp_business_accounts: { data: [one] } },
            { id: '3' },
          ],
        },
      }),
    ).toEqual([
      { parameters: { wabaId: '102289599326934', userId: '10222270944537964' }, label: 'Fernhill' },
      {
        parameters: { wabaId: '101569239400667', userId: '10222270944537964' },
        label: 'WhatsApp Business account 101569239400667',
      },
    ])
    expect(whatsapp.tenants?.otherwise?.read({ id: '1' })).toEqual([])
  })
})

describe('a WhatsApp connection', () => {
  const body = {
    id: '102289599326934',
    name: 'Fernhill',
    business_verification_status: 'verified',
    phone_numbers: {
      data: [
        {
          id: '106540352242922',
          verified_name: 'Fernhill',
          display_phone_number: '+44 20 7946 0101',
          quality_rating: 'GREEN',
        },
        {
          id: '106540352242923',
          verified_name: 'Workshop',
          display_phone_number: '+44 20 7946 0102',
          quality_rating: 'RED',
        },
      ],
    },
  }
  const read = (parameters: Record<string, string>, of: JsonObject = body) =>
    whatsapp.account({ token: undefined, body: of, parameters })

  test('is the account, of the grant of a person, and calls go by its first number', () => {
    expect(read({ userId: '77' })).toEqual({
      id: '102289599326934',
      label: 'Fernhill',
      grant: '77',
      parameters: { phoneNumberId: '106540352242922' },
    })
  })

  test('keeps the number it has while the account has it', () => {
    expect(read({ phoneNumberId: '106540352242923' }).parameters).toEqual({
      phoneNumberId: '106540352242923',
    })
    expect(read({ phoneNumberId: '1' }).parameters).toEqual({ phoneNumberId: '106540352242922' })
    expect(read({}, { id: '1', name: 'Empty' })).toEqual({ id: '1', label: 'Empty' })
  })

  test('tells what limits it', () => {
    expect(capability(whatsapp, 'verification')(body)).toEqual({ value: 'verified' })
    expect(
      capability(whatsapp, 'verification')({ business_verification_status: 'not_verified' }),
    ).toMatchObject({
      value: 'not verified',
      warning: expect.stringContaining('250'),
    })
    expect(capability(whatsapp, 'numbers')(body)?.value).toBe(
      'Fernhill (+44 20 7946 0101), Workshop (+44 20 7946 0102)',
    )
    expect(capability(whatsapp, 'numbers')({ name: 'Empty', phone_numbers: { data: [] } })).toMatchObject({
      value: 'none',
      warning: expect.any(String),
    })
    expect(capability(whatsapp, 'quality')(body)).toMatchObject({ value: 'low', warning: expect.any(String) })
    // With a token of one's own the answer is about one number.
    const number = { id: '106540352242922', verified_name: 'Fernhill', quality_rating: 'GREEN' }
    expect(capability(whatsapp, 'quality')(number)).toEqual({ value: 'high' })
    expect(capability(whatsapp, 'quality')({ quality_rating: 'UNKNOWN' })).toBeUndefined()
    expect(capability(whatsapp, 'numbers')(number)).toBeUndefined()
    for (const { read: ask } of whatsapp.capabilities ?? [])
      expect(ask({ status: 200, body: {} })).toBeUndefined()
  })
})

describe('a Meta Ads connection', () => {
  test('tells what was left ticked', () => {
    const account = (permissions?: Json) =>
      metaAds.account({
        token: undefined,
        body: { id: '7', name: 'Ada', ...(permissions !== undefined && { permissions }) },
        parameters: {},
      })
    expect(
      account({
        data: [
          { permission: 'ads_read', status: 'granted' },
          { permission: 'ads_management', status: 'declined' },
        ],
      }),
    ).toEqual({ id: '7', label: 'Ada', scopes: ['ads_read'] })
    expect(account()).toEqual({ id: '7', label: 'Ada' })
  })

  test('tells of ad accounts that are missing or stopped', () => {
    const read = capability(metaAds, 'ad_accounts')
    const account = (name: string, account_status: number) => ({ id: `act_${name}`, name, account_status })
    expect(read({ data: [account('A', 1), account('B', 1)] })).toEqual({ value: '2' })
    expect(read({ data: [account('A', 1), account('B', 3)] })).toMatchObject({
      value: '2',
      warning: expect.stringContaining('B'),
    })
    expect(read({ data: [] })).toMatchObject({ value: 'none', warning: expect.any(String) })
    expect(read(error(200), 403)).toBeUndefined()
  })
})

test('an Instagram connection: the account, and the person as the app knows them', () => {
  expect(
    instagram.account({
      token: undefined,
      body: {
        id: '97110000000000001',
        user_id: '27110000000000001',
        username: 'fernhill.bicycles',
        name: 'Fernhill',
      },
      parameters: {},
    }),
  ).toEqual({ id: '27110000000000001', grant: '97110000000000001', label: '@fernhill.bicycles' })
  const type = capability(instagram, 'account_type')
  expect(type({ account_type: 'BUSINESS' })).toEqual({ value: 'business' })
  expect(type({ account_type: 'MEDIA_CREATOR' })).toEqual({ value: 'creator' })
  expect(type({ account_type: 'PERSONAL' })).toMatchObject({ warning: expect.any(String) })
})

test('one Meta app serves all where only one is set', () => {
  expect(metaAds.env.fallback).toEqual([
    { client_id: 'META_APP_ID', client_secret: 'META_APP_SECRET' },
    { client_id: 'WHATSAPP_APP_ID', client_secret: 'WHATSAPP_APP_SECRET' },
  ])
  for (const provider of [whatsapp, instagram, metaAds]) {
    expect(provider).toMatchObject({ family: 'meta', callback: 'meta', departures: 'signed_request' })
    const texts = JSON.stringify(provider.setup.steps)
    for (const address of ['/privacy', '/terms', '/api/meta/data-deletion', '/api/meta/deauthorize'])
      expect(texts).toContain(`{public_url}${address}`)
    expect(texts).toContain('{redirect_uri}')
  }
})
