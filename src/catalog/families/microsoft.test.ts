import { expect, test } from 'vitest'
import { judgeAnswer } from '../answers.ts'
import type { Json, JsonObject, OAuth2, Provider } from '../define.ts'
import { readOperatorValues } from '../parameters.ts'
import { findProvider, providers } from '../registry.ts'

const family = providers.filter((one) => one.family === 'microsoft')
const find = (id: string) => findProvider(id) as Provider
const oauth = find('outlook').auth[0] as OAuth2
const normalise = (status: number, body: JsonObject) => oauth.normaliseTokenAnswer?.({ status, body })
const graph = (code: string, message = 'm'): Json => ({ error: { code, message, innerError: {} } })

test.each<[string, number, Json, string]>([
  ['outlook', 401, graph('InvalidAuthenticationToken'), 'unauthorized'],
  ['outlook', 403, graph('ErrorAccessDenied'), 'forbidden'],
  ['outlook', 404, graph('MailboxNotEnabledForRESTAPI'), 'not_available'],
  ['outlook', 404, graph('ErrorItemNotFound'), 'failed'],
  ['outlook', 429, graph('TooManyRequests'), 'rate_limited'],
  ['outlook', 503, graph('ServiceNotAvailable'), 'failed'],
  ['onedrive', 404, graph('ResourceNotFound', "User's mysite not found."), 'not_available'],
  ['onedrive', 400, graph('BadRequest', 'Tenant does not have a SPO license.'), 'not_available'],
  ['onedrive', 404, graph('itemNotFound'), 'failed'],
  [
    'microsoft-teams',
    403,
    graph(
      'Forbidden',
      'Failed to get license information for the user. Ensure user has a valid Office365 license assigned to them.',
    ),
    'not_available',
  ],
  ['microsoft-teams', 403, graph('Forbidden', 'Missing scope permissions on the request.'), 'forbidden'],
  ['microsoft-365', 404, graph('MailboxNotEnabledForRESTAPI'), 'not_available'],
  ['microsoft-365', 404, graph('ResourceNotFound', "User's mysite not found."), 'not_available'],
])('%s answers %i: %j is %s', (id, status, body, verdict) => {
  expect(judgeAnswer(find(id), { status, headers: {} }, body)).toBe(verdict)
})

test.each<[string, number, string, number, string, boolean]>([
  // as sent: what, status, error, AADSTS number; as read: error, and whether the grant counts as dead
  ['not used for 90 days', 400, 'invalid_grant', 700082, 'invalid_grant', true],
  ['password changed, sign-in revoked', 400, 'invalid_grant', 50173, 'invalid_grant', true],
  ['consent withdrawn', 400, 'invalid_grant', 65001, 'invalid_grant', true],
  ['expired', 400, 'invalid_grant', 70008, 'invalid_grant', true],
  ['multi-factor sign-in wanted', 400, 'interaction_required', 50076, 'interaction_required', true],
  ['consent wanted', 400, 'consent_required', 65001, 'consent_required', true],
  ['too many equal requests', 400, 'invalid_grant', 50196, 'temporarily_unavailable', false],
  ['wrong secret', 401, 'invalid_client', 7000215, 'invalid_client', false],
  ['secret ended', 401, 'invalid_client', 7000222, 'invalid_client', false],
  ['app not known in the directory', 400, 'unauthorized_client', 700016, 'invalid_client', false],
  ['passing trouble', 503, 'temporarily_unavailable', 90033, 'temporarily_unavailable', false],
])('%s: %i %s (AADSTS%i) is %s, dead: %s', (_, status, error, number, read, dead) => {
  const found = normalise(status, { error, error_codes: [number] })
  expect(found?.body['error']).toBe(read)
  expect(oauth.refresh.dead?.includes(read)).toBe(dead)
})

test('too many equal requests are a limit', () => {
  expect(normalise(400, { error: 'invalid_grant', error_codes: [50196] })?.status).toBe(429)
})

