/** Checks R5 and R6: whatever an authorization server answers, only its declared dead signals end a connection. */
import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HubError } from '../../src/errors.ts'
import type { Credential } from '../../src/vault/credential.ts'
import type { ConnectionKey } from '../../src/vault/status.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'
import { CLIENT_ENV, declareProvider } from './declaration.ts'
import { type Engine, seedConnections, startEngine } from './engine.ts'
import { type Behaviour, type StubServer, startStubServer } from './stubServer.ts'

const MINUTE = 60_000
let database: TestDatabase
let as: StubServer
let engine: Engine
let other: Engine
let env: Record<string, string>
let offset = 0
let grants = 0
/** Of a call whose answer never comes: nobody waits for it as long as the hub does. */
let patience: number | undefined
const now = () => Date.now() + offset
const advance = (ms: number) => void (offset += ms)

beforeAll(async () => {
  database = await createTestDatabase()
  as = await startStubServer(now)
  env = { ...CLIENT_ENV }
  const catalog = [
    declareProvider(),
    declareProvider({ dead: ['token_revoked'] }, { id: 'worded', family: 'worded' }),
    declareProvider({ assumed_lifetime: 600 }, { id: 'assumed', family: 'assumed' }),
  ]
  const start = () =>
    startEngine({
      address: database.address,
      authorizationServer: as.url,
      now,
      catalog,
      env,
      patience: () => patience,
    })
  engine = await start()
  other = await start()
})
afterAll(async () => {
  await Promise.all([engine.close(), other.close()])
  await as.close()
  await database.drop()
})
beforeEach(() => {
  as.requests.length = 0
  as.reuses.length = 0
})
afterEach(() => {
  as.behave(undefined)
  patience = undefined
})

async function seed(
  options: { expiresIn?: number; provider?: string } = {},
): Promise<{ connection: ConnectionKey; grant: string }> {
  const grant = `fault${grants++}`
  const [connection] = await seedConnections(engine, {
    expiresAt: now() + (options.expiresIn ?? -1000),
    grant: () => grant,
    now: now(),
    ...(options.provider ? { provider: options.provider } : {}),
  })
  return { connection: connection as ConnectionKey, grant }
}

/** Token requests that one grant's connection has cost; the sweep also takes what other tests left. */
const spentOn = (grant: string) =>
  as.requests.filter(({ refreshToken }) => refreshToken.startsWith(`${grant}~`)).length
const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: HubError) => error,
  )
const statusChanges = async (connection: ConnectionKey) =>
  (await engine.timeline(connection)).filter(({ kind }) => kind === 'status_changed')

const html = '<!doctype html><html><body><h1>502 Bad Gateway</h1>invalid_grant</body></html>'
const raw =
  (run: (response: ServerResponse) => void): Behaviour =>
  () =>
    run
const FAULTS: Record<string, Behaviour> = {
  '429 with Retry-After': () => ({
    status: 429,
    headers: { 'retry-after': '120' },
    body: { error: 'rate_limited' },
  }),
  '429 that says invalid_grant': () => ({ status: 429, body: { error: 'invalid_grant' } }),
  '500': () => ({ status: 500, body: { error: 'server_error' } }),
  '500 that says invalid_grant': () => ({ status: 500, body: { error: 'invalid_grant' } }),
  '503 with a date to come back': () => ({
    status: 503,
    headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() },
    body: '',
  }),
  'HTML with 200': () => ({ headers: { 'content-type': 'text/html' }, body: html }),
  'HTML with 400': () => ({ status: 400, headers: { 'content-type': 'text/html' }, body: html }),
  'HTML with 403': () => ({ status: 403, headers: { 'content-type': 'text/html' }, body: html }),
  'HTML with 502': () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: html }),
  'truncated JSON': () => ({ body: '{"access_token":"abc","refresh_to' }),
  'nothing at all in a 200': () => ({ body: '' }),
  'a 200 without a token': () => ({ body: { ok: true } }),
  'a token that is no text': () => ({ body: { access_token: { a: 1 }, token_type: 'bearer' } }),
  'a list': () => ({ body: '[]' }),
  '401 without a word': () => ({ status: 401, body: '' }),
  '404': () => ({ status: 404, body: { message: 'no such page' } }),
  'a redirect': () => ({ status: 302, headers: { location: 'https://elsewhere.example.com/' }, body: '' }),
  'an error that is not declared dead': () => ({ status: 400, body: { error: 'temporarily_unavailable' } }),
  'an error code that is no code': () => ({ status: 400, body: { error: 'your grant is invalid_grant' } }),
  'no answer in time': raw(() => {}),
  'a head, then silence': raw(
    (response) => void response.writeHead(200, { 'content-length': '500' }).write('{"access_token":'),
  ),
  'a socket closed without an answer': raw((response) => void response.destroy()),
  'a half-closed socket': raw((response) => {
    response.writeHead(200, { 'content-length': '500' })
    response.write('{"access_token":', () => response.socket?.end())
  }),
  'an answer that is no HTTP': raw((response) => void response.socket?.end('220 smtp.example.com ready\r\n')),
}

