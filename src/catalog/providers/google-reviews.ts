import { at, defineProvider } from '../define.ts'
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

const ACCOUNTS = 'https://mybusinessaccountmanagement.googleapis.com/v1'

export default defineProvider({
  ...google,
  id: 'google-reviews',
  name: 'Google Reviews (Business Profile)',
  category: 'Marketing & Advertising',
  summary: 'Read the reviews of the Business Profiles that one Google account manages, and answer them.',
  aliases: ['google my business', 'business profile', 'gmb', 'reviews', 'google maps'],
  hosts: googleHosts(
    'mybusiness.googleapis.com',
    'mybusinessaccountmanagement.googleapis.com',
    'mybusinessbusinessinformation.googleapis.com',
  ),
  callback: 'universal',
  env: { client_id: 'GOOGLE_CLIENT_ID', client_secret: 'GOOGLE_CLIENT_SECRET' },
  scopes: describeScopes('business.manage'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What the guide for automation lists, and the identity of the account.',
      scopes: withIdentity('business.manage'),
    },
    automation: asListed('As listed by the guide for automation.', 'business.manage'),
  },
  api: {
    // Reviews are served by the old API alone; accounts and locations have moved to APIs of their own.
    base_url: 'https://mybusiness.googleapis.com/v4',
    bases: { accounts: ACCOUNTS, locations: 'https://mybusinessbusinessinformation.googleapis.com/v1' },
    errors: googleErrors(),
  },
  capabilities: [
    {
      id: 'accounts',
      label: 'Business Profile accounts',
      request: { url: `${ACCOUNTS}/accounts` },
      read: ({ status, body }) => {
        if (status === 429)
          return {
            value: 'No quota',
            warning:
              'Google gives a project no calls to the Business Profile APIs until it has approved it: ask for access with the form named in the set-up.',
          }
        if (status !== 200) return undefined
        const found = at(body, 'accounts')
        const count = Array.isArray(found) ? found.length : 0
        return {
          value: String(count),
          ...(count === 0 && { warning: 'This Google account manages no Business Profile.' }),
        }
      },
    },
  ],
  test_calls: [
    { label: 'Accounts', method: 'GET', base: 'accounts', path: '/accounts' },
    {
      label: 'Locations',
      method: 'GET',
      base: 'locations',
      path: '/accounts/-/locations?readMask=name,title,metadata&pageSize=10',
    },
  ],
  setup: googleSetup({
    apis: 'the Google My Business API, the My Business Account Management API and the My Business Business Information API',
    prerequisites: [
      'A verified Business Profile that is at least 60 days old, and the role of owner or manager in it.',
      'The approval of Google: until then the quota of the project is 0 calls a minute.',
    ],
    steps: [
      'Ask for access to the Business Profile APIs with the form at https://developers.google.com/my-business/content/prereqs, and wait for the answer (days to weeks). The quota page of the APIs then shows 300 calls a minute.',
    ],
    notes: [
      'Reviews of a location: GET /accounts/{account}/locations/{location}/reviews of the base; its answer is written with PUT on {review}/reply. Account and location come from the two lists.',
      'An answer with status 429 on the very first call means that the project is not approved yet.',
    ],
  }),
  webhooks: {
    mode: 'none',
    note: 'The guides call it on demand. Google can notify a Pub/Sub topic of new reviews (My Business Notifications API).',
  },
  resources: [
    {
      id: 'location',
      one: 'location',
      many: 'locations',
      hint: 'Select the places whose reviews count.',
      lists: [
        {
          needs: ['https://www.googleapis.com/auth/business.manage'],
          request: {
            url: 'https://mybusinessbusinessinformation.googleapis.com/v1/accounts/-/locations?readMask=name,title,metadata',
          },
          items: 'locations',
          sparse: true,
          pages: {
            by: 'cursor',
            at: 'nextPageToken',
            parameter: 'pageToken',
            size: { parameter: 'pageSize', value: 100 },
          },
          fields: { id: 'name', name: 'title', url: 'metadata.mapsUri' },
        },
      ],
    },
  ],
  sources: [
    '@googleapis/mybusinessaccountmanagement 13 and mybusinessbusinessinformation 13 (npm), Google’s own client: the stand-in answers it (accounts and locations; reviews have no client); November 2026.',
    "Google's public reference of the Business Profile APIs; read November 2026.",
  ],
  doubts: [
    'The API of reviews is the last of version 4; Google has announced no end and no successor for it.',
    ...googleDoubts,
  ],
})
