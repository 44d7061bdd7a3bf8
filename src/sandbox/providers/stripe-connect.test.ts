import { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

const QUAYSIDE = 'acct_1PquaysideStudio1'

let stage: Stage
let api: URL
let connect: string
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
  api = new URL(await stage.front('https://api.stripe.com'))
  connect = await stage.front('https://connect.stripe.com')
})
afterAll(() => stage.close())

const client = (apiKey: string) =>
  new Stripe(apiKey, {
    host: api.hostname,
    port: Number(api.port),
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  })
const flow = () => rehearse(stage, 'stripe-connect')

test('the token opens the account that let the platform in, beside keys of others', async () => {
  const { access_token, ...granted } = await flow().connect({ account: QUAYSIDE })
  expect(granted).toMatchObject({ stripe_user_id: QUAYSIDE, livemode: false, scope: 'read_only' })
  expect((await client(access_token).accounts.retrieveCurrent()).id).toBe(QUAYSIDE)
  const key = stage.sandbox.values['stripe']?.['apiKey'] ?? ''
  expect((await client(key).accounts.retrieveCurrent()).id).toBe('acct_1PfernhillBikes01')
})

test('read_only reads; read_write writes, in its own account only', async () => {
  const reader = client((await flow().connect({ account: QUAYSIDE })).access_token)
  await expect(reader.customers.create({ name: 'Ines' })).rejects.toMatchObject({ statusCode: 403 })
  const url = flow().authorizationUrl({ scope: 'read_write' })
  const back = new URL(stage.sandbox.control.decide(url, { account: QUAYSIDE }))
  const { access_token } = await flow().exchange(back.searchParams.get('code') ?? '')
  await client(access_token).customers.create({ name: 'Ines' })
  expect((await reader.customers.list({ limit: 1 })).data[0]?.name).toBe('Ines')
  const key = stage.sandbox.values['stripe']?.['apiKey'] ?? ''
  expect((await client(key).customers.list({ limit: 1 })).data[0]?.name).not.toBe('Ines')
})

test('disconnected by the platform, with its secret key', async () => {
  const { client_id, client_secret } = stage.sandbox.client('stripe-connect')
  const { access_token, refresh_token } = await flow().connect({ account: QUAYSIDE })
  const deauthorize = async (secret: string) => {
    const answer = await fetch(`${connect}/oauth/deauthorize`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id, stripe_user_id: QUAYSIDE }),
    })
    return { status: answer.status, body: (await answer.json()) as { stripe_user_id?: string } }
  }
  expect((await deauthorize('sk_test_wrong')).status).toBe(401)
  expect((await deauthorize(client_secret)).body).toEqual({ stripe_user_id: QUAYSIDE })
  await expect(client(access_token).balance.retrieve()).rejects.toMatchObject({ statusCode: 401 })
  await expect(flow().refresh(refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
  expect((await deauthorize(client_secret)).status).toBe(401)
})