/** Those that end by the hub's own patience. */
const SILENT = new Set([FAULTS['no answer in time'], FAULTS['a head, then silence']])

describe.each(Object.entries(FAULTS))('R5 %s', (_name, behaviour) => {
  test('leaves the connection connected, is not repeated at once, and recovers', async () => {
    const { connection, grant } = await seed()
    as.behave(behaviour)
    patience = SILENT.has(behaviour) ? 2_000 : undefined
    const problem = await problemOf(engine.token(connection))
    expect(problem).toMatchObject({ code: 'refresh_delayed' })
    expect(problem?.extras.retryAfter).toBeGreaterThan(0)
    expect(spentOn(grant)).toBe(1)
    const row = await engine.row(connection)
    expect(row).toMatchObject({ status: 'connected', failures: 1, lease_until: null, lease_owner: null })
    expect(row.trouble_code).toMatch(/^\w+$/)

    // Whoever asks meanwhile, here or on another replica, asks the hub alone.
    const meanwhile = await Promise.all(
      [engine, other, engine, other].map((replica) => problemOf(replica.token(connection))),
    )
    expect(meanwhile.map((error) => error?.code)).toEqual(Array(4).fill('refresh_delayed'))
    await engine.refresher.sweep()
    expect(spentOn(grant)).toBe(1)

    as.behave(undefined)
    patience = undefined
    advance(row.next_attempt_at.getTime() - now() + 1)
    expect(await other.token(connection)).toBe(`access-${grant}~1`)
    expect(await engine.row(connection)).toMatchObject({
      status: 'connected',
      failures: 0,
      trouble_code: null,
      next_attempt_at: null,
      in_flight: false,
    })
    expect(await statusChanges(connection)).toEqual([])
  })
})

test('R5 while the access token still lives, a failing refresh is nobody’s error', async () => {
  const { connection, grant } = await seed({ expiresIn: 20_000 })
  as.behave(FAULTS['500'])
  expect(await engine.token(connection)).toBe(`access-${grant}~0`)
  expect(await other.token(connection)).toBe(`access-${grant}~0`)
  expect(as.requests).toHaveLength(1)
})

test('R5 ten minutes of faults on thirty connections: none broken, no request inside Retry-After, all recover', async () => {
  const seeded = await Promise.all(Array.from({ length: 30 }, () => seed()))
  const waits = new Map<string, number>()
  let early = 0
  const bad = Object.values(FAULTS).filter((behaviour) => !SILENT.has(behaviour))
  let turn = 0
  as.behave((request, rotate) => {
    if (request.at < (waits.get(request.refreshToken) ?? 0)) early++
    const behaviour = bad[turn++ % bad.length] as Behaviour
    if (turn % 3 > 0) return behaviour(request, rotate)
    const seconds = 20 + (turn % 5) * 30
    waits.set(request.refreshToken, request.at + seconds * 1000)
    const status = [429, 503, 400][turn % 3] ?? 429
    return {
      status: turn % 2 ? status : 429,
      headers: { 'retry-after': String(seconds) },
      body: { error: 'slow_down' },
    }
  })
  for (let elapsed = 0; elapsed < 10 * MINUTE; elapsed += 5_000) {
    advance(5_000)
    await engine.refresher.sweep()
    if (elapsed % 30_000 === 0)
      await Promise.all(seeded.map(({ connection }) => problemOf(other.token(connection))))
  }
  expect(early).toBe(0)
  expect(as.requests.length).toBeGreaterThan(60)
  // Ten minutes, thirty connections: doubling waits keep it far from a storm.
  expect(as.requests.length).toBeLessThan(600)
  for (const { connection } of seeded) expect((await engine.row(connection)).status).toBe('connected')
  as.behave(undefined)
  advance(16 * MINUTE)
  await engine.refresher.sweep()
  for (const { connection, grant } of seeded) expect(await other.token(connection)).toBe(`access-${grant}~1`)
  expect(as.reuses).toEqual([])
})

