/** Check T10: the audit log is one chain whoever writes to it, and a changed, removed or moved row is found. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAudit, verifyAuditChain } from '../../src/identity/audit.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'

const ORGANIZATION = 'org_audit'
let test1: TestDatabase
let first: Database
let second: Database
const errors: unknown[] = []

beforeAll(async () => {
  test1 = await createTestDatabase()
  first = openDatabase(test1.address, () => {})
  second = openDatabase(test1.address, () => {})
  for (const id of [ORGANIZATION, 'org_other'])
    await first.db.insertInto('organizations').values({ id, name: id, created_at: new Date() }).execute()
})
afterAll(async () => {
  await Promise.all([first.close(), second.close()])
  await test1.drop()
})
beforeEach(async () => {
  await first.db.deleteFrom('audit_log').execute()
  errors.length = 0
})

const open = (database: Database) =>
  createAudit({ db: database.db, now: Date.now, onError: (error) => errors.push(error) })
const entry = (index: number, organization = ORGANIZATION) => ({
  organization,
  actor: `per_${index % 3}`,
  action: 'token.read' as const,
  target: `con_${index}`,
  ip: index % 2 ? '127.0.0.1' : null,
  detail: { z: index, a: { nested: ['ä', null, 1.5] } },
})

async function fill(count: number): Promise<void> {
  const [even, odd] = [open(first), open(second)]
  const audits = [even, odd]
  await Promise.all(
    Array.from({ length: count }, (_, index) => (index % 2 ? odd : even).record(entry(index))),
  )
  await Promise.all(audits.map((audit) => audit.close()))
}
const verify = () => verifyAuditChain(first.db, ORGANIZATION)
const run = (text: string, values: unknown[] = []) => first.pool.query(text, values)

test('T10 two hubs that append at once make one chain, without gap', async () => {
  const audits = [open(first), open(second)] as const
  await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      audits[index % 2 === 0 ? 0 : 1].record(entry(index, index % 3 ? ORGANIZATION : 'org_other')),
    ),
  )
  for (let index = 0; index < 40; index++) audits[index % 2 === 0 ? 0 : 1].count(entry(index % 4))
  await Promise.all(audits.map((audit) => audit.close()))
  expect(errors).toEqual([])
  expect(await verify()).toBeUndefined()
  expect(await verifyAuditChain(first.db, 'org_other')).toBeUndefined()
  const { rows } = await run(
    `select count(*)::int as entries, max(seq)::int as last from audit_log where organization_id = $1`,
    [ORGANIZATION],
  )
  // 40 single entries, and the 40 counted ones as four (target and replica), with their number.
  expect(rows[0]).toEqual({ entries: 44, last: 44 })
  const counted = await run(
    `select sum((detail->>'times')::int)::int as times from audit_log where detail ? 'times'`,
  )
  expect(counted.rows[0].times).toBe(40)
})

test('T10 counted entries wait for a database that is away', async () => {
  const audit = createAudit({
    db: first.db,
    now: () => {
      if (errors.length === 0) throw new Error('away')
      return Date.now()
    },
    onError: (error) => errors.push(error),
  })
  audit.count(entry(1))
  audit.count(entry(1))
  await audit.flush()
  expect(errors).toHaveLength(1)
  audit.count(entry(1))
  await audit.close()
  const { rows } = await run(`select sum((detail->>'times')::int)::int as times from audit_log`)
  expect(rows).toEqual([{ times: 3 }])
  expect(await verify()).toBeUndefined()
})

describe('T10 is found:', () => {
  const tampered: [string, string, number][] = [
    ['a changed actor', `update audit_log set actor = 'per_x' where seq = 7`, 7],
    ['a changed action', `update audit_log set action = 'nothing' where seq = 7`, 7],
    ['a changed target', `update audit_log set target = 'con_x' where seq = 7`, 7],
    ['a changed time', `update audit_log set at = at - interval '1 second' where seq = 7`, 7],
    ['a changed address', `update audit_log set ip = '10.0.0.1' where seq = 7`, 7],
    [
      'a changed detail',
      `update audit_log set detail = jsonb_set(detail, '{a,nested,2}', '2') where seq = 7`,
      7,
    ],
    ['a changed hash', `update audit_log set hash = previous_hash where seq = 7`, 7],
    ['a removed row', `delete from audit_log where seq = 7`, 8],
    ['a removed first row', `delete from audit_log where seq = 1`, 2],
    [
      'a removed row, the gap closed',
      `delete from audit_log where seq = 7; update audit_log set seq = seq + 1000 where seq > 7; update audit_log set seq = seq - 1001 where seq > 1000`,
      7,
    ],
    [
      'two rows that changed places',
      `update audit_log set seq = 1007 where seq = 7; update audit_log set seq = 7 where seq = 8; update audit_log set seq = 8 where seq = 1007`,
      7,
    ],
    [
      'an added row',
      `insert into audit_log select organization_id, 21, at, actor, action, target, ip, detail, hash, hash from audit_log where seq = 20`,
      21,
    ],
    [
      'a row of another organization',
      `insert into audit_log select 'org_audit', 21, at, actor, action, target, ip, detail, hash, hash from audit_log where seq = 1`,
      21,
    ],
  ]
  test.each(tampered)('%s', async (_name, statement, seq) => {
    await fill(20)
    expect(await verify()).toBeUndefined()
    await run(statement)
    expect(await verify()).toBe(seq)
  })
})
