/** Projects and who may do what in them (checks T1, T3). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from '../setup/testHub.ts'
import { openProjectStage, type ProjectStage } from './project.ts'

let stage: ProjectStage
let admin: Browser
let connection: string
beforeAll(async () => {
  stage = await openProjectStage()
  admin = stage.admin
  connection = await stage.connect('github')
})
afterAll(() => stage.close())

test('whoever makes a project administers it; names and descriptions are found', async () => {
  const made = await admin.send('POST', '/api/v1/projects', {
    name: ' Winter sale ',
    description: 'Discounts and banners',
  })
  expect(made.body).toMatchObject({
    name: 'Winter sale',
    role: 'admin',
    may: { manage: true, delete: true },
    members: 1,
    resources: 0,
  })
  const found = async (q: string) =>
    (await admin.get(`/api/v1/projects?q=${encodeURIComponent(q)}`)).body.data.map(
      ({ name }: { name: string }) => name,
    )
  expect(await found('BANNERS')).toEqual(['Winter sale'])
  expect(await found('winter')).toEqual(['Winter sale'])
  expect(await found('100%')).toEqual([])
  const changed = await admin.send('PATCH', `/api/v1/projects/${made.body.id}`, { name: 'Summer sale' })
  expect(changed.body).toMatchObject({ name: 'Summer sale', description: 'Discounts and banners' })
  expect((await admin.send('DELETE', `/api/v1/projects/${made.body.id}`)).status).toBe(204)
  expect((await admin.get(`/api/v1/projects/${made.body.id}`)).status).toBe(404)
})

test('T1 T3 a project is for its members: nobody else sees it, members read, its administrators choose', async () => {
  const project = await stage.project('Secret')
  const { browser: member, id: memberId } = await stage.member('bruno@example.com')
  const { browser: stranger } = await stage.member('chiara@example.com')
  const path = `/api/v1/projects/${project}`
  await stage.all(project, connection, 'repository')
  expect((await stranger.get(path)).status).toBe(404)
  expect((await stranger.get('/api/v1/projects')).body.data).toEqual([])
  expect((await member.get(path)).status).toBe(404)

  expect((await admin.send('PUT', `${path}/members/${memberId}`, { role: 'member' })).status).toBe(200)
  expect((await member.get(path)).body).toMatchObject({
    role: 'member',
    may: { manage: false, delete: false },
  })
  expect((await member.get(`${path}/members`)).body.data).toHaveLength(2)
  const [repo] = await stage.all(project, connection, 'repository')
  const selecting = { connection, kind: 'repository', resources: [repo.id] }
  const CHANGES: [string, string, object | undefined][] = [
    ['PATCH', path, { name: 'Mine' }],
    ['PUT', `${path}/members/${memberId}`, { role: 'admin' }],
    ['GET', `${path}/candidates`, undefined],
    ['GET', `${path}/connections/${connection}/resources?kind=repository`, undefined],
    ['POST', `${path}/connections/${connection}/resources/read`, { kind: 'repository' }],
    ['POST', `${path}/selections`, selecting],
    ['POST', `${path}/selections/remove`, { selections: ['sel_x'] }],
    ['PATCH', `${path}/sync-settings/github`, { enabled: false }],
    ['DELETE', path, undefined],
  ]
  for (const [method, where, body] of CHANGES) {
    const answer = await member.send(method, where, body)
    expect([method, where, answer.status, answer.body?.code]).toEqual([
      method,
      where,
      403,
      'insufficient_scope',
    ])
    const foreign = await stranger.send(method, where, body)
    expect([method, where, foreign.status, foreign.body?.code]).toEqual([method, where, 404, 'not_found'])
  }
  expect((await member.send('POST', '/api/v1/projects', { name: 'Mine' })).status).toBe(403)

  await admin.send('PUT', `${path}/members/${memberId}`, { role: 'admin' })
  for (const [method, where, body] of CHANGES.slice(0, -1)) {
    if (where.endsWith('/remove')) continue
    expect([method, where, (await member.send(method, where, body)).status < 300]).toEqual([
      method,
      where,
      true,
    ])
  }
  expect((await member.send('DELETE', path)).status).toBe(403)
  expect((await member.get(`${path}/selections`)).body.data).toHaveLength(1)
  // Anybody may leave.
  expect((await member.send('DELETE', `${path}/members/${memberId}`)).status).toBe(204)
  expect((await member.get(path)).status).toBe(404)
})

test('T1 a person’s own connection is nobody’s to select from, not even their own in a project', async () => {
  const project = await stage.project()
  const own = await admin.send('POST', '/api/v1/connect/attempts', {
    provider: 'github',
    method: 'api_key',
    fields: { token: stage.t.sandbox.values.github?.token },
  })
  expect(own.body.status).toBe('succeeded')
  const answer = await admin.get(
    `/api/v1/projects/${project}/connections/${own.body.connection_id}/resources?kind=repository`,
  )
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
  const { body } = await admin.get(`/api/v1/projects/${project}/sources`)
  expect(body.data.map(({ connection_id }: { connection_id: string }) => connection_id)).toEqual([connection])
})

test('people are added from the organization alone, and leave its projects with it', async () => {
  const project = await stage.project()
  const path = `/api/v1/projects/${project}`
  const { id } = await stage.member('dmitri@example.com')
  const { body } = await admin.get(`${path}/candidates?q=DMITRI`)
  expect(body.data).toEqual([expect.objectContaining({ id, email: 'dmitri@example.com' })])
  expect((await admin.send('PUT', `${path}/members/per_nobody`, { role: 'member' })).status).toBe(404)
  await admin.send('PUT', `${path}/members/${id}`, { role: 'member' })
  expect((await admin.get(`${path}/candidates?q=dmitri`)).body.data).toEqual([])
  await stage.t.hub.database.pool.query('delete from memberships where person_id = $1', [id])
  expect((await admin.get(`${path}/members`)).body.data).toHaveLength(1)
})

test('T10 what is done to a project is in the audit log, and every open page hears of it', async () => {
  const heard: string[] = []
  const stream = await fetch(`${stage.t.url}/api/v1/live`, {
    headers: { authorization: `Bearer ${stage.t.admin.key}` },
  })
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader()
  const listening = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      heard.push(Buffer.from(value).toString())
    }
  })()
  const project = await stage.project('Audited')
  const [repo] = await stage.all(project, connection, 'repository')
  const { body } = await stage.select(project, connection, 'repository', [repo.id])
  await admin.send('POST', `/api/v1/projects/${project}/selections/remove`, { selections: [body.data[0].id] })
  await admin.send('PATCH', `/api/v1/projects/${project}/sync-settings/github`, { schedule: 'daily' })
  await expect.poll(() => heard.join('').split(`"id":"${project}"`).length).toBeGreaterThan(3)
  expect(heard.join('')).toContain('"what":"projects"')
  await reader.cancel()
  await listening
  await admin.send('DELETE', `/api/v1/projects/${project}`)
  const { rows } = await stage.t.hub.database.pool.query(
    'select action from audit_log where target = $1 order by seq',
    [project],
  )
  expect(rows.map(({ action }) => action)).toEqual([
    'project.created',
    'project.resources_selected',
    'project.resources_deselected',
    'project.sync_settings_changed',
    'project.deleted',
  ])
})

test('sync settings begin alike for every provider, and history is empty until something runs', async () => {
  const project = await stage.project()
  const path = `/api/v1/projects/${project}`
  expect((await admin.get(`${path}/sync-settings`)).body.data).toEqual([
    expect.objectContaining({
      provider: 'github',
      enabled: true,
      schedule: 'hourly',
      window_days: 90,
      changed_at: null,
    }),
  ])
  const { body } = await admin.send('PATCH', `${path}/sync-settings/github`, { window_days: 30 })
  expect(body).toMatchObject({ schedule: 'hourly', window_days: 30 })
  expect((await admin.send('PATCH', `${path}/sync-settings/github`, { window_days: 0 })).status).toBe(400)
  expect((await admin.send('PATCH', `${path}/sync-settings/nothing`, { enabled: false })).body.code).toBe(
    'provider_unknown',
  )
  expect((await admin.get(`${path}/runs`)).body).toEqual({ data: [], next_cursor: null })
})
