import { at, defineProvider, type Json } from '../define.ts'
import {
  asListed,
  describeScopes,
  google,
  googleDoubts,
  googleErrors,
  googleHosts,
  googleSetup,
  withIdentity,
} from '../families/google.ts'

const AUTHENTICATION = 'error.details.0.errors.0.errorCode.authenticationError'

export default defineProvider({
  ...google,
  id: 'google-ads',
  name: 'Google Ads',
  category: 'Marketing & Advertising',
  summary: 'List the Google Ads accounts that one Google account can reach, and query campaigns and results.',
  aliases: ['adwords', 'ppc', 'campaigns', 'advertising'],
  hosts: googleHosts('googleads.googleapis.com'),
  callback: 'universal',
  env: {
    client_id: 'GOOGLE_CLIENT_ID',
    client_secret: 'GOOGLE_CLIENT_SECRET',
    extra: {
      GOOGLE_ADS_DEVELOPER_TOKEN:
        'The developer token from the API Center of a Google Ads manager account; Google wants it on every call.',
    },
  },
  parameters: [
    {
      name: 'loginCustomerId',
      label: 'Manager account',
      pattern: '^[0-9]{10}$',
      example: '1234567890',
      help: 'Customer ID of the manager account through which the others are reached. Leave it empty where the account is reached directly.',
      mismatch: 'A customer ID has ten digits: 123-456-7890.',
      normalise: (typed) => typed.replaceAll(/[\s-]/g, ''),
    },
    {
      name: 'apiVersion',
      label: 'Version of the Google Ads API',
      pattern: '^v[0-9]{2}$',
      example: 'v26',
      default: 'v26',
      help: 'A version lives for about a year. v26 came in October 2026.',
      asked: 'operator',
    },
  ],
  scopes: describeScopes('adwords'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What the guide for automation lists, and the identity of the account.',
      scopes: withIdentity('adwords'),
    },
    automation: asListed('As listed by the guide for automation.', 'adwords'),
  },
  api: {
    base_url: 'https://googleads.googleapis.com/{apiVersion}',
    headers: {
      'developer-token': '{GOOGLE_ADS_DEVELOPER_TOKEN}',
      'login-customer-id': '{loginCustomerId}',
    },
    // A 401 that is no dead token: https://developers.google.com/google-ads/api/reference/rpc/v26/AuthenticationErrorEnum.AuthenticationError
    errors: googleErrors({
      forbidden: [
        {
          status: 401,
          at: AUTHENTICATION,
          equals: [
            'DEVELOPER_TOKEN_INVALID',
            'TWO_STEP_VERIFICATION_NOT_ENROLLED',
            'ADVANCED_PROTECTION_NOT_ENROLLED',
            'ORGANIZATION_NOT_RECOGNIZED',
            'ORGANIZATION_NOT_APPROVED',
            'ORGANIZATION_NOT_ASSOCIATED_WITH_DEVELOPER_TOKEN',
            'CLIENT_CUSTOMER_ID_INVALID',
            'CUSTOMER_NOT_FOUND',
          ],
        },
      ],
      not_available: [{ status: 401, at: AUTHENTICATION, equals: 'NOT_ADS_USER' }],
    }),
  },
  capabilities: [
    {
      id: 'accounts',
      label: 'Google Ads accounts',
      request: { url: '/customers:listAccessibleCustomers' },
      read: ({ status, body }) => {
        if (at(body, AUTHENTICATION) === 'NOT_ADS_USER')
          return { value: '0', warning: 'This Google account belongs to no Google Ads account.' }
        if (status !== 200) return undefined
        const found = at(body, 'resourceNames')
        return { value: String(Array.isArray(found) ? found.length : 0) }
      },
    },
  ],
  test_calls: [
    { label: 'Accounts that can be reached', method: 'GET', path: '/customers:listAccessibleCustomers' },
    { label: 'What can be asked of a campaign', method: 'GET', path: '/googleAdsFields/campaign' },
  ],
  setup: googleSetup({
    apis: 'the Google Ads API',
    prerequisites: ['A Google Ads manager account, whose API Center gives out the developer token.'],
    steps: [
      'In the manager account open Admin, API Center (https://ads.google.com/aw/apicenter), accept the terms and copy the developer token. With test access it reaches test accounts only: apply for basic access there.',
    ],
    variables: 'Set GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_ADS_DEVELOPER_TOKEN.',
    notes: [
      'Campaigns and results are queried with POST /customers/{customer}/googleAds:search and a query in the body, {"query": "SELECT campaign.name FROM campaign"}. The customer is written in digits only.',
      'USER_PERMISSION_DENIED for an account below a manager account means that the manager account is missing: connect again and fill it in.',
      'DEVELOPER_TOKEN_NOT_APPROVED means that the token has test access only.',
      'The API version is set once for the hub; Google ends each version about a year after it came.',
    ],
  }),
  webhooks: { mode: 'none', note: 'Google Ads has no notifications.' },
  resources: [
    {
      id: 'customer',
      one: 'customer account',
      many: 'customer accounts',
      hint: 'Select the accounts whose campaigns count. Google tells their numbers here, not their names.',
      lists: [
        {
          needs: ['https://www.googleapis.com/auth/adwords'],
          request: { url: '/customers:listAccessibleCustomers' },
          readItems: ({ body }) => readCustomers(body),
          fields: { id: 'id', name: 'name' },
        },
      ],
    },
  ],
  sources: [
    "Google's public reference of the Google Ads API, its release notes (v26 of 14 October 2026) and lists of errors; read November 2026.",
  ],
  doubts: [
    'The guide names no variable for the developer token; GOOGLE_ADS_DEVELOPER_TOKEN is the name its prefix suggests.',
    ...googleDoubts,
  ],
})

/** Accounts are listed by their resource names alone: `customers/1234567890`. */
function readCustomers(body: Json | undefined): Json[] {
  const names = at(body, 'resourceNames')
  return (Array.isArray(names) ? names : []).flatMap((id) =>
    typeof id === 'string' ? [{ id, name: id.replace('customers/', 'Customer ') }] : [],
  )
}
