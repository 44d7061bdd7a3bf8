/** T10 The audit log as people read it: filtered, exported, its chain followed, and no change without an entry. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AUDIT_ACTIONS, sayAction } from '../../src/identity/audit-actions.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { AUDITED, NOT_AUDITED } from './audit-table.ts'

let t: TestHub
let admin: Browser
beforeAll(async () => {
  t = await startTestHub()
  admin = await t.browser('admin@example.com')
})
afterAll(() => t.close())

const read = async (query = '') => (await admin.get(`/api/v1/audit?limit=200${query}`)).body.data

describe('every change in the API', () => {
  let changes: string[]
  beforeAll(async () => {
    const { body } = await t.admin.get('/openapi.json')
    changes = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      path.includes('/proxy/')
        ? []
        : Object.keys(methods)
            .filter((method) => method !== 'get' && method !== 'head')
            .map((method) => `${method.toUpperCase()} ${path}`),
    )
  })

  test('is recorded under an action that has its sentence, or is listed with a reason', () => {
    expect(changes.filter((route) => !(route in AUDITED) && !(route in NOT_AUDITED))).toEqual([])
    expect(
      [...Object.keys(AUDITED), ...Object.keys(NOT_AUDITED)].filter((route) => !changes.includes(route)),
    ).toEqual([])
  })

  test('every action of the table is recorded somewhere', () => {
    const root = join(import.meta.dirname, '../../src')
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('audit-actions.ts') && !file.startsWith('web'))
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n')
    for (const action of Object.keys(AUDIT_ACTIONS)) expect(sources, action).toContain(`'${action}'`)
  })

  test('says what was done, whatever was recorded with it', () => {
    for (const action of Object.keys(AUDIT_ACTIONS))
      expect(sayAction(action, 'x', {}), action).toMatch(/^[A-Z].*[.:]? ?\S*$/)
    expect(sayAction('a_thing.of_tomorrow', 'x', {})).toBe('A thing of tomorrow.')
  })
})

describe('what a person does', () => {
  let connection: string
  beforeAll(async () => {
    const { body } = await admin.send('POST', '/api/v1/connect/attempts', {
      provider: 'stripe',
      owner: 'organization',
      fields: { apiKey: t.sandbox.values.stripe?.apiKey },
    })
    connection = body.connection_id
    await admin.send('PATCH', `/api/v1/connections/${connection}`, { label: 'The books' })
    await admin.send('POST', `/api/v1/connections/${connection}/verify`)
    await admin.send('PUT', '/api/v1/policies/github', { policy: 'organization' })
    await t.admin.get(`/api/v1/proxy/${connection}/balance`)
    await t.admin.get(`/api/v1/proxy/${connection}/balance`)
  })

  test('is there at once: who, what, to which connection, from where', async () => {
    const entries = await read()
    const actions = entries.map(({ action }: { action: string }) => action)
    for (const action of [
      'session.created',
      'connection.connect_started',
      'connection.connected',
      'connection.changed',
      'connection.verified',
      'policy.set',
      'proxy.call',
    ])
      expect(actions).toContain(action)
    const find = (action: string) => entries.find((entry: { action: string }) => entry.action === action)
    expect(find('connection.changed')).toMatchObject({
      actor: { name: 'admin', kind: 'person' },
      sentence: 'Changed label of a connection.',
      connection: { id: connection, provider: 'stripe', label: 'The books' },
    })
    expect(find('connection.changed').address).toBeTruthy()
    expect(find('proxy.call')).toMatchObject({
      actor: { kind: 'api_key', name: 'TRUNKLINE_BOOTSTRAP_API_KEY' },
      sentence: 'Called the provider through the proxy, 2 times.',
    })
  })

  test('is found by actor, action, target, connection, time and address', async () => {
    const { body: me } = await admin.get('/api/v1/me')
    // oxlint-disable-next-line typescript/no-explicit-any
    const only = async (query: string, test: (entry: any) => boolean) => {
      const entries = await read(query)
      expect(entries.length, query).toBeGreaterThan(0)
      expect(entries.every(test), query).toBe(true)
    }
    await only(`&actor=${me.id}`, ({ actor }: { actor: { id: string } }) => actor.id === me.id)
    await only('&action=policy.set', ({ action }: { action: string }) => action === 'policy.set')
    await only('&target=github', ({ target }: { target: { id: string } }) => target.id === 'github')
    await only(
      `&connection=${connection}`,
      ({ connection: found }: { connection: { id: string } }) => found.id === connection,
    )
    await only('&address=127.0.0.1', ({ address }: { address: string }) => address === '127.0.0.1')
    expect(await read('&from=2999-01-01T00:00:00Z')).toEqual([])
    expect(await read('&to=2001-01-01T00:00:00Z')).toEqual([])
    expect((await admin.get('/api/v1/audit?from=yesterday')).body.code).toBe('invalid_request')
  })

  test('comes page by page, newest first, none twice', async () => {
    const seen: number[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body } = (await admin.get(`/api/v1/audit?limit=3${cursor ? `&cursor=${cursor}` : ''}`)) as {
        body: { data: { seq: number }[]; next_cursor: string | null }
      }
      seen.push(...body.data.map(({ seq }) => seq))
      cursor = body.next_cursor
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a))
    expect(seen.at(-1)).toBe(1)
  })

  test('of another person’s connection the account is not told', async () => {
    const other = await t.browser('other@example.com')
    const { body } = await other.send('POST', '/api/v1/connect/attempts', {
      provider: 'stripe',
      fields: { apiKey: t.sandbox.values.stripe?.apiKey },
    })
    const [entry] = await read(`&connection=${body.connection_id}`)
    expect(entry.connection).toMatchObject({ provider: 'stripe', owner: { name: 'other' }, label: null })
  })
})

describe('an export', () => {
  const whole = (format: string) =>
    fetch(`${t.url}/api/v1/audit/export?format=${format}`, {
      headers: { authorization: `Bearer ${t.admin.key}` },
    })

  test('as CSV keeps a formula from being one, and quotes what needs it', async () => {
    await t.admin.send('POST', '/api/v1/api-keys', {
      name: '=HYPERLINK("http://evil")',
      scopes: ['proxy:use'],
    })
    const { body: key } = await t.admin.send('POST', '/api/v1/api-keys', {
      name: '@SUM(1+1)*cmd|’ /C calc’!A0',
      scopes: ['admin'],
    })
    await t.admin.get('/api/v1/me')
    await fetch(`${t.url}/api/v1/audit/chain/verify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.key}` },
    })
    const answer = await whole('csv')
    expect(answer.headers.get('content-type')).toContain('text/csv')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"')
    const text = await answer.text()
    expect(text.split('\r\n')[0]).toMatch(/^seq,at,actor,actor_name,action,what/)
    // No cell begins like a formula, quoted or not.
    expect(text).not.toMatch(/(^|,|\r\n)"?[=+@]/m)
    expect(text).toContain(`'@SUM(1+1)`)
  })

  test('as one JSON object a line, whole, with a hundred thousand entries', {
    timeout: 120_000,
  }, async () => {
    await t.hub.database.pool.query(`insert into organizations values ('org_long', 'Long', now())`)
    await t.hub.database.pool.query(
      `insert into api_keys (organization_id, id, hash, prefix, name, scopes, created_at)
       values ('org_long', 'key_long', sha256($1), 'tl_', 'long', '{admin}', now())`,
      [Buffer.from(`tl_${'l'.repeat(40)}`)],
    )
    await t.hub.database.pool.query(
      `insert into audit_log select 'org_long', n, now(), 'key_long', 'token.read', 'con_' || n, null, '{}', '\\x00', '\\x00'
       from generate_series(1, 100000) n`,
    )
    const answer = await fetch(`${t.url}/api/v1/audit/export?format=ndjson`, {
      headers: { authorization: `Bearer tl_${'l'.repeat(40)}` },
    })
    let lines = 0
    let last = ''
    const decoder = new TextDecoder()
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      const parts = (last + decoder.decode(chunk, { stream: true })).split('\n')
      last = parts.pop() ?? ''
      lines += parts.length
    }
    // With the entry of the export itself.
    expect([lines, last]).toEqual([100_001, ''])
  })

  test('is for administrators, and itself recorded', async () => {
    await whole('ndjson').then((answer) => answer.text())
    expect((await read('&action=audit.exported')).length).toBeGreaterThan(0)
  })
})

describe('T10 the chain', () => {
  const chain = async () => (await admin.get('/api/v1/audit/chain')).body
  const verify = async () => (await admin.send('POST', '/api/v1/audit/chain/verify')).body

  test('is followed from where it was followed to, and unbroken', async () => {
    const first = await chain()
    expect(first).toMatchObject({ state: 'unbroken', broken_at: null })
    expect(first.followed).toBe(first.entries)
    await admin.send('PUT', '/api/v1/policies/github', { policy: 'own_first' })
    expect((await chain()).followed).toBeGreaterThan(first.followed)
    expect((await verify()).state).toBe('unbroken')
  })

  test('an entry at the checkpoint that was changed is found at once, an older one from the beginning', async () => {
    const { followed } = await chain()
    const { pool } = t.hub.database
    const { rows } = await pool.query(
      `select seq, hash from audit_log where seq = $1 and organization_id <> 'org_long'`,
      [followed],
    )
    await pool.query(`update audit_log set hash = '\\x00' where seq = $1 and organization_id <> 'org_long'`, [
      followed,
    ])
    expect(await chain()).toMatchObject({ state: 'broken', broken_at: followed })
    await pool.query(`update audit_log set hash = $2 where seq = $1 and organization_id <> 'org_long'`, [
      followed,
      rows[0].hash,
    ])
    expect((await chain()).state).toBe('broken')
    expect((await verify()).state).toBe('unbroken')
    await pool.query(`update audit_log set actor = 'per_x' where seq = 2 and organization_id <> 'org_long'`)
    expect(await verify()).toMatchObject({ state: 'broken', broken_at: 2 })
  })
})
