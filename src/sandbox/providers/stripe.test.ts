import { Stripe } from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import stripeProvider from '../../catalog/providers/stripe.ts'
import { openStage, type Stage } from '../stage.ts'

// Driven by Stripe's own client.
let stage: Stage
let origin: URL
beforeAll(async () => {
  stage = await openStage()
  origin = new URL(await stage.front('https://api.stripe.com'))
})
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.control.reset())

const key = () => stage.sandbox.values['stripe']?.['apiKey'] ?? ''
const client = (apiKey = key()) =>
  new Stripe(apiKey, {
    host: origin.hostname,
    port: Number(origin.port),
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  })

test('the example key is of the declared shape and opens the account', async () => {
  const [method] = stripeProvider.auth
  expect('fields' in method && new RegExp(method.fields[0].pattern, 'u').test(key())).toBe(true)
  const body = JSON.parse(JSON.stringify(await client().accounts.retrieveCurrent())) as Record<string, never>
  expect(stripeProvider.account({ token: undefined, body, parameters: { mode: 'test' } })).toEqual({
    id: 'acct_1PfernhillBikes01:test',
    label: 'Fernhill Bicycles (test mode)',
    email: 'chiara@fernhill.example',
  })
})

test('another key is refused, and a revoked one too', async () => {
  const old = key()
  await expect(client('sk_test_51PnotTheKeyAtAll').balance.retrieve()).rejects.toMatchObject({
    type: 'StripeAuthenticationError',
    statusCode: 401,
  })
  stage.sandbox.control.revoke('stripe')
  await expect(client(old).balance.retrieve()).rejects.toMatchObject({ statusCode: 401 })
  expect(key()).not.toBe(old)
  expect((await client().balance.retrieve()).object).toBe('balance')
})

test('customers are made, searched and paged', async () => {
  const stripe = client()
  const made = await stripe.customers.create({
    email: 'ines@post.example',
    name: 'Ines Duarte',
    metadata: { shop: 'north' },
  })
  expect(made).toMatchObject({ object: 'customer', metadata: { shop: 'north' } })
  expect((await stripe.customers.search({ query: "email:'ines@post.example'" })).data).toHaveLength(1)
  const names: (string | null | undefined)[] = []
  for await (const customer of stripe.customers.list({ limit: 2 })) names.push(customer.name)
  expect(names).toEqual(['Ines Duarte', 'Noor Petrov', 'City Riders', 'Lena Marek'])
  await expect(stripe.customers.retrieve('cus_none')).rejects.toMatchObject({ code: 'resource_missing' })
})

test('a payment is refunded once, and the balance falls', async () => {
  const stripe = client()
  const before = (await stripe.balance.retrieve()).available[0]?.amount ?? 0
  const { data } = await stripe.paymentIntents.list({ customer: 'cus_Noor0Petrov0001' })
  const payment_intent = data[0]?.id ?? ''
  expect(
    await stripe.refunds.create({ payment_intent, amount: 1000, reason: 'requested_by_customer' }),
  ).toMatchObject({ status: 'succeeded', amount: 1000 })
  await expect(stripe.refunds.create({ payment_intent, amount: 4900 })).rejects.toMatchObject({
    code: 'charge_already_refunded',
  })
  expect((await stripe.balance.retrieve()).available[0]?.amount).toBe(before - 1000)
})

test('a subscription is cancelled at the end of its period, then at once', async () => {
  const stripe = client()
  const [subscription] = (await stripe.subscriptions.list({ status: 'active' })).data
  const id = subscription?.id ?? ''
  expect((await stripe.subscriptions.update(id, { cancel_at_period_end: true })).cancel_at_period_end).toBe(
    true,
  )
  expect((await stripe.subscriptions.cancel(id)).status).toBe('canceled')
  expect((await stripe.subscriptions.list({ status: 'active' })).data).toEqual([])
})
