import { defineProvider, type JsonObject, type Parameter, readText } from '../define.ts'

/** What may stand between the name of an org and its My Domain suffix. */
const PARTITIONS = 'sandbox|develop|scratch|demo|patch|trailblaze|free'

const loginHost = {
  name: 'loginHost',
  label: 'Login host',
  pattern: `^(?:login\\.salesforce\\.com|test\\.salesforce\\.com|[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?(?:\\.(?:${PARTITIONS}))?\\.my\\.salesforce\\.com)$`,
  example: 'login.salesforce.com',
  default: 'login.salesforce.com',
  help: 'test.salesforce.com for a sandbox; your My Domain (acme.my.salesforce.com) where the org forbids the others.',
  mismatch:
    'Type login.salesforce.com, test.salesforce.com, or your My Domain: acme.my.salesforce.com, acme--uat.sandbox.my.salesforce.com.',
  normalise: readLoginHost,
} satisfies Parameter

export default defineProvider({
  id: 'salesforce',
  name: 'Salesforce',
  category: 'Sales & CRM',
  summary: 'Query, read and write accounts, contacts, opportunities and any other record.',
  aliases: ['crm', 'sales cloud', 'soql', 'leads', 'opportunities'],
  advice: { needs: ['A Salesforce user with the permission API Enabled, in an edition that has the API.'] },
  family: 'salesforce',
  hosts: ['{loginHost}', '{instance}'],
  callback: 'native',
  env: { client_id: 'SALESFORCE_CLIENT_ID', client_secret: 'SALESFORCE_CLIENT_SECRET' },
  parameters: [
    loginHost,
    {
      name: 'instance',
      label: 'Host of the org',
      pattern: `^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?(?:\\.(?:${PARTITIONS}))?(?:\\.my)?\\.salesforce\\.com$`,
      example: 'acme.my.salesforce.com',
      normalise: (told) =>
        told
          .toLowerCase()
          .replace(/^https:\/\//, '')
          .replace(/\/$/, ''),
      asked: false,
    },
    {
      name: 'identity',
      label: 'Identity URL',
      pattern: '^https://[a-z0-9.-]+\\.salesforce\\.com/id/00D[A-Za-z0-9]{12,15}/005[A-Za-z0-9]{12,15}$',
      example: 'https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU',
      derive: (url) => {
        const [, organizationId = '', userId = ''] = /\/id\/(\w+)\/(\w+)$/.exec(url) ?? []
        return { organizationId, userId }
      },
      asked: false,
    },
    {
      name: 'organizationId',
      label: 'Organization id',
      pattern: '^00D[A-Za-z0-9]{12,15}$',
      example: '00Dx0000000BV7zEAG',
      asked: false,
    },
    {
      name: 'userId',
      label: 'User id',
      pattern: '^005[A-Za-z0-9]{12,15}$',
      example: '005x00000012Q9PAAU',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      label: 'Log in to Salesforce',
      authorization_endpoint: 'https://{loginHost}/services/oauth2/authorize',
      token_endpoint: 'https://{loginHost}/services/oauth2/token',
      token_endpoint_auth_method: 'client_secret_post',
      normaliseTokenAnswer: readProblem,
      // An org may be moved to another host: each refresh tells it anew.
      parameters_from: { instance: 'token.instance_url', identity: 'token.id' },
      refresh: {
        rotates: 'sometimes',
        dead: ['invalid_grant'],
        assumed_lifetime: 7200,
        note: "No lifetime is told: access tokens live as long as the org's session timeout, two hours by default, and end earlier where the org says so. Refresh tokens are single use where rotation is on; apps of several orgs lose them after 30 days without use. A user may hold five grants of one app, the oldest falls out.",
      },
    },
  ],
  scopes: {
    api: { why: 'Reads and writes records by the REST API, as far as the user may.', access: 'write' },
    refresh_token: {
      why: 'Keeps the connection working after the session ends, by refresh tokens.',
      access: 'read',
    },
    offline_access: { why: 'Another name for refresh_token.', access: 'read' },
    id: { why: 'Tells who connected: the ids of the user and of the organization.', access: 'read' },
    web: { why: 'Opens pages of Salesforce in a browser with the same session.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What every tool of this provider needs, and the identity of who connects.',
      scopes: ['api', 'refresh_token', 'id'],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents; refresh_token and offline_access are the same.',
      scopes: ['api', 'refresh_token', 'offline_access'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation; no tool needs web.',
      scopes: ['api', 'offline_access', 'refresh_token', 'web'],
    },
  },
  api: {
    base_url: 'https://{instance}/services/data/v65.0',
    bases: { instance: 'https://{instance}' },
    // A failure is a list of problems: [{ "errorCode": ..., "message": ... }].
    errors: {
      rate_limited: [{ status: 403, at: '0.errorCode', equals: 'REQUEST_LIMIT_EXCEEDED' }],
      not_available: [{ status: 403, at: '0.errorCode', equals: 'API_DISABLED_FOR_ORG' }],
    },
  },
  // The user's own row can be read with `api` alone; the identity service would want `id` as well.
  verify: {
    url: "/query?q=SELECT%20Id,Username,Name,Email%20FROM%20User%20WHERE%20Id='{userId}'",
  },
  account: ({ body, parameters }) => {
    const user = parameters['userId'] ?? ''
    const email = readText(body, 'records.0.Email')
    return {
      id: `${parameters['organizationId'] ?? ''}:${user}`,
      label: `${readText(body, 'records.0.Username') ?? user} (${parameters['instance'] ?? ''})`,
      ...(email && { email }),
    }
  },
  test_calls: [
    {
      label: 'Accounts, changed lately',
      method: 'GET',
      path: '/query?q=SELECT%20Id,Name,Industry%20FROM%20Account%20ORDER%20BY%20LastModifiedDate%20DESC%20LIMIT%2010',
    },
    {
      label: 'Open opportunities',
      method: 'GET',
      path: '/query?q=SELECT%20Id,Name,StageName,Amount%20FROM%20Opportunity%20WHERE%20IsClosed%20=%20false%20LIMIT%2010',
    },
    { label: 'Recently seen records', method: 'GET', path: '/recent?limit=10' },
    { label: 'Limits', method: 'GET', path: '/limits' },
  ],
  setup: {
    console_url: 'https://login.salesforce.com/lightning/setup/ManageExternalClientApplication/home',
    prerequisites: [
      'An org with the API: Enterprise, Unlimited, Performance, Developer, or Professional with the API added.',
      'Its administrator, to make the app. Whoever connects needs the permission API Enabled.',
    ],
    steps: [
      'In Salesforce open Setup, External Client App Manager, and choose New External Client App. New Connected Apps can no longer be made.',
      'Name it, enter a contact e-mail, and choose the distribution state Packaged where other orgs shall connect, Local otherwise.',
      'Under API (Enable OAuth Settings) tick Enable OAuth, and paste the redirect URI shown on this page as Callback URL.',
      'Move these scopes to the selected ones: Manage user data via APIs (api), Perform requests at any time (refresh_token, offline_access), Access the identity URL service (id, profile, email, address, phone).',
      'Leave Require Proof Key for Code Exchange (PKCE) and Require Secret for Web Server Flow ticked. Refresh token rotation may be on or off; the hub handles both.',
      'Create the app, open its Settings, OAuth settings, and choose Consumer Key and Secret.',
      'Set SALESFORCE_CLIENT_ID to the consumer key and SALESFORCE_CLIENT_SECRET to the consumer secret.',
    ],
    after: [
      'For a sandbox connect with the login host test.salesforce.com; for an org that forbids login.salesforce.com with its My Domain.',
      'A new app takes up to ten minutes until every login host knows it.',
    ],
    notes: [
      'An app that is not installed in the org can be authorized only by users with Approve Uninstalled Connected Apps: install the package first.',
      'Apps used in several orgs have to rotate refresh tokens, use PKCE, and list the IP addresses of the hub, since May 2026. A refresh from another address is refused without ending the grant.',
      'Companies are accounts here, and deals are opportunities.',
      'Limits: a number of calls in 24 hours by edition and licences; the header Sforce-Limit-Info tells how many are used. Beyond it the answer is 403 REQUEST_LIMIT_EXCEEDED.',
    ],
    revoke: {
      url: 'https://login.salesforce.com/lightning/settings/personal/ConnectedApps/home',
      steps: [
        'In Salesforce open your own Settings, Connected Apps.',
        'Find the app by its name.',
        'Choose Revoke. An administrator finds the grants of all users under Setup, Connected Apps OAuth Usage.',
      ],
    },
  },
  revocation: {
    kills: 'token',
    request: {
      method: 'POST',
      url: 'https://{loginHost}/services/oauth2/revoke',
      form: { token: '{token}' },
      authorization: 'none',
      gone: [{ status: 400, at: 'error', equals: ['invalid_token', 'unsupported_token_type'] }],
    },
  },
  webhooks: {
    mode: 'none',
    note: 'Changes come by Change Data Capture over the Pub/Sub API (gRPC) or by outbound messages (SOAP), not by webhooks.',
  },
  no_resources: 'The connection is bound to one organization; records are not chosen one by one.',
  sources: [
    "The community's client jsforce 3.10.26, driven against the sandbox's stand-in, November 2026",
    'Salesforce Help on identity URLs and external client apps, read in November 2026',
  ],
  checked: '2026-11-21',
  doubts: [
    'Version 65.0 of the API is a safe floor; which is the newest was not looked up. GET /services/data lists them (base instance).',
    'Government orgs at salesforce.mil are not accepted as login host.',
    'The addresses inside Setup were not opened.',
  ],
})

function readLoginHost(typed: string): string {
  return typed
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/\.lightning\.force\.com$/, '.my.salesforce.com')
    .replace(/\.my\.salesforce-setup\.com$/, '.my.salesforce.com')
}

/**
 * RFC 6749 section 5.2 has `invalid_client` for what Salesforce calls `invalid_client_id`; and `invalid_grant` means a
 * grant that is gone, where Salesforce also says it of a request from an address that the org does not list.
 * https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm
 */
function readProblem({ status, body }: { status: number; body: JsonObject }) {
  const { error, error_description: description } = body
  if (error === 'invalid_client_id') return { status, body: { ...body, error: 'invalid_client' } }
  if (error === 'invalid_grant' && description === 'ip restricted')
    return { status, body: { ...body, error: 'ip_restricted' } }
  return { status, body }
}
