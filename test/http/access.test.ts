/**
 * Checks T1, T3, T4, T7, generated from the router: every route, every caller, and whose thing it names. A route
 * without a row in `access-table.ts` fails here.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_SCOPES } from '../../src/http/wire.ts'
import { type ApiClient, apiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { ACCESS, type Named, type Needs, type Row } from './access-table.ts'

/** What a caller is, from which follows what each route has to answer. */
type Caller = {
  /** Null: not known, or no longer. */
  who: 'session' | 'key' | null
  person: string | null
  organization: string
  /** An administrator, or a key with `admin`. */
  admin: boolean
  operator: boolean
  scopes: readonly string[]
  /** What they are in the project of the organization that has people of its own. */
  inProject?: 'admin' | 'member'
  call: (method: string, path: string, body?: unknown) => ReturnType<ApiClient['send']>
}

const MEMBER = API_SCOPES.filter((scope) => scope !== 'admin' && scope !== 'tokens:read')
const OTHER = 'org_other'
let t: TestHub
let callers: Map<string, Caller>
let home: string
let routes: { route: string; method: string; path: string }[]
/** Things by kind and by whose they are. */
let things: Record<Named, Record<string, string>>
let ada: Browser
let mia: Browser
/** What there is below the project that has people of its own. */
let below: Record<'connection' | 'resource' | 'selection' | 'person' | 'provider', string>

