/** Checks S1 and S2: a sealed value opens where it was put and nowhere else, and no hub starts with the wrong key. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readOrMakeKeyFile } from '../../src/vault/keyring.ts'
import type { ConnectionKey } from '../../src/vault/status.ts'
import { credentialOf, type Engine, ORGANIZATION, seedConnections, startEngine } from '../refresh/engine.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'
import { startTestHub } from '../setup/testHub.ts'

let database: TestDatabase
let engine: Engine
const SOON = Date.now() + 3_600_000

beforeAll(async () => {
  database = await createTestDatabase()
  engine = await startEngine({ address: database.address, authorizationServer: 'http://127.0.0.1:9' })
})
afterAll(async () => {
  await engine.close()
  await database.drop()
})

const query = (text: string, values: unknown[] = []) => engine.database.pool.query(text, values)
const seed = (count: number, name: string, organization = ORGANIZATION) =>
  seedConnections(engine, { count, expiresAt: SOON, organization, grant: (index) => `${name}${index}` })
const open = async (connection: ConnectionKey) => engine.vault.open(await engine.vault.load(connection))

/** Exchanges columns of two rows. */
async function swap(
  table: string,
  columns: readonly string[],
  a: ConnectionKey,
  b: ConnectionKey,
): Promise<void> {
  const set = columns.map((column) => `${column} = other.${column}`).join(', ')
  await query(
    `update ${table} t set ${set} from ${table} other
     where (t.connection_id, other.connection_id) in (($1, $2), ($2, $1))`,
    [a.id, b.id],
  )
}

describe('S1', () => {
  test('of 100 ciphertexts that changed places none opens; put back, each does', async () => {
    const connections = await seed(100, 'swap')
    const pairs = Array.from(
      { length: 50 },
      (_, index) => [connections[2 * index], connections[2 * index + 1]] as [ConnectionKey, ConnectionKey],
    )
    for (const [a, b] of pairs) await swap('credentials', ['sealed'], a, b)
    for (const connection of connections)
      await expect(open(connection)).rejects.toMatchObject({ code: 'vault_open_failed' })
    // With the key that opened it: the key is bound to its row as well.
    for (const [a, b] of pairs) await swap('data_keys', ['wrapped', 'key_id'], a, b)
    for (const connection of connections)
      await expect(engine.vault.load(connection)).rejects.toMatchObject({ code: 'vault_open_failed' })
    for (const [a, b] of pairs) {
      await swap('credentials', ['sealed'], a, b)
      await swap('data_keys', ['wrapped', 'key_id'], a, b)
    }
    for (const connection of connections) expect(await open(connection)).toMatchObject({ kind: 'oauth2' })
  })

  test('nor does one of another organization, row and key and all', async () => {
    const [mine] = await seed(1, 'mine')
    const [theirs] = await seed(1, 'theirs', 'org_other')
    if (!mine || !theirs) throw new Error('not seeded')
    await swap('credentials', ['sealed', 'version'], mine, theirs)
    await swap('data_keys', ['wrapped', 'key_id'], mine, theirs)
    for (const connection of [mine, theirs])
      await expect(open(connection)).rejects.toMatchObject({ code: 'vault_open_failed' })
  })

  test('a foreign organization gets nothing for an id, from memory or from the database', async () => {
    const [connection] = await seed(1, 'foreign')
    if (!connection) throw new Error('not seeded')
    await engine.vault.find(connection)
    for (const find of [engine.vault.find, engine.vault.load]) {
      await expect(find({ organization: 'org_other', id: connection.id })).rejects.toMatchObject({
        code: 'not_found',
      })
    }
  })

  test('the credential of an earlier version does not open in its place', async () => {
    const [connection] = await seed(1, 'older')
    if (!connection) throw new Error('not seeded')
    const before = await engine.vault.load(connection)
    // As a refresh does: the next version under the same data key.
    const sealed = engine.vault.sealNext(before, credentialOf('older-next', SOON))
    await query('update credentials set version = 2, sealed = $1 where connection_id = $2', [
      sealed,
      connection.id,
    ])
    expect(await open(connection)).toMatchObject({
      tokens: { main: { access_token: 'access-older-next~0' } },
    })
    await query('update credentials set sealed = $1 where connection_id = $2', [before.sealed, connection.id])
    await expect(open(connection)).rejects.toMatchObject({ code: 'vault_open_failed' })
  })

  test('after a reconnect the whole old row opens no more: its key is gone', async () => {
    const [connection] = await seed(1, 'regrant')
    if (!connection) throw new Error('not seeded')
    const { rows } = await query('select version, sealed from credentials where connection_id = $1', [
      connection.id,
    ])
    await engine.db
      .transaction()
      .execute((trx) => engine.vault.put(trx, connection, credentialOf('regranted', SOON), Date.now()))
    await query('update credentials set version = $1, sealed = $2 where connection_id = $3', [
      rows[0].version,
      rows[0].sealed,
      connection.id,
    ])
    await expect(open(connection)).rejects.toMatchObject({ code: 'vault_open_failed' })
  })

  test('even under its own key it opens for no other connection, organization or version', async () => {
    const [connection] = await seed(1, 'place')
    if (!connection) throw new Error('not seeded')
    const entry = await engine.vault.load(connection)
    for (const change of [{ id: 'con_other' }, { organization: 'org_other' }, { version: 2 }]) {
      expect(() => engine.vault.open({ ...entry, ...change })).toThrow(
        expect.objectContaining({ code: 'vault_open_failed' }),
      )
    }
    expect(engine.vault.open(entry).kind).toBe('oauth2')
  })

  test('what was opened is shared by the calls of one turn of the event loop, and forgotten after it', async () => {
    const [connection] = await seed(1, 'turn')
    if (!connection) throw new Error('not seeded')
    const entry = await engine.vault.load(connection)
    const opened = engine.vault.open(entry)
    expect(engine.vault.open(entry)).toBe(opened)
    await new Promise((resolve) => setImmediate(resolve))
    expect(engine.vault.open(entry)).toEqual(opened)
    expect(engine.vault.open(entry)).not.toBe(opened)
  })

  test('one changed bit anywhere is noticed', async () => {
    const [connection] = await seed(1, 'bits')
    if (!connection) throw new Error('not seeded')
    const entry = await engine.vault.load(connection)
    for (let byte = 0; byte < entry.sealed.length; byte++) {
      const sealed = Buffer.from(entry.sealed)
      sealed[byte] = (sealed[byte] ?? 0) ^ 1
      expect(() => engine.vault.open({ ...entry, sealed })).toThrow(
        expect.objectContaining({ code: 'vault_open_failed' }),
      )
    }
    for (const length of [0, 1, 28, entry.sealed.length - 1])
      expect(() => engine.vault.open({ ...entry, sealed: entry.sealed.subarray(0, length) })).toThrow(
        expect.objectContaining({ code: 'vault_open_failed' }),
      )
  })

  test('what waits for a person opens in its own row only', () => {
    const row = engine.vault.sealPending('attempt|org_a|att_1', { codeVerifier: 'v' })
    expect(engine.vault.openPending('attempt|org_a|att_1', row)).toEqual({ codeVerifier: 'v' })
    expect(() => engine.vault.openPending('attempt|org_a|att_2', row)).toThrow(
      expect.objectContaining({ code: 'vault_open_failed' }),
    )
  })
})

