import { defineProvider } from '../define.ts'
import { readStripeAccount, signedByStripe, stripeApi, stripeEvents } from '../families/stripe.ts'

export default defineProvider({
  id: 'stripe-connect',
  name: 'Stripe Connect',
  category: 'Finance & Billing',
  summary: "Read customers, payments, invoices and subscriptions of other people's Stripe accounts.",
  aliases: ['payments', 'billing', 'platform', 'agency'],
  family: 'stripe',
  hosts: ['api.stripe.com', 'files.stripe.com', 'connect.stripe.com'],
  callback: 'universal',
  env: {
    client_id: 'STRIPE_CLIENT_ID',
    client_secret: 'STRIPE_CLIENT_SECRET',
    extra: {
      STRIPE_CONNECT_WEBHOOK_SECRET: 'Checks the signature of the events of connected accounts.',
    },
  },
  parameters: [
    {
      name: 'stripeUserId',
      label: 'Account id',
      pattern: '^acct_[A-Za-z0-9]{8,64}$',
      example: 'acct_1PAbCdEfGhIjKlMn',
      asked: false,
    },
    {
      name: 'publishableKey',
      label: 'Publishable key',
      pattern: '^pk_(?:test|live)_[A-Za-z0-9]{10,250}$',
      example: 'pk_live_51PAbCdEfGhIjKlMn',
      derive: (key) => ({ mode: key.startsWith('pk_test_') ? 'test' : 'live' }),
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      label: 'Connect with Stripe',
      authorization_endpoint: 'https://connect.stripe.com/oauth/authorize',
      token_endpoint: 'https://connect.stripe.com/oauth/token',
      token_endpoint_auth_method: 'client_secret_post',
      pkce: { off: 'Stripe Connect ignores a challenge; checked 2026-11.' },
      parameters_from: {
        stripeUserId: 'token.stripe_user_id',
        publishableKey: 'token.stripe_publishable_key',
      },
      refresh: {
        rotates: 'never',
        dead: ['invalid_grant'],
        note: 'Access tokens do not expire until the account is disconnected. The refresh token makes a new one, which is tried where Stripe refuses the old.',
      },
      code_lifetime: 300,
    },
  ],
  scopes: {
    read_only: { why: 'Reads everything in the account.', access: 'read' },
    read_write: {
      why: 'Reads everything in the account, and makes charges, refunds and changes.',
      access: 'write',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Reads and changes nothing. Stripe grants it to apps registered as extensions only.',
      scopes: ['read_only'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['read_only'],
    },
    platform: {
      label: 'Platform',
      note: 'For apps registered as platforms: Stripe refuses read_only to them.',
      scopes: ['read_write'],
    },
  },
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
    console_url: 'https://dashboard.stripe.com/settings/connect/onboarding-options/oauth',
    prerequisites: [
      'A Stripe account with Connect, and the role of administrator in it.',
      'Whoever connects is an administrator of the other account.',
    ],
    steps: [
      'Open https://dashboard.stripe.com/settings/connect/onboarding-options/oauth and switch OAuth on.',
      'Under Redirects add the redirect URI shown on this page. Live mode wants https.',
      'Copy the client id of the mode you want (it begins with ca_).',
      'Open https://dashboard.stripe.com/apikeys and copy the secret key of the same mode (it begins with sk_): it is the client secret here.',
      'Set STRIPE_CLIENT_ID to the client id and STRIPE_CLIENT_SECRET to the secret key.',
    ],
    notes: [
      'Only apps that Stripe registered as extensions may ask for read_only. For a platform pick the set Platform: it asks for read_write, and reaches no account that another platform controls.',
      'Stripe no longer recommends OAuth for new platforms. Whoever connects accounts of their own only is better served by Stripe with a restricted key.',
      "The secret key of the platform is as good as its owner: keep it in the hub's vault.",
      'Test and live mode have client ids and keys of their own. Which one a connection uses is shown with it.',
      'Limits: 100 calls a second in live mode, 25 in test mode.',
    ],
    revoke: {
      url: 'https://dashboard.stripe.com/settings/applications',
      steps: [
        'In the connected Stripe account open Settings, Team and security, Installed apps and extensions.',
        'Find the platform by its name.',
        'Choose Disconnect, and confirm.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    request: {
      method: 'POST',
      url: 'https://connect.stripe.com/oauth/deauthorize',
      form: { client_id: '{client_id}', stripe_user_id: '{stripeUserId}' },
      authorization: 'client_secret',
    },
  },
  webhooks: {
    mode: 'app_level',
    events: [...stripeEvents, 'account.application.deauthorized'],
    signature: signedByStripe('STRIPE_CONNECT_WEBHOOK_SECRET'),
    steps: [
      'Open https://dashboard.stripe.com/webhooks and choose Add destination.',
      'Choose events of Connected accounts, and tick the events listed on this page.',
      'Choose Webhook endpoint, and paste the address shown on this page.',
      'Copy the signing secret (it begins with whsec_), and set STRIPE_CONNECT_WEBHOOK_SECRET.',
    ],
    note: 'One address for all connected accounts: the member account of an event names the account. account.application.deauthorized tells of a disconnect at Stripe.',
  },
  no_resources: 'The connection is bound to one Stripe account: there is nothing in it to choose from.',
  sources: [
    "Stripe's own client stripe 23.1.0, driven against the sandbox's stand-in in the test suite",
    "Stripe's public reference of Connect OAuth and the page on its changes, read in November 2026",
  ],
  checked: '2026-11-21',
  doubts: [
    'Whether Stripe still registers new extensions was not found out; its successor is OAuth of Stripe Apps, with other endpoints.',
    'How Stripe words the refusal of an account that was disconnected before is not told apart from a wrong key, so such a disconnect is reported as failed.',
  ],
})
