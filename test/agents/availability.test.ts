/** What a person can use, and why not: by connection, permission, switch and rule. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { agents } from '../../src/catalog/agent-registry.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { availabilityOf, connect, openMember, stateOf } from './people.ts'

let t: TestHub
let admin: Browser
let member: Browser
let count = 0
beforeAll(async () => {
  t = await startTestHub()
})
afterAll(() => t.close())
beforeEach(async () => {
  t.sandbox.control.reset()
  const { pool } = t.hub.database
  await pool.query('delete from agent_switches')
  await pool.query('delete from agent_access')
  count += 1
  admin = await t.browser(`admin-${count}@example.com`)
  member = await openMember(t, `member-${count}@example.com`)
  // What the tables lost by hand, the hub has to be told.
  await admin.send('PATCH', '/api/v1/agents/github/settings', { for: 'organization' })
})

const issues = ['github', 'github_list_issues'] as const

test('every agent is listed with its tools, and nothing is available before a connection', async () => {
  const { body } = await member.get('/api/v1/agents')
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual(agents.map(({ id }) => id))
  for (const agent of body.data) {
    expect([agent.id, agent.available, agent.availability.state]).toEqual([
      agent.id,
      0,
      'requires_connection',
    ])
    expect(agent.total).toBe(agents.find(({ id }) => id === agent.id)?.tools.length)
  }
  expect((await member.get('/api/v1/agents/github')).body.tools[0]).toMatchObject({
    name: 'github_list_repos',
    risk: 'read',
    input_schema: { type: 'object', additionalProperties: false },
    availability: { mend: { action: 'connect', provider: 'github' } },
  })
})

test('connecting makes the tools available, disconnecting takes them, at once', async () => {
  expect(await stateOf(member, ...issues)).toBe('requires_connection')
  const id = await connect(t, member, { provider: 'github' })
  expect(await availabilityOf(member, ...issues)).toMatchObject({
    state: 'available',
    connection: { id, provider: 'github', owner: 'me' },
    mend: null,
  })
  await member.send('DELETE', `/api/v1/connections/${id}`)
  expect(await stateOf(member, ...issues)).toBe('requires_connection')
})

test('T1 a person’s connection makes nothing available to anybody else; the organization’s does', async () => {
  const mine = await connect(t, admin, { provider: 'github' })
  expect(await stateOf(member, ...issues)).toBe('requires_connection')
  expect(await stateOf(t.admin, ...issues)).toBe('requires_connection')
  const shared = await connect(t, admin, { provider: 'github', owner: 'organization' })
  expect((await availabilityOf(member, ...issues)).connection).toMatchObject({
    id: shared,
    owner: 'organization',
  })
  expect((await availabilityOf(t.admin, ...issues)).connection.id).toBe(shared)
  // One's own comes first.
  expect((await availabilityOf(admin, ...issues)).connection.id).toBe(mine)
  await admin.send('DELETE', `/api/v1/connections/${shared}`)
  expect(await stateOf(member, ...issues)).toBe('requires_connection')
})

test('a connection that no longer works is told with its status, and reconnecting mends it', async () => {
  const id = await connect(t, member, { provider: 'github' })
  await t.hub.database.pool.query(
    `update connections set status = 'connection_invalid', status_detail = 'The grant was revoked.' where id = $1`,
    [id],
  )
  await t.admin.send('PATCH', `/api/v1/connections/${id}`, { label: 'Old' })
  expect(await availabilityOf(member, ...issues)).toMatchObject({
    state: 'connection_trouble',
    detail: expect.stringContaining('The grant was revoked.'),
    connection: { id, status: 'connection_invalid' },
    mend: { action: 'reconnect', connection_id: id },
  })
})

test('a bundle serves what its single services serve, and a single service only its own', async () => {
  const state = (tool: string) => stateOf(member, 'google', tool)
  const gmail = await connect(t, member, { provider: 'gmail' })
  expect([await state('gmail_search'), await state('google_drive_search')]).toEqual([
    'available',
    'requires_connection',
  ])
  await connect(t, member, { provider: 'google' })
  expect((await availabilityOf(member, 'google', 'google_drive_search')).connection.provider).toBe('google')
  await member.send('DELETE', `/api/v1/connections/${gmail}`)
  expect((await availabilityOf(member, 'google', 'gmail_search')).connection.provider).toBe('google')
})

test('a bundle without a permission does not stand in the way of the single service that has it', async () => {
  await connect(t, member, { provider: 'google', scope_set: 'read_only' })
  expect(await stateOf(member, 'google', 'gmail_send')).toBe('needs_permission')
  const gmail = await connect(t, member, { provider: 'gmail' })
  expect((await availabilityOf(member, 'google', 'gmail_send')).connection.id).toBe(gmail)
  expect((await availabilityOf(member, 'google', 'gmail_search')).connection.provider).toBe('google')
})

test('a policy says whose connection is used, and who can make the one that is missing', async () => {
  const policy = (value: string) => admin.send('PUT', '/api/v1/policies/hubspot', { policy: value })
  const contacts = ['hubspot', 'hubspot_list_owners'] as const
  await connect(t, member, { provider: 'hubspot' })
  expect((await policy('organization')).status).toBeLessThan(300)
  expect(await availabilityOf(member, ...contacts)).toMatchObject({
    state: 'requires_connection',
    mend: { action: 'ask_admin', ask_for: 'connect' },
  })
  expect((await availabilityOf(admin, ...contacts)).mend).toMatchObject({
    action: 'connect',
    provider: 'hubspot',
  })
  await policy('personal')
  expect((await availabilityOf(member, ...contacts)).connection.owner).toBe('me')
  expect(await stateOf(t.admin, ...contacts)).toBe('requires_connection')
  await policy('own_first')
})

test('T3 switches: the organization’s count for all, a person’s own for them, and nobody widens', async () => {
  await connect(t, admin, { provider: 'github', owner: 'organization' })
  const set = (who: Browser, body: object) => who.send('PATCH', '/api/v1/agents/github/settings', body)
  expect((await set(member, { for: 'me', tools: { github_list_issues: false } })).status).toBe(200)
  expect(await availabilityOf(member, ...issues)).toMatchObject({
    state: 'turned_off',
    turned_off_by: 'me',
    mend: { action: 'turn_on', for: 'me', what: 'tool' },
  })
  expect(await stateOf(admin, ...issues)).toBe('available')

  const refused = await set(member, { for: 'organization', enabled: false })
  expect([refused.status, refused.body.code]).toEqual([403, 'insufficient_scope'])
  expect((await set(admin, { for: 'organization', enabled: false })).status).toBe(200)
  expect(await availabilityOf(member, 'github', 'github_get_issue')).toMatchObject({
    state: 'turned_off',
    turned_off_by: 'organization',
    mend: { action: 'ask_admin', ask_for: 'turn_on' },
  })
  expect((await availabilityOf(admin, 'github', 'github_get_issue')).mend.for).toBe('organization')
  expect(await stateOf(t.admin, 'github', 'github_get_issue')).toBe('turned_off')
  const widened = await set(member, { for: 'me', enabled: true })
  expect([widened.status, widened.body.code]).toEqual([409, 'agent_turned_off'])

  await set(admin, { for: 'organization', enabled: null })
  await set(member, { for: 'me', tools: { github_list_issues: null } })
  expect(await stateOf(member, ...issues)).toBe('available')
  expect((await set(member, { for: 'me', tools: { no_such_tool: false } })).body).toMatchObject({
    code: 'invalid_request',
    errors: [{ path: 'tools.no_such_tool' }],
  })
  expect((await t.admin.send('PATCH', '/api/v1/agents/github/settings', { for: 'me' })).body.code).toBe(
    'invalid_request',
  )
})

test('T3 access rules: by role and by name, told without the names, and set by administrators alone', async () => {
  await connect(t, admin, { provider: 'github', owner: 'organization' })
  const set = (who: Browser, body: object) => who.send('PUT', '/api/v1/agents/github/access', body)
  const me = (await member.get('/api/v1/me')).body
  expect((await set(member, { everyone: true })).status).toBe(403)
  expect((await set(admin, { everyone: false, roles: ['admin'] })).body.access).toEqual({
    everyone: false,
    roles: ['admin'],
    people: [],
  })
  expect(await availabilityOf(member, ...issues)).toMatchObject({
    state: 'no_access',
    detail: expect.stringContaining('only administrators'),
    mend: { action: 'ask_admin', ask_for: 'access' },
  })
  expect((await member.get('/api/v1/agents/github')).body).toMatchObject({
    access: null,
    administrators: expect.arrayContaining([expect.objectContaining({ email: expect.any(String) })]),
  })
  expect(await stateOf(admin, ...issues)).toBe('available')

  const named = await set(admin, { everyone: false, people: [me.id] })
  expect(named.body.access.people).toEqual([{ id: me.id, name: me.name, email: me.email }])
  expect([await stateOf(member, ...issues), await stateOf(admin, ...issues)]).toEqual([
    'available',
    'no_access',
  ])
  // The organization's own key is no person.
  expect(await stateOf(t.admin, ...issues)).toBe('available')

  expect((await set(admin, { everyone: false })).body.code).toBe('invalid_request')
  expect((await set(admin, { everyone: false, people: ['per_nobody'] })).body.errors).toMatchObject([
    { path: 'people' },
  ])
  await set(admin, { everyone: true })
  expect(await stateOf(admin, ...issues)).toBe('available')
})

test('T10 who switched what is in the audit log', async () => {
  await admin.send('PATCH', '/api/v1/agents/slack/settings', { for: 'organization', enabled: false })
  await admin.send('PUT', '/api/v1/agents/slack/access', { everyone: false, roles: ['admin'] })
  const { rows } = await t.hub.database.pool.query(
    `select action, target, detail from audit_log where action like 'agent.%' order by seq desc limit 2`,
  )
  expect(rows).toEqual([
    { action: 'agent.access_changed', target: 'slack', detail: { roles: ['admin'], people: [] } },
    { action: 'agent.switched', target: 'slack', detail: { for: 'organization', enabled: false, tools: {} } },
  ])
})

test('before a disconnect, the tools that stop with it are named', async () => {
  const tools = async (who: Browser, id: string) =>
    (await who.get(`/api/v1/connections/${id}/impact`)).body.items.find(
      ({ kind }: { kind: string }) => kind === 'tools',
    )
  const mine = await connect(t, member, { provider: 'slack' })
  expect(await tools(member, mine)).toMatchObject({
    count: agents.find(({ id }) => id === 'slack')?.tools.length,
    names: expect.arrayContaining(['Post a message']),
  })
  // The organization's takes over, so nothing stops.
  await connect(t, admin, { provider: 'slack', owner: 'organization' })
  expect(await tools(member, mine)).toMatchObject({ count: 0 })
})
