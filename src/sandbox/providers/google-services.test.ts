/** What the single services of Google do that no other entry does. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

/** Calls as the n-th listed account; the third is a personal one. */
async function caller(id: string, place = 0, headers: Record<string, string> = {}) {
  const account = stage.sandbox.control.accounts(id)[place]?.id ?? ''
  const { access_token } = await rehearse(stage, id).connect({ account })
  return async (method: string, url: string, body?: JsonObject) => {
    const answer = await stage.fetch(url, {
      method,
      headers: { authorization: `Bearer ${access_token}`, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as JsonObject }
  }
}

test('Ads: no call without the developer token, and a manager account only where it manages', async () => {
  const base = 'https://googleads.googleapis.com/v26'
  const token = {
    'developer-token': stage.sandbox.variables('google-ads')['GOOGLE_ADS_DEVELOPER_TOKEN'] ?? '',
  }
  const list = `${base}/customers:listAccessibleCustomers`
  const bare = await caller('google-ads')
  expect(await bare('GET', list)).toMatchObject({
    status: 401,
    body: {
      error: { details: [{ errors: [{ errorCode: { authenticationError: 'DEVELOPER_TOKEN_INVALID' } }] }] },
    },
  })
  const call = await caller('google-ads', 0, token)
  const { body } = await call('GET', list)
  const [manager = '', customer = ''] = (body['resourceNames'] as string[]).map(
    (name) => name.split('/')[1] ?? '',
  )
  const search = `${base}/customers/${customer}/googleAds:search`
  const query = { query: 'SELECT campaign.name, metrics.clicks FROM campaign' }
  expect(await call('POST', search, query)).toMatchObject({
    status: 200,
    body: { results: [{ campaign: { name: 'Spring sale' }, metrics: { clicks: '412' } }, {}] },
  })
  expect(
    (await (await caller('google-ads', 0, { ...token, 'login-customer-id': manager }))('POST', search, query))
      .status,
  ).toBe(200)
  expect(
    (
      await (
        await caller('google-ads', 0, { ...token, 'login-customer-id': '1112223334' })
      )('POST', search, query)
    ).status,
  ).toBe(403)
  expect((await (await caller('google-ads', 2, token))('GET', list)).status).toBe(401)
})

test('Chat: what is posted in a space is read there; personal accounts are refused', async () => {
  const call = await caller('google-chat')
  const { body } = await call(
    'GET',
    'https://chat.googleapis.com/v1/spaces?filter=spaceType%20%3D%20%22SPACE%22',
  )
  const [space] = body['spaces'] as { name: string }[]
  expect(body['spaces']).toHaveLength(2)
  const messages = `https://chat.googleapis.com/v1/${space?.name}/messages`
  expect((await call('POST', messages, { text: 'Twelve bells, matt black.' })).status).toBe(200)
  expect(JSON.stringify((await call('GET', messages)).body)).toContain('Twelve bells')
  expect(
    (await (await caller('google-chat', 2))('GET', 'https://chat.googleapis.com/v1/spaces')).status,
  ).toBe(403)
})

test('Analytics: a report of a property', async () => {
  const call = await caller('google-analytics')
  const run = (property: string, metrics: JsonObject[]) =>
    call('POST', `https://analyticsdata.googleapis.com/v1beta/properties/${property}:runReport`, {
      dimensions: [{ name: 'country' }],
      metrics,
    })
  expect(await run('310204711', [{ name: 'activeUsers' }])).toMatchObject({
    status: 200,
    body: {
      rowCount: 3,
      rows: [{ dimensionValues: [{ value: 'United Kingdom' }], metricValues: [{ value: '412' }] }, {}, {}],
    },
  })
  expect((await run('310204711', [{ name: 'nonsense' }])).status).toBe(400)
  expect((await run('1', [{ name: 'activeUsers' }])).status).toBe(403)
})

test('Reviews: an answer is written and read back', async () => {
  const call = await caller('google-reviews')
  const { body } = await call('GET', 'https://mybusinessaccountmanagement.googleapis.com/v1/accounts')
  const [account] = body['accounts'] as { name: string }[]
  const locations = await call(
    'GET',
    `https://mybusinessbusinessinformation.googleapis.com/v1/${account?.name}/locations?readMask=name,title`,
  )
  const [location] = locations.body['locations'] as { name: string }[]
  const list = `https://mybusiness.googleapis.com/v4/${account?.name}/${location?.name}/reviews`
  const found = await call('GET', list)
  expect(found.body).toMatchObject({ averageRating: 4, totalReviewCount: 2 })
  const [first] = found.body['reviews'] as { name: string }[]
  const reply = `https://mybusiness.googleapis.com/v4/${first?.name}/reply`
  expect((await call('PUT', reply, { comment: 'Thank you.' })).status).toBe(200)
  expect(JSON.stringify((await call('GET', list)).body)).toContain('Thank you.')
})
