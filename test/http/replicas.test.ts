/**
 * Two replicas, each with its memory of keys and credentials: what a key may no longer do ends on both, also where a
 * replica had served it from memory, and where the answer about the key was on its way when it changed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../setup/testDatabase.ts'
import { type ApiClient, apiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let one: TestHub
let other: TestHub
let admin: Browser
const id = { ada: '', ben: '', organization: '' }
let ada: Person
let ben: Person
type Person = { browser: Browser; id: string; email: string }

beforeAll(async () => {
  database = await createTestDatabase()
  one = await startTestHub({ databaseUrl: database.connectionString })
  // Both in front of the same providers.
  other = await startTestHub({
    databaseUrl: database.connectionString,
    sandbox: { createSandbox: () => one.sandbox },
  })
  admin = await one.browser('admin@example.com')
  ada = await person('ada@example.com')
  ben = await person('ben@example.com')
  id.ada = await connect(ada.browser, 'me')
  id.ben = await connect(ben.browser, 'me')
  id.organization = await connect(admin, 'organization')
})
afterAll(async () => {
  await Promise.all([one.close(), other.close()])
  await database.drop()
})

/** An administrator, as everybody is whom a link of the hub's machine makes. */
async function person(email: string): Promise<Person> {
  const browser = await one.browser(email)
  return { browser, email, id: (await browser.get('/api/v1/me')).body.id }
}

async function connect(browser: Browser, owner: string): Promise<string> {
  const { body } = await browser.send('POST', '/api/v1/connect/attempts', { provider: 'github', owner })
  await browser.follow(one.consent(body.authorization_url))
  return (await browser.get(`/api/v1/connect/attempts/${body.id}`)).body.connection_id
}

const at = (t: TestHub, { key }: ApiClient) => apiClient(t.url, key)
/** The three ways to a connection: the framework's, the proxy's and the token's, which are answered from memory. */
async function ways(key: ApiClient, connection: string): Promise<number[]> {
  const answers: number[] = []
  for (const t of [one, other])
    for (const path of [
      `/api/v1/connections/${connection}`,
      `/api/v1/proxy/${connection}/user`,
      `/api/v1/connections/${connection}/token`,
    ])
      answers.push((await at(t, key).get(path)).status)
  return answers
}
/** Until both have it in memory, whoever asked first. */
async function warm(key: ApiClient, connection: string): Promise<number[]> {
  await ways(key, connection)
  return ways(key, connection)
}
const all = (status: number) => Array.from({ length: 6 }, () => status)
const role = (who: Person, to: string) => admin.send('PATCH', `/api/v1/people/${who.id}`, { role: to })

/** Holds back what the database answers about keys, as a slow network does. */
function holdKeys(t: TestHub): { arrived: Promise<void>; letGo: () => void; end: () => void } {
  const { pool } = t.hub.database
  const connectTo = pool.connect.bind(pool)
  const arrived = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  pool.connect = (async () => {
    const client = await connectTo()
    const query = client.query.bind(client)
    const release = client.release.bind(client)
    client.query = (async (...given: Parameters<typeof query>) => {
      const [asked] = given as unknown[]
      const answer = await (query(...given) as unknown as Promise<unknown>)
      if ((asked as { text?: string }).text?.includes('from "api_keys" as "k" inner join')) {
        arrived.resolve()
        await gate.promise
      }
      return answer
    }) as unknown as typeof client.query
    client.release = (...given) => {
      Object.assign(client, { query, release })
      release(...given)
    }
    return client
  }) as typeof pool.connect
  return { arrived: arrived.promise, letGo: gate.resolve, end: () => (pool.connect = connectTo) }
}

describe('T1 on both replicas, also from memory,', () => {
  test('a key reaches what is its person’s or the organization’s, and nothing of another person', async () => {
    const key = await ada.browser.makeKey()
    expect(await warm(key, id.ada)).toEqual(all(200))
    expect(await warm(key, id.organization)).toEqual(all(200))
    expect(await warm(await ben.browser.makeKey(), id.ben)).toEqual(all(200))
    expect(await warm(key, id.ben)).toEqual(all(404))
    expect(await warm(one.admin, id.organization)).toEqual(all(200))
    for (const whose of [id.ada, id.ben]) expect(await warm(one.admin, whose)).toEqual(all(404))
  })

  test('a revoked key reaches nothing', async () => {
    const { body } = await ada.browser.send('POST', '/api/v1/api-keys', {
      name: 'for a while',
      scopes: ['connections:read', 'proxy:use', 'tokens:read'],
      acts_as: 'me',
    })
    const key = apiClient(one.url, body.key)
    expect(await warm(key, id.ada)).toEqual(all(200))
    await admin.send('DELETE', `/api/v1/api-keys/${body.id}`)
    await expect.poll(() => ways(key, id.ada)).toEqual(all(401))
  })

  test('a key of somebody who is no administrator any more reads no token, not even of their own', async () => {
    const key = await ada.browser.makeKey()
    expect(await warm(key, id.organization)).toEqual(all(200))
    await role(ada, 'member')
    await expect.poll(() => ways(key, id.organization)).toEqual([200, 200, 403, 200, 200, 403])
    expect(await ways(key, id.ada)).toEqual([200, 200, 403, 200, 200, 403])
    await role(ada, 'admin')
    await expect.poll(() => ways(key, id.ada)).toEqual(all(200))
    ada = await person(ada.email)
  })

  test('a key of somebody who left reaches nothing', async () => {
    const leaver = await person('leaver@example.com')
    const key = await leaver.browser.makeKey()
    expect(await warm(key, id.organization)).toEqual(all(200))
    await admin.send('DELETE', `/api/v1/people/${leaver.id}`)
    await expect.poll(() => ways(key, id.organization)).toEqual(all(401))
  })
})

describe('T5 what was read of a key before it changed is not kept:', () => {
  test.each([
    ['revoked', 401],
    ['demoted', 403],
  ])('%s', async (what, status) => {
    const whose = await person(`${what}@example.com`)
    const { body } = await whose.browser.send('POST', '/api/v1/api-keys', {
      name: 'slow',
      scopes: ['connections:read', 'admin'],
      acts_as: 'me',
    })
    const key = apiClient(other.url, body.key)
    await at(other, one.admin).get('/api/v1/me')
    expect(other.hub.identity.knownApiKey(`Bearer ${one.admin.key}`)).toBeDefined()
    const held = holdKeys(other)
    const underWay = key.get('/api/v1/people')
    await held.arrived
    held.end()
    if (what === 'revoked') await admin.send('DELETE', `/api/v1/api-keys/${body.id}`)
    else await role(whose, 'member')
    await heard()
    held.letGo()
    await underWay
    expect((await key.get('/api/v1/people')).status).toBe(status)
  })

  /** What the other replica had in memory of another key is gone. */
  const heard = () =>
    expect.poll(() => other.hub.identity.knownApiKey(`Bearer ${one.admin.key}`)).toBeUndefined()
})
