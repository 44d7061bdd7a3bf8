import { defineProvider } from '../define.ts'
import { zohoEnv, zohoFinance, zohoOAuth, zohoRevocation, zohoSetup, zohoSources } from '../families/zoho.ts'

export default defineProvider({
  id: 'zoho-books',
  name: 'Zoho Books',
  category: 'Finance & Billing',
  summary: 'Read and write invoices, contacts, bills and payments of one organization.',
  aliases: ['accounting', 'invoices', 'bookkeeping'],
  family: 'zoho',
  hosts: ['{accountsHost}', '{apiHost}'],
  callback: 'universal',
  env: zohoEnv,
  auth: [zohoOAuth],
  scopes: {
    'ZohoBooks.fullaccess.all': { why: 'Reads and writes everything in the books.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'One scope reads the organizations and everything in them.',
      scopes: ['ZohoBooks.fullaccess.all'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['ZohoBooks.fullaccess.all'],
    },
  },
  ...zohoFinance({ product: 'books', version: 'v3' }),
  test_calls: [
    { label: 'Organizations', method: 'GET', path: '/organizations' },
    { label: 'Invoices', method: 'GET', path: '/invoices?per_page=10' },
    { label: 'Contacts', method: 'GET', path: '/contacts?per_page=10' },
  ],
  setup: zohoSetup({
    variables:
      'Set ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET. They serve all entries of Zoho; Zoho CRM has a redirect URI of its own, to be added beside this one.',
    prerequisites: ['A user of an organization in Zoho Books.'],
    notes: [
      'A connection is bound to one organization, which each call names in a header. The parameter organization_id, where a call has it, goes before.',
      'Limits: 100 calls a minute for each organization, and a number a day by plan.',
    ],
  }),
  revocation: zohoRevocation,
  webhooks: {
    mode: 'none',
    note: 'Webhooks of Zoho Books belong to workflow rules of an organization and are not used.',
  },
  no_resources: 'The connection is bound to one organization: there is nothing in it to choose from.',
  sources: [
    ...zohoSources,
    'Reference of the Zoho Books API (organizations, answers), read in November 2026',
  ],
  checked: '2026-11-21',
  doubts: [
    'The reference names the organization by the parameter organization_id; the header is what many public clients send.',
    'Names of the headers that tell the limits were not verified.',
  ],
})
