/** "Needs more permission": one step asks for what the connection has and exactly what the tool lacks (C10). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { availabilityOf, connect, finish, openMember, stateOf } from './people.ts'

let t: TestHub
let admin: Browser
let member: Browser
beforeAll(async () => {
  t = await startTestHub()
  admin = await t.browser('admin@example.com')
  member = await openMember(t, 'member@example.com')
})
afterAll(() => t.close())

const sorted = (...scopes: string[]) => scopes.sort((a, b) => a.localeCompare(b))
const asked = (url: string, parameter = 'scope') =>
  sorted(...(new URL(url).searchParams.get(parameter) ?? '').split(/[ ,]/).filter(Boolean))
const read = async (id: string) => (await member.get(`/api/v1/connections/${id}`)).body

test('C10 exactly the missing scope is added, the connection keeps its id, and the tool is there', async () => {
  const id = await connect(t, member, { provider: 'slack', scope_set: 'messaging' })
  const had = (await read(id)).granted_scopes
  const { state, mend, missing_scopes } = await availabilityOf(member, 'slack', 'slack_list_users')
  expect([state, mend]).toMatchObject([
    'needs_permission',
    { action: 'allow_more', connection_id: id, scopes: ['users:read'] },
  ])
  expect(missing_scopes).toEqual([
    { scope: 'users:read', why: 'Lists the people of the workspace.', access: 'read' },
  ])
  const { body: attempt } = await member.send('POST', `/api/v1/connections/${id}/reconnect`, {
    additional_scopes: mend.scopes,
  })
  expect(asked(attempt.authorization_url)).toEqual(sorted(...had, 'users:read'))
  expect(asked(attempt.authorization_url, 'user_scope')).toEqual([])
  await member.follow(t.consent(attempt.authorization_url))
  expect(await finish(member, attempt.id)).toBe(id)
  expect(await stateOf(member, 'slack', 'slack_list_users')).toBe('available')
  expect(sorted(...(await read(id)).granted_scopes)).toEqual(sorted(...had, 'users:read'))

  // A scope of the second token travels in its own parameter.
  const search = await availabilityOf(member, 'slack', 'slack_search')
  const { body: second } = await member.send('POST', `/api/v1/connections/${id}/reconnect`, {
    additional_scopes: search.mend.scopes,
  })
  expect(asked(second.authorization_url, 'user_scope')).toEqual(['search:read'])
  expect(asked(second.authorization_url)).toEqual(sorted(...had, 'users:read'))
})

test('what the person did not allow before is not asked for again', async () => {
  const other = await openMember(t, 'unticked@example.com')
  const scope = (name: string) => `https://www.googleapis.com/auth/${name}`
  const kept = ['openid', 'email', 'profile', scope('gmail.readonly'), scope('calendar.readonly')]
  const id = await connect(t, other, { provider: 'google', scope_set: 'read_only' }, { scopes: kept })
  const { mend } = await availabilityOf(other, 'google', 'gmail_send')
  const { body } = await other.send('POST', `/api/v1/connections/${id}/reconnect`, {
    additional_scopes: mend.scopes,
  })
  expect(asked(body.authorization_url)).toEqual(sorted(...kept, scope('gmail.modify')))
  await other.follow(t.consent(body.authorization_url))
  expect(await finish(other, body.id)).toBe(id)
  expect([
    await stateOf(other, 'google', 'gmail_send'),
    await stateOf(other, 'google', 'google_drive_get'),
  ]).toEqual(['available', 'needs_permission'])
})

test('C10 undeclared scopes, none, and a set beside them are refused, and nothing begins', async () => {
  const id = await connect(t, member, { provider: 'zoom' })
  const count = async () =>
    (await t.hub.database.pool.query('select count(*)::int as n from oauth_states')).rows[0].n
  const before = await count()
  for (const body of [
    { additional_scopes: ['everything'] },
    { additional_scopes: [] },
    { additional_scopes: ['meeting:write:meeting'], scope_set: 'recommended' },
  ]) {
    const { status, body: problem } = await member.send('POST', `/api/v1/connections/${id}/reconnect`, body)
    expect([JSON.stringify(body), status, problem.code]).toEqual([
      JSON.stringify(body),
      400,
      'invalid_request',
    ])
  }
  expect(await count()).toBe(before)
})

test('a typed secret cannot be widened by the hub', async () => {
  const { apiKey } = t.sandbox.values['stripe'] ?? {}
  const id = await connect(t, member, { provider: 'stripe', fields: { apiKey } })
  const { body } = await member.send('POST', `/api/v1/connections/${id}/reconnect`, {
    additional_scopes: ['read_write'],
    fields: { apiKey },
  })
  expect(body).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('secret') })
})

test('T3 the organization’s connection is widened by administrators; members see whom to ask', async () => {
  const id = await connect(t, admin, { provider: 'slack', owner: 'organization', scope_set: 'messaging' })
  const other = await openMember(t, 'asking@example.com')
  expect(await availabilityOf(other, 'slack', 'slack_list_users')).toMatchObject({
    state: 'needs_permission',
    mend: { action: 'ask_admin', ask_for: 'allow_more' },
  })
  const body = { additional_scopes: ['users:read'] }
  expect((await other.send('POST', `/api/v1/connections/${id}/reconnect`, body)).status).toBe(403)
  expect((await availabilityOf(admin, 'slack', 'slack_list_users')).mend).toMatchObject({
    action: 'allow_more',
    connection_id: id,
  })
  expect((await admin.send('POST', `/api/v1/connections/${id}/reconnect`, body)).status).toBe(201)
})
