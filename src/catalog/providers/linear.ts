import { defineProvider, type JsonObject, readText } from '../define.ts'

export default defineProvider({
  id: 'linear',
  name: 'Linear',
  category: 'Project Management',
  summary: 'Search, read and write issues and comments, and follow the projects of a workspace.',
  aliases: ['issues', 'tickets', 'projects', 'cycles', 'graphql'],
  family: 'linear',
  hosts: ['api.linear.app'],
  callback: 'universal',
  env: {
    client_id: 'LINEAR_CLIENT_ID',
    client_secret: 'LINEAR_CLIENT_SECRET',
    extra: { LINEAR_WEBHOOK_SECRET: 'Checks the signature of the events Linear sends.' },
  },
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with Linear',
      authorization_endpoint: 'https://linear.app/oauth/authorize',
      token_endpoint: 'https://api.linear.app/oauth/token',
      token_endpoint_auth_method: 'client_secret_post',
      scope_separator: ',',
      // Without it Linear connects the workspace that was authorised before, with no page to choose another.
      authorization_params: { prompt: 'consent' },
      normaliseTokenAnswer: joinScopes,
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant'],
        note: 'Access tokens live 24 hours. Since April 2026 every app gets refresh tokens, and none gets the tokens of ten years any more. A refresh that was answered and lost may be repeated within about half an hour.',
      },
    },
    {
      kind: 'api_key',
      label: 'Personal API key',
      fields: [
        {
          name: 'apiKey',
          label: 'Personal API key',
          pattern: '^lin_api_[A-Za-z0-9]{20,200}$',
          example: 'lin_api_AbCdEf...',
          required: true,
          secret: true,
          mismatch: 'A personal API key begins with lin_api_.',
        },
      ],
      // The key stands alone: Linear refuses it behind the word Bearer.
      authorization: { scheme: 'header', name: 'Authorization', value: '{apiKey}' },
      instructions: [
        'In Linear open Settings, Account, Security & access (https://linear.app/settings/account/security).',
        'Under Personal API keys choose New API key. Name it, and limit it to the permissions and teams it needs.',
        'Copy the key and paste it here. The connection acts as you.',
      ],
    },
  ],
  scopes: {
    read: { why: 'Reads issues, projects, teams and people; Linear always grants it.', access: 'read' },
    write: { why: 'Changes issues, projects and everything else the person may change.', access: 'write' },
    'issues:create': { why: 'Creates issues and their attachments.', access: 'write' },
    'comments:create': { why: 'Adds comments to issues.', access: 'write' },
    admin: {
      why: 'Reaches what only administrators may do, of which the hub uses one thing: making webhooks by itself.',
      access: 'write',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What every tool of this provider needs.',
      scopes: ['read', 'write', 'issues:create', 'comments:create'],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents.',
      scopes: ['read', 'write', 'issues:create', 'comments:create'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation; write covers creating issues and comments.',
      scopes: ['read', 'write'],
    },
    own_webhooks: {
      label: 'Webhooks made by the hub',
      note: 'Adds admin, which lets the hub make a webhook for each workspace. The webhook of the OAuth application does without it.',
      scopes: ['read', 'write', 'issues:create', 'comments:create', 'admin'],
    },
    read_only: { label: 'Read only', note: 'Reads and changes nothing.', scopes: ['read'] },
  },
  api: {
    base_url: 'https://api.linear.app',
    // https://linear.app/developers/graphql: failures are listed in the body, with 200, 400, 401 or 403.
    errors: {
      unauthorized: [{ at: 'errors.0.extensions.code', equals: 'AUTHENTICATION_ERROR' }],
      forbidden: [{ at: 'errors.0.extensions.code', equals: 'FORBIDDEN' }],
      rate_limited: [{ at: 'errors.0.extensions.code', equals: 'RATELIMITED' }],
      not_available: [{ at: 'errors.0.extensions.type', equals: 'feature not accessible' }],
      failed: [{ at: 'errors.0' }],
    },
    rate_limit: { reset_header: 'x-ratelimit-requests-reset', reset_unit: 'milliseconds' },
  },
  verify: {
    method: 'POST',
    url: '/graphql',
    json: { query: '{ viewer { id name email avatarUrl } organization { id name urlKey } }' },
  },
  account: ({ body }) => {
    const email = readText(body, 'data.viewer.email')
    const avatar = readText(body, 'data.viewer.avatarUrl')
    return {
      id: `${readText(body, 'data.organization.id') ?? ''}:${readText(body, 'data.viewer.id') ?? ''}`,
      label: `${readText(body, 'data.organization.name') ?? ''} (${readText(body, 'data.viewer.name') ?? ''})`,
      ...(email && { email }),
      ...(avatar && { avatar }),
    }
  },
  test_calls: [
    {
      label: 'Who am I',
      method: 'POST',
      path: '/graphql',
      json: { query: '{ viewer { id name email } organization { id name urlKey } }' },
    },
    {
      label: 'Issues, last changed first',
      method: 'POST',
      path: '/graphql',
      json: {
        query:
          '{ issues(first: 10, orderBy: updatedAt) { nodes { identifier title state { name } assignee { name } updatedAt } } }',
      },
    },
    {
      label: 'Teams',
      method: 'POST',
      path: '/graphql',
      json: { query: '{ teams(first: 20) { nodes { id key name } } }' },
    },
    {
      label: 'Projects',
      method: 'POST',
      path: '/graphql',
      json: { query: '{ projects(first: 10) { nodes { id name state progress } } }' },
    },
  ],
  setup: {
    console_url: 'https://linear.app/settings/api/applications/new',
    prerequisites: [
      'A Linear workspace in which you are an administrator. A workspace of its own for the application is wise: every administrator of that workspace can see the secret.',
    ],
    steps: [
      'Open https://linear.app/settings/api/applications/new (Settings, API, OAuth applications, New).',
      'Enter the name, the developer and the web address that people shall see on the consent page.',
      'Paste the redirect URI shown on this page under Callback URLs.',
      'Switch Public on if other workspaces than yours shall connect. Leave Client credentials off.',
      'Create the application, and copy the Client ID and the Client secret.',
      'Set LINEAR_CLIENT_ID and LINEAR_CLIENT_SECRET. Scopes are not entered at Linear: they are asked for while connecting.',
    ],
    notes: [
      'A connection reaches one workspace: the one chosen at the top of the consent page. Connect again for another.',
      'A workspace may require that an administrator approves applications first.',
      'Limits: 5,000 calls and 2,000,000 points of complexity an hour for each person, and 10,000 points for one query. Linear tells of a limit inside a 400 or a 200, with the code RATELIMITED; the hub treats it as the 429 it is.',
    ],
    revoke: {
      url: 'https://linear.app/settings/account/security',
      steps: [
        'In Linear open Settings, Account, Security & access.',
        'Under Authorized applications find the app by its name.',
        'Choose Revoke access. A personal API key is deleted on the same page; administrators remove an app for the whole workspace under Settings, Applications.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    // https://linear.app/developers/oauth-2-0-authentication: a 400 says that it was revoked before.
    request: {
      method: 'POST',
      url: 'https://api.linear.app/oauth/revoke',
      authorization: 'none',
      form: { refresh_token: '{refresh_token}' },
      gone: [{ status: [400, 401] }],
    },
  },
  webhooks: {
    mode: 'automatic',
    events: ['Issue', 'Comment', 'OAuthApp'],
    signature: {
      scheme: 'hmac-sha256',
      header: 'Linear-Signature',
      encoding: 'hex',
      signed: '{body}',
      timestamp_at: 'webhookTimestamp',
      tolerance: 60,
      secret: 'LINEAR_WEBHOOK_SECRET',
    },
    steps: [
      'Open the OAuth application at https://linear.app/settings/api and choose Edit.',
      'Switch Webhooks on, paste the webhook address of the hub, and tick Issues, Issue comments and OAuth app revoked.',
      'Copy the signing secret and set LINEAR_WEBHOOK_SECRET.',
    ],
    note: 'Linear makes a webhook of its own for each workspace that authorises the application, all with this one address; the organizationId in a delivery tells which. The hub can make one through the API instead, for which Linear asks for the admin scope.',
  },
  resources: [
    {
      id: 'team',
      one: 'team',
      many: 'teams',
      hint: 'Select the teams whose issues and cycles count.',
      lists: [
        {
          needs: ['read'],
          request: {
            method: 'POST',
            url: '/graphql',
            json: {
              query:
                'query($first: Int, $after: String) { teams(first: $first, after: $after) { nodes { id key name private } pageInfo { hasNextPage endCursor } } }',
              variables: {},
            },
          },
          items: 'data.teams.nodes',
          pages: {
            by: 'cursor',
            at: 'data.teams.pageInfo.endCursor',
            more: 'data.teams.pageInfo.hasNextPage',
            parameter: 'variables.after',
            size: { parameter: 'variables.first', value: 100 },
          },
          fields: { id: 'id', name: 'name', description: 'key', private: 'private' },
        },
      ],
    },
    {
      id: 'project',
      one: 'project',
      many: 'projects',
      lists: [
        {
          needs: ['read'],
          request: {
            method: 'POST',
            url: '/graphql',
            json: {
              query:
                'query($first: Int, $after: String) { projects(first: $first, after: $after) { nodes { id name url } pageInfo { hasNextPage endCursor } } }',
              variables: {},
            },
          },
          items: 'data.projects.nodes',
          pages: {
            by: 'cursor',
            at: 'data.projects.pageInfo.endCursor',
            more: 'data.projects.pageInfo.hasNextPage',
            parameter: 'variables.after',
            size: { parameter: 'variables.first', value: 100 },
          },
          fields: { id: 'id', name: 'name', url: 'url' },
        },
      ],
    },
  ],
  sources: [
    'https://linear.app/developers/oauth-2-0-authentication, /graphql, /rate-limiting and /webhooks, copies of 2026, read in November 2026',
    '@linear/sdk 98.0.0: its error types, and its client against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    'Whether ending one token ends every token of that person at this application is not written down; it is treated as if it did.',
    'That a refresh may be repeated within about half an hour was told by Linear once and is not in its documentation.',
    'An older copy of the page about limits has 1,200 calls and 200,000 points an hour for OAuth applications.',
  ],
})

/**
 * Applications made before December 2023 get the granted scopes as an array, where RFC 6749 section 3.3 asks for text.
 * https://linear.app/developers/oauth-2-0-authentication
 */
function joinScopes({ status, body }: { status: number; body: JsonObject }) {
  const scope = body['scope']
  const names = Array.isArray(scope) ? scope.filter((name) => typeof name === 'string') : undefined
  return { status, body: names ? { ...body, scope: names.join(' ') } : body }
}
