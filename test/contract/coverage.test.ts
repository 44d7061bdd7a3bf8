/**
 * The rest of what docs/providers.md promises of each provider: a sibling survives, errors are told apart, events are
 * declared whole; and that the table there is the one that the suites prove.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnswerHead, judgeAnswer, readWait } from '../../src/catalog/answers.ts'
import type { Json, Match, Provider } from '../../src/catalog/define.ts'
import { providers } from '../../src/catalog/registry.ts'
import { COLUMNS, coverageOf } from '../../tools/coverage.ts'
import { readPage, tableRows } from '../docs/pages.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { authorize, goodStatus, tryCall } from './flow.ts'

let t: TestHub
beforeAll(async () => {
  t = await startTestHub({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
})
afterAll(() => t.close())

const entries = providers.map((provider) => ({ id: provider.id, provider }))

describe.each(entries)('$id', ({ id, provider }) => {
  const method = provider.auth.find(({ kind }) => kind === 'oauth2') ?? provider.auth[0]
  let person: Browser
  const connect = async (owner: 'me' | 'organization') => {
    const attempt = await authorize(t, person, provider, method, '/api/v1/connect/attempts', {
      provider: id,
      method: method.kind,
      owner,
    })
    expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
    return attempt.connection_id as string
  }
  const call = (connection: string) => tryCall(person, connection, provider)
  const good = goodStatus(provider.test_calls[0])
  const statusOf = async (connection: string) =>
    (await person.get(`/api/v1/connections/${connection}`)).body.status.status

  beforeAll(async () => {
    t.sandbox.control.reset()
    person = await t.browser(`${id}-coverage@example.com`)
  })

  test('Siblings: of two connections of one account, disconnecting one leaves the other working', async () => {
    const [first, second] = [await connect('organization'), await connect('me')]
    const { body: report } = await person.send('DELETE', `/api/v1/connections/${first}`)
    expect(report.items[0].outcome, JSON.stringify(report)).not.toBe('failed')
    t.clock.advance((provider.revocation?.lingers ?? 0) * 1000)
    const answer = await call(second)
    expect([answer.status, await statusOf(second)], JSON.stringify(answer.body).slice(0, 300)).toEqual([
      good,
      'connected',
    ])
    await person.send('DELETE', `/api/v1/connections/${second}?force=true`)
  })

  test('Errors: a limit says when to come back, trouble at the provider does not end a connection', async () => {
    const connection = await connect('me')
    t.sandbox.control.fault(id, { kind: 'rate_limit', on: 'api', retryAfter: 60 })
    const limited = await call(connection)
    const head = { status: limited.status, headers: Object.fromEntries(limited.headers) }
    expect(judgeAnswer(provider, head, limited.body), JSON.stringify(limited.body)).toBe('rate_limited')
    const wait = readWait(provider, head, limited.body, t.clock.now())
    const held = await call(connection)
    // Not every provider says how long; those that do are not asked again before.
    if (wait === undefined) expect(held.status).toBe(good)
    else {
      expect([held.status, held.body.code]).toEqual([429, 'upstream_rate_limited'])
      expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
      t.clock.advance((wait + 1) * 1000)
    }
    t.sandbox.control.fault(id, { kind: 'error_500', on: 'api' })
    expect((await call(connection)).status).toBe(500)
    t.sandbox.control.fault(id, { kind: 'error_503', on: 'api' })
    await person.send('POST', `/api/v1/connections/${connection}/verify`)
    expect(await statusOf(connection)).toBe('connected')
    expect((await call(connection)).status).toBe(good)
    await person.send('DELETE', `/api/v1/connections/${connection}?force=true`)
  })

  test('Errors: each declared shape is told for what it means, and HTTP for the rest', () => {
    const { errors = {} } = provider.api
    for (const [verdict, rules] of Object.entries(errors)) {
      for (const rule of rules ?? []) {
        const { head, body } = exampleOf(rule)
        expect(judgeAnswer(provider, head, body), JSON.stringify(rule)).toBe(verdict)
      }
    }
    const plain = (status: number) => judgeAnswer(provider, { status, headers: {} }, null)
    expect([200, 401, 402, 403, 429, 500].map(plain)).toEqual(expectedOf(provider))
  })

  test('Webhooks: what arrives, and how a delivery proves where it comes from', () => {
    const { webhooks } = provider
    expect(webhooks, 'declared').toBeDefined()
    if (!webhooks || webhooks.mode === 'none') return expect(webhooks?.signature?.secret).not.toBe('')
    expect(webhooks.events?.length, 'events').toBeGreaterThan(0)
    const { signature } = webhooks
    if (!signature)
      return expect(webhooks.note, 'without a signature, what protects the address').toBeTruthy()
    if (signature.scheme === 'shared_secret') return expect(signature.secret).toBeTruthy()
    expect(signature.header, 'header').toBeTruthy()
    if (signature.scheme.startsWith('hmac') || signature.scheme === 'ed25519')
      expect(signature.signed, 'what is signed').toContain('{body}')
  })
})

test('the table in docs/providers.md promises what the suites prove, with no cell empty', () => {
  const rows = tableRows(readPage('docs/providers.md')).filter((row) => row.length === COLUMNS.length + 1)
  expect(rows).toEqual(
    providers.map((provider) => {
      const coverage = coverageOf(provider)
      return [expect.stringContaining(provider.name), ...COLUMNS.map((column) => coverage[column])]
    }),
  )
  for (const row of rows) for (const cell of row) expect(cell).not.toMatch(/^(|undeclared)$/)
})

/** An answer that the rule recognises. */
function exampleOf(rule: Match): { head: AnswerHead; body: Json } {
  const found: Json = rule.equals === undefined ? 'x' : ([rule.equals].flat()[0] ?? null)
  const status = rule.status === undefined ? 200 : ([rule.status].flat()[0] as number)
  const headers: Record<string, string> = rule.header
    ? { [rule.header.toLowerCase()]: typeof found === 'string' ? found : JSON.stringify(found) }
    : {}
  return { head: { status, headers }, body: rule.at ? nest(rule.at.split('.'), found) : null }
}

function nest([step, ...rest]: string[], value: Json): Json {
  if (step === undefined) return value
  const inner = nest(rest, value)
  return /^\d+$/.test(step) ? [...Array.from({ length: Number(step) }, () => null), inner] : { [step]: inner }
}

/** What bare statuses mean, unless the declaration gives one a meaning of its own. */
function expectedOf({ api: { errors = {} } }: Provider): string[] {
  const own = (status: number, usual: string) => {
    for (const verdict of ['forbidden', 'rate_limited', 'not_available', 'unauthorized'] as const) {
      const bare = (errors[verdict] ?? []).some(
        (rule) => rule.at === undefined && rule.header === undefined && [rule.status].flat().includes(status),
      )
      if (bare) return verdict
    }
    return usual
  }
  return [
    own(200, 'ok'),
    own(401, 'unauthorized'),
    own(402, 'not_available'),
    own(403, 'forbidden'),
    own(429, 'rate_limited'),
    own(500, 'failed'),
  ]
}
