import { defineProvider, readText } from '../define.ts'
import {
  zohoForbidden,
  zohoOAuth,
  zohoParameters,
  zohoRevocation,
  zohoSetup,
  zohoSources,
} from '../families/zoho.ts'

export default defineProvider({
  id: 'zoho-crm',
  name: 'Zoho CRM',
  category: 'Sales & CRM',
  summary: 'Read and write leads, contacts, accounts and deals.',
  aliases: ['crm', 'leads', 'deals', 'sales'],
  family: 'zoho',
  hosts: ['{accountsHost}', '{apiHost}'],
  callback: 'native',
  env: {
    client_id: 'ZOHO_CRM_CLIENT_ID',
    client_secret: 'ZOHO_CRM_CLIENT_SECRET',
    fallback: [{ client_id: 'ZOHO_CLIENT_ID', client_secret: 'ZOHO_CLIENT_SECRET' }],
  },
  parameters: zohoParameters('apiHost'),
  auth: [zohoOAuth],
  scopes: {
    'ZohoCRM.modules.ALL': { why: 'Reads and writes the records of every module.', access: 'write' },
    'ZohoCRM.settings.ALL': {
      why: 'Reads and writes settings: modules, fields, layouts and views.',
      access: 'write',
    },
    'ZohoCRM.users.READ': { why: 'Reads who is connected, and whom a record can belong to.', access: 'read' },
    'ZohoCRM.org.READ': { why: 'Reads the name and the edition of the organization.', access: 'read' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The list of the guide, and what names the account.',
      scopes: ['ZohoCRM.modules.ALL', 'ZohoCRM.settings.ALL', 'ZohoCRM.users.READ', 'ZohoCRM.org.READ'],
    },
    automation: {
      label: 'Automation',
      note: 'The list of the guide for automation, with what names the account.',
      scopes: ['ZohoCRM.modules.ALL', 'ZohoCRM.settings.ALL', 'ZohoCRM.users.READ'],
      documented: {
        scopes: ['ZohoCRM.modules.ALL', 'ZohoCRM.settings.ALL'],
        reason: 'Without ZohoCRM.users.READ Zoho does not say who connected.',
      },
    },
  },
  api: {
    base_url: 'https://{apiHost}/crm/v8',
    errors: {
      forbidden: zohoForbidden,
      rate_limited: [{ status: [400, 403], at: 'code', equals: 'TOO_MANY_REQUESTS' }],
    },
  },
  verify: { url: '/users?type=CurrentUser' },
  account: ({ body }) => {
    const email = readText(body, 'users.0.email')
    const name = readText(body, 'users.0.full_name') ?? ''
    return {
      id: readText(body, 'users.0.id') ?? '',
      label: email ? `${name} (${email})` : name,
      ...(email && { email }),
    }
  },
  capabilities: [
    {
      id: 'edition',
      label: 'Edition',
      request: { url: '/org' },
      read: ({ body }) => {
        const edition = readText(body, 'org.0.license_details.paid_type')
        return edition ? { value: edition } : undefined
      },
    },
  ],
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/users?type=CurrentUser' },
    {
      label: 'Contacts',
      method: 'GET',
      path: '/Contacts?fields=First_Name,Last_Name,Email&per_page=10',
    },
    { label: 'Deals', method: 'GET', path: '/Deals?fields=Deal_Name,Stage,Amount&per_page=10' },
    { label: 'Modules', method: 'GET', path: '/settings/modules' },
  ],
  setup: zohoSetup({
    variables:
      'Set ZOHO_CRM_CLIENT_ID and ZOHO_CRM_CLIENT_SECRET; or ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET, when one client with both redirect URIs serves all of Zoho.',
    prerequisites: ['A user of Zoho CRM with the API permission in its profile.'],
    notes: ['Limits: credits in 24 hours by edition and users, and 10 to 25 calls at a time.'],
  }),
  revocation: zohoRevocation,
  webhooks: {
    mode: 'by_hand',
    events: ['Leads.all', 'Contacts.all', 'Accounts.all', 'Deals.all'],
    lifetime: 604_800,
    signature: { scheme: 'shared_secret', secret: 'subscription' },
    steps: [
      'Pick a scope list that includes ZohoCRM.notifications.ALL, and reconnect.',
      'Send POST /actions/watch with a channel id, the events, the address shown on this page as notify_url, a token of your own, and an expiry.',
      'Enter the same token here. Repeat the call before the channel expires.',
    ],
    note: 'The token comes back in the body of each notification as token. A channel lives a week at most.',
  },
  resources: [
    {
      id: 'module',
      one: 'module',
      many: 'modules',
      hint: 'Select the modules whose records count.',
      lists: [
        {
          needs: ['ZohoCRM.settings.ALL'],
          request: { url: '/settings/modules' },
          items: 'modules',
          only: 'api_supported',
          fields: { id: 'api_name', name: ['plural_label', 'module_name', 'api_name'] },
        },
      ],
    },
  ],
  sources: zohoSources,
  checked: '2026-11-21',
  doubts: [
    'Whether the host told as api_domain ever differs from the one that follows from the data centre is not known; the latter is used.',
    'Whether revoking the refresh token ends access tokens at once is not documented; they end within an hour.',
    'The longest life of a notification channel was not looked up again.',
  ],
})
