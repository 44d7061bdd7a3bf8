/** What is asked all the time: built once, and by a plan that stays right while its tables grow. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { newId } from '../../src/store/ids.ts'
import { statement } from '../../src/store/statement.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'

let target: TestDatabase
let database: Database

beforeAll(async () => {
  target = await createTestDatabase()
  database = openDatabase(target.address, () => {})
})
afterAll(async () => {
  await database.close()
  await target.drop()
})

const INSERT = statement<{ id: string; name: string }>()((db, { id, name }) =>
  db
    .insertInto('organizations')
    .values({ id, name, runs_hub: false, created_at: sql`now()` })
    .returning('id'),
)
const FIND = statement<{ id: string; names: string[] }>()((db, { id, names }) =>
  db
    .selectFrom('organizations')
    .select(['id', 'name', sql<number>`1`.as('one')])
    .where('runs_hub', '=', false)
    .where((eb) => eb.or([eb('id', '=', id), sql<boolean>`name = any(${names})`]))
    .orderBy('name'),
)

test('values go where they belong, each time anew, beside those that are always the same', async () => {
  const { db } = database
  for (const name of ['a', 'b', 'c'])
    expect(await INSERT.first(db, { id: `org_${name}`, name })).toEqual({ id: `org_${name}` })
  expect(await FIND.all(db, { id: 'org_a', names: ['c'] })).toEqual([
    { id: 'org_a', name: 'a', one: 1 },
    { id: 'org_c', name: 'c', one: 1 },
  ])
  expect(await FIND.first(db, { id: 'org_b', names: [] })).toEqual({ id: 'org_b', name: 'b', one: 1 })
  expect(await FIND.first(db, { id: "' or true --", names: [] })).toBeUndefined()
})

test('it takes part in a transaction, and goes with it', async () => {
  await expect(
    database.transact(database.db, async (trx) => {
      await INSERT.first(trx, { id: 'org_gone', name: 'gone' })
      throw new Error('changed its mind')
    }),
  ).rejects.toThrow('changed its mind')
  expect(await FIND.first(database.db, { id: 'org_gone', names: [] })).toBeUndefined()
})

test('a plan made over an empty table does not read all of it once it is full', async () => {
  const { db, pool } = database
  await pool.query('create table growing (id text primary key, rest text)')
  await pool.query('analyze growing')
  const ask = () => sql`select rest from growing where id = ${'7'}`.execute(db)
  for (let times = 0; times < 12; times++) await ask()
  await pool.query(`insert into growing select n::text, repeat('x', 100) from generate_series(1, 5000) n`)
  for (let times = 0; times < 12; times++) expect((await ask()).rows).toHaveLength(1)
  await pool.query('select pg_stat_force_next_flush()')
  const { rows } = await pool.query<{ seq_tup_read: string }>(
    `select seq_tup_read from pg_stat_user_tables where relname = 'growing'`,
  )
  expect(Number(rows[0]?.seq_tup_read)).toBe(0)
})

test('ids sort by their time, and none comes twice', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  const ids = Array.from({ length: 20_000 }, (_, index) => newId('con', now + (index >> 10)))
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^con_[0-9a-hjkmnp-tv-z]{26}$/)
  const times = ids.map((id) => id.slice(0, 14))
  expect(times).toEqual([...times].sort())
  expect(newId('con', 0)).toMatch(/^con_0{10}/)
  expect(newId('con', 2 ** 48 - 1)).toMatch(/^con_7z{9}/)
})
