import {
  defineProvider,
  type Json,
  type JsonObject,
  type Parameter,
  readText,
  type Tenant,
} from '../define.ts'
import { forgeApp } from '../families/forge.ts'

const site = {
  name: 'site',
  label: 'Atlassian site',
  pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
  example: 'your-team',
  help: 'The name before .atlassian.net. Leave it empty to choose among your sites after signing in.',
  mismatch: 'Type the name of the site: your-team, or paste https://your-team.atlassian.net.',
  normalise: readSite,
} satisfies Parameter

export default defineProvider({
  id: 'jira',
  name: 'Jira Cloud',
  category: 'Project Management',
  summary: 'Search, read and write issues, and follow projects, boards and sprints of one site.',
  aliases: ['atlassian', 'issues', 'tickets', 'scrum', 'kanban', 'sprint'],
  family: 'atlassian',
  hosts: ['api.atlassian.com', 'auth.atlassian.com', '{site}.atlassian.net'],
  callback: 'universal',
  env: {
    client_id: 'JIRA_CLIENT_ID',
    client_secret: 'JIRA_CLIENT_SECRET',
    fallback: [{ client_id: 'ATLASSIAN_CLIENT_ID', client_secret: 'ATLASSIAN_CLIENT_SECRET' }],
    extra: {
      FORGE_APP_ID:
        'Id of your Forge app (ari:cloud:ecosystem::app/...), where the hub is its remote backend.',
    },
  },
  parameters: [
    site,
    {
      name: 'cloudId',
      label: 'Cloud id',
      pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
      example: '11223344-a1b2-4c3d-8e9f-001122334455',
      asked: false,
    },
  ],
  auth: [
    {
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
    },
    {
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
      // An API token is answered by the site itself, not by the gateway of OAuth apps.
      base_url: 'https://{site}.atlassian.net',
      instructions: [
        'Open https://id.atlassian.com/manage-profile/security/api-tokens.',
        'Choose Create API token (without scopes), name it and set an expiry.',
        'Copy the token and paste it here with the e-mail of the account and the name of the site.',
      ],
    },
    forgeApp,
  ],
  scopes: {
    'read:jira-work': { why: 'Reads issues, comments, projects and filters.', access: 'read' },
    'write:jira-work': { why: 'Creates, edits and moves issues, and adds comments.', access: 'write' },
    'read:jira-user': {
      why: 'Reads the people an issue can be assigned to, and who is connected.',
      access: 'read',
    },
    'manage:jira-webhook': {
      why: 'Subscribes to changes of issues, so that events arrive at once.',
      access: 'write',
    },
    'read:board-scope:jira-software': { why: 'Lists boards.', access: 'read' },
    'read:sprint:jira-software': { why: 'Lists the sprints of a board.', access: 'read' },
    'read:project:jira': {
      why: 'Names the project a board belongs to, which listing boards requires.',
      access: 'read',
    },
    offline_access: {
      why: 'Keeps the connection working after the first hour, by refresh tokens.',
      access: 'read',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What works today: webhooks, boards and sprints need scopes that no guide lists.',
      scopes: [
        'read:jira-work',
        'write:jira-work',
        'read:jira-user',
        'manage:jira-webhook',
        'read:board-scope:jira-software',
        'read:sprint:jira-software',
        'read:project:jira',
        'offline_access',
      ],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents; boards, sprints and webhooks are refused with it.',
      scopes: ['read:jira-work', 'write:jira-work', 'read:jira-user', 'offline_access'],
    },
    insights: {
      label: 'Insights',
      note: 'As listed by the guide for metadata syncs, which uses Forge; without offline_access a connection lasts one hour.',
      scopes: ['read:jira-work', 'read:jira-user'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation; without offline_access a connection lasts one hour, and without read:jira-user the account cannot be named.',
      scopes: ['read:jira-work', 'write:jira-work'],
    },
  },
  api: {
    base_url: 'https://api.atlassian.com/ex/jira/{cloudId}',
    errors: {
      // A missing scope is a 401 here; the token is alive, so reconnecting with the same scopes would change nothing.
      forbidden: [{ status: 401, at: 'message', equals: 'Unauthorized; scope does not match' }],
    },
  },
  verify: { url: '/rest/api/3/myself' },
  account: ({ body, parameters }) => {
    const user = readText(body, 'accountId') ?? ''
    const email = readText(body, 'emailAddress')
    const host = `${parameters['site'] ?? ''}.atlassian.net`
    return {
      id: `${parameters['cloudId'] ?? host}:${user}`,
      grant: user,
      label: `${host} (${readText(body, 'displayName') ?? user})`,
      ...(email && { email }),
    }
  },
  tenants: {
    request: { url: 'https://api.atlassian.com/oauth/token/accessible-resources' },
    read: readSites,
    matches: 'site',
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/rest/api/3/myself' },
    { label: 'Projects', method: 'GET', path: '/rest/api/3/project/search?maxResults=10' },
    {
      label: 'Issues changed lately',
      method: 'GET',
      path: '/rest/api/3/search/jql?jql=updated%20%3E%3D%20-30d%20ORDER%20BY%20updated%20DESC&fields=summary,status,assignee&maxResults=10',
    },
    { label: 'Boards', method: 'GET', path: '/rest/agile/1.0/board?maxResults=10' },
  ],
  setup: {
    console_url: 'https://developer.atlassian.com/console/myapps/',
    prerequisites: [
      'An Atlassian account with access to the Jira site.',
      'Where the site restricts apps: an administrator who approves it.',
    ],
    steps: [
      'Open https://developer.atlassian.com/console/myapps/ and choose Create, OAuth 2.0 integration. Name it as people shall see it.',
      'Under Permissions add the Jira API, and then the scopes shown on this page: the classic ones on its first tab, the granular ones (read:board-scope:jira-software, read:sprint:jira-software, read:project:jira) on its second.',
      'Under Authorization choose Configure beside OAuth 2.0 (3LO) and paste the redirect URI shown on this page as Callback URL.',
      'Under Distribution switch Sharing on, so that others than you can connect.',
      'Under Settings copy the Client ID and the Secret.',
      'Set JIRA_CLIENT_ID and JIRA_CLIENT_SECRET. offline_access is not listed in the console: it is asked for while connecting.',
    ],
    after: [
      'If no issues are found, check that the account may see the projects: a connection sees what its account sees.',
    ],
    notes: [
      'A connection is bound to one site. Connect again for a second site.',
      'Atlassian keeps one grant for each person and app: authorising the same app again may replace the tokens of an earlier connection.',
      'Webhooks of an app that is not shared are delivered only for its owner.',
      'Limits are counted in points an hour since March 2026; Retry-After is honoured.',
    ],
    revoke: {
      url: 'https://id.atlassian.com/manage-profile/apps',
      steps: [
        'Open your Atlassian account, Connected apps.',
        'Find the app by its name.',
        'Choose Remove access, and confirm. It ends every connection of yours through this app.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    revocation_endpoint: 'https://auth.atlassian.com/oauth/revoke',
    undocumented:
      'Atlassian documents no revocation for OAuth apps. The call is tried; remove the access at Atlassian to be sure.',
  },
  checked: '2026-11-21',
  doubts: [
    'PKCE is advertised in the metadata of the authorization server but absent from the guide for OAuth apps; it is sent.',
    'Refresh tokens were announced to end after 365 days in any case; that is from 2022.',
    'The issues of a sprint by the Agile API need two more granular scopes; the same list comes from a search with sprint = id.',
  ],
})

/** Lists each site once: Jira and Confluence of one site come as two items with the same id and their own scopes. */
function readSites(body: Json): Tenant[] {
  const found = new Map<string, Tenant>()
  for (const item of Array.isArray(body) ? body : []) {
    const id = readText(item, 'id')
    const url = readText(item, 'url')
    if (!id || !url || !reachesJira(item)) continue
    const name = readSite(url)
    found.set(id, { parameters: { cloudId: id, site: name }, label: readText(item, 'name') ?? name, url })
  }
  return [...found.values()]
}

function reachesJira(item: Json): boolean {
  const scopes =
    typeof item === 'object' && item !== null && !Array.isArray(item) ? item['scopes'] : undefined
  return Array.isArray(scopes) && scopes.some((scope) => typeof scope === 'string' && scope.includes('jira'))
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
