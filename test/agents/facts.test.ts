/** What is held of a person's facts, and when it is read anew. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFactsReader } from '../../src/agents/facts.ts'
import type { Bus, BusMessage } from '../../src/store/bus.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createTestDatabase } from '../setup/testDatabase.ts'

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>
let database: Database
beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase({ connectionString: testDatabase.connectionString }, () => {})
  await migrate(database.db)
  await database.pool.query(`insert into organizations (id, name, created_at) values ('org_1', 'One', now())`)
})
afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

/** A bus by hand: what it tells, and whether it hears. */
function openHandBus(listening: boolean) {
  const handlers = new Set<(message: BusMessage) => void>()
  const bus = {
    listening,
    subscribe(handler: (message: BusMessage) => void) {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    onGap: () => () => {},
  } as unknown as Bus
  return { bus, tell: (message: BusMessage) => handlers.forEach((handler) => handler(message)) }
}

const changed: BusMessage = { topic: 'organization.changed', organization: 'org_1', what: 'agents', id: null }
const of = (topic: 'connection.changed' | 'connection.deleted', owner: string): BusMessage => ({
  topic,
  organization: 'org_1',
  id: 'con_1',
  provider: 'github',
  owner_kind: owner === 'org_1' ? 'organization' : 'person',
  owner,
})
const me = { organization: 'org_1', person: 'per_1' }
const turn = (enabled: boolean) =>
  database.pool.query(
    `insert into agent_switches values ('org_1', 'per_1', 'github', '', $1, now(), 'x')
     on conflict (organization_id, subject, agent, tool) do update set enabled = $1`,
    [enabled],
  )

test('held until the bus tells of a change, of this organization alone', async () => {
  const { bus, tell } = openHandBus(true)
  const facts = createFactsReader({ db: database.db, bus, cache: true })
  const isOn = async () => (await facts.of(me)).switches.get('me github ')
  await turn(false)
  expect(await isOn()).toBe(false)
  await turn(true)
  expect(await isOn()).toBe(false)
  tell({ ...changed, organization: 'org_2' })
  tell(of('connection.changed', 'per_2'))
  expect(await isOn()).toBe(false)
  tell(of('connection.changed', 'per_1'))
  expect(await isOn()).toBe(true)
  await turn(false)
  tell(of('connection.deleted', 'org_1'))
  expect(await isOn()).toBe(false)
})

test('what is being read while it changes is not held', async () => {
  const { bus, tell } = openHandBus(true)
  const facts = createFactsReader({ db: database.db, bus, cache: true })
  await turn(false)
  const early = facts.of(me)
  tell(changed)
  const old = await early
  const fresh = await facts.of(me)
  expect(fresh).not.toBe(old)
  expect(await facts.of(me)).toBe(fresh)
})

test('nothing is held while the bus cannot hear', async () => {
  const { bus } = openHandBus(false)
  const facts = createFactsReader({ db: database.db, bus, cache: true })
  const isOn = async () => (await facts.of(me)).switches.get('me github ')
  await turn(false)
  expect(await isOn()).toBe(false)
  await turn(true)
  expect(await isOn()).toBe(true)
})

test('a reading that failed is not held either', async () => {
  const { bus } = openHandBus(true)
  const facts = createFactsReader({ db: database.db, bus, cache: true })
  await database.pool.query('alter table agent_switches rename to away')
  await expect(facts.of(me)).rejects.toThrow('agent_switches')
  await database.pool.query('alter table away rename to agent_switches')
  expect((await facts.of(me)).switches.get('me github ')).toBe(true)
})
