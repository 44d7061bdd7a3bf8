import pg from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from './testDatabase.ts'

async function tables(config: pg.ClientConfig): Promise<number> {
  const client = new pg.Client(config)
  await client.connect()
  const { rows } = await client.query(
    "SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public'",
  )
  await client.end()
  return rows[0].count
}

test('a test database has the schema, an empty one has not, and both are reached by URL', async () => {
  const [full, empty] = await Promise.all([createTestDatabase(), createTestDatabase({ empty: true })])
  expect(await tables(full.address)).toBeGreaterThan(5)
  expect(await tables({ connectionString: full.connectionString })).toBeGreaterThan(5)
  expect(await tables(empty.address)).toBe(0)
  await Promise.all([full.drop(), empty.drop()])
  await expect(tables(full.address)).rejects.toMatchObject({ code: '3D000' })
})
