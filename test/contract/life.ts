/**
 * One life of a connection over real sockets: connect, call, refresh, revoked at the provider, Connection Invalid,
 * reconnect, disconnect. Declared as tests for one provider and one way to connect it.
 */
import { beforeAll, expect, test } from 'vitest'
import type { AuthMethod, Provider } from '../../src/catalog/define.ts'
import { comesBack } from '../../src/catalog/methods.ts'
import { type Column, renewalOf } from '../../tools/coverage.ts'
import type { ApiClient, Browser, TestHub } from '../setup/testHub.ts'
import { asProvider, authorize, callAs, goodStatus, tryCall } from './flow.ts'

export type Life = { name: string; provider: Provider; method: AuthMethod }

export function livesOf(providers: readonly Provider[]): Life[] {
  return providers.flatMap((provider) =>
    provider.auth.map((method) => ({ name: `${provider.id}, ${method.kind}`, provider, method })),
  )
}

/** Cells of docs/providers.md that one life proves; the others are proved beside it. */
export const OF_A_LIFE: readonly Column[] = ['Connect', 'Refresh', 'Expiry', 'Revoke']

/** @param proved told each cell of docs/providers.md once a test has shown it */
export function testLife(
  hub: () => TestHub,
  { provider, method }: Life,
  proved: (column: Column) => void = () => {},
): void {
  const email = `${provider.id}-${method.kind}@example.com`
  let t: TestHub
  let person: Browser
  let program: ApiClient
  let id: string
  const at = (path = '') => `/api/v1/connections/${id}${path}`
  const read = async () => (await person.get(at())).body
  const call = () => tryCall(person, id, provider)
  const good = goodStatus(provider.test_calls[0])
  const token = async () => (await program.get(at('/token'))).body
  const timeline = async () =>
    (await person.get(at('/timeline?limit=100'))).body.data.map(({ kind }: { kind: string }) => kind)
  const changes = async () => (await timeline()).filter((kind: string) => kind === 'status_changed').length

  beforeAll(async () => {
    t = hub()
    t.sandbox.control.reset()
    if (method.kind === 'oauth2' && method.refresh.rotates !== 'none')
      t.sandbox.control.settings(provider.id, { rotation: true })
    person = await t.browser(email)
    program = await person.makeKey()
  })

  test('connects', async () => {
    const attempt = await authorize(t, person, provider, method)
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
    proved('Connect')
  })

  if (renewalOf(method).refresh === 'none needed')
    test('does not end, and nothing renews it', async () => {
      expect((await read()).expires_at).toBeNull()
      proved('Refresh')
      proved('Expiry')
    })

  test('answers each of its test calls', async () => {
    for (const test of provider.test_calls) {
      const { status, body } = await callAs(person, id, test)
      expect([test.path, status], JSON.stringify(body).slice(0, 300)).toEqual([test.path, goodStatus(test)])
    }
    expect((await person.send('POST', at('/verify'))).body.status.status).toBe('connected')
  })

  const signsIn = 'session' in method && method.session !== undefined
  const exchange = method.kind === 'oauth2' ? method.refresh.exchange : undefined
  const renews = method.kind === 'oauth2' && method.refresh.rotates !== 'none'
  // An access token that ended cannot be exchanged any more.
  if ((renews && !exchange) || signsIn)
    test('has another when the provider refuses what has ended, unseen by the caller', async () => {
      const before = signsIn ? undefined : await token()
      expect(t.sandbox.control.expire(provider.id)).toBeGreaterThan(0)
      const answer = await call()
      expect(answer.status, JSON.stringify(answer.body)).toBe(good)
      if (before) expect((await token()).access_token).not.toBe(before.access_token)
      expect(await timeline()).toContain('refreshed')
      expect((await read()).status.status).toBe('connected')
      proved('Refresh')
    })

  if (signsIn)
    test('signs in anew when its session has ended and somebody calls', async () => {
      const { expires_at } = await read()
      t.clock.advance(Date.parse(expires_at) - t.clock.now() + 1000)
      person = await t.browser(email)
      program = await person.makeKey()
      expect((await call()).status).toBe(good)
      expect(Date.parse((await read()).expires_at)).toBeGreaterThan(Date.parse(expires_at))
      proved('Expiry')
    })

  if (renews)
    test('refreshes before the access token ends, by the schedule', async () => {
      const { expires_at, refreshed_at } = await read()
      // Providers that never say when a token ends are refreshed when they refuse it.
      if (!expires_at) {
        expect((await token()).expires_at).toBeNull()
        return proved('Expiry')
      }
      t.clock.advance(Date.parse(expires_at) - t.clock.now() - (exchange?.ahead ?? 45) * 1000)
      // Some tokens outlive a session of the dashboard.
      person = await t.browser(email)
      program = await person.makeKey()
      await t.hub.sweep()
      const after = await read()
      expect(Date.parse(after.expires_at)).toBeGreaterThan(Date.parse(expires_at))
      expect(Date.parse(after.refreshed_at)).toBeGreaterThan(Date.parse(refreshed_at))
      expect((await call()).status).toBe(good)
      proved('Refresh')
      proved('Expiry')
    })

  if (method.kind === 'installed_app' || method.kind === 'verified_access')
    test('its end is told when it comes, and a fresh credential that is brought along mends it', async () => {
      const { forge } = t.sandbox.control
      const site = forge.sites().find(({ installation }) => installation)?.cloudId as string
      t.clock.advance(2 * 3_600_000)
      person = await t.browser(email)
      program = await person.makeKey()
      await t.hub.sweep()
      await expect.poll(async () => (await read()).status.status).toBe('connection_invalid')
      await forge.trigger(site)
      await expect.poll(async () => (await read()).status.status).toBe('connected')
      expect((await call()).status).toBe(good)
      proved('Refresh')
      proved('Expiry')
    })

  test('revoked at the provider: Connection Invalid, with the cause and the action', async () => {
    const grantor = method.kind === 'verified_access' ? method.through : provider.id
    const before = await changes()
    expect(t.sandbox.control.revoke(grantor)).toBeGreaterThan(0)
    const answer = await call()
    expect(answer.status, 'no caller is told that all is well').not.toBe(500)
    await expect.poll(async () => (await read()).status.status).toBe('connection_invalid')
    const { status } = await read()
    expect(status).toMatchObject({ who: 'owner', action: 'reconnect' })
    expect(status.cause).toBeTruthy()
    expect(status.detail).toContain('Reconnect')
    const again = await call()
    expect([again.status, again.body.code]).toEqual([409, 'connection_invalid'])
    expect(await changes(), 'told exactly once').toBe(before + 1)
  })

  test('reconnects under the same id', async () => {
    const attempt = await authorize(t, person, provider, method, at('/reconnect'), {})
    expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded', connection_id: id })
    expect((await read()).status.status).toBe('connected')
    expect((await call()).status).toBe(good)
  })

  test('disconnects: impact before, an honest report after, and the provider knows', async () => {
    const { body: impact } = await person.get(at('/impact'))
    expect(impact.manual.url).toMatch(/^https:/)
    const held = comesBack(method.kind) ? (await token()).access_token : undefined
    const parameters = (await read()).parameters
    const { body: report } = await person.send('DELETE', at())
    const upstream = report.items[0]
    if (impact.upstream.revokes && !provider.revocation?.undocumented) {
      expect(upstream, JSON.stringify(report)).toMatchObject({ outcome: 'done' })
      t.clock.advance((provider.revocation?.lingers ?? 0) * 1000)
      if (held) expect(await asProvider(t, provider, method, parameters, held)).toBe('unauthorized')
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
    proved('Revoke')
  })
}
