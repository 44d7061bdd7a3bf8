/** Availability is held in memory and dropped the instant anything changes, on every replica. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '../setup/testDatabase.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { connect, openMember, stateOf } from './people.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let one: TestHub
let other: TestHub
let admin: Browser
let here: Browser
/** The same person, served by the other replica. */
let there: Browser
beforeAll(async () => {
  database = await createTestDatabase()
  const databaseUrl = database.connectionString
  one = await startTestHub({ databaseUrl })
  other = await startTestHub({ databaseUrl })
  admin = await one.browser('admin@example.com')
  here = await openMember(one, 'member@example.com')
  there = await other.browser('member@example.com')
})
afterAll(async () => {
  await Promise.all([one.close(), other.close()])
  await database.drop()
})

const issues = ['github', 'github_list_issues'] as const

/** How often this replica asks the database for what availability is judged by, meanwhile. */
async function reads(t: TestHub, run: () => Promise<unknown>): Promise<number> {
  const { pool } = t.hub.database
  const connectTo = pool.connect.bind(pool)
  let count = 0
  pool.connect = (async () => {
    const client = await connectTo()
    const query = client.query.bind(client)
    const release = client.release.bind(client)
    client.query = ((...given: Parameters<typeof query>) => {
      const [text] = given as unknown[]
      const sql = typeof text === 'string' ? text : (text as { text?: string })?.text
      if (sql && /from agent_switches|"connections" as "c"/.test(sql)) count += 1
      return query(...given)
    }) as typeof client.query
    client.release = (...given) => {
      Object.assign(client, { query, release })
      release(...given)
    }
    return client
  }) as typeof pool.connect
  try {
    await run()
  } finally {
    pool.connect = connectTo
  }
  return count
}

test('what was read once is not read again', async () => {
  await stateOf(there, ...issues)
  expect(await reads(other, () => stateOf(there, ...issues))).toBe(0)
  await here.send('PATCH', '/api/v1/agents/github/settings', { for: 'me', tools: {} })
  await expect.poll(() => reads(other, () => stateOf(there, ...issues))).toBe(2)
})

test('a connection, a switch and a rule of one replica are those of the other at once', async () => {
  const both = async () => [await stateOf(here, ...issues), await stateOf(there, ...issues)]
  const told = (state: string) => expect.poll(both).toEqual([state, state])
  await told('requires_connection')
  const id = await connect(one, here, { provider: 'github' })
  await told('available')
  await here.send('PATCH', '/api/v1/agents/github/settings', { for: 'me', enabled: false })
  await told('turned_off')
  await here.send('PATCH', '/api/v1/agents/github/settings', { for: 'me', enabled: null })
  await told('available')
  await admin.send('PUT', '/api/v1/agents/github/access', { everyone: false, roles: ['admin'] })
  await told('no_access')
  await admin.send('PUT', '/api/v1/agents/github/access', { everyone: true })
  await told('available')
  await here.send('DELETE', `/api/v1/connections/${id}`)
  await told('requires_connection')
})
