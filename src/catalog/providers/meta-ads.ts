import { at, defineProvider, type Json, readText } from '../define.ts'
import {
  businessIntegrations,
  complianceSteps,
  facebookLogin,
  GRAPH,
  graphErrors,
  graphLimit,
  revokePermissions,
  version,
} from '../families/meta.ts'

export default defineProvider({
  id: 'meta-ads',
  name: 'Meta Ads',
  category: 'Marketing & Advertising',
  summary: 'Read campaigns and their results on Facebook and Instagram, and change them.',
  aliases: ['facebook ads', 'instagram ads', 'marketing api', 'campaigns', 'ad account', 'meta'],
  family: 'meta',
  hosts: ['graph.facebook.com'],
  callback: 'meta',
  env: {
    client_id: 'META_CLIENT_ID',
    client_secret: 'META_CLIENT_SECRET',
    fallback: [
      { client_id: 'META_APP_ID', client_secret: 'META_APP_SECRET' },
      { client_id: 'WHATSAPP_APP_ID', client_secret: 'WHATSAPP_APP_SECRET' },
    ],
  },
  parameters: [version],
  auth: [
    {
      ...facebookLogin,
      label: 'Continue with Facebook',
      // Without it Facebook does not ask again for what a person left out the last time.
      authorization_params: { auth_type: 'rerequest' },
    },
    {
      kind: 'api_key',
      label: 'Token of a system user',
      fields: [
        {
          name: 'accessToken',
          label: 'Access token',
          pattern: '^[A-Za-z0-9]{20,1000}$',
          example: 'EAAGm0PX4ZCps...',
          required: true,
          secret: true,
          mismatch: 'An access token is one long row of letters and digits.',
          normalise: (typed) => typed.replaceAll(/\s/g, ''),
        },
      ],
      authorization: { scheme: 'bearer' },
      verify: { url: '/me?fields=id,name' },
      instructions: [
        'Open https://business.facebook.com/settings/system-users and add a system user.',
        'Choose Assign assets: the app, and each ad account the connection shall reach.',
        'Choose Generate token, pick the app, no expiry, and the permissions ads_management and ads_read.',
        'Copy the token: Meta shows it once.',
      ],
    },
  ],
  scopes: {
    ads_read: { why: 'Reads ad accounts, campaigns, ads and their results.', access: 'read' },
    ads_management: { why: 'Creates, changes and pauses campaigns, ad sets and ads.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The two permissions of the guide for automation.',
      scopes: ['ads_management', 'ads_read'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['ads_management', 'ads_read'],
    },
    read_only: {
      label: 'Read only',
      note: 'Reads results and changes nothing.',
      scopes: ['ads_read'],
    },
  },
  api: { base_url: GRAPH, errors: graphErrors, rate_limit: graphLimit },
  verify: { url: '/me?fields=id,name,permissions' },
  account: ({ body }) => {
    const permissions = at(body, 'permissions.data')
    return {
      id: readText(body, 'id') ?? '',
      label: readText(body, 'name') ?? '',
      ...(Array.isArray(permissions) && { scopes: readGranted(permissions) }),
    }
  },
  capabilities: [
    {
      id: 'ad_accounts',
      label: 'Ad accounts',
      request: { url: '/me/adaccounts?fields=name,account_status&limit=200' },
      read: ({ status, body }) => (status === 200 ? readAdAccounts(body) : undefined),
    },
  ],
  test_calls: [
    {
      label: 'Ad accounts',
      method: 'GET',
      path: '/me/adaccounts?fields=account_id,name,account_status,currency&limit=10',
    },
    {
      label: 'Campaigns of each',
      method: 'GET',
      path: '/me/adaccounts?fields=name,campaigns.limit(5){name,status,objective}&limit=10',
    },
    { label: 'Who am I', method: 'GET', path: '/me?fields=id,name' },
  ],
  setup: {
    console_url: 'https://developers.facebook.com/apps',
    http_redirects: 'localhost',
    prerequisites: [
      'A Meta business portfolio, and the ad accounts in it or shared with it.',
      'A hub with an https address that Meta can reach.',
    ],
    steps: [
      'Open https://developers.facebook.com/apps and choose Create app. Pick the use case Create and manage ads with Marketing API (app type Business), and your business portfolio. An app that serves WhatsApp already may serve ads as well.',
      ...complianceSteps,
      'Copy App ID and App secret from the same page.',
      'Add the product Facebook Login, and open its Settings. Under Valid OAuth Redirect URIs add {redirect_uri}.',
      'Under Deauthorize callback URL enter {public_url}/api/meta/deauthorize.',
      'Set META_CLIENT_ID to the app id and META_CLIENT_SECRET to the app secret. Where neither is set, META_APP_ID and META_APP_SECRET are read, then the WhatsApp app.',
      'Under App Review ask for advanced access to ads_management and ads_read, and complete business verification, before people without a role in the app connect.',
    ],
    notes: [
      'A connection reaches every ad account of the person that the app was given.',
      'One person has one grant at one Meta app: revoking it ends their WhatsApp connections of that app as well.',
      'Limits depend on the access level of the app and on what an ad account spends; Meta tells how long to wait.',
    ],
    revoke: {
      url: businessIntegrations,
      steps: [
        'At Facebook open Settings, Business integrations.',
        'Choose the app, and Remove.',
        'A token of a system user is ended at https://business.facebook.com/settings/system-users: choose the user, and Revoke tokens.',
      ],
    },
  },
  revocation: { kills: 'grant', request: revokePermissions },
  departures: 'signed_request',
  webhooks: { mode: 'none', note: 'Results are asked for; Meta pushes changes of leads alone.' },
  resources: [
    {
      id: 'ad_account',
      one: 'ad account',
      many: 'ad accounts',
      hint: 'Select the ad accounts whose campaigns count.',
      lists: [
        {
          needs: [['ads_read', 'ads_management']],
          request: { url: '/me/adaccounts?fields=account_id,name,account_status' },
          items: 'data',
          pages: {
            by: 'cursor',
            at: 'paging.cursors.after',
            // The address of the next page holds the token, so it is only looked at for being there.
            more: { at: 'paging.next', exists: true },
            parameter: 'after',
            size: { parameter: 'limit', value: 100 },
          },
          fields: { id: 'id', name: 'name', description: 'account_id' },
        },
      ],
    },
  ],
  sources: [
    'developers.facebook.com: Marketing API, access tokens, rate limits (stored pages, 2025 and 2026)',
  ],
  checked: '2026-11-21',
  doubts: [
    'Whether /me/adaccounts answers every token of a system user was not seen; assigned_ad_accounts is the edge that Meta documents for them.',
  ],
})

/** What the person left ticked: the token answer does not tell. */
function readGranted(permissions: readonly Json[]): string[] {
  return permissions.flatMap((one) =>
    at(one, 'status') === 'granted' ? (readText(one, 'permission') ?? []) : [],
  )
}

/** https://developers.facebook.com/docs/marketing-api/reference/ad-account/: status 1 is active. */
function readAdAccounts(body: Json | undefined): { value: string; warning?: string } | undefined {
  const accounts = at(body, 'data')
  if (!Array.isArray(accounts)) return undefined
  if (accounts.length === 0)
    return {
      value: 'none',
      warning: 'The person reaches no ad account through this app: ask for a role on one, then verify.',
    }
  const stopped = accounts
    .filter((one) => at(one, 'account_status') !== 1)
    .map((one) => readText(one, 'name'))
  return {
    value: String(accounts.length),
    ...(stopped.length > 0 && { warning: `Not active, so that nothing runs there: ${stopped.join(', ')}.` }),
  }
}
