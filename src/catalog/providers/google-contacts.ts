import { defineProvider } from '../define.ts'
import {
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
  id: 'google-contacts',
  name: 'Google Contacts',
  category: 'Communication & Collaboration',
  summary: 'Search, read and edit the contacts of one Google account.',
  aliases: ['people', 'address book'],
  hosts: googleHosts('people.googleapis.com'),
  callback: 'universal',
  env: { client_id: 'GOOGLE_CLIENT_ID', client_secret: 'GOOGLE_CLIENT_SECRET' },
  scopes: describeScopes('contacts', 'contacts.readonly'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The guides name the product and no scopes; this is what its tools need.',
      scopes: withIdentity('contacts'),
    },
    read_only: {
      label: 'Read only',
      note: 'Reads contacts and changes nothing.',
      scopes: withIdentity('contacts.readonly'),
    },
  },
  api: { base_url: 'https://people.googleapis.com', errors: googleErrors() },
  test_calls: [
    {
      label: 'Contacts',
      method: 'GET',
      path: '/v1/people/me/connections?personFields=names,emailAddresses&pageSize=10',
    },
    {
      label: 'Contacts named a',
      method: 'GET',
      path: '/v1/people:searchContacts?query=a&readMask=names,emailAddresses&pageSize=10',
    },
  ],
  setup: googleSetup({
    apis: 'the Google People API',
    notes: ['A search finds contacts only after one empty search has filled Google’s own cache.'],
  }),
  webhooks: {
    mode: 'none',
    note: 'The People API has no notifications; changes are read with a sync token.',
  },
  no_resources: 'An address book is one person’s: a project shares nothing of it.',
  sources: [
    '@googleapis/people 12 (npm), Google’s own client: the stand-in answers it (listing, searching and adding contacts); November 2026.',
    "Google's public reference of the People API; read November 2026.",
  ],
  doubts: [
    'No guide names a callback or variables for this entry; it follows its siblings.',
    ...googleDoubts,
  ],
})
