import { defineProvider, readText } from '../define.ts'

export default defineProvider({
  id: 'dropbox',
  name: 'Dropbox',
  category: 'Storage & Knowledge',
  summary: 'List, search and read the files and folders of a Dropbox.',
  aliases: ['files', 'cloud storage', 'folders', 'documents'],
  family: 'dropbox',
  hosts: ['api.dropboxapi.com', 'content.dropboxapi.com'],
  callback: 'universal',
  env: { client_id: 'DROPBOX_CLIENT_ID', client_secret: 'DROPBOX_CLIENT_SECRET' },
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with Dropbox',
      authorization_endpoint: 'https://www.dropbox.com/oauth2/authorize',
      token_endpoint: 'https://api.dropboxapi.com/oauth2/token',
      token_endpoint_auth_method: 'client_secret_basic',
      // Without it there is no refresh token, and the connection ends after four hours.
      authorization_params: { token_access_type: 'offline' },
      refresh: {
        rotates: 'never',
        dead: ['invalid_grant'],
        note: 'An access token lives four hours. The refresh token stays until it is revoked, and is not sent again when it is used.',
      },
    },
  ],
  scopes: {
    'account_info.read': { why: 'Reads the name and e-mail address of the account.', access: 'read' },
    'files.metadata.read': { why: 'Lists files and folders, and searches their names.', access: 'read' },
    'files.content.read': { why: 'Reads what is in a file.', access: 'read' },
    'files.content.write': { why: 'Writes, moves and deletes files.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Reads files and tells which account is connected.',
      scopes: ['account_info.read', 'files.metadata.read', 'files.content.read'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation, and the scope that names the account.',
      scopes: ['account_info.read', 'files.metadata.read', 'files.content.read'],
      documented: {
        scopes: ['files.content.read', 'files.metadata.read'],
        reason: 'Without account_info.read Dropbox does not tell whose account was connected.',
      },
    },
    read_write: {
      label: 'Read and write',
      note: 'For writing files as well.',
      scopes: ['account_info.read', 'files.metadata.read', 'files.content.read', 'files.content.write'],
    },
  },
  api: {
    base_url: 'https://api.dropboxapi.com/2',
    bases: { content: 'https://content.dropboxapi.com/2' },
    errors: {
      // https://www.dropbox.com/developers/documentation/http/documentation#error-handling: a scope that is missing is
      // a 401, like a token that is over; only this one names the scope.
      forbidden: [{ status: 401, at: 'error.required_scope' }],
    },
    rate_limit: { retry_after_at: 'error.retry_after' },
  },
  verify: { method: 'POST', url: '/users/get_current_account', json: null },
  account: ({ token, body }) => {
    const email = readText(body, 'email')
    const name = readText(body, 'name.display_name')
    const team = readText(body, 'team.name')
    const avatar = readText(body, 'profile_photo_url')
    return {
      id: readText(body, 'account_id') ?? readText(token, 'account_id') ?? '',
      label: `${email ?? name ?? ''}${team ? ` (${team})` : ''}`,
      ...(email && { email }),
      ...(avatar && { avatar }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'POST', path: '/users/get_current_account', json: null },
    {
      label: 'The first folder',
      method: 'POST',
      path: '/files/list_folder',
      json: { path: '', limit: 10 },
    },
    {
      label: 'Search by name',
      method: 'POST',
      path: '/files/search_v2',
      json: { query: 'plan', options: { max_results: 10, filename_only: true } },
    },
  ],
  setup: {
    console_url: 'https://www.dropbox.com/developers/apps',
    prerequisites: [
      'A Dropbox account.',
      'For a Dropbox team that restricts apps: its administrator, who allows this one.',
    ],
    steps: [
      'Open https://www.dropbox.com/developers/apps and choose Create app.',
      'Choose Scoped access, then Full Dropbox (or App folder, where the hub is to see one folder alone), and name the app.',
      'On the Permissions tab tick account_info.read and the file scopes shown on this page, and choose Submit. A scope that is not ticked here is refused when somebody connects.',
      'On the Settings tab add the redirect URI shown on this page under OAuth 2, Redirect URIs. Dropbox wants https, except on localhost and 127.0.0.1.',
      'Copy the App key (that is the client id) and the App secret.',
      'Set DROPBOX_CLIENT_ID and DROPBOX_CLIENT_SECRET.',
    ],
    after: [
      'A new app serves 500 accounts; before the fiftieth is connected, choose Apply for production on the Settings tab.',
    ],
    notes: [
      'Every call is a POST, reading ones too. Files themselves are at the base content.',
      'Folders that belong to a team are reached with the header Dropbox-API-Path-Root.',
      'Scopes that are ticked later need a new consent: reconnect.',
    ],
    revoke: {
      url: 'https://www.dropbox.com/account/connected_apps',
      steps: [
        'Open Settings, Connected apps.',
        'Find the app by its name.',
        'Choose Disconnect, and confirm.',
      ],
    },
  },
  revocation: {
    kills: 'token',
    request: {
      method: 'POST',
      url: '/auth/token/revoke',
      authorization: 'token',
      gone: [{ status: 401 }],
    },
  },
  webhooks: {
    mode: 'app_level',
    events: ['list_folder', 'delta'],
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Dropbox-Signature',
      encoding: 'hex',
      signed: '{body}',
      secret: 'client_secret',
    },
    handshake: 'A GET with ?challenge=text is answered with that text as text/plain, within ten seconds.',
    steps: [
      'Open the app at https://www.dropbox.com/developers/apps, Settings, Webhooks.',
      'Paste the address of this hub and choose Add: Dropbox calls it at once.',
    ],
    note: 'An event names the accounts in which something changed, and nothing more: what changed is asked for with a cursor.',
  },
  resources: [
    {
      id: 'folder',
      one: 'folder',
      many: 'folders',
      hint: 'Select the folders that hold the work. Names and times of files are read, their content is not.',
      lists: [
        {
          needs: ['files.metadata.read'],
          request: { method: 'POST', url: '/files/list_folder', json: { path: '' } },
          items: 'entries',
          pages: {
            by: 'cursor',
            at: 'cursor',
            parameter: 'cursor',
            more: 'has_more',
            onward: { method: 'POST', url: '/files/list_folder/continue', json: { cursor: '{cursor}' } },
            size: { parameter: 'limit', value: 1000 },
          },
          only: { at: '.tag', equals: 'folder' },
          fields: { id: 'id', name: 'name', description: 'path_display' },
        },
      ],
    },
  ],
  sources: [
    'Dropbox HTTP documentation and OAuth guide, as public in November 2026.',
    'The npm client dropbox 10.47 against the sandbox’s stand-in.',
  ],
  checked: '2026-11-21',
  doubts: ['Whether the guide means full access or an app folder is not said; both connect alike.'],
})
