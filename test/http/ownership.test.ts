/**
 * Whose connection it is decides who may use it: a person's is that person's alone, with a session or a key of their
 * own; the organization's server reaches the organization's and its end users'. The same with a memory and without:
 * the calls that are answered from memory decide by themselves.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, apiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

const MISSING = 'con_000000000000000000000000'

describe.each([
  { memory: 'with the memory of keys and credentials', size: '10000' },
  { memory: 'without memory', size: '0' },
])('$memory', ({ size }) => {
  let t: TestHub
  let ada: Browser
  let ben: Browser
  let adasKey: ApiClient
  let bensKey: ApiClient
  /** Connections by whose they are. */
  const id = { ada: '', ben: '', organization: '', endUser: '', adasOld: '' }
  beforeAll(async () => {
    t = await startTestHub({
      env: { TRUNKLINE_TOKEN_CACHE: size, TRUNKLINE_ALLOW_BROWSER_PROOF: 'true' },
    })
    ada = await t.browser('ada@example.com')
    ben = await t.browser('ben@example.com')
    adasKey = await ada.makeKey()
    bensKey = await ben.makeKey()
    id.adasOld = await connect(ada, 'me')
    await ada.send('DELETE', `/api/v1/connections/${id.adasOld}?force=true`)
    id.ada = await connect(ada, 'me')
    id.ben = await connect(ben, 'me')
    id.organization = await connect(ada, 'organization')
    id.endUser = await connectEndUser()
  })
  afterAll(() => t.close())

  async function connect(browser: Browser, owner: string): Promise<string> {
    const { body } = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'github', owner })
    await browser.follow(t.consent(body.authorization_url))
    return (await browser.get(`/api/v1/connect/attempts/${body.id}`)).body.connection_id
  }

  async function connectEndUser(): Promise<string> {
    const link = await t.admin.send('POST', '/api/v1/connect-sessions', {
      end_user: { id: 'erin' },
      proof: 'browser',
    })
    const token = new URL(link.body.url).pathname.split('/').at(-1) as string
    const browser = await t.browser(null)
    const begun = await browser.send('POST', `/api/v1/connect-links/${token}/attempts`, {
      provider: 'github',
    })
    await browser.follow(t.consent(begun.body.authorization_url))
    return (await browser.get(`/api/v1/connect-links/${token}/attempts/${begun.body.id}`)).body.connection_id
  }

  const callers = (): Record<string, ApiClient> => ({
    'Ada, signed in': ada,
    'Ada’s key': adasKey,
    'Ben, signed in': ben,
    'Ben’s key': bensKey,
    'the organization’s key': t.admin,
  })
  const REACHED: Record<string, (keyof typeof id)[]> = {
    'Ada, signed in': ['ada', 'organization'],
    'Ada’s key': ['ada', 'organization'],
    'Ben, signed in': ['ben', 'organization'],
    'Ben’s key': ['ben', 'organization'],
    'the organization’s key': ['organization', 'endUser'],
  }

  describe.each(Object.keys(REACHED))('T1 %s', (name) => {
    const ways: [string, (connection: string) => string][] = [
      ['sees', (connection) => `/api/v1/connections/${connection}`],
      ['calls through', (connection) => `/api/v1/proxy/${connection}/user`],
      ['reads the token of', (connection) => `/api/v1/connections/${connection}/token`],
    ]
    test.each(ways)('%s what is theirs, and nothing else is there', async (_way, path) => {
      const caller = callers()[name] as ApiClient
      // A session asks with the CSRF header, which the browser sends anyway.
      for (const whose of ['ada', 'ben', 'organization', 'endUser'] as const) {
        // Twice: the second time everything is in memory, of whoever asked first.
        for (const _ of [1, 2]) {
          const answer = await caller.get(path(id[whose]))
          const reached = REACHED[name]?.includes(whose)
          expect([whose, answer.status], JSON.stringify(answer.body)).toEqual([whose, reached ? 200 : 404])
          if (reached) continue
          const missing = await caller.get(path(MISSING))
          expect(JSON.stringify(answer.body).replaceAll(id[whose], MISSING)).toBe(
            JSON.stringify({ ...missing.body, request_id: answer.body.request_id }),
          )
        }
      }
    })

    test('lists exactly what is theirs', async () => {
      const { body } = await (callers()[name] as ApiClient).get('/api/v1/connections')
      expect(body.data.map((row: { id: string }) => row.id).sort()).toEqual(
        (REACHED[name] ?? []).map((whose) => id[whose]).sort(),
      )
    })
  })

  test('T1 that a connection was disconnected is told to its owner alone', async () => {
    const path = `/api/v1/proxy/${id.adasOld}/user`
    expect((await adasKey.get(path)).body.code).toBe('connection_disconnected')
    for (const caller of [bensKey, t.admin]) expect((await caller.get(path)).body.code).toBe('not_found')
  })

  test('T1 askers that come together do not answer for one another', async () => {
    const path = `/api/v1/proxy/${id.ada}/user`
    // The row leaves the memory, and the foreign key asks first.
    await ada.send('PATCH', `/api/v1/connections/${id.ada}`, { label: 'mine' })
    const answers = await Promise.all([bensKey, t.admin, adasKey, bensKey].map((caller) => caller.get(path)))
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 200, 404])
  })

  test('the organization’s server is asked to choose between the organization’s and an end user’s', async () => {
    const { status, body } = await t.admin.get('/api/v1/proxy/github/user')
    expect([status, body.code]).toEqual([409, 'ambiguous_connection'])
    expect(body.choices.map((choice: { id: string }) => choice.id)).toEqual([id.organization, id.endUser])
  })

  test('the provider’s name finds the caller’s own, and nobody else’s', async () => {
    await ben.send('DELETE', `/api/v1/connections/${id.organization}?force=true`)
    for (const [caller, whose] of [
      [adasKey, 'ada'],
      [bensKey, 'ben'],
      [t.admin, 'endUser'],
    ] as const) {
      const { status } = await caller.get('/api/v1/proxy/github/user')
      expect([whose, status]).toEqual([whose, 200])
      const foreign = whose === 'ada' ? 'ben' : 'ada'
      const owner = (await (foreign === 'ada' ? ada : ben).get('/api/v1/me')).body.id
      expect((await caller.get('/api/v1/proxy/github/user', { 'trunkline-owner': owner })).status).toBe(404)
    }
  })
})

