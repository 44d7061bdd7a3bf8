import { at, defineProvider } from '../define.ts'
import {
  describeScopes,
  google,
  googleDoubts,
  googleErrors,
  googleHosts,
  googleScope,
  googleSetup,
  withIdentity,
} from '../families/google.ts'

/** Chat answers so, with a 404, while the project has the API but no Chat app. */
const NO_CHAT_APP =
  'Google Chat app not found. To create a Chat app, you must turn on the Chat API and configure the app in the Google Cloud console.'

export default defineProvider({
  ...google,
  id: 'google-chat',
  name: 'Google Chat',
  category: 'Communication & Collaboration',
  summary: 'List the spaces of one Google Workspace account, and read and post messages as the person.',
  aliases: ['gchat', 'hangouts', 'spaces', 'messages'],
  hosts: googleHosts('chat.googleapis.com'),
  callback: 'universal',
  env: {
    client_id: 'GOOGLE_CHAT_CLIENT_ID',
    client_secret: 'GOOGLE_CHAT_CLIENT_SECRET',
    fallback: [{ client_id: 'GOOGLE_CLIENT_ID', client_secret: 'GOOGLE_CLIENT_SECRET' }],
  },
  scopes: describeScopes('chat.spaces.readonly', 'chat.messages', 'chat.messages.readonly'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What the guide for automation lists, and the identity of the account.',
      scopes: withIdentity('chat.spaces.readonly', 'chat.messages'),
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: withIdentity('chat.spaces.readonly', 'chat.messages'),
      documented: {
        scopes: ['chat.spaces.readonly', 'chat.messages'],
        reason: `Google knows scopes by their full names (${googleScope('chat.messages')}), and without openid, email and profile the hub cannot tell which account was connected.`,
      },
    },
    read_only: {
      label: 'Read only',
      note: 'Reads spaces and messages and posts nothing.',
      scopes: withIdentity('chat.spaces.readonly', 'chat.messages.readonly'),
    },
  },
  api: {
    base_url: 'https://chat.googleapis.com',
    errors: googleErrors({ not_available: [{ status: 404, at: 'error.message', equals: NO_CHAT_APP }] }),
  },
  capabilities: [
    {
      id: 'chat',
      label: 'Chat',
      request: { url: '/v1/spaces?pageSize=1' },
      read: ({ status, body }) => {
        if (status === 200) return { value: 'Available' }
        if (status === 404 && at(body, 'error.message') === NO_CHAT_APP)
          return {
            value: 'No Chat app',
            warning:
              'The Cloud project has no Chat app yet. Open the Google Chat API in the Cloud console, Configuration, and fill in name, avatar and description.',
          }
        if (status === 403)
          return {
            value: 'Refused',
            warning:
              'Google Chat refuses this account. It takes Workspace accounts whose administrator has switched Chat on; personal accounts cannot use it.',
          }
        return undefined
      },
    },
  ],
  test_calls: [
    { label: 'Spaces', method: 'GET', path: '/v1/spaces?pageSize=10' },
    {
      label: 'Direct messages',
      method: 'GET',
      path: '/v1/spaces?pageSize=10&filter=spaceType%20%3D%20%22DIRECT_MESSAGE%22',
    },
  ],
  setup: googleSetup({
    apis: 'the Google Chat API',
    prerequisites: ['A Google Workspace account: Google Chat has no API for personal accounts.'],
    steps: [
      'Open the Google Chat API, Configuration, and fill in an app name, an avatar and a description. The project needs a configured Chat app even where only people sign in; interactive features may stay off.',
    ],
    variables:
      'Set GOOGLE_CHAT_CLIENT_ID and GOOGLE_CHAT_CLIENT_SECRET. Where they are absent, GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET are used.',
    notes: [
      'The guide names the scopes without https://www.googleapis.com/auth/; Google takes them with it only.',
      'Messages are posted as the person who connected, marked with the name of the Chat app.',
    ],
  }),
  webhooks: {
    mode: 'none',
    note: 'The guides call Chat on demand. Google can send its events to a Pub/Sub topic (Workspace Events API) or to a Chat app of your own.',
  },
  resources: [
    {
      id: 'space',
      one: 'space',
      many: 'spaces',
      hint: 'Select the spaces that belong to the work; direct messages are never listed.',
      lists: [
        {
          needs: [
            [
              'https://www.googleapis.com/auth/chat.spaces.readonly',
              'https://www.googleapis.com/auth/chat.spaces',
            ],
          ],
          request: { url: '/v1/spaces' },
          items: 'spaces',
          sparse: true,
          pages: {
            by: 'cursor',
            at: 'nextPageToken',
            parameter: 'pageToken',
            size: { parameter: 'pageSize', value: 1000 },
          },
          only: { at: 'spaceType', equals: ['SPACE', 'GROUP_CHAT'] },
          fields: { id: 'name', name: ['displayName', 'name'] },
        },
      ],
    },
  ],
  sources: [
    '@googleapis/chat 51 (npm), Google’s own client: the stand-in answers it (spaces and messages); November 2026.',
    "Google's public reference of the Chat API, and reports of what it answers without a Chat app; read November 2026.",
  ],
  doubts: [
    'What Chat answers to a personal account was not seen; any 403 is shown as refused.',
    'The guide gives Chat variables of its own although its client is an ordinary Google client. With a client of another project its grant is its own; with a second client of the same project Google ends both together, which the hub cannot see.',
    ...googleDoubts,
  ],
})
