/** Reading long lists: interrupted anywhere it goes on, search stays quick, and no answer leads a call astray. */
import { afterEach, expect, inject, test } from 'vitest'
import type { Provider } from '../../src/catalog/define.ts'
import { begin, type Begun } from '../connect/begun.ts'
import { declarePlayed, letIn, PLAYED_ENV, startPlayed } from '../connect/played.ts'
import { toConnectionString } from '../setup/testDatabase.ts'
import { startTestHub } from '../setup/testHub.ts'
import { openProjectStage, type ProjectStage } from './project.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function open(): Promise<ProjectStage> {
  const stage = await openProjectStage()
  closing.push(() => stage.close())
  return stage
}

test('5,000 repositories are read, and 10,000 are searched within 50 ms', async () => {
  const stage = await open()
  const github = await stage.connect('github')
  const project = await stage.project()
  stage.t.sandbox.control.settings('github', { crowd: 5000 })
  const first = await stage.page(project, github, 'repository')
  expect(['reading', 'done']).toContain(first.reading.state)
  await stage.t.hub.sync.settled()
  const { total, reading } = await stage.page(project, github, 'repository')
  expect([total, reading.found, reading.state]).toEqual([5003, 5003, 'done'])
  const { pool } = stage.t.hub.database
  await pool.query(
    `insert into resources select organization_id, connection_id, kind, 'copy-' || external_id, name || '-copy',
       folded || '-copy', description, url, private, archived, member, unreadable, reading, seen_at, gone_at
     from resources`,
  )
  await pool.query('analyze resources')
  // The best of several: what else this machine does is not what is measured.
  const times: number[] = []
  for (const query of ['checkout', 'cafe', 'e', 'fleet mig', 'workshop-web', 'nothing']) {
    const rounds: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const began = performance.now()
      await stage.page(project, github, 'repository', `&q=${query}&limit=100`)
      rounds.push(performance.now() - began)
    }
    times.push(Math.min(...rounds))
  }
  expect(Math.max(...times), JSON.stringify(times)).toBeLessThan(50)
})

/** Three pages of a made-up service, whose second may be told to fail. */
async function playPages(pages: NonNullable<Provider['resources']>[0]['lists'][0]['pages'], change = {}) {
  const played = await startPlayed()
  closing.push(() => played.close())
  letIn(played)
  const provider = declarePlayed(
    {},
    {
      resources: [
        {
          id: 'thing',
          one: 'thing',
          many: 'things',
          lists: [
            {
              request: { url: '/things' },
              items: 'items',
              ...(pages && { pages }),
              fields: { id: 'id', name: 'name', url: 'url' },
              ...change,
            },
          ],
        },
      ],
    },
  )
  const begun = await begin(provider, played)
  closing.push(() => begun.close())
  const { id } = await begun.connect({}, { owner: 'organization' })
  const { body } = await begun.t.admin.send('POST', '/api/v1/projects', { name: 'P' })
  const page = async () =>
    (await begun.t.admin.get(`/api/v1/projects/${body.id}/connections/${id}/resources?kind=thing`)).body
  return { played, begun, provider, page, path: `/api/v1/projects/${body.id}/connections/${id}/resources` }
}

const things = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: String(from + index), name: `Thing ${from + index}` }))

test('R11 a hub that stops in the middle of a list is followed by one that goes on from the same page', async () => {
  const { played, begun, page } = await playPages({ by: 'cursor', at: 'next', parameter: 'after' })
  let isDown = true
  played.replies.set('GET api.played.example.com/things', ({ query }) => {
    const after = query.get('after')
    if (after === 'b' && isDown) return { status: 503 }
    if (after === null) return { body: { items: things(0, 3), next: 'a' } }
    if (after === 'a') return { body: { items: things(3, 3), next: 'b' } }
    return { body: { items: things(6, 1), next: '' } }
  })
  await page()
  await begun.t.hub.sync.settled()
  expect((await page()).reading).toMatchObject({ state: 'waiting', found: 6 })
  // As a process that was killed leaves it: being read, by nobody.
  await begun.t.hub.database.pool.query(
    `update resource_readings set state = 'reading', resume_at = null, lease_until = now() + interval '1 minute'`,
  )
  isDown = false
  const asked = played.at('/things').length
  await begun.t.hub.sync.sweep()
  await begun.t.hub.sync.settled()
  expect(played.at('/things').length).toBe(asked)
  begun.t.clock.advance(200_000)
  await begun.t.hub.sync.sweep()
  await begun.t.hub.sync.settled()
  const { data, reading } = await page()
  expect(data.map(({ id }: { id: string }) => id)).toEqual(['0', '1', '2', '3', '4', '5', '6'])
  expect(reading.state).toBe('done')
  expect(played.at('/things').length).toBe(asked + 1)
})

