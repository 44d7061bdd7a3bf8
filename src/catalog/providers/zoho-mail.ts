import { defineProvider, readText } from '../define.ts'
import {
  zohoEnv,
  zohoForbidden,
  zohoOAuth,
  zohoParameters,
  zohoRevocation,
  zohoSetup,
  zohoSources,
} from '../families/zoho.ts'

export default defineProvider({
  id: 'zoho-mail',
  name: 'Zoho Mail',
  category: 'Communication & Collaboration',
  summary: 'Read and send the mail of one mailbox.',
  aliases: ['e-mail', 'inbox', 'mailbox'],
  family: 'zoho',
  hosts: ['{accountsHost}', '{mailHost}'],
  callback: 'universal',
  env: zohoEnv,
  parameters: [
    ...zohoParameters('mailHost'),
    {
      name: 'accountId',
      label: 'Mail account id',
      pattern: '^[0-9]{5,25}$',
      example: '2560636000000008002',
      asked: false,
    },
  ],
  auth: [zohoOAuth],
  scopes: {
    'ZohoMail.messages.READ': { why: 'Reads messages and their attachments.', access: 'read' },
    'ZohoMail.messages.CREATE': { why: 'Sends messages and saves drafts.', access: 'write' },
    'ZohoMail.accounts.READ': {
      why: 'Reads the id of the mailbox, which every other call needs, and its address.',
      access: 'read',
    },
    'ZohoMail.folders.READ': { why: 'Lists the folders of the mailbox.', access: 'read' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The list of the guide, and what finds the mailbox and its folders.',
      scopes: [
        'ZohoMail.messages.READ',
        'ZohoMail.messages.CREATE',
        'ZohoMail.accounts.READ',
        'ZohoMail.folders.READ',
      ],
    },
    automation: {
      label: 'Automation',
      note: 'The list of the guide for automation, with what finds the mailbox.',
      scopes: ['ZohoMail.messages.READ', 'ZohoMail.messages.CREATE', 'ZohoMail.accounts.READ'],
      documented: {
        scopes: ['ZohoMail.messages.READ', 'ZohoMail.messages.CREATE'],
        reason:
          'Every call about messages names the mailbox by its id, which only ZohoMail.accounts.READ tells.',
      },
    },
  },
  api: {
    base_url: 'https://{mailHost}/api/accounts/{accountId}',
    bases: { mail: 'https://{mailHost}/api' },
    errors: {
      forbidden: zohoForbidden,
      unauthorized: [{ status: [400, 403, 404], at: 'data.errorCode', equals: 'INVALID_OAUTHTOKEN' }],
    },
  },
  verify: { url: 'https://{mailHost}/api/accounts' },
  account: ({ body }) => {
    const accountId = readText(body, 'data.0.accountId') ?? ''
    const email = readText(body, 'data.0.primaryEmailAddress')
    return {
      id: accountId,
      label: email ?? readText(body, 'data.0.displayName') ?? accountId,
      ...(email && { email }),
      ...(accountId && { parameters: { accountId } }),
    }
  },
  test_calls: [
    { label: 'Newest messages', method: 'GET', path: '/messages/view?limit=10' },
    { label: 'Folders', method: 'GET', path: '/folders' },
    { label: 'Mailboxes', method: 'GET', path: '/accounts', base: 'mail' },
  ],
  setup: zohoSetup({
    variables:
      'Set ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET. They serve all entries of Zoho; Zoho CRM has a redirect URI of its own, to be added beside this one.',
    prerequisites: ['A mailbox at Zoho Mail. Free organizations have the API as well.'],
    notes: ['Calls are below the mailbox that connected. With the base mail they begin at /api.'],
  }),
  revocation: zohoRevocation,
  webhooks: {
    mode: 'none',
    note: 'Outgoing webhooks of Zoho Mail are set up by hand for single filters and are not used.',
  },
  no_resources: 'A mailbox is one person’s: a project shares nothing of it.',
  sources: [
    ...zohoSources,
    'Reference of the Zoho Mail API (accounts, response codes), read in November 2026',
  ],
  checked: '2026-11-21',
  doubts: [
    'Which status comes with INVALID_OAUTHTOKEN differs between reports; it is recognised by its name.',
    'Only the first mailbox of a user is connected.',
  ],
})
