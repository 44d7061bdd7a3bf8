/**
 * Check R1: a replica is killed with SIGKILL around a refresh. Afterwards a connection is either fine or marked at
 * once, with the interruption as its cause; and nobody waits longer than the dead replica's lease.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { apiClient } from '../setup/testHub.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'
import { type Engine, seedConnections, startEngine } from './engine.ts'
import { type Replica, startReplica } from './startReplica.ts'
import { type StubServer, startStubServer } from './stubServer.ts'

const LEASE_MS = 1_500
/**
 * When a caller has its answer, the lease of the dead replica and a slow machine included. One who does not see its
 * end waits 100 s (refresh.ts), or as long as a lease of the hub lasts.
 */
const SOON_AFTER_MS = LEASE_MS + 20_000
const API_KEY = `tl_${'k'.repeat(40)}`
let database: TestDatabase
let as: StubServer
let survivor: Engine
let victim: Replica
let organization: string
let grants = 0

beforeAll(async () => {
  database = await createTestDatabase()
  as = await startStubServer()
  survivor = await startEngine({ address: database.address, authorizationServer: as.url, leaseMs: LEASE_MS })
})
afterAll(async () => {
  await survivor.close()
  await as.close()
  await database.drop()
})
beforeEach(async () => {
  victim = await startReplica({
    databaseUrl: database.connectionString,
    authorizationServer: as.url,
    apiKey: API_KEY,
    leaseMs: LEASE_MS,
  })
  // The organization of the replica's API key.
  organization = (await survivor.db.selectFrom('organizations').select('id').executeTakeFirstOrThrow()).id
})
afterEach(async () => {
  await victim.kill()
  as.behave(undefined)
  as.onConnection(undefined)
  as.requests.length = 0
  as.reuses.length = 0
})

const seed = (count: number) =>
  seedConnections(survivor, {
    count,
    organization,
    expiresAt: Date.now() - 1000,
    grant: () => `crash${grants++}`,
  })

/** Asks the doomed replica, which will not answer. */
const askVictim = (id: string) =>
  apiClient(victim.url, API_KEY)
    .get(`/api/v1/connections/${id}/token`)
    .catch(() => undefined)

async function askSurvivor(connection: { organization: string; id: string }) {
  const began = Date.now()
  const outcome = await survivor.token(connection).then(
    (token) => ({ token, code: undefined }),
    (error: { code: string }) => ({ token: undefined, code: error.code }),
  )
  return { ...outcome, waited: Date.now() - began }
}

test('R1 killed before the request arrives: the connection is fine when the lease is over', async () => {
  const [connection] = await seed(1)
  if (!connection) throw new Error('not seeded')
  const killed = new Promise<void>((resolve) =>
    as.onConnection((socket) => {
      // Connected, nothing read: the refresh token never got there.
      socket.pause()
      as.onConnection(undefined)
      void victim.kill().then(() => {
        socket.destroy()
        resolve()
      })
    }),
  )
  const asked = askVictim(connection.id)
  await killed
  await asked
  expect(await survivor.row(connection)).toMatchObject({ in_flight: true, version: 1 })
  const { token, waited } = await askSurvivor(connection)
  expect(token).toMatch(/~1$/)
  expect(waited).toBeLessThan(SOON_AFTER_MS)
  expect(as.requests).toHaveLength(1)
  expect(await survivor.row(connection)).toMatchObject({ status: 'connected', in_flight: false })
})

test('R1 killed while the server has the request, before it spends the token: fine when the lease is over', async () => {
  const [connection] = await seed(1)
  if (!connection) throw new Error('not seeded')
  as.behave(async () => {
    as.behave(undefined)
    await victim.kill()
    return { status: 503 }
  })
  await askVictim(connection.id)
  const { token, waited } = await askSurvivor(connection)
  expect(token).toMatch(/~1$/)
  expect(waited).toBeLessThan(SOON_AFTER_MS)
})

test.each(['after the token was spent, before the answer arrives', 'after the answer, before it is stored'])(
  'R1 killed %s: marked at once, with the cause',
  async (moment) => {
    const [connection] = await seed(1)
    if (!connection) throw new Error('not seeded')
    const lock = await survivor.database.pool.connect()
    try {
      const killed = new Promise<void>((resolve) =>
        as.behave(async (_request, rotate) => {
          as.behave(undefined)
          const spent = rotate()
          if (moment.startsWith('after the token')) {
            await victim.kill()
            resolve()
            return spent
          }
          // The answer goes out, and storing it waits for this lock until the replica is dead.
          await lock.query('begin')
          await lock.query('select 1 from credentials where connection_id = $1 for update', [connection.id])
          const waiting = async () =>
            (
              await survivor.database.pool.query(
                `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'update "credentials"%' and datname = current_database()`,
              )
            ).rowCount
          void expect
            .poll(waiting)
            .toBe(1)
            .then(() => victim.kill())
            .then(() => lock.query('rollback'))
            .then(() => resolve())
          return spent
        }),
      )
      await askVictim(connection.id)
      await killed
    } finally {
      lock.release()
    }
    expect(await survivor.row(connection)).toMatchObject({ in_flight: true, version: 1, status: 'connected' })
    const { code, waited } = await askSurvivor(connection)
    expect(code).toBe('connection_invalid')
    expect(waited).toBeLessThan(SOON_AFTER_MS)
    expect(await survivor.row(connection)).toMatchObject({
      status: 'connection_invalid',
      status_cause: 'refresh_interrupted',
    })
    expect(
      (await survivor.timeline(connection)).filter(({ kind }) => kind === 'status_changed'),
    ).toHaveLength(1)
  },
)

test('R1 killed at random amid eighty refreshes, three times: each connection fine or marked, none in between', async () => {
  let served = 0
  for (let round = 0; round < 3; round++) {
    if (round > 0)
      victim = await startReplica({
        databaseUrl: database.connectionString,
        authorizationServer: as.url,
        apiKey: API_KEY,
        leaseMs: LEASE_MS,
      })
    as.reuses.length = 0
    const connections = await seed(80)
    as.behave(async (_request, rotate) => {
      const reply = rotate()
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 30))
      return reply
    })
    const asked = connections.map(({ id }) => askVictim(id))
    const start = as.requests.length
    await expect.poll(() => as.requests.length - start, { interval: 2 }).toBeGreaterThan(5 + round * 20)
    await victim.kill()
    await Promise.all(asked)
    as.behave(undefined)

    const outcomes = await Promise.all(
      connections.map(async (connection) => ({ connection, ...(await askSurvivor(connection)) })),
    )
    for (const { connection, token, code, waited } of outcomes) {
      expect(waited).toBeLessThan(SOON_AFTER_MS)
      const row = await survivor.row(connection)
      if (token) expect(row).toMatchObject({ status: 'connected', in_flight: false })
      else {
        expect(code).toBe('connection_invalid')
        expect(row).toMatchObject({ status: 'connection_invalid', status_cause: 'refresh_interrupted' })
      }
    }
    // Lost are those alone whose answer the dead replica had been waiting for.
    expect(outcomes.filter(({ code }) => code).length).toBe(new Set(as.reuses).size)
    served += outcomes.filter(({ token }) => token).length
  }
  expect(served).toBeGreaterThan(0)
})
