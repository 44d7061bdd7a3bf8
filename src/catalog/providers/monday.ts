import { defineProvider, type JsonObject, readText } from '../define.ts'

export default defineProvider({
  id: 'monday',
  name: 'monday.com',
  category: 'Project Management',
  summary: 'Read and write boards, items and updates, and list people and workspaces.',
  aliases: ['monday', 'boards', 'items', 'work management', 'graphql'],
  family: 'monday',
  hosts: ['api.monday.com', 'auth.monday.com'],
  callback: 'universal',
  env: {
    client_id: 'MONDAY_CLIENT_ID',
    client_secret: 'MONDAY_CLIENT_SECRET',
    extra: { MONDAY_SIGNING_SECRET: 'Checks the signature of the events monday.com sends.' },
  },
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with monday.com',
      authorization_endpoint: 'https://auth.monday.com/oauth2/authorize',
      token_endpoint: 'https://auth.monday.com/oauth_ms/oauth/token',
      token_endpoint_auth_method: 'client_secret_post',
      token_request_format: 'json',
      normaliseTokenAnswer: readEnd,
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant', 'invalid_token'],
        assumed_lifetime: 3600,
        note: 'Access tokens are JWTs of about an hour; how long they live stands in the token and nowhere else. The tokens without an end that older apps had stopped on 1 October 2026.',
      },
    },
    {
      kind: 'api_key',
      label: 'Personal API token',
      fields: [
        {
          name: 'token',
          label: 'Personal API token',
          pattern: '^eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
          example: 'eyJhbGciOiJIUzI1NiJ9.eyJ0aWQ...',
          required: true,
          secret: true,
          mismatch: 'A personal API token is three parts with dots between them, and begins with eyJ.',
        },
      ],
      // The token stands alone, without the word Bearer.
      authorization: { scheme: 'header', name: 'Authorization', value: '{token}' },
      instructions: [
        'In monday.com open your picture, Developers, and there API token, Show.',
        'Copy the token and paste it here. It may do whatever you may do.',
      ],
    },
  ],
  scopes: {
    'me:read': { why: 'Reads who is connected, and the account.', access: 'read' },
    'boards:read': { why: 'Reads boards, their columns, groups and items.', access: 'read' },
    'boards:write': { why: 'Creates and changes boards and items.', access: 'write' },
    'updates:read': { why: 'Reads the updates of items, which are their comments.', access: 'read' },
    'updates:write': { why: 'Posts updates on items.', access: 'write' },
    'users:read': { why: 'Lists the people of the account, to match them across tools.', access: 'read' },
    'workspaces:read': { why: 'Lists the workspaces that hold the boards.', access: 'read' },
    'webhooks:read': { why: 'Lists the webhooks of a board.', access: 'read' },
    'webhooks:write': {
      why: 'Makes and removes webhooks of a board, so that changes arrive at once.',
      access: 'write',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What every tool of this provider needs. Each has to be ticked in the app as well.',
      scopes: [
        'boards:read',
        'boards:write',
        'updates:read',
        'updates:write',
        'users:read',
        'workspaces:read',
        'me:read',
      ],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents.',
      scopes: [
        'boards:read',
        'boards:write',
        'updates:read',
        'updates:write',
        'users:read',
        'workspaces:read',
        'me:read',
      ],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation; updates, people and workspaces are refused with it.',
      scopes: ['me:read', 'boards:read', 'boards:write'],
    },
    with_webhooks: {
      label: 'With webhooks',
      note: 'The recommended scopes and those for webhooks, which no guide lists.',
      scopes: [
        'boards:read',
        'boards:write',
        'updates:read',
        'updates:write',
        'users:read',
        'workspaces:read',
        'me:read',
        'webhooks:read',
        'webhooks:write',
      ],
    },
  },
  api: {
    base_url: 'https://api.monday.com',
    headers: { 'API-Version': '2026-01' },
    // https://developer.monday.com/api-reference/docs/error-handling: failures are listed in the body of a 200.
    errors: {
      unauthorized: [{ at: 'errors.0.extensions.code', equals: ['NOT_AUTHENTICATED', 'UNAUTHENTICATED'] }],
      forbidden: [
        {
          at: 'errors.0.extensions.code',
          equals: [
            'UserUnauthorizedException',
            'USER_UNAUTHORIZED',
            'USER_ACCESS_DENIED',
            'missingRequiredPermissions',
            'UNAUTHORIZED_FIELD_OR_TYPE',
          ],
        },
      ],
      rate_limited: [
        {
          at: 'errors.0.extensions.code',
          equals: [
            'ComplexityException',
            'COMPLEXITY_BUDGET_EXHAUSTED',
            'RATE_LIMIT_EXCEEDED',
            'maxConcurrencyExceeded',
            'IP_RATE_LIMIT_EXCEEDED',
          ],
        },
      ],
      not_available: [{ at: 'errors.0.extensions.code', equals: 'DAILY_LIMIT_EXCEEDED' }],
      failed: [{ at: 'errors.0' }, { at: 'error_code' }],
    },
    rate_limit: { retry_after_at: 'errors.0.extensions.retry_in_seconds' },
  },
  verify: {
    method: 'POST',
    url: '/v2',
    json: { query: '{ me { id name email photo_thumb account { id name slug } } }' },
  },
  account: ({ body }) => {
    const email = readText(body, 'data.me.email')
    const avatar = readText(body, 'data.me.photo_thumb')
    const user = readText(body, 'data.me.id') ?? ''
    return {
      id: `${readText(body, 'data.me.account.id') ?? ''}:${user}`,
      label: `${readText(body, 'data.me.account.name') ?? ''} (${readText(body, 'data.me.name') ?? ''})`,
      ...(email && { email }),
      ...(avatar && { avatar }),
    }
  },
  test_calls: [
    {
      label: 'Who am I',
      method: 'POST',
      path: '/v2',
      json: { query: '{ me { id name email account { id name slug } } }' },
    },
    {
      label: 'Boards, last used first',
      method: 'POST',
      path: '/v2',
      json: { query: '{ boards(limit: 10, order_by: used_at) { id name state items_count } }' },
    },
    {
      label: 'Workspaces',
      method: 'POST',
      path: '/v2',
      json: { query: '{ workspaces(limit: 10) { id name } }' },
    },
  ],
  setup: {
    console_url: 'https://monday.com/developers/apps',
    prerequisites: [
      'A monday.com account whose administrators let you make apps.',
      'To connect other accounts: an app that is promoted to live, which each of them installs.',
    ],
    steps: [
      'In monday.com open your picture, Developers, and choose Create app (https://monday.com/developers/apps). Name it as people shall see it.',
      'Under OAuth & permissions tick the scopes shown on this page, and paste the redirect URI under Redirect URLs.',
      'Make a new version of the app, and switch New OAuth Flow on for it. Apps without it have not worked since 1 October 2026.',
      'Promote that version to live, or make it active for yourself while you try it.',
      'Under General settings copy the Client ID, the Client Secret and the Signing Secret.',
      'Set MONDAY_CLIENT_ID, MONDAY_CLIENT_SECRET and MONDAY_SIGNING_SECRET.',
    ],
    after: ['Nothing is found on boards that the person who connected cannot open.'],
    notes: [
      'An account that has not installed the app is asked to do so while connecting; a member may need an administrator for it.',
      'The guide for agents calls webhooks of this service app-level. An app hears of its own life only (installed, removed, and the like); changes of boards and items need a webhook for each board, and the scope webhooks:write.',
      'Limits: five to ten million points of complexity a minute, and a number of calls a day that depends on the plan. monday.com tells of a limit inside a 200; the hub treats it as the 429 it is.',
    ],
    revoke: {
      url: 'https://support.monday.com/hc/en-us/articles/360011694919',
      steps: [
        'In monday.com open your picture, Administration, Apps (or Apps, Manage apps).',
        'Find the app by its name under Installed apps.',
        'Choose Uninstall, which ends it for the whole account. A personal API token is regenerated under Developers, API token.',
      ],
    },
  },
  revocation: {
    kills: 'token',
    request: {
      method: 'POST',
      url: 'https://auth.monday.com/oauth_ms/oauth/revoke',
      authorization: 'none',
      json: {
        token: '{refresh_token}',
        token_type_hint: 'refresh_token',
        client_id: '{client_id}',
        client_secret: '{client_secret}',
      },
    },
  },
  webhooks: {
    mode: 'app_level',
    events: [
      'create_item',
      'change_column_value',
      'change_status_column_value',
      'change_name',
      'create_update',
      'item_archived',
      'item_deleted',
      'item_moved_to_any_group',
    ],
    signature: {
      scheme: 'jwt-hs256',
      header: 'Authorization',
      secret: 'MONDAY_SIGNING_SECRET',
    },
    handshake: 'A new address gets a challenge as JSON, and wants the same JSON back with 200.',
    steps: [
      'For what happens to the app itself: open the app, Webhooks, and paste the webhook address of the hub.',
      'For changes of a board: choose the scope set with webhooks and connect again; the hub makes the webhook of each selected board.',
    ],
    note: 'Webhooks made with a personal token carry no signature. A delivery is told apart by event.triggerUuid.',
  },
  resources: [
    {
      id: 'board',
      one: 'board',
      many: 'boards',
      hint: 'Select the boards whose items count.',
      lists: [
        {
          needs: ['boards:read'],
          request: {
            method: 'POST',
            url: '/v2',
            json: {
              query:
                'query($limit: Int, $page: Int) { boards(limit: $limit, page: $page) { id name url board_kind state workspace { id name } } }',
              variables: {},
            },
          },
          items: 'data.boards',
          pages: {
            by: 'page',
            parameter: 'variables.page',
            first: 1,
            size: { parameter: 'variables.limit', value: 100 },
          },
          fields: {
            id: 'id',
            name: 'name',
            description: 'workspace.name',
            url: 'url',
            private: { at: 'board_kind', equals: 'private' },
            archived: { at: 'state', equals: 'archived' },
          },
        },
      ],
    },
  ],
  sources: [
    'https://developer.monday.com/apps/docs/migrating-to-the-new-oauth-flow, and monday.com’s own skill for the migration, read in November 2026',
    '@mondaydotcomorg/api 14.0.0, the vendor’s client: its calls against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    'monday.com describes PKCE as optional for apps with a secret, others as required; it is sent.',
    'The lifetime of refresh tokens, and whether a used one may be repeated, are not published.',
    'Versions of the API come every quarter; 2026-01 is the one that the vendor’s client asks for.',
    'Whether revoking one token ends the others of that person is not written down; it is treated as if it did not.',
  ],
})

/**
 * The answer has no expires_in, which RFC 6749 section 5.1 recommends: when the token ends stands in its claims. They
 * are read unverified, because nothing but the time of the next refresh depends on them.
 * https://developer.monday.com/apps/docs/migrating-to-the-new-oauth-flow
 */
function readEnd({ status, body }: { status: number; body: JsonObject }) {
  const token = body['access_token']
  if (typeof token !== 'string' || body['expires_in'] !== undefined) return { status, body }
  const { exp } = readClaims(token)
  return { status, body: typeof exp === 'number' ? { ...body, expires_at: exp } : body }
}

function readClaims(token: string): JsonObject {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    return JSON.parse(atob(part)) as JsonObject
  } catch {
    return {}
  }
}
