/**
 * A person leaves at the provider: signed requests for deletion, notices of removal, and the page that tells how far it
 * is. Played with two providers of one family whose apps have different secrets.
 */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Provider } from '../../src/catalog/define.ts'
import { providers } from '../../src/catalog/registry.ts'
import { verifyAuditChain } from '../../src/identity/audit.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

const FIRST = 'github'
const SECOND = 'google'
const leaving = (id: string): Provider => ({
  ...(providers.find((one) => one.id === id) as Provider),
  family: 'leaving',
  departures: 'signed_request',
})

let t: TestHub
let nobody: Browser
beforeAll(async () => {
  t = await startTestHub({
    catalog: [leaving(FIRST), leaving(SECOND), ...providers.filter(({ id }) => id === 'slack')],
    // Many people sign in within a minute here, each from an address of their own.
    env: { TRUNKLINE_OPERATOR_CONTACT: 'privacy@acme.example', TRUNKLINE_TRUSTED_HOPS: '1' },
  })
  nobody = await t.browser(null)
})
afterAll(() => t.close())
beforeEach(() => t.sandbox.control.reset())

const secretOf = (id: string) => t.sandbox.client(id).client_secret
const seconds = () => Math.floor(t.clock.now() / 1000)

let made = 0
function sign(userId: string, options: { secret?: string; body?: object } = {}): string {
  const body = {
    algorithm: 'HMAC-SHA256',
    issued_at: seconds(),
    user_id: userId,
    made: made++,
    ...options.body,
  }
  const payload = Buffer.from(JSON.stringify(body)).toString('base64url')
  const secret = options.secret ?? secretOf(FIRST)
  return `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`
}

const post = (path: string, form: Record<string, string>, type = 'application/x-www-form-urlencoded') =>
  nobody.send('POST', `/api/meta/${path}`, new URLSearchParams(form).toString(), { 'content-type': type })
const requestDeletion = (signed_request: string) => post('data-deletion', { signed_request })
const statusOf = async (url: string) => (await nobody.get(url.replace(t.url, ''))).body

async function connect(person: Browser, provider: string, account?: string): Promise<string> {
  const started = await person.send('POST', '/api/v1/connect/attempts', { provider })
  await person.follow(t.consent(started.body.authorization_url, account ? { account } : {}))
  const { body } = await person.get(`/api/v1/connect/attempts/${started.body.id}`)
  expect(body.status, JSON.stringify(body)).toBe('succeeded')
  return body.connection_id
}

const rows = async (sql: string, values: unknown[] = []) =>
  (await t.hub.database.pool.query(sql, values)).rows
const stored = async (id: string) => (await rows('select * from connections where id = $1', [id]))[0]
const accountOf = (provider: string, index = 0) => t.sandbox.control.accounts(provider)[index]?.id ?? ''
const erased = (id: string) =>
  expect.poll(async () => (await stored(id)).account_label).toBe('Erased account')

