/**
 * Checks S4 to S7 on a whole hub: secrets that can be recognised are pushed through every path, and then looked for
 * in everything the hub keeps, says and answers.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SecretMethod } from '../../src/catalog/define.ts'
import { AS_HOST, CLIENT_ENV, declareProvider } from '../refresh/declaration.ts'
import { type StubServer, startStubServer } from '../refresh/stubServer.ts'
import { type ApiAnswer, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

/** In every secret of this run, at different offsets, so that no encoding of it stays unseen. */
const MARK = `cnry${randomBytes(8).toString('hex')}`
let made = 0
const canary = (name: string) => `${'x'.repeat(made++ % 3)}${name}-${MARK}-${randomBytes(6).toString('hex')}`

const oauth = declareProvider()
const strict = {
  ...oauth,
  revocation: { kills: 'grant' as const, revocation_endpoint: `https://${AS_HOST}/revoke` },
}
const keyed = declareProvider(
  {},
  {
    id: 'keyed',
    family: 'keyed',
    auth: [
      {
        kind: 'api_key',
        label: 'Key',
        fields: [
          {
            name: 'apiKey',
            label: 'Key',
            pattern: '^.{8,200}$',
            example: 'abc',
            required: true,
            secret: true,
          },
        ],
        authorization: { scheme: 'bearer' },
        instructions: [],
      } satisfies SecretMethod,
    ],
  },
)

let as: StubServer
let t: TestHub
let browser: Browser
let dataDir: string
/** Everything the API has answered, apart from the two places that hand out access tokens by design. */
const answered: string[] = []
const refreshTokens: string[] = []
const HOUR = 3_600_000

