import { defineProvider, type Parameter, readText } from '../define.ts'

const REGIONS: Readonly<Record<string, { app: string; api: string }>> = {
  us: { app: 'app.intercom.com', api: 'api.intercom.io' },
  eu: { app: 'app.eu.intercom.com', api: 'api.eu.intercom.io' },
  au: { app: 'app.au.intercom.com', api: 'api.au.intercom.io' },
}

const region = {
  name: 'region',
  label: 'Region',
  pattern: '^(?:us|eu|au)$',
  example: 'us',
  default: 'us',
  options: [
    { value: 'us', label: 'United States (app.intercom.com)' },
    { value: 'eu', label: 'Europe (app.eu.intercom.com)' },
    { value: 'au', label: 'Australia (app.au.intercom.com)' },
  ],
  help: 'Where the data of your workspace is kept: the address of Intercom in your browser tells.',
  mismatch: 'Choose us, eu or au.',
  normalise: (typed) => typed.trim().toLowerCase(),
  derive: (value) => ({ appHost: REGIONS[value]?.app ?? '', apiHost: REGIONS[value]?.api ?? '' }),
} satisfies Parameter

export default defineProvider({
  id: 'intercom',
  name: 'Intercom',
  category: 'Support & Helpdesk',
  summary: 'Search, read and answer conversations, and look up contacts and companies.',
  aliases: ['support', 'chat', 'messenger', 'customer service', 'fin'],
  family: 'intercom',
  hosts: ['{apiHost}', 'api.intercom.io'],
  callback: 'universal',
  env: { client_id: 'INTERCOM_CLIENT_ID', client_secret: 'INTERCOM_CLIENT_SECRET' },
  parameters: [
    region,
    {
      name: 'appHost',
      label: 'Host of the pages',
      pattern: '^app(?:\\.(?:eu|au))?\\.intercom\\.com$',
      example: 'app.intercom.com',
      asked: false,
    },
    {
      name: 'apiHost',
      label: 'Host of the API',
      pattern: '^api(?:\\.(?:eu|au))?\\.intercom\\.io$',
      example: 'api.intercom.io',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in to Intercom',
      authorization_endpoint: 'https://{appHost}/oauth',
      token_endpoint: 'https://api.intercom.io/auth/eagle/token',
      token_endpoint_auth_method: 'client_secret_post',
      pkce: { off: 'Intercom documents no code challenge and ignores one; checked 2026-11.' },
      refresh: {
        rotates: 'none',
        note: 'Tokens do not expire. They end when the app is uninstalled from the workspace.',
      },
      code_lifetime: 300,
    },
    {
      kind: 'api_key',
      label: 'Access token of your own app',
      fields: [
        {
          name: 'accessToken',
          label: 'Access token',
          pattern: '^[A-Za-z0-9+/_=-]{20,300}$',
          example: 'dG9rOjE2...',
          required: true,
          secret: true,
          mismatch: 'An access token is one row of 20 or more letters and digits; it may end with =.',
          normalise: (typed) => typed.replaceAll(/\s/g, ''),
        },
      ],
      authorization: { scheme: 'bearer' },
      instructions: [
        'In Intercom open Settings, Integrations, Developer Hub, and choose the app, or New app.',
        'Under Configure, Authentication copy the access token.',
        'Paste it here with the region of the workspace. The connection acts as the app in that one workspace.',
      ],
    },
  ],
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Nothing is asked for: permissions are ticked in the Developer Hub.',
      scopes: [],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: [],
      documented: {
        scopes: ['read', 'write'],
        reason:
          'Intercom takes no scopes while authorizing: what the app may do is ticked in the Developer Hub.',
      },
    },
  },
  permissions_note:
    'Intercom takes no scopes while authorizing: the app’s permissions are ticked in the Developer Hub, and the consent page lists them.',
  api: {
    base_url: 'https://{apiHost}',
    headers: { 'Intercom-Version': '2.14' },
    errors: {
      // https://developers.intercom.com/docs/references/rest-api/errors/error-codes: a permission that is not ticked
      // has a code of its own, whatever the status.
      forbidden: [
        { status: [401, 403], at: 'errors.0.code', equals: ['token_unauthorized', 'action_forbidden'] },
      ],
      not_available: [{ status: [402, 403], at: 'errors.0.code', equals: 'api_plan_restricted' }],
    },
    rate_limit: { reset_header: 'x-ratelimit-reset' },
  },
  verify: { url: '/me' },
  account: ({ body }) => {
    const email = readText(body, 'email')
    const name = readText(body, 'app.name')
    return {
      id: readText(body, 'app.id_code') ?? '',
      label: `${name ?? readText(body, 'name') ?? ''}${email ? ` (${email})` : ''}`,
      ...(email && { email }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/me' },
    { label: 'Conversations', method: 'GET', path: '/conversations?per_page=10' },
    { label: 'Contacts', method: 'GET', path: '/contacts?per_page=10' },
    { label: 'Teammates', method: 'GET', path: '/admins' },
  ],
  setup: {
    console_url: 'https://app.intercom.com/a/apps/_/developer-hub',
    prerequisites: [
      'An Intercom workspace, and the right to access its developer settings.',
      'To connect the workspaces of others: a review of the app by Intercom.',
    ],
    steps: [
      'In Intercom open Settings, Integrations, Developer Hub, and choose New app.',
      'Under Configure, Authentication choose Edit and tick Use OAuth.',
      'Add the redirect URI shown on this page under Redirect URLs. Intercom wants https.',
      'Under Permissions tick what the hub is to read and write: at least read admins, read conversations, and read and list users and companies. Save.',
      'Under Configure, Basic information copy the Client ID and the Client secret.',
      'Set INTERCOM_CLIENT_ID and INTERCOM_CLIENT_SECRET.',
    ],
    notes: [
      'Disconnecting uninstalls the app from the workspace, for everybody who connected it there.',
      'A permission that is ticked later takes effect when the account is connected again.',
      'The version of the API is fixed to 2.14 by this entry.',
      'Limits: 10,000 calls a minute for the app, 25,000 for the workspace, counted in ten seconds.',
    ],
    revoke: {
      url: 'https://app.intercom.com/a/apps/_/appstore',
      steps: [
        'In Intercom open Settings, Integrations, App store.',
        'Choose the app by its name under Installed.',
        'Choose Uninstall, and confirm.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    effect: 'Intercom uninstalls the app from the workspace.',
    request: { method: 'POST', url: '/auth/uninstall', authorization: 'token', gone: [{ status: 401 }] },
  },
  webhooks: {
    mode: 'app_level',
    events: ['conversation.user.created', 'conversation.user.replied', 'contact.created'],
    signature: {
      scheme: 'hmac-sha1',
      header: 'X-Hub-Signature',
      encoding: 'hex',
      prefix: 'sha1=',
      signed: '{body}',
      secret: 'client_secret',
    },
    handshake: 'A HEAD on the address is answered with 200; the first delivery has the topic ping.',
    steps: [
      'In the Developer Hub open the app, Webhooks.',
      'Paste the address of this hub, pick the topics, and save.',
    ],
    note: 'A delivery carries its id in the body (id), and the workspace it comes from (app_id).',
  },
  no_resources: 'A workspace is one inbox: there is nothing in it to choose from.',
  sources: [
    'Intercom developer documentation, as public in November 2026.',
    'The npm client intercom-client 7.0 against the sandbox’s stand-in.',
  ],
  checked: '2026-11-21',
  doubts: [
    'The documentation names one token endpoint for all regions; whether the regional hosts answer there too was not tested.',
  ],
})
