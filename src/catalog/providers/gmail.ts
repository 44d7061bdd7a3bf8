import { defineProvider } from '../define.ts'
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
  id: 'gmail',
  name: 'Gmail',
  category: 'Communication & Collaboration',
  summary: 'Search, read, label, draft and send the mail of one Google account.',
  aliases: ['google mail', 'email', 'e-mail', 'inbox'],
  hosts: googleHosts('gmail.googleapis.com'),
  callback: 'universal',
  env: { client_id: 'GOOGLE_CLIENT_ID', client_secret: 'GOOGLE_CLIENT_SECRET' },
  scopes: describeScopes('gmail.modify', 'gmail.readonly'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What the guide for automation lists, and the identity of the account.',
      scopes: withIdentity('gmail.modify'),
    },
    automation: asListed('As listed by the guide for automation.', 'gmail.modify'),
    read_only: {
      label: 'Read only',
      note: 'Reads mail and changes nothing.',
      scopes: withIdentity('gmail.readonly'),
    },
  },
  api: {
    base_url: 'https://gmail.googleapis.com',
    // A Workspace account for which Gmail is switched off.
    errors: googleErrors({
      not_available: [{ status: 400, at: 'error.message', equals: 'Mail service not enabled' }],
    }),
  },
  test_calls: [
    { label: 'Mailbox', method: 'GET', path: '/gmail/v1/users/me/profile' },
    { label: 'Newest messages', method: 'GET', path: '/gmail/v1/users/me/messages?maxResults=10' },
    { label: 'Unread mail', method: 'GET', path: '/gmail/v1/users/me/messages?q=is:unread&maxResults=10' },
    { label: 'Labels', method: 'GET', path: '/gmail/v1/users/me/labels' },
  ],
  setup: googleSetup({
    apis: 'the Gmail API',
    notes: [
      'gmail.modify and gmail.readonly are restricted scopes: a public app needs the verification of Google and a yearly security assessment.',
    ],
  }),
  webhooks: {
    mode: 'none',
    note: 'The guides call Gmail on demand. Gmail itself can notify a Pub/Sub topic of your own (users.watch), to be renewed at least every seven days.',
  },
  no_resources: 'A mailbox is one person’s: a project shares nothing of it.',
  sources: [
    '@googleapis/gmail 22 (npm), Google’s own client: the stand-in answers it (messages, labels, sending, refresh and revocation); November 2026.',
    'emulate 0.12 (npm): messages, labels, drafts and sending answer in the same shape; compared November 2026.',
    "Google's public reference of the Gmail API; read November 2026.",
  ],
  doubts: [...googleDoubts],
})
