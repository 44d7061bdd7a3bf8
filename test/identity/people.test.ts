/** Invitations, roles, several organizations, leaving; and what each must not open. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { change, invite, joinAs, linkTokenOf, makeOrganization, PASSWORD, signIn } from './house.ts'

let t: TestHub
let admin: Browser
beforeAll(async () => {
  t = await startTestHub({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
  admin = await t.browser('ada@example.com')
})
afterAll(() => t.close())

const sql = async (text: string, values: unknown[] = []) =>
  (await t.hub.database.pool.query(text, values)).rows
const me = async (browser: Browser) => (await browser.get('/api/v1/me')).body
/** A key of the person's own that may do whatever they may. */
const withKey = async (browser: Browser) => {
  await browser.refresh()
  return browser.makeKey()
}
const accept = (browser: Browser, url: string, change = {}) =>
  browser.send('POST', '/api/v1/invitations/accept', {
    token: linkTokenOf(url),
    name: 'Somebody',
    password: PASSWORD,
    ...change,
  })

describe('invitations', () => {
  test('bring somebody in with a role, once', async () => {
    const { status, body } = await invite(admin, 'Bob@Example.com')
    expect([status, body.email, body.role]).toEqual([201, 'bob@example.com', 'member'])
    expect(body.url).toMatch(/\/invitation#[\w-]{43}$/)
    const looked = await (await t.browser(null)).send('POST', '/api/v1/invitations/look', {
      token: linkTokenOf(body.url),
    })
    expect(looked.body).toMatchObject({
      email: 'bob@example.com',
      role: 'member',
      organization: 'My organization',
    })
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => accept(await t.browser(null), body.url)),
    )
    expect(answers.filter(({ status: one }) => one === 204)).toHaveLength(1)
    expect(answers.filter(({ body: { code } }) => code === 'invitation_invalid')).toHaveLength(4)
    const bob = await t.browser(null)
    expect((await signIn(bob, 'bob@example.com')).status).toBe(204)
    expect(await me(bob)).toMatchObject({ role: 'member', email: 'bob@example.com' })
  })

  test('leave no token behind: not in the table, not in the log, not in the list', async () => {
    const { body } = await invite(admin, 'silent@example.com')
    const token = linkTokenOf(body.url)
    await (await t.browser(null)).send('POST', '/api/v1/invitations/look', { token })
    expect(JSON.stringify(await sql('select * from invitations'))).not.toContain(token)
    expect(JSON.stringify((await admin.get('/api/v1/invitations')).body)).not.toContain(token)
    expect(t.logs.join('\n')).not.toContain(token)
  })

  test('end after seven days, when taken back, and when sent again', async () => {
    const late = (await invite(admin, 'late@example.com')).body
    const back = (await invite(admin, 'back@example.com')).body
    const first = (await invite(admin, 'twice@example.com')).body
    expect((await change(admin, 'DELETE', `/api/v1/invitations/${back.id}`)).status).toBe(204)
    const second = (await change(admin, 'POST', `/api/v1/invitations/${first.id}/resend`, {})).body
    expect((await accept(await t.browser(null), back.url)).body.code).toBe('invitation_invalid')
    expect((await accept(await t.browser(null), first.url)).body.code).toBe('invitation_invalid')
    expect((await accept(await t.browser(null), second.url)).status).toBe(204)
    t.clock.advance(7 * 24 * 3_600_000 + 1000)
    expect((await accept(await t.browser(null), late.url)).body.code).toBe('invitation_invalid')
    admin = await t.browser('ada@example.com')
    const listed = (await admin.get('/api/v1/invitations')).body.data
    expect(listed.find(({ id }: { id: string }) => id === late.id)).toMatchObject({ expired: true })
  })

  test('are for one e-mail address: another person who is signed in gains nothing', async () => {
    const { body } = await invite(admin, 'meant@example.com', 'admin')
    const { browser: mallory } = await joinAs(t, admin, 'mallory@example.com')
    const other = await makeOrganization(t, 'Elsewhere', 'elsewhere@example.com')
    for (const browser of [mallory, other.admin]) {
      const taken = await change(browser, 'POST', '/api/v1/me/organizations', {
        token: linkTokenOf(body.url),
      })
      expect(taken.body.code).toBe('invitation_invalid')
    }
    expect((await accept(await t.browser(null), body.url)).status).toBe(204)
  })

  test('an address that has an account cannot be taken by whoever holds the link', async () => {
    const { admin: boss } = await makeOrganization(t, 'Trap', 'boss@trap.example')
    await joinAs(t, admin, 'victim@example.com')
    const trap = (await invite(boss, 'victim@example.com', 'admin')).body
    const unknown = (await invite(boss, 'unknown@example.com', 'admin')).body
    // To the one who invites both look alike.
    expect(Object.keys(trap)).toEqual(Object.keys(unknown))
    const [look, lookUnknown] = await Promise.all(
      [trap, unknown].map(async ({ url }) =>
        (await t.browser(null)).send('POST', '/api/v1/invitations/look', { token: linkTokenOf(url) }),
      ),
    )
    expect(Object.keys(look?.body)).toEqual(Object.keys(lookUnknown?.body))
    const before = await sql(`select password from people where email = 'victim@example.com'`)
    const taken = await accept(await t.browser(null), trap.url, { password: 'the trap is set for you' })
    expect(taken.body.code).toBe('invitation_invalid')
    expect(await sql(`select password from people where email = 'victim@example.com'`)).toEqual(before)
    // It still opens for its owner.
    const victim = await t.browser(null)
    await signIn(victim, 'victim@example.com')
    const joined = await change(victim, 'POST', '/api/v1/me/organizations', { token: linkTokenOf(trap.url) })
    expect(joined.status).toBe(204)
    expect(await me(victim)).toMatchObject({ role: 'admin', organization: { name: 'Trap' } })
  })

  test('end with the rights of whoever made them', async () => {
    const { browser: leaver, id } = await joinAs(t, admin, 'leaver@example.com', 'admin')
    const hidden = (await invite(leaver, 'hidden@example.com', 'admin')).body
    const demoted = await change(admin, 'PATCH', `/api/v1/people/${id}`, { role: 'member' })
    expect(demoted.body.role).toBe('member')
    expect((await accept(await t.browser(null), hidden.url)).body.code).toBe('invitation_invalid')
  })

  test('T5 end with the rights of whoever made them by a key of theirs, and so do links for others', async () => {
    for (const how of ['DELETE', 'PATCH']) {
      const { browser: leaver, id } = await joinAs(
        t,
        admin,
        `${how.toLowerCase()}-leaver@example.com`,
        'admin',
      )
      const key = await withKey(leaver)
      const hidden = await key.send('POST', '/api/v1/invitations', {
        email: `${how.toLowerCase()}-hidden@example.com`,
        role: 'admin',
      })
      const { id: other } = await me(admin)
      const link = await key.send('POST', `/api/v1/people/${other}/sign-in-link`)
      expect([hidden.status, link.status]).toEqual([201, 201])
      const ended = await change(
        admin,
        how,
        `/api/v1/people/${id}`,
        how === 'PATCH' ? { role: 'member' } : undefined,
      )
      expect(ended.status).toBe(200)
      expect((await accept(await t.browser(null), hidden.body.url)).body.code).toBe('invitation_invalid')
      const used = await (await t.browser(null)).send('POST', '/api/v1/sessions', {
        token: linkTokenOf(link.body.url),
      })
      expect(used.body.code).toBe('sign_in_link_invalid')
    }
  })

  test('by e-mail want a mail server; members cannot invite at all', async () => {
    const mail = await change(admin, 'POST', '/api/v1/invitations', {
      email: 'post@example.com',
      delivery: 'email',
    })
    expect(mail.body.code).toBe('not_configured')
    const { browser: member } = await joinAs(t, admin, 'member@example.com')
    for (const [method, path] of [
      ['GET', '/api/v1/people'],
      ['GET', '/api/v1/invitations'],
      ['GET', '/api/v1/organization'],
      ['GET', '/api/v1/organizations'],
    ] as const)
      expect([path, (await change(member, method, path)).body.code]).toEqual([path, 'insufficient_scope'])
    expect((await invite(member, 'friend@example.com')).body.code).toBe('insufficient_scope')
  })
})

