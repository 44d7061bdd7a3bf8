import { expect, test } from 'vitest'
import hubspot from '../providers/hubspot.ts'
import hubspotMarketing from '../providers/hubspot-marketing.ts'
import { readHubspotAnswer } from './hubspot.ts'

test.each([
  [400, { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' }, 'invalid_grant'],
  [400, { status: 'BAD_REFRESH_TOKEN', error: 'invalid_request' }, 'invalid_grant'],
  [400, { status: 'BAD_HUB', message: 'x' }, 'invalid_grant'],
  [401, { status: 'BAD_CLIENT_SECRET', error: 'unauthorized' }, 'invalid_client'],
  [400, { status: 'SOMETHING_NEW', error: 'invalid_request' }, 'invalid_request'],
  [500, { status: 'error', message: 'internal' }, undefined],
])('a refusal of the token endpoint: %#', (status, body, error) => {
  const answer = readHubspotAnswer({ status, body })
  expect([answer.status, answer.body['error']]).toEqual([status, error])
})

test('scopes come as a list', () => {
  const { body } = readHubspotAnswer({
    status: 200,
    body: { access_token: 't', expires_in: 1800, hub_id: 7, scopes: ['oauth', 'content'] },
  })
  expect(body).toEqual({ access_token: 't', expires_in: 1800, hub_id: 7, scope: 'oauth content' })
  expect(readHubspotAnswer({ status: 200, body: { access_token: 't' } }).body).toEqual({ access_token: 't' })
})

test('both entries are one app with two redirect URIs, and one grant for each account', () => {
  expect([hubspot.callback, hubspotMarketing.callback]).toEqual(['native', 'universal'])
  expect(hubspot.env).toEqual(hubspotMarketing.env)
  expect(hubspot.family).toBe(hubspotMarketing.family)
  for (const { setup } of [hubspot, hubspotMarketing]) {
    expect(setup.steps.join(' ')).toContain('/api/integrations/callback')
    expect(setup.steps.join(' ')).toContain('/api/v1/integrations/universal/callback')
  }
  const named = { token: { hub_id: 7 }, body: { portalId: 48293011, accountType: 'SANDBOX' }, parameters: {} }
  expect(hubspot.account(named)).toEqual({ id: '48293011', label: 'Hub ID 48293011 (sandbox)' })
  expect(hubspotMarketing.account(named)).toEqual(hubspot.account(named))
  expect(hubspot.account({ ...named, body: {} })).toEqual({ id: '7', label: 'Hub ID 7' })
})