describe('a request for deletion', () => {
  test('ends and erases every connection of the person, in all organizations, and nobody else’s', async () => {
    const ada = await t.browser('ada@example.com')
    const bruno = await t.browser('bruno@example.com')
    const own = await connect(ada, FIRST, accountOf(FIRST))
    const again = await connect(bruno, FIRST, accountOf(FIRST))
    const other = await connect(bruno, FIRST, accountOf(FIRST, 1))
    // As if another organization of this installation held the same person's grant.
    await rows(`insert into organizations values ('org_b', 'B', now()) on conflict do nothing`)
    await rows(
      `insert into connections select 'org_b', 'con_b', provider, family, method, mode, client_id, owner_kind, 'x', account_id, grant_id,
        account_label, account_email, label, is_default, parameters, requested_scopes, granted_scopes, status, status_cause, status_detail,
        status_since, last_verified_at, created_at, now() from connections where id = $1`,
      [own],
    )
    const { rows: before } = await t.hub.database.pool.query('select * from connections where id = $1', [own])
    const { account_label, account_id } = before[0]
    const token = (await t.admin.get(`/api/v1/connections/${own}/token`)).body.access_token

    const { status, body } = await requestDeletion(sign(account_id))
    expect(status).toBe(200)
    expect(body).toEqual({
      url: `${t.url}/api/meta/deletion-status?code=${body.confirmation_code}`,
      confirmation_code: expect.stringMatching(/^[a-z0-9]{40}$/),
    })
    for (const id of [own, again, 'con_b']) await erased(id)
    await expect.poll(async () => (await statusOf(body.url)).status).toBe('done')

    for (const id of [own, again, 'con_b']) {
      expect(await stored(id)).toMatchObject({
        account_id: `erased ${id}`,
        grant_id: `erased ${id}`,
        account_email: null,
        label: null,
        parameters: {},
        disconnected_at: expect.any(Date),
      })
      expect(await rows('select 1 from credentials where connection_id = $1', [id])).toEqual([])
      expect(await rows('select 1 from data_keys where connection_id = $1', [id])).toEqual([])
      expect(await rows('select 1 from oauth_states where connection_id = $1', [id])).toEqual([])
      expect(
        (await rows('select kind from connection_events where connection_id = $1', [id])).map(
          ({ kind }) => kind,
        ),
      ).toEqual(['erased'])
      expect(
        await rows('select actor, detail from audit_log where target = $1 and action = $2', [
          id,
          'connection.erased',
        ]),
      ).toEqual([{ actor: 'Data deletion request', detail: { provider: FIRST } }])
    }
    const everything = JSON.stringify([
      await rows('select * from connections where id = any($1)', [[own, again, 'con_b']]),
      await rows('select * from connection_events where connection_id = any($1)', [[own, again, 'con_b']]),
      await rows('select * from data_deletions'),
      await rows('select * from oauth_states where connection_id = any($1)', [[own, again]]),
      await rows('select * from audit_log'),
    ])
    expect(everything).not.toContain(account_label)
    expect(everything).not.toContain(account_id)
    expect(everything).not.toContain(token)
    expect(await verifyAuditChain(t.hub.database.db, before[0].organization_id)).toBeUndefined()

    expect((await bruno.get(`/api/v1/connections/${other}`)).body.status.status).toBe('connected')
    expect((await bruno.get(`/api/v1/proxy/${other}/user`)).status).toBe(200)
    expect((await ada.get(`/api/v1/proxy/${own}/user`)).status).toBe(410)
    // The grant is gone at the provider as well, because no live connection shares it any more.
    expect(
      (await fetch(`${t.url}/sandbox/api.github.com/user`, { headers: { authorization: `Bearer ${token}` } }))
        .status,
    ).toBe(401)
  })

  test('an id that is the same by chance at another service, or outside of the sandbox, is nobody’s', async () => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    const copy = (name: string, provider: string, family: string, mode: string) =>
      rows(
        `insert into connections select organization_id, $2, $3, $4, method, $5, client_id, owner_kind, 'x', account_id, grant_id,
          account_label, account_email, label, false, parameters, requested_scopes, granted_scopes, status, status_cause, status_detail,
          status_since, last_verified_at, created_at, now() from connections where id = $1`,
        [id, name, provider, family, mode],
      )
    await copy('con_service', 'slack', 'slack', 'sandbox')
    await copy('con_live', FIRST, 'leaving', 'live')
    await requestDeletion(sign(accountOf(FIRST)))
    await erased(id)
    for (const other of ['con_service', 'con_live'])
      expect((await stored(other)).account_id).toBe(accountOf(FIRST))
  })

  test('reaches what was disconnected before', async () => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    await ada.send('DELETE', `/api/v1/connections/${id}`)
    expect((await stored(id)).account_label).not.toBe('Erased account')
    await requestDeletion(sign(accountOf(FIRST)))
    await erased(id)
  })

  test('W3 the same request again: the same code, and what was connected meanwhile stays', async () => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    const request = sign(accountOf(FIRST))
    const first = await requestDeletion(request)
    await erased(id)
    const later = await connect(ada, FIRST, accountOf(FIRST))
    t.clock.advance(60_000)
    const again = await requestDeletion(request)
    expect([again.status, again.body]).toEqual([200, first.body])
    // With the bits of the signature's last character that carry nothing changed, it is still the same request.
    const [signature = '', payload = ''] = request.split('.')
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = letters.indexOf(signature.at(-1) ?? '')
    const spelled = `${signature.slice(0, -1)}${letters[last ^ 1]}.${payload}`
    expect((await requestDeletion(spelled)).body).toEqual(first.body)
    await t.hub.sweep()
    expect((await ada.get(`/api/v1/connections/${later}`)).body.status.status).toBe('connected')
    // A request of another time is another request.
    const next = await requestDeletion(sign(accountOf(FIRST), { body: { issued_at: seconds() - 7 } }))
    expect(next.body.confirmation_code).not.toBe(first.body.confirmation_code)
    await erased(later)
  })

  test('W3 twenty at once are one', async () => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    const request = sign(accountOf(FIRST))
    const before = (await rows('select count(*)::int as n from data_deletions'))[0].n
    const answers = await Promise.all(Array.from({ length: 20 }, () => requestDeletion(request)))
    expect(new Set(answers.map(({ body }) => body.confirmation_code)).size).toBe(1)
    expect((await rows('select count(*)::int as n from data_deletions'))[0].n).toBe(before + 1)
    const audited = () =>
      rows('select 1 from audit_log where target = $1 and action = $2', [id, 'connection.erased'])
    const { body } = answers[0] as (typeof answers)[number]
    await expect.poll(async () => (await statusOf(body.url)).status).toBe('done')
    expect(await audited()).toHaveLength(1)
  })

  test('a person who is not known here gets an answer like anybody else', async () => {
    const { status, body } = await requestDeletion(sign('999999999999999'))
    expect(status).toBe(200)
    expect(await statusOf(body.url)).toEqual({
      status: 'done',
      received_at: expect.any(String),
      finished_at: expect.any(String),
    })
  })

  test('several apps: the secret of each is known, and each reaches the whole family', async () => {
    expect(secretOf(FIRST)).not.toBe(secretOf(SECOND))
    const ada = await t.browser('ada@example.com')
    const ids = [await connect(ada, FIRST, accountOf(FIRST)), await connect(ada, SECOND, accountOf(SECOND))]
    await requestDeletion(sign(accountOf(SECOND), { secret: secretOf(SECOND) }))
    await erased(ids[1] as string)
    expect((await stored(ids[0] as string)).disconnected_at).toBeNull()
    await requestDeletion(sign(accountOf(FIRST), { secret: secretOf(SECOND) }))
    await erased(ids[0] as string)
  })

  test('W9 the secret of an app outside of the family signs nothing here', async () => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    const { status, body } = await requestDeletion(sign(accountOf(FIRST), { secret: secretOf('slack') }))
    expect([status, body.code]).toEqual([403, 'signature_refused'])
    expect((await stored(id)).disconnected_at).toBeNull()
  })

  test.each([
    ['forged', () => sign(accountOf(FIRST), { secret: 'x' })],
    ['cut short', () => sign(accountOf(FIRST)).slice(0, -4)],
    ['of another algorithm', () => sign(accountOf(FIRST), { body: { algorithm: 'HMAC-SHA1' } })],
    ['of yesterday', () => sign(accountOf(FIRST), { body: { issued_at: seconds() - 86_400 } })],
    ['ended', () => sign(accountOf(FIRST), { body: { expires: seconds() - 1 } })],
  ])('W1 W2 W4 refused where it is %s', async (_, make) => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    for (const path of ['data-deletion', 'deauthorize']) {
      const { status, body } = await post(path, { signed_request: make() })
      expect([status, body.code]).toEqual([403, 'signature_refused'])
    }
    expect((await stored(id)).status).toBe('connected')
    expect((await stored(id)).disconnected_at).toBeNull()
  })

  test('W8 other forms and sizes are refused', async () => {
    expect((await post('data-deletion', {})).status).toBe(400)
    expect((await post('data-deletion', { signed_request: sign('1'), surprise: '1' })).status).toBe(400)
    expect((await post('data-deletion', { signed_request: 'x'.repeat(20_000) })).status).toBe(413)
    const multipart = await post(
      'data-deletion',
      { signed_request: sign('1') },
      'multipart/form-data; boundary=x',
    )
    expect(multipart.status).toBe(415)
    // Meta's own servers send no Origin; another site's page that posts one gains nothing without the secret.
    const foreign = await nobody.send('POST', '/api/meta/data-deletion', 'signed_request=x', {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
    })
    expect(foreign.status).toBe(403)
  })

  test('one that was interrupted is taken up again', async () => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    const { organization_id } = await stored(id)
    // What a stop right after the answer leaves behind.
    await rows(
      `insert into data_deletions values (sha256('interrupted'), 'deletion', 'pending', $1, $2, null)`,
      [JSON.stringify([{ organization: organization_id, id }]), new Date(t.clock.now() - 120_000)],
    )
    const url = '/api/meta/deletion-status?code=interrupted'
    expect((await statusOf(url)).status).toBe('pending')
    await t.hub.sweep()
    expect((await stored(id)).account_label).toBe('Erased account')
    expect((await statusOf(url)).status).toBe('done')
  })

  test('a provider that is down does not keep the data here', async () => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    t.sandbox.control.fault(FIRST, { kind: 'error_503', times: 20 })
    const { body } = await requestDeletion(sign(accountOf(FIRST)))
    await erased(id)
    await expect.poll(async () => (await statusOf(body.url)).status).toBe('done')
  })
})