describe('S2', () => {
  /** Every row of every table. */
  async function dump(): Promise<string> {
    const { rows: tables } = await query(
      `select table_schema || '.' || table_name as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`,
    )
    const parts = await Promise.all(
      tables.map(
        async ({ name }) =>
          `${name}\n${(await query(`select t::text from ${name} t order by 1`)).rows.map((row) => row.t).join('\n')}`,
      ),
    )
    return parts.join('\n')
  }

  test('a hub with another key does not start, says which key is wanted, and writes nothing', async () => {
    const first = await startTestHub({ databaseUrl: database.connectionString, withSandbox: false })
    await first.close()
    const before = await dump()
    const start = startTestHub({
      databaseUrl: database.connectionString,
      withSandbox: false,
      env: { TRUNKLINE_MASTER_KEY: Buffer.alloc(32, 8).toString('base64') },
    })
    await expect(start).rejects.toMatchObject({
      code: 'master_key_wrong',
      detail: expect.stringMatching(/master key "[0-9a-f]{12}", and the key given is "[0-9a-f]{12}"/),
    })
    expect(await dump()).toBe(before)
    const again = await startTestHub({ databaseUrl: database.connectionString, withSandbox: false })
    await again.close()
  })

  test.each([
    ['none', ''],
    ['one that is too short', Buffer.alloc(16, 7).toString('base64')],
    ['one that is no base64', 'not a key'],
  ])('a hub on a shared database does not start with a key like %s', async (_name, key) => {
    await expect(
      startTestHub({
        databaseUrl: database.connectionString,
        withSandbox: false,
        env: { TRUNKLINE_MASTER_KEY: key },
      }),
    ).rejects.toMatchObject({
      code: 'config_invalid',
      extras: { errors: [expect.objectContaining({ path: 'TRUNKLINE_MASTER_KEY' })] },
    })
  })

  test('a key file is made once, for its owner alone; a lost one is not replaced', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkline-key-'))
    try {
      const path = join(folder, 'master.key')
      await expect(readOrMakeKeyFile(path, false)).rejects.toMatchObject({ code: 'master_key_missing' })
      const key = await readOrMakeKeyFile(path, true)
      expect(key).toHaveLength(32)
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(await readOrMakeKeyFile(path, true)).toEqual(key)
      expect(await readOrMakeKeyFile(path, false)).toEqual(key)
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, 'damaged')
      await expect(readOrMakeKeyFile(path, true)).rejects.toMatchObject({ code: 'master_key_wrong' })
      expect(readFileSync(path, 'utf8')).toBe('damaged')
      writeFileSync(path, text)
      expect(await readOrMakeKeyFile(path, true)).toEqual(key)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
