import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createTestDatabase } from '../setup/testDatabase.ts'

async function schemaOf(address: pg.ClientConfig): Promise<string[]> {
  const client = new pg.Client(address)
  await client.connect()
  const { rows } = await client.query(`
    select table_name || '.' || column_name || ' ' || data_type as line from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public' order by 1`)
  await client.end()
  return rows.map(({ line }) => line)
}

test('five processes that start at once on an empty database make its schema once', async () => {
  const [empty, usual] = await Promise.all([createTestDatabase({ empty: true }), createTestDatabase()])
  const script = fileURLToPath(new URL('migrateOnce.ts', import.meta.url))
  const children: ChildProcess[] = []
  const outputs = Array.from({ length: 5 }, () => {
    const child = spawn(process.execPath, [script, empty.connectionString], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    children.push(child)
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    return { child, exited: once(child, 'exit'), read: () => text }
  })
  await expect.poll(() => outputs.every(({ read }) => read().startsWith('ready'))).toBe(true)
  for (const { child } of outputs) child.stdin.write('go\n')
  const codes = await Promise.all(outputs.map(async ({ exited }) => (await exited)[0]))
  expect(codes).toEqual([0, 0, 0, 0, 0])
  const applied = outputs.flatMap(({ read }) => JSON.parse(read().split('\n')[1] ?? '[]') as string[])
  expect(new Set(applied).size).toBe(applied.length)
  expect(applied.length).toBeGreaterThan(0)
  expect(await schemaOf(empty.address)).toEqual(await schemaOf(usual.address))
  await Promise.all([empty.drop(), usual.drop()])
})

test('a database that is up to date is left as it is', async () => {
  const fresh = await createTestDatabase()
  const database = openDatabase(fresh.address, () => {})
  expect(await migrate(database.db)).toEqual([])
  await database.close()
  await fresh.drop()
})

test('every table that grows has the organization in front of its primary key', async () => {
  const fresh = await createTestDatabase()
  const client = new pg.Client(fresh.address)
  await client.connect()
  const { rows } = await client.query(`
    select c.relname as table, array_agg(a.attname::text order by k.position) as key
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    cross join lateral unnest(i.indkey) with ordinality as k(attnum, position)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
    where i.indisprimary and n.nspname = 'public' and c.relname not like 'kysely%' group by 1`)
  await client.end()
  await fresh.drop()
  // Few rows, or found by a secret before the organization is known.
  const GLOBAL = [
    'data_deletions',
    'settings',
    'app_installations',
    'organizations',
    'people',
    'sessions',
    'sign_in_links',
    'passkeys',
    'sso_identities',
    'sign_in_challenges',
    'person_tokens',
    'sign_in_tries',
    'secrets',
    'integration_settings',
    'declared_providers',
  ]
  expect(rows.length).toBeGreaterThan(12)
  for (const { table, key } of rows)
    if (!GLOBAL.includes(table)) expect(key[0], table).toBe('organization_id')
})
