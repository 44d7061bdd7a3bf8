import { defineProvider } from '../define.ts'
import { readStripeAccount, signedByStripe, stripeApi, stripeEvents } from '../families/stripe.ts'

export default defineProvider({
  id: 'stripe',
  name: 'Stripe',
  category: 'Finance & Billing',
  summary: 'Look up customers, payments, invoices and subscriptions, and refund payments.',
  aliases: ['payments', 'billing', 'invoices', 'subscriptions'],
  family: 'stripe',
  hosts: ['api.stripe.com', 'files.stripe.com'],
  callback: 'none',
  env: { extra: { STRIPE_SECRET_KEY: 'One key for the whole hub, instead of a key for each connection.' } },
  auth: [
    {
      kind: 'api_key',
      label: 'Secret or restricted key',
      fields: [
        {
          name: 'apiKey',
          label: 'Secret key',
          pattern: '^(?:sk|rk)_(?:test|live)_[A-Za-z0-9]{10,250}$',
          example: 'rk_live_51AbCdEf...',
          required: true,
          secret: true,
          help: 'Restricted keys (rk_) are the better choice: they reach only what you allow.',
          mismatch:
            'A secret key begins with sk_test_ or sk_live_, a restricted key with rk_test_ or rk_live_. Keys that begin with pk_ are publishable: they are made for browsers and cannot read your account.',
          normalise: (typed) => typed.replaceAll(/\s/g, ''),
          derive: (key) => ({
            mode: key.includes('_test_') ? 'test' : 'live',
            key_type: key.startsWith('rk_') ? 'restricted' : 'secret',
          }),
        },
      ],
      authorization: { scheme: 'bearer' },
      env: { apiKey: 'STRIPE_SECRET_KEY' },
      instructions: [
        'Open https://dashboard.stripe.com/apikeys. Switch to a sandbox (test mode) first if that is what you want to connect.',
        'Choose Create restricted key, for use by another service.',
        'Give it read access to Accounts, Balance, Customers, Charges, PaymentIntents, Invoices and Subscriptions; write access to Refunds, Subscriptions, Customers and Webhook Endpoints where they are wanted.',
        'Copy the key and paste it here. Stripe shows a live key once.',
      ],
    },
  ],
  permissions_note:
    'Stripe has no scopes. A secret key (sk_) can do everything; a restricted key (rk_) what was chosen when it was made.',
  api: stripeApi,
  verify: { url: '/account' },
  account: readStripeAccount,
  test_calls: [
    { label: 'Account', method: 'GET', path: '/account' },
    { label: 'Balance', method: 'GET', path: '/balance' },
    { label: 'Customers', method: 'GET', path: '/customers?limit=10' },
    { label: 'Subscriptions', method: 'GET', path: '/subscriptions?limit=10' },
  ],
  setup: {
    console_url: 'https://dashboard.stripe.com/apikeys',
    prerequisites: ['A Stripe account, and the role of administrator or developer in it.'],
    steps: [
      'Nothing has to be registered: each connection brings its own key.',
      'Open https://dashboard.stripe.com/apikeys and create a restricted key with the permissions named in the connect form.',
      'Choose Connect and paste the key. Whether it is a live or a test key is read from the key and shown.',
      'To use one key for the whole hub, set STRIPE_SECRET_KEY instead.',
    ],
    notes: [
      'Publishable keys (pk_) are refused.',
      'A restricted key needs read access to Accounts: without it the account cannot be named.',
      'Limits: 100 calls a second with a live key, 25 with a test key.',
    ],
    revoke: {
      url: 'https://dashboard.stripe.com/apikeys',
      steps: [
        'Open Developers, API keys.',
        'Choose the menu beside the key, and Delete key (restricted) or Roll key (secret).',
        'Choose Now as expiry, and confirm.',
      ],
    },
  },
  webhooks: {
    mode: 'automatic',
    events: stripeEvents,
    signature: signedByStripe('subscription'),
    note: 'The hub makes a webhook endpoint with the key, and Stripe tells its secret in that answer only. A restricted key needs write access to Webhook Endpoints. An account has 16 endpoints at most in each mode. Stripe repeats a delivery for up to three days; its id is that of the event.',
  },
  no_resources: 'The connection is bound to one Stripe account: there is nothing in it to choose from.',
  sources: [
    "Stripe's own client stripe 23.1.0, driven against the sandbox's stand-in in the test suite",
    "Stripe's public documentation of keys, accounts and webhooks, read in November 2026",
  ],
  checked: '2026-11-21',
  doubts: [
    'A restricted key may lack the permission for /account, which leaves the account unnamed.',
    'Webhooks are made after the key is verified, not during a redirect as one of the guides has it.',
  ],
})
