import { at, defineProvider, readText } from '../define.ts'
import type { Paging } from '../resource-kinds.ts'

const OFFSETS: Paging = {
  by: 'cursor',
  at: 'next_page.offset',
  parameter: 'offset',
  size: { parameter: 'limit', value: 100 },
}

export default defineProvider({
  id: 'asana',
  name: 'Asana',
  category: 'Project Management',
  summary: 'Search, read and write tasks and comments, and follow projects and workspaces.',
  aliases: ['tasks', 'projects', 'to-do', 'portfolio'],
  family: 'asana',
  hosts: ['app.asana.com'],
  callback: 'universal',
  env: { client_id: 'ASANA_CLIENT_ID', client_secret: 'ASANA_CLIENT_SECRET' },
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with Asana',
      authorization_endpoint: 'https://app.asana.com/-/oauth_authorize',
      token_endpoint: 'https://app.asana.com/-/oauth_token',
      token_endpoint_auth_method: 'client_secret_post',
      refresh: {
        rotates: 'never',
        dead: ['invalid_grant'],
        note: 'Access tokens live one hour. The refresh token stays the same and lasts until the app is deauthorised.',
      },
    },
    {
      kind: 'api_key',
      label: 'Personal access token',
      fields: [
        {
          name: 'token',
          label: 'Personal access token',
          pattern: '^[0-9]/[0-9]+/?[0-9]*:[A-Za-z0-9]{20,200}$',
          example: '2/1200000000000001/1200000000000002:abc...',
          required: true,
          secret: true,
          mismatch: 'A personal access token begins with a digit and a slash, and holds one colon.',
        },
      ],
      authorization: { scheme: 'bearer' },
      instructions: [
        'Open https://app.asana.com/0/my-apps.',
        'Under Personal access tokens choose Create new token, name it, and agree to the terms.',
        'Copy the token and paste it here. Asana shows it once, and it may do whatever you may do.',
      ],
    },
  ],
  scopes: {
    'tasks:read': { why: 'Reads and searches tasks.', access: 'read' },
    'tasks:write': { why: 'Creates tasks and changes them.', access: 'write' },
    'projects:read': { why: 'Lists projects and reads their details.', access: 'read' },
    'stories:read': { why: 'Reads the comments and the history of tasks.', access: 'read' },
    'stories:write': { why: 'Adds comments to tasks.', access: 'write' },
    'users:read': { why: 'Reads people, and shows which account is connected.', access: 'read' },
    'workspaces:read': { why: 'Lists the workspaces that the person lets in.', access: 'read' },
    'webhooks:read': { why: 'Lists the webhooks that were made with this app.', access: 'read' },
    'webhooks:write': { why: 'Makes webhooks, so that changes arrive at once.', access: 'write' },
    'webhooks:delete': { why: 'Removes those webhooks again.', access: 'write' },
    default: {
      why: 'Does everything the person may do; only for apps that were registered with full permissions.',
      access: 'write',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What every tool of this provider needs. Each has to be ticked in the app as well.',
      scopes: [
        'tasks:read',
        'tasks:write',
        'projects:read',
        'stories:read',
        'stories:write',
        'users:read',
        'workspaces:read',
      ],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents. Asana refuses it unless Full permissions is on for the app.',
      scopes: ['default'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation. Asana refuses it unless Full permissions is on for the app.',
      scopes: ['default'],
    },
    read_only: {
      label: 'Read only',
      note: 'Reads and changes nothing.',
      scopes: ['tasks:read', 'projects:read', 'stories:read', 'users:read', 'workspaces:read'],
    },
    with_webhooks: {
      label: 'With webhooks',
      note: 'The recommended scopes and those that make and remove webhooks.',
      scopes: [
        'tasks:read',
        'tasks:write',
        'projects:read',
        'stories:read',
        'stories:write',
        'users:read',
        'workspaces:read',
        'webhooks:read',
        'webhooks:write',
        'webhooks:delete',
      ],
    },
  },
  api: { base_url: 'https://app.asana.com/api/1.0' },
  verify: { url: '/users/me?opt_fields=name,email,workspaces.name' },
  account: ({ body }) => {
    const email = readText(body, 'data.email')
    const name = readText(body, 'data.name') ?? ''
    const workspaces = at(body, 'data.workspaces')
    const [only, ...more] = Array.isArray(workspaces) ? workspaces : []
    const workspace = more.length === 0 ? readText(only, 'name') : undefined
    return {
      id: readText(body, 'data.gid') ?? '',
      label: `${workspace ?? email ?? 'Asana'} (${name})`,
      ...(email && { email }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/users/me' },
    { label: 'Workspaces', method: 'GET', path: '/workspaces?limit=20' },
    {
      label: 'Projects',
      method: 'GET',
      path: '/projects?archived=false&limit=20&opt_fields=name,modified_at,permalink_url',
    },
  ],
  setup: {
    console_url: 'https://app.asana.com/0/my-apps',
    prerequisites: [
      'An Asana account. A guest cannot make an app.',
      'Where a workspace restricts apps: its administrator, to approve it.',
    ],
    steps: [
      'Open https://app.asana.com/0/my-apps, choose Create new app, and name it as people shall see it.',
      'Under OAuth add the redirect URI shown on this page.',
      'Under Permission scopes leave Full permissions off and tick the scopes shown on this page. With Full permissions on, pick one of the documents’ lists (default) instead.',
      'Under Manage distribution choose the workspaces that may use the app, or Any workspace.',
      'Under Basic information copy the Client ID and the Client secret.',
      'Set ASANA_CLIENT_ID and ASANA_CLIENT_SECRET.',
    ],
    notes: [
      'The guides ask for default, which means everything. An app has either Full permissions, and takes default alone, or single scopes, and refuses default.',
      'People choose the workspaces while authorizing; the others stay hidden.',
      'Searching tasks across a workspace is part of the paid plans: Asana answers 402 on a free one.',
      'Limits: 150 calls a minute in a free workspace, 1,500 in a paid one; 60 searches a minute.',
    ],
    revoke: {
      url: 'https://app.asana.com/0/my-apps',
      steps: [
        'In Asana open Settings from your picture, and then Apps.',
        'Choose Manage developer apps, Authorized apps.',
        'Choose Deauthorize beside the app. A personal access token is revoked on the same page.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    // It takes the refresh token, and refuses an access token.
    revocation_endpoint: 'https://app.asana.com/-/oauth_revoke',
  },
  webhooks: {
    mode: 'none',
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Hook-Signature',
      encoding: 'hex',
      signed: '{body}',
      secret: 'subscription',
    },
    handshake:
      'While a webhook is made Asana calls its address with X-Hook-Secret, and wants the header back with 200 or 204; the value signs every delivery.',
    note: 'The guide for agents uses none. Webhooks exist for a single project or task, and need webhooks:write. An empty list of events arrives at least every eight hours; after a day of failures a webhook is removed.',
  },
  resources: [
    {
      id: 'project',
      one: 'project',
      many: 'projects',
      hint: 'Select the projects whose tasks count.',
      lists: [
        {
          needs: [
            ['projects:read', 'default'],
            ['workspaces:read', 'default'],
          ],
          under: {
            request: { url: '/workspaces' },
            items: 'data',
            pages: OFFSETS,
            id: 'gid',
            name: 'name',
          },
          request: {
            url: '/projects?workspace={parent}&opt_fields=name,archived,permalink_url,privacy_setting',
          },
          items: 'data',
          pages: OFFSETS,
          fields: {
            id: 'gid',
            name: 'name',
            description: '{parent_name}',
            url: 'permalink_url',
            private: { at: 'privacy_setting', equals: ['private', 'private_to_team'] },
            archived: 'archived',
          },
        },
      ],
    },
  ],
  sources: [
    'https://developers.asana.com/docs/oauth and /docs/oauth-scopes, copies of 2025 and 2026, read in November 2026',
    'asana 3.2.0, the vendor’s client: its calls against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    'Whether an app with Full permissions takes single scopes as well is not written down.',
    'The scope stories:write is younger than the first list of scopes; apps of the preview may have to tick it anew.',
  ],
})
