import { defineProvider, type JsonObject, type Parameter, readText } from '../define.ts'

const host = {
  name: 'host',
  label: 'Server',
  pattern: '^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}(?::[1-9][0-9]{0,4})?$',
  example: '10ax.online.tableau.com',
  required: true,
  host: true,
  help: 'The name in the address of your Tableau: a pod of Tableau Cloud, or your own Tableau Server.',
  mismatch:
    'Type the name of the server without a path: 10ax.online.tableau.com, or paste the address of a view.',
  normalise: readHost,
} satisfies Parameter

const site = {
  name: 'site',
  label: 'Site',
  pattern: '^[A-Za-z0-9_-]{1,80}$',
  example: 'mysite',
  default: 'default',
  help: 'The name behind /site/ in the address. Leave it empty for the default site of a Tableau Server.',
  mismatch: 'Type the name behind /site/ in the address: mysite.',
  normalise: readSite,
  derive: (name) => ({ contentUrl: name === 'default' ? '' : name }),
} satisfies Parameter

export default defineProvider({
  id: 'tableau',
  name: 'Tableau',
  category: 'Analytics',
  summary: 'List projects, workbooks, views and data sources of a site, on Tableau Cloud or Tableau Server.',
  aliases: ['dashboards', 'workbooks', 'business intelligence', 'bi', 'salesforce'],
  family: 'tableau',
  hosts: ['{host}'],
  callback: 'none',
  env: {},
  parameters: [
    host,
    site,
    {
      name: 'contentUrl',
      label: 'Site, as the API names it',
      pattern: '^[A-Za-z0-9_-]{0,80}$',
      example: 'mysite',
      asked: false,
    },
    {
      name: 'version',
      label: 'Version of the REST API',
      pattern: '^3\\.[0-9]{1,2}$',
      example: '3.24',
      default: '3.24',
      asked: 'operator',
      help: '3.24 came with Tableau 2024.3. Set a lower one for an older Tableau Server.',
      mismatch: 'Type a version: 3.24.',
    },
    {
      name: 'siteId',
      label: 'Site id',
      pattern: '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
      example: '9a8b7c6d-5e4f-3a2b-1c0d-9e8f7a6b5c4d',
      asked: false,
    },
    {
      name: 'userId',
      label: 'User id',
      pattern: '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
      example: '9f9e9d9c-8b8a-8f8e-7d7c-7b7a6f6d6e6d',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'api_key',
      label: 'Personal access token',
      fields: [
        host,
        site,
        {
          name: 'patName',
          label: 'Token name',
          pattern: '^.{1,100}$',
          example: 'hub',
          required: true,
          help: 'The name that was given to the token when it was made.',
        },
        {
          name: 'patSecret',
          label: 'Token secret',
          pattern: '^\\S{20,300}$',
          example: 'qlE1g9MMh9vbrjjg==:rZTHhPpP2tUW1kfn...',
          required: true,
          secret: true,
        },
      ],
      authorization: { scheme: 'header', name: 'X-Tableau-Auth', value: '{access_token}' },
      // https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_authentication.htm#sign_in
      session: {
        request: {
          method: 'POST',
          url: 'https://{host}/api/{version}/auth/signin',
          json: {
            credentials: {
              personalAccessTokenName: '{patName}',
              personalAccessTokenSecret: '{patSecret}',
              site: { contentUrl: '{contentUrl}' },
            },
          },
        },
        read: readSession,
        dead: [{ status: 401, at: 'error.code', equals: '401001' }],
      },
      instructions: [
        'In Tableau open your picture, My Account Settings.',
        'Under Personal Access Tokens enter a name and choose Create.',
        'Copy the secret: Tableau shows it once. Paste it here with the name, the server and the site.',
        'Use the token for this connection alone: each sign-in with it ends the session before.',
      ],
    },
  ],
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Nothing is asked for: a token may do what its owner may do.',
      scopes: [],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: [],
      documented: {
        scopes: ['tableau:content:read'],
        reason:
          'It belongs to Connected Apps, which sign in with a JWT of their own. No page of Tableau lets a person grant it to a client.',
      },
    },
  },
  permissions_note:
    'Tableau has no scopes for personal access tokens: a connection may do what the site role of the token’s owner allows. For reading only, use the token of a Viewer.',
  api: {
    base_url: 'https://{host}/api/{version}/sites/{siteId}',
    bases: { server: 'https://{host}/api/{version}' },
    headers: { Accept: 'application/json' },
  },
  // Every role may list the workbooks it can see; asking for a person takes an administrator on some servers.
  verify: { url: '/workbooks?pageSize=1' },
  account: ({ parameters }) => ({
    id: `${parameters['siteId'] ?? ''}:${parameters['userId'] ?? ''}`,
    label: `${parameters['contentUrl'] || 'Default site'} (${parameters['host'] ?? ''})`,
  }),
  test_calls: [
    { label: 'Projects', method: 'GET', path: '/projects?pageSize=20' },
    { label: 'Workbooks', method: 'GET', path: '/workbooks?pageSize=20' },
    { label: 'Views', method: 'GET', path: '/views?pageSize=20' },
    { label: 'Version of the server', method: 'GET', path: '/serverinfo', base: 'server' },
  ],
  setup: {
    console_url: 'https://help.tableau.com/current/server/en-us/security_personal_access_tokens.htm',
    prerequisites: [
      'A user of Tableau Cloud or Tableau Server.',
      'Personal access tokens switched on for the site (Settings, General).',
    ],
    steps: [
      'Nothing has to be registered: each connection brings its own personal access token.',
      'In Tableau open your picture, My Account Settings, Personal Access Tokens, and create one.',
      'Choose Connect, and enter the server, the site, and name and secret of the token.',
      'For a Tableau Server older than 2024.3 set a lower Version of the REST API on this page.',
    ],
    notes: [
      'The guide for automation lists tableau:content:read with a redirect. Tableau offers other programs no page to authorize them: a personal access token signs in instead.',
      'A token signs in for a session of about two hours at Tableau Cloud, four at a Tableau Server; the hub signs in again when it is over.',
      'One token has one session at a time. Somebody else who signs in with it ends the session of this connection, which then signs in again, and so on.',
      'A token ends after 15 days without use, and after one year at Tableau Cloud in any case.',
    ],
    revoke: {
      url: 'https://help.tableau.com/current/server/en-us/security_personal_access_tokens.htm',
      steps: [
        'In Tableau open your picture, My Account Settings.',
        'Under Personal Access Tokens find the token by its name.',
        'Choose Revoke, and confirm.',
      ],
    },
  },
  webhooks: {
    mode: 'none',
    note: 'No guide uses them. An administrator of a site can make some for refreshes and new workbooks; deliveries carry no signature.',
  },
  resources: [
    {
      id: 'project',
      one: 'project',
      many: 'projects',
      hint: 'Select the projects whose workbooks count.',
      lists: [
        {
          request: { url: '/projects' },
          items: 'projects.project',
          pages: {
            by: 'page',
            parameter: 'pageNumber',
            first: 1,
            size: { parameter: 'pageSize', value: 100 },
          },
          fields: { id: 'id', name: 'name', description: 'description' },
        },
      ],
    },
  ],
  sources: [
    'https://help.tableau.com/current/api/rest_api (authentication, workbooks and views, users), read in November 2026',
  ],
  checked: '2026-11-21',
  doubts: [
    'Versions above 3.24 exist; 3.24 is understood by newer servers as well.',
    'Whether the remaining time of a session is told as hours, minutes and seconds on every server was not seen.',
  ],
})

/** The remaining time is told as hours, minutes and seconds: 1:59:59. */
function readSession(body: JsonObject) {
  const access_token = readText(body, 'credentials.token')
  const siteId = readText(body, 'credentials.site.id')
  const userId = readText(body, 'credentials.user.id')
  if (!access_token || !siteId || !userId) return undefined
  const [hours, minutes, seconds] = (readText(body, 'credentials.estimatedTimeToExpiration') ?? '')
    .split(':')
    .map(Number)
  const left = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)
  return { access_token, parameters: { siteId, userId }, ...(left > 0 && { expires_in: left }) }
}

function readHost(typed: string): string {
  return typed
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/:443$/, '')
}

/** An address pasted whole names the site behind `/site/`. */
function readSite(typed: string): string {
  return (/\/site\/([^/?#]+)/.exec(typed)?.[1] ?? typed).trim()
}