describe('keys', () => {
  let t: TestHub
  let admin: Browser
  let member: Browser
  beforeAll(async () => {
    t = await startTestHub({ withSandbox: false })
    admin = await t.browser('admin@example.com')
    member = await t.browser('member@example.com')
    await t.hub.database.pool.query(
      `update memberships set role = 'member' where person_id = (select id from people where email = 'member@example.com')`,
    )
  })
  afterAll(() => t.close())
  const make = (caller: ApiClient, body: object) =>
    caller.send('POST', '/api/v1/api-keys', { name: 'k', scopes: ['connections:read'], ...body })

  test('act as whoever makes them, unless the organization is named', async () => {
    const { body: me } = await admin.get('/api/v1/me')
    expect((await make(admin, {})).body.person).toEqual({ id: me.id, name: me.name })
    expect((await make(admin, { acts_as: 'organization' })).body.person).toBeNull()
    expect((await make(t.admin, {})).body.person).toBeNull()
    expect((await make(t.admin, { acts_as: 'me' })).body.code).toBe('invalid_request')
  })

  test('T3 a member makes keys of their own, within their role, and none of the organization', async () => {
    const mine = await make(member, {})
    expect([mine.status, mine.body.person?.name]).toEqual([201, 'member'])
    expect((await make(member, { acts_as: 'organization' })).body.code).toBe('insufficient_scope')
    for (const scope of ['tokens:read', 'admin'])
      expect((await make(member, { scopes: [scope] })).body.code).toBe('insufficient_scope')
    // A key makes no further key, or it would outlive its own revocation.
    expect((await make(apiClient(t.url, mine.body.key), {})).body.code).toBe('insufficient_scope')
  })

  test('T1 a member sees and revokes their own alone, an administrator all', async () => {
    const { body: theirs } = await make(admin, { name: 'of the administrator' })
    const { body: mine } = await make(member, { name: 'of the member' })
    const listed = async (caller: ApiClient) =>
      (await caller.get('/api/v1/api-keys')).body.data.map(({ id }: { id: string }) => id) as string[]
    expect(await listed(member)).toContain(mine.id)
    expect(await listed(member)).not.toContain(theirs.id)
    expect(await listed(admin)).toEqual(expect.arrayContaining([mine.id, theirs.id]))
    expect((await member.send('DELETE', `/api/v1/api-keys/${theirs.id}`)).status).toBe(404)
    expect((await admin.send('DELETE', `/api/v1/api-keys/${mine.id}`)).status).toBe(204)
    expect((await apiClient(t.url, mine.key).get('/api/v1/me')).status).toBe(401)
  })

  test('a key ends with its person’s membership', async () => {
    const left = await t.browser('left@example.com')
    const key = await left.makeKey()
    await t.hub.database.pool.query(
      `delete from memberships where person_id = (select id from people where email = 'left@example.com')`,
    )
    const other = await startTestHub({ databaseUrl: await databaseUrl(), withSandbox: false })
    try {
      expect((await apiClient(other.url, key.key).get('/api/v1/me')).status).toBe(401)
    } finally {
      await other.close()
    }
  })

  const databaseUrl = async () =>
    (t.hub.database.address as { connectionString?: string }).connectionString ?? ''
})

