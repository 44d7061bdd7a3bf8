/** What Zoho's entries share: one authorization server in each data centre, and the hosts that follow from it. */
import {
  type Json,
  type JsonObject,
  type Match,
  type OAuth2,
  type Parameter,
  type Provider,
  readText,
  type Revocation,
  type Tenant,
} from '../define.ts'

/** Accounts host, and what follows it: the suffix of the API host, the domain of Mail and Projects. */
const DATA_CENTRES = [
  { label: 'United States', accounts: 'accounts.zoho.com', api: 'com', domain: 'zoho.com' },
  { label: 'Europe', accounts: 'accounts.zoho.eu', api: 'eu', domain: 'zoho.eu' },
  { label: 'India', accounts: 'accounts.zoho.in', api: 'in', domain: 'zoho.in' },
  { label: 'Australia', accounts: 'accounts.zoho.com.au', api: 'com.au', domain: 'zoho.com.au' },
  { label: 'Japan', accounts: 'accounts.zoho.jp', api: 'jp', domain: 'zoho.jp' },
  { label: 'Canada', accounts: 'accounts.zohocloud.ca', api: 'ca', domain: 'zohocloud.ca' },
  { label: 'Saudi Arabia', accounts: 'accounts.zoho.sa', api: 'sa', domain: 'zoho.sa' },
  { label: 'United Arab Emirates', accounts: 'accounts.zoho.ae', api: 'ae', domain: 'zoho.ae' },
  { label: 'United Kingdom', accounts: 'accounts.zoho.uk', api: 'uk', domain: 'zoho.uk' },
  { label: 'China', accounts: 'accounts.zoho.com.cn', api: 'com.cn', domain: 'zoho.com.cn' },
] as const

const DOMAINS = 'zoho\\.(?:com|eu|in|com\\.au|jp|sa|ae|uk|com\\.cn)|zohocloud\\.ca'

/** Hosts of the products, each with its pattern and how it follows from a data centre. */
const PRODUCT_HOSTS = {
  apiHost: {
    label: 'API host',
    pattern: '^www\\.zohoapis\\.(?:com|eu|in|com\\.au|jp|ca|sa|ae|uk|com\\.cn)$',
    of: ({ api }: DataCentre) => `www.zohoapis.${api}`,
  },
  mailHost: {
    label: 'Mail host',
    pattern: `^mail\\.(?:${DOMAINS})$`,
    of: ({ domain }: DataCentre) => `mail.${domain}`,
  },
  projectsHost: {
    label: 'Projects host',
    pattern: `^projectsapi\\.(?:${DOMAINS})$`,
    of: ({ domain }: DataCentre) => `projectsapi.${domain}`,
  },
} as const

type DataCentre = (typeof DATA_CENTRES)[number]
export type ProductHost = keyof typeof PRODUCT_HOSTS

/**
 * The data centre, asked of the person and told by the callback (`accounts-server`), and the product's host, which
 * follows from it and is never taken from an answer.
 */
