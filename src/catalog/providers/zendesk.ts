import { defineProvider, type Parameter, readText } from '../define.ts'

const subdomain = {
  name: 'subdomain',
  label: 'Zendesk subdomain',
  pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
  example: 'acme',
  required: true,
  help: 'The name before .zendesk.com in the address of your Zendesk.',
  mismatch: 'Type the name before .zendesk.com: acme, or paste https://acme.zendesk.com.',
  normalise: readSubdomain,
} satisfies Parameter

export default defineProvider({
  id: 'zendesk',
  name: 'Zendesk',
  category: 'Support & Helpdesk',
  summary: 'Search, read and answer tickets, and look up users and organizations.',
  aliases: ['support', 'helpdesk', 'tickets', 'customer service'],
  advice: { needs: ['The subdomain of your Zendesk: the part before .zendesk.com in its address.'] },
  family: 'zendesk',
  hosts: ['{subdomain}.zendesk.com'],
  callback: 'universal',
  env: { client_id: 'ZENDESK_CLIENT_ID', client_secret: 'ZENDESK_CLIENT_SECRET' },
  parameters: [subdomain],
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in to Zendesk',
      authorization_endpoint: 'https://{subdomain}.zendesk.com/oauth/authorizations/new',
      token_endpoint: 'https://{subdomain}.zendesk.com/oauth/tokens',
      token_endpoint_auth_method: 'client_secret_post',
      // Two days and ninety days are the most Zendesk grants; its own defaults are 30 minutes and 30 days.
      token_params: { expires_in: '172800', refresh_token_expires_in: '7776000' },
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant'],
        note: 'A refresh deletes the previous access and refresh token at once. Clients made before 2026 may still get tokens that never expire, without a refresh token, until April 2027.',
      },
      code_lifetime: 120,
    },
    {
      kind: 'basic',
      label: 'E-mail and API token',
      fields: [
        subdomain,
        {
          name: 'email',
          label: 'Agent e-mail',
          pattern: '^[^@\\s:/]+@[^@\\s:/]+$',
          example: 'me@acme.com',
          required: true,
          mismatch: 'Type the e-mail address of an agent, without /token at its end.',
        },
        {
          name: 'apiToken',
          label: 'API token',
          pattern: '^[A-Za-z0-9]{20,200}$',
          example: '6wiIBWbGkBMo1mRDMuVwkw1EPsNkeUj95PIz2akv',
          required: true,
          secret: true,
          mismatch: 'An API token is a row of 20 or more letters and digits.',
        },
      ],
      authorization: { scheme: 'basic', username: '{email}/token', password: '{apiToken}' },
      instructions: [
        'In Admin Center open Apps and integrations, APIs, API tokens, and switch token access on.',
        'Choose Add API token, describe it, and copy it: Zendesk shows it once.',
        'Paste it here with the e-mail address of an agent. The connection acts as that agent.',
      ],
    },
  ],
  scopes: {
    read: { why: 'Reads tickets, comments, users and organizations.', access: 'read' },
    write: { why: 'Creates and updates tickets, comments and users.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What every tool of this provider needs.',
      scopes: ['read', 'write'],
    },
    agent: { label: 'Agent', note: 'As listed by the guide for agents.', scopes: ['read', 'write'] },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation.',
      scopes: ['read', 'write'],
    },
    read_only: { label: 'Read only', note: 'Reads and changes nothing.', scopes: ['read'] },
  },
  api: { base_url: 'https://{subdomain}.zendesk.com/api/v2' },
  verify: { url: '/users/me.json' },
  account: ({ body, parameters }) => {
    const email = readText(body, 'user.email')
    const host = `${parameters['subdomain'] ?? ''}.zendesk.com`
    return {
      id: `${parameters['subdomain'] ?? ''}:${readText(body, 'user.id') ?? ''}`,
      label: `${host} (${readText(body, 'user.name') ?? ''})`,
      ...(email && { email }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/users/me.json' },
    { label: 'Tickets, newest first', method: 'GET', path: '/tickets.json?sort=-updated_at&page[size]=10' },
    { label: 'Open tickets', method: 'GET', path: '/search.json?query=type:ticket%20status%3Csolved' },
    { label: 'Organizations', method: 'GET', path: '/organizations.json?page[size]=10' },
  ],
  setup: {
    console_url: 'https://www.zendesk.com/login/',
    prerequisites: [
      'A Zendesk account on a plan with the API.',
      'Its administrator, to make the OAuth client.',
    ],
    steps: [
      'In Zendesk open Admin Center, Apps and integrations, APIs, OAuth clients (https://your-subdomain.zendesk.com/admin/apps-integrations/apis/zendesk-api/oauth_clients).',
      'Choose Add OAuth client, and name it as people shall see it.',
      'Choose Confidential as Client kind, so that it has a secret.',
      'Paste the redirect URI shown on this page under Redirect URLs.',
      'Save. Copy the Identifier (that is the client id) and the Secret, which Zendesk shows once.',
      'Set ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET.',
    ],
    notes: [
      'A client made this way works for its own Zendesk account. To connect the accounts of many customers, ask Zendesk for a global OAuth client.',
      'A code has to be exchanged within two minutes.',
      'Limits: 200 to 2,500 calls a minute, by plan.',
    ],
    revoke: {
      url: 'https://www.zendesk.com/login/',
      steps: [
        'In Zendesk open Admin Center, Apps and integrations, APIs, OAuth clients.',
        'Choose the client, and delete the token of the connection; or delete the client to end all of them.',
        'An API token is deleted under APIs, API tokens.',
      ],
    },
  },
  revocation: {
    kills: 'token',
    request: {
      method: 'DELETE',
      url: 'https://{subdomain}.zendesk.com/api/v2/oauth/tokens/current.json',
      authorization: 'token',
      gone: [{ status: [401, 404] }],
    },
  },
  webhooks: {
    mode: 'by_hand',
    events: [
      'zen:event-type:ticket.created',
      'zen:event-type:ticket.status_changed',
      'zen:event-type:ticket.comment_added',
    ],
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Zendesk-Webhook-Signature',
      encoding: 'base64',
      signed: '{timestamp}{body}',
      timestamp_header: 'X-Zendesk-Webhook-Signature-Timestamp',
      timestamp_unit: 'iso8601',
      secret: 'subscription',
    },
    steps: [
      'In Admin Center open Apps and integrations, Webhooks, and choose Create webhook, Zendesk events.',
      'Tick the ticket events, and continue.',
      'Paste the address shown on this page as Endpoint URL, with POST and JSON.',
      'Create it, choose Reveal secret on its page, and paste the signing secret here.',
    ],
    note: 'The administrator of a Zendesk makes its webhooks; each has a signing secret of its own.',
  },
  resources: [
    {
      id: 'organization',
      one: 'organization',
      many: 'organizations',
      hint: 'Select the customers whose tickets count.',
      lists: [
        {
          needs: [['read', 'organizations:read']],
          request: { url: '/organizations.json' },
          items: 'organizations',
          pages: {
            by: 'cursor',
            at: 'meta.after_cursor',
            more: 'meta.has_more',
            parameter: 'page[after]',
            size: { parameter: 'page[size]', value: 100 },
          },
          fields: { id: 'id', name: 'name', url: 'https://{subdomain}.zendesk.com/agent/organizations/{id}' },
        },
      ],
    },
  ],
  sources: [
    "The community's client node-zendesk 6.0.1, driven against the sandbox's stand-in (users, tickets), November 2026",
    "Zendesk's public API reference on OAuth tokens and webhooks, read in November 2026",
  ],
  checked: '2026-11-21',
  doubts: [
    'The addresses inside Admin Center were not opened.',
    'The names of the ticket events beyond ticket.created were not checked one by one.',
  ],
})

function readSubdomain(typed: string): string {
  return typed
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/\.zendesk\.com$/, '')
}
