/**
 * Atlassian Cloud: one authorization server, one grant for each person and app whatever the products, and sites that
 * are reached through one gateway. https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
 */
import {
  type ApiRequest,
  type Json,
  type JsonObject,
  type Match,
  type OAuth2,
  type Parameter,
  type Provider,
  type Revocation,
  readText,
  type Scope,
  type SecretMethod,
  type Tenant,
} from '../define.ts'

export const ATLASSIAN_HOSTS = ['api.atlassian.com', 'auth.atlassian.com', '{site}.atlassian.net'] as const

export const ATLASSIAN_CLIENT = {
  client_id: 'ATLASSIAN_CLIENT_ID',
  client_secret: 'ATLASSIAN_CLIENT_SECRET',
} as const

export const site = {
  name: 'site',
  label: 'Atlassian site',
  pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
  example: 'your-team',
  help: 'The name before .atlassian.net. Leave it empty to choose among your sites after signing in.',
  mismatch: 'Type the name of the site: your-team, or paste https://your-team.atlassian.net.',
  normalise: readSite,
} satisfies Parameter

export const cloudId = {
  name: 'cloudId',
  label: 'Cloud id',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  example: '11223344-a1b2-4c3d-8e9f-001122334455',
  asked: false,
} satisfies Parameter

export const atlassianOauth: OAuth2 = {
  kind: 'oauth2',
  label: 'Sign in with Atlassian',
  authorization_endpoint: 'https://auth.atlassian.com/authorize',
  token_endpoint: 'https://auth.atlassian.com/oauth/token',
  token_endpoint_auth_method: 'client_secret_post',
  authorization_params: { audience: 'api.atlassian.com', prompt: 'consent' },
  normaliseTokenAnswer: readRefusedClient,
  refresh: {
    rotates: 'always',
    dead: ['unauthorized_client', 'invalid_grant'],
    note: 'A used refresh token may be repeated for ten minutes; later it ends the whole grant. Refresh tokens end after 90 days without use.',
  },
}

/** An API token is answered by the site itself, not by the gateway of OAuth apps. */
export const apiToken: SecretMethod = {
  kind: 'basic',
  label: 'E-mail and API token',
  fields: [
    { ...site, required: true, help: 'The name before .atlassian.net.' },
    {
      name: 'email',
      label: 'Account e-mail',
      pattern: '^[^@\\s:]+@[^@\\s:]+$',
      example: 'me@example.com',
      required: true,
      mismatch: 'Type the e-mail address of the Atlassian account that made the token.',
    },
    {
      name: 'apiToken',
      label: 'API token',
      pattern: '^\\S{8,1000}$',
      example: 'ATATT3xFfGF0...',
      required: true,
      secret: true,
    },
  ],
  authorization: { scheme: 'basic', username: '{email}', password: '{apiToken}' },
  base_url: 'https://{site}.atlassian.net',
  instructions: [
    'Open https://id.atlassian.com/manage-profile/security/api-tokens.',
    'Choose Create API token (without scopes), name it and set an expiry.',
    'Copy the token and paste it here with the e-mail of the account and the name of the site.',
  ],
}

export const offlineAccess: Scope = {
  why: 'Keeps the connection working after the first hour, by refresh tokens.',
  access: 'read',
}

/** A missing scope is a 401 here; the token is alive, so reconnecting with the same scopes would change nothing. */
export const wrongScope: Match = { status: 401, at: 'message', equals: 'Unauthorized; scope does not match' }

export const atlassianRevocation: Revocation = {
  kills: 'grant',
  revocation_endpoint: 'https://auth.atlassian.com/oauth/revoke',
  undocumented:
    'Atlassian documents no revocation for OAuth apps. The call is tried; remove the access at Atlassian to be sure.',
}

export const removeAccess: Provider['setup']['revoke'] = {
  url: 'https://id.atlassian.com/manage-profile/apps',
  steps: [
    'Open your Atlassian account, Connected apps.',
    'Find the app by its name.',
    'Choose Remove access, and confirm. It ends every connection of yours through this app, Jira and Confluence alike.',
  ],
}

export const ATLASSIAN_NOTES = [
  'A connection is bound to one site. Connect again for a second site.',
  'Atlassian keeps one grant for each person and app: authorising the same app again may replace the tokens of an earlier connection, of Jira by Confluence too. With an OAuth app for each of the two they do not meet.',
  'Limits are counted in points an hour since March 2026; Retry-After is honoured.',
] as const

export const ATLASSIAN_DOUBTS = [
  'PKCE is advertised in the metadata of the authorization server but absent from the guide for OAuth apps; it is sent.',
  'Refresh tokens were announced to end after 365 days in any case; that is from 2022.',
] as const

/** One person's account on one site; the grant is the person's, whatever site and product. */
export function readMember(
  body: JsonObject,
  parameters: Readonly<Record<string, string>>,
  member: { name: string | undefined; email: string | undefined },
): ReturnType<Provider['account']> {
  const user = readText(body, 'accountId') ?? ''
  const host = `${parameters['site'] ?? ''}.atlassian.net`
  return {
    id: `${parameters['cloudId'] ?? host}:${user}`,
    grant: user,
    label: `${host} (${member.name || user})`,
    ...(member.email && { email: member.email }),
  }
}

/** The sites on which the grant reaches this product. */
export function sitesWith(product: 'jira' | 'confluence'): {
  request: ApiRequest
  read: (body: Json) => Tenant[]
  matches: string
} {
  return {
    request: { url: 'https://api.atlassian.com/oauth/token/accessible-resources' },
    read: (body) => readSites(body, product),
    matches: 'site',
  }
}

/** Lists each site once: Jira and Confluence of one site come as two items with the same id and their own scopes. */
function readSites(body: Json, product: string): Tenant[] {
  const found = new Map<string, Tenant>()
  for (const item of Array.isArray(body) ? body : []) {
    const id = readText(item, 'id')
    const url = readText(item, 'url')
    if (!id || !url || !reaches(item, product)) continue
    const name = readSite(url)
    found.set(id, { parameters: { cloudId: id, site: name }, label: readText(item, 'name') ?? name, url })
  }
  return [...found.values()]
}

function reaches(item: Json, product: string): boolean {
  const scopes =
    typeof item === 'object' && item !== null && !Array.isArray(item) ? item['scopes'] : undefined
  return Array.isArray(scopes) && scopes.some((scope) => typeof scope === 'string' && scope.includes(product))
}

function readSite(typed: string): string {
  return typed
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/\.atlassian\.net$/, '')
}

/**
 * Atlassian answers a wrong client secret with `access_denied`, a code that RFC 6749 section 4.1.2.1 keeps for the
 * person's refusal, where section 5.2 asks for `invalid_client`.
 * https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
 */
function readRefusedClient({ status, body }: { status: number; body: JsonObject }) {
  const refused = status === 401 && body['error'] === 'access_denied'
  return { status, body: refused ? { ...body, error: 'invalid_client' } : body }
}