test.each<[string, JsonObject, string]>([
  ['as asked', { scope: 'User.Read Mail.Read', refresh_token: 'r' }, 'User.Read Mail.Read offline_access'],
  ['no refresh token came', { scope: 'User.Read Mail.Read' }, 'User.Read Mail.Read'],
  [
    'long names',
    { scope: 'https://graph.microsoft.com/Mail.Read https://graph.microsoft.com/User.Read' },
    'Mail.Read User.Read',
  ],
  ['long names of a national cloud', { scope: 'https://dod-graph.microsoft.us/Mail.Read' }, 'Mail.Read'],
  ['long names in China', { scope: 'https://microsoftgraph.chinacloudapi.cn/Mail.Read' }, 'Mail.Read'],
  ['another case', { scope: 'mail.readwrite user.read' }, 'Mail.ReadWrite User.Read'],
  ['more than was asked for', { scope: 'Mail.Read Sites.Read.All' }, 'Mail.Read Sites.Read.All'],
  ['proved by the ID token', { scope: 'User.Read', id_token: 'x' }, 'User.Read openid profile email'],
])('scopes come back %s', (_, body, scope) => {
  expect(normalise(200, body)?.body['scope']).toBe(scope)
})

test.each([
  ['global', 'login.microsoftonline.com', 'graph.microsoft.com'],
  ['us-gov-high', 'login.microsoftonline.us', 'graph.microsoft.us'],
  ['us-gov-dod', 'login.microsoftonline.us', 'dod-graph.microsoft.us'],
  ['china', 'login.partner.microsoftonline.cn', 'microsoftgraph.chinacloudapi.cn'],
])('the cloud %s signs in at %s and answers at %s', (cloud, login, graphHost) => {
  for (const provider of family)
    expect(readOperatorValues(provider, { cloud, tenant: 'Contoso.onmicrosoft.com ' })).toEqual({
      cloud,
      login,
      graph: graphHost,
      tenant: 'contoso.onmicrosoft.com',
    })
})

test.each([
  'contoso',
  'common/../evil',
  'evil.example/common',
  'a b',
  'contoso.example@evil.example',
  'COMMON?x',
])('the directory %j is refused', (tenant) => {
  expect(() => readOperatorValues(find('outlook'), { tenant })).toThrow('cannot be used')
})

test('what asks for Teams leaves personal accounts out by default, and nothing recommended needs an administrator', () => {
  expect(family.length).toBe(6)
  for (const provider of family) {
    const scopes = provider.scope_sets?.recommended.scopes ?? []
    expect(scopes, provider.id).toEqual(expect.arrayContaining(['offline_access', 'User.Read']))
    expect(scopes).not.toContain('ChannelMessage.Read.All')
    const teams = scopes.some((scope) => /^(?:Team|Channel|Chat)/.test(scope))
    expect([provider.id, readOperatorValues(provider, {})['tenant']]).toEqual([
      provider.id,
      teams ? 'organizations' : 'common',
    ])
    expect(provider.revocation).toBeUndefined()
    expect(
      provider.account({
        token: undefined,
        parameters: {},
        body: { id: 'i', mail: null, userPrincipalName: 'a@b.example' },
      }),
    ).toEqual({ id: 'i', label: 'a@b.example', email: 'a@b.example' })
  }
})

test('each preset that sends more than its document lists says so', () => {
  for (const provider of family)
    for (const [name, set] of Object.entries(provider.scope_sets ?? {})) {
      expect(set.scopes, `${provider.id} ${name}`).toEqual(
        expect.arrayContaining(['offline_access', 'User.Read']),
      )
      if (set.documented)
        expect(set.documented.scopes.every((scope) => set.scopes.includes(scope))).toBe(true)
    }
  expect(find('outlook').scope_sets?.['agent']?.documented?.scopes).toEqual(['Mail.Read', 'Mail.Send'])
  expect(find('microsoft-teams').scope_sets?.['automation']?.documented).toMatchObject({
    scopes: ['Chat.ReadWrite', 'User.Read', 'ChannelMessage.Send'],
    reason: 'Without offline_access a connection lasts one hour: added.',
  })
})
