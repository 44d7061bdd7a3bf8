/** A credential that does not open is that connection's error, and nobody else's. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { AS_HOST, CLIENT_ENV, declareProvider } from '../refresh/declaration.ts'
import { type Engine, seedConnections, startEngine } from '../refresh/engine.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let engine: Engine

beforeAll(async () => {
  t = await startTestHub({
    catalog: [declareProvider()],
    overrides: { strict: { [AS_HOST]: 'http://127.0.0.1:9' } },
    env: CLIENT_ENV,
    withSandbox: false,
  })
  const { rows } = await t.hub.database.pool.query('select current_database() as name')
  engine = await startEngine({
    address: { ...inject('database'), database: rows[0].name },
    authorizationServer: 'http://127.0.0.1:9',
  })
})
afterAll(async () => {
  await engine.close()
  await t.close()
})

test('S1 a damaged credential is answered with an error, each time, and the hub goes on', async () => {
  const organization = (await engine.db.selectFrom('organizations').select('id').executeTakeFirstOrThrow()).id
  const [damaged, healthy] = await seedConnections(engine, {
    count: 2,
    organization,
    expiresAt: Date.now() + 3_600_000,
    grant: (index) => `damaged${index}`,
  })
  if (!damaged || !healthy) throw new Error('not seeded')
  await engine.database.pool.query(
    'update credentials set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) where connection_id = $1',
    [damaged.id],
  )
  for (let times = 0; times < 4; times++) {
    for (const path of [`/api/v1/connections/${damaged.id}/token`, `/api/v1/proxy/${damaged.id}/me`]) {
      const { status, body } = await t.admin.get(path)
      expect([status, body.code], path).toEqual([500, 'vault_open_failed'])
    }
    expect((await t.admin.get(`/api/v1/connections/${healthy.id}/token`)).status).toBe(200)
  }
})