beforeAll(async () => {
  t = await startTestHub()
  const { pool } = t.hub.database
  const { body: openapi } = await t.admin.get('/openapi.json')
  routes = Object.entries(openapi.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      route: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
    })),
  )
  ada = await t.browser('ada@example.com')
  mia = await t.browser('mia@example.com')
  const rex = await t.browser('rex@example.com')
  const eve = await t.browser('eve@example.com')
  const olga = await t.browser('olga@example.com')
  const pam = await t.browser('pam@example.com')
  const moe = await t.browser('moe@example.com')
  const nia = await t.browser('nia@example.com')
  const rexKey = await rex.makeKey()
  const idOf = async (browser: Browser) => (await browser.get('/api/v1/me')).body.id as string
  const [adaId, miaId, rexId, olgaId, pamId, moeId, niaId] = (await Promise.all(
    [ada, mia, rex, olga, pam, moe, nia].map(idOf),
  )) as [string, string, string, string, string, string, string]
  home = (await ada.get('/api/v1/me')).body.organization.id
  await pool.query(`update memberships set role = 'member' where person_id = any($1)`, [
    [miaId, pamId, moeId, niaId],
  ])
  // Another organization, which does not run the hub, with an administrator, a key and a connection of its own.
  await pool.query(`insert into organizations (id, name, created_at) values ('${OTHER}', 'Other', now())`)
  await pool.query(
    `insert into memberships (organization_id, person_id, role, created_at) values ('${OTHER}', $1, 'admin', now())`,
    [olgaId],
  )
  await olga.send('POST', '/api/v1/sessions/switch', { organization_id: OTHER })
  await olga.refresh()
  await pool.query(`delete from memberships where person_id = $1 and organization_id <> '${OTHER}'`, [olgaId])
  const otherKey = `tl_${'f'.repeat(40)}`
  await pool.query(
    `insert into api_keys (organization_id, id, hash, prefix, name, scopes, created_at)
     values ('${OTHER}', 'key_other', sha256($1), 'tl_', 'other', '{admin}', now())`,
    [Buffer.from(otherKey)],
  )
  const other = apiClient(t.url, otherKey)

  const connect = async (caller: ApiClient, owner: string) =>
    (
      await caller.send('POST', '/api/v1/connect/attempts', {
        provider: 'stripe',
        owner,
        fields: { apiKey: t.sandbox.values.stripe?.apiKey },
      })
    ).body as { id: string; connection_id: string }
  const [ofAda, ofMia, shared, foreign] = [
    await connect(ada, 'me'),
    await connect(mia, 'me'),
    await connect(t.admin, 'organization'),
    await connect(other, 'organization'),
  ]
  const made = async (caller: ApiClient, path: string, body: object) =>
    (await caller.send('POST', path, body)).body.id as string
  const key = { name: 'k', scopes: ['connections:read'] }
  things = {
    connection: {
      ada: ofAda.connection_id,
      mia: ofMia.connection_id,
      home: shared.connection_id,
      other: foreign.connection_id,
    },
    attempt: { ada: ofAda.id, mia: ofMia.id, home: shared.id, other: foreign.id },
    key: {
      ada: await made(ada, '/api/v1/api-keys', key),
      mia: await made(mia, '/api/v1/api-keys', key),
      home: await made(t.admin, '/api/v1/api-keys', key),
      other: 'key_other',
    },
    person: { mia: miaId, other: olgaId },
    invitation: {
      home: await made(ada, '/api/v1/invitations', { email: 'guest@example.com', role: 'member' }),
      other: await made(other, '/api/v1/invitations', { email: 'stranger@example.com', role: 'member' }),
    },
    project: {
      home: await made(t.admin, '/api/v1/projects', { name: 'Ours' }),
      hidden: await made(t.admin, '/api/v1/projects', { name: 'Of nobody here' }),
      other: await made(other, '/api/v1/projects', { name: 'Theirs' }),
    },
    session: {
      ada: (await ada.get('/api/v1/me/sessions')).body.data[0].id,
      mia: (await mia.get('/api/v1/me/sessions')).body.data[0].id,
    },
    passkey: { ada: 'pky_of_ada', mia: 'pky_of_mia' },
  }
  await pool.query(
    `insert into passkeys select 'pky_of_' || name, id, name, '', 0, '{}', 'Laptop', false, now(), null from people
     where id = any($1)`,
    [[adaId, miaId]],
  )
  for (const [person, role] of [
    [pamId, 'admin'],
    [moeId, 'member'],
  ] as const)
    await t.admin.send('PUT', `/api/v1/projects/${things.project['home']}/members/${person}`, { role })
  const { body: github } = await t.admin.send('POST', '/api/v1/connect/attempts', {
    provider: 'github',
    method: 'api_key',
    owner: 'organization',
    fields: { token: t.sandbox.values.github?.token },
  })
  const connection = github.connection_id as string
  below = { connection, resource: '', selection: '', person: niaId, provider: 'github' }
  const list = `/api/v1/projects/${things.project['home']}/connections/${connection}/resources?kind=repository`
  await t.admin.get(list)
  await t.hub.sync.settled()
  below.resource = (await t.admin.get(list)).body.data[0].id
  await renew()

  const session = (browser: Browser, person: string | null, more: Partial<Caller> = {}): Caller => ({
    who: 'session',
    person,
    organization: home,
    admin: true,
    operator: true,
    scopes: API_SCOPES,
    call: browser.send,
    ...more,
  })
  const keyed = (client: Pick<ApiClient, 'send'>, more: Partial<Caller> = {}): Caller => ({
    ...session(ada, null),
    who: 'key',
    call: client.send,
    ...more,
  })
  const nobody = { who: null, person: null, admin: false, operator: false, scopes: [] } as const
  const adasKey = await ada.makeKey()
  const miasKey = await mia.makeKey()
  const member = { admin: false, operator: false, scopes: MEMBER }
  const pamsKey = await pam.makeKey()
  callers = new Map<string, Caller>([
    ['nobody', session(await t.browser(null), null, nobody)],
    ['an administrator', session(ada, adaId)],
    ['a member', session(mia, miaId, member)],
    ['an administrator of a project', session(pam, pamId, { ...member, inProject: 'admin' })],
    ['a member of a project', session(moe, moeId, { ...member, inProject: 'member' })],
    [
      'the key of an administrator of a project',
      keyed(pamsKey, { ...member, person: pamId, inProject: 'admin' }),
    ],
    [
      'an administrator of an organization that does not run the hub',
      session(olga, olgaId, { organization: OTHER, operator: false }),
    ],
    ['an administrator’s key', keyed(adasKey, { person: adaId })],
    ['a member’s key', keyed(miasKey, { person: miaId, admin: false, operator: false, scopes: MEMBER })],
    ['a key of another organization', keyed(other, { organization: OTHER, operator: false })],
    ['somebody removed', session(rex, null, nobody)],
    ['the key of somebody removed', session(rex, null, { ...nobody, call: rexKey.send })],
    ['a session that is over', session(eve, null, nobody)],
  ])
  for (const scope of API_SCOPES) {
    const { body } = await t.admin.send('POST', '/api/v1/api-keys', { name: scope, scopes: [scope] })
    const all = scope === 'admin'
    callers.set(
      `a key of the organization with ${scope}`,
      keyed(apiClient(t.url, body.key), { admin: all, operator: all, scopes: all ? API_SCOPES : [scope] }),
    )
  }
  await ada.send('DELETE', `/api/v1/people/${rexId}`)
  await pool.query(
    `update sessions set expires_at = now() - interval '1 minute'
     where person_id = (select id from people where email = 'eve@example.com')`,
  )
})
afterAll(() => t.close())