describe('roles', () => {
  test('T3 a change counts at the next request, keys that act as the person included', async () => {
    const { browser, id } = await joinAs(t, admin, 'risen@example.com', 'admin')
    const key = `tl_${'r'.repeat(40)}`
    await sql(
      `insert into api_keys (organization_id, id, hash, prefix, name, scopes, person_id, created_at)
       select organization_id, 'key_risen', sha256($1), 'tl_', 'risen', '{admin}', $2, now() from memberships where person_id = $2`,
      [Buffer.from(key), id],
    )
    const client = apiClient(t.url, key)
    expect((await client.get('/api/v1/people')).status).toBe(200)
    expect((await change(admin, 'PATCH', `/api/v1/people/${id}`, { role: 'member' })).status).toBe(200)
    expect((await client.get('/api/v1/people')).body.code).toBe('insufficient_scope')
    // A session's token is as old as its rights.
    expect((await browser.get('/api/v1/me')).status).toBe(401)
    await signIn(browser, 'risen@example.com')
    expect((await browser.get('/api/v1/people')).body.code).toBe('insufficient_scope')
  })

  test('T3 a flow that was begun for the organization ends in nothing once its beginner administers it no more', async () => {
    for (const how of ['DELETE', 'PATCH']) {
      const { browser, id } = await joinAs(t, admin, `${how.toLowerCase()}-begun@example.com`, 'admin')
      const { body: begun } = await change(browser, 'POST', '/api/v1/connect/attempts', {
        provider: 'github',
        owner: 'organization',
      })
      const callback = t.consent(begun.authorization_url)
      await change(admin, how, `/api/v1/people/${id}`, how === 'PATCH' ? { role: 'member' } : undefined)
      const page = await browser.follow(callback)
      expect([how, page.searchParams.get('status')]).not.toEqual([how, 'succeeded'])
      expect(await sql(`select id from connections where owner_kind = 'organization'`)).toEqual([])
    }
  })

  test('the last administrator stays one, also when two take each other’s role at once', async () => {
    const { admin: first, id } = await makeOrganization(t, 'Two', 'first@two.example')
    const { browser: second, id: secondId } = await joinAs(t, first, 'second@two.example', 'admin')
    const firstId = (await me(first)).id
    const answers = await Promise.all([
      change(first, 'PATCH', `/api/v1/people/${secondId}`, { role: 'member' }),
      change(second, 'DELETE', `/api/v1/people/${firstId}`),
    ])
    const left = await sql(
      `select count(*)::int as n from memberships where organization_id = $1 and role = 'admin'`,
      [id],
    )
    expect([left[0].n, Math.min(...answers.map(({ status }) => status))]).toEqual([1, 200])
    const last = (
      await sql(`select person_id from memberships where organization_id = $1 and role = 'admin'`, [id])
    )[0].person_id
    const lastBrowser = await t.browser(null)
    await signIn(lastBrowser, last === firstId ? 'first@two.example' : 'second@two.example')
    for (const [method, body] of [
      ['PATCH', { role: 'member' }],
      ['DELETE', undefined],
    ] as const)
      expect((await change(lastBrowser, method, `/api/v1/people/${last}`, body)).body.code).toBe(
        'last_administrator',
      )
  })
})

