/** What one replica changes, the others know at once; and while they could not hear of it, they trust nothing they hold. */
import { createServer, connect as connectSocket, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { type BusMessage, openBus } from '../../src/store/bus.ts'
import { openDatabase } from '../../src/store/database.ts'
import type { ConnectionKey } from '../../src/vault/status.ts'
import { setStatus } from '../../src/vault/status.ts'
import { credentialOf, type Engine, seedConnections, startEngine } from '../refresh/engine.ts'
import { runOn } from '../setup/template.ts'
import { createTestDatabase, type TestDatabase } from '../setup/testDatabase.ts'

let database: TestDatabase
let here: Engine
let there: Engine
let connection: ConnectionKey
const SOON = Date.now() + 3_600_000

beforeEach(async () => {
  database = await createTestDatabase()
  const start = () => startEngine({ address: database.address, authorizationServer: 'http://127.0.0.1:9' })
  here = await start()
  there = await start()
  connection = (await seedConnections(here, { expiresAt: SOON }))[0] as ConnectionKey
})
afterEach(async () => {
  await Promise.all([here.close(), there.close()])
  await database.drop()
})

const token = async (engine: Engine) => {
  const credential = engine.vault.open(await engine.vault.find(connection))
  return credential.kind === 'oauth2' ? credential.tokens.main.access_token : undefined
}
/** As a reconnect does, telling everybody. */
const replace = (engine: Engine, grant: string) =>
  engine.bus.transaction(engine.db, async (trx) => {
    await engine.vault.put(trx, connection, credentialOf(grant, SOON), Date.now())
    await engine.bus.publish(trx, {
      topic: 'connection.changed',
      organization: connection.organization,
      id: connection.id,
      provider: 'strict',
      owner_kind: 'organization',
      owner: connection.organization,
    })
  })
/** As nobody does: a change that is told to no one. */
const replaceInSilence = (engine: Engine, grant: string) =>
  engine.db
    .transaction()
    .execute((trx) => engine.vault.put(trx, connection, credentialOf(grant, SOON), Date.now()))

async function interrupt(engine: Engine): Promise<void> {
  await engine.database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trunkline-bus' and datname = current_database()`,
  )
  await expect.poll(() => engine.bus.listening).toBe(false)
}

/** Whether new connections to the database are let in; those that stand go on. */
const admit = (allowed: boolean) =>
  runOn(
    inject('database'),
    `alter database ${database.address.database} with allow_connections ${allowed ? 'true' : 'false'}`,
  )