/** Somebody in the project and something selected: there again after a caller who may has ended it. */
async function renew() {
  const path = `/api/v1/projects/${things.project['home']}`
  await t.admin.send('PUT', `${path}/members/${below.person}`, { role: 'member' })
  const { connection, resource } = below
  const { body } = await t.admin.send('POST', `${path}/selections`, {
    connection,
    kind: 'repository',
    resources: [resource],
  })
  below.selection = body.data[0].id
}

const NAMES = [
  'nobody',
  'an administrator',
  'a member',
  'an administrator of a project',
  'a member of a project',
  'the key of an administrator of a project',
  'an administrator of an organization that does not run the hub',
  'an administrator’s key',
  'a member’s key',
  'a key of another organization',
  'somebody removed',
  'the key of somebody removed',
  'a session that is over',
  ...API_SCOPES.map((scope) => `a key of the organization with ${scope}`),
]

const MISSING: Record<Named, string> = {
  connection: 'con_00000000000000000000000000',
  attempt: 'att_00000000000000000000000000',
  key: 'key_00000000000000000000000000',
  person: 'per_00000000000000000000000000',
  invitation: 'inv_00000000000000000000000000',
  project: 'prj_00000000000000000000000000',
  session: 'ses_00000000000000000000000000',
  passkey: 'pky_00000000000000000000000000',
}

const fill = (path: string, id: string, row?: Row) =>
  withBelow(row?.of ? path.replace('{id}', id) : path)
    .replace('{*}', 'balance')
    .replace('{token}', 'x'.repeat(43))
    .replaceAll(/\{[^}]+\}/g, id) + (row?.query ?? '')

