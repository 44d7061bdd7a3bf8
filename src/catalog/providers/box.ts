import { defineProvider, readText } from '../define.ts'

export default defineProvider({
  id: 'box',
  name: 'Box',
  category: 'Storage & Knowledge',
  summary: 'List, search, read and write the files and folders of a Box account.',
  aliases: ['files', 'cloud storage', 'folders', 'documents'],
  family: 'box',
  hosts: ['api.box.com', 'upload.box.com'],
  callback: 'universal',
  env: {
    client_id: 'BOX_CLIENT_ID',
    client_secret: 'BOX_CLIENT_SECRET',
    extra: {
      BOX_WEBHOOK_PRIMARY_KEY: 'Checks the first signature of the events Box sends.',
      BOX_WEBHOOK_SECONDARY_KEY:
        'Checks the second one, so that the keys can be changed one after the other.',
    },
  },
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with Box',
      authorization_endpoint: 'https://account.box.com/api/oauth2/authorize',
      token_endpoint: 'https://api.box.com/oauth2/token',
      token_endpoint_auth_method: 'client_secret_post',
      pkce: { off: 'Box documents no code challenge and ignores one; checked 2026-11.' },
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant'],
        note: 'An access token lives about an hour. A refresh token is good for one use within 60 days, without any grace: an answer that is lost ends the connection.',
      },
      code_lifetime: 30,
    },
  ],
  scopes: {
    root_readwrite: { why: 'Lists, reads, writes and deletes files and folders.', access: 'write' },
    root_readonly: { why: 'Lists and reads files and folders.', access: 'read' },
    manage_managed_users: {
      why: 'Reads and manages the people of the enterprise; it takes effect for its administrators only.',
      access: 'write',
    },
    manage_webhook: { why: 'Subscribes to changes of files and folders.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The list of the guide for automation. People who administer no enterprise get what they may have.',
      scopes: ['root_readwrite', 'manage_managed_users'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['root_readwrite', 'manage_managed_users'],
    },
    files: { label: 'Files', note: 'Files and folders, and no people.', scopes: ['root_readwrite'] },
    read_only: { label: 'Read only', note: 'Reads files and changes nothing.', scopes: ['root_readonly'] },
  },
  api: {
    base_url: 'https://api.box.com/2.0',
    bases: { upload: 'https://upload.box.com/api/2.0' },
  },
  verify: { url: '/users/me?fields=id,name,login,enterprise' },
  account: ({ body }) => {
    const email = readText(body, 'login')
    const enterprise = readText(body, 'enterprise.name')
    return {
      id: readText(body, 'id') ?? '',
      label: `${email ?? readText(body, 'name') ?? ''}${enterprise ? ` (${enterprise})` : ''}`,
      ...(email && { email }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/users/me' },
    { label: 'The first folder', method: 'GET', path: '/folders/0/items?limit=10&fields=id,type,name,size' },
    { label: 'Search', method: 'GET', path: '/search?query=plan&limit=10' },
  ],
  setup: {
    console_url: 'https://app.box.com/developers/console',
    prerequisites: [
      'A Box account.',
      'Where the enterprise restricts apps: its administrator, who enables this one in the Admin Console.',
    ],
    steps: [
      'Open https://app.box.com/developers/console and choose Create Platform App, Custom App.',
      'Choose User Authentication (OAuth 2.0), and name the app as people shall see it.',
      'On the Configuration tab add the redirect URI shown on this page under OAuth 2.0 Redirect URIs.',
      'Under Application Scopes tick Read and write all files and folders stored in Box. Tick Manage users only where the hub is to manage an enterprise. Save.',
      'Copy the Client ID and the Client Secret of the same tab.',
      'Set BOX_CLIENT_ID and BOX_CLIENT_SECRET.',
    ],
    notes: [
      'A code has to be exchanged within 30 seconds: on a connect link the completing call of your server must come as soon as the person is back.',
      'A connection that nobody uses ends after 60 days, unless it is refreshed; the hub does that in time.',
      'A download is answered with a redirect to an address that needs no credential and lives for minutes.',
      'Limits: 1,000 calls a minute for each person.',
    ],
    revoke: {
      url: 'https://app.box.com/account/security',
      steps: [
        'Open Account Settings, Integrations (in some accounts: Security).',
        'Find the app by its name.',
        'Choose Disconnect, and confirm.',
      ],
    },
  },
  revocation: { kills: 'token', revocation_endpoint: 'https://api.box.com/oauth2/revoke' },
  webhooks: {
    mode: 'by_hand',
    events: [
      'FILE.UPLOADED',
      'FILE.TRASHED',
      'FILE.MOVED',
      'FOLDER.CREATED',
      'FOLDER.TRASHED',
      'COMMENT.CREATED',
    ],
    signature: {
      scheme: 'hmac-sha256',
      header: 'BOX-SIGNATURE-PRIMARY',
      encoding: 'base64',
      signed: '{body}{timestamp}',
      timestamp_header: 'BOX-DELIVERY-TIMESTAMP',
      tolerance: 600,
      secret: 'BOX_WEBHOOK_PRIMARY_KEY',
    },
    steps: [
      'In the developer console open the app, Webhooks, and choose Create webhook, V2.',
      'Pick the file or folder, paste the address of this hub, and tick the triggers.',
      'Under Manage signature keys generate both keys, and set BOX_WEBHOOK_PRIMARY_KEY and BOX_WEBHOOK_SECONDARY_KEY.',
    ],
    note: 'Each delivery carries two signatures, the second in BOX-SIGNATURE-SECONDARY, and its id in BOX-DELIVERY-ID. A webhook watches one file or folder.',
  },
  resources: [
    {
      id: 'folder',
      one: 'folder',
      many: 'folders',
      hint: 'Select the folders that hold the work. Names and times of files are read, their content is not.',
      lists: [
        {
          needs: [['root_readwrite', 'root_readonly']],
          request: { url: '/folders/0/items?fields=id,type,name' },
          items: 'entries',
          pages: {
            by: 'offset',
            parameter: 'offset',
            total: 'total_count',
            size: { parameter: 'limit', value: 1000 },
          },
          only: { at: 'type', equals: 'folder' },
          fields: { id: 'id', name: 'name', url: 'https://app.box.com/folder/{id}' },
        },
      ],
    },
  ],
  sources: [
    'Box developer guides and API reference, as public in November 2026.',
    'The npm client box-node-sdk 10.12 against the sandbox’s stand-in.',
  ],
  checked: '2026-11-21',
  doubts: [
    'Whether an app without the box for managing users refuses the scope or leaves it out was not tested: choose the set Files where it is not ticked.',
  ],
})
