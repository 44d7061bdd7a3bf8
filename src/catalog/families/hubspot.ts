/** What HubSpot's entries share: one app, one grant for each account (HubSpot calls it a portal or hub). */
import {
  type JsonObject,
  type OAuth2,
  type Provider,
  readText,
  type Scope,
  type WebhookSignature,
} from '../define.ts'

/** https://developers.hubspot.com/docs/api-reference/latest/authentication/oauth-tokens; v1 ends on 16 February 2027. */
export const hubspotOAuth: OAuth2 = {
  kind: 'oauth2',
  label: 'Connect to HubSpot',
  authorization_endpoint: 'https://app.hubspot.com/oauth/authorize',
  token_endpoint: 'https://api.hubapi.com/oauth/2026-03/token',
  token_endpoint_auth_method: 'client_secret_post',
  pkce: {
    off: 'HubSpot asks for a challenge only from apps that act for a single user; that its authorization page takes one from others is not documented; checked 2026-11.',
  },
  normaliseTokenAnswer: readHubspotAnswer,
  refresh: {
    rotates: 'never',
    dead: ['invalid_grant'],
    note: 'Access tokens live 30 minutes. The refresh token lasts until the app is uninstalled or the token revoked.',
  },
}

export const hubspotShared = {
  family: 'hubspot',
  hosts: ['api.hubapi.com'],
  env: { client_id: 'HUBSPOT_CLIENT_ID', client_secret: 'HUBSPOT_CLIENT_SECRET' },
  api: { base_url: 'https://api.hubapi.com' },
  verify: { url: '/account-info/v3/details' },
  account: ({ token, body }) => {
    // Whoever connects, the app is installed in the account and acts for it.
    const hub = readText(body, 'portalId') ?? readText(token, 'hub_id') ?? ''
    const kind = KINDS[readText(body, 'accountType') ?? '']
    return { id: hub, label: `Hub ID ${hub}${kind ? ` (${kind})` : ''}` }
  },
  revocation: {
    kills: 'grant',
    revocation_endpoint: 'https://api.hubapi.com/oauth/2026-03/token/revoke',
    lingers: 1800,
    effect: 'The app stays installed in the account until somebody uninstalls it there.',
  },
} as const satisfies Partial<Provider>

const KINDS: Readonly<Record<string, string>> = {
  DEVELOPER_TEST: 'test account',
  APP_DEVELOPER: 'developer account',
  SANDBOX: 'sandbox',
}

export const hubspotScopes = {
  oauth: { why: 'Reads which HubSpot account is connected; HubSpot wants it of every app.', access: 'read' },
  content: {
    why: 'Reads and writes pages, blog posts, landing pages and marketing e-mails.',
    access: 'write',
  },
} as const satisfies Record<string, Scope>

export const hubspotSetup = {
  console_url: 'https://app.hubspot.com/developer-overview',
  revoke: {
    url: 'https://app.hubspot.com/connected-apps',
    steps: [
      'In HubSpot open Settings, Integrations, Connected apps.',
      'Find the app by its name, and choose Uninstall in its Actions menu.',
      'Confirm. It ends every connection of this account through the app.',
    ],
  },
} as const

/** Both redirect URIs belong to one app, so the steps are the same; only the scopes differ. */
export const hubspotSteps: readonly string[] = [
  'Open https://app.hubspot.com/developer-overview with a developer account, choose Apps, and create an app with OAuth.',
  'Under Auth add two redirect URIs: the address of this hub followed by /api/integrations/callback for HubSpot, and followed by /api/v1/integrations/universal/callback for HubSpot Marketing.',
  'Add the scopes shown on this page. Each scope that is asked for has to be switched on in the app, as required or optional.',
  'Copy the Client ID and the Client secret.',
  'Set HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET. They serve HubSpot and HubSpot Marketing alike.',
]

export const hubspotNotes: readonly string[] = [
  '"Couldn\'t complete the connection" with a scope mismatch means that the app in HubSpot and the scopes asked for differ.',
  'Connections of one HubSpot account share one grant: revoking it ends all of them, so it is revoked with the last one.',
  'Limits: 110 calls in ten seconds for each account, 5 searches a second. 429 names the limit that was met.',
]

/** https://developers.hubspot.com/docs/api-reference/latest/webhooks/guide */
export const hubspotSignature: WebhookSignature = {
  scheme: 'hmac-sha256',
  header: 'X-HubSpot-Signature-v3',
  encoding: 'base64',
  signed: '{method}{url}{body}{timestamp}',
  timestamp_header: 'X-HubSpot-Request-Timestamp',
  timestamp_unit: 'milliseconds',
  tolerance: 300,
  secret: 'client_secret',
}

export const hubspotSources: readonly string[] = [
  "HubSpot's own client @hubspot/api-client 14.0.1, driven against the sandbox's stand-in, November 2026",
  "HubSpot's reference of the 2026-03 OAuth endpoints and its guide to leave v1, read in November 2026",
]

/**
 * Departures from RFC 6749 section 5: scopes come as a list; a failure is told in `status`, in HubSpot's own words,
 * and only lately in `error` as well.
 */
export function readHubspotAnswer({ status, body }: { status: number; body: JsonObject }) {
  const known = PROBLEMS[readText(body, 'status') ?? '']
  if (status >= 400 && known) return { status, body: { ...body, error: known } }
  const { scopes, ...kept } = body
  if (!Array.isArray(scopes)) return { status, body }
  const scope = scopes.filter((one) => typeof one === 'string').join(' ')
  return { status, body: { ...kept, scope } }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  BAD_AUTH_CODE: 'invalid_grant',
  BAD_REFRESH_TOKEN: 'invalid_grant',
  // The account was closed.
  BAD_HUB: 'invalid_grant',
  BAD_CLIENT_ID: 'invalid_client',
  BAD_CLIENT_SECRET: 'invalid_client',
}
