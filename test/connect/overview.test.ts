/** GET /api/v1/connections/overview: what the dashboard's first page reads, whatever the number of connections. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let ada: Browser
let bruno: Browser
let mine: string
beforeAll(async () => {
  t = await startTestHub()
  ada = await t.browser('ada@example.com')
  bruno = await t.browser('bruno@example.com')
  const fields = { apiKey: t.sandbox.values.stripe?.apiKey }
  mine = (await ada.send('POST', '/api/v1/connect/attempts', { provider: 'stripe', fields })).body
    .connection_id
  await bruno.send('POST', '/api/v1/connect/attempts', { provider: 'stripe', fields })
  await ada.send('POST', '/api/v1/connect/attempts', { provider: 'stripe', owner: 'organization', fields })
})
afterAll(() => t.close())

type Group = {
  provider: string
  owner: string
  total: number
  attention: number
  connections: { id: string }[]
}
const read = async (browser: Browser): Promise<Group[]> =>
  (await browser.get('/api/v1/connections/overview')).body.groups

/** Further accounts of Ada's, as rows: how they came does not matter here. */
async function copy(count: number, status: string): Promise<void> {
  await t.hub.database.pool.query(
    `insert into connections
       select (jsonb_populate_record(c, jsonb_build_object(
         'id', 'con_' || $2 || n, 'account_id', $2 || n, 'is_default', false, 'status', $2::text))).*
       from connections c, generate_series(1, $3::int) n where c.id = $1`,
    [mine, status, count],
  )
}

test('T1 one’s own and the organization’s, never another person’s', async () => {
  const groups = await read(ada)
  expect(groups.map(({ owner, total }) => [owner, total])).toEqual([
    ['organization', 1],
    ['person', 1],
  ])
  expect(groups.find(({ owner }) => owner === 'person')?.connections.map(({ id }) => id)).toEqual([mine])
  const others = (await read(bruno)).flatMap(({ connections }) => connections.map(({ id }) => id))
  expect(others).toHaveLength(2)
  expect(others).not.toContain(mine)
})

test('T4 a key of the organization sees the organization’s', async () => {
  const { body } = await t.admin.get('/api/v1/connections/overview')
  expect(body.groups.map(({ owner }: Group) => owner)).toEqual(['organization'])
})

test('of many it shows three, the broken ones first, and counts all', async () => {
  await copy(5, 'connected')
  await copy(2, 'connection_invalid')
  const group = (await read(ada)).find(({ owner }) => owner === 'person')
  expect(group).toMatchObject({ provider: 'stripe', total: 8, attention: 2 })
  expect(group?.connections.map(({ id }) => id)).toEqual([
    'con_connection_invalid1',
    'con_connection_invalid2',
    mine,
  ])
})
