import { defineProvider, type Parameter, readText } from '../define.ts'

const subdomain = {
  name: 'subdomain',
  label: 'Freshdesk subdomain',
  pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
  example: 'acme',
  required: true,
  help: 'The name before .freshdesk.com in the address of your Freshdesk.',
  mismatch: 'Type the name before .freshdesk.com: acme, or paste https://acme.freshdesk.com.',
  normalise: readSubdomain,
} satisfies Parameter

export default defineProvider({
  id: 'freshdesk',
  name: 'Freshdesk',
  category: 'Support & Helpdesk',
  summary: 'Search, read and answer tickets, and look up contacts and companies.',
  aliases: ['support', 'helpdesk', 'tickets', 'freshworks', 'customer service'],
  family: 'freshdesk',
  hosts: ['{subdomain}.freshdesk.com'],
  callback: 'none',
  env: {
    extra: {
      FRESHDESK_API_KEY: 'One key for the whole hub, instead of a key for each connection.',
      FRESHDESK_DOMAIN: 'The subdomain that the key belongs to.',
    },
  },
  parameters: [subdomain],
  auth: [
    {
      kind: 'api_key',
      label: 'API key',
      fields: [
        subdomain,
        {
          name: 'apiKey',
          label: 'API key',
          pattern: '^[A-Za-z0-9_-]{15,60}$',
          example: 'ZKcX4tL2v...',
          required: true,
          secret: true,
          mismatch: 'An API key is a row of 15 to 60 letters and digits, from your profile settings.',
          normalise: (typed) => typed.replaceAll(/\s/g, ''),
        },
      ],
      // The key is the user name; the password is anything at all, and Freshdesk's own examples write X.
      authorization: { scheme: 'basic', username: '{apiKey}', password: 'X' },
      env: { apiKey: 'FRESHDESK_API_KEY', subdomain: 'FRESHDESK_DOMAIN' },
      instructions: [
        'In Freshdesk open your picture at the top right, Profile settings.',
        'Choose View API key on the right, and prove that you are no robot.',
        'Copy the key and paste it here with the name of your Freshdesk. The connection acts as you.',
      ],
    },
  ],
  permissions_note:
    'Freshdesk has no scopes: a key may do what its agent may do. The guide for automation lists none either.',
  api: {
    base_url: 'https://{subdomain}.freshdesk.com/api/v2',
    errors: {
      // https://developers.freshdesk.com/api/#error: the plan lacks the feature.
      not_available: [{ status: 403, at: 'code', equals: 'require_feature' }],
    },
  },
  verify: { url: '/agents/me' },
  account: ({ body, parameters }) => {
    const name = parameters['subdomain'] ?? ''
    const email = readText(body, 'contact.email')
    const id = readText(body, 'id')
    return {
      id: id ? `${name}:${id}` : '',
      label: `${name}.freshdesk.com (${readText(body, 'contact.name') ?? ''})`,
      ...(email && { email }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/agents/me' },
    { label: 'Tickets, newest first', method: 'GET', path: '/tickets?order_by=updated_at&per_page=10' },
    { label: 'Open tickets', method: 'GET', path: '/search/tickets?query=%22status:2%22' },
    { label: 'Contacts', method: 'GET', path: '/contacts?per_page=10' },
  ],
  setup: {
    console_url: 'https://support.freshdesk.com/support/solutions/articles/215517',
    prerequisites: [
      'A Freshdesk account on a plan with the API.',
      'An agent whose role allows what the hub is to do.',
    ],
    steps: [
      'Nothing has to be registered: each connection brings its own key.',
      'Choose Connect, enter the name of your Freshdesk and paste the API key of your profile.',
      'To use one key for the whole hub, set FRESHDESK_API_KEY and FRESHDESK_DOMAIN instead.',
    ],
    notes: [
      'The guide for automation lists Freshdesk among the services with a redirect; it has none, and takes a key.',
      'A key belongs to an agent: make an agent of its own for the hub, so that answers do not appear as yours.',
      'Limits: 50 to 700 calls a minute for the account, by plan.',
    ],
    revoke: {
      url: 'https://support.freshdesk.com/support/solutions/articles/215517',
      steps: [
        'In Freshdesk open your picture, Profile settings (https://your-subdomain.freshdesk.com/a/profiles/settings).',
        'Choose Reset beside the API key, and confirm. Everything that used the old key stops.',
      ],
    },
  },
  webhooks: {
    mode: 'by_hand',
    events: ['ticket created', 'ticket updated', 'note added'],
    signature: {
      scheme: 'shared_secret',
      header: 'X-Trunkline-Secret',
      secret: 'subscription',
    },
    steps: [
      'In Freshdesk open Admin, Workflows, Automations, and make a rule that runs on ticket updates.',
      'As action choose Trigger webhook, method POST, and paste the address of this hub.',
      'Add the header that the hub shows beside the address, choose JSON, and tick the fields to send.',
    ],
    note: 'Freshdesk signs nothing: the header is a secret that only the rule and the hub know.',
  },
  no_resources: 'A Freshdesk account is one desk: there is nothing in it to choose from.',
  sources: ['Freshdesk API documentation (v2), as public in November 2026.'],
  checked: '2026-11-21',
})

function readSubdomain(typed: string): string {
  return typed
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/\.freshdesk\.com$/, '')
}
