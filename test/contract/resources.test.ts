/**
 * What a project can select, for every provider that declares it: each kind is listed in full over real sockets, page
 * by page, with the permissions that are asked for; limits are waited for; and a provider without any says why.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Provider } from '../../src/catalog/define.ts'
import { providers } from '../../src/catalog/registry.ts'
import type { ResourceKind } from '../../src/catalog/resource-kinds.ts'
import { openProjectStage, type ProjectStage } from '../sync/project.ts'

/** Of every page: small enough that most lists have several. */
const SMALL = 2
/** Beside the hand-made ones, where a stand-in has hundreds: several pages, quickly read. */
const CROWD = 11

let whole: ProjectStage
let small: ProjectStage
let projects: Record<'whole' | 'small', string>
beforeAll(async () => {
  ;[whole, small] = await Promise.all([openProjectStage(), openProjectStage({ resourcePageSize: SMALL })])
  projects = { whole: await whole.project(), small: await small.project() }
})
afterAll(() => Promise.all([whole.close(), small.close()]))

const declared = providers.filter(({ resources }) => resources)
/** Connections that list it: by the first method, and by one of its own where the first does not. */
const listed = declared.flatMap((provider) =>
  (provider.resources ?? []).map((kind) => ({
    name: `${provider.id}: ${kind.many}`,
    provider,
    kind,
    method: kind.methods?.[0] ?? provider.auth[0].kind,
  })),
)

test('every provider has something to select, or says why not', () => {
  const silent = providers.filter(
    ({ resources, no_resources }) => Boolean(resources) === Boolean(no_resources),
  )
  expect(silent.map(({ id }) => id)).toEqual([])
  expect(declared.length).toBeGreaterThan(30)
})

describe.each(declared.map((provider) => ({ id: provider.id, provider })))('$id declares', ({ provider }) => {
  test('kinds that are told apart, with permissions that exist and are asked for', () => {
    const kinds = provider.resources ?? []
    expect(new Set(kinds.map(({ id }) => id)).size).toBe(kinds.length)
    const recommended = provider.scope_sets?.recommended.scopes ?? []
    for (const kind of kinds) {
      expect(kind.id).toMatch(/^[a-z][a-z_]{1,40}$/)
      for (const needs of needsOf(kind)) {
        const known = Object.keys(provider.scopes ?? {})
        expect(
          [needs].flat().some((scope) => known.includes(scope)),
          JSON.stringify(needs),
        ).toBe(true)
        expect(
          [needs].flat().some((scope) => recommended.includes(scope)),
          JSON.stringify(needs),
        ).toBe(true)
      }
    }
  })
})

const connections = new Map<string, Promise<string>>()
function connect(stage: ProjectStage, provider: Provider, method: string): Promise<string> {
  const key = `${stage === small} ${provider.id} ${method}`
  const known = connections.get(key)
  if (known) return known
  stage.t.sandbox.control.settings(provider.id, { crowd: CROWD })
  const made = stage.connect(provider.id, method)
  connections.set(key, made)
  return made
}

describe.each(listed)('$name', ({ provider, kind, method }) => {
  test('is listed whole, and the same in small pages', async () => {
    const [first, second] = await Promise.all([
      connect(whole, provider, method),
      connect(small, provider, method),
    ])
    const all = await whole.all(projects.whole, first, kind.id)
    const { reading } = await whole.page(projects.whole, first, kind.id)
    expect([reading.state, reading.problem, reading.skipped]).toEqual(['done', null, []])
    expect(all.length).toBeGreaterThan(0)
    for (const one of all) {
      expect(one.name).not.toBe('')
      if (one.url) expect(one.url).toMatch(/^https:\/\//)
    }
    const asked = small.t.sandbox.control.requests(provider.id)
    const paged = await small.all(projects.small, second, kind.id)
    // Ids differ where a stand-in makes them up anew.
    expect(sorted(paged)).toEqual(sorted(all))
    expect(new Set(paged.map(({ id }) => id)).size).toBe(all.length)
    const pages = small.t.sandbox.control.requests(provider.id) - asked
    const fixed = kind.lists.flatMap((list) => list.fixed ?? []).length
    const isPaged = kind.lists.some(({ pages: how }) => how?.size)
    // What is left out of a page was on it, too.
    if (isPaged) expect(pages).toBeGreaterThanOrEqual(Math.ceil((all.length - fixed) / SMALL))
  })

  test('a limit is waited for, and the list goes on from there', async () => {
    const connection = await connect(whole, provider, method)
    const { control } = whole.t.sandbox
    const path = `/api/v1/projects/${projects.whole}/connections/${connection}/resources`
    // The bot's own name is asked for first, where there is one.
    const calls = kind.membership ? 2 : 1
    for (let count = 0; count < calls; count += 1)
      control.fault(provider.id, { kind: 'rate_limit', on: 'api', retryAfter: 7 })
    expect((await whole.admin.send('POST', `${path}/read`, { kind: kind.id })).status).toBe(202)
    await whole.t.hub.sync.settled()
    const { reading } = await whole.page(projects.whole, connection, kind.id)
    expect([reading.state, reading.problem?.code]).toEqual(['waiting', 'upstream_rate_limited'])
    whole.t.clock.advance(16 * 60_000)
    await whole.t.hub.sync.sweep()
    await whole.t.hub.sync.settled()
    expect((await whole.page(projects.whole, connection, kind.id)).reading.state).toBe('done')
  })
})

const sorted = (rows: { name: string }[]) => rows.map(({ name }) => name).sort((a, b) => a.localeCompare(b))

function needsOf(kind: ResourceKind) {
  return kind.lists.flatMap(({ needs = [] }) => needs)
}
