/**
 * What the entries of Google share: one authorization server, one grant for each account and project, one shape of
 * error. https://developers.google.com/identity/protocols/oauth2/web-server
 */
import type { JsonObject, Match, OAuth2, Provider, ReadAccount, Scope } from '../define.ts'
import { readText } from '../define.ts'

const AUTH = 'https://www.googleapis.com/auth/'

/** Where the account is asked for and the grant is ended; each entry adds the hosts of its own API. */
const hosts = ['openidconnect.googleapis.com', 'oauth2.googleapis.com'] as const

/** Without these three no entry could name the account, and siblings would not recognise one another. */
const IDENTITY = ['openid', 'email', 'profile'] as const

const SCOPES: Readonly<Record<string, Scope>> = {
  openid: { why: 'Tells which Google account is connected.', access: 'read' },
  email: { why: 'Reads the e-mail address, to show which account is connected.', access: 'read' },
  profile: { why: 'Reads the name and picture, to show which account is connected.', access: 'read' },
  'gmail.modify': {
    why: 'Reads, sends, drafts and labels mail; it cannot delete mail for good.',
    access: 'write',
  },
  'gmail.readonly': { why: 'Reads mail and its labels.', access: 'read' },
  calendar: {
    why: 'Reads and writes calendars and their events, and finds free time.',
    access: 'write',
  },
  'calendar.events': { why: 'Reads and writes the events of all calendars.', access: 'write' },
  'calendar.readonly': { why: 'Reads calendars and their events, and finds free time.', access: 'read' },
  contacts: { why: 'Reads and edits contacts.', access: 'write' },
  'contacts.readonly': { why: 'Reads contacts.', access: 'read' },
  'drive.readonly': {
    why: 'Finds and reads the files in Drive, those shared with the account included.',
    access: 'read',
  },
  'drive.file': {
    why: 'Reads and writes the files that were made or opened through this app, and no others.',
    access: 'write',
  },
  'chat.spaces.readonly': { why: 'Lists the spaces the account is in.', access: 'read' },
  'chat.messages': {
    why: 'Reads, writes and edits the messages of those spaces, as the person.',
    access: 'write',
  },
  'chat.messages.readonly': { why: 'Reads the messages of those spaces.', access: 'read' },
  adwords: {
    why: 'Reads and manages the Google Ads accounts that the person can reach; Google has no smaller scope.',
    access: 'write',
  },
  'analytics.readonly': { why: 'Reads Analytics properties and runs reports.', access: 'read' },
  'business.manage': {
    why: 'Reads and manages Business Profiles, their reviews and the answers to them; Google has no smaller scope.',
    access: 'write',
  },
}

/** The full name of a scope; `openid`, `email` and `profile` have no other. */
export function googleScope(name: string): string {
  return IDENTITY.some((short) => short === name) ? name : AUTH + name
}

/** A scope list as it is asked for: the account's identity, and these. */
export function withIdentity(...names: string[]): string[] {
  return [...IDENTITY, ...names.map(googleScope)]
}

/** The declarations of these scopes and of the identity's. */
export function describeScopes(...names: string[]): Record<string, Scope> {
  return Object.fromEntries([...IDENTITY, ...names].map((name) => [googleScope(name), SCOPES[name] as Scope]))
}

/** A preset with a document's own list, which names no account. */
export function asListed(note: string, ...names: string[]) {
  return {
    label: 'Automation',
    note,
    scopes: withIdentity(...names),
    documented: {
      scopes: names.map(googleScope),
      reason:
        'Without openid, email and profile the hub cannot tell which account was connected, so it adds them.',
    },
  }
}

const signIn: OAuth2 = {
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
  normaliseTokenAnswer: readTokenAnswer,
  refresh: {
    rotates: 'never',
    dead: ['invalid_grant'],
    note: 'The refresh token stays; it dies after six months without use, on revocation, on a password change where Gmail is granted, beyond 100 per account and client, after seven days while the consent screen is in testing, and where a Workspace demands a new sign-in (invalid_rapt).',
  },
}

const account: ReadAccount = ({ body }) => {
  const email = readText(body, 'email')
  const avatar = readText(body, 'picture')
  return {
    id: readText(body, 'sub') ?? '',
    label: email ?? readText(body, 'name') ?? '',
    ...(email && { email }),
    ...(avatar && { avatar }),
  }
}

/** What every entry spreads. */
export const google = {
  family: 'google',
  auth: [signIn],
  verify: { url: 'https://openidconnect.googleapis.com/v1/userinfo' },
  account,
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
} satisfies Partial<Provider>

export function googleHosts(...own: string[]): string[] {
  return [...own, ...hosts]
}

/**
 * One shape for all APIs: `error.errors[].reason` in the older, `error.details[].reason` (google.rpc.ErrorInfo, at no
 * fixed place of the list) in the newer. Both limits and an API that is switched off come as a 403.
 * https://cloud.google.com/apis/design/errors, https://developers.google.com/workspace/gmail/api/guides/handle-errors
 */