test('two replicas read a list once', async () => {
  const { played, begun, page, path, provider } = await playPages(undefined)
  played.replies.set('GET api.played.example.com/things', () => ({ body: { items: things(0, 2) } }))
  const second = await startTestHub({
    catalog: [provider],
    withSandbox: false,
    overrides: { played: played.routes },
    databaseUrl: await databaseOf(begun),
    env: PLAYED_ENV,
  })
  closing.push(() => second.close())
  await Promise.all(
    Array.from({ length: 4 }, (_, index) =>
      index % 2 === 0 ? page() : second.admin.get(`${path}?kind=thing`),
    ),
  )
  await Promise.all([begun.t.hub.sync.settled(), second.hub.sync.settled()])
  expect(played.at('/things')).toHaveLength(1)
})

test('E2 the next page is asked for where the list is declared, whatever address the answer gives', async () => {
  const { played, begun, page } = await playPages({ by: 'link' })
  const elsewhere: string[] = []
  played.replies.set('GET api.played.example.com/things', ({ query, host }) => {
    elsewhere.push(host)
    return query.get('page') === '2'
      ? { body: { items: things(2, 1) } }
      : {
          headers: {
            link: '<https://evil.example.com/steal?page=2&access_token=stolen>; rel="next"',
          },
          body: { items: things(0, 2) },
        }
  })
  await page()
  await begun.t.hub.sync.settled()
  expect((await page()).total).toBe(3)
  expect(new Set(played.calls.map(({ host }) => host))).not.toContain('evil.example.com')
  const [, next] = played.at('/things')
  expect(next?.path).toBe('/things')
  // What some providers write into the address is not kept and not sent.
  expect(next?.query.has('access_token')).toBe(false)
  const { rows } = await begun.t.hub.database.pool.query(
    'select progress::text as progress from resource_readings',
  )
  expect(JSON.stringify(rows)).not.toContain('stolen')
})

test('E5 a cursor that holds braces or separators is sent as it came, and fills nothing', async () => {
  const { played, begun, page } = await playPages({ by: 'cursor', at: 'next', parameter: 'after' })
  const cursor = '{access_token}&admin=1#x'
  played.replies.set('GET api.played.example.com/things', ({ query }) =>
    query.get('after') === null
      ? { body: { items: things(0, 1), next: cursor } }
      : { body: { items: things(1, 1), next: cursor } },
  )
  await page()
  await begun.t.hub.sync.settled()
  const [, next, more] = played.at('/things')
  expect(next?.query.get('after')).toBe(cursor)
  expect(next?.query.has('admin')).toBe(false)
  // A page that names itself as the next one is the last.
  expect(more).toBeUndefined()
  expect((await page()).reading).toMatchObject({ state: 'done', found: 2 })
})

test('names are shown, addresses are links only where they are web pages, and ids that are none are left out', async () => {
  const { played, begun, page } = await playPages(undefined)
  played.replies.set('GET api.played.example.com/things', () => ({
    body: {
      items: [
        { id: '1', name: '<b>Ålesund</b> \u202e', url: 'javascript:alert(1)' },
        { id: '2', name: '', url: 'https://played.example.com/2' },
        { id: null, name: 'none' },
        { id: 'x'.repeat(501), name: 'too long' },
        'text',
        null,
      ],
    },
  }))
  await page()
  await begun.t.hub.sync.settled()
  expect((await page()).data).toEqual([
    expect.objectContaining({ id: '2', name: '2', url: 'https://played.example.com/2' }),
    expect.objectContaining({ id: '1', name: '<b>Ålesund</b> \u202e', url: null }),
  ])
})

test('a refused credential is told, and an answer that is no list too; what was read before stays', async () => {
  const { played, begun, page } = await playPages(undefined)
  const reply = (status: number, body: unknown) =>
    played.replies.set('GET api.played.example.com/things', () => ({ status, body }))
  reply(200, { items: things(0, 2) })
  await page()
  await begun.t.hub.sync.settled()
  const again = async () => {
    begun.t.clock.advance(11 * 60_000)
    await page()
    await begun.t.hub.sync.settled()
    return page()
  }
  reply(200, { error: 'no' })
  expect((await again()).reading).toMatchObject({
    state: 'waiting',
    problem: { code: 'upstream_invalid_answer' },
  })
  reply(403, {})
  const refused = await again()
  expect(refused.reading.skipped).toEqual([expect.objectContaining({ label: 'things', reason: 'refused' })])
  expect(refused.total).toBe(2)
})

/** The database of a hub, for another replica of it. */
async function databaseOf({ t }: Begun): Promise<string> {
  const { rows } = await t.hub.database.pool.query('select current_database() as name')
  return toConnectionString({ ...inject('database'), database: rows[0].name })
}