describe('several organizations', () => {
  test('one person in two; switching makes a fresh token, and each sees its own', async () => {
    const { admin: boss, id } = await makeOrganization(t, 'Second home', 'boss@second.example')
    const { browser } = await joinAs(t, admin, 'both@example.com')
    const { body } = await invite(boss, 'both@example.com', 'admin')
    expect(
      (await change(browser, 'POST', '/api/v1/me/organizations', { token: linkTokenOf(body.url) })).status,
    ).toBe(204)
    const { body: mine } = await browser.get('/api/v1/me/organizations')
    expect(
      mine.data.map(({ name, role, current }: Record<string, unknown>) => [name, role, current]),
    ).toEqual([
      ['My organization', 'member', false],
      ['Second home', 'admin', true],
    ])
    const people = (await browser.get('/api/v1/people')).body.data
    expect(people.map(({ email }: { email: string }) => email).sort()).toEqual([
      'boss@second.example',
      'both@example.com',
    ])
    const before = new Map(browser.cookies)
    const home = mine.data[0].id
    expect((await change(browser, 'POST', '/api/v1/sessions/switch', { organization_id: home })).status).toBe(
      204,
    )
    expect(await me(browser)).toMatchObject({ role: 'member', organization: { id: home } })
    const old = await t.browser(null)
    for (const [name, value] of before) old.cookies.set(name, value)
    expect((await old.get('/api/v1/me')).status).toBe(401)
    // Where one is no member there is nothing to switch to.
    const { body: foreign } = await change(boss, 'POST', '/api/v1/sessions/switch', { organization_id: home })
    expect(foreign.code).toBe('not_found')
    expect(id).not.toBe(home)
  })

  test('T1 members and invitations of another organization are none', async () => {
    const { admin: boss } = await makeOrganization(t, 'Curious', 'boss@curious.example')
    const { id } = await joinAs(t, admin, 'private@example.com')
    const open = (await invite(admin, 'open@example.com')).body
    for (const [method, path, body] of [
      ['PATCH', `/api/v1/people/${id}`, { role: 'admin' }],
      ['DELETE', `/api/v1/people/${id}`, undefined],
      ['POST', `/api/v1/people/${id}/sign-in-link`, undefined],
      ['POST', `/api/v1/invitations/${open.id}/resend`, {}],
      ['DELETE', `/api/v1/invitations/${open.id}`, undefined],
    ] as const)
      expect([path, (await change(boss, method, path, body)).body.code]).toEqual([path, 'not_found'])
    for (const path of ['/api/v1/people?limit=200', '/api/v1/invitations'])
      expect(JSON.stringify((await boss.get(path)).body)).not.toContain('@example.com')
  })

  test('whoever runs the hub makes them and lists them; nobody else', async () => {
    const { admin: boss } = await makeOrganization(t, 'Listed', 'boss@listed.example')
    const { body } = await admin.get('/api/v1/organizations')
    expect(body.data.find(({ name }: { name: string }) => name === 'Listed')).toMatchObject({
      people: 1,
      runs_hub: false,
    })
    expect((await boss.get('/api/v1/organizations')).body.code).toBe('insufficient_scope')
    expect((await change(boss, 'POST', '/api/v1/organizations', { name: 'Mine' })).body.code).toBe(
      'insufficient_scope',
    )
    const renamed = await change(boss, 'PATCH', '/api/v1/organization', { name: 'Renamed' })
    expect(renamed.body).toMatchObject({ name: 'Renamed' })
    // Made by a person without naming somebody: the person is its administrator.
    const own = await change(admin, 'POST', '/api/v1/organizations', { name: 'Own' })
    expect([own.body.organization.people, own.body.invitation]).toEqual([1, null])
  })

  test('a link of the hub’s machine leads somebody home, and makes nobody an administrator by the way', async () => {
    const { id } = await makeOrganization(t, 'Customer', 'boss@customer.example')
    const browser = await t.browser('boss@customer.example')
    expect((await me(browser)).organization.id).toBe(id)
    const rows = await sql(
      `select organization_id from memberships m join people p on p.id = m.person_id where email = 'boss@customer.example'`,
    )
    expect(rows).toEqual([{ organization_id: id }])
  })
})

