import { expect, test } from 'vitest'
import { defineProvider, type Provider } from '../catalog/define.ts'
import { type Circumstances, remediesFor } from './remedies.ts'

const provider: Provider = defineProvider({
  id: 'example',
  name: 'Example',
  category: 'Calendar',
  summary: 'x',
  family: 'example',
  hosts: ['{subdomain}.example.com'],
  callback: 'native',
  env: { client_id: 'EXAMPLE_CLIENT_ID', client_secret: 'EXAMPLE_CLIENT_SECRET' },
  parameters: [
    { name: 'subdomain', label: 'Subdomain', pattern: '^[a-z]+$', example: 'acme', required: true },
  ],
  auth: [
    {
      kind: 'oauth2',
      authorization_endpoint: 'https://{subdomain}.example.com/auth',
      token_endpoint: 'https://{subdomain}.example.com/token',
      token_endpoint_auth_method: 'client_secret_post',
      refresh: { rotates: 'never' },
    },
  ],
  api: { base_url: 'https://{subdomain}.example.com' },
  verify: { url: '/me' },
  account: () => ({ id: '', label: '' }),
  test_calls: [],
  setup: {
    console_url: 'https://example.com/apps',
    prerequisites: [],
    steps: [],
    revoke: { url: 'https://example.com', steps: [] },
  },
  checked: '2026-11-01',
})
const known = (change: Partial<Circumstances>): Circumstances => ({
  redirectUri: 'https://hub.example.org/api/integrations/callback',
  missing: [],
  unusableScopes: [],
  unknownScopes: [],
  parameters: {},
  ...change,
})

test.each<[string, Partial<Circumstances>, RegExp]>([
  ['not_configured', { missing: ['EXAMPLE_CLIENT_SECRET'] }, /^Set EXAMPLE_CLIENT_SECRET:/],
  ['invalid_client', { missing: ['EXAMPLE_CLIENT_SECRET'] }, /^EXAMPLE_CLIENT_SECRET is not set\.$/],
  [
    'redirect_uri_mismatch',
    {},
    /character by character: https:\/\/hub\.example\.org\/api\/integrations\/callback$/,
  ],
  [
    'redirect_uri_mismatch',
    { redirectUri: 'http://127.0.0.1:4400/api/integrations/callback' },
    /It begins with http/,
  ],
  [
    'invalid_scope',
    { unusableScopes: [{ scope: 'old', reason: 'Withdrawn.' }] },
    /^old cannot be asked for: Withdrawn\.$/,
  ],
  ['invalid_scope', { unknownScopes: ['typo'] }, /does not know typo/],
  ['upstream_unreachable', { parameters: { subdomain: 'acmee' } }, /Check the subdomain \("acmee"\)/],
  ['credential_refused', { parameters: { subdomain: 'acmee' } }, /Check the subdomain \("acmee"\)/],
])('%s: what the hub knows tells which cause it is', (code, change, expected) => {
  expect(remediesFor(code, provider, known(change))).toContainEqual(expect.stringMatching(expected))
})

test('without knowledge every code still has something to do', () => {
  for (const code of [
    'invalid_client',
    'redirect_uri_mismatch',
    'invalid_scope',
    'not_configured',
    'anything',
  ])
    expect(remediesFor(code, provider).every((remedy) => remedy.length > 20)).toBe(true)
})
