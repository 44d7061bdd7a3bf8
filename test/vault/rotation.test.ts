/** Checks S3 and R12: the master key is changed while the hub serves, and the old one opens nothing afterwards. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pendingPlace } from '../../src/connect/attempt.ts'
import { createKeyRing, newMasterKey } from '../../src/vault/keyring.ts'
import { rotateKeys } from '../../src/vault/rotate.ts'
import { AS_HOST, CLIENT_ENV, declareProvider } from '../refresh/declaration.ts'
import { credentialOf, type Engine, seedConnections, startEngine } from '../refresh/engine.ts'
import { type StubServer, startStubServer } from '../refresh/stubServer.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'
import { startTestHub } from '../setup/testHub.ts'

const OLD = newMasterKey()
const NEW = newMasterKey()
const bytes = (key: string) => Buffer.from(key, 'base64')

describe('R12 under load', () => {
  let database: TestDatabase
  let as: StubServer
  const engines: Engine[] = []

  beforeAll(async () => {
    database = await createTestDatabase()
    as = await startStubServer()
  })
  afterAll(async () => {
    await Promise.all(engines.map((engine) => engine.close()))
    await as.close()
    await database.drop()
  })

  async function start(...masterKeys: [string, ...string[]]): Promise<Engine> {
    const engine = await startEngine({ address: database.address, authorizationServer: as.url, masterKeys })
    engines.push(engine)
    return engine
  }

  test('no read fails while 1,500 keys are sealed anew, with replicas that seal with either key', async () => {
    // As a rolling restart leaves them: one seals with the old key still, one with the new one already.
    const behind = await start(OLD, NEW)
    const ahead = await start(NEW, OLD)
    const connections = await seedConnections(behind, { count: 1500, expiresAt: Date.now() + 3_600_000 })
    const expired = await seedConnections(behind, {
      count: 50,
      expiresAt: Date.now() - 1000,
      grant: (index) => `expired${index}`,
    })
    const failures: unknown[] = []
    let reads = 0
    const rotating = new AbortController()
    const reader = async (engine: Engine, stride: number) => {
      for (let index = 0; !rotating.signal.aborted; index += stride) {
        const connection = connections[index % connections.length]
        if (!connection) continue
        await engine.vault.load(connection).then(
          (entry) => {
            engine.vault.open(entry)
            reads++
          },
          (error) => failures.push(error),
        )
      }
    }
    const reading = [reader(behind, 7), reader(ahead, 11), reader(ahead, 13)]
    // Reconnects and refreshes go on meanwhile.
    const writing = [
      ...expired.map((connection, index) => (index % 2 ? behind : ahead).token(connection)),
      ...connections
        .slice(0, 50)
        .map((connection) =>
          behind.db
            .transaction()
            .execute((trx) =>
              behind.vault.put(trx, connection, credentialOf('again', Date.now() + 3_600_000), Date.now()),
            ),
        ),
    ]
    const ring = createKeyRing([bytes(NEW), bytes(OLD)])
    const rotation = await rotateKeys({ db: ahead.db, ring, pendingPlace })
    await Promise.all(writing)
    rotating.abort()
    await Promise.all(reading)
    expect(failures).toEqual([])
    expect(reads).toBeGreaterThan(100)
    expect(rotation.failed).toBe(0)
    expect(rotation.dataKeys).toBeGreaterThanOrEqual(1500)

    // What the replica behind has sealed since is caught by running it again.
    await rotateKeys({ db: ahead.db, ring, pendingPlace })
    const { rows } = await ahead.database.pool.query(
      'select count(*)::int as left from data_keys where key_id <> $1',
      [ring.currentId],
    )
    expect(rows[0].left).toBe(0)
    const onlyNew = await start(NEW)
    const onlyOld = await start(OLD)
    for (const connection of [...connections.slice(0, 200), ...expired]) {
      expect(onlyNew.vault.open(await onlyNew.vault.load(connection)).kind).toBe('oauth2')
      await expect(onlyOld.vault.load(connection)).rejects.toMatchObject({ code: 'vault_open_failed' })
    }
  })

  test('a reconnect that comes between reading and writing is not overwritten', async () => {
    const engine = await start(OLD, NEW)
    const [connection] = await seedConnections(engine, {
      expiresAt: Date.now() + 3_600_000,
      grant: () => 'raced',
    })
    if (!connection) throw new Error('not seeded')
    let raced = false
    const db = engine.db
    const putFirst = async () => {
      raced = true
      await db
        .transaction()
        .execute((trx) =>
          engine.vault.put(trx, connection, credentialOf('winner', Date.now() + 3_600_000), Date.now()),
        )
    }
    const { pool } = engine.database
    const connect = pool.connect.bind(pool) as () => Promise<unknown>
    let used = 0
    pool.connect = (async () => {
      // The second statement of the rotation is its first write.
      if (++used === 2 && !raced) await putFirst()
      return connect()
    }) as unknown as typeof pool.connect
    await rotateKeys({ db, ring: createKeyRing([bytes(NEW), bytes(OLD)]), pendingPlace })
    pool.connect = connect as unknown as typeof pool.connect
    expect(raced).toBe(true)
    const onlyNew = await start(NEW)
    expect(onlyNew.vault.open(await onlyNew.vault.load(connection))).toMatchObject({
      tokens: { main: { access_token: 'access-winner~0' } },
    })
  })

  test('a row that no key opens is counted, ends the work, and keeps the old key needed', async () => {
    const engine = await start(OLD)
    await seedConnections(engine, { expiresAt: Date.now() + 3_600_000, grant: () => 'foreign' })
    const other = newMasterKey()
    const { failed } = await rotateKeys({ db: engine.db, ring: createKeyRing([bytes(other)]), pendingPlace })
    expect(failed).toBeGreaterThan(0)
  })
})

describe('S3 the command', () => {
  let database: TestDatabase
  let as: StubServer
  let dataDir: string

  beforeAll(async () => {
    database = await createTestDatabase()
    as = await startStubServer()
    dataDir = mkdtempSync(join(tmpdir(), 'trunkline-rotate-'))
  })
  afterAll(async () => {
    await as.close()
    await database.drop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const hub = (env: Record<string, string>) =>
    startTestHub({
      databaseUrl: database.connectionString,
      catalog: [declareProvider()],
      overrides: { strict: { [AS_HOST]: as.url } },
      env: { ...CLIENT_ENV, ...env },
      withSandbox: false,
    })
  const rotate = (env: Record<string, string>) =>
    promisify(execFile)(
      process.execPath,
      [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), 'keys', 'rotate'],
      {
        cwd: dataDir,
        env: {
          PATH: process.env.PATH,
          TRUNKLINE_DATA_DIR: dataDir,
          TRUNKLINE_DATABASE_URL: database.connectionString,
          ...env,
        },
      },
    )

  test('seals everything anew while a hub runs; then the old key starts no hub, and the new one alone does', async () => {
    const before = await hub({ TRUNKLINE_MASTER_KEY: OLD })
    await before.close()

    const t = await hub({ TRUNKLINE_MASTER_KEY: NEW, TRUNKLINE_MASTER_KEY_PREVIOUS: OLD })
    const browser = await t.browser()
    as.behave((_request) => ({
      body: { access_token: 'access-rotated', token_type: 'Bearer', expires_in: 3600, refresh_token: 'r~0' },
    }))
    const begin = async () => {
      const { body } = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'strict' })
      return { id: body.id, state: new URL(body.authorization_url).searchParams.get('state') as string }
    }
    const finish = async ({ id, state }: { id: string; state: string }) => {
      const query = new URLSearchParams({ code: 'c', state, iss: `https://${AS_HOST}` })
      await browser.follow(`${t.url}/api/v1/integrations/universal/callback?${query}`)
      return (await browser.get(`/api/v1/connect/attempts/${id}`)).body
    }
    const connected = await finish(await begin())
    const waiting = await begin()
    // As the old key would have left them.
    const ring = createKeyRing([bytes(OLD), bytes(NEW)])
    await rotateKeys({ db: t.hub.database.db, ring, pendingPlace })
    const keyIds = async () =>
      (
        await t.hub.database.pool.query(
          `select key_id from data_keys union select key_id from oauth_states union select value->>'key_id' from settings where key = 'key_check'`,
        )
      ).rows
    expect(await keyIds()).toEqual([{ key_id: ring.currentId }])

    const { stdout } = await rotate({ TRUNKLINE_MASTER_KEY: NEW, TRUNKLINE_MASTER_KEY_PREVIOUS: OLD })
    expect(stdout).toMatch(/1 data keys, 2 attempts/)
    const newId = createKeyRing([bytes(NEW)]).currentId
    expect(await keyIds()).toEqual([{ key_id: newId }])

    expect((await t.mine.get(`/api/v1/connections/${connected.connection_id}/token`)).status).toBe(200)
    expect((await finish(waiting)).status).toBe('succeeded')
    await t.close()

    await expect(hub({ TRUNKLINE_MASTER_KEY: OLD })).rejects.toMatchObject({ code: 'master_key_wrong' })
    const after = await hub({ TRUNKLINE_MASTER_KEY: NEW })
    const token = await after.mine.get(`/api/v1/connections/${connected.connection_id}/token`)
    expect([token.status, token.body.access_token]).toEqual([200, 'access-rotated'])
    await after.close()
  })

  test('with the wrong keys it changes nothing and says so', async () => {
    const wrong = rotate({
      TRUNKLINE_MASTER_KEY: newMasterKey(),
      TRUNKLINE_MASTER_KEY_PREVIOUS: newMasterKey(),
    })
    await expect(wrong).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('master_key_wrong'),
    })
    await expect(
      rotate({ TRUNKLINE_MASTER_KEY: NEW, TRUNKLINE_MASTER_KEY_PREVIOUS: 'short' }),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining('TRUNKLINE_MASTER_KEY_PREVIOUS'),
    })
  })
})
