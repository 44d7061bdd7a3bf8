import {
  choice,
  cursor,
  defineTools,
  email,
  identifier,
  integer,
  object,
  opt,
  pageSize,
  same,
  text,
} from '../define-tools.ts'

/** Of a connection by OAuth; what a key may do is set at Stripe, and told by no one. */
const read = [['read_only'], ['read_write']]
const write = [['read_write']]
const id = (prefix: string, description: string) =>
  identifier(description, { pattern: `^${prefix}_\\w+$`, maxLength: 255 })
const customer = opt(id('cus', 'Only of this customer, cus_...'))
const since = opt(integer('Made at or after this time, in epoch seconds.', { minimum: 0 }))
const paging = {
  limit: pageSize(100, 20),
  starting_after: cursor('The id of the last entry of the answer before.'),
}
const byLastId = { by: 'last_id', input: 'starting_after', at: 'data', more_at: 'has_more' } as const
const keyed = { idempotency: 'keyed', idempotency_header: 'Idempotency-Key' } as const

export default defineTools({
  id: 'stripe',
  name: 'Stripe',
  summary:
    'Reads customers, payments, subscriptions, invoices and the balance; refunds and cancels where allowed.',
  served_by: { stripe: {}, 'stripe-connect': {} },
  tools: [
    {
      name: 'stripe_search_customers',
      title: 'Search customers',
      description: 'Finds customers with Stripe’s query words, for example "email:\'ada@example.com\'".',
      risk: 'read',
      scopes: read,
      input: {
        query: text('What to search for, in Stripe’s query language.', { maxLength: 2000 }),
        limit: pageSize(100, 20),
        page: cursor('The next_page of the answer before.'),
      },
      http: { method: 'GET', path: '/customers/search', query: same('query', 'limit', 'page') },
      pagination: { by: 'cursor', input: 'page', at: 'next_page' },
      note: 'What was created a moment ago may be missing. Not offered to accounts in India.',
    },
    {
      name: 'stripe_get_customer',
      title: 'Read a customer',
      description: 'Reads one customer.',
      risk: 'read',
      scopes: read,
      input: { id: id('cus', 'Id of the customer, cus_...') },
      http: { method: 'GET', path: '/customers/{id}' },
    },
    {
      name: 'stripe_create_customer',
      title: 'Create a customer',
      description: 'Creates a customer and returns its id.',
      risk: 'write',
      ...keyed,
      scopes: write,
      input: {
        email: opt(email('Address.')),
        name: opt(text('Name.', { maxLength: 256 })),
        metadata: opt(
          object('Up to 50 values of your own, by name.', {
            additionalProperties: { type: 'string', maxLength: 500 },
          }),
        ),
      },
      compose: ({ metadata }) => ({
        extra: Object.fromEntries(
          Object.entries((metadata as Record<string, string> | undefined) ?? {}).map(([name, value]) => [
            `metadata[${name}]`,
            value,
          ]),
        ),
      }),
      http: {
        method: 'POST',
        path: '/customers',
        body: { form: { ...same('email', 'name'), '...': '{extra}' } },
      },
    },
    {
      name: 'stripe_list_payments',
      title: 'List payments',
      description: 'Lists payments with their amounts and states, newest first.',
      risk: 'read',
      scopes: read,
      input: { customer, created_since: since, ...paging },
      http: {
        method: 'GET',
        path: '/payment_intents',
        query: { 'created[gte]': '{created_since}', ...same('customer', 'limit', 'starting_after') },
      },
      pagination: byLastId,
    },
    {
      name: 'stripe_list_charges',
      title: 'List charges',
      description: 'Lists charges with their amounts, cards and refunds, newest first.',
      risk: 'read',
      scopes: read,
      input: { customer, created_since: since, ...paging },
      http: {
        method: 'GET',
        path: '/charges',
        query: { 'created[gte]': '{created_since}', ...same('customer', 'limit', 'starting_after') },
      },
      pagination: byLastId,
    },
    {
      name: 'stripe_refund',
      title: 'Refund a payment',
      description: 'Pays a payment back, whole or in part.',
      risk: 'destructive',
      ...keyed,
      scopes: write,
      input: {
        payment_intent: id('pi', 'Id of the payment, pi_...'),
        amount: opt(integer('In the smallest unit of the currency; absent: all of it.', { minimum: 1 })),
        reason: opt(choice('Why.', ['duplicate', 'fraudulent', 'requested_by_customer'])),
      },
      http: { method: 'POST', path: '/refunds', body: { form: same('payment_intent', 'amount', 'reason') } },
    },
    {
      name: 'stripe_list_subscriptions',
      title: 'List subscriptions',
      description: 'Lists subscriptions by customer, price or state.',
      risk: 'read',
      scopes: read,
      input: {
        customer,
        price: opt(id('price', 'Only with this price, price_...')),
        status: opt(
          choice('Only in this state; absent: all that are not canceled.', [
            'active',
            'past_due',
            'unpaid',
            'canceled',
            'incomplete',
            'trialing',
            'paused',
            'all',
          ]),
        ),
        ...paging,
      },
      http: {
        method: 'GET',
        path: '/subscriptions',
        query: same('customer', 'price', 'status', 'limit', 'starting_after'),
      },
      pagination: byLastId,
    },
    {
      name: 'stripe_cancel_subscription',
      title: 'Cancel a subscription',
      description: 'Ends a subscription now; it cannot be taken up again.',
      risk: 'destructive',
      scopes: write,
      input: { id: id('sub', 'Id of the subscription, sub_...') },
      http: { method: 'DELETE', path: '/subscriptions/{id}' },
    },
    {
      name: 'stripe_list_invoices',
      title: 'List invoices',
      description: 'Lists invoices by customer or state, newest first.',
      risk: 'read',
      scopes: read,
      input: {
        customer,
        status: opt(choice('Only in this state.', ['draft', 'open', 'paid', 'uncollectible', 'void'])),
        ...paging,
      },
      http: {
        method: 'GET',
        path: '/invoices',
        query: same('customer', 'status', 'limit', 'starting_after'),
      },
      pagination: byLastId,
    },
    {
      name: 'stripe_balance',
      title: 'Read the balance',
      description: 'Tells what is available and what is pending, by currency.',
      risk: 'read',
      scopes: read,
      http: { method: 'GET', path: '/balance' },
    },
  ],
})