beforeAll(async () => {
  as = await startStubServer()
  dataDir = mkdtempSync(join(tmpdir(), 'trunkline-canary-'))
  t = await startTestHub({
    catalog: [strict, keyed],
    overrides: { strict: { [AS_HOST]: as.url }, keyed: { [AS_HOST]: as.url } },
    env: {
      ...CLIENT_ENV,
      TRUNKLINE_DATA_DIR: dataDir,
      TRUNKLINE_LOG_LEVEL: 'trace',
      STRICT_CLIENT_SECRET: canary('client-secret'),
      TRUNKLINE_LIVE_PROVIDERS: 'keyed',
    },
    withSandbox: false,
  })
  browser = await t.browser()
  as.behave(() => grant())
})
afterAll(async () => {
  await t.close()
  await as.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function grant() {
  const refreshToken = canary('refresh')
  refreshTokens.push(refreshToken)
  return {
    body: {
      access_token: canary('access'),
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid offline_access',
    },
  }
}

const note = (answer: ApiAnswer): ApiAnswer => {
  answered.push(JSON.stringify([answer.status, answer.body, [...answer.headers]]))
  return answer
}

async function connect(): Promise<string> {
  const started = note(await browser.send('POST', '/api/v1/connect/attempts', { provider: 'strict' }))
  const state = new URL(started.body.authorization_url).searchParams.get('state') as string
  const back = new URLSearchParams({ code: canary('code'), state, iss: `https://${AS_HOST}` })
  const result = await browser.follow(`${t.url}/api/v1/integrations/universal/callback?${back}`)
  answered.push(result.href)
  const attempt = note(await browser.get(`/api/v1/connect/attempts/${started.body.id}`))
  return attempt.body.connection_id
}

async function readEverything(id: string): Promise<void> {
  const paths = ['', '/timeline', '/impact'].map((path) => `/api/v1/connections/${id}${path}`)
  for (const path of [
    ...paths,
    '/api/v1/connections',
    '/api/v1/providers',
    '/api/v1/providers/strict',
    '/api/v1/me',
    '/api/v1/api-keys',
    '/openapi.json',
    '/health',
    '/ready',
  ]) {
    note(await t.admin.get(path))
    note(await browser.get(path))
  }
}

test('secrets of the installation go in, are listed, refused, replaced and removed', async () => {
  const put = async (values: Record<string, string>, query = '') =>
    note(await t.admin.send('PUT', `/api/v1/secrets${query}`, { values }))
  const client = () => ({ VAULTED_ID: canary('vaulted-id'), VAULTED_SECRET: canary('vaulted-secret') })
  expect((await put(client(), '?dry_run=true')).status).toBe(200)
  expect((await put(client())).status).toBe(200)
  expect((await put(client())).status).toBe(200)
  expect((await put({ ...client(), 'not a name': canary('refused') })).status).toBe(422)
  expect((await put({ VAULTED_SECRET: canary('nul') + String.fromCharCode(0) })).status).toBe(422)
  expect((await put({ VAULTED_SECRET: canary('long').repeat(2000) })).status).toBe(400)
  note(await t.admin.send('PUT', '/api/v1/secrets', { VAULTED_SECRET: canary('misplaced') }))
  note(await t.admin.send('PUT', '/api/v1/secrets', `{"values":{"VAULTED_SECRET":"${canary('broken')}`))
  note(await browser.send('PUT', '/api/v1/secrets', { values: client() }))
  note(await t.admin.get('/api/v1/secrets'))
  note(await t.admin.send('DELETE', '/api/v1/secrets/VAULTED_ID'))
  note(await t.admin.get('/api/v1/secrets'))
})

test('secrets go through connecting, reading, calling, refreshing, failing and ending', async () => {
  const id = await connect()
  expect(id).toMatch(/^con_/)
  const path = `/api/v1/connections/${id}`
  expect((await t.mine.get(`${path}/token`)).body.access_token).toContain(MARK)
  expect(note(await t.mine.get(`/api/v1/proxy/${id}/me`)).status).toBe(200)

  // Refreshed when due, and by a refusal.
  t.clock.advance(2 * HOUR)
  const { body } = await t.mine.get(`${path}/token`)
  expect(body.access_token).toContain(MARK)
  as.refused.add(body.access_token)
  expect(note(await t.mine.get(`/api/v1/proxy/${id}/me`)).status).toBe(200)
  note(await browser.send('POST', `${path}/verify`))
  await readEverything(id)

  // Servers that repeat what they were sent, in every way an error can be told.
  const echoes: Parameters<StubServer['behave']>[0][] = [
    ({ refreshToken, authorization }) => ({
      status: 400,
      body: { error: 'temporarily_unavailable', error_description: `${refreshToken} ${authorization}` },
    }),
    ({ refreshToken }) => ({ status: 400, body: { error: `bad token ${refreshToken}` } }),
    ({ refreshToken }) => ({
      status: 500,
      headers: { 'x-echo': refreshToken },
      body: `<html>${refreshToken}</html>`,
    }),
    ({ refreshToken }) => ({ status: 200, body: `{"access_token":"${refreshToken}` }),
    ({ refreshToken }) => ({
      status: 401,
      body: { error: 'invalid_client', error_description: refreshToken },
    }),
    ({ refreshToken }) => ({
      status: 302,
      headers: { location: `https://elsewhere.example.com/?token=${refreshToken}` },
    }),
    () => (response) => void response.destroy(),
  ]
  for (const echo of echoes) {
    as.behave(echo)
    t.clock.advance(24 * HOUR)
    const failed = note(await t.mine.get(`${path}/token`))
    expect([503, 409]).toContain(failed.status)
    note(await t.mine.get(`/api/v1/proxy/${id}/me`))
    await readEverything(id)
  }
  as.behave(() => grant())
  t.clock.advance(24 * HOUR)
  expect((await t.mine.get(`${path}/token`)).status).toBe(200)

  // A reconnect whose exchange fails with an echo; a denied one; then one that works.
  as.behave(({ body: form }) => ({
    status: 400,
    body: {
      error: 'invalid_grant',
      error_description: `code ${form.get('code')} verifier ${form.get('code_verifier')}`,
    },
  }))
  await connect()
  const denied = note(await browser.send('POST', '/api/v1/connect/attempts', { provider: 'strict' }))
  const state = new URL(denied.body.authorization_url).searchParams.get('state') as string
  answered.push(
    (
      await browser.follow(
        `${t.url}/api/v1/integrations/universal/callback?${new URLSearchParams({ error: 'access_denied', error_description: canary('description'), state, iss: `https://${AS_HOST}` })}`,
      )
    ).href,
  )
  note(await browser.get(`/api/v1/connect/attempts/${denied.body.id}`))
  as.behave(() => grant())
  const second = await connect()

  // Typed secrets: accepted, refused, and misspelled.
  note(
    await browser.send('POST', '/api/v1/connect/attempts', {
      provider: 'keyed',
      fields: { apiKey: canary('key') },
    }),
  )
  const wrong = canary('wrong-key')
  as.refused.add(wrong)
  note(
    await browser.send('POST', '/api/v1/connect/attempts', { provider: 'keyed', fields: { apiKey: wrong } }),
  )
  note(
    await browser.send('POST', '/api/v1/connect/attempts', {
      provider: 'keyed',
      fields: { apiKey: `${canary('long')}${'y'.repeat(300)}` },
    }),
  )
  note(
    await browser.send('POST', '/api/v1/connect/attempts', {
      provider: 'keyed',
      fields: { other: canary('other') },
    }),
  )
  note(
    await browser.send(
      'POST',
      '/api/v1/connect/attempts',
      `{"provider":"keyed","fields":{"apiKey":"${canary('broken')}`,
    ),
  )

  // Headers and paths that the hub refuses.
  note(await t.mine.get(`/api/v1/proxy/${id}/../${canary('path')}`))
  note(await t.mine.get(`/api/v1/connections/${canary('id')}`))
  note(await t.mine.get('/api/v1/connections', { authorization: `Bearer tl_${MARK}${'0'.repeat(40)}` }))

  as.behave(({ refreshToken }) => ({
    status: 400,
    body: { error: 'invalid_grant', error_description: refreshToken },
  }))
  t.clock.advance(48 * HOUR)
  note(await t.mine.get(`${path}/token`))
  await readEverything(id)
  note(await browser.send('DELETE', `/api/v1/connections/${second ?? id}`))
  await readEverything(id)
  // One that still waits for its person.
  note(await browser.send('POST', '/api/v1/connect/attempts', { provider: 'strict' }))
})

/** As it is, as hexadecimal (how bytea is printed), and as base64 whatever precedes it. */
const spellings = [
  MARK,
  Buffer.from(MARK).toString('hex'),
  ...[0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), Buffer.from(MARK)])
      .toString('base64')
      .slice(offset === 0 ? 0 : 4, 20),
  ),
]
const found = (text: string | Buffer) => spellings.filter((spelling) => text.includes(spelling))

