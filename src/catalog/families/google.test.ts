import { expect, test } from 'vitest'
import { judgeAnswer } from '../answers.ts'
import type { Json, OAuth2, Provider } from '../define.ts'
import { findProvider, providers } from '../registry.ts'

const family = providers.filter((one) => one.family === 'google')
const find = (id: string) => findProvider(id) as Provider
const refusal = (code: number, rest: { [key: string]: Json }): Json => ({
  error: { code, message: 'm', ...rest },
})
const reason = (one: string) => ({ errors: [{ domain: 'usageLimits', message: 'm', reason: one }] })
const info = (one: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: one })
const help = { '@type': 'type.googleapis.com/google.rpc.Help', links: [] }
const ads = (authenticationError: string) => ({
  details: [{ errors: [{ errorCode: { authenticationError } }] }],
})

test.each<[string, number, Json, string]>([
  ['gmail', 403, refusal(403, reason('rateLimitExceeded')), 'rate_limited'],
  ['gmail', 403, refusal(403, reason('userRateLimitExceeded')), 'rate_limited'],
  ['google-chat', 403, refusal(403, { status: 'RESOURCE_EXHAUSTED' }), 'rate_limited'],
  ['google-chat', 403, refusal(403, { details: [info('RATE_LIMIT_EXCEEDED')] }), 'rate_limited'],
  ['google-chat', 429, refusal(429, { status: 'RESOURCE_EXHAUSTED' }), 'rate_limited'],
  ['google-drive', 403, refusal(403, reason('accessNotConfigured')), 'not_available'],
  ['google-contacts', 403, refusal(403, { details: [info('SERVICE_DISABLED'), help] }), 'not_available'],
  ['google-contacts', 403, refusal(403, { details: [help, info('SERVICE_DISABLED')] }), 'not_available'],
  ['google-drive', 403, refusal(403, reason('domainPolicy')), 'forbidden'],
  ['google-drive', 403, refusal(403, { details: [info('ACCESS_TOKEN_SCOPE_INSUFFICIENT')] }), 'forbidden'],
  ['gmail', 401, refusal(401, reason('authError')), 'unauthorized'],
  ['gmail', 400, { error: { code: 400, message: 'Mail service not enabled' } }, 'not_available'],
  ['google', 403, refusal(403, reason('notACalendarUser')), 'not_available'],
  ['google-calendar', 403, refusal(403, reason('notACalendarUser')), 'not_available'],
  ['google-ads', 401, refusal(401, ads('OAUTH_TOKEN_EXPIRED')), 'unauthorized'],
  ['google-ads', 401, refusal(401, ads('NOT_ADS_USER')), 'not_available'],
  ['google-ads', 401, refusal(401, ads('DEVELOPER_TOKEN_INVALID')), 'forbidden'],
  ['google-chat', 404, refusal(404, { message: 'Requested entity was not found.' }), 'failed'],
])('%s answers %i: %j is %s', (id, status, body, verdict) => {
  expect(judgeAnswer(find(id), { status, headers: {} }, body)).toBe(verdict)
})

test('every entry names the account by the same call, and asks for what that call needs', () => {
  expect(family.map(({ id }) => id)).toContain('gmail')
  for (const provider of family) {
    expect(provider.verify, provider.id).toEqual(find('google').verify)
    for (const [name, { scopes }] of Object.entries(provider.scope_sets ?? {}))
      expect([provider.id, name, ...scopes.slice(0, 3)]).toEqual([
        provider.id,
        name,
        'openid',
        'email',
        'profile',
      ])
    expect(
      provider.account({ token: undefined, parameters: {}, body: { sub: '108', email: 'a@b.example' } }),
    ).toEqual({ id: '108', label: 'a@b.example', email: 'a@b.example' })
  }
})

test('a client that was deleted is the operator’s problem, not the connection’s', () => {
  const oauth = find('gmail').auth[0] as OAuth2
  const read = (error: string) => oauth.normaliseTokenAnswer?.({ status: 401, body: { error } })
  expect(read('deleted_client')).toEqual({ status: 401, body: { error: 'invalid_client' } })
  expect(read('disabled_client')).toEqual({ status: 401, body: { error: 'invalid_client' } })
  expect(read('invalid_grant')).toEqual({ status: 401, body: { error: 'invalid_grant' } })
  expect(oauth.refresh.dead).toEqual(['invalid_grant'])
})

test.each<[string, number, Json | undefined, string | undefined, RegExp | undefined]>([
  ['google-chat', 200, { spaces: [] }, 'Available', undefined],
  ['google-chat', 403, {}, 'Refused', /Workspace/],
  ['google-chat', 500, undefined, undefined, undefined],
  ['google-analytics', 200, {}, '0', /Viewer/],
  ['google-analytics', 200, { accountSummaries: [{}, {}] }, '2', undefined],
  ['google-reviews', 429, {}, 'No quota', /approved/],
  ['google-reviews', 200, { accounts: [{}] }, '1', undefined],
  ['google-ads', 401, refusal(401, ads('NOT_ADS_USER')), '0', /no Google Ads account/],
  ['google-ads', 200, { resourceNames: ['customers/1'] }, '1', undefined],
])('what %s can do is read from %i %j', (id, status, body, value, warning) => {
  const found = find(id).capabilities?.[0]?.read({ status, body })
  expect(found?.value).toBe(value)
  if (warning) expect(found?.warning).toMatch(warning)
  else expect(found?.warning).toBeUndefined()
})