/** Only a path below a project has these; others name their own. */
const withBelow = (text: string) =>
  /^\/api\/v1\/projects\/|^\{"/.test(text)
    ? text.replaceAll(
        /\{(connection|resource|selection|person|provider)\}/g,
        (_, what) => below[what as 'person'],
      )
    : text

const hasBody = (method: string) => !['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(method)
const bodyOf = (method: string, row: Row | undefined) =>
  hasBody(method) ? (JSON.parse(withBelow(JSON.stringify(row?.body ?? {}))) as object) : undefined

async function ask(caller: Caller, method: string, path: string, body: unknown) {
  // It never ends by itself: its head says enough.
  if (path === '/api/v1/live') return headOf(caller)
  return caller.call(method, path, body)
}

async function headOf(caller: Caller) {
  const answer = await Promise.race([
    caller.call('GET', '/api/v1/live'),
    new Promise<null>((resolve) => setTimeout(() => resolve(null), 300)),
  ])
  return answer ?? { status: 200, body: {}, headers: new Headers() }
}

const AUTHORITY = new Set(['unauthenticated', 'insufficient_scope', 'csrf_failed'])
type Outcome = 'served' | 401 | 403 | 404

/** What the table says that a caller gets, apart from whether what is named is there. */
function expected({ who, person, admin, operator, scopes }: Caller, needs: Needs): Outcome {
  if (needs === 'nothing') return 'served'
  if (who === null) return 401
  if (needs === 'signed in') return 'served'
  if (needs === 'a session') return who === 'session' ? 'served' : 404
  if (needs === 'a session or admin') return who === 'session' || admin ? 'served' : 403
  if (needs === 'operator') return operator ? 'served' : 403
  const [scope = '', , , whose] = needs.split(' ')
  if (!scopes.includes(scope)) return 403
  if (needs.endsWith('and admin')) return admin ? 'served' : 403
  if (whose === 'server') return person === null ? 'served' : 403
  if (needs.endsWith('of an administrator'))
    return admin || (person === null && who === 'key') ? 'served' : 403
  return 'served'
}

test('every route has a row, and every row a route', () => {
  expect(routes.length).toBeGreaterThan(60)
  expect(routes.filter(({ route }) => !known(route)).map(({ route }) => route)).toEqual([])
  const served = new Set(routes.map(({ route }) => route))
  expect(Object.keys(ACCESS).filter((route) => !served.has(route))).toEqual([])
})

/** Methods of a proxied call are one route. */
function known(route: string): Row | undefined {
  const [, path = ''] = route.split(' ')
  return ACCESS[route] ?? (path.includes('/proxy/') ? ACCESS[`GET ${path}`] : undefined)
}

test('every caller of the list is there', () => {
  expect([...callers.keys()].sort()).toEqual([...NAMES].sort())
})

describe('T3 T4 T7 what each caller may call at all:', () => {
  test.each(NAMES)('%s', async (name) => {
    const caller = callers.get(name) as Caller
    const wrong: unknown[] = []
    for (const { route, method, path } of routes) {
      const row = known(route)
      if (!row) continue
      // These end the session that asks; what they ask for is that it is one.
      if (row.ends && row.needs === 'a session' && caller.who === 'session') continue
      const needs = row.needs
      const answer = await ask(
        caller,
        method,
        fill(path, row.names ? MISSING[row.names] : (row.id ?? 'nothing_1'), row),
        bodyOf(method, row),
      )
      const outcome = expected(caller, needs)
      const refused = answer.status === 401 || answer.status === 403
      // A wrong password, a link that is over: refusals that are no question of who asks.
      const is = refused && (method === 'HEAD' || AUTHORITY.has(answer.body?.code)) ? answer.status : 'served'
      const right =
        outcome === 404
          ? answer.status === 404 || answer.status === 400
          : is === outcome || needs === 'nothing'
      if (!right || answer.status === 500)
        wrong.push([route, needs, outcome, answer.status, answer.body?.code ?? answer.body?.detail])
    }
    expect(wrong.map((one) => JSON.stringify(one))).toEqual([])
  })
})

describe('T1 what is somebody else’s is answered like what does not exist:', () => {
  const known404 = NAMES.filter((name) => !/nobody|removed|over/.test(name))

  test.each(known404)('%s', async (name) => {
    const caller = callers.get(name) as Caller
    const wrong: unknown[] = []
    let compared = 0
    for (const { route, method, path } of routes) {
      const row = known(route)
      if (!row?.names || expected(caller, row.needs) !== 'served') continue
      const body = bodyOf(method, row)
      const missing = await ask(caller, method, fill(path, MISSING[row.names], row), body)
      for (const [whose, id] of Object.entries(things[row.names])) {
        const seen = isTheirs(caller, row.names, whose)
        // What would end it is not asked for one's own; what one may in a project is asked below.
        if (seen && (row.ends || row.of)) continue
        const answer = await ask(caller, method, fill(path, id, row), body)
        compared += 1
        if (seen) {
          if (answer.status === 404 && answer.body?.code === 'not_found')
            wrong.push([route, whose, 'is theirs, and answered as missing', answer.body.detail])
        } else if (withoutId(answer, id) !== withoutId(missing, MISSING[row.names]))
          wrong.push([route, whose, answer.status, answer.body, missing.status, missing.body])
        else if (answer.status !== 404 && answer.status !== 400)
          wrong.push([route, whose, 'is somebody else’s, and answered', answer.status])
      }
    }
    expect(wrong.map((one) => JSON.stringify(one))).toEqual([])
    if (name === 'an administrator') expect(compared).toBeGreaterThan(30)
  })

  test('the member still has what all of them asked for', async () => {
    expect((await mia.get(`/api/v1/connections/${things.connection['mia']}`)).body.status.status).toBe(
      'connected',
    )
  })
})

/** The rule of ownership in the test's own words. */
function isTheirs(caller: Caller, kind: Named, whose: string): boolean {
  const { person, organization, admin, who } = caller
  const own = { ada: callers.get('an administrator')?.person, mia: callers.get('a member')?.person }[whose]
  const here = whose === 'other' ? organization === OTHER : organization === home
  if (!here) return false
  switch (kind) {
    case 'connection':
      return whose === 'home' || whose === 'other' || own === person
    case 'attempt':
      // The key that began it made the organization's, and no other key is that key.
      return own !== undefined && own === person
        ? true
        : whose === 'other'
          ? who === 'key' && organization === OTHER
          : false
    case 'key':
      return admin || (own !== undefined && own === person)
    case 'person':
    case 'invitation':
      return true
    case 'project':
      return standing(caller, whose) !== undefined
    case 'session':
    case 'passkey':
      return own === person
  }
}

/** What a caller is to a project; undefined: there is none for them. */
function standing(
  { admin, person, organization, inProject }: Caller,
  whose: string,
): 'organization' | 'admin' | 'member' | undefined {
  if (organization !== (whose === 'other' ? OTHER : home)) return undefined
  if (admin || person === null) return 'organization'
  return whose === 'home' ? inProject : undefined
}

/** What a route of a project answers to a caller. */
function expectedIn(caller: Caller, row: Row, whose: string): Outcome {
  const outcome = expected(caller, row.needs)
  if (outcome !== 'served') return outcome
  const is = standing(caller, whose)
  if (is === undefined) return 404
  if (is === 'organization' || row.of === 'members') return 'served'
  return row.of === 'administrators' && is === 'admin' ? 'served' : 403
}

describe('T1 T3 in a project, each route by what its caller is there:', () => {
  const ofProjects = () => routes.filter(({ route }) => known(route)?.of)
  const path = (whose: string) => `/api/v1/projects/${things.project[whose]}`

  test('every route of a project is here', () => {
    const all = routes.filter(({ path: one }) => one.startsWith('/api/v1/projects/{id}'))
    expect(all.length).toBeGreaterThan(15)
    expect(ofProjects()).toEqual(all)
  })

  test.each(NAMES)('%s', async (name) => {
    const caller = callers.get(name) as Caller
    const wrong: unknown[] = []
    for (const { route, method, path: template } of ofProjects()) {
      const row = known(route) as Row
      for (const whose of ['home', 'hidden']) {
        const outcome = expectedIn(caller, row, whose)
        // Of the project that has nobody, the question is whether it is there at all.
        if (whose === 'hidden' && outcome === 'served') continue
        let id = things.project[whose] as string
        if (row.of === 'organization' && outcome === 'served')
          id = (await t.admin.send('POST', '/api/v1/projects', { name: 'To be deleted' })).body.id
        const answer = await ask(caller, method, fill(template, id, row), bodyOf(method, row))
        const right =
          outcome === 'served'
            ? answer.status < 300
            : answer.status === outcome && (outcome !== 404 || answer.body?.code === 'not_found')
        if (!right) wrong.push([route, whose, outcome, answer.status, answer.body?.detail])
        if (row.ends && answer.status < 300) await renew()
      }
    }
    expect(wrong.map((one) => JSON.stringify(one))).toEqual([])
  })

  test('a member leaves by themselves, and takes nobody along', async () => {
    const moe = callers.get('a member of a project') as Caller
    const own = `${path('home')}/members/${moe.person}`
    expect((await moe.call('DELETE', own)).status).toBe(204)
    expect((await moe.call('GET', path('home'))).status).toBe(404)
    expect((await t.admin.send('PUT', own, { role: 'member' })).status).toBe(200)
    expect((await moe.call('GET', path('home'))).body).toMatchObject({ role: 'member' })
  })

  test('its administrator reaches nothing of another project, another person or another organization by it', async () => {
    const pam = callers.get('an administrator of a project') as Caller
    const { connection, resource } = below
    const hidden = await t.admin.send('POST', `${path('hidden')}/selections`, {
      connection,
      kind: 'repository',
      resources: [resource],
    })
    const selection = hidden.body.data[0].id as string
    const asked = async (make: (id: string) => Parameters<Caller['call']>, id: string, missing: string) => {
      const [there, not] = [await pam.call(...make(id)), await pam.call(...make(missing))]
      expect([there.status, there.body?.code]).toEqual([404, 'not_found'])
      expect(withoutId(there, id)).toBe(withoutId(not, missing))
    }
    const NO_SELECTION = 'sel_00000000000000000000000000'
    await asked((id) => ['POST', `${path('home')}/selections/${id}/check`], selection, NO_SELECTION)
    await asked(
      (id) => ['POST', `${path('home')}/selections/remove`, { selections: [id] }],
      selection,
      NO_SELECTION,
    )
    for (const whose of ['ada', 'mia', 'other']) {
      const foreign = things.connection[whose] as string
      await asked(
        (id) => ['GET', `${path('home')}/connections/${id}/resources?kind=repository`],
        foreign,
        MISSING.connection,
      )
      await asked(
        (id) => [
          'POST',
          `${path('home')}/selections`,
          { connection: id, kind: 'repository', resources: [resource] },
        ],
        foreign,
        MISSING.connection,
      )
    }
    await asked(
      (id) => ['PUT', `${path('home')}/members/${id}`, { role: 'member' }],
      things.person['other'] as string,
      MISSING.person,
    )
    expect((await t.admin.get(`${path('hidden')}/selections`)).body.data).toHaveLength(1)
  })
})

const withoutId = ({ status, body }: { status: number; body: unknown }, id: string) =>
  JSON.stringify([status, body])
    .replaceAll(id, 'ID')
    .replaceAll(/"request_id":"[^"]*"/g, '')

test('T1 lists leave foreign things out', async () => {
  const other = callers.get('a key of another organization') as Caller
  for (const path of [
    '/api/v1/connections',
    '/api/v1/connections/existing',
    '/api/v1/api-keys',
    '/api/v1/projects',
  ]) {
    const { body } = await other.call('GET', path)
    const text = JSON.stringify(body)
    for (const named of Object.values(things))
      for (const [whose, id] of Object.entries(named)) if (whose !== 'other') expect(text).not.toContain(id)
  }
})
