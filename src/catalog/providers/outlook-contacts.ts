import { defineProvider } from '../define.ts'
import {
  asListed,
  describeScopes,
  graphApi,
  graphNotifications,
  microsoft,
  microsoftDoubts,
  microsoftSetup,
  microsoftSources,
  NO_MAILBOX,
  withSignIn,
} from '../families/microsoft.ts'

export default defineProvider({
  ...microsoft('common'),
  id: 'outlook-contacts',
  name: 'Outlook Contacts',
  category: 'Communication & Collaboration',
  summary: 'Search, read and edit the contacts of one Microsoft account.',
  aliases: ['people', 'address book', 'exchange contacts'],
  callback: 'universal',
  env: { client_id: 'MICROSOFT_CLIENT_ID', client_secret: 'MICROSOFT_CLIENT_SECRET' },
  scopes: describeScopes('Contacts.ReadWrite', 'Contacts.Read'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Reading and editing; Contacts.ReadWrite includes Contacts.Read.',
      scopes: withSignIn('Contacts.ReadWrite'),
    },
    agent: asListed('Agent', 'As listed by the guide for agents.', 'Contacts.Read', 'Contacts.ReadWrite'),
    read_only: {
      label: 'Read only',
      note: 'Reads contacts and changes nothing.',
      scopes: withSignIn('Contacts.Read'),
    },
  },
  api: graphApi(NO_MAILBOX),
  test_calls: [
    {
      label: 'Contacts',
      method: 'GET',
      path: '/me/contacts?$select=displayName,emailAddresses,companyName&$top=10',
    },
    { label: 'Folders', method: 'GET', path: '/me/contactFolders?$top=10' },
  ],
  setup: microsoftSetup({ permissions: 'Contacts.ReadWrite' }),
  webhooks: graphNotifications('contacts', 'seven days'),
  no_resources: 'An address book is one person’s: a project shares nothing of it.',
  sources: [...microsoftSources],
  doubts: [
    'No guide names a callback or variables for this entry; it follows its siblings.',
    ...microsoftDoubts,
  ],
})
