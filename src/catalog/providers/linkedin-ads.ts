import { at, defineProvider, type JsonObject, readText } from '../define.ts'

export default defineProvider({
  id: 'linkedin-ads',
  name: 'LinkedIn Ads',
  category: 'Marketing & Advertising',
  summary: 'Read and manage ad accounts, campaigns and their figures in Campaign Manager.',
  aliases: ['linkedin', 'campaign manager', 'advertising', 'ads', 'marketing'],
  family: 'linkedin',
  hosts: ['api.linkedin.com', 'www.linkedin.com'],
  callback: 'universal',
  env: { client_id: 'LINKEDIN_CLIENT_ID', client_secret: 'LINKEDIN_CLIENT_SECRET' },
  parameters: [
    {
      name: 'apiVersion',
      label: 'Version of the API',
      pattern: '^20[2-9][0-9](?:0[1-9]|1[0-2])$',
      example: '202610',
      default: '202610',
      asked: 'operator',
      help: 'Year and month. LinkedIn ends a version about a year after it came out; move on before that.',
      mismatch: 'Type a year and a month: 202610.',
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with LinkedIn',
      authorization_endpoint: 'https://www.linkedin.com/oauth/v2/authorization',
      token_endpoint: 'https://www.linkedin.com/oauth/v2/accessToken',
      token_endpoint_auth_method: 'client_secret_post',
      pkce: {
        off: 'LinkedIn takes a challenge only at another endpoint, for native clients without a secret; checked 2026-11.',
      },
      // https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow: whoever closes the
      // consent page comes back with one of these.
      denied: ['user_cancelled_login', 'user_cancelled_authorize'],
      normaliseTokenAnswer: readCommas,
      refresh: {
        rotates: 'never',
        dead: ['invalid_grant', 'invalid_request'],
        note: 'An access token lives 60 days. A refresh token comes only for apps that LinkedIn approved for programmatic refresh; it lives a year from the consent, however often it is used. Without it the account has to be connected again every 60 days.',
      },
    },
  ],
  scopes: {
    r_ads: { why: 'Reads ad accounts, campaigns and who may use them.', access: 'read' },
    rw_ads: { why: 'Creates and changes campaigns and their ads.', access: 'write' },
    r_ads_reporting: { why: 'Reads the figures of campaigns.', access: 'read' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What the guide for automation lists.',
      scopes: ['r_ads', 'rw_ads'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['r_ads', 'rw_ads'],
    },
    reporting: {
      label: 'Reporting',
      note: 'Reads accounts, campaigns and figures, and changes nothing.',
      scopes: ['r_ads', 'r_ads_reporting'],
    },
  },
  api: {
    base_url: 'https://api.linkedin.com/rest',
    headers: { 'LinkedIn-Version': '{apiVersion}', 'X-Restli-Protocol-Version': '2.0.0' },
  },
  // Who asks is told by the ad accounts they have a role in: the scopes of the guide do not allow to ask for a name.
  verify: { url: '/adAccountUsers?q=authenticatedUser' },
  account: ({ body }) => {
    const person = /^urn:li:person:([\w-]+)$/.exec(readText(body, 'elements.0.user') ?? '')?.[1] ?? ''
    const elements = at(body, 'elements')
    const count = Array.isArray(elements) ? elements.length : 0
    return {
      id: person,
      label: person
        ? `LinkedIn member ${person} (${count} ${count === 1 ? 'ad account' : 'ad accounts'})`
        : '',
    }
  },
  capabilities: [
    {
      id: 'ad_accounts',
      label: 'Ad accounts',
      request: { url: '/adAccounts?q=search' },
      read: ({ status, body }) => {
        if (status !== 200) return undefined
        const elements = at(body, 'elements')
        const names = (Array.isArray(elements) ? elements : []).flatMap((one) => readText(one, 'name') ?? [])
        if (names.length > 0) return { value: names.slice(0, 5).join(', ') }
        return {
          value: 'none',
          warning:
            'No ad account answers. A new app reaches only the accounts that were entered for it in the developer portal, until LinkedIn approves the Advertising API.',
        }
      },
    },
  ],
  test_calls: [
    { label: 'My roles', method: 'GET', path: '/adAccountUsers?q=authenticatedUser' },
    { label: 'Ad accounts', method: 'GET', path: '/adAccounts?q=search' },
  ],
  setup: {
    console_url: 'https://www.linkedin.com/developers/apps',
    prerequisites: [
      'A LinkedIn page of a company, and its administrator, who verifies the app.',
      'The product Advertising API for the app, which LinkedIn approves.',
    ],
    steps: [
      'Open https://www.linkedin.com/developers/apps and choose Create app. Name it, choose the company’s page, and have its administrator verify it.',
      'Under Products request the Advertising API, and wait for the approval.',
      'Under Auth add the redirect URI shown on this page as Authorized redirect URL for your app.',
      'On the same tab copy the Client ID and the Primary Client Secret, and see that r_ads and rw_ads are listed under OAuth 2.0 scopes.',
      'Set LINKEDIN_CLIENT_ID and LINKEDIN_CLIENT_SECRET.',
      'With the Development tier, enter the ids of the ad accounts under Products, Advertising API, View Ad Accounts.',
    ],
    after: [
      'See whether the connection says when it ends: without the approval for refresh tokens it must be connected again within 60 days.',
    ],
    notes: [
      'Without approval as a marketing partner LinkedIn gives no refresh token. The connection then ends after 60 days; its page tells the day.',
      'A version of the API ends about a year after its month; calls are then answered with 426. Whoever runs the hub sets a newer one in the settings of this integration.',
      'The scopes of the guide name no person: a connection is shown by the member’s id and the ad accounts.',
      'Limits are counted by day, for the app and for each member, and start anew at midnight UTC.',
    ],
    revoke: {
      url: 'https://www.linkedin.com/mypreferences/d/data-sharing-for-permitted-services',
      steps: [
        'Open Settings & Privacy, Data privacy, Other applications, Permitted services.',
        'Find the app by its name.',
        'Choose Remove, and confirm.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    revocation_endpoint: 'https://www.linkedin.com/oauth/v2/revoke',
    undocumented:
      'The marketing documentation does not name the call, though many use it. Remove the app under Permitted services to be sure.',
  },
  webhooks: {
    mode: 'none',
    note: 'Only Lead Sync has notifications, with a product and scopes of its own.',
  },
  resources: [
    {
      id: 'ad_account',
      one: 'ad account',
      many: 'ad accounts',
      hint: 'Select the ad accounts whose campaigns count.',
      lists: [
        {
          needs: [['r_ads', 'rw_ads']],
          request: { url: '/adAccounts?q=search' },
          items: 'elements',
          pages: {
            by: 'cursor',
            at: 'metadata.nextPageToken',
            parameter: 'pageToken',
            size: { parameter: 'pageSize', value: 100 },
          },
          fields: { id: 'id', name: 'name' },
        },
      ],
    },
  ],
  sources: [
    'LinkedIn’s documentation of authentication, refresh tokens and ad accounts at learn.microsoft.com, as public in November 2026.',
  ],
  checked: '2026-11-21',
  doubts: [
    'The newest month that is accepted as version was not looked up by a call.',
    'Whether one revocation ends every token of a member at the app is not written down; it is assumed.',
  ],
})

/**
 * LinkedIn separates scopes with commas where RFC 6749 section 3.3 asks for spaces.
 * https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow
 */
function readCommas({ status, body }: { status: number; body: JsonObject }) {
  const scope = body['scope']
  return {
    status,
    body: typeof scope === 'string' ? { ...body, scope: scope.replaceAll(',', ' ') } : body,
  }
}