describe('the status page', () => {
  test('is read by people and by programs, tells of nobody, and is not guessed', async () => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    const { account_label, account_id } = await stored(id)
    const { body } = await requestDeletion(sign(account_id))
    await erased(id)
    const path = body.url.replace(t.url, '')
    await expect.poll(async () => (await statusOf(path)).status).toBe('done')
    const page = await nobody.get(path, { accept: 'text/html,application/xhtml+xml' })
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe-inline')
    expect(page.headers.get('x-robots-tag')).toBe('noindex')
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.body).toContain('Deletion is done')
    expect(page.body).toContain('mailto:privacy@acme.example')
    for (const told of [account_label, account_id, id, 'ada']) expect(page.body).not.toContain(told)
    expect(Object.keys(await statusOf(path)).sort()).toEqual(['finished_at', 'received_at', 'status'])

    for (const code of [
      '',
      'x',
      body.confirmation_code.slice(0, -1),
      `${body.confirmation_code}0`,
      '%00',
      '<script>',
    ]) {
      const unknown = await nobody.get(`/api/meta/deletion-status?code=${encodeURIComponent(code)}`)
      expect([unknown.status, unknown.body.code]).toEqual([404, 'not_found'])
      const html = await nobody.get(`/api/meta/deletion-status?code=${encodeURIComponent(code)}`, {
        accept: 'text/html',
      })
      expect(html.status).toBe(404)
      expect(html.body).not.toContain('<script>')
    }
    // The database holds the hash of a code, so that reading it gives no address away.
    expect(JSON.stringify(await rows('select * from data_deletions'))).not.toContain(body.confirmation_code)
  })

  test('a notice of removal has no page', async () => {
    const request = sign('4711')
    await post('deauthorize', { signed_request: request })
    const [, payload = ''] = request.split('.')
    const code = createHmac('sha256', secretOf(FIRST))
      .update(`deauthorization code|${payload}`)
      .digest('hex')
      .slice(0, 40)
    expect(
      await rows(`select kind from data_deletions where code_hash = sha256($1)`, [Buffer.from(code)]),
    ).toEqual([{ kind: 'deauthorization' }])
    expect((await nobody.get(`/api/meta/deletion-status?code=${code}`)).status).toBe(404)
  })
})