test('R5 Retry-After is kept on refusals with an error code too, and a wait without end is not believed', async () => {
  const { connection } = await seed()
  as.behave(() => ({ status: 400, headers: { 'retry-after': '300' }, body: { error: 'slow_down' } }))
  expect((await problemOf(engine.token(connection)))?.extras.retryAfter).toBeGreaterThanOrEqual(300)
  const endless = await seed()
  as.behave(() => ({ status: 429, headers: { 'retry-after': '9'.repeat(30) }, body: '' }))
  const problem = await problemOf(engine.token(endless.connection))
  expect(problem?.code).toBe('refresh_delayed')
  expect((await engine.row(endless.connection)).next_attempt_at.getTime() - now()).toBeLessThanOrEqual(
    24 * 3_600_000,
  )
})

describe('R5 a dead grant', () => {
  test('is told exactly once, whoever asks on however many replicas', async () => {
    const { connection, grant } = await seed()
    as.behave(() => ({ status: 400, body: { error: 'invalid_grant' } }))
    const problems = await Promise.all(
      Array.from({ length: 50 }, (_, index) => problemOf((index % 2 ? engine : other).token(connection))),
    )
    expect(new Set(problems.map((error) => error?.code))).toEqual(new Set(['connection_invalid']))
    expect(spentOn(grant)).toBe(1)
    await problemOf(engine.token(connection))
    advance(60 * MINUTE)
    await problemOf(other.token(connection))
    await engine.refresher.sweep()
    expect(spentOn(grant)).toBe(1)
    expect(await statusChanges(connection)).toMatchObject([
      { detail: { status: 'connection_invalid', cause: 'grant_revoked' } },
    ])
    expect(await engine.row(connection)).toMatchObject({
      status: 'connection_invalid',
      status_cause: 'grant_revoked',
      refresh_at: null,
    })
  })

  test('is what the declaration says it is, and nothing else', async () => {
    const { connection } = await seed({ provider: 'worded' })
    as.behave(() => ({ status: 400, body: { error: 'invalid_grant' } }))
    expect((await problemOf(engine.token(connection)))?.code).toBe('refresh_delayed')
    expect((await engine.row(connection)).status).toBe('connected')
    advance(60 * MINUTE)
    as.behave(() => ({ status: 400, body: { error: 'token_revoked' } }))
    expect((await problemOf(engine.token(connection)))?.code).toBe('connection_invalid')
  })

  test('a refusal of a token that was replaced meanwhile proves nothing', async () => {
    const { connection, grant } = await seed()
    as.behave(async () => {
      // Somebody reconnects while the server is thinking.
      await engine.db.transaction().execute((trx) =>
        engine.vault.put(
          trx,
          connection,
          {
            kind: 'oauth2',
            tokens: {
              main: {
                access_token: 'access-new',
                refresh_token: `${grant}new~0`,
                expires_at: now() + 60 * MINUTE,
              },
            },
          },
          now(),
        ),
      )
      return { status: 400, body: { error: 'invalid_grant' } }
    })
    expect((await problemOf(engine.token(connection)))?.code).toBe('refresh_delayed')
    expect(await other.token(connection)).toBe('access-new')
    expect(await engine.row(connection)).toMatchObject({ status: 'connected', version: 2 })
    expect(await statusChanges(connection)).toEqual([])
  })
})

