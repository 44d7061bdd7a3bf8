import { defineProvider, type JsonObject, readText } from '../define.ts'

export default defineProvider({
  id: 'google',
  name: 'Google Workspace',
  category: 'Productivity suites',
  summary: 'Gmail, Calendar, Contacts and Drive of one Google account, in one connection.',
  aliases: ['gsuite', 'g suite', 'gmail', 'calendar', 'drive', 'contacts', 'google docs'],
  family: 'google',
  hosts: [
    'www.googleapis.com',
    'gmail.googleapis.com',
    'people.googleapis.com',
    'openidconnect.googleapis.com',
    'oauth2.googleapis.com',
  ],
  callback: 'native',
  env: { client_id: 'GOOGLE_CLIENT_ID', client_secret: 'GOOGLE_CLIENT_SECRET' },
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with Google',
      authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
      token_endpoint: 'https://oauth2.googleapis.com/token',
      token_endpoint_auth_method: 'client_secret_post',
      authorization_params: {
        access_type: 'offline',
        // A refresh token comes on the first consent only, unless the consent page is asked for each time.
        prompt: 'consent',
        // Merged grants would make one revocation end several connections.
        include_granted_scopes: 'false',
      },
      normaliseTokenAnswer: readShortNames,
      refresh: {
        rotates: 'never',
        dead: ['invalid_grant'],
        note: 'The refresh token stays; it dies after six months without use, on revocation, on a password change where Gmail is granted, beyond 100 per account and client, and after seven days while the consent screen is in testing.',
      },
    },
  ],
  scopes: {
    openid: { why: 'Tells which Google account is connected.', access: 'read' },
    email: { why: 'Reads the e-mail address, to show which account is connected.', access: 'read' },
    profile: { why: 'Reads the name and picture, to show which account is connected.', access: 'read' },
    'https://www.googleapis.com/auth/gmail.modify': {
      why: 'Reads, sends, drafts and labels mail; it cannot delete mail for good.',
      access: 'write',
    },
    'https://www.googleapis.com/auth/gmail.readonly': { why: 'Reads mail and its labels.', access: 'read' },
    'https://www.googleapis.com/auth/calendar': {
      why: 'Reads and writes calendars and their events, and finds free time.',
      access: 'write',
    },
    'https://www.googleapis.com/auth/calendar.readonly': {
      why: 'Reads calendars and their events.',
      access: 'read',
    },
    'https://www.googleapis.com/auth/contacts': { why: 'Reads and edits contacts.', access: 'write' },
    'https://www.googleapis.com/auth/contacts.readonly': { why: 'Reads contacts.', access: 'read' },
    'https://www.googleapis.com/auth/drive.readonly': {
      why: 'Finds and reads the files in Drive, those shared with the account included.',
      access: 'read',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The guides name the four products and no scopes; these are what their tools need.',
      scopes: [
        'openid',
        'email',
        'profile',
        'https://www.googleapis.com/auth/gmail.modify',
        'https://www.googleapis.com/auth/calendar',
        'https://www.googleapis.com/auth/contacts',
        'https://www.googleapis.com/auth/drive.readonly',
      ],
    },
    read_only: {
      label: 'Read only',
      note: 'Reads the four products and changes nothing.',
      scopes: [
        'openid',
        'email',
        'profile',
        'https://www.googleapis.com/auth/gmail.readonly',
        'https://www.googleapis.com/auth/calendar.readonly',
        'https://www.googleapis.com/auth/contacts.readonly',
        'https://www.googleapis.com/auth/drive.readonly',
      ],
    },
  },
  api: {
    base_url: 'https://www.googleapis.com',
    bases: { gmail: 'https://gmail.googleapis.com', people: 'https://people.googleapis.com' },
    errors: {
      // https://developers.google.com/workspace/gmail/api/guides/handle-errors: some limits are a 403.
      rate_limited: [
        {
          status: 403,
          at: 'error.errors.0.reason',
          equals: ['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'dailyLimitExceeded'],
        },
        { status: 403, at: 'error.status', equals: 'RESOURCE_EXHAUSTED' },
      ],
      // The API is not switched on in the Cloud project of the OAuth client.
      not_available: [
        { status: 403, at: 'error.errors.0.reason', equals: 'accessNotConfigured' },
        { status: 403, at: 'error.details.0.reason', equals: 'SERVICE_DISABLED' },
      ],
    },
  },
  verify: { url: 'https://openidconnect.googleapis.com/v1/userinfo' },
  account: ({ body }) => {
    const email = readText(body, 'email')
    const avatar = readText(body, 'picture')
    return {
      id: readText(body, 'sub') ?? '',
      label: email ?? readText(body, 'name') ?? '',
      ...(email && { email }),
      ...(avatar && { avatar }),
    }
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
  setup: {
    console_url: 'https://console.cloud.google.com/apis/credentials',
    prerequisites: [
      'A Google Cloud project, and the right to edit it.',
      'For use inside one Google Workspace: an administrator who makes the app Internal or trusts it.',
    ],
    steps: [
      'In the project, open APIs & Services, Library and enable the Gmail API, Google Calendar API, People API and Google Drive API.',
      'Open Google Auth Platform (OAuth consent screen) and fill in the name, support address and contact. Choose Internal where everyone belongs to your Workspace, else External.',
      'Under Data access, add the scopes shown on this page.',
      'Under Clients (Credentials, Create credentials, OAuth client ID), create a client of type Web application.',
      'Add the redirect URI shown on this page under Authorized redirect URIs. Google wants https, except on localhost and 127.0.0.1.',
      'Create it and copy the client ID and the client secret.',
      'Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET.',
      'While an External app is in testing, add each person under Audience, Test users.',
    ],
    after: [
      'An External app in testing loses its refresh tokens after seven days: publish it, or make it Internal, before relying on it.',
    ],
    notes: [
      'The Gmail scopes and drive.readonly are restricted: a public app needs the verification of Google and a yearly security assessment.',
      'People may untick single permissions while consenting; what was left out is shown on the connection.',
      'All entries of the Google family share one client, and Google keeps one grant for each account and project: revoking one ends all.',
    ],
    revoke: {
      url: 'https://myaccount.google.com/connections',
      steps: [
        'Open your Google Account, Security, Your connections to third-party apps & services.',
        'Choose the app by its name.',
        'Choose Delete all connections, and confirm.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    request: {
      method: 'POST',
      url: 'https://oauth2.googleapis.com/revoke',
      authorization: 'none',
      form: { token: '{token}' },
      gone: [{ status: 400, at: 'error', equals: 'invalid_token' }],
    },
  },
  checked: '2026-11-21',
  doubts: [
    'The guide leaves the name of this agent blank in its table; it is read as Google.',
    'Google sends Retry-After seldom: the wait is doubled from one second up to 64.',
  ],
})

const SHORT_NAMES: Readonly<Record<string, string>> = {
  'https://www.googleapis.com/auth/userinfo.email': 'email',
  'https://www.googleapis.com/auth/userinfo.profile': 'profile',
}

/**
 * Google grants `email` and `profile` under longer names than they were asked for, where RFC 6749 section 3.3 has one
 * name for a scope: compared by name, both would count as refused.
 * https://developers.google.com/identity/protocols/oauth2/scopes
 */
function readShortNames({ status, body }: { status: number; body: JsonObject }) {
  const scope = body['scope']
  if (typeof scope !== 'string') return { status, body }
  const names = scope.split(' ').map((name) => SHORT_NAMES[name] ?? name)
  return { status, body: { ...body, scope: names.join(' ') } }
}
