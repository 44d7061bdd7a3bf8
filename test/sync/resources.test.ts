/** Lists read in the background, page by page, and found as one types. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openProjectStage, type ProjectStage } from './project.ts'

let stage: ProjectStage
let github: string
let slack: string
let project: string
beforeAll(async () => {
  stage = await openProjectStage()
  github = await stage.connect('github')
  slack = await stage.connect('slack')
})
afterAll(() => stage.close())
beforeEach(async () => {
  project = await stage.project()
})

const names = (rows: { name: string }[]) => rows.map(({ name }) => name)

test('GitHub: every repository of every page, private and archived ones marked, with its address', async () => {
  const rows = await stage.all(project, github, 'repository')
  expect(rows).toHaveLength(423)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(423)
  expect(rows.find(({ name }) => name === 'fernhill/storefront')).toEqual({
    id: '71001',
    name: 'fernhill/storefront',
    description: 'The shop: catalogue, basket and checkout.',
    url: 'https://github.com/fernhill/storefront',
    private: true,
    archived: false,
    member: null,
    unreadable: null,
    gone_at: null,
  })
  expect(rows.filter(({ archived }) => archived).length).toBeGreaterThan(10)
  expect(stage.t.sandbox.control.requests('github', '/user/repos')).toBe(5)
  const { reading } = await stage.page(project, github, 'repository')
  expect(reading).toMatchObject({ state: 'done', found: 423, truncated: false, skipped: [] })
  // Fresh: opening it again asks nothing.
  expect(stage.t.sandbox.control.requests('github', '/user/repos')).toBe(5)
})

test('a list that is some minutes old is read again when it is opened', async () => {
  await stage.all(project, github, 'repository')
  const before = stage.t.sandbox.control.requests('github', '/user/repos')
  stage.t.clock.advance(11 * 60_000)
  await stage.page(project, github, 'repository')
  await stage.t.hub.sync.settled()
  expect(stage.t.sandbox.control.requests('github', '/user/repos')).toBe(before + 5)
})

test('search: beginnings first, parts of names too, without accents or capitals, several words in any order', async () => {
  await stage.all(project, slack, 'channel')
  const search = async (q: string) =>
    names((await stage.page(project, slack, 'channel', `&q=${encodeURIComponent(q)}`)).data)
  expect((await search('store'))[0]).toBe('storefront')
  expect(await search('CAFE')).not.toEqual([])
  expect((await search('café')).every((name) => name.includes('café'))).toBe(true)
  const found = await search('orders')
  expect(found[0]?.startsWith('orders')).toBe(true)
  expect(await search('refron')).toEqual(['storefront'])
  expect(await search('front store')).toEqual(['storefront'])
  for (const nothing of ['%', '_', '\\', "'", '.*', '(', '[a'])
    expect([nothing, await search(nothing)]).toEqual([nothing, []])
})

test('a page ends with a cursor, and the pages together are the whole, each once', async () => {
  await stage.all(project, slack, 'channel')
  const first = await stage.page(project, slack, 'channel', '&limit=50&q=o')
  const second = await stage.page(project, slack, 'channel', `&limit=50&q=o&cursor=${first.next_cursor}`)
  expect(first.total).toBeGreaterThan(100)
  expect(names(second.data).filter((name) => names(first.data).includes(name))).toEqual([])
  const { status } = await stage.admin.get(
    `/api/v1/projects/${project}/connections/${slack}/resources?kind=channel&cursor=nonsense`,
  )
  expect(status).toBe(400)
})

test('what was removed at the provider goes; what a project selected is marked instead', async () => {
  const rows = await stage.all(project, slack, 'channel')
  const [kept] = rows.filter(({ name }) => name === 'wheels-worker' || name.startsWith('workshop')).slice(-1)
  const other = rows.filter(({ id }) => id.startsWith('C08')).at(-1)
  const selected = rows.filter(({ id }) => id.startsWith('C08') && id !== other.id).at(-1)
  expect(kept && selected).toBeTruthy()
  await stage.select(project, slack, 'channel', [selected.id])
  stage.t.sandbox.control.settings('slack', { crowd: 0 })
  try {
    await stage.admin.send('POST', `/api/v1/projects/${project}/connections/${slack}/resources/read`, {
      kind: 'channel',
    })
    const after = await stage.all(project, slack, 'channel')
    expect(after.filter(({ id }) => id.startsWith('C08'))).toEqual([
      expect.objectContaining({ id: selected.id, gone_at: expect.any(String) }),
    ])
    const { body } = await stage.admin.get(`/api/v1/projects/${project}/selections`)
    expect(body.data).toEqual([
      expect.objectContaining({ resource_id: selected.id, gone_at: expect.any(String) }),
    ])
  } finally {
    stage.t.sandbox.control.settings('slack', { crowd: 420 })
  }
})

test('what the connection may not list is told with the permission that is missing, and the rest is read', async () => {
  await stage.t.hub.database.pool.query(
    `update connections set granted_scopes = array_remove(granted_scopes, 'groups:read') where id = $1`,
    [slack],
  )
  await stage.admin.send('POST', `/api/v1/projects/${project}/connections/${slack}/resources/read`, {
    kind: 'channel',
  })
  await stage.t.hub.sync.settled()
  const page = await stage.page(project, slack, 'channel')
  expect(page.reading.skipped).toEqual([
    expect.objectContaining({ label: 'Private channels', reason: 'scopes', scopes: ['groups:read'] }),
  ])
  expect(page.missing_scopes).toEqual(['groups:read'])
  expect(page.data.some(({ private: hidden }: { private: boolean }) => !hidden)).toBe(true)
  expect(page.invite).toEqual({
    command: '/invite @trunkline',
    where: 'Type this in the private channel, in Slack.',
  })
  await stage.t.hub.database.pool.query(
    `update connections set granted_scopes = array_append(granted_scopes, 'groups:read') where id = $1`,
    [slack],
  )
})

test('a provider that asks to wait is waited for, and reading goes on from the same page', async () => {
  const { control } = stage.t.sandbox
  const read = () =>
    stage.admin.send('POST', `/api/v1/projects/${project}/connections/${github}/resources/read`, {
      kind: 'repository',
    })
  control.fault('github', { kind: 'rate_limit', on: 'api', retryAfter: 20 })
  await read()
  await stage.t.hub.sync.settled()
  const { reading } = await stage.page(project, github, 'repository')
  expect(reading).toMatchObject({ state: 'waiting', problem: { code: 'upstream_rate_limited' } })
  const asked = control.requests('github', '/user/repos')
  await stage.t.hub.sync.sweep()
  await stage.t.hub.sync.settled()
  expect(control.requests('github', '/user/repos')).toBe(asked)
  stage.t.clock.advance(21_000)
  await stage.t.hub.sync.sweep()
  await stage.t.hub.sync.settled()
  expect((await stage.page(project, github, 'repository')).reading).toMatchObject({
    state: 'done',
    found: 423,
  })
})

test('trouble at the provider is tried again some times and then told; the connection is not blamed', async () => {
  const { control } = stage.t.sandbox
  for (let count = 0; count < 8; count += 1) control.fault('github', { kind: 'error_503', on: 'api' })
  await stage.admin.send('POST', `/api/v1/projects/${project}/connections/${github}/resources/read`, {
    kind: 'repository',
  })
  await stage.t.hub.sync.settled()
  const state = async () => (await stage.page(project, github, 'repository')).reading.state
  expect(await state()).toBe('waiting')
  for (let round = 0; round < 6 && (await state()) === 'waiting'; round += 1) {
    stage.t.clock.advance(120_000)
    await stage.t.hub.sync.sweep()
    await stage.t.hub.sync.settled()
  }
  expect(await state()).toBe('failed')
  // What was read before is still there to choose from.
  expect((await stage.page(project, github, 'repository')).total).toBe(423)
  expect((await stage.admin.get(`/api/v1/connections/${github}`)).body.status.status).toBe('connected')
  control.clearFaults('github')
})

test('two who open it at once make one reading', async () => {
  stage.t.clock.advance(11 * 60_000)
  const before = stage.t.sandbox.control.requests('slack', '/api/conversations.list')
  await Promise.all(Array.from({ length: 6 }, () => stage.page(project, slack, 'channel')))
  await stage.t.hub.sync.settled()
  // Two lists: three pages of public channels, one of private ones.
  expect(stage.t.sandbox.control.requests('slack', '/api/conversations.list') - before).toBe(3)
})
