/** Whose account it is: several of one provider, another one on reconnect, places to choose, typed secrets. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let person: Browser
beforeAll(async () => {
  t = await startTestHub()
})
afterAll(() => t.close())
let people = 0
beforeEach(async () => {
  t.sandbox.control.reset()
  person = await t.browser(`person${people++}@example.com`)
})

async function connect(
  provider: string,
  decision: Parameters<TestHub['consent']>[1] = {},
  path = '/api/v1/connect/attempts',
  body: object = { provider },
) {
  const started = await person.send('POST', path, body)
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  await person.follow(t.consent(started.body.authorization_url, decision))
  return (await person.get(`/api/v1/connect/attempts/${started.body.id}`)).body
}

const accounts = (provider: string) =>
  t.sandbox.control.accounts(provider).map(({ id }) => id) as [string, string, ...string[]]

test('two accounts of one provider are two connections; the first is the default and can hand that on', async () => {
  const [first, second] = accounts('github')
  const one = await connect('github', { account: first })
  const two = await connect('github', { account: second })
  expect(one.connection_id).not.toBe(two.connection_id)
  const { body } = await person.get('/api/v1/connections?provider=github')
  expect(body.data.map((c: { id: string; is_default: boolean }) => [c.id, c.is_default])).toEqual([
    [two.connection_id, false],
    [one.connection_id, true],
  ])
  await person.send('PATCH', `/api/v1/connections/${two.connection_id}`, { is_default: true, label: 'Work' })
  expect((await person.get(`/api/v1/connections/${two.connection_id}`)).body).toMatchObject({
    is_default: true,
    label: 'Work',
  })
  expect((await person.get(`/api/v1/connections/${one.connection_id}`)).body.is_default).toBe(false)
  await person.send('DELETE', `/api/v1/connections/${two.connection_id}?force=true`)
  expect((await person.get(`/api/v1/connections/${one.connection_id}`)).body.is_default).toBe(true)
})

test('connecting the same account again keeps the connection', async () => {
  const one = await connect('github')
  const again = await connect('github')
  expect(again.connection_id).toBe(one.connection_id)
})

test('an account of the sandbox and a real one of the same id are two', async () => {
  const one = await connect('github')
  const { db } = t.hub.database
  await db.updateTable('connections').set({ mode: 'live' }).where('id', '=', one.connection_id).execute()
  const other = await connect('github')
  expect(other.connection_id).not.toBe(one.connection_id)
  expect((await person.get(`/api/v1/connections/${one.connection_id}`)).body).toMatchObject({
    mode: 'live',
    is_default: true,
  })
})

test('a call by provider reaches the caller’s own, though somebody else has connected it too', async () => {
  await connect('github')
  const key = await person.makeKey()
  person = await t.browser('another@example.com')
  await connect('github')
  expect((await key.get('/api/v1/proxy/github/user')).status).toBe(200)
})

test('reconnect with the same account keeps id and settings', async () => {
  const { connection_id: id } = await connect('github')
  await person.send('PATCH', `/api/v1/connections/${id}`, { label: 'Mine' })
  const again = await connect('github', {}, `/api/v1/connections/${id}/reconnect`, {})
  expect(again).toMatchObject({ status: 'succeeded', connection_id: id })
  expect((await person.get(`/api/v1/connections/${id}`)).body.label).toBe('Mine')
})

test.each([['separate'], ['replace']] as const)(
  'another account on reconnect is asked about: %s',
  async (choice) => {
    const [first, second] = accounts('github')
    const { connection_id: id } = await connect('github', { account: first })
    const before = (await person.get(`/api/v1/connections/${id}`)).body.account
    const asked = await connect('github', { account: second }, `/api/v1/connections/${id}/reconnect`, {})
    expect(asked).toMatchObject({ status: 'decision_required', decision: { kind: 'different_account' } })
    // Until the person decides, nothing has changed.
    expect((await person.get(`/api/v1/connections/${id}`)).body.account).toEqual(before)
    expect(
      (await person.send('POST', `/api/v1/connect/attempts/${asked.id}/decide`, { value: 'nonsense' }))
        .status,
    ).toBe(400)
    const { body: decided } = await person.send('POST', `/api/v1/connect/attempts/${asked.id}/decide`, {
      value: choice,
    })
    expect(decided.status).toBe('succeeded')
    const after = (await person.get(`/api/v1/connections/${id}`)).body.account
    if (choice === 'replace') {
      expect(decided.connection_id).toBe(id)
      expect(after.id).not.toBe(before.id)
    } else {
      expect(decided.connection_id).not.toBe(id)
      expect(after).toEqual(before)
    }
    expect(
      (await person.send('POST', `/api/v1/connect/attempts/${asked.id}/decide`, { value: choice })).body.code,
    ).toBe('attempt_over')
  },
)

test('Jira: an account with several sites is asked which one, and each site is a connection of its own', async () => {
  const asked = await connect('jira')
  expect(asked, JSON.stringify(asked)).toMatchObject({
    status: 'decision_required',
    decision: { kind: 'choose_tenant' },
  })
  expect(asked.decision.options.length).toBeGreaterThan(1)
  const { body: decided } = await person.send('POST', `/api/v1/connect/attempts/${asked.id}/decide`, {
    value: '0',
  })
  expect(decided.status, JSON.stringify(decided)).toBe('succeeded')
  const { body } = await person.get(`/api/v1/connections/${decided.connection_id}`)
  expect(body.parameters.cloudId).toBeTruthy()
  const other = await connect('jira')
  const { body: second } = await person.send('POST', `/api/v1/connect/attempts/${other.id}/decide`, {
    value: '1',
  })
  expect(second.connection_id).not.toBe(decided.connection_id)
  // One Atlassian user, one grant: the impact names the sibling, and nothing is revoked that would kill it.
  const { body: impact } = await person.get(`/api/v1/connections/${decided.connection_id}/impact`)
  expect(impact.items).toContainEqual(expect.objectContaining({ kind: 'siblings', count: 1 }))
})

test('partial consent is stored as granted scopes and shown as missing', async () => {
  const started = await person.send('POST', '/api/v1/connect/attempts', { provider: 'google' })
  const asked = new URL(started.body.authorization_url).searchParams.get('scope')?.split(' ') ?? []
  const left = asked.filter((scope) => !scope.includes('drive'))
  await person.follow(t.consent(started.body.authorization_url, { scopes: left }))
  const attempt = (await person.get(`/api/v1/connect/attempts/${started.body.id}`)).body
  const { body } = await person.get(`/api/v1/connections/${attempt.connection_id}`)
  expect(body.missing_scopes).toEqual(asked.filter((scope) => scope.includes('drive')))
})

test('a wrong API key is refused with the reason, and nothing is stored', async () => {
  const { status, body } = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'stripe',
    fields: { apiKey: 'sk_test_thisKeyDoesNotExist123456' },
  })
  expect([status, body.code]).toEqual([422, 'credential_refused'])
  expect((await person.get('/api/v1/connections?provider=stripe')).body.data).toEqual([])
  const { rows } = await t.hub.database.pool.query(
    `select count(*)::int as n from oauth_states where provider = 'stripe' and status = 'pending'`,
  )
  expect(rows[0].n).toBe(0)
})

test('a right API key connects at once, and test or live is said', async () => {
  const { status, body } = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'stripe',
    fields: { apiKey: t.sandbox.values.stripe?.apiKey },
  })
  expect([status, body.status]).toEqual([201, 'succeeded'])
  const connection = (await person.get(`/api/v1/connections/${body.connection_id}`)).body
  expect(connection.parameters.mode).toBe('test')
  expect(JSON.stringify(connection)).not.toContain('sk_test')
})

test('Zendesk: a pasted full URL is normalised, a wrong subdomain is explained', async () => {
  const bad = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'zendesk',
    fields: { subdomain: 'evil.example/x' },
  })
  expect(bad.body).toMatchObject({ code: 'field_invalid', errors: [{ path: 'subdomain' }] })
  const subdomain = t.sandbox.values.zendesk?.subdomain
  const started = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'zendesk',
    fields: { subdomain: `https://${subdomain?.toUpperCase()}.zendesk.com/agent/` },
  })
  expect(started.body.authorization_url, JSON.stringify(started.body)).toContain(`/${subdomain}.zendesk.com/`)
})

test('a person’s connection does not exist for another person', async () => {
  const { connection_id: id } = await connect('github')
  const other = await t.browser('stranger@example.com')
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/timeline'],
    ['GET', '/impact'],
    ['GET', '/token'],
    ['POST', '/verify'],
    ['POST', '/reconnect'],
    ['DELETE', ''],
    ['PATCH', ''],
  ] as const) {
    const { status } = await other.send(
      method,
      `/api/v1/connections/${id}${path}`,
      method === 'GET' || method === 'DELETE' ? undefined : {},
    )
    expect([method, path, status]).toEqual([method, path, 404])
  }
  expect((await other.get(`/api/v1/proxy/${id}/user`)).status).toBe(404)
})

test('verifying asks the provider even where the hub believes the connection invalid', async () => {
  const { connection_id: id } = await connect('github')
  await t.hub.database.pool.query(
    `update connections set status = 'connection_invalid', status_cause = 'credential_refused' where id = $1`,
    [id],
  )
  const { body } = await person.send('POST', `/api/v1/connections/${id}/verify`)
  expect(body.status).toMatchObject({ status: 'connected', cause: null })
})

test('connections of other people and organizations share the grant as well, and are not named', async () => {
  const first = await connect('google')
  const { pool } = t.hub.database
  await pool.query(`insert into organizations values ('org_other', 'Other', now()) on conflict do nothing`)
  await pool.query(
    `insert into connections select (jsonb_populate_record(c, '{"organization_id": "org_other", "id": "con_other"}')).* from connections c where id = $1`,
    [first.connection_id],
  )
  const path = `/api/v1/connections/${first.connection_id}`
  const { body: impact } = await person.get(`${path}/impact`)
  expect(impact.upstream.revokes).toBe(false)
  // Other people of this organization have the account as well: counted like it, and as little named.
  const siblings = impact.items.find(({ kind }: { kind: string }) => kind === 'siblings')
  expect(siblings.count).toBeGreaterThan(1)
  expect(siblings.names).toEqual([])
  const { body: report } = await person.send('DELETE', path)
  expect(report.items[0]).toMatchObject({ outcome: 'skipped' })
  await pool.query(`update connections set disconnected_at = now() where id = 'con_other'`)
})

test('S6 a reconnect stores nothing into a connection that was disconnected meanwhile', async () => {
  const { connection_id: id } = await connect('github')
  const { pool } = t.hub.database
  const started = await person.send('POST', `/api/v1/connections/${id}/reconnect`, {})
  const callback = t.consent(started.body.authorization_url)
  // The flow has found its connection, and waits for its place; nobody else waits for that.
  const client = await pool.connect()
  const { rows } = await pool.query(
    `select 'connect ' || organization_id || ' ' || owner_id || ' ' || provider as place from connections where id = $1`,
    [id],
  )
  await client.query('begin')
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [rows[0].place])
  const page = person.follow(callback)
  await expect
    .poll(
      async () =>
        (
          await pool.query(`select 1 from pg_locks where locktype = 'advisory' and not granted
           and database = (select oid from pg_database where datname = current_database())`)
        ).rowCount,
    )
    .toBe(1)
  expect((await person.send('DELETE', `/api/v1/connections/${id}?force=true`)).status).toBe(200)
  await client.query('commit')
  client.release()
  expect((await page).searchParams.get('status')).toBe('failed')
  const { rows: after } = await pool.query(
    `select c.status, (select count(*)::int from credentials v where v.connection_id = c.id) as credentials,
       (select count(*)::int from data_keys k where k.connection_id = c.id) as keys from connections c where id = $1`,
    [id],
  )
  expect(after).toEqual([{ status: 'not_configured', credentials: 0, keys: 0 }])
})