describe('a notice that the person removed the app', () => {
  test('connections become Connection Invalid with the cause; reconnecting mends them; a replay does nothing', async () => {
    const ada = await t.browser('ada@example.com')
    const id = await connect(ada, FIRST, accountOf(FIRST))
    const other = await connect(ada, FIRST, accountOf(FIRST, 1))
    const request = sign(accountOf(FIRST))
    expect((await post('deauthorize', { signed_request: request })).body).toEqual({ status: 'ok' })
    expect((await ada.get(`/api/v1/connections/${id}`)).body.status).toMatchObject({
      status: 'connection_invalid',
      cause: 'app_removed',
      who: 'owner',
      action: 'reconnect',
      detail: expect.stringContaining('removed this app at GitHub'),
    })
    expect((await ada.get(`/api/v1/connections/${other}`)).body.status.status).toBe('connected')
    expect((await ada.get(`/api/v1/proxy/${id}/user`)).body.code).toBe('connection_invalid')

    const started = await ada.send('POST', `/api/v1/connections/${id}/reconnect`, {})
    await ada.follow(t.consent(started.body.authorization_url, { account: accountOf(FIRST) }))
    expect((await ada.get(`/api/v1/connections/${id}`)).body.status.status).toBe('connected')
    expect((await post('deauthorize', { signed_request: request })).status).toBe(200)
    expect((await ada.get(`/api/v1/connections/${id}`)).body.status.status).toBe('connected')
    expect(
      (await ada.get(`/api/v1/connections/${id}/timeline?limit=50`)).body.data.filter(
        ({ kind }: { kind: string }) => kind === 'status_changed',
      ),
    ).toHaveLength(2)
  })
})

