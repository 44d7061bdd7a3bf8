/** The sandbox's Stripe account. */
import type { Json } from '../../catalog/define.ts'

type Thing<T extends string> = { id: string; object: T; created: number }
export type StripeData = {
  /** In the smallest unit of the currency. */
  available: number
  customers: (Thing<'customer'> & {
    email: string | null
    name: string | null
    livemode: false
    metadata: Record<string, Json>
  })[]
  payment_intents: (Thing<'payment_intent'> & {
    amount: number
    currency: string
    customer: string
    status: string
    latest_charge: string
    livemode: false
  })[]
  charges: (Thing<'charge'> & {
    amount: number
    amount_refunded: number
    currency: string
    customer: string
    paid: boolean
    refunded: boolean
    status: string
    payment_intent: string
    livemode: false
  })[]
  invoices: (Thing<'invoice'> & {
    customer: string
    number: string
    status: string
    total: number
    amount_due: number
    amount_paid: number
    currency: string
    livemode: false
  })[]
  subscriptions: (Thing<'subscription'> & {
    customer: string
    status: string
    cancel_at_period_end: boolean
    canceled_at: number | null
    currency: string
    items: { object: 'list'; has_more: false; url: string; data: Json[] }
    livemode: false
  })[]
  refunds: (Thing<'refund'> & {
    amount: number
    charge: string
    currency: string
    payment_intent: string
    reason: string | null
    status: string
  })[]
}

export function seedStripe(now: number): StripeData {
  const ago = (days: number) => Math.floor(now / 1000) - days * 86_400
  const people = [
    ['cus_Noor0Petrov0001', 'Noor Petrov', 'noor@riders.example'],
    ['cus_CityRiders00002', 'City Riders', 'accounts@riders.example'],
    ['cus_Lena0Marek00003', 'Lena Marek', 'lena@post.example'],
  ] as const
  const payments = [
    ['1', people[0][0], 4900, 1],
    ['2', people[1][0], 129_900, 5],
    ['3', people[2][0], 2400, 8],
  ] as const
  return {
    available: 137_200,
    customers: people.map(([id, name, email], index) => ({
      id,
      object: 'customer',
      created: ago(40 + index),
      email,
      name,
      livemode: false,
      metadata: {},
    })),
    payment_intents: payments.map(([end, customer, amount, days]) => ({
      id: `pi_3PfernhillPay000000000${end}`,
      object: 'payment_intent',
      created: ago(days),
      amount,
      currency: 'gbp',
      customer,
      status: 'succeeded',
      latest_charge: `ch_3PfernhillPay000000000${end}`,
      livemode: false,
    })),
    charges: payments.map(([end, customer, amount, days]) => ({
      id: `ch_3PfernhillPay000000000${end}`,
      object: 'charge',
      created: ago(days),
      amount,
      amount_refunded: 0,
      currency: 'gbp',
      customer,
      paid: true,
      refunded: false,
      status: 'succeeded',
      payment_intent: `pi_3PfernhillPay000000000${end}`,
      livemode: false,
    })),
    invoices: [
      {
        id: 'in_1PfernhillInv00000000001',
        object: 'invoice',
        created: ago(5),
        customer: people[1][0],
        number: 'FB-0012',
        status: 'paid',
        total: 129_900,
        amount_due: 129_900,
        amount_paid: 129_900,
        currency: 'gbp',
        livemode: false,
      },
    ],
    subscriptions: [
      {
        id: 'sub_1PfernhillSub00000000001',
        object: 'subscription',
        created: ago(90),
        customer: people[1][0],
        status: 'active',
        cancel_at_period_end: false,
        canceled_at: null,
        currency: 'gbp',
        livemode: false,
        items: {
          object: 'list',
          has_more: false,
          url: '/v1/subscription_items',
          data: [
            {
              id: 'si_Fleet0001',
              object: 'subscription_item',
              quantity: 12,
              price: {
                id: 'price_fleet_monthly',
                object: 'price',
                unit_amount: 1900,
                currency: 'gbp',
                recurring: { interval: 'month' },
              },
            },
          ],
        },
      },
    ],
    refunds: [],
  }
}