test('T1 live changes reach the owner, and nobody else', async () => {
  const t = await startTestHub()
  const listening: Promise<void>[] = []
  try {
    const ada = await t.browser('ada@example.com')
    const ben = await t.browser('ben@example.com')
    const adasKey = await ada.makeKey()
    const heard: Record<string, string> = { ada: '', ben: '', adasKey: '', server: '' }
    const listen = async (name: string, headers: Record<string, string>) => {
      const { body } = await fetch(`${t.url}/api/v1/live`, { headers })
      const read = async () => {
        const decoder = new TextDecoder()
        for await (const chunk of body as ReadableStream<Uint8Array>)
          heard[name] += decoder.decode(chunk, { stream: true })
      }
      // They end with the hub.
      listening.push(read())
    }
    const cookieOf = ({ cookies }: Browser) => ({
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    })
    await listen('ada', cookieOf(ada))
    await listen('ben', cookieOf(ben))
    await listen('adasKey', { authorization: `Bearer ${adasKey.key}` })
    await listen('server', { authorization: `Bearer ${t.admin.key}` })
    const connect = async (browser: Browser, owner: string) =>
      (
        await browser.send('POST', '/api/v1/connect/attempts', {
          provider: 'stripe',
          owner,
          fields: { apiKey: t.sandbox.values.stripe?.apiKey },
        })
      ).body as { id: string; connection_id: string }
    const own = await connect(ada, 'me')
    const shared = await connect(ben, 'organization')
    await expect
      .poll(() => Object.values(heard).every((all) => all.includes(shared.connection_id)))
      .toBe(true)
    for (const name of ['ada', 'adasKey'])
      expect([heard[name]?.includes(own.connection_id), heard[name]?.includes(own.id)]).toEqual([true, true])
    for (const name of ['ben', 'server'])
      expect([heard[name]?.includes(own.connection_id), heard[name]?.includes(own.id)]).toEqual([
        false,
        false,
      ])
    expect(heard['ada']).not.toContain(shared.id)
  } finally {
    await t.close()
    await Promise.all(listening)
  }
})

test('T5 live changes end with the key or the session that hears them', async () => {
  const t = await startTestHub({ withSandbox: false })
  try {
    const admin = await t.browser('admin@example.com')
    const { body } = await t.admin.send('POST', '/api/v1/api-keys', {
      name: 'for an hour',
      scopes: ['connections:read'],
      expires_in: 3600,
    })
    const heard = { key: '', session: '' }
    const listen = async (name: keyof typeof heard, headers: Record<string, string>) => {
      const { body: stream } = await fetch(`${t.url}/api/v1/live`, { headers })
      const read = async () => {
        const decoder = new TextDecoder()
        for await (const chunk of stream as ReadableStream<Uint8Array>)
          heard[name] += decoder.decode(chunk, { stream: true })
      }
      return { ended: read() }
    }
    const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const listening = [
      await listen('key', { authorization: `Bearer ${body.key}` }),
      await listen('session', { cookie }),
    ]
    await t.admin.send('PUT', '/api/v1/policies/github', { policy: 'personal' })
    await expect.poll(() => Object.values(heard).every((all) => all.includes('github'))).toBe(true)
    t.clock.advance(15 * 24 * 3_600_000)
    await t.admin.send('PUT', '/api/v1/policies/slack', { policy: 'personal' })
    await Promise.all(listening.map(({ ended }) => ended))
    for (const all of Object.values(heard)) expect(all).not.toContain('slack')
  } finally {
    await t.close()
  }
})
