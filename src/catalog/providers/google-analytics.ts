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

export default defineProvider({
  ...google,
  id: 'google-analytics',
  name: 'Google Analytics',
  category: 'Analytics',
  summary: 'List the Analytics properties that one Google account can see, and run reports on them.',
  aliases: ['ga4', 'analytics', 'web analytics', 'reports'],
  hosts: googleHosts('analyticsdata.googleapis.com', 'analyticsadmin.googleapis.com'),
  callback: 'universal',
  env: { client_id: 'GOOGLE_CLIENT_ID', client_secret: 'GOOGLE_CLIENT_SECRET' },
  scopes: describeScopes('analytics.readonly'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What the guide for automation lists, and the identity of the account.',
      scopes: withIdentity('analytics.readonly'),
    },
    automation: asListed('As listed by the guide for automation.', 'analytics.readonly'),
  },
  api: {
    base_url: 'https://analyticsdata.googleapis.com/v1beta',
    bases: { admin: 'https://analyticsadmin.googleapis.com/v1beta' },
    errors: googleErrors(),
  },
  capabilities: [
    {
      id: 'accounts',
      label: 'Analytics accounts',
      request: { url: 'https://analyticsadmin.googleapis.com/v1beta/accountSummaries?pageSize=50' },
      read: ({ status, body }) => {
        if (status !== 200) return undefined
        const found = at(body, 'accountSummaries')
        const count = Array.isArray(found) ? found.length : 0
        return {
          value: String(count),
          ...(count === 0 && {
            warning: 'This Google account can see no Analytics account. Ask for the role of Viewer in one.',
          }),
        }
      },
    },
  ],
  test_calls: [
    {
      label: 'Accounts and properties',
      method: 'GET',
      base: 'admin',
      path: '/accountSummaries?pageSize=50',
    },
    // Property 0 stands for what all properties have.
    { label: 'Dimensions and metrics', method: 'GET', path: '/properties/0/metadata' },
  ],
  setup: googleSetup({
    apis: 'the Google Analytics Admin API and the Google Analytics Data API',
    prerequisites: ['The role of Viewer in an Analytics account or property.'],
    notes: [
      'A report is run with POST /properties/{number}/runReport; the numbers are in the list of accounts and properties.',
      'Universal Analytics is gone: only properties of Google Analytics 4 are found.',
    ],
  }),
  webhooks: { mode: 'none', note: 'Analytics has no notifications.' },
  resources: [
    {
      id: 'property',
      one: 'property',
      many: 'properties',
      hint: 'Select the properties of the sites that belong to the work.',
      lists: [
        {
          needs: ['https://www.googleapis.com/auth/analytics.readonly'],
          request: { url: 'https://analyticsadmin.googleapis.com/v1beta/accountSummaries' },
          readItems: ({ body }) => readProperties(body),
          pages: {
            by: 'cursor',
            at: 'nextPageToken',
            parameter: 'pageToken',
            size: { parameter: 'pageSize', value: 200 },
          },
          fields: { id: 'property', name: 'displayName', description: 'account' },
        },
      ],
    },
  ],
  sources: [
    '@googleapis/analyticsadmin 17 and analyticsdata 10 (npm), Google’s own client: the stand-in answers it (accounts, metadata and reports); November 2026.',
    "Google's public reference of the Analytics Admin and Data APIs; read November 2026.",
  ],
  doubts: [...googleDoubts],
})

/** Properties stand inside the summary of their account. */
function readProperties(body: Json | undefined): Json[] {
  const accounts = at(body, 'accountSummaries')
  return (Array.isArray(accounts) ? accounts : []).flatMap((account) => {
    const properties = at(account, 'propertySummaries')
    return (Array.isArray(properties) ? properties : []).map((property) => ({
      property: at(property, 'property') ?? null,
      displayName: at(property, 'displayName') ?? null,
      account: at(account, 'displayName') ?? null,
    }))
  })
}
