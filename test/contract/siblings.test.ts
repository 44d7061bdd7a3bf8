/**
 * Entries of one family that share a client share one grant at the provider: disconnecting one must not take the
 * other along, and the last one to go takes the grant.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Provider } from '../../src/catalog/define.ts'
import { findProvider, providers } from '../../src/catalog/registry.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
beforeAll(async () => {
  // Many people sign in within a minute here, each from an address of their own.
  t = await startTestHub({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
})
afterAll(() => t.close())

/**
 * Entries that sign in by one client, each with the next: every one of them is once the one that goes. Where only a
 * token is ever revoked, no sibling is at stake.
 */
const FAMILIES = [
  ...Map.groupBy(
    providers.filter(
      ({ auth, revocation }) => auth.some(({ kind }) => kind === 'oauth2') && revocation?.kills !== 'token',
    ),
    // Where a family falls back to one client, the sandbox has that one for all of them.
    ({ family, env }) => `${family} ${env.fallback?.at(-1)?.client_id ?? env.client_id}`,
  ).values(),
].filter((entries) => entries.length > 1)
const PAIRS = FAMILIES.flatMap((entries) =>
  entries.map(({ id }, index) => [id, (entries[(index + 1) % entries.length] as Provider).id] as const),
)

test('the families are found', () => {
  const families = FAMILIES.map(([first]) => first?.family)
  for (const family of ['atlassian', 'google', 'hubspot', 'meta', 'microsoft'])
    expect(families).toContain(family)
  expect(PAIRS.length).toBeGreaterThan(15)
})

describe.each(PAIRS)('%s and %s', (first, second) => {
  let person: Browser
  const made: string[] = []
  afterEach(async () => {
    for (const id of made.splice(0)) await person.send('DELETE', `/api/v1/connections/${id}?force=true`)
  })
  beforeEach(async () => {
    t.sandbox.control.reset()
    person = await t.browser(`${first}-${second}-${t.clock.now()}@example.com`)
  })

  async function connect(provider: string, account?: string): Promise<string> {
    const { body } = await person.send('POST', '/api/v1/connect/attempts', { provider, method: 'oauth2' })
    await person.follow(t.consent(body.authorization_url, account ? { account } : {}))
    let attempt = (await person.get(`/api/v1/connect/attempts/${body.id}`)).body
    if (attempt.status === 'decision_required')
      attempt = (
        await person.send('POST', `/api/v1/connect/attempts/${body.id}/decide`, {
          value: attempt.decision.options[0].value,
        })
      ).body
    expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
    made.push(attempt.connection_id)
    return attempt.connection_id
  }
  const verify = async (id: string) =>
    (await person.send('POST', `/api/v1/connections/${id}/verify`)).body.status.status
  const disconnect = async (id: string) => (await person.send('DELETE', `/api/v1/connections/${id}`)).body
  const calls = async (id: string, provider: string) => {
    const [call] = findProvider(provider)?.test_calls ?? []
    const answer = await person.send('GET', `/api/v1/proxy/${id}${call?.path}`, undefined, {
      ...(call?.base && { 'trunkline-base': call.base }),
    })
    return answer.status
  }
  const live = (provider: string) =>
    t.sandbox.control
      .providers()
      .find(({ id }) => id === provider)
      ?.grants.filter(({ kind }) => kind === 'oauth').length
  /** What the report may claim: a call that the provider does not promise proves nothing. */
  const ended = (provider: string) => {
    const { revocation } = findProvider(provider) ?? {}
    return revocation && !revocation.undocumented ? 'done' : 'by_hand'
  }

  test('name the same account, and tell of each other before one is ended', async () => {
    const [one, two] = [await connect(first), await connect(second)]
    const [a, b] = await Promise.all(
      [one, two].map(async (id) => (await person.get(`/api/v1/connections/${id}`)).body),
    )
    // A grant that reaches several places gives connections that are named after those.
    if (![first, second].some((id) => findProvider(id)?.tenants))
      expect(a.account).toMatchObject({ id: b.account.id, label: b.account.label })
    const impact = (await person.get(`/api/v1/connections/${one}/impact`)).body
    expect(impact.items).toContainEqual(expect.objectContaining({ kind: 'siblings', count: 1 }))
  })

  test('one is disconnected and the other works on; the last one ends the grant where the provider can', async () => {
    const [one, two] = [await connect(first), await connect(second)]
    const report = await disconnect(one)
    expect(report.items[0].outcome).not.toBe('done')
    expect(await calls(two, second)).toBe(200)
    expect(await verify(two)).toBe('connected')
    const last = await disconnect(two)
    expect(last.items[0]).toMatchObject({ outcome: ended(second) })
    const { revocation } = findProvider(second) ?? {}
    if (!revocation) return
    t.clock.advance((revocation.lingers ?? 0) * 1000)
    expect([live(first), live(second)]).toEqual([0, 0])
  })

  test('another account is no sibling: its grant is ended at once', async () => {
    const other = t.sandbox.control.accounts(second)[1]?.id ?? ''
    const [one, two] = [await connect(first), await connect(second, other)]
    const report = await disconnect(one)
    expect(report.items[0].outcome).toBe(ended(first))
    expect(await calls(two, second)).toBe(200)
  })

  test('taken back at the provider, both are dead', async () => {
    const [one, two] = [await connect(first), await connect(second)]
    t.sandbox.control.revoke(first)
    expect([await verify(one), await verify(two)]).toEqual(['connection_invalid', 'connection_invalid'])
  })
})
