/** Whose connections of a provider are made and found; what administrators learn of others'; apps without an owner. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let admin: Browser
let member: Browser
let adminsKey: ApiClient
let membersKey: ApiClient
beforeAll(async () => {
  t = await startTestHub({ env: { TRUNKLINE_ALLOW_BROWSER_PROOF: 'true' } })
  admin = await t.browser('admin@example.com')
  member = await t.browser('member@example.com')
  await t.hub.database.pool.query(
    `update memberships set role = 'member' where person_id = (select id from people where email = 'member@example.com')`,
  )
  adminsKey = await admin.makeKey()
  membersKey = await member.makeKey()
})
afterAll(() => t.close())

const fields = () => ({ apiKey: t.sandbox.values.stripe?.apiKey })
const start = (caller: ApiClient, owner: string) =>
  caller.send('POST', '/api/v1/connect/attempts', { provider: 'stripe', owner, fields: fields() })
const connect = async (caller: ApiClient, owner: string): Promise<string> =>
  (await start(caller, owner)).body.connection_id
const set = (policy: string, provider = 'stripe') =>
  admin.send('PUT', `/api/v1/policies/${provider}`, { policy })
const call = (caller: ApiClient, reference = 'stripe') => caller.get(`/api/v1/proxy/${reference}/balance`)
const ownersOf = async (caller: ApiClient) => (await caller.get('/api/v1/providers/stripe')).body.owners

describe('a policy', () => {
  test('is own_first unless set, and set by administrators alone', async () => {
    expect((await member.get('/api/v1/policies')).body.data).toEqual([])
    expect((await member.send('PUT', '/api/v1/policies/stripe', { policy: 'personal' })).body.code).toBe(
      'insufficient_scope',
    )
    expect((await set('personal', 'nothing')).body.code).toBe('provider_unknown')
    expect((await set('nobody')).body.code).toBe('invalid_request')
    expect([await ownersOf(admin), await ownersOf(member), await ownersOf(t.admin)]).toEqual([
      ['me', 'organization'],
      ['me'],
      ['organization'],
    ])
  })

  test('own_first: the own connection answers to the name, else the organization’s', async () => {
    const shared = await connect(admin, 'organization')
    const used = async (caller: ApiClient) => {
      await t.hub.settle()
      const { body } = await caller.get('/api/v1/connections')
      expect((await call(caller)).status).toBe(200)
      await t.admin.get('/api/v1/audit')
      const { body: log } = await t.admin.get('/api/v1/audit?action=proxy.call&limit=1')
      expect(body.data.length).toBeGreaterThan(0)
      return log.data[0].target.id
    }
    expect(await used(membersKey)).toBe(shared)
    const own = await connect(member, 'me')
    expect(await used(membersKey)).toBe(own)
    expect(await used(adminsKey)).toBe(shared)
  })

  test('personal: no shared one is made or found; what is there stays usable by its id, and says so', async () => {
    const { body } = await set('personal')
    expect(body).toEqual({ provider: 'stripe', policy: 'personal', excluded: 1 })
    const begun = await start(admin, 'organization')
    expect([begun.status, begun.body.code]).toEqual([403, 'owner_excluded'])
    expect(await ownersOf(admin)).toEqual(['me'])
    const refused = await call(adminsKey)
    expect([refused.status, refused.body.detail]).toEqual([404, expect.stringContaining('policy')])
    const [shared] = (await admin.get('/api/v1/connections?provider=stripe')).body.data
    expect([shared.excluded, shared.owner.kind]).toEqual([true, 'organization'])
    expect((await call(adminsKey, shared.id)).status).toBe(200)
    const again = await admin.send('POST', `/api/v1/connections/${shared.id}/reconnect`, { fields: fields() })
    expect(again.body.code).toBe('owner_excluded')
    const { body: listed } = await admin.get('/api/v1/policies')
    expect(listed.data).toMatchObject([{ provider: 'stripe', policy: 'personal', excluded: 1 }])
    expect((await member.get('/api/v1/policies')).body.data[0].excluded).toBeNull()
  })

  test('organization: nobody connects their own, and no link offers it to an end user', async () => {
    const linkFor = (providers?: string[]) =>
      t.admin.send('POST', '/api/v1/connect-sessions', {
        end_user: { id: 'erin' },
        proof: 'browser',
        providers,
      })
    const before = new URL((await linkFor()).body.url).pathname.split('/').at(-1)
    await set('organization')
    expect((await start(member, 'me')).body.code).toBe('owner_excluded')
    expect(await ownersOf(member)).toEqual([])
    const own = (await member.get('/api/v1/connections')).body.data.find(
      ({ owner }: { owner: { kind: string } }) => owner.kind === 'person',
    )
    expect(own.excluded).toBe(true)
    await call(membersKey)
    const { body: log } = await t.admin.get('/api/v1/audit?action=proxy.call&limit=1')
    expect(log.data[0].target.id).not.toBe(own.id)
    expect((await call(membersKey, own.id)).status).toBe(200)

    expect((await linkFor(['stripe'])).body.code).toBe('owner_excluded')
    const nobody = await t.browser(null)
    const { body: page } = await nobody.get(`/api/v1/connect-links/${before}`)
    expect(page.providers.map(({ id }: { id: string }) => id)).not.toContain('stripe')
    const begun = await nobody.send('POST', `/api/v1/connect-links/${before}/attempts`, {
      provider: 'stripe',
      fields: fields(),
    })
    expect(begun.status).toBe(404)
    const { rows } = await t.hub.database.pool.query(
      `select 1 from connections where owner_kind = 'end_user'`,
    )
    expect(rows).toEqual([])
    await set('own_first')
    expect((await admin.get('/api/v1/policies')).body.data).toEqual([])
  })

  test('is of one organization, and heard of on every replica', async () => {
    await t.hub.database.pool.query(`insert into organizations values ('org_other', 'Other', now())`)
    await t.hub.database.pool.query(
      `insert into connection_policies values ('org_other', 'stripe', 'organization', now(), 'x')`,
    )
    const { rows } = await t.hub.database.pool.query(`select current_database() as name`)
    expect(rows[0].name).toBeTruthy()
    expect(await ownersOf(member)).toEqual(['me'])
  })
})

describe('existence', () => {
  let theirs: string
  beforeAll(async () => {
    const { body } = await member.get('/api/v1/connections')
    theirs = body.data.find(({ owner }: { owner: { kind: string } }) => owner.kind === 'person').id
    await member.send('PATCH', `/api/v1/connections/${theirs}`, { label: 'My own books' })
  })

  test('tells an administrator of everybody’s connections, and nothing that is in them', async () => {
    const { body } = await admin.get('/api/v1/connections/existing?limit=200')
    const found = body.data.find(({ id }: { id: string }) => id === theirs)
    expect(Object.keys(found).sort()).toEqual(['created_at', 'id', 'owner', 'provider', 'status'])
    expect(found).toMatchObject({
      provider: 'stripe',
      owner: { kind: 'person', name: 'member' },
      status: { status: 'connected' },
    })
    expect(Object.keys(found.status).sort()).toEqual(['since', 'status'])
    expect(JSON.stringify(body)).not.toMatch(/My own books|acct_/)
    // That it exists does not make it theirs.
    for (const path of ['', '/timeline', '/impact', '/token'])
      expect((await admin.get(`/api/v1/connections/${theirs}${path}`)).status).toBe(404)
  })

  test('is filtered by provider and owner, page by page, and for administrators', async () => {
    const { body: me } = await member.get('/api/v1/me')
    const ids = async (query: string) =>
      (await admin.get(`/api/v1/connections/existing?${query}`)).body.data.map(({ id }: { id: string }) => id)
    expect(await ids(`owner=${me.id}`)).toEqual([theirs])
    expect(await ids('provider=github')).toEqual([])
    const first = (await admin.get('/api/v1/connections/existing?limit=1')).body
    expect(await ids(`limit=1&cursor=${first.next_cursor}`)).not.toEqual([first.data[0].id])
    expect((await member.get('/api/v1/connections/existing')).body.code).toBe('insufficient_scope')
  })

  test('an administrator ends one, with a reason that its owner is told; it is in the audit log', async () => {
    const path = `/api/v1/connections/existing/${theirs}/end`
    expect((await admin.send('POST', path, { force: true })).body.code).toBe('invalid_request')
    expect((await member.send('POST', path, { reason: 'x' })).body.code).toBe('insufficient_scope')
    const { status, body } = await admin.send('POST', path, { reason: 'Left the team.', force: true })
    expect([status, Object.keys(body).sort()]).toEqual([200, ['connection_id', 'forced', 'items']])
    expect(Object.keys(body.items[0]).sort()).toEqual(['item', 'outcome'])
    const { body: timeline } = await member.get(`/api/v1/connections/${theirs}/timeline`)
    expect(timeline.data[0].title).toContain('Left the team.')
    expect((await call(membersKey, theirs)).body.code).toBe('connection_disconnected')
    const { body: log } = await admin.get(`/api/v1/audit?connection=${theirs}&action=connection.ended`)
    expect(log.data[0]).toMatchObject({
      actor: { name: 'admin', kind: 'person' },
      sentence: expect.stringContaining('Left the team.'),
      connection: { provider: 'stripe', owner: { name: 'member' }, label: null },
    })
    expect((await admin.send('POST', path, { reason: 'again' })).status).toBe(404)
  })
})

describe('an app that was installed while nobody could tell whose it is', () => {
  const list = async () => (await admin.get('/api/v1/installations')).body
  const place = async () => {
    const [first] = (await list()).data
    return { provider: first.provider, mode: first.mode, installation: first.installation }
  }

  test('waits, is set aside and taken up, and is assigned; then it connects as usual', async () => {
    // There are two organizations since the test before.
    const forge = t.sandbox.control.forge
    const site = forge.sites()[0]?.cloudId as string
    expect(await forge.install(site)).toMatchObject({ body: '{"result":"unassigned"}' })
    const { data, organizations } = await list()
    expect(data).toHaveLength(1)
    expect(organizations.map(({ id }: { id: string }) => id)).toContain('org_other')
    const send = async (path: string, body: object) =>
      (await admin.send('POST', `/api/v1/installations/${path}`, { ...(await place()), ...body })).status
    expect(await send('ignore', { ignored: true })).toBe(204)
    expect(await forge.install(site)).toMatchObject({ body: '{"result":"ignored"}' })
    expect((await list()).data[0].ignored_at).not.toBeNull()
    expect(await send('ignore', { ignored: false })).toBe(204)
    const home = organizations.find(({ id }: { id: string }) => id !== 'org_other').id
    expect(await send('assign', { organization_id: 'org_nothing' })).toBe(404)
    const assigned = await place()
    expect(await send('assign', { organization_id: home })).toBe(204)
    expect(
      (
        await admin.send('POST', '/api/v1/installations/assign', {
          ...assigned,
          organization_id: 'org_other',
        })
      ).body.code,
    ).toBe('conflict')
    expect((await list()).data).toEqual([])
    expect(await forge.install(site)).toMatchObject({ body: '{"result":"connected"}' })
    expect((await t.admin.get('/api/v1/connections?provider=jira')).body.data).toHaveLength(1)
    const { body: log } = await admin.get('/api/v1/audit?action=installation.assigned')
    expect(log.data).toHaveLength(1)
  })

  test('is for whoever runs the hub', async () => {
    expect((await member.get('/api/v1/installations')).body.code).toBe('insufficient_scope')
  })
})
