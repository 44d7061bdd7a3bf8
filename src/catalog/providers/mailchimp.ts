import { defineProvider, readText } from '../define.ts'

export default defineProvider({
  id: 'mailchimp',
  name: 'Mailchimp',
  category: 'Marketing & Advertising',
  summary: 'Read audiences, campaigns and reports, and keep the people on a list up to date.',
  aliases: ['newsletter', 'email marketing', 'audience', 'campaigns'],
  family: 'mailchimp',
  hosts: ['login.mailchimp.com', '{dc}.api.mailchimp.com'],
  callback: 'universal',
  env: { client_id: 'MAILCHIMP_CLIENT_ID', client_secret: 'MAILCHIMP_CLIENT_SECRET' },
  parameters: [
    {
      name: 'dc',
      label: 'Data centre',
      pattern: '^[a-z]{2,3}[0-9]{1,3}$',
      example: 'us6',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in to Mailchimp',
      authorization_endpoint: 'https://login.mailchimp.com/oauth2/authorize',
      token_endpoint: 'https://login.mailchimp.com/oauth2/token',
      token_endpoint_auth_method: 'client_secret_post',
      pkce: { off: 'Mailchimp documents no code challenge and ignores one; checked 2026-11.' },
      refresh: {
        rotates: 'none',
        note: 'Tokens do not expire: the answer says expires_in 0, which means never. No refresh token comes.',
      },
    },
    {
      kind: 'api_key',
      label: 'API key',
      fields: [
        {
          name: 'apiKey',
          label: 'API key',
          pattern: '^[0-9a-f]{32}-[a-z]{2,3}[0-9]{1,3}$',
          example: '0123456789abcdef...-us6',
          required: true,
          secret: true,
          help: 'The letters after the dash name the data centre of the account.',
          mismatch: 'An API key is 32 digits and letters a to f, a dash, and the data centre: ...-us6.',
          normalise: (typed) => typed.replaceAll(/\s/g, '').toLowerCase(),
          derive: (key) => ({ dc: key.split('-')[1] ?? '' }),
        },
      ],
      // Any user name will do.
      authorization: { scheme: 'basic', username: 'trunkline', password: '{apiKey}' },
      verify: { url: '/?fields=account_id,account_name,email,login_id' },
      account: ({ body, parameters }) => {
        const email = readText(body, 'email')
        return {
          id: readText(body, 'account_id') ?? '',
          label: `${readText(body, 'account_name') ?? ''} (${parameters['dc'] ?? ''})`,
          ...(email && { email }),
        }
      },
      instructions: [
        'In Mailchimp open your picture, Account & billing, Extras, API keys.',
        'Choose Create A Key, name it, and copy it: Mailchimp shows it once.',
        'Paste it here. The data centre is read from its end.',
      ],
    },
  ],
  scope_sets: {
    recommended: { label: 'Recommended', note: 'Nothing is asked for: Mailchimp has no scopes.', scopes: [] },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: [],
      documented: {
        scopes: ['read_only'],
        reason: 'Mailchimp has no scopes: a token may do whatever the person who connected may do.',
      },
    },
  },
  permissions_note:
    'Mailchimp has no scopes: a connection may do what the role of the person allows. For reading only, connect a person with the role Viewer.',
  api: {
    base_url: 'https://{dc}.api.mailchimp.com/3.0',
    errors: {
      // The metadata endpoint answers a dead token with a 200.
      unauthorized: [{ status: 200, at: 'error', equals: ['invalid_token', 'expired_token'] }],
    },
  },
  verify: {
    url: 'https://login.mailchimp.com/oauth2/metadata',
    authorization: { scheme: 'header', name: 'Authorization', value: 'OAuth {access_token}' },
  },
  account: ({ body }) => {
    const email = readText(body, 'login.email') ?? readText(body, 'login.login_email')
    const avatar = readText(body, 'login.avatar')
    const dc = readText(body, 'dc')
    return {
      id: readText(body, 'user_id') ?? '',
      label: readText(body, 'accountname') ?? email ?? '',
      ...(email && { email }),
      ...(avatar && { avatar }),
      ...(dc && { parameters: { dc } }),
    }
  },
  test_calls: [
    { label: 'Account', method: 'GET', path: '/?fields=account_name,email,total_subscribers' },
    { label: 'Audiences', method: 'GET', path: '/lists?count=10' },
    { label: 'Campaigns', method: 'GET', path: '/campaigns?count=10&sort_field=send_time&sort_dir=DESC' },
    { label: 'Reports', method: 'GET', path: '/reports?count=10' },
  ],
  setup: {
    console_url: 'https://admin.mailchimp.com/account/oauth2/',
    http_redirects: '127.0.0.1',
    prerequisites: ['A Mailchimp account, and the role of manager or higher in it.'],
    steps: [
      'In Mailchimp open your picture, Account & billing, Extras, Registered apps (https://admin.mailchimp.com/account/oauth2/).',
      'Choose Register An App, and name the app and your company as people shall see them.',
      'Paste the redirect URI shown on this page under Redirect URI. On your own machine write 127.0.0.1: Mailchimp refuses localhost.',
      'Choose Create, and copy the Client ID and the Client Secret, which Mailchimp shows once.',
      'Set MAILCHIMP_CLIENT_ID and MAILCHIMP_CLIENT_SECRET.',
    ],
    notes: [
      'Every account lives in one data centre (us6, for example). It is asked for while connecting, or read from the end of an API key.',
      'Ten calls at once are the most for one account.',
      'An account that is connected by OAuth and by API key has two ids at Mailchimp, so the two connections are not recognised as one account.',
    ],
    revoke: {
      url: 'https://admin.mailchimp.com/account/api/',
      steps: [
        'Open your picture, Account & billing, Extras, API keys.',
        'Under Authorized applications find the app by its name and choose Revoke access; an API key is revoked in the list above it.',
        'Confirm.',
      ],
    },
  },
  webhooks: {
    mode: 'by_hand',
    events: ['subscribe', 'unsubscribe', 'profile', 'upemail', 'cleaned', 'campaign'],
    signature: { scheme: 'shared_secret', secret: 'subscription' },
    handshake: 'A GET on the address is answered with 200 when the webhook is made.',
    steps: [
      'In Mailchimp open Audience, Settings, Webhooks, and choose Create new webhook.',
      'Paste the address of this hub as it is shown, with the secret at its end.',
      'Tick the events, and by whom they may be caused.',
    ],
    note: 'Mailchimp signs nothing: the secret is a part of the address. Bodies are form encoded, and an audience has its own webhooks.',
  },
  resources: [
    {
      id: 'audience',
      one: 'audience',
      many: 'audiences',
      hint: 'Select the audiences whose campaigns count.',
      lists: [
        {
          request: { url: '/lists?fields=lists.id,lists.name,total_items' },
          items: 'lists',
          pages: {
            by: 'offset',
            parameter: 'offset',
            total: 'total_items',
            size: { parameter: 'count', value: 500 },
          },
          fields: { id: 'id', name: 'name' },
        },
      ],
    },
  ],
  sources: [
    'Mailchimp Marketing API documentation and its OAuth guide, as public in November 2026.',
    'The npm client @mailchimp/mailchimp_marketing 3.0 against the sandbox’s stand-in.',
  ],
  checked: '2026-11-21',
  doubts: [
    'That a dead token gets a 200 from the metadata endpoint is from clients of others, not from a call.',
  ],
})