export function zohoParameters(host: ProductHost): Parameter[] {
  const { label, pattern, of } = PRODUCT_HOSTS[host]
  return [
    {
      name: 'accountsHost',
      label: 'Zoho data centre',
      pattern: `^accounts\\.(?:${DOMAINS})$`,
      example: 'accounts.zoho.com',
      default: 'accounts.zoho.com',
      options: DATA_CENTRES.map(({ accounts, label: where }) => ({ value: accounts, label: where })),
      help: 'Where your Zoho account lives: the ending of the address you work at (zoho.com, zoho.eu, zoho.in). If you are not sure, leave the United States: Zoho says where it is.',
      mismatch: 'Choose a data centre of the list: it is the address at which you sign in to Zoho.',
      normalise: (value) =>
        value
          .trim()
          .toLowerCase()
          .replace(/^https:\/\//, '')
          .replace(/\/$/, ''),
      derive: (accounts) => {
        const found = DATA_CENTRES.find((one) => one.accounts === accounts)
        return found ? { [host]: of(found) } : {}
      },
    },
    { name: host, label, pattern, example: of(DATA_CENTRES[0]), asked: false },
  ]
}

/** https://www.zoho.com/accounts/protocol/oauth.html */
export const zohoOAuth: OAuth2 = {
  kind: 'oauth2',
  label: 'Sign in with Zoho',
  authorization_endpoint: 'https://{accountsHost}/oauth/v2/auth',
  token_endpoint: 'https://{accountsHost}/oauth/v2/token',
  token_endpoint_auth_method: 'client_secret_post',
  pkce: { off: 'Zoho documents no challenge for clients with a secret; checked 2026-11.' },
  authorization_params: { access_type: 'offline', prompt: 'consent' },
  scope_separator: ',',
  normaliseTokenAnswer: readZohoAnswer,
  authorization: { scheme: 'header', name: 'Authorization', value: 'Zoho-oauthtoken {access_token}' },
  // A code is good at the data centre of the account only, which need not be the one where the flow began.
  parameters_from: { accountsHost: 'query.accounts-server' },
  refresh: {
    rotates: 'never',
    dead: ['invalid_grant'],
    note: 'Access tokens live an hour. Refresh tokens last until they are revoked; of more than 20 for one user and client the oldest falls out. Ten access tokens in ten minutes are the most that one refresh token gives.',
  },
}

export const zohoRevocation: Revocation = {
  kills: 'token',
  request: {
    method: 'POST',
    url: 'https://{accountsHost}/oauth/v2/token/revoke',
    form: { token: '{refresh_token}' },
    authorization: 'none',
    gone: [{ status: 400, at: 'error', equals: ['invalid_code', 'invalid_token'] }],
  },
  lingers: 3600,
}

/** A missing scope is a 401 with a live token, in a shape of its own for each product. */
export const zohoForbidden: readonly Match[] = [
  { status: [401, 403], at: 'code', equals: 'OAUTH_SCOPE_MISMATCH' },
  { status: [400, 401, 403, 404], at: 'data.errorCode', equals: 'INVALID_OAUTHSCOPE' },
  { status: [400, 401, 403], at: 'error.title', equals: 'INVALID_OAUTHSCOPE' },
]

export const zohoEnv = { client_id: 'ZOHO_CLIENT_ID', client_secret: 'ZOHO_CLIENT_SECRET' } as const

export const zohoSources: readonly string[] = [
  "Zoho's public guides to OAuth and to several data centres, and public clients of each product, read in November 2026",
]

const CONSOLE = 'https://api-console.zoho.com/'

export function zohoSetup(options: {
  variables: string
  prerequisites?: readonly string[]
  notes?: readonly string[]
}): Provider['setup'] {
  return {
    console_url: CONSOLE,
    prerequisites: ['A Zoho account.', ...(options.prerequisites ?? [])],
    steps: [
      `Open ${CONSOLE} and choose Add client, Server-based Applications.`,
      'Enter a name, the address of the hub as Homepage URL, and the redirect URI shown on this page as Authorized Redirect URI.',
      'Choose Create, and copy the Client ID and the Client Secret.',
      'Open Settings of the client, switch on each data centre whose accounts shall connect, and choose to use the same credentials for all of them.',
      options.variables,
    ],
    notes: [
      'The person may live in another data centre than the one the flow begins at: Zoho says so in the callback, and the hub goes on there.',
      '"invalid_client" while connecting means that the data centre of the account is not switched on for the client.',
      ...(options.notes ?? []),
    ],
    revoke: {
      url: 'https://accounts.zoho.com/home#sessions/connectedapps',
      steps: [
        'Open your Zoho account (accounts.zoho.com, or that of your data centre), Sessions, Connected apps.',
        'Find the app by its name.',
        'Choose Remove, and confirm. It ends every connection of yours through this client.',
      ],
    },
  }
}

/**
 * The finance products: organizations of one user, of which a connection is bound to one, and every call names it in a
 * header of the product.
 */
export function zohoFinance({
  product,
  version,
}: {
  product: string
  version: string
}): Pick<Provider, 'parameters' | 'api' | 'verify' | 'account' | 'tenants'> {
  const base_url = `https://{apiHost}/${product}/${version}`
  return {
    parameters: [
      ...zohoParameters('apiHost'),
      {
        name: 'organizationId',
        label: 'Organization id',
        pattern: '^[0-9]{3,25}$',
        example: '10234695',
        asked: false,
      },
    ],
    api: {
      base_url,
      headers: { [`X-com-zoho-${product}-organizationid`]: '{organizationId}' },
      // Failures carry a number in `code`: 57 is a missing permission, though its status is 401.
      errors: { forbidden: [...zohoForbidden, { status: [400, 401, 403], at: 'code', equals: 57 }] },
    },
    verify: { url: '/organizations/{organizationId}' },
    account: ({ body, parameters }) => {
      const id = parameters['organizationId'] ?? ''
      const email = readText(body, 'organization.email')
      return { id, label: readText(body, 'organization.name') ?? id, ...(email && { email }) }
    },
    tenants: {
      request: { url: `${base_url}/organizations` },
      read: readOrganizations,
      matches: 'organizationId',
    },
  }
}

function readOrganizations(body: Json): Tenant[] {
  const found =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? body['organizations'] : undefined
  return (Array.isArray(found) ? found : []).flatMap((item) => {
    const organizationId = readText(item, 'organization_id')
    if (!organizationId) return []
    return [{ parameters: { organizationId }, label: readText(item, 'name') ?? organizationId }]
  })
}

/**
 * Zoho answers 200 with an `error` where RFC 6749 section 5.2 asks for 400, under names of its own, and joins scopes
 * by commas as often as by spaces. Too many requests are an "Access Denied".
 * https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html
 */
export function readZohoAnswer({ status, body }: { status: number; body: JsonObject }) {
  const error = body['error']
  if (typeof error !== 'string') {
    const scope = readText(body, 'scope')
    return { status, body: scope === undefined ? body : { ...body, scope: scope.replaceAll(',', ' ') } }
  }
  if (error === 'Access Denied') return { status: 429, body: { ...body, error: 'access_limited' } }
  return { status: status < 400 ? 400 : status, body: { ...body, error: PROBLEMS[error] ?? error } }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  invalid_code: 'invalid_grant',
  invalid_client_secret: 'invalid_client',
}
