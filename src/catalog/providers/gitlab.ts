import { defineProvider, type Parameter, readText } from '../define.ts'
import type { ResourceFields } from '../resource-kinds.ts'

const host = {
  name: 'host',
  label: 'GitLab server',
  pattern: '^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}(?::[1-9][0-9]{0,4})?$',
  example: 'gitlab.com',
  default: 'gitlab.com',
  help: 'gitlab.com, or the name of your own server. It is reached by https, and only where its address is public or allowed by the hub.',
  mismatch: 'Type the name of the server, without a path: gitlab.com or git.example.com.',
  normalise: readHost,
  host: true,
  asked: 'operator',
} satisfies Parameter

const PROJECT: ResourceFields = {
  id: 'id',
  name: 'path_with_namespace',
  description: 'description',
  url: 'web_url',
  private: { at: 'visibility', equals: ['private', 'internal'] },
  archived: 'archived',
}

export default defineProvider({
  id: 'gitlab',
  name: 'GitLab',
  category: 'Engineering & DevOps',
  summary:
    'Read and write projects, issues, merge requests and pipelines, on gitlab.com or a server of your own.',
  aliases: ['git', 'repository', 'merge request', 'pipelines', 'ci', 'self-managed'],
  family: 'gitlab',
  hosts: ['{host}'],
  callback: 'universal',
  env: { client_id: 'GITLAB_CLIENT_ID', client_secret: 'GITLAB_CLIENT_SECRET' },
  parameters: [host],
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with GitLab',
      authorization_endpoint: 'https://{host}/oauth/authorize',
      token_endpoint: 'https://{host}/oauth/token',
      token_endpoint_auth_method: 'client_secret_post',
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant'],
        note: 'Access tokens live two hours. A refresh ends both previous tokens at once; a refresh token that is used again is refused. Refresh tokens do not end by time.',
      },
    },
    {
      kind: 'api_key',
      label: 'Personal access token',
      fields: [
        {
          name: 'token',
          label: 'Personal, group or project access token',
          // Servers of one's own may give their tokens another prefix.
          pattern: '^[A-Za-z0-9_.-]{20,300}$',
          example: 'glpat-AbCdEf...',
          required: true,
          secret: true,
          mismatch:
            'An access token has at least 20 letters, digits, dots, dashes or underscores; most begin with glpat-.',
        },
      ],
      authorization: { scheme: 'bearer' },
      instructions: [
        'Open https://gitlab.com/-/user_settings/personal_access_tokens, or the same page of your own server.',
        'Choose Add new token, name it, set an expiry, and tick api and read_user (read_api where nothing is to be changed).',
        'Copy the token and paste it here. GitLab shows it once.',
      ],
    },
  ],
  scopes: {
    api: {
      why: 'Reads and writes everything the person can reach: projects, issues, merge requests, pipelines.',
      access: 'write',
    },
    read_user: { why: 'Reads the profile, to show which account is connected.', access: 'read' },
    read_api: { why: 'Reads everything the person can reach, and changes nothing.', access: 'read' },
    read_repository: { why: 'Reads the files of private repositories over git.', access: 'read' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What every tool of this provider needs.',
      scopes: ['api', 'read_user'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['api', 'read_user'],
    },
    read_only: { label: 'Read only', note: 'Reads and changes nothing.', scopes: ['read_api', 'read_user'] },
  },
  api: {
    base_url: 'https://{host}/api/v4',
    rate_limit: { reset_header: 'ratelimit-reset' },
  },
  verify: { url: '/user' },
  account: ({ body, parameters }) => {
    const email = readText(body, 'email')
    const avatar = readText(body, 'avatar_url')
    const server = parameters['host'] ?? ''
    const name = `@${readText(body, 'username') ?? ''}`
    return {
      // Each server counts its people from one.
      id: `${server}:${readText(body, 'id') ?? ''}`,
      label: server === host.default ? name : `${name} (${server})`,
      ...(email && { email }),
      ...(avatar && { avatar }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/user' },
    {
      label: 'Projects, last active first',
      method: 'GET',
      path: '/projects?membership=true&order_by=last_activity_at&per_page=10',
    },
    {
      label: 'Issues assigned to me',
      method: 'GET',
      path: '/issues?scope=assigned_to_me&state=opened&per_page=10',
    },
    {
      label: 'Merge requests assigned to me',
      method: 'GET',
      path: '/merge_requests?scope=assigned_to_me&state=opened&per_page=10',
    },
  ],
  setup: {
    console_url: 'https://gitlab.com/-/user_settings/applications',
    prerequisites: [
      'A GitLab account that can reach the projects.',
      'For a server of your own: an https address that the hub can reach.',
    ],
    steps: [
      'Open https://gitlab.com/-/user_settings/applications, or the same page of your own server, and choose Add new application. To let a group own it, begin in the settings of the group; an administrator can make it for the whole server.',
      'Name it as people shall see it, and paste the redirect URI shown on this page.',
      'Leave Confidential ticked, and tick the scopes shown on this page.',
      'Save, and copy the Application ID and the Secret.',
      'Set GITLAB_CLIENT_ID and GITLAB_CLIENT_SECRET.',
      'For a server of your own set GitLab server on this page. A server in a private network has to be allowed for the hub as well.',
    ],
    notes: [
      'One integration serves one server. Connections keep the server they were made with.',
      'GitLab of version 15 or later is needed: older ones issue tokens that do not end.',
      'Limits: 2,000 calls a minute for each person at gitlab.com; your own server sets its own.',
    ],
    revoke: {
      url: 'https://gitlab.com/-/user_settings/applications',
      steps: [
        'In GitLab open your picture, Edit profile, Applications (or Access, Applications).',
        'Under Authorized applications find the application by its name.',
        'Choose Revoke. An access token is revoked under Access tokens.',
      ],
    },
  },
  revocation: { kills: 'token', revocation_endpoint: 'https://{host}/oauth/revoke' },
  webhooks: {
    mode: 'by_hand',
    events: ['Push Hook', 'Merge Request Hook', 'Issue Hook', 'Note Hook'],
    signature: { scheme: 'shared_secret', header: 'X-Gitlab-Token', secret: 'subscription' },
    steps: [
      'In the project open Settings, Webhooks, and choose Add new webhook.',
      'Paste the webhook address of the hub and its secret token.',
      'Tick Push events, Issues events, Comments and Merge request events, and leave SSL verification on.',
    ],
    note: 'No guide uses them. The owner of a project may also make one through the API. Deliveries are told apart by X-Gitlab-Event-UUID; newer servers can sign them as Standard Webhooks do.',
  },
  resources: [
    {
      id: 'project',
      one: 'project',
      many: 'projects',
      hint: 'Select the projects that the team works in. Code is never read, only what happens to it.',
      lists: [
        {
          needs: [['api', 'read_api']],
          request: { url: '/projects?membership=true&order_by=id&sort=asc' },
          pages: { by: 'link', size: { parameter: 'per_page', value: 100 } },
          fields: PROJECT,
        },
      ],
      search: {
        needs: [['api', 'read_api']],
        request: { url: '/projects?membership=true&search_namespaces=true&per_page=50&search={query}' },
        fields: PROJECT,
      },
    },
  ],
  sources: [
    'https://docs.gitlab.com/api/oauth2 and /api/rest, copies of 2026, read in November 2026',
    '@gitbeaker/rest 43.8.0, a client by others: its calls against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    'The documentation shows redirect_uri in refresh requests too. GitLab does not look at it there, and none is sent.',
    'Signed webhooks were seen in other clients; the first version of GitLab that has them was not found.',
  ],
})

function readHost(typed: string): string {
  return typed
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/:443$/, '')
}