describe('R5 invalid_client', () => {
  test('is the operator’s trouble: the connection lives while its token does, and comes back when the client is mended', async () => {
    const { connection, grant } = await seed({ expiresIn: 25_000 })
    as.behave(() => ({
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="as"' },
      body: { error: 'invalid_client' },
    }))
    expect(await engine.token(connection)).toBe(`access-${grant}~0`)
    expect(await engine.row(connection)).toMatchObject({
      status: 'connected',
      trouble_code: 'client_rejected',
    })
    expect(await statusChanges(connection)).toEqual([])

    advance(60_000)
    expect((await problemOf(engine.token(connection)))?.code).toBe('connection_setup_required')
    expect((await problemOf(other.token(connection)))?.code).toBe('connection_setup_required')
    expect(await engine.row(connection)).toMatchObject({
      status: 'setup_required',
      status_cause: 'client_rejected',
    })
    advance(16 * MINUTE)
    await engine.refresher.sweep()
    expect(spentOn(grant)).toBe(3)
    expect(await statusChanges(connection)).toHaveLength(1)

    as.behave(undefined)
    advance(16 * MINUTE)
    await engine.refresher.sweep()
    expect(await other.token(connection)).toBe(`access-${grant}~1`)
    expect(await statusChanges(connection)).toMatchObject([
      { detail: { status: 'setup_required' } },
      { detail: { status: 'connected' } },
    ])
  })

  test('a client that is missing here asks nobody', async () => {
    const { connection } = await seed()
    const { STRICT_CLIENT_SECRET, ...rest } = env
    for (const name of Object.keys(env)) delete env[name]
    try {
      expect((await problemOf(engine.token(connection)))?.code).toBe('connection_setup_required')
      expect(as.requests).toHaveLength(0)
    } finally {
      Object.assign(env, rest, { STRICT_CLIENT_SECRET })
    }
  })
})

test('R5 a refresh says nothing about a permission that the provider denied', async () => {
  const { connection } = await seed()
  await engine.database.pool.query(
    `update connections set status = 'no_access', status_cause = 'forbidden' where id = $1`,
    [connection.id],
  )
  await engine.token(connection)
  expect(await engine.row(connection)).toMatchObject({ status: 'no_access', version: 2 })
  expect(await statusChanges(connection)).toEqual([])
})

describe('the scheduled sweep', () => {
  test('comes to an end where connections cannot be refreshed, and does not look at them again and again', async () => {
    const stuck = await Promise.all([seed(), seed(), seed()])
    const [invalid, damaged, unknown] = stuck.map(({ connection }) => connection) as [
      ConnectionKey,
      ConnectionKey,
      ConnectionKey,
    ]
    const { pool } = engine.database
    await pool.query(
      `update connections set status = 'connection_invalid', status_cause = 'refused' where id = $1`,
      [invalid.id],
    )
    await pool.query(
      `update credentials set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) where connection_id = $1`,
      [damaged.id],
    )
    await pool.query(`update connections set provider = 'gone' where id = $1`, [unknown.id])
    const { connection: healthy, grant } = await seed()
    let turns = 0
    while ((await engine.refresher.sweep()) > 0) expect(++turns).toBeLessThan(5)
    expect(await engine.token(healthy)).toBe(`access-${grant}~1`)
    expect(spentOn(grant)).toBe(1)
    const { rows } = await pool.query(
      `select connection_id from credentials where refresh_at is not null and greatest(refresh_at, next_attempt_at) <= $1`,
      [new Date(now())],
    )
    expect(rows).toEqual([])
  })
})

describe('a connection without a refresh token', () => {
  async function seedUnrefreshable(expiresIn: number): Promise<ConnectionKey> {
    const { connection } = await seed({ expiresIn })
    const credential: Credential = {
      kind: 'oauth2',
      tokens: { main: { access_token: 'access-only', expires_at: now() + expiresIn } },
    }
    await engine.db.transaction().execute((trx) => engine.vault.put(trx, connection, credential, now()))
    return connection
  }

  test('serves until its access token is over', async () => {
    const connection = await seedUnrefreshable(60_000)
    expect(await engine.token(connection)).toBe('access-only')
    // In its last seconds too, when a fresh one would be asked for.
    advance(40_000)
    expect(await engine.token(connection)).toBe('access-only')
    advance(30_000)
    expect((await problemOf(other.token(connection)))?.code).toBe('connection_invalid')
    expect((await engine.row(connection)).status_cause).toBe('token_expired')
  })

  test('tells its end once, without anybody asking', async () => {
    const connection = await seedUnrefreshable(60_000)
    await engine.refresher.sweep()
    expect((await engine.row(connection)).status).toBe('connected')
    advance(61_000)
    await Promise.all([engine.refresher.sweep(), other.refresher.sweep()])
    expect(await engine.row(connection)).toMatchObject({
      status: 'connection_invalid',
      status_cause: 'token_expired',
      refresh_at: null,
    })
    expect(await statusChanges(connection)).toHaveLength(1)
  })
})

