/** Statements that travel together, and prepared ones: what goes wrong with one must not pass for success. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'

let target: TestDatabase
let database: Database

beforeAll(async () => {
  target = await createTestDatabase()
  database = openDatabase(target.address, () => {})
  await database.pool.query('create table notes (id int primary key, text text)')
})
afterAll(async () => {
  await database.close()
  await target.drop()
})

const ids = async () =>
  (await database.pool.query<{ id: number }>('select id from notes order by id')).rows.map(({ id }) => id)

test('statements begun together run in the order they were begun in', async () => {
  const counts = await database.transact(database.db, (trx) =>
    Promise.all(
      [1, 2, 3].map(async (id) => {
        const [, { rows }] = await Promise.all([
          sql`insert into notes values (${id}, 'a')`.execute(trx),
          sql<{ count: number }>`select count(*)::int as count from notes`.execute(trx),
        ])
        return rows[0]?.count
      }),
    ),
  )
  expect(counts).toEqual([1, 2, 3])
  expect(await ids()).toEqual([1, 2, 3])
})

test('a statement that fails takes its transaction with it, and the connection goes on', async () => {
  for (let round = 0; round < 10; round++) {
    const run = database.transact(database.db, (trx) =>
      Promise.all([
        sql`insert into notes values (${100 + round}, 'before')`.execute(trx),
        sql`insert into notes values (${1}, 'twice')`.execute(trx),
        sql`insert into notes values (${200 + round}, 'behind')`.execute(trx),
      ]),
    )
    await expect(run).rejects.toMatchObject({ code: '23505' })
  }
  // The same statement succeeds where the last one of its kind failed.
  await database.transact(database.db, (trx) => sql`insert into notes values (${4}, 'a')`.execute(trx))
  expect(await ids()).toEqual([1, 2, 3, 4])
})

test('an error that was swallowed inside a transaction does not pass for a commit', async () => {
  const run = database.transact(database.db, (trx) =>
    Promise.allSettled([
      sql`insert into notes values (${5}, 'a')`.execute(trx),
      sql`insert into notes values (${1}, 'twice')`.execute(trx),
    ]),
  )
  await expect(run).rejects.toThrow(/rolled back/i)
  expect(await ids()).toEqual([1, 2, 3, 4])
})

describe('COMMIT behind the last statements', () => {
  const insert = (trx: Database['db'], id: number) => sql`insert into notes values (${id}, 'a')`.execute(trx)

  test('they are kept, and their answers come back, however many turns each takes to begin', async () => {
    const { db, transact } = database
    const slow = async (trx: Database['db'], id: number) => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
      return trx.executeQuery(sql`insert into notes values (${id}, 'slow')`.compile(trx))
    }
    const given = await transact(db, async (trx, commitBehind) => {
      await insert(trx, 20)
      const [, count] = await commitBehind(
        Promise.all([slow(trx, 21), sql<{ n: number }>`select count(*)::int as n from notes`.execute(trx)]),
      )
      return count.rows[0]?.n
    })
    expect(given).toBeGreaterThan(0)
    expect(await ids()).toEqual(expect.arrayContaining([20, 21]))
  })

  test('where one fails, nothing is kept, and the connection goes on', async () => {
    const { db, transact } = openDatabaseOfOne()
    for (const failing of [insert, () => Promise.reject(new Error('before it left'))]) {
      const run = transact(db, async (trx, commitBehind) => {
        await insert(trx, 30)
        return commitBehind(Promise.all([insert(trx, 31), failing(trx, 1), insert(trx, 32)]))
      })
      await expect(run).rejects.toThrow(/duplicate key|before it left/)
    }
    await transact(db, (trx) => insert(trx, 33))
    expect((await ids()).filter((id) => id >= 30)).toEqual([33])
    await db.destroy()
  })

  test('a statement that comes later is refused, not written beside the transaction', async () => {
    const { db, transact } = database
    const run = transact(db, async (trx, commitBehind) => {
      await commitBehind(insert(trx, 40))
      await insert(trx, 41)
    })
    await expect(run).rejects.toThrow('the transaction is over')
    expect((await ids()).filter((id) => id >= 40)).toEqual([40])
  })
})

test('a statement that comes again is prepared once; columns that another hub adds do not stop it', async () => {
  const { db, pool } = openDatabaseOfOne()
  const read = () => sql<{ id: number }>`select * from notes where id = ${1}`.execute(db)
  for (let round = 0; round < 8; round++) await read()
  const prepared = async () =>
    (
      await pool.query<{ name: string }>(
        "select name from pg_prepared_statements where statement like 'select * from notes%'",
      )
    ).rows.map(({ name }) => name)
  expect(await prepared()).toHaveLength(1)
  await database.pool.query('alter table notes add column more int')
  expect((await read()).rows).toEqual([{ id: 1, text: 'a', more: null }])
  for (let round = 0; round < 8; round++) await read()
  expect(await prepared()).toHaveLength(2)
  await db.destroy()
})

/** One connection, so that its prepared statements can be looked at. */
function openDatabaseOfOne(): Database {
  const one = openDatabase(target.address, () => {})
  one.pool.options.max = 1
  return one
}