describe('S4 no secret is found', () => {
  test('in any column of any table', async () => {
    const { pool } = t.hub.database
    const { rows: tables } = await pool.query(
      `select table_schema || '.' || table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    )
    expect(tables.length).toBeGreaterThan(12)
    const filled: string[] = []
    for (const { name } of tables) {
      const { rows } = await pool.query(`select t::text as row from ${name} t`)
      const text = rows.map(({ row }) => row).join('\n')
      if (rows.length > 0) filled.push(name)
      // Printed bytea once more as what it is.
      const bytes = Buffer.concat(
        [...text.matchAll(/\\\\x([0-9a-f]+)/g)].map(([, hex]) => Buffer.from(hex ?? '', 'hex')),
      )
      expect(found(text), name).toEqual([])
      expect(found(bytes), name).toEqual([])
    }
    expect(filled).toEqual(
      expect.arrayContaining(
        [
          'oauth_states',
          'connections',
          'credentials',
          'data_keys',
          'connection_events',
          'audit_log',
          'sessions',
          'api_keys',
        ].map((name) => `public.${name}`),
      ),
    )
  })

  test('in the logs, which were written', () => {
    expect(t.logs.length).toBeGreaterThan(50)
    expect(found(t.logs.join(''))).toEqual([])
  })

  test('in the metrics', async () =>
    expect(found(JSON.stringify((await t.admin.get('/metrics')).body))).toEqual([]))

  test('in any answer but the ones that hand out a token', () => {
    expect(answered.length).toBeGreaterThan(150)
    for (const answer of answered) {
      // What the caller typed into a path or a query comes back to the caller alone.
      const own = /There is no (?:connection|provider) \\?"[^"]*"|There is no GET/.test(answer)
      if (!own) expect(found(answer), answer.slice(0, 300)).toEqual([])
    }
  })

  test('in the files of the data folder, of the database and of its log', async () => {
    const folders = [dataDir]
    const { rows } = await t.hub.database.pool.query(`select current_setting('data_directory') as folder`)
    await t.hub.database.pool.query('checkpoint')
    if (canRead(rows[0].folder)) folders.push(rows[0].folder)
    let bytes = 0
    for (const folder of folders) {
      for (const file of filesOf(folder)) {
        const content = unlessGone(() => readFileSync(file))
        if (!content) continue
        bytes += content.length
        expect(content.includes(MARK), file).toBe(false)
      }
    }
    if (folders.length > 1) expect(bytes).toBeGreaterThan(10_000_000)
  })
})

test('S7 a refresh token is in no answer at all, the token endpoint’s included', async () => {
  expect(refreshTokens.length).toBeGreaterThan(3)
  as.behave(() => grant())
  const id = await connect()
  const token = await t.mine.get(`/api/v1/connections/${id}/token`)
  expect(token.status).toBe(200)
  const everything = [...answered, JSON.stringify(token.body)].join('')
  for (const refreshToken of refreshTokens) expect(everything.includes(refreshToken)).toBe(false)
  expect(Object.keys(token.body).sort()).toEqual(['access_token', 'expires_at', 'scope', 'token_type'])
})

test('S6 after a disconnect the restored row of the credential does not bring it back', async () => {
  as.behave(() => grant())
  const id = await connect()
  const { pool } = t.hub.database
  const { rows } = await pool.query('select * from credentials where connection_id = $1', [id])
  expect(rows).toHaveLength(1)
  expect((await browser.send('DELETE', `/api/v1/connections/${id}`)).status).toBe(200)
  expect((await pool.query('select 1 from credentials where connection_id = $1', [id])).rowCount).toBe(0)
  expect((await pool.query('select 1 from data_keys where connection_id = $1', [id])).rowCount).toBe(0)

  const columns = Object.keys(rows[0])
  await pool.query(
    `insert into credentials (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(rows[0]),
  )
  const requests = as.requests.length
  expect((await t.mine.get(`/api/v1/connections/${id}/token`)).status).toBe(410)
  expect((await t.mine.get(`/api/v1/proxy/${id}/me`)).status).toBe(410)
  // Not even when the connection is said to live again: the key that opened it is gone.
  await pool.query(`update connections set disconnected_at = null, status = 'connected' where id = $1`, [id])
  for (const path of [`/api/v1/connections/${id}/token`, `/api/v1/proxy/${id}/me`])
    expect((await t.mine.get(path)).status).toBe(410)
  t.clock.advance(2 * HOUR)
  await t.hub.sweep()
  expect(as.requests.length).toBe(requests)
})

function canRead(folder: string): boolean {
  try {
    readdirSync(folder)
    return true
  } catch {
    return false
  }
}

function filesOf(folder: string): string[] {
  const entries = unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? []
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesOf(path)
    if (!entry.isFile()) return []
    const size = unlessGone(() => statSync(path).size)
    return size !== undefined && size < 64 * 1024 * 1024 ? [path] : []
  })
}

/** The database goes on working while its folder is read: databases of other tests, and old log, are removed. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
