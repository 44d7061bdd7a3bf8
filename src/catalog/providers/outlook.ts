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
  id: 'outlook',
  name: 'Outlook',
  category: 'Communication & Collaboration',
  summary: 'Search, read, draft, move and send the mail of one Microsoft account.',
  aliases: ['outlook mail', 'exchange', 'hotmail', 'office 365 mail', 'email', 'e-mail'],
  callback: 'universal',
  env: { client_id: 'MICROSOFT_CLIENT_ID', client_secret: 'MICROSOFT_CLIENT_SECRET' },
  scopes: describeScopes('Mail.ReadWrite', 'Mail.Send', 'Mail.Read'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Reading, drafting and sending: the lists of both guides together.',
      scopes: withSignIn('Mail.ReadWrite', 'Mail.Send'),
    },
    agent: asListed('Agent', 'As listed by the guide for agents.', 'Mail.Read', 'Mail.Send'),
    automation: asListed(
      'Automation',
      'As listed by the guide for automation; it cannot send.',
      'Mail.ReadWrite',
      'offline_access',
    ),
    read_only: {
      label: 'Read only',
      note: 'Reads mail and changes nothing.',
      scopes: withSignIn('Mail.Read'),
    },
  },
  api: graphApi(NO_MAILBOX),
  capabilities: [
    {
      id: 'mailbox',
      label: 'Mailbox',
      request: { url: '/me/mailFolders/inbox?$select=id' },
      read: ({ status }) =>
        status === 200
          ? { value: 'Available' }
          : status === 404
            ? {
                value: 'None',
                warning:
                  'Microsoft finds no mailbox in its cloud for this account: it has no licence for one, or the mailbox is kept on premises.',
              }
            : undefined,
    },
  ],
  test_calls: [
    {
      label: 'Newest messages',
      method: 'GET',
      path: '/me/messages?$select=subject,from,receivedDateTime&$top=10',
    },
    { label: 'Folders', method: 'GET', path: '/me/mailFolders?$top=20' },
    {
      label: 'Unread in the inbox',
      method: 'GET',
      path: '/me/mailFolders/inbox/messages?$filter=isRead%20eq%20false&$top=10',
    },
  ],
  setup: microsoftSetup({
    permissions: 'Mail.ReadWrite and Mail.Send',
    notes: [
      'Mail.ReadWrite does not include sending; that is Mail.Send, which the guide for automation leaves out.',
    ],
  }),
  webhooks: graphNotifications('messages', 'seven days'),
  no_resources: 'A mailbox is one person’s: a project shares nothing of it.',
  sources: [...microsoftSources],
  doubts: [...microsoftDoubts],
})
