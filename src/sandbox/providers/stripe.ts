/** Stripe: one account, reached by key; customers, payments, invoices and subscriptions. https://docs.stripe.com/api */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill } from '../cast.ts'
import { type Asked, json, type Reply, readBasic, readBearer, readForm } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, readString, type Refusal } from '../stand-in.ts'
import { seedStripe, type StripeData } from '../worlds/stripe.ts'

const ACCOUNT = 'acct_1PfernhillBikes01'
const accounts: readonly Account[] = [{ id: ACCOUNT, name: fernhill.name, email: cast.chiara.email }]

const create: CreateStandIn = (tools) => {
  const data = tools.load<StripeData>(() => seedStripe(tools.now()))
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
  const fetchOne = (kind: Kind, { params }: Call): Reply => {
    const found = data[kind].find(({ id }) => id === params['id'])
    return found ? json(200, found) : missing(kind, params['id'] ?? '')
  }

  const routes = [
    on('GET', '/v1/account', () =>
      json(200, {
        id: ACCOUNT,
        object: 'account',
        business_profile: {
          name: fernhill.name,
          url: `https://${fernhill.domain}`,
          mcc: '5940',
          support_email: cast.chiara.email,
        },
        business_type: 'company',
        charges_enabled: true,
        country: 'GB',
        default_currency: 'gbp',
        details_submitted: true,
        email: cast.chiara.email,
        payouts_enabled: true,
        settings: { dashboard: { display_name: fernhill.name, timezone: 'Europe/London' } },
        type: 'standard',
      }),
    ),
    on('GET', '/v1/balance', () =>
      json(200, {
        object: 'balance',
        livemode: false,
        available: [{ amount: data.available, currency: 'gbp', source_types: { card: data.available } }],
        pending: [{ amount: 4900, currency: 'gbp', source_types: { card: 4900 } }],
      }),
    ),
    on('GET', '/v1/customers/search', (call) => searchCustomers(call)),
    ...lists.flatMap(([kind, path]) => [
      on('GET', `/v1/${path}`, (call) => list(call, kind)),
      on('GET', `/v1/${path}/:id`, (call) => fetchOne(kind, call)),
    ]),
    on('POST', '/v1/customers', ({ asked }) => {
      const form = readForm(asked)
      const made: StripeData['customers'][number] = {
        id: `cus_${tools.random(14)}`,
        object: 'customer',
        created: seconds(),
        email: form.get('email'),
        name: form.get('name'),
        livemode: false,
        metadata: readMap(form, 'metadata'),
      }
      data.customers.unshift(made)
      return json(200, made)
    }),
    on('POST', '/v1/refunds', (call) => refund(call)),
    on('DELETE', '/v1/subscriptions/:id', (call) => {
      const found = data.subscriptions.find(({ id }) => id === call.params['id'])
      if (!found) return missing('subscription', call.params['id'] ?? '')
      Object.assign(found, { status: 'canceled', canceled_at: seconds(), ended_at: seconds() })
      return json(200, found)
    }),
    on('POST', '/v1/subscriptions/:id', (call) => {
      const found = data.subscriptions.find(({ id }) => id === call.params['id'])
      if (!found) return missing('subscription', call.params['id'] ?? '')
      const atEnd = readForm(call.asked).get('cancel_at_period_end')
      if (atEnd !== null) found.cancel_at_period_end = atEnd === 'true'
      return json(200, found)
    }),
  ]

  function refund({ asked }: Call): Reply {
    const form = readForm(asked)
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

  function list({ asked }: Call, kind: Kind): Reply {
    const all: readonly (JsonObject & { id: string })[] = data[kind]
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

  function searchCustomers({ asked }: Call): Reply {
    const clauses = (asked.query.get('query') ?? '')
      .split(/\s+AND\s+/i)
      .map((clause) => /^(\w+)([:~])["']([^"']*)["']$/.exec(clause.trim()))
    if (clauses.length === 0 || clauses.some((clause) => !clause))
      return problem(400, {
        message: 'We were unable to parse your search query.',
        param: 'query',
        type: 'invalid_request_error',
      })
    const found = data.customers.filter((one) =>
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
    accounts,
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
    values: () => ({
      apiKey: tools.hold({ account: ACCOUNT, make: (derive) => `sk_test_51P${derive('key', 96)}` }),
    }),
  }
}

export default create

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