describe('the memory of sealed credentials', () => {
  test('answers without the database as long as nothing changes', async () => {
    await token(here)
    await replaceInSilence(there, 'silent')
    expect(await token(here)).toBe('access-g0~0')
    // Whoever must be sure asks past it.
    expect((await here.vault.load(connection)).version).toBe(2)
  })

  test('forgets at once what another replica changes, and what its own does', async () => {
    await Promise.all([token(here), token(there)])
    await replace(there, 'second')
    expect(await token(there)).toBe('access-second~0')
    await expect.poll(() => token(here), { interval: 5 }).toBe('access-second~0')
    await replace(here, 'third')
    expect(await token(here)).toBe('access-third~0')
    await expect.poll(() => token(there), { interval: 5 }).toBe('access-third~0')
  })

  test('forgets a status and a disconnect as well', async () => {
    await token(there)
    await here.bus.transaction(here.db, (trx) =>
      setStatus(trx, here.bus, Date.now(), connection, {
        status: 'connection_invalid',
        cause: 'grant_revoked',
        detail: 'gone',
      }),
    )
    await expect.poll(async () => (await there.vault.find(connection)).status).toBe('connection_invalid')
    await here.bus.transaction(here.db, async (trx) => {
      await here.vault.destroy(trx, connection)
      await here.bus.publish(trx, {
        topic: 'connection.deleted',
        organization: connection.organization,
        id: connection.id,
        provider: 'strict',
        owner_kind: 'organization',
        owner: connection.organization,
      })
    })
    await expect
      .poll(() =>
        there.vault.find(connection).then(
          () => 'found',
          (error: { code: string }) => error.code,
        ),
      )
      .toBe('connection_disconnected')
    await expect(here.vault.find(connection)).rejects.toMatchObject({ code: 'connection_disconnected' })
  })

  test('a change that is rolled back is told to nobody', async () => {
    const heard: BusMessage[] = []
    here.bus.subscribe((message) => heard.push(message))
    there.bus.subscribe((message) => heard.push(message))
    const failing = here.bus.transaction(here.db, async (trx) => {
      await here.bus.publish(trx, {
        topic: 'connection.changed',
        organization: 'o',
        id: 'c',
        provider: 'strict',
        owner_kind: 'organization',
        owner: 'o',
      })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await replace(here, 'heard')
    await expect.poll(() => heard.length).toBe(2)
    expect(heard.every((message) => 'id' in message && message.id === connection.id)).toBe(true)
  })

  test('is passed by while changes cannot be heard, and forgotten when they can again', async () => {
    // Each with a connection that stands.
    await Promise.all([token(here), token(there)])
    // Until it may, nobody listens again.
    await admit(false)
    await interrupt(here)
    await replaceInSilence(there, 'missed')
    expect(here.bus.listening).toBe(false)
    expect(await token(here)).toBe('access-missed~0')
    await replaceInSilence(there, 'missed again')
    expect(await token(here)).toBe('access-missed again~0')
    await admit(true)
    await expect.poll(() => here.bus.listening).toBe(true)
    expect(await token(here)).toBe('access-missed again~0')
    await expect.poll(() => there.bus.listening).toBe(true)
    await replace(there, 'heard')
    await expect.poll(() => token(here)).toBe('access-heard~0')
  })

  test('does not keep a read that a change overtook', async () => {
    const { pool } = here.database
    const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>
    // The row has been read, and its way back takes until after the change.
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let reads = 0
    pool.query = (async (...args: unknown[]) => {
      const result = await query(...args)
      if (reads++ === 0) await held
      return result
    }) as typeof pool.query
    const slow = token(here)
    await expect.poll(() => reads).toBe(1)
    const told = new Promise<void>((resolve) => here.bus.subscribe(() => resolve()))
    await replace(there, 'newer')
    await told
    // Who comes after the change does not share the read from before it.
    expect(await token(here)).toBe('access-newer~0')
    release()
    expect(await slow).toBe('access-g0~0')
    expect(await token(here)).toBe('access-newer~0')
  })

  test('shares one read among all who ask at once', async () => {
    const { pool } = here.database
    const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>
    let reads = 0
    pool.query = ((...args: unknown[]) => {
      reads++
      return query(...args)
    }) as typeof pool.query
    await Promise.all(Array.from({ length: 100 }, () => token(here)))
    expect(reads).toBe(1)
  })
})

describe('a COMMIT whose answer never came', () => {
  test('may have been one: this process forgets what it holds, as the others do', async () => {
    const { host, port } = inject('database')
    const sockets = new Set<Socket>()
    let armed = false
    const relay = createServer((near) => {
      const far = host.startsWith('/') ? connectSocket(`${host}/.s.PGSQL.${port}`) : connectSocket(port, host)
      let asked = false
      for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
      near.on('data', (chunk) => {
        asked ||= armed && chunk.includes('commit')
        far.write(chunk)
      })
      // The database has committed; what it says of it is lost, with the connection.
      far.on('data', (chunk) => void (asked && chunk.includes('COMMIT') ? near.destroy() : near.write(chunk)))
      near.on('close', () => far.destroy())
      far.on('close', () => near.destroy())
    })
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
    const relayed = await startEngine({
      address: { ...database.address, host: '127.0.0.1', port: (relay.address() as { port: number }).port },
      authorizationServer: 'http://127.0.0.1:9',
    })
    try {
      await token(relayed)
      armed = true
      await expect(replace(relayed, 'second')).rejects.toThrow()
      armed = false
      // It did happen, and no second message about it will come.
      expect((await there.vault.load(connection)).version).toBe(2)
      await expect.poll(() => token(relayed)).toBe('access-second~0')
    } finally {
      await relayed.close()
      for (const socket of sockets) socket.destroy()
      relay.close()
    }
  })
})

describe('a network that swallows everything', () => {
  let relay: Server
  const sockets = new Set<Socket>()
  let frozen = false
  /** Pieces that came from the database. */
  let passed = 0

  /** Passes bytes on, until it is frozen: then nothing comes through, and nothing breaks either. */
  async function startRelay(): Promise<number> {
    const { host, port } = inject('database')
    relay = createServer((near) => {
      const far = host.startsWith('/') ? connectSocket(`${host}/.s.PGSQL.${port}`) : connectSocket(port, host)
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from)
        from.on('data', (chunk) => {
          if (frozen) return
          if (from === far) passed++
          to.write(chunk)
        })
        from.on('error', () => {})
        from.on('close', () => void (frozen || to.destroy()))
      }
    })
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
    return (relay.address() as { port: number }).port
  }

  test('is noticed by a question that stays without answer, and the memory is passed by', async () => {
    frozen = false
    const relayed = openDatabase(
      { ...database.address, host: '127.0.0.1', port: await startRelay() },
      () => {},
    )
    const bus = await openBus(relayed, () => {}, { pingMs: 1000 })
    let gaps = 0
    bus.onGap(() => gaps++)
    try {
      const before = passed
      await expect.poll(() => passed - before).toBeGreaterThanOrEqual(3)
      expect(bus.listening).toBe(true)
      frozen = true
      await expect.poll(() => bus.listening).toBe(false)
      expect(gaps).toBe(1)
      frozen = false
      await expect.poll(() => bus.listening).toBe(true)
      expect(gaps).toBe(2)
    } finally {
      frozen = false
      await bus.close()
      await relayed.close()
      for (const socket of sockets) socket.destroy()
      relay.close()
    }
  })

  test('is not what a process sees that was away itself', async () => {
    const own = openDatabase(database.address, () => {})
    const bus = await openBus(own, () => {}, { pingMs: 50 })
    let gaps = 0
    bus.onGap(() => gaps++)
    try {
      for (let round = 0; round < 3; round++) {
        // Where timers come next, so that a question goes out and its answer waits while this process is away.
        await new Promise((resolve) => setImmediate(resolve))
        const until = performance.now() + 1000
        while (performance.now() < until);
      }
      await new Promise((resolve) => setImmediate(resolve))
      expect(gaps).toBe(0)
      expect(bus.listening).toBe(true)
    } finally {
      await bus.close()
      await own.close()
    }
  })
})
