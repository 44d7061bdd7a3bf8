/**
 * T10 The changes of the API, made one by one in one hub: each writes its entry, once, with who asked, what it is
 * about, and the address it was asked from.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXAMPLE } from '../../src/web/admin/declaration-example.ts'
import { createAuthenticator } from '../identity/authenticator.ts'
import { csrf, linkTokenOf, PASSWORD } from '../identity/house.ts'
import { type ApiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { AUDITED } from './audit-table.ts'

/** Changes that are not made here, each with what it takes. */
const ELSEWHERE: Record<string, string> = {
  'POST /api/meta/data-deletion': 'Meta’s signature, and an account connected at Meta',
  'POST /api/v1/password-resets/complete': 'a mail server, and the letter with the link',
  'PUT /api/v1/me/email': 'a mail server',
  'POST /api/v1/me/email/confirm': 'a mail server, and the letter with the link',
  'DELETE /api/v1/me/sso': 'an identity provider at which somebody signed in',
  'POST /api/v1/me/organizations': 'a person of two organizations, invited by the second',
  'POST /api/v1/connect/attempts/{id}/decide': 'a flow that has a question: another account came back',
  'POST /api/v1/connect-links/{token}/attempts/{id}/decide': 'as above, by an end user',
  'POST /api/v1/connect-sessions/{id}/complete': 'a flow by a link, finished in an end user’s browser',
  'POST /api/v1/projects/{id}/selections/{selection}/check':
    'a channel that has to be joined, and a bot in it',
  'POST /api/v1/integrations/{provider}/check': 'an OAuth client that is set, and its provider to ask',
  'POST /api/v1/installations/assign': 'an app that was installed at the provider, without a flow',
  'POST /api/v1/installations/ignore': 'as above',
}

const ADDRESS = '203.0.113.77'
type Entry = { action: string; actor: string; target: string; ip: string | null }

let t: TestHub
let ada: Browser
let adaId: string
beforeAll(async () => {
  t = await startTestHub({
    env: { TRUNKLINE_PUBLIC_URL: 'http://localhost:0', TRUNKLINE_TRUSTED_HOPS: '1' },
  })
  ada = await t.browser('ada@example.com')
  adaId = (await ada.get('/api/v1/me')).body.id
})
afterAll(() => t.close())

const done = new Set<string>()

/** Makes a change, and asks that it wrote its entry and, besides, only what is named. */
async function changes(
  route: string,
  {
    by = ada,
    actor = adaId,
    at = {},
    body,
    target,
    also = [],
  }: {
    by?: Pick<ApiClient, 'send'> & Partial<Pick<Browser, 'cookies' | 'get'>>
    /** Asked after the change, where it is only then somebody. */
    actor?: string | ((answer: unknown) => string | Promise<string>)
    at?: Record<string, string>
    body?: unknown
    // oxlint-disable-next-line typescript/no-explicit-any
    target: string | ((body: any) => string)
    also?: string[]
  },
  // oxlint-disable-next-line typescript/no-explicit-any
): Promise<any> {
  const [method = '', template = ''] = route.split(' ')
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => at[name] ?? '')
  const before = new Set((await entries()).map(({ key }) => key))
  const token = by.cookies?.size ? await csrf(by as Browser) : {}
  const answer = await by.send(method, path, body, { ...token, 'x-forwarded-for': ADDRESS })
  expect([route, answer.status < 300, answer.status < 300 || answer.body]).toEqual([route, true, true])
  await t.hub.settle()
  const made = (await entries()).filter(({ key }) => !before.has(key)).map(({ key: _key, ...entry }) => entry)
  const declared = made.filter(({ action }) => action === AUDITED[route])
  const expected = {
    action: AUDITED[route],
    actor: typeof actor === 'string' ? actor : await actor(answer.body),
    target: typeof target === 'string' ? target : target(answer.body),
    ip: ADDRESS,
  }
  expect([route, declared]).toEqual([route, [expected]])
  expect([route, made.map(({ action }) => action).filter((one) => one !== AUDITED[route])]).toEqual([
    route,
    also,
  ])
  done.add(route)
  return answer.body
}

/** What is recorded by now; some entries are written a moment after the answer, and before anybody reads the log. */
async function entries(): Promise<(Entry & { key: string })[]> {
  await t.admin.get('/api/v1/audit?limit=1')
  const { rows } = await t.hub.database.pool.query<Entry & { key: string }>(
    `select organization_id || ' ' || seq as key, action, actor, target, ip from audit_log order by at, seq`,
  )
  return rows
}

const idOf = async (browser: Browser) => (await browser.get('/api/v1/me')).body.id as string

