/** Checks R2 and R3: however many ask, on however many replicas, a refresh token is spent once. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'
import { LEASE_MS } from '../../src/vault/lease.ts'
import { HTTP_TIMEOUT_MS } from '../../src/vault/renewal.ts'
import { type Engine, seedConnections, startEngine } from './engine.ts'
import { createGate, type StubServer, startStubServer } from './stubServer.ts'

let database: TestDatabase
let as: StubServer
let replicas: [Engine, Engine, Engine]
let offset = 0
const now = () => Date.now() + offset

beforeAll(async () => {
  database = await createTestDatabase()
  as = await startStubServer()
  const start = () => startEngine({ address: database.address, authorizationServer: as.url, now })
  replicas = [await start(), await start(), await start()]
})
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()))
  await as.close()
  await database.drop()
})
afterEach(() => {
  as.behave(undefined)
  as.requests.length = 0
  as.reuses.length = 0
})

test('R2 50 callers x 3 replicas x 200 expired connections: 200 token requests, every caller served', async () => {
  const connections = await seedConnections(replicas[0], {
    count: 200,
    expiresAt: now() - 1000,
    grant: (index) => `many${index}`,
  })
  const answers = await Promise.all(
    replicas.flatMap((replica) =>
      connections.flatMap((connection) => Array.from({ length: 50 }, () => replica.token(connection))),
    ),
  )
  expect(answers).toHaveLength(30_000)
  expect(as.requests).toHaveLength(200)
  expect(new Set(as.requests.map(({ refreshToken }) => refreshToken)).size).toBe(200)
  expect(as.reuses).toEqual([])
  // 200 connections, each with one token for all who asked.
  expect(new Set(answers).size).toBe(200)
  expect(answers.every((token) => token.endsWith('~1'))).toBe(true)
})

test('R2 the scheduled sweep of three replicas and callers at the same time spend each token once', async () => {
  const connections = await seedConnections(replicas[0], {
    count: 60,
    expiresAt: now() - 1000,
    grant: (index) => `swept${index}`,
  })
  await Promise.all([
    ...replicas.map((replica) => replica.refresher.sweep()),
    ...connections.map((connection) => replicas[1].token(connection)),
  ])
  expect(as.requests).toHaveLength(60)
  expect(as.reuses).toEqual([])
})

test('R2 a caller that saw the old version gets the new one without asking again', async () => {
  const [connection] = await seedConnections(replicas[0], { expiresAt: now() - 1000, grant: () => 'seen' })
  if (!connection) throw new Error('not seeded')
  const seen = await replicas[1].vault.load(connection)
  await replicas[0].token(connection)
  const entry = await replicas[1].refresher.refresh(connection, seen, 'unauthorized')
  expect(entry.version).toBe(seen.version + 1)
  expect(as.requests).toHaveLength(1)
})

test.each([5, 15, 30, 60])(
  'R3 the server answers after %i s: one request, the other replicas wait for it',
  async (seconds) => {
    const [connection] = await seedConnections(replicas[0], {
      expiresAt: now() - 1000,
      grant: () => `slow${seconds}`,
    })
    if (!connection) throw new Error('not seeded')
    const gate = createGate()
    as.behave(async (_request, rotate) => {
      await gate.opened
      return rotate()
    })
    const callers = replicas.map((replica) => replica.token(connection))
    await expect.poll(() => as.requests.length).toBe(1)
    // Time passes on the database's clock, by which leases are told: the row ages, nobody sleeps.
    await replicas[0].database.pool.query(
      `update credentials set lease_until = lease_until - $1 * interval '1 second' where connection_id = $2`,
      [seconds, connection.id],
    )
    offset += seconds * 1000
    const late = replicas.map((replica) => replica.token(connection))
    // Longer than the pause between two looks at the row.
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(as.requests).toHaveLength(1)
    gate.open()
    expect(new Set(await Promise.all([...callers, ...late]))).toEqual(new Set([`access-slow${seconds}~1`]))
    expect(as.requests).toHaveLength(1)
  },
)

test('R3 a lease outlives the longest wait for an answer', async () => {
  const [connection] = await seedConnections(replicas[0], { expiresAt: now() - 1000, grant: () => 'lease' })
  if (!connection) throw new Error('not seeded')
  const gate = createGate()
  as.behave(async (_request, rotate) => {
    await gate.opened
    return rotate()
  })
  const call = replicas[0].token(connection)
  await expect.poll(() => as.requests.length).toBe(1)
  const { rows } = await replicas[0].database.pool.query(
    'select extract(epoch from lease_until - clock_timestamp())::float as left, in_flight from credentials where connection_id = $1',
    [connection.id],
  )
  expect(HTTP_TIMEOUT_MS).toBeGreaterThan(60_000)
  expect(LEASE_MS - HTTP_TIMEOUT_MS).toBeGreaterThanOrEqual(30_000)
  expect(rows[0].left).toBeGreaterThan(HTTP_TIMEOUT_MS / 1000 + 30)
  expect(rows[0].in_flight).toBe(true)
  gate.open()
  await call
  expect(await replicas[0].row(connection)).toMatchObject({ in_flight: false, lease_until: null })
})
