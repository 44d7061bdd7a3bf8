import { defineProvider, type Json, type JsonObject, readText, type Tenant } from '../define.ts'

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'

export default defineProvider({
  id: 'xero',
  name: 'Xero',
  category: 'Finance & Billing',
  summary: 'Read and write invoices, payments, bank transactions and contacts of one organisation.',
  aliases: ['accounting', 'invoices', 'bookkeeping', 'ledger'],
  family: 'xero',
  hosts: ['api.xero.com', 'identity.xero.com'],
  callback: 'universal',
  env: {
    client_id: 'XERO_CLIENT_ID',
    client_secret: 'XERO_CLIENT_SECRET',
    extra: { XERO_WEBHOOK_KEY: 'Checks the signature of the events Xero sends.' },
  },
  parameters: [
    {
      name: 'tenantId',
      label: 'Organisation id',
      pattern: UUID,
      example: '45e4708e-d862-4111-ab3a-dd8cd03913e1',
      asked: false,
    },
    {
      name: 'connectionId',
      label: 'Id of the connection at Xero',
      pattern: UUID,
      example: 'e1eede29-f875-4a5d-8470-17f6a29a88b1',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with Xero',
      authorization_endpoint: 'https://login.xero.com/identity/connect/authorize',
      token_endpoint: 'https://identity.xero.com/connect/token',
      token_endpoint_auth_method: 'client_secret_basic',
      normaliseTokenAnswer: readUser,
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant'],
        note: 'Access tokens live 30 minutes. A used refresh token may be repeated for 30 minutes; it ends after 60 days without use. It comes only where offline_access is asked for.',
      },
    },
  ],
  scopes: {
    openid: { why: 'Tells which Xero user connected.', access: 'read' },
    profile: { why: 'Reads the name of the Xero user.', access: 'read' },
    email: { why: 'Reads the e-mail address of the Xero user.', access: 'read' },
    offline_access: {
      why: 'Keeps the connection working after the first half hour, by refresh tokens.',
      access: 'read',
    },
    'accounting.contacts': { why: 'Reads and writes customers and suppliers.', access: 'write' },
    'accounting.invoices': {
      why: 'Reads and writes invoices, bills, credit notes, quotes and purchase orders.',
      access: 'write',
    },
    'accounting.payments': {
      why: 'Reads and records payments, prepayments and overpayments.',
      access: 'write',
    },
    'accounting.banktransactions': {
      why: 'Reads and writes bank transactions and transfers.',
      access: 'write',
    },
    'accounting.manualjournals': { why: 'Reads and writes manual journals.', access: 'write' },
    'accounting.settings.read': {
      why: 'Reads the name of the organisation, its accounts and its tax rates.',
      access: 'read',
    },
    'accounting.transactions': {
      why: 'Reads and writes all transactions: one broad scope, refused to apps registered since 2 March 2026.',
      access: 'write',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What works today: the granular scopes, and what names the account and keeps it connected.',
      scopes: [
        'openid',
        'profile',
        'email',
        'offline_access',
        'accounting.contacts',
        'accounting.invoices',
        'accounting.payments',
        'accounting.banktransactions',
        'accounting.settings.read',
      ],
    },
    automation: {
      label: 'Automation',
      note: 'The list of the guide for automation in granular scopes, with what names the organisation and keeps it connected.',
      scopes: [
        'offline_access',
        'accounting.invoices',
        'accounting.payments',
        'accounting.banktransactions',
        'accounting.manualjournals',
        'accounting.contacts',
        'accounting.settings.read',
      ],
      documented: {
        scopes: ['accounting.transactions', 'accounting.contacts'],
        reason:
          'Xero refuses accounting.transactions to apps registered since 2 March 2026, and ends it for all in September 2027. Without offline_access a connection lasts half an hour.',
      },
    },
    broad: {
      label: 'Broad',
      note: 'For apps registered before 2 March 2026: the broad scope that Xero ends in September 2027.',
      scopes: [
        'openid',
        'profile',
        'email',
        'offline_access',
        'accounting.transactions',
        'accounting.contacts',
        'accounting.settings.read',
      ],
    },
  },
  api: {
    base_url: 'https://api.xero.com/api.xro/2.0',
    bases: { connections: 'https://api.xero.com' },
    headers: { 'xero-tenant-id': '{tenantId}', Accept: 'application/json' },
    errors: {
      // A missing scope is a 401 here, and an organisation that was disconnected at Xero is a 403.
      forbidden: [{ status: 401, at: 'Detail', equals: 'AuthorizationUnsuccessful' }],
      unauthorized: [{ status: 403, at: 'Detail', equals: 'AuthenticationUnsuccessful' }],
    },
  },
  verify: { url: '/Organisation' },
  account: ({ token, body, parameters }) => {
    const user = readText(token, 'xero_user.id')
    const email = readText(token, 'xero_user.email')
    const name = readText(body, 'Organisations.0.Name') ?? 'Xero organisation'
    const demo = (body['Organisations'] as JsonObject[] | undefined)?.[0]?.['IsDemoCompany'] === true
    return {
      id: parameters['tenantId'] ?? '',
      ...(user && { grant: user }),
      label: demo ? `${name} (demo)` : name,
      ...(email && { email }),
    }
  },
  tenants: {
    request: { url: 'https://api.xero.com/connections' },
    read: readOrganisations,
    matches: 'tenantId',
  },
  test_calls: [
    { label: 'Organisation', method: 'GET', path: '/Organisation' },
    { label: 'Invoices, newest first', method: 'GET', path: '/Invoices?order=Date%20DESC&pageSize=10' },
    { label: 'Contacts', method: 'GET', path: '/Contacts?pageSize=10' },
    {
      label: 'Organisations of this grant',
      method: 'GET',
      path: '/connections',
      base: 'connections',
    },
  ],
  setup: {
    console_url: 'https://developer.xero.com/app/manage',
    prerequisites: [
      'A Xero account. Its demo company is enough to try things.',
      'Whoever connects has the adviser or standard role in the organisation.',
    ],
    steps: [
      'Open https://developer.xero.com/app/manage and choose New app.',
      'Name it as people shall see it, and choose Web app as integration type.',
      'Paste the redirect URI shown on this page as Redirect URI, and create the app.',
      'Open Configuration, copy the Client id, and choose Generate a secret. Xero shows it once.',
      'Set XERO_CLIENT_ID and XERO_CLIENT_SECRET. Scopes are not listed there: they are asked for while connecting.',
    ],
    after: ['A connection reaches one organisation. Connect again for another.'],
    notes: [
      'An app registered before 2 March 2026 may go on with the broad scope for a while: pick the set Broad.',
      'An app that Xero has not certified reaches 25 organisations at most, and an organisation takes two such apps.',
      'Limits: 60 calls a minute and 5,000 a day for each organisation (1,000 a day on the free tier), five at a time.',
      'Each list call takes If-Modified-Since to read changes only.',
    ],
    revoke: {
      url: 'https://go.xero.com/Settings/ConnectedApps',
      steps: [
        'In Xero open Settings, Connected apps.',
        'Find the app by its name.',
        'Choose Disconnect, and confirm. It ends the access to this organisation.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    revocation_endpoint: 'https://identity.xero.com/connect/revocation',
    narrow: {
      method: 'DELETE',
      url: 'https://api.xero.com/connections/{connectionId}',
      authorization: 'token',
      gone: [{ status: [401, 404] }],
    },
    narrow_kills: 'account',
  },
  webhooks: {
    mode: 'app_level',
    events: ['CONTACT.CREATE', 'CONTACT.UPDATE', 'INVOICE.CREATE', 'INVOICE.UPDATE'],
    signature: {
      scheme: 'hmac-sha256',
      header: 'x-xero-signature',
      encoding: 'base64',
      signed: '{body}',
      secret: 'XERO_WEBHOOK_KEY',
    },
    handshake:
      'Intent to receive: Xero sends rightly and wrongly signed requests, and wants 200 with an empty body for the one, 401 for the other, within five seconds.',
    steps: [
      'Open the app at https://developer.xero.com/app/manage and choose Webhooks.',
      'Tick Contacts and Invoices, and paste the address shown on this page as delivery URL.',
      'Save, copy the Webhooks key, and set XERO_WEBHOOK_KEY.',
      'Choose Send intent to receive, and wait until the status is OK.',
    ],
    note: 'One address for all organisations: tenantId of an event names the organisation. Events name what changed and do not hold it.',
  },
  no_resources: 'The connection is bound to one Xero organisation: there is nothing in it to choose from.',
  sources: [
    "Xero's own client xero-node 20.0.0, driven against the sandbox's stand-in, November 2026",
    'Public guides to the granular scopes of March 2026, read in November 2026',
  ],
  checked: '2026-11-21',
  doubts: [
    'The address of the page of connected apps was not opened.',
    'Whether an access token lives on after a revocation is not documented; without a connection it reaches no organisation.',
  ],
})

/** Practices are tenants too, of another API. */
function readOrganisations(body: Json): Tenant[] {
  return (Array.isArray(body) ? body : []).flatMap((item) => {
    const tenantId = readText(item, 'tenantId')
    const connectionId = readText(item, 'id')
    if (!tenantId || !connectionId || readText(item, 'tenantType') !== 'ORGANISATION') return []
    return [{ parameters: { tenantId, connectionId }, label: readText(item, 'tenantName') ?? tenantId }]
  })
}

/**
 * Beyond RFC 6749 section 5.1: the answer does not say whose grant it is, the claims of its tokens do. They are read
 * without a signature check, which OpenID Connect Core section 3.1.3.7 allows for what the token endpoint itself sent.
 * https://developer.xero.com/documentation/guides/oauth2/token-types
 */
export function readUser({ status, body }: { status: number; body: JsonObject }) {
  const claims = { ...readClaims(body['id_token']), ...readClaims(body['access_token']) }
  const id = readText(claims, 'xero_userid')
  const email = readText(claims, 'email')
  return { status, body: id ? { ...body, xero_user: { id, ...(email && { email }) } } : body }
}

function readClaims(jwt: Json | undefined): JsonObject {
  if (typeof jwt !== 'string') return {}
  try {
    const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as Json
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? claims : {}
  } catch {
    return {}
  }
}