test('signing in, and what a person changes of their own', async () => {
  const ben = await t.browser(null)
  const link = new URL(await t.hub.createSignInUrl('ben@example.com'))
  const self = () => idOf(ben)
  const benId = async () =>
    (await t.hub.database.pool.query(`select id from people where email = 'ben@example.com'`)).rows[0]
      ?.id as string
  await ben.send('POST', '/api/v1/sessions', { token: linkTokenOf(link.href) })
  const id = await benId()
  const of = (more: object = {}) => ({ by: ben, actor: self, target: id, ...more })
  const again = new URL(await t.hub.createSignInUrl('ben@example.com'))
  await changes('POST /api/v1/sessions', of({ body: { token: linkTokenOf(again.href) } }))
  await changes('PATCH /api/v1/me/profile', of({ body: { name: 'Ben' } }))
  await changes('PUT /api/v1/me/password', of({ body: { password: PASSWORD } }))
  await changes('POST /api/v1/me/reauthenticate', of({ body: { password: PASSWORD } }))
  const fresh = await t.browser(null)
  await changes('POST /api/v1/sessions/password', {
    by: fresh,
    actor: id,
    target: id,
    body: { email: 'ben@example.com', password: PASSWORD },
  })
  const key = createAuthenticator(t.url)
  const options = await ben.send('POST', '/api/v1/me/passkeys/options', undefined, await csrf(ben))
  const passkey = await changes(
    'POST /api/v1/me/passkeys',
    of({ body: { name: 'Laptop', response: key.create(options.body) } }),
  )
  const other = await t.browser(null)
  const asked = await other.send('POST', '/api/v1/sessions/passkey/options')
  await changes('POST /api/v1/sessions/passkey', {
    by: other,
    actor: id,
    target: id,
    body: { response: key.get(asked.body) },
  })
  await changes('DELETE /api/v1/me/password', of())
  await ben.send('PUT', '/api/v1/me/password', { password: PASSWORD }, await csrf(ben))
  await changes('DELETE /api/v1/me/passkeys/{id}', of({ at: { id: passkey.id } }))
  await t.browser('ben@example.com')
  const sessions = (await ben.get('/api/v1/me/sessions')).body.data as { id: string; current: boolean }[]
  const one = sessions.find(({ current }) => !current)
  await changes('DELETE /api/v1/me/sessions/{id}', of({ at: { id: one?.id ?? '' } }))
  await changes('POST /api/v1/sessions/switch', {
    by: await t.browser('ben@example.com'),
    actor: id,
    target: id,
    body: { organization_id: (await ada.get('/api/v1/me')).body.organization.id },
  })
  const leaving = await t.browser('ben@example.com')
  await changes('DELETE /api/v1/sessions/current', { by: leaving, actor: id, target: id })
  await changes('DELETE /api/v1/me/sessions', {
    by: await t.browser('ben@example.com'),
    actor: id,
    target: id,
  })
})

test('people, organizations and keys', async () => {
  const invited = await changes('POST /api/v1/invitations', {
    body: { email: 'cy@example.com', role: 'member' },
    target: ({ id, invitation }) => id ?? invitation.id,
  })
  const resent = await changes('POST /api/v1/invitations/{id}/resend', {
    at: { id: invited.id },
    body: {},
    target: invited.id,
  })
  const cy = await t.browser(null)
  await changes('POST /api/v1/invitations/accept', {
    by: cy,
    actor: () => idOf(cy),
    body: { token: linkTokenOf(resent.url), name: 'Cy', password: PASSWORD },
    target: invited.id,
    also: ['session.created'],
  })
  const cyId = await idOf(cy)
  const more = (await ada.send('POST', '/api/v1/invitations', { email: 'dee@example.com', role: 'member' }))
    .body
  await changes('DELETE /api/v1/invitations/{id}', { at: { id: more.id }, target: more.id })
  await changes('PATCH /api/v1/people/{id}', { at: { id: cyId }, body: { role: 'admin' }, target: cyId })
  await ada.send('PATCH', `/api/v1/people/${cyId}`, { role: 'member' })
  await changes('POST /api/v1/people/{id}/sign-in-link', { at: { id: cyId }, target: cyId })
  await changes('DELETE /api/v1/people/{id}', { at: { id: cyId }, target: cyId })
  const { body: me } = await ada.get('/api/v1/me')
  await changes('PATCH /api/v1/organization', { body: { name: 'Renamed' }, target: me.organization.id })
  await changes('POST /api/v1/organizations', {
    body: { name: 'Second' },
    target: ({ organization }) => organization.id,
  })
  const key = await changes('POST /api/v1/api-keys', {
    body: { name: 'k', scopes: ['connections:read'] },
    target: ({ id }) => id,
  })
  await changes('DELETE /api/v1/api-keys/{id}', { at: { id: key.id }, target: key.id })
  await changes('POST /api/v1/audit/chain/verify', { target: me.organization.id })
})

