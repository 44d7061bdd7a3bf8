/**
 * One life of a connection, for every provider of the catalog and every way to connect it, over real sockets:
 * connect, call, refresh, revoked at the provider, Connection Invalid, reconnect, disconnect. The provider is the
 * sandbox's; what that is worth is checked apart, against the vendors' own clients and `emulate`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuthMethod, Provider, TestCall } from '../../src/catalog/define.ts'
import { judgeAnswer } from '../../src/catalog/answers.ts'
import { buildRequest, parseJson, renderTestCall } from '../../src/catalog/fill.ts'
import { providers } from '../../src/catalog/registry.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
beforeAll(async () => {
  // Many people sign in within a minute here, each from an address of their own.
  t = await startTestHub({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
})
afterAll(() => t.close())

const lives = providers.flatMap((provider) =>
  provider.auth.map((method) => ({ name: `${provider.id}, ${method.kind}`, provider, method })),
)

describe.each(lives)('$name', ({ provider, method }) => {
  const email = `${provider.id}-${method.kind}@example.com`
  let person: Browser
  let id: string
  const at = (path = '') => `/api/v1/connections/${id}${path}`
  const read = async () => (await person.get(at())).body
  const call = () => {
    const [test] = provider.test_calls
    if (!test) throw new Error(`${provider.id} offers no call to try`)
    return callAs(person, id, test)
  }
  const timeline = async () =>
    (await person.get(at('/timeline?limit=100'))).body.data.map(({ kind }: { kind: string }) => kind)

  beforeAll(async () => {
    t.sandbox.control.reset()
    if (method.kind === 'oauth2' && method.refresh.rotates !== 'none')
      t.sandbox.control.settings(provider.id, { rotation: true })
    person = await t.browser(email)
  })

  test('connects', async () => {
    const attempt = await authorize(person, provider, method, '/api/v1/connect/attempts', {
      provider: provider.id,
      method: method.kind,
    })
    expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
    id = attempt.connection_id
    const connection = await read()
    expect(connection).toMatchObject({
      provider: provider.id,
      method: method.kind,
      mode: 'sandbox',
      status: { status: 'connected' },
      missing_scopes: [],
    })
    expect(connection.account.id).toBeTruthy()
    expect(connection.account.label).toBeTruthy()
    expect(await timeline()).toContain('connected')
  })

  test('answers each of its test calls', async () => {
    for (const test of provider.test_calls) {
      const { status, body } = await callAs(person, id, test)
      const good = test.method === 'PROPFIND' ? 207 : 200
      expect([test.path, status], JSON.stringify(body).slice(0, 300)).toEqual([test.path, good])
    }
    expect((await person.send('POST', at('/verify'))).body.status.status).toBe('connected')
  })

  const refreshes = method.kind === 'oauth2' && method.refresh.rotates !== 'none'
  if (refreshes)
    test('refreshes when the provider refuses an ended access token, unseen by the caller', async () => {
      const before = await t.admin.get(at('/token'))
      expect(before.status, JSON.stringify(before.body)).toBe(200)
      expect(t.sandbox.control.expire(provider.id)).toBeGreaterThan(0)
      const answer = await call()
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      expect((await t.admin.get(at('/token'))).body.access_token).not.toBe(before.body.access_token)
      expect(await timeline()).toContain('refreshed')
      expect((await read()).status.status).toBe('connected')
    })

  if (refreshes)
    test('refreshes before the access token ends, by the schedule', async () => {
      const { expires_at, refreshed_at } = await read()
      // Providers that never say when a token ends are refreshed when they refuse it.
      if (!expires_at) return expect((await t.admin.get(at('/token'))).body.expires_at).toBeNull()
      t.clock.advance(Date.parse(expires_at) - t.clock.now() - 45_000)
      // Some tokens outlive a session of the dashboard.
      person = await t.browser(email)
      await t.hub.sweep()
      const after = await read()
      expect(Date.parse(after.expires_at)).toBeGreaterThan(Date.parse(expires_at))
      expect(Date.parse(after.refreshed_at)).toBeGreaterThan(Date.parse(refreshed_at))
    })

  test('revoked at the provider: Connection Invalid, with the cause and the action', async () => {
    expect(t.sandbox.control.revoke(provider.id)).toBeGreaterThan(0)
    const answer = await call()
    expect(answer.status, 'no caller is told that all is well').not.toBe(500)
    await expect.poll(async () => (await read()).status.status, { timeout: 5000 }).toBe('connection_invalid')
    const { status } = await read()
    expect(status).toMatchObject({ who: 'owner', action: 'reconnect' })
    expect(status.cause).toBeTruthy()
    expect(status.detail).toContain('Reconnect')
    const again = await call()
    expect([again.status, again.body.code]).toEqual([409, 'connection_invalid'])
    expect((await timeline()).filter((kind: string) => kind === 'status_changed')).toHaveLength(1)
  })

  test('reconnects under the same id', async () => {
    const attempt = await authorize(person, provider, method, at('/reconnect'), {})
    expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded', connection_id: id })
    expect((await read()).status.status).toBe('connected')
    expect((await call()).status).toBe(200)
  })

  test('disconnects: impact before, an honest report after, and the provider knows', async () => {
    const { body: impact } = await person.get(at('/impact'))
    expect(impact.manual.url).toMatch(/^https:/)
    const token = method.kind === 'oauth2' ? (await t.admin.get(at('/token'))).body.access_token : undefined
    const parameters = (await read()).parameters
    const { body: report } = await person.send('DELETE', at())
    const upstream = report.items[0]
    if (impact.upstream.revokes && !provider.revocation?.undocumented) {
      expect(upstream, JSON.stringify(report)).toMatchObject({ outcome: 'done' })
      t.clock.advance((provider.revocation?.lingers ?? 0) * 1000)
      if (token) expect(await asProvider(provider, parameters, token)).toBe('unauthorized')
    } else {
      expect(['by_hand', 'skipped']).toContain(upstream.outcome)
    }
    expect((await person.get(at())).body.disconnected_at).toBeTruthy()
    const { rows } = await t.hub.database.pool.query(
      'select (select count(*)::int from credentials where connection_id = $1) + (select count(*)::int from data_keys where connection_id = $1) as n',
      [id],
    )
    expect(rows[0].n).toBe(0)
    expect((await call()).status).toBe(410)
    expect(await timeline()).toContain('disconnected')
  })
})

function callAs(person: Browser, id: string, test: TestCall) {
  const { headers, body } = renderTestCall(test)
  return person.send(test.method, `/api/v1/proxy/${id}${test.path}`, body, {
    ...headers,
    ...(test.base && { 'trunkline-base': test.base }),
  })
}

/** What the provider itself says to an access token, past the hub. */
async function asProvider(
  provider: Provider,
  parameters: Record<string, string>,
  token: string,
): Promise<string> {
  const { url, method, headers } = buildRequest(provider.verify, provider.api.base_url, parameters)
  const answer = await fetch(`${t.url}/sandbox/${url.host}${url.pathname}${url.search}`, {
    method,
    headers: { ...headers, ...provider.api.headers, authorization: `Bearer ${token}` },
  })
  return judgeAnswer(
    provider,
    { status: answer.status, headers: Object.fromEntries(answer.headers) },
    parseJson(Buffer.from(await answer.arrayBuffer())),
  )
}