export function googleErrors(own: { not_available?: readonly Match[]; forbidden?: readonly Match[] } = {}) {
  const detail = (equals: string[]) =>
    [0, 1, 2].map((place) => ({ status: 403, at: `error.details.${place}.reason`, equals }))
  return {
    ...(own.forbidden && { forbidden: own.forbidden }),
    rate_limited: [
      {
        status: 403,
        at: 'error.errors.0.reason',
        equals: ['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'dailyLimitExceeded'],
      },
      { status: 403, at: 'error.status', equals: 'RESOURCE_EXHAUSTED' },
      ...detail(['RATE_LIMIT_EXCEEDED']),
    ],
    // The API is not switched on in the Cloud project of the OAuth client.
    not_available: [
      { status: 403, at: 'error.errors.0.reason', equals: 'accessNotConfigured' },
      ...detail(['SERVICE_DISABLED']),
      ...(own.not_available ?? []),
    ],
  } satisfies Provider['api']['errors']
}

/** The steps at the Cloud console, which differ by the APIs to switch on. */
export function googleSetup(own: {
  /** As the API library calls them: "the Gmail API". */
  apis: string
  prerequisites?: readonly string[]
  /** After the APIs are switched on. */
  steps?: readonly string[]
  /** Which variables take id and secret. */
  variables?: string
  notes?: readonly string[]
  after?: readonly string[]
}): Provider['setup'] {
  return {
    console_url: 'https://console.cloud.google.com/apis/credentials',
    http_redirects: 'loopback',
    prerequisites: [
      'A Google Cloud project, and the right to edit it.',
      'For use inside one Google Workspace: an administrator who makes the app Internal or trusts it.',
      ...(own.prerequisites ?? []),
    ],
    steps: [
      `In the project, open APIs & Services, Library and enable ${own.apis}.`,
      ...(own.steps ?? []),
      'Open Google Auth Platform (OAuth consent screen) and fill in the name, support address and contact. Choose Internal where everyone belongs to your Workspace, else External.',
      'Under Data access, add the scopes shown on this page.',
      'Under Clients (Credentials, Create credentials, OAuth client ID), create a client of type Web application. A client that another entry of Google uses already can be used again.',
      'Add the redirect URI shown on this page under Authorized redirect URIs. Google wants https, except on localhost and 127.0.0.1.',
      'Create it and copy the client ID and the client secret.',
      own.variables ?? 'Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET.',
      'While an External app is in testing, add each person under Audience, Test users.',
    ],
    after: [
      'An External app in testing loses its refresh tokens after seven days: publish it, or make it Internal, before relying on it.',
      ...(own.after ?? []),
    ],
    notes: [
      ...(own.notes ?? []),
      'An answer that says accessNotConfigured or SERVICE_DISABLED means that the API is not enabled in the project of the OAuth client: enable it and wait a few minutes.',
      'Google refuses before asking the person: redirect_uri_mismatch means that the redirect URI of this page is missing from the client, access_denied with status 403 that the account is no test user, org_internal that the app is Internal to another Workspace, admin_policy_enforced that an administrator has to trust the app (Admin console, Security, API controls).',
      'People may untick single permissions while consenting; what was left out is shown on the connection.',
      'All entries of the Google family share one client, and Google keeps one grant for each account and project: revoking one ends all. Disconnecting one entry while another is connected therefore leaves the grant alone.',
    ],
    revoke: {
      url: 'https://myaccount.google.com/connections',
      steps: [
        'Open your Google Account, Security, Your connections to third-party apps & services.',
        'Choose the app by its name.',
        'Choose Delete all connections, and confirm.',
      ],
    },
  }
}

export const googleDoubts = [
  'Google sends Retry-After seldom: the wait is doubled from one second up to 64.',
] as const

const SHORT_NAMES: Readonly<Record<string, string>> = {
  [`${AUTH}userinfo.email`]: 'email',
  [`${AUTH}userinfo.profile`]: 'profile',
}

/** Codes of Google's own for a client that is no more, where RFC 6749 section 5.2 has `invalid_client`. */
const CLIENT_GONE: readonly unknown[] = ['deleted_client', 'disabled_client']

/**
 * Google grants `email` and `profile` under longer names than they were asked for, where RFC 6749 section 3.3 has one
 * name for a scope: compared by name, both would count as refused.
 * https://developers.google.com/identity/protocols/oauth2/scopes
 */
function readTokenAnswer({ status, body }: { status: number; body: JsonObject }) {
  if (CLIENT_GONE.includes(body['error'])) return { status: 401, body: { ...body, error: 'invalid_client' } }
  const scope = body['scope']
  if (typeof scope !== 'string') return { status, body }
  const names = scope.split(' ').map((name) => SHORT_NAMES[name] ?? name)
  return { status, body: { ...body, scope: names.join(' ') } }
}
