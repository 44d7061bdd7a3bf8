/** Secrets of the installation: set while the hub runs, sealed for their place, gone when unset, told to replicas. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pendingPlace } from '../../src/connect/attempt.ts'
import { createKeyRing, newMasterKey } from '../../src/vault/keyring.ts'
import { rotateKeys } from '../../src/vault/rotate.ts'
import { openSecrets } from '../../src/vault/secrets.ts'
import { AS_HOST, declareProvider } from '../refresh/declaration.ts'
import { type StubServer, startStubServer } from '../refresh/stubServer.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'
import { type Browser, startTestHub, TEST_MASTER_KEY, type TestHub } from '../setup/testHub.ts'

const HOUR = 3_600_000
const bytes = (key: string) => Buffer.from(key, 'base64')
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

let database: TestDatabase
let as: StubServer
const hubs: TestHub[] = []
/** The variables of the process, which a test may change. */
let env: Record<string, string>

beforeAll(async () => {
  as = await startStubServer()
})
afterAll(() => as.close())
beforeEach(async () => {
  database = await createTestDatabase()
  env = {}
  as.behave(undefined)
})
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()))
  await database.drop()
})

async function startHub(more: Record<string, string> = {}): Promise<TestHub> {
  const t = await startTestHub({
    databaseUrl: database.connectionString,
    catalog: [declareProvider()],
    overrides: { strict: { [AS_HOST]: as.url } },
    env: { ...env, ...more },
    withSandbox: false,
  })
  hubs.push(t)
  return t
}

const set = (t: TestHub, values: Record<string, string>, query = '') =>
  t.admin.send('PUT', `/api/v1/secrets${query}`, { values })
const modeOf = async (t: TestHub) => (await t.admin.get('/api/v1/providers/strict')).body.mode

async function connect(t: TestHub, browser: Browser, account: string): Promise<string> {
  as.behave(({ refreshToken }, rotate) =>
    refreshToken
      ? rotate()
      : {
          body: {
            access_token: `access-${account}`,
            token_type: 'Bearer',
            expires_in: 3600,
            refresh_token: `${account}~0`,
          },
        },
  )
  const { body } = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'strict' })
  const state = new URL(body.authorization_url).searchParams.get('state') as string
  const query = new URLSearchParams({ code: 'c', state, iss: `https://${AS_HOST}` })
  await browser.follow(`${t.url}/api/v1/integrations/universal/callback?${query}`)
  return (await browser.get(`/api/v1/connect/attempts/${body.id}`)).body.connection_id
}

