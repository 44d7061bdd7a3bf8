import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Migrator } from 'kysely/migration'
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

test('a database of before, with rows in it, is brought up to date and keeps them', async () => {
  const old = await createTestDatabase({ empty: true })
  const database = openDatabase(old.address, () => {})
  const names = [
    '0001_spine',
    '0003_integrations',
    '0004_data_deletions',
    '0005_app_installations',
    '0006_capabilities',
  ]
  const modules = await Promise.all(
    names.map(async (name) => [name, await import(`../../src/store/migrations/${name}.ts`)] as const),
  )
  const { error } = await new Migrator({
    db: database.db,
    provider: { getMigrations: async () => Object.fromEntries(modules) },
  }).migrateToLatest()
  expect(error).toBeUndefined()
  for (const statement of BEFORE) await database.pool.query(statement)
  expect(await migrate(database.db)).toEqual([
    '0007_people',
    '0008_sign_in',
    '0009_policies',
    '0010_projects',
    '0011_agents',
  ])
  const read = async (text: string) => (await database.pool.query(text)).rows
  expect(await read('select id from organizations where runs_hub')).toEqual([{ id: 'org_1' }])
  expect(
    await read('select email, email_confirmed_at is not null as confirmed, password from people order by id'),
  ).toEqual([
    { email: 'ada@example.com', confirmed: true, password: null },
    { email: 'ben@example.com', confirmed: true, password: null },
  ])
  const sessions = await read('select id, method, authenticated_at = created_at as since from sessions')
  expect(sessions).toHaveLength(2)
  for (const session of sessions)
    expect(session).toEqual({ id: expect.stringMatching(/^ses_[0-9a-f]{26}$/), method: 'link', since: true })
  // What acts as nobody acts as the organization.
  expect(await read('select person_id from api_keys')).toEqual([{ person_id: null }])
  for (const table of ['connections', 'oauth_states', 'audit_log', 'app_installations'])
    expect([table, (await read(`select count(*)::int as n from ${table}`))[0].n]).toEqual([table, 1])
  await database.close()
  await old.drop()
})

const BEFORE = [
  `insert into organizations values ('org_1', 'First', now()), ('org_2', 'Second', now())`,
  `insert into people values ('per_1', 'Ada@Example.com', 'Ada', now()), ('per_2', 'ben@example.com', 'Ben', now())`,
  `insert into memberships values ('org_1', 'per_1', 'admin', now()), ('org_2', 'per_1', 'admin', now()),
     ('org_2', 'per_2', 'member', now())`,
  `insert into sessions values ('\\x01', 'org_1', 'per_1', now(), now(), now() + interval '1 day', null, null),
     ('\\x02', 'org_2', 'per_2', now(), now(), now() + interval '1 day', '127.0.0.1', 'a browser')`,
  `insert into sign_in_links values ('\\x03', 'org_1', 'per_1', now(), null)`,
  `insert into api_keys (organization_id, id, hash, prefix, name, scopes, created_at)
     values ('org_1', 'key_1', '\\x04', 'tl_abcdef', 'a program', '{admin}', now())`,
  `insert into connections (organization_id, id, provider, family, method, mode, owner_kind, owner_id, account_id, grant_id,
     account_label, is_default, parameters, requested_scopes, granted_scopes, status, status_detail, status_since, created_at)
     values ('org_1', 'con_1', 'github', 'github', 'oauth2', 'live', 'person', 'per_1', '1', '1', 'ada', true, '{}', '{}', '{}',
       'connected', 'Works.', now(), now())`,
  `insert into oauth_states (organization_id, id, binding_hash, provider, method, mode, owner_kind, owner_id,
     requested_scopes, parameters, key_id, sealed, status, created_at, expires_at)
     values ('org_1', 'att_1', '\\x05', 'github', 'oauth2', 'live', 'person', 'per_1', '{}', '{}', 'k', '\\x06', 'pending', now(), now())`,
  `insert into audit_log values ('org_1', 1, now(), 'per_1', 'session.created', 'per_1', null, '{}', '\\x07', '\\x08')`,
  `insert into app_installations (provider, mode, installation, parameters, installed_at, seen_at)
     values ('jira', 'live', 'one', '{}', now(), now())`,
]

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
