import { defineProvider, readText } from '../define.ts'

export default defineProvider({
  id: 'quickbooks',
  name: 'QuickBooks Online',
  category: 'Finance & Billing',
  summary: 'Read and write customers, invoices, payments and reports of one company.',
  aliases: ['intuit', 'accounting', 'invoices', 'bookkeeping', 'qbo'],
  family: 'intuit',
  hosts: ['{apiHost}', 'oauth.platform.intuit.com', 'developer.api.intuit.com'],
  callback: 'universal',
  env: {
    client_id: 'QUICKBOOKS_CLIENT_ID',
    client_secret: 'QUICKBOOKS_CLIENT_SECRET',
    extra: {
      QUICKBOOKS_WEBHOOK_VERIFIER_TOKEN: 'Checks the signature of the events QuickBooks sends.',
    },
  },
  parameters: [
    {
      name: 'environment',
      label: 'Environment',
      pattern: '^(?:production|sandbox)$',
      example: 'production',
      default: 'production',
      options: [
        { value: 'production', label: 'Production' },
        { value: 'sandbox', label: 'Sandbox (development keys)' },
      ],
      help: 'Intuit gives an app two pairs of keys: development keys reach sandbox companies only, production keys real ones only.',
      derive: (environment) => ({
        apiHost:
          environment === 'sandbox' ? 'sandbox-quickbooks.api.intuit.com' : 'quickbooks.api.intuit.com',
      }),
      asked: 'operator',
    },
    {
      name: 'apiHost',
      label: 'API host',
      pattern: '^(?:sandbox-)?quickbooks\\.api\\.intuit\\.com$',
      example: 'quickbooks.api.intuit.com',
      asked: false,
    },
    {
      name: 'realmId',
      label: 'Company id',
      pattern: '^[0-9]{5,25}$',
      example: '9341453474484455',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      label: 'Connect to QuickBooks',
      authorization_endpoint: 'https://appcenter.intuit.com/connect/oauth2',
      token_endpoint: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
      token_endpoint_auth_method: 'client_secret_basic',
      pkce: { off: 'Intuit ignores a challenge from apps with a secret; checked 2026-11.' },
      // The company is named in the callback and nowhere in the token answer.
      parameters_from: { realmId: 'query.realmId' },
      refresh: {
        rotates: 'sometimes',
        dead: ['invalid_grant'],
        note: 'Access tokens live an hour. The refresh token changes about once a day, and its old value works for a day more. It ends after 100 days without use, and after five years in any case.',
      },
    },
  ],
  scopes: {
    'com.intuit.quickbooks.accounting': {
      why: 'Reads and writes the books of the company: customers, invoices, payments, accounts and reports.',
      access: 'write',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Intuit has one scope for all of accounting.',
      scopes: ['com.intuit.quickbooks.accounting'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['com.intuit.quickbooks.accounting'],
    },
  },
  api: {
    base_url: 'https://{apiHost}/v3/company/{realmId}',
    // XML is what QuickBooks answers to those who do not ask.
    headers: { Accept: 'application/json' },
    errors: {
      // The app is not, or no longer, connected to the company: the gate says so in small letters, the books in capitals.
      unauthorized: [
        { status: 403, at: 'fault.error.0.code', equals: '3100' },
        { status: 403, at: 'Fault.Error.0.code', equals: ['3100', '003100'] },
      ],
      // "Subscription period has ended or canceled": the company exists, its QuickBooks does not.
      not_available: [{ status: [400, 401, 403], at: 'Fault.Error.0.code', equals: '6190' }],
    },
  },
  verify: { url: '/companyinfo/{realmId}' },
  account: ({ body, parameters }) => {
    const realm = parameters['realmId'] ?? ''
    const sandbox = parameters['environment'] === 'sandbox'
    const name = readText(body, 'CompanyInfo.CompanyName') ?? realm
    const email = readText(body, 'CompanyInfo.Email.Address')
    return { id: realm, label: sandbox ? `${name} (sandbox)` : name, ...(email && { email }) }
  },
  test_calls: [
    { label: 'Company', method: 'GET', path: '/query?query=select%20*%20from%20CompanyInfo' },
    {
      label: 'Customers',
      method: 'GET',
      path: '/query?query=select%20*%20from%20Customer%20maxresults%2010',
    },
    {
      label: 'Invoices, newest first',
      method: 'GET',
      path: '/query?query=select%20*%20from%20Invoice%20orderby%20TxnDate%20desc%20maxresults%2010',
    },
    {
      label: 'Profit and loss',
      method: 'GET',
      path: '/reports/ProfitAndLoss?date_macro=This%20Fiscal%20Year',
    },
  ],
  setup: {
    console_url: 'https://developer.intuit.com/app/developer/dashboard',
    prerequisites: [
      'An Intuit developer account.',
      'Whoever connects is an administrator of the QuickBooks company.',
      'For production keys: an https address, and the app assessment questionnaire filled in. Intuit refuses localhost with production keys.',
    ],
    steps: [
      'Open https://developer.intuit.com/app/developer/dashboard and create an app for QuickBooks Online and Payments with the scope com.intuit.quickbooks.accounting.',
      'Open Keys and credentials, and choose Development or Production.',
      'Under Redirect URIs choose Add URI, paste the redirect URI shown on this page, and save.',
      'Copy the Client ID and the Client Secret of the same tab.',
      'Set QUICKBOOKS_CLIENT_ID and QUICKBOOKS_CLIENT_SECRET. With development keys set the environment of the integration to sandbox.',
    ],
    after: ['A connection reaches one company. Connect again for another.'],
    notes: [
      'Development keys reach sandbox companies, which are made under Sandbox of the developer account; production keys reach real companies.',
      'Lists are read with a query: select * from Invoice startposition 1 maxresults 1000. Changes since a moment come from /cdc.',
      'Minor versions below 75 are ignored; 75 is what is answered without naming one.',
      'Limits: 500 calls a minute and 10 at a time for each company. Reads beyond a free allowance are billed to the app.',
    ],
    revoke: {
      url: 'https://qbo.intuit.com/app/apps/myapps',
      steps: [
        'In QuickBooks open Apps, My apps.',
        'Find the app by its name.',
        'Choose Disconnect in the menu beside it, and confirm.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    request: {
      method: 'POST',
      url: 'https://developer.api.intuit.com/v2/oauth2/tokens/revoke',
      json: { token: '{refresh_token}' },
      authorization: 'client',
      gone: [{ status: 400, at: 'error', equals: ['invalid_token', 'invalid_grant'] }],
    },
  },
  webhooks: {
    mode: 'app_level',
    events: [
      'qbo.customer.created.v1',
      'qbo.customer.updated.v1',
      'qbo.invoice.created.v1',
      'qbo.invoice.updated.v1',
      'qbo.payment.created.v1',
    ],
    signature: {
      scheme: 'hmac-sha256',
      header: 'intuit-signature',
      encoding: 'base64',
      signed: '{body}',
      secret: 'QUICKBOOKS_WEBHOOK_VERIFIER_TOKEN',
    },
    steps: [
      'In the developer dashboard open the app, Webhooks, and choose Development or Production.',
      'Paste the address shown on this page as Endpoint URL, and tick the entities.',
      'Choose Show verifier token, copy it, and set QUICKBOOKS_WEBHOOK_VERIFIER_TOKEN.',
    ],
    note: 'One address for all companies: intuitaccountid names the company. Events are CloudEvents in a list, without their content: read the entity by its id. They carry no time in the signature, so an event is told from its repetition by its id.',
  },
  no_resources: 'The connection is bound to one company: there is nothing in it to choose from.',
  sources: [
    "Intuit's own client intuit-oauth 4.2.5 and node-quickbooks 2.0.50, driven against the sandbox's stand-in, November 2026",
    'Release notes on refresh tokens and CloudEvents, read in November 2026',
  ],
  checked: '2026-11-21',
  doubts: [
    'Whether a revoked refresh token ends its access token at once is not documented; it lives for an hour at most.',
  ],
})