describe('setting', () => {
  test('a pair makes the provider usable at once, on every replica', async () => {
    const here = await startHub()
    const there = await startHub()
    expect(await modeOf(here)).toBe('unconfigured')
    const { status, body } = await set(here, {
      STRICT_CLIENT_ID: 'one',
      STRICT_CLIENT_SECRET: ' secret-of-one\n',
    })
    expect([status, body]).toEqual([
      200,
      {
        dry_run: false,
        changes: [
          { name: 'STRICT_CLIENT_ID', outcome: 'new', version: 1 },
          { name: 'STRICT_CLIENT_SECRET', outcome: 'new', version: 1 },
        ],
        affected: [],
        warnings: [],
      },
    ])
    expect(await modeOf(here)).toBe('live')
    await expect.poll(() => modeOf(there)).toBe('live')
    await connect(here, await here.browser(), 'ada')
    // White space around a pasted value is none of it.
    expect(as.requests.at(-1)?.authorization).toBe(basic('one', 'secret-of-one'))

    expect((await here.admin.send('DELETE', '/api/v1/secrets/STRICT_CLIENT_SECRET')).status).toBe(200)
    expect(await modeOf(here)).toBe('unconfigured')
    await expect.poll(() => modeOf(there)).toBe('unconfigured')
    expect((await here.admin.send('DELETE', '/api/v1/secrets/STRICT_CLIENT_SECRET')).status).toBe(404)
  })

  test('all or none, and no refusal repeats a value', async () => {
    const t = await startHub()
    for (const [bad, value] of [
      ['1NAME', 'v'],
      ['STRICT-ID', 'v'],
      ['TRUNKLINE_MASTER_KEY', 'v'],
      ['NEXT_PUBLIC_APP_URL', 'v'],
      ['EMPTY', '  '],
      ['NUL', 'never-repeated\0'],
    ] as const) {
      const { status, body } = await set(t, { STRICT_CLIENT_ID: 'one', [bad]: value })
      expect([bad, status, body.errors]).toEqual([bad, 422, [{ path: bad, message: expect.any(String) }]])
      expect(JSON.stringify(body)).not.toContain('never-repeated')
    }
    expect((await set(t, {})).status).toBe(400)
    expect((await t.admin.get('/api/v1/secrets')).body.data).toEqual([])
  })

  test('the list names source, readers, age and warnings, and no value', async () => {
    env = { STRICT_CLIENT_ID: 'from-environment', UNRELATED: 'x' }
    const t = await startHub()
    const { body: changed } = await set(t, { STRICT_CLIENT_ID: 'from-vault', ODD_ONE: 'value-of-odd' })
    expect(changed.warnings).toEqual([
      'STRICT_CLIENT_ID is also set in the environment, which wins.',
      'ODD_ONE: no provider reads it.',
    ])
    const { body } = await t.admin.get('/api/v1/secrets')
    expect(body.data).toEqual([
      expect.objectContaining({
        name: 'ODD_ONE',
        source: 'vault',
        used_by: [],
        warning: 'No provider reads it.',
      }),
      expect.objectContaining({
        name: 'STRICT_CLIENT_ID',
        source: 'both',
        used_by: ['strict'],
        version: 1,
        set_by: 'TRUNKLINE_BOOTSTRAP_API_KEY',
        readable: true,
      }),
    ])
    expect(JSON.stringify(body)).not.toMatch(/from-vault|from-environment|value-of-odd/)
    const { rows } = await t.hub.database.pool.query(
      `select action, target, detail::text from audit_log where action like 'secrets.%'`,
    )
    expect(rows).toEqual([
      expect.objectContaining({ action: 'secrets.set', target: 'STRICT_CLIENT_ID ODD_ONE' }),
    ])
    expect(JSON.stringify(rows)).not.toMatch(/from-vault|value-of-odd/)
  })

  test('is for administrators', async () => {
    const t = await startHub()
    const { body: key } = await t.admin.send('POST', '/api/v1/api-keys', {
      name: 'all but admin',
      scopes: ['connections:read', 'connections:write', 'connect:write', 'tokens:read', 'proxy:use'],
    })
    const headers = { authorization: `Bearer ${key.key}` }
    const nobody = await t.browser(null)
    for (const [method, path, body] of [
      ['GET', '/api/v1/secrets', undefined],
      ['PUT', '/api/v1/secrets', { values: { A: 'b' } }],
      ['DELETE', '/api/v1/secrets/A', undefined],
    ] as const)
      expect((await nobody.send(method, path, body, headers)).body.code).toBe('insufficient_scope')
  })
})

describe('the environment wins', () => {
  test('a variable that is set to nothing counts as not set', async () => {
    const t = await startHub({ STRICT_CLIENT_ID: '', STRICT_CLIENT_SECRET: '' })
    await set(t, { STRICT_CLIENT_ID: 'vault', STRICT_CLIENT_SECRET: 'vault-secret' })
    await connect(t, await t.browser(), 'ada')
    expect(as.requests.at(-1)?.authorization).toBe(basic('vault', 'vault-secret'))
  })

  test('over the vault, pair by pair: an id of the environment never goes out with a secret of the vault', async () => {
    const t = await startHub({ STRICT_CLIENT_ID: 'environment' })
    await set(t, { STRICT_CLIENT_ID: 'vault', STRICT_CLIENT_SECRET: 'vault-secret' })
    expect(await modeOf(t)).toBe('unconfigured')
    const both = await startHub({
      STRICT_CLIENT_ID: 'environment',
      STRICT_CLIENT_SECRET: 'environment-secret',
    })
    await connect(both, await both.browser(), 'ada')
    expect(as.requests.at(-1)?.authorization).toBe(basic('environment', 'environment-secret'))
  })
})