describe('with the providers that call', () => {
  test('one person’s WhatsApp, Instagram and Meta Ads go by the id under which each app knows them', async () => {
    const hub = await startTestHub()
    const ada = await hub.browser()
    const made: Record<string, string> = {}
    for (const provider of ['whatsapp', 'meta-ads', 'instagram']) {
      const { body } = await ada.send('POST', '/api/v1/connect/attempts', { provider })
      await ada.follow(hub.consent(body.authorization_url))
      let attempt = (await ada.get(`/api/v1/connect/attempts/${body.id}`)).body
      if (attempt.status === 'decision_required')
        attempt = (await ada.send('POST', `/api/v1/connect/attempts/${body.id}/decide`, { value: '0' })).body
      made[provider] = attempt.connection_id
    }
    const label = async (provider: string) =>
      (await ada.get(`/api/v1/connections/${made[provider]}`)).body.account.label
    const ask = (userId: string, app: string) =>
      hub.admin.send(
        'POST',
        '/api/meta/data-deletion',
        new URLSearchParams({
          signed_request: sign(userId, { secret: hub.sandbox.client(app).client_secret }),
        }).toString(),
        { 'content-type': 'application/x-www-form-urlencoded' },
      )
    expect((await ask('10220001234567801', 'whatsapp')).status).toBe(200)
    for (const provider of ['whatsapp', 'meta-ads'])
      await expect.poll(() => label(provider)).toBe('Erased account')
    expect(await label('instagram')).toBe('@fernhill.bicycles')
    expect((await ask('97110000000000001', 'instagram')).status).toBe(200)
    await expect.poll(() => label('instagram')).toBe('Erased account')
    // Whatever column a later version adds: no row of any table tells whose accounts these were.
    const { pool } = hub.hub.database
    const tables = await pool.query(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    )
    const rowsOfAll = await Promise.all(
      tables.rows.map(({ name }) => pool.query(`select row_to_json(t)::text as row from "${name}" t`)),
    )
    const everything = rowsOfAll.flatMap(({ rows: all }) => all.map(({ row }) => row)).join('\n')
    expect(everything).toContain('connection.erased')
    for (const told of [
      '10220001234567801',
      '97110000000000001',
      'Fernhill',
      'fernhill',
      'Ada Okafor',
      '7946',
    ])
      expect(everything).not.toContain(told)
    await hub.close()
  })
})
