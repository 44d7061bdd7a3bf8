/** The doctor finds what is wrong, says what mends it, and is quiet where nothing is. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import type { Finding } from '../../src/doctor/doctor.ts'
import { examineMasterKey } from '../../src/doctor/hub.ts'
import { AS_HOST, CLIENT_ENV, declareProvider } from '../refresh/declaration.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'
import {
  apiClient,
  startTestHub,
  TEST_MASTER_KEY,
  type TestHub,
  type TestHubOptions,
} from '../setup/testHub.ts'

const catalog = [declareProvider()]
let database: TestDatabase
const hubs: TestHub[] = []
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()))
  await database.drop()
})

async function start(options: TestHubOptions = {}): Promise<TestHub> {
  const t = await startTestHub({
    databaseUrl: database.connectionString,
    catalog,
    withSandbox: false,
    ...options,
  })
  hubs.push(t)
  return t
}
async function examine(t: TestHub): Promise<Finding[]> {
  const { status, body } = await apiClient(`http://127.0.0.1:${t.hub.port}`, t.admin.key).get(
    '/api/v1/doctor',
  )
  expect([status, body.errors]).toEqual([
    200,
    body.findings.filter(({ severity }: Finding) => severity === 'error').length,
  ])
  return body.findings
}
const codes = (findings: readonly Finding[], severity?: Finding['severity']) =>
  findings.filter((finding) => !severity || finding.severity === severity).map(({ code }) => code)
const find = (findings: readonly Finding[], code: Finding['code']) =>
  findings.find((finding) => finding.code === code)

test('a hub in order has no error; what is well is said too, and the worst comes first', async () => {
  const t = await start({ env: CLIENT_ENV })
  const findings = await examine(t)
  expect(codes(findings, 'error')).toEqual([])
  expect(codes(findings, 'ok')).toEqual(
    expect.arrayContaining(['public_url', 'master_key', 'database', 'provider_ready', 'connections']),
  )
  expect(find(findings, 'provider_ready')?.what).toContain(`${t.url}/api/v1/integrations/universal/callback`)
  expect(find(findings, 'database')?.what).toMatch(/PostgreSQL \d+.* answers in \d+ ms; .*schema 0\d+_/)
  const ranks = findings.map(({ severity }) => ['error', 'warning', 'note', 'ok'].indexOf(severity))
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
  // Everything but what is well says why it matters or what to do.
  for (const { severity, why, remedy } of findings) if (severity !== 'ok') expect(why ?? remedy).toBeTruthy()
})

describe('the public address', () => {
  test('that nobody answers at is an error', async () => {
    const findings = await examine(await start({ env: { TRUNKLINE_PUBLIC_URL: 'https://127.0.0.1:1' } }))
    expect(find(findings, 'public_url_unreachable')).toMatchObject({
      severity: 'error',
      remedy: expect.any(String),
    })
  })

  test('that something else answers at is an error', async () => {
    const stranger = createServer((_request, response) => response.end('{"status":"ok"}'))
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const { port } = stranger.address() as AddressInfo
    const findings = await examine(await start({ env: { TRUNKLINE_PUBLIC_URL: `http://127.0.0.1:${port}` } }))
    expect(find(findings, 'public_url_foreign')?.severity).toBe('error')
    await new Promise((resolve) => stranger.close(resolve))
  })

  test('with the sandbox beside it looks like a mistake', async () => {
    const t = await start({
      env: { TRUNKLINE_SANDBOX: 'true', TRUNKLINE_PUBLIC_URL: 'https://hub.example.com' },
    })
    const findings = await examine(t)
    expect(find(findings, 'sandbox_on')?.severity).toBe('warning')
    expect(codes(findings)).not.toContain('public_url_http')
  })

  test.each([
    ['none', 'http://127.0.0.1', 'redirect_uri_refused', 'https alone'],
    ['localhost', 'http://127.0.0.1', 'redirect_uri_refused', 'those of localhost'],
    ['127.0.0.1', 'http://127.0.0.1', 'redirect_uri_http', 'for trying things'],
    ['loopback', 'http://127.0.0.1', 'redirect_uri_http', 'for trying things'],
    [undefined, 'http://127.0.0.1', 'redirect_uri_http', 'Many providers'],
  ] as const)('of a provider that takes http of %s: %s', async (taken, _address, code, why) => {
    const [strict] = catalog
    const provider = { ...strict, setup: { ...strict?.setup, ...(taken ? { http_redirects: taken } : {}) } }
    const findings = await examine(await start({ catalog: [provider as never], env: CLIENT_ENV }))
    expect(find(findings, code)).toMatchObject({ provider: 'strict', why: expect.stringContaining(why) })
    expect(find(findings, code)?.severity).toBe(
      code === 'redirect_uri_refused' ? 'error' : taken ? 'note' : 'warning',
    )
  })
})

test('a clock that is off is told, against the database and behind the public address', async () => {
  const findings = await examine(await start({ now: () => Date.now() + 600_000 }))
  const clocks = findings.filter(({ code }) => code === 'clock')
  expect(clocks.map(({ severity }) => severity)).toEqual(['error', 'error'])
  expect(clocks[0]?.what).toMatch(/(59\d|60\d) s behind/)
})

describe('providers', () => {
  test('a redirect URI that a variable repeats wrongly', async () => {
    const [strict] = catalog
    const provider = { ...strict, env: { ...strict?.env, redirect_uri: 'STRICT_REDIRECT_URI' } }
    const env = { ...CLIENT_ENV, STRICT_REDIRECT_URI: 'https://other.example.com/callback' }
    expect(
      find(await examine(await start({ catalog: [provider as never], env })), 'redirect_uri_variable'),
    ).toMatchObject({
      severity: 'warning',
      provider: 'strict',
      what: expect.stringContaining('https://other.example.com/callback'),
      remedy: expect.stringContaining('STRICT_REDIRECT_URI'),
    })
    expect(
      codes(await examine(await start({ catalog: [provider as never], env: CLIENT_ENV }))),
    ).not.toContain('redirect_uri_variable')
  })

  test('half a client names the variable and the command', async () => {
    const findings = await examine(await start({ env: { STRICT_CLIENT_ID: 'x' } }))
    expect(find(findings, 'provider_half_set')).toMatchObject({
      severity: 'error',
      provider: 'strict',
      what: 'Strict is half set: STRICT_CLIENT_SECRET is missing.',
      remedy: 'trunkline secrets set STRICT_CLIENT_SECRET=...',
    })
  })

  test('overrides, unknown scopes, and lacking ones', async () => {
    const t = await start({ env: { ...CLIENT_ENV, TRUNKLINE_LIVE_PROVIDERS: 'nobody' } })
    await t.admin.send('PATCH', '/api/v1/integrations/strict', {
      scopes: ['openid', 'made:up'],
      allow_unknown_scopes: true,
      endpoints: { [AS_HOST]: 'https://gateway.example.org' },
    })
    const findings = await examine(t)
    expect(find(findings, 'endpoint_override')).toMatchObject({
      severity: 'warning',
      what: `Traffic of Strict for ${AS_HOST} goes to https://gateway.example.org.`,
    })
    expect(find(findings, 'scope_unknown')?.what).toContain('made:up')
    expect(find(findings, 'configuration_names_nothing')?.what).toContain('"nobody"')
    expect(find(findings, 'provider_ready')?.what).toContain('/callback/strict')
  })

  test('webhooks that cannot arrive', async () => {
    const [strict] = catalog
    const provider = { ...strict, webhooks: { mode: 'automatic' } }
    const findings = await examine(await start({ catalog: [provider as never], env: CLIENT_ENV }))
    expect(find(findings, 'webhooks_unreachable')?.severity).toBe('warning')
  })

  test('a declaration that no longer passes', async () => {
    await runQuery('insert into declared_providers values ($1, $2, now(), $3)', ['old', '{"id":"old"}', 'x'])
    const findings = await examine(await start())
    expect(find(findings, 'provider_declaration')).toMatchObject({ severity: 'error', provider: 'old' })
  })
})

describe('secrets', () => {
  test('shadowed, unread, unreadable', async () => {
    const t = await start({ env: CLIENT_ENV })
    await t.admin.send('PUT', '/api/v1/secrets', {
      values: { STRICT_CLIENT_ID: 'a', LEFT_OVER: 'b', DAMAGED: 'c' },
    })
    await t.hub.database.pool.query(`update secrets set version = 9 where name = 'DAMAGED'`)
    const findings = await examine(await start({ env: CLIENT_ENV }))
    expect(find(findings, 'secret_shadowed')?.what).toContain('STRICT_CLIENT_ID')
    expect(find(findings, 'secret_unread')?.what).toContain('LEFT_OVER')
    expect(find(findings, 'secret_unreadable')).toMatchObject({
      severity: 'error',
      what: expect.stringContaining('DAMAGED'),
    })
  })

  test('sealed with an older key', async () => {
    const t = await start()
    await t.admin.send('PUT', '/api/v1/secrets', { values: { LEFT_OVER: 'b' } })
    await t.hub.database.pool.query(`update secrets set key_id = 'another'`)
    expect(find(await examine(t), 'master_key_rotation')).toMatchObject({
      severity: 'warning',
      remedy: expect.stringContaining('trunkline keys rotate'),
    })
  })
})

test('connections in trouble, and clients that are refused, by provider', async () => {
  const t = await start({ env: CLIENT_ENV })
  const { rows } = await t.hub.database.pool.query('select id from organizations')
  const insert = (id: string, status: string, cause: string | null) =>
    t.hub.database.pool.query(
      `insert into connections (organization_id, id, provider, family, method, mode, owner_kind, owner_id, account_id, grant_id, account_label, is_default, parameters, requested_scopes, granted_scopes, status, status_cause, status_detail, status_since, created_at)
       values ($1, $2, 'strict', 'strict', 'oauth2', 'live', 'organization', $1, $2, $2, $2, false, '{}', '{openid,offline_access}', '{openid}', $3, $4, '', now(), now())`,
      [rows[0].id, id, status, cause],
    )
  await insert('con_1', 'connection_invalid', 'grant_revoked')
  await insert('con_2', 'setup_required', 'client_rejected')
  await insert('con_3', 'connected', null)
  const findings = await examine(t)
  expect(find(findings, 'client_rejected')).toMatchObject({ severity: 'error', provider: 'strict' })
  expect(find(findings, 'connections_in_trouble')?.what).toBe('Strict: 1 connection_invalid (grant_revoked).')
  expect(find(findings, 'connections')?.what).toBe('3 connections are live.')
  expect(find(findings, 'scopes_lacking')?.what).toContain('3 of Strict')
})

test('a key file that others may read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-doctor-'))
  const config = loadConfig({ TRUNKLINE_DATA_DIR: folder })
  const path = join(folder, 'master.key')
  writeFileSync(path, 'x', { mode: 0o600 })
  expect(codes(examineMasterKey(config))).toEqual(['master_key', 'master_key_backup'])
  chmodSync(path, 0o640)
  expect(find(examineMasterKey(config), 'master_key_readable')).toMatchObject({
    severity: 'error',
    remedy: `chmod 600 ${path}`,
  })
  rmSync(folder, { recursive: true })
})

test('is for administrators', async () => {
  const t = await start()
  const nobody = await t.browser(null)
  expect((await nobody.get('/api/v1/doctor')).status).toBe(401)
})

describe('the command', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkline-doctor-cli-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const run = (args: string[], env: Record<string, string> = {}): Promise<[code: number, output: string]> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), 'doctor', ...args],
        {
          cwd: folder,
          env: {
            PATH: process.env.PATH,
            TRUNKLINE_DATA_DIR: folder,
            TRUNKLINE_DATABASE_URL: database.connectionString,
            TRUNKLINE_MASTER_KEY: TEST_MASTER_KEY,
            ...env,
          },
        },
        (error, stdout, stderr) => resolve([error ? Number(error.code) : 0, stdout + stderr]),
      )
    })

  test('ends with 0 for warnings, with 1 for them where it is strict, and with 1 for errors', async () => {
    // Started before, so that database and key know each other.
    const t = await start()
    const reachable = { TRUNKLINE_PUBLIC_URL: t.url }
    const [fine, output] = await run([], { ...reachable, TRUNKLINE_LIVE_PROVIDERS: 'nobody' })
    expect([fine, output]).toEqual([
      0,
      expect.stringMatching(/WARN .*"nobody"[\s\S]*-> trunkline providers[\s\S]*0 errors, 1 warning\./),
    ])
    expect((await run(['--strict'], { ...reachable, TRUNKLINE_LIVE_PROVIDERS: 'nobody' }))[0]).toBe(1)
    const [code, json] = await run(['--json'], { ...reachable, GITHUB_CLIENT_ID: 'half' })
    const report = JSON.parse(json)
    expect([code, report.errors]).toEqual([1, 1])
    expect(report.findings[0]).toMatchObject({ code: 'provider_half_set', provider: 'github' })
  })

  test('tells a configuration that cannot be read, a key that does not fit, a database that is away', async () => {
    await start()
    const [broken, told] = await run([], { TRUNKLINE_PORT: 'x', TRUNKLINE_TRUSTED_HOPS: '-1' })
    expect([broken, told]).toEqual([
      1,
      expect.stringMatching(/TRUNKLINE_PORT must be[\s\S]*TRUNKLINE_TRUSTED_HOPS must be[\s\S]*2 errors/),
    ])
    const [wrong, key] = await run([], { TRUNKLINE_MASTER_KEY: Buffer.alloc(32, 9).toString('base64') })
    expect([wrong, key]).toEqual([1, expect.stringContaining('sealed with the master key')])
    const [away, gone] = await run([], { TRUNKLINE_DATABASE_URL: 'postgres://x@127.0.0.1:1/x' })
    expect([away, gone]).toEqual([1, expect.stringContaining('PostgreSQL does not answer')])
  })
})

const runQuery = async (text: string, values: unknown[]) => {
  const t = await startTestHub({ databaseUrl: database.connectionString, catalog, withSandbox: false })
  await t.hub.database.pool.query(text, values)
  await t.close()
}
