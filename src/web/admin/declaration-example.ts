/** Where the editor starts, for whoever asks for it. */
export const EXAMPLE = JSON.stringify(
  {
    id: 'example-crm',
    name: 'Example CRM',
    hosts: ['api.example-crm.com'],
    auth: [
      {
        kind: 'oauth2',
        authorization_endpoint: 'https://app.example-crm.com/oauth/authorize',
        token_endpoint: 'https://api.example-crm.com/oauth/token',
      },
    ],
    scopes: { 'contacts:read': { why: 'Reads contacts and companies.', access: 'read' } },
    scope_sets: { recommended: { label: 'Recommended', scopes: ['contacts:read'] } },
    api: { base_url: 'https://api.example-crm.com/v2' },
    verify: { url: '/me' },
    account: { id: 'user.id', label: 'user.name' },
  },
  null,
  2,
)
