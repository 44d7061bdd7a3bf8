/** A provider of our own for tests: its authorization server and API live at one host that an override points to. */
import { defineProvider, readText, type OAuth2, type Provider } from '../../src/catalog/define.ts'

export const AS_HOST = 'as.example.com'
export const CLIENT = { client_id: 'hub-under-test', client_secret: 'client-secret-0123456789' }
export const CLIENT_ENV = { STRICT_CLIENT_ID: CLIENT.client_id, STRICT_CLIENT_SECRET: CLIENT.client_secret }

export function declareProvider(
  refresh: Partial<OAuth2['refresh']> = {},
  change: Partial<Provider> = {},
): Provider {
  return defineProvider({
    id: 'strict',
    name: 'Strict',
    category: 'Productivity suites',
    summary: 'A server that rotates refresh tokens and ends the grant when one is used twice.',
    family: 'strict',
    hosts: [AS_HOST],
    callback: 'universal',
    env: { client_id: 'STRICT_CLIENT_ID', client_secret: 'STRICT_CLIENT_SECRET' },
    auth: [
      {
        kind: 'oauth2',
        issuer: `https://${AS_HOST}`,
        authorization_response_iss_parameter_supported: true,
        authorization_endpoint: `https://${AS_HOST}/auth`,
        token_endpoint: `https://${AS_HOST}/token`,
        token_endpoint_auth_method: 'client_secret_basic',
        authorization_params: { prompt: 'consent' },
        refresh: { rotates: 'always', dead: ['invalid_grant'], ...refresh },
      },
    ],
    scopes: {
      openid: { why: 'Names the account.', access: 'read' },
      offline_access: { why: 'Keeps the connection alive.', access: 'read' },
    },
    scope_sets: { recommended: { label: 'Recommended', scopes: ['openid', 'offline_access'] } },
    api: { base_url: `https://${AS_HOST}` },
    verify: { url: '/me' },
    account: ({ body }) => ({ id: readText(body, 'sub') ?? '', label: readText(body, 'sub') ?? '' }),
    test_calls: [{ label: 'Who am I', method: 'GET', path: '/me' }],
    setup: {
      console_url: `https://${AS_HOST}`,
      prerequisites: [],
      steps: [],
      revoke: { url: `https://${AS_HOST}`, steps: [] },
    },
    checked: '2026-11-01',
    ...change,
  })
}