/** Goes the person's way through whatever the method asks for; returns the attempt when it is over. */
async function authorize(
  person: Browser,
  provider: Provider,
  method: AuthMethod,
  path: string,
  body: object,
) {
  if (method.kind === 'installed_app') return install(person, provider)
  const known = t.sandbox.values[provider.id] ?? {}
  const names =
    'fields' in method
      ? method.fields.map(({ name }) => name)
      : (provider.parameters ?? [])
          .filter(({ required, asked }) => required && asked !== false)
          .map(({ name }) => name)
  const fields = Object.fromEntries(
    names.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])),
  )
  const started = await person.send('POST', path, { ...body, fields })
  expect(started.status, JSON.stringify(started.body)).toBe(201)
  const url = started.body.authorization_url as string | undefined
  if (method.kind === 'oauth2') await person.follow(t.consent(url as string, picksOf(provider)))
  if (method.kind === 'browser_login')
    await fetch(url as string, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: '',
    })
  const attempt = async () => (await person.get(`/api/v1/connect/attempts/${started.body.id}`)).body
  await expect
    .poll(async () => (await attempt()).status, { timeout: 10_000, interval: 200 })
    .not.toBe('pending')
  const now = await attempt()
  if (now.status !== 'decision_required') return now
  return (
    await person.send('POST', `/api/v1/connect/attempts/${now.id}/decide`, {
      value: now.decision.options[0].value,
    })
  ).body
}

/** Nothing begins at the hub: an administrator installs the app at the provider, and the connection is there. */
async function install(person: Browser, provider: Provider) {
  const [site] = t.sandbox.control.forge.sites()
  await t.sandbox.control.forge.install(site?.cloudId as string)
  const { data } = (await person.get(`/api/v1/connections?provider=${provider.id}`)).body
  const found = data.find(({ method }: { method: string }) => method === 'installed_app')
  return { status: 'succeeded', connection_id: found?.id }
}

/** Notion's person picks pages; all of them, so that the test calls find something. */
function picksOf(provider: Provider): { picked?: string[] } {
  return provider.id === 'notion' ? { picked: ['*'] } : {}
}