test('connections', async () => {
  const fields = { apiKey: t.sandbox.values.stripe?.apiKey }
  const begun = await changes('POST /api/v1/connect/attempts', {
    body: { provider: 'stripe', owner: 'organization', fields },
    target: 'stripe',
    also: ['connection.connected'],
  })
  const id = begun.connection_id as string
  const at = { id }
  const pending = (await ada.send('POST', '/api/v1/connect/attempts', { provider: 'github' })).body
  await changes('POST /api/v1/connect/attempts/{id}/cancel', { at: { id: pending.id }, target: pending.id })
  await changes('PATCH /api/v1/connections/{id}', { at, body: { label: 'Books' }, target: id })
  await changes('POST /api/v1/connections/{id}/verify', { at, target: id })
  await changes('POST /api/v1/connections/{id}/reconnect', {
    at,
    body: { fields },
    target: id,
    also: ['connection.reconnected'],
  })
  await changes('DELETE /api/v1/connections/{id}', { at, target: id })
  const own = (
    await (
      await t.browser('eli@example.com')
    ).send('POST', '/api/v1/connect/attempts', {
      provider: 'stripe',
      fields,
    })
  ).body.connection_id as string
  await changes('POST /api/v1/connections/existing/{id}/end', {
    at: { id: own },
    body: { reason: 'left' },
    target: own,
  })
  const server = (await t.admin.get('/api/v1/me')).body.id as string
  const session = await changes('POST /api/v1/connect-sessions', {
    by: t.admin,
    actor: server,
    body: {
      end_user: { id: 'customer_1' },
      providers: ['stripe'],
      return_to: 'https://app.example.com/connected',
    },
    target: ({ id: made }) => made,
  })
  const endUser = (
    await t.hub.database.pool.query<{ id: string }>('select id from end_users where external_id = $1', [
      'customer_1',
    ])
  ).rows[0]?.id as string
  const token = new URL(session.url).pathname.split('/').at(-1) ?? ''
  await changes('POST /api/v1/connect-links/{token}/attempts', {
    by: await t.browser(null),
    actor: endUser,
    at: { token },
    body: { provider: 'stripe', fields },
    target: 'stripe',
  })
})

test('settings', async () => {
  const declaration = JSON.parse(EXAMPLE) as { id: string }
  const { id } = declaration
  await changes('PUT /api/v1/providers/{id}', { at: { id }, body: declaration, target: id })
  await changes('DELETE /api/v1/providers/{id}', { at: { id }, target: id })
  await changes('PUT /api/v1/secrets', {
    body: { values: { GITHUB_CLIENT_ID: 'client', GITHUB_CLIENT_SECRET: 'hidden-one' } },
    target: 'GITHUB_CLIENT_ID GITHUB_CLIENT_SECRET',
  })
  await changes('DELETE /api/v1/secrets/{name}', {
    at: { name: 'GITHUB_CLIENT_SECRET' },
    target: 'GITHUB_CLIENT_SECRET',
  })
  await changes('PUT /api/v1/policies/{provider}', {
    at: { provider: 'github' },
    body: { policy: 'organization' },
    target: 'github',
  })
  await changes('PATCH /api/v1/integrations/{provider}', {
    at: { provider: 'github' },
    body: { scope_set: null },
    target: 'github',
  })
  await changes('PATCH /api/v1/agents/{id}/settings', {
    at: { id: 'github' },
    body: { for: 'organization', enabled: false },
    target: 'github',
  })
  await changes('PUT /api/v1/agents/{id}/access', {
    at: { id: 'github' },
    body: { everyone: true },
    target: 'github',
  })
})

test('projects', async () => {
  const project = await changes('POST /api/v1/projects', { body: { name: 'P' }, target: ({ id }) => id })
  const at = { id: project.id as string }
  const target = at.id
  await changes('PATCH /api/v1/projects/{id}', { at, body: { name: 'Q' }, target })
  const person = await idOf(await t.browser('flo@example.com'))
  await changes('PUT /api/v1/projects/{id}/members/{person}', {
    at: { ...at, person },
    body: { role: 'member' },
    target,
  })
  await changes('DELETE /api/v1/projects/{id}/members/{person}', { at: { ...at, person }, target })
  await changes('PATCH /api/v1/projects/{id}/sync-settings/{provider}', {
    at: { ...at, provider: 'slack' },
    body: { schedule: 'daily' },
    target,
  })
  const { body: attempt } = await ada.send('POST', '/api/v1/connect/attempts', {
    provider: 'github',
    method: 'api_key',
    owner: 'organization',
    fields: { token: t.sandbox.values.github?.token },
  })
  const connection = attempt.connection_id as string
  const list = `/api/v1/projects/${target}/connections/${connection}/resources?kind=repository`
  await ada.get(list)
  await t.hub.sync.settled()
  const resource = (await ada.get(list)).body.data[0].id as string
  const selected = await changes('POST /api/v1/projects/{id}/selections', {
    at,
    body: { connection, kind: 'repository', resources: [resource] },
    target,
  })
  await changes('POST /api/v1/projects/{id}/selections/remove', {
    at,
    body: { selections: [selected.data[0].id] },
    target,
  })
  await changes('DELETE /api/v1/projects/{id}', { at, target })
})

test('every change was made here, or is listed with what it takes', () => {
  expect(Object.keys(AUDITED).filter((route) => !done.has(route) && !(route in ELSEWHERE))).toEqual([])
  expect(Object.keys(ELSEWHERE).filter((route) => done.has(route) || !(route in AUDITED))).toEqual([])
})