describe('another client', () => {
  test('old connections go on with the old client, new ones use the new; the change says whom it touches', async () => {
    const t = await startHub()
    const browser = await t.browser()
    await set(t, { STRICT_CLIENT_ID: 'old', STRICT_CLIENT_SECRET: 'old-secret' })
    const connection = await connect(t, browser, 'ada')

    const refused = await set(t, { STRICT_CLIENT_ID: 'new' })
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, 'STRICT_CLIENT_SECRET'])

    const values = { STRICT_CLIENT_ID: 'new', STRICT_CLIENT_SECRET: 'new-secret' }
    const { body: plan } = await set(t, values, '?dry_run=true')
    expect(plan.affected).toEqual([
      expect.objectContaining({
        name: 'STRICT_CLIENT_ID',
        change: 'client_replaced',
        providers: ['strict'],
        connections: 1,
        owners: [expect.objectContaining({ kind: 'person', connections: 1 })],
      }),
    ])
    expect((await t.admin.get('/api/v1/secrets')).body.data[0].version).toBe(1)
    const { body: done } = await set(t, values)
    expect({ ...done, dry_run: true }).toEqual(plan)

    t.clock.advance(2 * HOUR)
    const refreshed = await t.mine.get(`/api/v1/connections/${connection}/token`)
    expect([refreshed.status, as.requests.at(-1)?.authorization]).toEqual([200, basic('old', 'old-secret')])
    const bob = await t.browser('second@example.com')
    const bobs = await bob.makeKey()
    const second = await connect(t, bob, 'bob')
    expect(as.requests.at(-1)?.authorization).toBe(basic('new', 'new-secret'))
    t.clock.advance(2 * HOUR)
    await bobs.get(`/api/v1/connections/${second}/token`)
    expect(as.requests.at(-1)?.authorization).toBe(basic('new', 'new-secret'))

    // Of one client, a new secret is for all its connections at once.
    const { body: rotated } = await set(t, { STRICT_CLIENT_SECRET: 'newer-secret' })
    expect(rotated.affected).toEqual([expect.objectContaining({ change: 'secret_replaced', connections: 1 })])
    t.clock.advance(2 * HOUR)
    await bobs.get(`/api/v1/connections/${second}/token`)
    expect(as.requests.at(-1)?.authorization).toBe(basic('new', 'newer-secret'))
    await t.mine.get(`/api/v1/connections/${connection}/token`)
    expect(as.requests.at(-1)?.authorization).toBe(basic('old', 'old-secret'))

    // And back again: one client is held once.
    await set(t, { STRICT_CLIENT_ID: 'old', STRICT_CLIENT_SECRET: 'rotated-old-secret' })
    t.clock.advance(2 * HOUR)
    await t.mine.get(`/api/v1/connections/${connection}/token`)
    expect(as.requests.at(-1)?.authorization).toBe(basic('old', 'rotated-old-secret'))
    await bobs.get(`/api/v1/connections/${second}/token`)
    expect(as.requests.at(-1)?.authorization).toBe(basic('new', 'newer-secret'))
  })

  test('what is held of it goes when its last connection is gone', async () => {
    const t = await startHub()
    const browser = await t.browser()
    await set(t, { STRICT_CLIENT_ID: 'old', STRICT_CLIENT_SECRET: 'old-secret' })
    const connection = await connect(t, browser, 'ada')
    await set(t, { STRICT_CLIENT_ID: 'new', STRICT_CLIENT_SECRET: 'new-secret' })
    const secrets = await openStore(t, TEST_MASTER_KEY)
    const names = { client_id: 'STRICT_CLIENT_ID', client_secret: 'STRICT_CLIENT_SECRET' }
    try {
      t.clock.advance(25 * HOUR)
      await secrets.prune()
      expect(secrets.formerClients(names)).toHaveLength(1)
      await browser.send('DELETE', `/api/v1/connections/${connection}`)
      await secrets.prune()
      await expect.poll(() => secrets.formerClients(names)).toEqual([])
      expect(secrets.read('STRICT_CLIENT_ID')).toBe('new')
    } finally {
      secrets.close()
    }
  })
})

/** The store of another process, with this key. */
async function openStore(t: TestHub, ...keys: [string, ...string[]]) {
  const bus = {
    subscribe: () => () => true,
    onGap: () => () => true,
    publish: async () => {},
    transaction: t.hub.database.transact,
    listening: true,
    close: async () => {},
  }
  const store = await openSecrets({
    database: t.hub.database,
    bus,
    ring: createKeyRing(keys.map(bytes) as [Buffer, ...Buffer[]]),
    now: t.clock.now,
    onError: () => {},
  })
  return {
    ...store,
    async prune() {
      await store.prune()
      // This bus carries nothing; setting nothing new reads again.
      await store.unset(['NOT_HELD'])
    },
  }
}

