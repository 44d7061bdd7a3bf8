import { defineProvider, type Json, type Parameter, readText } from '../define.ts'

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const port = '(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'
const segment = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._~-]+'

const server = {
  name: 'server',
  label: 'Server',
  pattern: `^${label}(?:\\.${label})*(?::${port})?(?:/${segment})*$`,
  example: 'cloud.example.com',
  required: true,
  host: true,
  help: 'The address of your Nextcloud. A folder may follow: example.com/nextcloud.',
  mismatch:
    'Type the address of the server: cloud.example.com, or paste https://cloud.example.com. Plain http is refused.',
  normalise: readServer,
} satisfies Parameter

export default defineProvider({
  id: 'nextcloud',
  name: 'Nextcloud',
  category: 'Storage & Knowledge',
  summary: 'Files, calendars and contacts on a Nextcloud server of your own.',
  aliases: ['owncloud', 'webdav', 'caldav', 'carddav', 'files'],
  family: 'nextcloud',
  hosts: ['{server}'],
  callback: 'none',
  env: {},
  parameters: [
    server,
    {
      name: 'userId',
      label: 'User id',
      // It stands in the addresses of files, calendars and contacts.
      pattern: '^(?!\\.{1,2}$)[^/?#%\\\\\\p{Cc}]{1,64}$',
      example: 'alice',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'browser_login',
      label: 'Log in at your server',
      yields: 'basic',
      // https://docs.nextcloud.com/server/latest/developer_manual/client_apis/LoginFlow/index.html#login-flow-v2
      start: {
        method: 'POST',
        url: 'https://{server}/index.php/login/v2',
        headers: { 'User-Agent': 'Trunkline' },
      },
      readStart: (body) => ({
        login_url: readText(body, 'login') ?? '',
        poll_url: readText(body, 'poll.endpoint') ?? '',
        poll_form: { token: readText(body, 'poll.token') ?? '' },
      }),
      // The answer names the server once more; the one that was typed, and checked, stays.
      readDone: (body) => ({
        values: {
          loginName: readText(body, 'loginName') ?? '',
          appPassword: readText(body, 'appPassword') ?? '',
        },
      }),
      pending: 404,
      lifetime: 1200,
    },
    {
      kind: 'basic',
      label: 'User name and app password',
      fields: [
        server,
        {
          name: 'loginName',
          label: 'User name',
          pattern: '^[^:\\p{Cc}]{1,255}$',
          example: 'alice',
          required: true,
        },
        {
          name: 'appPassword',
          label: 'App password',
          pattern: '^[^\\p{Cc}]{8,250}$',
          example: 'xxxxx-xxxxx-xxxxx-xxxxx-xxxxx',
          required: true,
          secret: true,
          help: 'Not the password you log in with: an app password can be taken back by itself.',
        },
      ],
      authorization: { scheme: 'basic', username: '{loginName}', password: '{appPassword}' },
      instructions: [
        'In Nextcloud open Personal settings, Security, Devices & sessions.',
        'Type a name for the hub and choose Create new app password.',
        'Copy the user name and the password that are shown, and paste them here.',
      ],
    },
  ],
  permissions_note:
    'Nextcloud has no scopes: an app password reaches the files, calendars and contacts of its person. File access can be switched off for it under Devices & sessions.',
  api: { base_url: 'https://{server}', headers: { 'OCS-APIRequest': 'true' } },
  verify: { url: '/ocs/v2.php/cloud/user?format=json', headers: { 'OCS-APIRequest': 'true' } },
  account: ({ body, parameters }) => {
    const user: Json | undefined = body['ocs']
    const id = readText(user, 'data.id') ?? ''
    const name = readText(user, 'data.displayname') || readText(user, 'data.display-name') || id
    const email = readText(user, 'data.email')
    const address = parameters['server'] ?? ''
    return {
      id: `${address}:${id}`,
      label: `${name} at ${address}`,
      ...(email && { email }),
      ...(id && { parameters: { userId: id } }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/ocs/v2.php/cloud/user?format=json' },
    { label: 'Server', method: 'GET', path: '/status.php' },
    { label: 'What is installed', method: 'GET', path: '/ocs/v2.php/cloud/capabilities?format=json' },
    { label: 'Shares', method: 'GET', path: '/ocs/v2.php/apps/files_sharing/api/v1/shares?format=json' },
  ],
  setup: {
    console_url: 'https://nextcloud.com/',
    prerequisites: [
      'A Nextcloud server with https and a certificate that is trusted.',
      'Where the server has a private address: the operator of this hub allows that host.',
    ],
    steps: [
      'Nothing has to be registered: each person connects with an app password.',
      'Choose Connect and enter the address of the server.',
      'Log in at your server in the page that opens, and grant access. The server hands the hub an app password made for it alone.',
    ],
    notes: [
      'The user id in file addresses may differ from the name one logs in with.',
      'A server slows down after wrong passwords; wrong credentials are not tried again.',
    ],
    revoke: {
      url: 'https://nextcloud.com/',
      steps: [
        'In Nextcloud open Personal settings, Security, Devices & sessions (https://your-server/settings/user/security).',
        'Find the hub in the list, choose its menu and Revoke.',
      ],
    },
  },
  revocation: {
    kills: 'token',
    methods: ['browser_login', 'basic'],
    request: {
      method: 'DELETE',
      url: 'https://{server}/ocs/v2.php/core/apppassword?format=json',
      headers: { 'OCS-APIRequest': 'true' },
      authorization: 'token',
      gone: [{ status: 401 }],
    },
  },
  webhooks: {
    mode: 'by_hand',
    events: ['NodeCreatedEvent', 'NodeWrittenEvent', 'NodeDeletedEvent', 'CalendarObjectCreatedEvent'],
    signature: { scheme: 'shared_secret', header: 'X-Trunkline-Secret', secret: 'subscription' },
    steps: [
      'An administrator of the server enables the app Webhook Listeners (Nextcloud 30 or newer).',
      'The administrator registers the address of this hub with the call POST /ocs/v2.php/apps/webhook_listeners/api/v1/webhooks: httpMethod POST, the event’s class, authMethod header, and the header that the hub shows beside the address as authData.',
    ],
    note: 'Only administrators can register them, for the whole server, so nothing is set up when an account connects. Nextcloud signs nothing: the header is a secret.',
  },
  no_resources: 'What the connection reaches is one person’s files: a project shares nothing of it.',
  sources: [
    'Nextcloud developer manual (Login Flow v2, OCS, WebDAV, webhook listeners), as public in November 2026.',
    'Apache mod_dav and Radicale, third-party servers, by the npm clients webdav 5.11 and tsdav 2.3.',
  ],
  checked: '2026-11-21',
  doubts: [
    'The OAuth 2.0 app of Nextcloud needs a client made by the administrator of each server, so it is not offered.',
  ],
})

/** A pasted address bar becomes the root of the server: what follows belongs to the page that was open. */
function readServer(typed: string): string {
  const address = typed.trim().replace(/^https:\/\//i, '')
  const [host = '', ...path] = address.replace(/[?#].*$/s, '').split('/')
  const page = path.findIndex((part) =>
    /^(?:index\.php|apps|login|remote\.php|ocs|settings|status\.php|)$/.test(part),
  )
  return [host.toLowerCase(), ...path.slice(0, page === -1 ? undefined : page)].join('/')
}
