/** What a project selected: joined where it has to be, kept through every end of a connection, told before one. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openProjectStage, type ProjectStage } from './project.ts'

let stage: ProjectStage
beforeEach(async () => {
  stage = await openProjectStage()
})
afterEach(() => stage.close())

const selections = async (project: string) =>
  (await stage.admin.get(`/api/v1/projects/${project}/selections`)).body.data
const sources = async (project: string) =>
  (await stage.admin.get(`/api/v1/projects/${project}/sources`)).body.data
const setRuns = (project: string, provider: string, account: string) =>
  stage.t.hub.database.pool.query(
    `insert into sync_runs (organization_id, id, project_id, provider, mode, account_id, account_label, cause,
       started_at, outcome)
     select organization_id, 'run_1', id, $2, 'sandbox', $3, 'x', 'manual', now(), 'succeeded'
     from projects where id = $1`,
    [project, provider, account],
  )
const named = (rows: { name: string }[], name: string) => {
  const found = rows.find((row) => row.name === name)
  if (!found) throw new Error(`there is no "${name}"`)
  return found as { id: string; name: string }
}

test('a public channel is joined when it is selected, once, and selecting it again changes nothing', async () => {
  const slack = await stage.connect('slack')
  const project = await stage.project()
  const rows = await stage.all(project, slack, 'channel')
  const random = named(rows, 'random')
  const first = await stage.select(project, slack, 'channel', [random.id])
  expect(first.body.data).toEqual([
    expect.objectContaining({ name: 'random', access: 'ready', invite: null }),
  ])
  const again = await stage.select(project, slack, 'channel', [random.id])
  expect(again.body.data[0].id).toBe(first.body.data[0].id)
  expect(await selections(project)).toHaveLength(1)
  expect(stage.t.sandbox.control.requests('slack', '/api/conversations.join')).toBe(1)
  expect((await stage.page(project, slack, 'channel', '&q=random')).data[0]).toMatchObject({ member: true })
})

test('without the permission to join the selection says so, and works once it may', async () => {
  const slack = await stage.connect('slack')
  const project = await stage.project()
  const random = named(await stage.all(project, slack, 'channel'), 'random')
  const { pool } = stage.t.hub.database
  await pool.query(
    `update connections set granted_scopes = array_remove(granted_scopes, 'channels:join') where id = $1`,
    [slack],
  )
  const { body } = await stage.select(project, slack, 'channel', [random.id])
  expect(body.data[0]).toMatchObject({ access: 'failed', invite: null })
  expect(body.data[0].access_detail).toContain('channels:join')
  expect(stage.t.sandbox.control.requests('slack', '/api/conversations.join')).toBe(0)
  await pool.query(
    `update connections set granted_scopes = array_append(granted_scopes, 'channels:join') where id = $1`,
    [slack],
  )
  const checked = await stage.admin.send(
    'POST',
    `/api/v1/projects/${project}/selections/${body.data[0].id}/check`,
  )
  expect(checked.body).toMatchObject({ access: 'ready', access_detail: null })
  expect(stage.t.sandbox.control.requests('slack', '/api/conversations.join')).toBe(1)
})

test('a private channel that the bot was removed from shows the command, until it is invited', async () => {
  const slack = await stage.connect('slack')
  const project = await stage.project()
  const leads = named(await stage.all(project, slack, 'channel'), 'leads')
  const { pool } = stage.t.hub.database
  // Slack lists a bot its own private channels alone; this one was left since.
  await pool.query('update resources set member = false where external_id = $1', [leads.id])
  const { body } = await stage.select(project, slack, 'channel', [leads.id])
  expect(body.data[0]).toMatchObject({
    private: true,
    access: 'invite',
    invite: { command: '/invite @trunkline', where: 'Type this in the private channel, in Slack.' },
  })
  const check = () =>
    stage.admin.send('POST', `/api/v1/projects/${project}/selections/${body.data[0].id}/check`)
  stage.t.sandbox.control.fault('slack', { kind: 'error_500', on: 'api' })
  expect((await check()).status).toBe(502)
  expect((await selections(project))[0].access).toBe('invite')
  expect((await check()).body).toMatchObject({ access: 'ready', invite: null })
})

test('only what was listed for this account can be selected', async () => {
  const [github, slack] = [await stage.connect('github'), await stage.connect('slack')]
  const project = await stage.project()
  const [repo] = await stage.all(project, github, 'repository')
  await stage.all(project, slack, 'channel')
  const choose = async (connection: string, kind: string, ids: string[]) => {
    const { status, body } = await stage.select(project, connection, kind, ids)
    return [status, body.code]
  }
  expect(await choose(github, 'repository', ['made-up'])).toEqual([404, 'not_found'])
  expect(await choose(slack, 'channel', [repo.id])).toEqual([404, 'not_found'])
  expect(await choose(github, 'channel', [repo.id])).toEqual([404, 'not_found'])
  expect(await choose('con_nothing', 'repository', [repo.id])).toEqual([404, 'not_found'])
  expect(await selections(project)).toEqual([])
})

test('a selection of one project is not in reach of another', async () => {
  const github = await stage.connect('github')
  const [mine, other] = [await stage.project('Mine'), await stage.project('Other')]
  const [repo] = await stage.all(mine, github, 'repository')
  const { body } = await stage.select(mine, github, 'repository', [repo.id])
  const id = body.data[0].id
  for (const [path, sent] of [
    [`/api/v1/projects/${other}/selections/remove`, { selections: [id] }],
    [`/api/v1/projects/${other}/selections/${id}/check`, undefined],
  ] as const)
    expect((await stage.admin.send('POST', path, sent)).status).toBe(404)
  expect(await selections(mine)).toHaveLength(1)
})

test('everything survives a disconnect and is taken up by the same account, connected anew', async () => {
  const github = await stage.connect('github')
  const project = await stage.project()
  const path = `/api/v1/projects/${project}`
  const rows = await stage.all(project, github, 'repository')
  await stage.select(project, github, 'repository', [rows[0].id, rows[1].id])
  await stage.admin.send('PATCH', `${path}/sync-settings/github`, { schedule: 'daily', window_days: 30 })
  const [{ account }] = await sources(project)
  await setRuns(project, 'github', account.id)

  expect((await stage.admin.send('DELETE', `/api/v1/connections/${github}`)).status).toBe(200)
  expect(await sources(project)).toEqual([
    expect.objectContaining({ provider: 'github', connection_id: null, status: null, selected: 2 }),
  ])
  expect(
    (await selections(project)).map(({ connection_id }: { connection_id: string }) => connection_id),
  ).toEqual([null, null])
  const unreachable = await stage.admin.get(`${path}/connections/${github}/resources?kind=repository`)
  expect(unreachable.status).toBe(404)
  // Names of what was not selected are nobody's business any more.
  await stage.t.hub.sync.sweep()
  const { rows: left } = await stage.t.hub.database.pool.query('select 1 from resources')
  expect(left).toEqual([])

  const anew = await stage.connect('github')
  expect(anew).not.toBe(github)
  const after = await selections(project)
  expect(after.map((one: { connection_id: string; name: string }) => [one.connection_id, one.name])).toEqual([
    [anew, rows[0].name],
    [anew, rows[1].name],
  ])
  expect((await stage.admin.get(`${path}/sync-settings`)).body.data[0]).toMatchObject({
    schedule: 'daily',
    window_days: 30,
  })
  expect((await stage.admin.get(`${path}/runs`)).body.data).toHaveLength(1)
})

test('a reconnect keeps it; another account that takes the connection’s place does not get it', async () => {
  const github = await stage.connect('github')
  const project = await stage.project()
  const [repo] = await stage.all(project, github, 'repository')
  await stage.select(project, github, 'repository', [repo.id])
  const reconnect = async (account: string | undefined) => {
    const begun = await stage.admin.send('POST', `/api/v1/connections/${github}/reconnect`, {})
    await stage.admin.follow(stage.t.consent(begun.body.authorization_url, account ? { account } : {}))
    const attempt = (await stage.admin.get(`/api/v1/connect/attempts/${begun.body.id}`)).body
    if (attempt.status === 'decision_required')
      await stage.admin.send('POST', `/api/v1/connect/attempts/${attempt.id}/decide`, { value: 'replace' })
    await stage.t.hub.settle()
  }
  await reconnect(undefined)
  expect((await selections(project))[0]).toMatchObject({ connection_id: github })
  await reconnect('4108377')
  expect((await stage.admin.get(`/api/v1/connections/${github}`)).body.account.label).toBe('@brunolq')
  expect((await selections(project))[0]).toMatchObject({ connection_id: null })
  const all = await sources(project)
  expect(
    all.map(({ account, connection_id, selected }: Record<string, unknown>) => [
      (account as { label: string }).label,
      connection_id,
      selected,
    ]),
  ).toEqual([
    ['@ada-okafor', null, 1],
    ['@brunolq', github, 0],
  ])
  // Its lists are read anew: until then nothing shows what the account before it saw.
  stage.t.sandbox.control.fault('github', { kind: 'rate_limit', on: 'api', retryAfter: 5 })
  await stage.page(project, github, 'repository')
  await stage.t.hub.sync.settled()
  expect((await stage.page(project, github, 'repository')).total).toBe(0)
  stage.t.clock.advance(6000)
  const before = stage.t.sandbox.control.requests('github', '/user/repos')
  await stage.all(project, github, 'repository')
  expect(stage.t.sandbox.control.requests('github', '/user/repos')).toBeGreaterThan(before)
})

test('impact: projects, their resources by kind, history; who may not see a project gets the count alone', async () => {
  const github = await stage.connect('github')
  const [shop, secret] = [await stage.project('Shop'), await stage.project('Secret')]
  const rows = await stage.all(shop, github, 'repository')
  await stage.select(shop, github, 'repository', [rows[0].id, rows[1].id])
  await stage.select(secret, github, 'repository', [rows[2].id])
  const [{ account }] = await sources(shop)
  await setRuns(shop, 'github', account.id)
  const { browser: member, id } = await stage.member('bruno@example.com')
  await stage.admin.send('PUT', `/api/v1/projects/${shop}/members/${id}`, { role: 'member' })

  const whole = (await stage.admin.get(`/api/v1/connections/${github}/impact`)).body
  const counts = (impact: { items: { kind: string; count: number }[] }) =>
    Object.fromEntries(impact.items.map(({ kind, count }) => [kind, count]))
  expect(counts(whole)).toMatchObject({ projects: 2, resources: 3, syncs: 1, webhooks: 0, workflows: 0 })
  expect(whole.projects).toEqual([
    { id: secret, name: 'Secret', resources: [group([rows[2].name])], has_history: false },
    { id: shop, name: 'Shop', resources: [group([rows[0].name, rows[1].name])], has_history: true },
  ])
  expect(whole.kept.join(' ')).toContain('taken up again')

  const seen = (await member.get(`/api/v1/connections/${github}/impact`)).body
  expect(counts(seen)).toMatchObject({ projects: 2, resources: 3, syncs: 1 })
  expect(seen.projects.map(({ name }: { name: string }) => name)).toEqual(['Shop'])
  expect(JSON.stringify(seen)).not.toContain('Secret')
  expect(JSON.stringify(seen)).not.toContain(rows[2].name)
})

const group = (names: string[]) => ({
  kind: 'repository',
  label: names.length === 1 ? 'repository' : 'repositories',
  count: names.length,
  names,
})

test('impact: a person’s own connection stops no project', async () => {
  await stage.connect('github')
  const project = await stage.project()
  const own = await stage.admin.send('POST', '/api/v1/connect/attempts', {
    provider: 'github',
    method: 'api_key',
    fields: { token: stage.t.sandbox.values.github?.token },
  })
  const [{ connection_id: shared }] = await sources(project)
  const [repo] = await stage.all(project, shared, 'repository')
  await stage.select(project, shared, 'repository', [repo.id])
  // The same account, connected twice: by the organization and by a person.
  const { body } = await stage.admin.get(`/api/v1/connections/${own.body.connection_id}/impact`)
  expect(body.items.find(({ kind }: { kind: string }) => kind === 'projects').count).toBe(0)
  expect(body.projects).toEqual([])
})