describe('sealed', () => {
  test('S1 a value opens only under its own name and version', async () => {
    const t = await startHub()
    await set(t, { A_SECRET: 'value-a', B_SECRET: 'value-b' })
    await t.hub.database.pool.query(
      `update secrets set sealed = (select sealed from secrets where name = 'A_SECRET') where name = 'B_SECRET'`,
    )
    const moved = await openStore(t, TEST_MASTER_KEY)
    expect([moved.read('A_SECRET'), moved.read('B_SECRET')]).toEqual(['value-a', undefined])
    moved.close()
    await t.hub.database.pool.query(`update secrets set version = 2 where name = 'A_SECRET'`)
    const aged = await openStore(t, TEST_MASTER_KEY)
    expect(aged.read('A_SECRET')).toBeUndefined()
    aged.close()
  })

  test('S3 by the new master key once it was exchanged; without its key it counts as not set, and says so', async () => {
    const t = await startHub()
    await set(t, { STRICT_CLIENT_ID: 'old', STRICT_CLIENT_SECRET: 'old-secret' })
    await connect(t, await t.browser(), 'ada')
    await set(t, { STRICT_CLIENT_ID: 'new', STRICT_CLIENT_SECRET: 'new-secret' })
    const next = newMasterKey()
    const done = await rotateKeys({
      db: t.hub.database.db,
      ring: createKeyRing([bytes(next), bytes(TEST_MASTER_KEY)]),
      pendingPlace,
    })
    expect(done).toMatchObject({ secrets: 4, failed: 0 })
    const names = { client_id: 'STRICT_CLIENT_ID', client_secret: 'STRICT_CLIENT_SECRET' }
    const after = await openStore(t, next)
    expect(after.read('STRICT_CLIENT_SECRET')).toBe('new-secret')
    expect(after.formerClients(names)).toEqual([{ client_id: 'old', client_secret: 'old-secret' }])
    after.close()
    const lost = await openStore(t, TEST_MASTER_KEY)
    expect([lost.read('STRICT_CLIENT_SECRET'), lost.formerClients(names)]).toEqual([undefined, []])
    expect(lost.list().map(({ readable }) => readable)).toEqual([false, false])
    // Setting it again mends it.
    await lost.set(
      { STRICT_CLIENT_ID: 'mended', STRICT_CLIENT_SECRET: 'mended-secret' },
      { by: 'x', clients: [names] },
    )
    expect(lost.read('STRICT_CLIENT_ID')).toBe('mended')
    lost.close()
  })
})

describe('the command', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trunkline-secrets-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function run(
    args: readonly string[],
    input = '',
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), 'secrets', ...args],
        {
          cwd: folder,
          env: {
            PATH: process.env.PATH,
            TRUNKLINE_DATA_DIR: folder,
            TRUNKLINE_DATABASE_URL: database.connectionString,
            TRUNKLINE_MASTER_KEY: TEST_MASTER_KEY,
          },
        },
        (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      )
      child.stdin?.end(input)
    })
  }

  test('sets, imports, lists and unsets; a running hub hears of it, and nothing prints a value', async () => {
    const t = await startHub()
    const shipped = await startTestHub({ databaseUrl: database.connectionString, withSandbox: false })
    hubs.push(shipped)
    const modes = async () => (await shipped.admin.get('/api/v1/providers/github')).body.mode
    const outputs: string[] = []
    const say = async (args: readonly string[], input?: string) => {
      const { code, stdout, stderr } = await run(args, input)
      outputs.push(stdout + stderr)
      return [code, stdout + stderr] as const
    }
    expect(await modes()).toBe('unconfigured')
    expect(
      await say(['set', 'GITHUB_CLIENT_ID=marked-id', '-'], 'GITHUB_CLIENT_SECRET=marked-secret\n'),
    ).toEqual([0, expect.stringContaining('Set: GITHUB_CLIENT_SECRET (version 1)')])
    await expect.poll(modes).toBe('live')

    const file = join(folder, 'import.env')
    writeFileSync(
      file,
      '# a comment\nSLACK_CLIENT_ID="marked-slack"\nSLACK_CLIENT_SECRET=marked-slack-secret\nTRUNKLINE_PORT=1\nSOMETHING=marked-else\nGITHUB_CLIENT_ID=\n',
    )
    const [, imported] = await say(['import', file])
    expect(imported).toContain('Skipped TRUNKLINE_PORT')
    expect(imported).toContain('Skipped SOMETHING')
    expect(imported).toContain('Skipped GITHUB_CLIENT_ID')
    expect(imported).toContain('Set: SLACK_CLIENT_SECRET')
    expect((await say(['import', '--all', file]))[1]).toContain('SOMETHING: no provider reads it')

    const [, listed] = await say(['list'])
    expect(listed).toMatch(/GITHUB_CLIENT_ID\s+vault\s+version 1, set a moment ago by command line; github/)
    expect(JSON.parse((await say(['list', '--json']))[1])).toHaveLength(5)

    expect((await say(['set', '--dry-run', '--file', file]))[0]).toBe(1)
    expect(await say(['set', 'marked-without-name'])).toEqual([1, expect.stringContaining('NAME=value')])
    expect(await say(['set'])).toEqual([1, expect.stringContaining('at least one')])
    expect((await say(['unset', 'GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET', 'NEVER_HELD']))[1]).toMatch(
      /Note: NEVER_HELD is not in the vault\.\nRemoved: GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET/,
    )
    await expect.poll(modes).toBe('unconfigured')
    expect(outputs.join('\n')).not.toContain('marked')
    expect(t.logs.join('\n') + shipped.logs.join('\n')).not.toContain('marked')
  })
})