describe('sign-in links for somebody locked out', () => {
  test('are for administrators of the organization that runs the hub, and only when recent', async () => {
    const { admin: boss } = await makeOrganization(t, 'Locked', 'boss@locked.example')
    const { id: theirs } = await joinAs(t, boss, 'out@locked.example')
    expect((await change(boss, 'POST', `/api/v1/people/${theirs}/sign-in-link`)).body.code).toBe(
      'insufficient_scope',
    )
    const { id } = await joinAs(t, admin, 'out@example.com')
    const { status, body } = await change(admin, 'POST', `/api/v1/people/${id}/sign-in-link`)
    expect(status).toBe(201)
    const browser = await t.browser(null)
    const used = await browser.send('POST', '/api/v1/sessions', { token: linkTokenOf(body.url) })
    expect([used.status, (await me(browser)).email]).toEqual([204, 'out@example.com'])
    t.clock.advance(11 * 60_000)
    expect((await change(admin, 'POST', `/api/v1/people/${id}/sign-in-link`)).body.code).toBe(
      'reauthentication_required',
    )
    admin = await t.browser('ada@example.com')
  })
})

describe('leaving', () => {
  test('ends sessions, personal keys and connections, and reports without a word of what was in them', async () => {
    const { browser, id } = await joinAs(t, admin, 'gone@example.com')
    const made = await change(browser, 'POST', '/api/v1/connect/attempts', {
      provider: 'stripe',
      fields: { apiKey: t.sandbox.values.stripe?.apiKey },
    })
    const connection = made.body.connection_id
    const key = `tl_${'g'.repeat(40)}`
    await sql(
      `insert into api_keys (organization_id, id, hash, prefix, name, scopes, person_id, created_at)
       select organization_id, 'key_gone', sha256($1), 'tl_', 'gone', '{connections:read}', $2, now() from memberships where person_id = $2`,
      [Buffer.from(key), id],
    )
    const client = apiClient(t.url, key)
    expect((await client.get('/api/v1/connections')).status).toBe(200)
    const listed = (await admin.get('/api/v1/people?search=gone@')).body.data
    expect(listed).toEqual([
      expect.objectContaining({
        id,
        connections: 1,
        sign_in: { password: true, passkeys: 0, single_sign_on: false },
      }),
    ])
    // An open stream of events ends with the session it came by.
    const stream = await fetch(`${t.url}/api/v1/live`, {
      headers: { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader()
    const { status, body } = await change(admin, 'DELETE', `/api/v1/people/${id}`)
    expect(status).toBe(200)
    expect(
      body.items.map(({ item, provider, outcome }: Record<string, unknown>) => [item, provider, outcome]),
    ).toEqual([
      ['Sessions', null, 'done'],
      ['Personal API keys', null, 'done'],
      ['Connection', 'stripe', expect.stringMatching(/done|by_hand/)],
    ])
    expect(JSON.stringify(body)).not.toMatch(/acct_|con_/)
    for (;;) if ((await reader.read()).done) break
    expect((await browser.get('/api/v1/me')).status).toBe(401)
    expect((await client.get('/api/v1/connections')).status).toBe(401)
    expect((await signIn(await t.browser(null), 'gone@example.com')).body.code).toBe('sign_in_refused')
    const rows = await sql(
      `select c.disconnected_at is not null as ended, d.connection_id is null as destroyed from connections c
       left join data_keys d on d.connection_id = c.id where c.id = $1`,
      [connection],
    )
    expect(rows).toEqual([{ ended: true, destroyed: true }])
    expect(await sql('select * from departed_members')).toEqual([])
  })

  test('a flow that was under way ends in nothing', async () => {
    const { browser, id } = await joinAs(t, admin, 'underway@example.com')
    const { body: begun } = await change(browser, 'POST', '/api/v1/connect/attempts', { provider: 'github' })
    const callback = t.consent(begun.authorization_url)
    await change(admin, 'DELETE', `/api/v1/people/${id}`)
    // Ended at once, so that not even the code is spent.
    expect(await sql('select status, state_hash from oauth_states where id = $1', [begun.id])).toEqual([
      { status: 'cancelled', state_hash: null },
    ])
    const page = await browser.follow(callback)
    expect(page.searchParams.get('status')).not.toBe('succeeded')
    expect(await sql('select id from connections where owner_id = $1', [id])).toEqual([])
  })

  test('S6 nothing secret of a flow that was under way stays', async () => {
    const { browser, id } = await joinAs(t, admin, 'sealed@example.com')
    const { body: begun } = await change(browser, 'POST', '/api/v1/connect/attempts', { provider: 'github' })
    const sealed = async () =>
      (await sql('select sealed from oauth_states where id = $1', [begun.id]))[0].sealed
    const before = (await sealed()) as Buffer
    await change(admin, 'DELETE', `/api/v1/people/${id}`)
    expect(before.equals(await sealed())).toBe(false)
  })

  test('a flow whose code is being exchanged stores nothing for somebody who left meanwhile', async () => {
    const { browser, id } = await joinAs(t, admin, 'midway@example.com')
    const { body: begun } = await change(browser, 'POST', '/api/v1/connect/attempts', { provider: 'github' })
    const callback = t.consent(begun.authorization_url)
    // Between the state's consumption and the connection's row: the membership goes, nobody cancels the attempt.
    await sql(
      `create function leave_now() returns trigger language plpgsql as $$
         begin delete from memberships where person_id = '${id}'; return new; end $$`,
    )
    await sql(
      `create trigger leave_now after update on oauth_states for each row
         when (old.state_hash is not null and new.state_hash is null and new.person_id = '${id}') execute function leave_now()`,
    )
    const page = await browser.follow(callback)
    await sql('drop trigger leave_now on oauth_states')
    await sql('drop function leave_now')
    expect(page.searchParams.get('status')).not.toBe('succeeded')
    expect(await sql('select id from connections where owner_id = $1', [id])).toEqual([])
  })

  test('what a stop interrupted is taken up again; somebody who came back keeps what they have', async () => {
    const { browser, id } = await joinAs(t, admin, 'interrupted@example.com')
    const fields = { apiKey: t.sandbox.values.stripe?.apiKey }
    const { body: made } = await change(browser, 'POST', '/api/v1/connect/attempts', {
      provider: 'stripe',
      fields,
    })
    const [{ organization_id: organization }] = await sql(
      'select organization_id from memberships where person_id = $1',
      [id],
    )
    const note = () =>
      sql(`insert into departed_members values ($1, $2, 'somebody', $3)`, [
        organization,
        id,
        new Date(t.clock.now() - 120_000),
      ])
    const isLive = async () =>
      (
        await sql('select disconnected_at is null as live from connections where id = $1', [
          made.connection_id,
        ])
      )[0].live
    await note()
    await t.hub.sweep()
    expect(await isLive()).toBe(true)
    await sql('delete from memberships where person_id = $1', [id])
    await note()
    await t.hub.sweep()
    expect([await isLive(), await sql('select * from departed_members')]).toEqual([false, []])
  })

  test('T10 is written down', async () => {
    const { id } = await joinAs(t, admin, 'noted@example.com')
    await change(admin, 'PATCH', `/api/v1/people/${id}`, { role: 'admin' })
    await change(admin, 'DELETE', `/api/v1/people/${id}`)
    const rows = await sql('select action, ip from audit_log where target = $1 order by seq', [id])
    expect(rows.map(({ action }) => action)).toEqual([
      'session.created',
      'member.role_changed',
      'member.removed',
    ])
    expect(rows.every(({ ip }) => ip !== null)).toBe(true)
  })
})
