import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

const ADA = '005Qy000000ada1IAA'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const at = (loginHost: string) => rehearse(stage, 'salesforce', { loginHost })
async function query(origin: string, token: string, soql: string) {
  const answer = await stage.fetch(`${origin}/services/data/v65.0/query?q=${encodeURIComponent(soql)}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return { status: answer.status, body: (await answer.json()) as JsonObject }
}

test.each([
  ['login.salesforce.com', 'https://fernhill.my.salesforce.com', 'https://login.salesforce.com/id/'],
  [
    'test.salesforce.com',
    'https://fernhill--uat.sandbox.my.salesforce.com',
    'https://test.salesforce.com/id/',
  ],
  ['harbour.my.salesforce.com', 'https://harbour.my.salesforce.com', 'https://login.salesforce.com/id/'],
  [
    'harbour--dev1.sandbox.my.salesforce.com',
    'https://harbour--dev1.sandbox.my.salesforce.com',
    'https://test.salesforce.com/id/',
  ],
])('%s leads to its org, with no lifetime told', async (loginHost, instance, identity) => {
  const granted = await at(loginHost).connect({ account: ADA })
  expect(granted).toMatchObject({
    instance_url: instance,
    scope: 'api refresh_token id',
  })
  expect(granted['id']).toMatch(new RegExp(`^${identity}00D`))
  expect(granted).not.toHaveProperty('expires_in')
  const soql = `SELECT Id, Username FROM User WHERE Id = '${ADA}'`
  const { body } = await query(instance, granted.access_token, soql)
  expect(body).toMatchObject({ totalSize: 1, records: [{ Id: ADA }] })
})

test('a token of one org is none of another', async () => {
  const { access_token } = await at('login.salesforce.com').connect({ account: ADA })
  const refused = await query('https://quayside.my.salesforce.com', access_token, 'SELECT Id FROM Account')
  expect(refused).toMatchObject({ status: 401, body: [{ errorCode: 'INVALID_SESSION_ID' }] })
})

test('without a challenge nothing is granted', () => {
  const url = at('login.salesforce.com').authorizationUrl({ code_challenge: null })
  const back = new URL(stage.sandbox.control.decide(url, { account: ADA }))
  expect(back.searchParams.get('error')).toBe('invalid_request')
})

test('a record is made, changed, found and described', async () => {
  const { access_token } = await at('login.salesforce.com').connect({ account: ADA })
  const origin = 'https://fernhill.my.salesforce.com'
  const send = async (method: string, path: string, body: JsonObject) => {
    const answer = await stage.fetch(`${origin}/services/data/v65.0${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await answer.text()
    return { status: answer.status, body: (text ? JSON.parse(text) : {}) as JsonObject }
  }
  expect(await send('POST', '/sobjects/Contact', { FirstName: 'Ines' })).toMatchObject({
    status: 400,
    body: [{ errorCode: 'REQUIRED_FIELD_MISSING' }],
  })
  const made = await send('POST', '/sobjects/Contact', { FirstName: 'Ines', LastName: 'Duarte' })
  expect(made.status).toBe(201)
  const id = made.body['id'] as string
  expect((await send('PATCH', `/sobjects/Contact/${id}`, { Email: 'ines@post.example' })).status).toBe(204)
  const soql = "SELECT Id, LastName FROM Contact WHERE Email LIKE '%post%' ORDER BY LastName DESC LIMIT 5"
  expect((await query(origin, access_token, soql)).body).toMatchObject({
    records: [{ Id: id, LastName: 'Duarte' }],
  })
})