describe('R6', () => {
  const ODD: Record<string, Record<string, unknown>> = {
    'without a refresh token': { refresh_token: undefined },
    'with an empty refresh token': { refresh_token: '' },
    'with null for a refresh token': { refresh_token: null },
    'with the same access token': { access_token: 'the same' },
    'with expires_in as text': { expires_in: '3600' },
    'with expires_in 0': { expires_in: 0 },
    'with a negative expires_in': { expires_in: -5 },
    'without expires_in': { expires_in: undefined },
    'with expires_in that is no number': { expires_in: 'soon' },
    'with null for expires_in': { expires_in: null },
    'with a fraction of a second': { expires_in: 0.5 },
    'with expires_in beyond the calendar': { expires_in: 1e300 },
    'with expires_in beyond the database': { expires_in: 9_000_000_000_000 },
    'without token_type': { token_type: undefined },
    'with scope as a list': { scope: ['openid', 'offline_access'] },
    'with scope null': { scope: null },
    'with an id_token that is none': { id_token: 'x.y.z' },
  }
  test.each(Object.entries(ODD))(
    'an answer %s is kept, and the connection refreshed again later',
    async (_name, change) => {
      const { connection, grant } = await seed()
      as.behave(({ refreshToken }, rotate) => {
        if (change.refresh_token === undefined && !('refresh_token' in change)) {
          const reply = rotate()
          return { ...reply, body: { ...(reply.body as object), ...change } }
        }
        return {
          body: { access_token: `access-${refreshToken}`, token_type: 'Bearer', expires_in: 3600, ...change },
        }
      })
      const token = await engine.token(connection)
      expect(token).toBeTruthy()
      const row = await engine.row(connection)
      expect(row).toMatchObject({ status: 'connected', version: 2, in_flight: false, trouble_code: null })
      const entry = await engine.vault.load(connection)
      const credential = engine.vault.open(entry)
      if (credential.kind !== 'oauth2') throw new Error('not oauth2')
      expect(credential.tokens.main.refresh_token).toBe(
        'refresh_token' in change ? `${grant}~0` : `${grant}~1`,
      )
      expect(
        entry.expiresAt === undefined ||
          (entry.expiresAt > now() && entry.expiresAt < now() + 20 * 365 * 86_400_000),
      ).toBe(true)

      // Refreshed once more, as after a 401.
      await other.refresher.refresh(connection, { version: 2 }, 'unauthorized')
      expect(await engine.row(connection)).toMatchObject({ status: 'connected', version: 3 })
      expect(as.reuses).toEqual([])
    },
  )

  test('a lifetime that is not told is the declared one', async () => {
    const { connection } = await seed({ provider: 'assumed' })
    as.behave((_request, rotate) => {
      const reply = rotate()
      return { ...reply, body: { ...(reply.body as object), expires_in: undefined } }
    })
    await engine.token(connection)
    const entry = await engine.vault.load(connection)
    expect(entry.expiresAt).toBeGreaterThan(now() + 9 * MINUTE)
    expect(entry.expiresAt).toBeLessThanOrEqual(now() + 10 * MINUTE)
  })

  test('a token without an end is not refreshed by the clock, and a 401 from the API is what refreshes it', async () => {
    const { connection, grant } = await seed()
    as.behave((_request, rotate) => {
      const reply = rotate()
      return { ...reply, body: { ...(reply.body as object), expires_in: undefined } }
    })
    await engine.token(connection)
    advance(400 * 86_400_000)
    await engine.refresher.sweep()
    expect(await engine.token(connection)).toBe(`access-${grant}~1`)
    expect(spentOn(grant)).toBe(1)
    as.refused.add(`access-${grant}~1`)
    const { verdict } = await engine.access.call(connection, { url: '/me' })
    expect(verdict).toBe('ok')
    expect(spentOn(grant)).toBe(2)
  })
})
