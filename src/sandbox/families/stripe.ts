/** Stripe's API, shared by keys and by accounts that were connected: customers, payments, subscriptions. https://docs.stripe.com/api */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { type Asked, json, type Reply, readBasic, readBearer, readForm } from '../messages.ts'
import {
  type Account,
  type Call,
  on,
  readString,
  type Refusal,
  type StandIn,
  type Tools,
} from '../stand-in.ts'
import { seedStripe, type StripeData } from '../worlds/stripe.ts'

export const stripeAccounts: readonly [Account, Account] = [
  { id: 'acct_1PfernhillBikes01', name: fernhill.name, email: cast.chiara.email },
  { id: 'acct_1PquaysideStudio1', name: quayside.name, email: cast.dmitri.email },
]

export function playStripe(tools: Tools): Omit<StandIn, 'accounts' | 'oauth'> {
  const books = tools.load<Record<string, StripeData>>(() => ({}), 'stripe accounts')
  const of = ({ account }: Call): StripeData => (books[account.id] ??= seedStripe(tools.now()))
  /** A connected account may have been opened for reading only; a key is bound to nothing. */
  const write = { scope: ['read_write'] }
  const seconds = () => Math.floor(tools.now() / 1000)

  type Kind = Exclude<keyof StripeData, 'available'>
  const lists: readonly (readonly [Kind, string])[] = [
    ['customers', 'customers'],
    ['payment_intents', 'payment_intents'],
    ['charges', 'charges'],
    ['invoices', 'invoices'],
    ['subscriptions', 'subscriptions'],
    ['refunds', 'refunds'],
  ]
  const fetchOne = (kind: Kind, call: Call): Reply => {
    const found = of(call)[kind].find(({ id }) => id === call.params['id'])
    return found ? json(200, found) : missing(kind, call.params['id'] ?? '')
  }

  const routes = [
    on('GET', '/v1/account', ({ account: { id, name, email } }) =>
      json(200, {
        id,
        object: 'account',
        business_profile: {
          name,
          url: `https://${email.split('@')[1] ?? ''}`,
          mcc: '5940',
          support_email: email,
        },
        business_type: 'company',
        charges_enabled: true,
        country: 'GB',
        default_currency: 'gbp',
        details_submitted: true,
        email,
        payouts_enabled: true,
        settings: { dashboard: { display_name: name, timezone: 'Europe/London' } },
        type: 'standard',
      }),
    ),
    on('GET', '/v1/balance', (call) => {
      const { available } = of(call)
      return json(200, {
        object: 'balance',
        livemode: false,
        available: [{ amount: available, currency: 'gbp', source_types: { card: available } }],
        pending: [{ amount: 4900, currency: 'gbp', source_types: { card: 4900 } }],
      })
    }),
    on('GET', '/v1/customers/search', (call) => searchCustomers(call)),
    ...lists.flatMap(([kind, path]) => [
      on('GET', `/v1/${path}`, (call) => list(call, kind)),
      on('GET', `/v1/${path}/:id`, (call) => fetchOne(kind, call)),
    ]),
    on(
      'POST',
      '/v1/customers',
      (call) => {
        const form = readForm(call.asked)
        const made: StripeData['customers'][number] = {
          id: `cus_${tools.random(14)}`,
          object: 'customer',
          created: seconds(),
          email: form.get('email'),
          name: form.get('name'),
          livemode: false,
          metadata: readMap(form, 'metadata'),
        }
        of(call).customers.unshift(made)
        return json(200, made)
      },
      write,
    ),
    on('POST', '/v1/refunds', (call) => refund(call), write),
    on(
      'DELETE',
      '/v1/subscriptions/:id',
      (call) => {
        const found = of(call).subscriptions.find(({ id }) => id === call.params['id'])
        if (!found) return missing('subscription', call.params['id'] ?? '')
        Object.assign(found, { status: 'canceled', canceled_at: seconds(), ended_at: seconds() })
        return json(200, found)
      },
      write,
    ),
    on(
      'POST',
      '/v1/subscriptions/:id',
      (call) => {
        const found = of(call).subscriptions.find(({ id }) => id === call.params['id'])
        if (!found) return missing('subscription', call.params['id'] ?? '')
        const atEnd = readForm(call.asked).get('cancel_at_period_end')
        if (atEnd !== null) found.cancel_at_period_end = atEnd === 'true'
        return json(200, found)
      },
      write,
    ),
  ]

  function refund(call: Call): Reply {
    const data = of(call)
    const form = readForm(call.asked)
    const payment = data.payment_intents.find(({ id }) => id === form.get('payment_intent'))
    if (!payment) return missing('payment_intent', form.get('payment_intent') ?? '')
    const charge = data.charges.find((one) => one.payment_intent === payment.id)
    const refunded = charge?.amount_refunded ?? 0
    const amount = Number(form.get('amount') ?? payment.amount - refunded)
    if (!charge || amount <= 0 || refunded + amount > payment.amount) {
      return problem(400, {
        code: 'charge_already_refunded',
        message: `Charge ${charge?.id} has already been refunded.`,
        type: 'invalid_request_error',
      })
    }
    charge.amount_refunded += amount
    charge.refunded = charge.amount_refunded === charge.amount
    data.available -= amount
    const made: StripeData['refunds'][number] = {
      id: `re_${tools.random(24)}`,
      object: 'refund',
      amount,
      charge: charge.id,
      created: seconds(),
      currency: payment.currency,
      payment_intent: payment.id,
      reason: form.get('reason'),
      status: 'succeeded',
    }
    data.refunds.unshift(made)
    return json(200, made)
  }

  function list(call: Call, kind: Kind): Reply {
    const { asked } = call
    const all: readonly (JsonObject & { id: string })[] = of(call)[kind]
    const filters = ['customer', 'status', 'email', 'payment_intent'].flatMap((name) => {
      const value = asked.query.get(name)
      return value && value !== 'all' ? [[name, value] as const] : []
    })
    const since = Number(asked.query.get('created[gte]') ?? 0)
    const found = all.filter(
      (one) => filters.every(([name, value]) => one[name] === value) && Number(one['created']) >= since,
    )
    const after = asked.query.get('starting_after')
    const start = after ? found.findIndex(({ id }) => id === after) + 1 : 0
    if (after && start === 0) return missing(kind, after)
    const size = Math.min(Math.max(Number(asked.query.get('limit') ?? 10) || 10, 1), 100)
    return json(200, {
      object: 'list',
      url: asked.path,
      has_more: start + size < found.length,
      data: found.slice(start, start + size),
    })
  }

  function searchCustomers(call: Call): Reply {
    const { asked } = call
    const clauses = (asked.query.get('query') ?? '')
      .split(/\s+AND\s+/i)
      .map((clause) => /^(\w+)([:~])["']([^"']*)["']$/.exec(clause.trim()))
    if (clauses.length === 0 || clauses.some((clause) => !clause))
      return problem(400, {
        message: 'We were unable to parse your search query.',
        param: 'query',
        type: 'invalid_request_error',
      })
    const found = of(call).customers.filter((one) =>
      clauses.every((clause) => {
        const [, field = '', operator, value = ''] = clause ?? []
        const own = (readString(one, field) ?? '').toLowerCase()
        return operator === '~' ? own.includes(value.toLowerCase()) : own === value.toLowerCase()
      }),
    )
    return json(200, {
      object: 'search_result',
      url: asked.path,
      has_more: false,
      next_page: null,
      data: found,
    })
  }

  return {
    house: 'stripe',
    hosts: ['api.stripe.com', 'files.stripe.com'],
    // As a bearer token, or as the user name of HTTP Basic.
    readCredential: (asked) =>
      readBearer(asked.headers.authorization) ?? readBasic(asked.headers.authorization)?.username,
    routes,
    headers: () => ({ 'request-id': `req_${tools.random(14)}`, 'stripe-version': '2026-10-28.endive' }),
    unauthorized: (why: Refusal) =>
      problem(401, {
        message:
          why === 'missing'
            ? 'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.'
            : why === 'revoked'
              ? 'Expired API Key provided.'
              : 'Invalid API Key provided.',
        type: 'invalid_request_error',
        ...(why === 'revoked' && { code: 'api_key_expired' }),
      }),
    forbidden: () =>
      problem(403, {
        message: 'The provided key does not have the required permissions for this endpoint.',
        type: 'invalid_request_error',
      }),
    notFound: (asked: Asked) =>
      problem(404, {
        message: `Unrecognized request URL (${asked.method}: ${asked.path}).`,
        type: 'invalid_request_error',
      }),
    rateLimited: () =>
      problem(429, {
        message: 'Request rate limit exceeded.',
        type: 'invalid_request_error',
        code: 'rate_limit',
      }),
  }
}

function problem(status: number, error: JsonObject): Reply {
  return json(status, { error })
}

function missing(what: string, id: string): Reply {
  return problem(404, {
    code: 'resource_missing',
    message: `No such ${what.replace(/s$/, '')}: '${id}'`,
    param: 'id',
    type: 'invalid_request_error',
  })
}

/** `metadata[key]=value` */
function readMap(form: URLSearchParams, name: string): Record<string, Json> {
  const found: Record<string, Json> = {}
  for (const [key, value] of form) {
    const inner = key.startsWith(`${name}[`) && key.endsWith(']') ? key.slice(name.length + 1, -1) : undefined
    if (inner) found[inner] = value
  }
  return found
}
