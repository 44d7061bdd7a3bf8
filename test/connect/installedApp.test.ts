/** The native pattern: an app installed at Atlassian tells the hub, and Jira is connected with nothing to configure. */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let site: string
beforeAll(async () => {
  t = await startTestHub()
  site = t.sandbox.control.forge.sites()[0]?.cloudId as string
})
afterAll(() => t.close())

const forge = () => t.sandbox.control.forge
const connections = async () => (await t.admin.get('/api/v1/connections?provider=jira')).body.data
const post = async ({ headers, body }: { headers: Record<string, string>; body: string }) => {
  const answer = await fetch(`${t.url}/api/platform/jira`, { method: 'POST', headers, body })
  return { status: answer.status, body: (await answer.json()) as { code?: string; result?: string } }
}

describe('what is not proved to come from the platform is refused, and changes nothing', () => {
  const INSTALLED = 'avi:forge:installed:app'
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const seconds = (ago: number) => Math.floor((Date.now() - ago * 1000) / 1000)
  const forged: [string, () => { headers: Record<string, string>; body: string }][] = [
    [
      'no token',
      () => ({ ...forge().request(site, INSTALLED), headers: { 'content-type': 'application/json' } }),
    ],
    ['signed with another key', () => forge().request(site, INSTALLED, { key: other })],
    [
      'another app',
      () => forge().request(site, INSTALLED, { claims: { aud: 'ari:cloud:ecosystem::app/evil' } }),
    ],
    ['another issuer', () => forge().request(site, INSTALLED, { claims: { iss: 'https://evil.example' } })],
    ['expired', () => forge().request(site, INSTALLED, { claims: { iat: seconds(900), exp: seconds(600) } })],
    ['not valid yet', () => forge().request(site, INSTALLED, { claims: { nbf: seconds(-600) } })],
    ['without an end', () => forge().request(site, INSTALLED, { claims: { exp: null } })],
    [
      'unsigned',
      () => bend(forge().request(site, INSTALLED, { alg: 'none' }), (parts) => [parts[0], parts[1], '']),
    ],
    ['HS256 by the public key', () => forge().request(site, INSTALLED, { alg: 'HS256' })],
    ['a key nobody published', () => forge().request(site, INSTALLED, { header: { kid: 'forge/unknown' } })],
    [
      'claims changed after signing',
      () =>
        bend(forge().request(site, INSTALLED), (parts) => [
          parts[0],
          Buffer.from(
            JSON.stringify({
              ...JSON.parse(Buffer.from(parts[1] as string, 'base64url').toString()),
              context: { cloudId: '00000000-0000-4000-8000-000000000000' },
            }),
          ).toString('base64url'),
          parts[2],
        ]),
    ],
  ]
  test.each(forged)('%s', async (_name, make) => {
    const answer = await post(make())
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(await connections()).toEqual([])
  })

  test('a provider without an app, and one that does not exist', async () => {
    const call = forge().request(site, INSTALLED)
    const to = (id: string) =>
      fetch(`${t.url}/api/platform/${id}`, { method: 'POST', headers: call.headers, body: call.body })
    expect((await to('github')).status).toBe(404)
    expect((await to('nothing')).status).toBe(404)
  })
})

describe('the life of an installation', () => {
  let id: string

  test('installing connects Jira for the organization, with no redirect', async () => {
    expect(await forge().install(site)).toMatchObject({ status: 200, body: '{"result":"connected"}' })
    const [connection, ...more] = await connections()
    expect(more).toEqual([])
    id = connection.id
    expect(connection).toMatchObject({
      provider: 'jira',
      method: 'installed_app',
      mode: 'sandbox',
      owner: { kind: 'organization' },
      status: { status: 'connected' },
      account: { label: expect.stringContaining('.atlassian.net') },
    })
  })

  test('calls go through with the token of the app', async () => {
    const answer = await t.admin.get(`/api/v1/proxy/${id}/rest/api/3/project/search`)
    expect([answer.status, answer.body.values?.length > 0]).toEqual([200, true])
  })

  test('told twice, and the upgrade, make no second connection', async () => {
    expect((await post(forge().request(site, 'avi:forge:installed:app'))).status).toBe(200)
    expect((await post(forge().request(site, 'avi:forge:upgraded:app'))).status).toBe(200)
    expect(await connections()).toHaveLength(1)
  })

  test('each scheduled call brings a fresh token; an older one changes nothing', async () => {
    const late = forge().request(site, undefined)
    const before = (await t.admin.get(`/api/v1/connections/${id}`)).body.expires_at
    t.clock.advance(120_000)
    expect((await forge().trigger(site)).body).toBe('{"result":"renewed"}')
    const after = (await t.admin.get(`/api/v1/connections/${id}`)).body.expires_at
    expect(Date.parse(after)).toBeGreaterThan(Date.parse(before))
    expect((await post(late)).body).toEqual({ result: 'kept' })
    expect((await t.admin.get(`/api/v1/connections/${id}`)).body.expires_at).toBe(after)
  })

  test('a platform that falls silent is told as Connection Invalid; its next call mends it', async () => {
    t.clock.advance(2 * 3_600_000)
    await t.hub.sweep()
    const { status } = (await t.admin.get(`/api/v1/connections/${id}`)).body
    expect(status).toMatchObject({ status: 'connection_invalid' })
    expect((await forge().trigger(site)).body).toBe('{"result":"renewed"}')
    expect((await t.admin.get(`/api/v1/connections/${id}`)).body.status.status).toBe('connected')
    expect((await t.admin.get(`/api/v1/proxy/${id}/rest/api/3/project/search`)).status).toBe(200)
  })

  test('new signing keys of the platform are found', async () => {
    t.clock.advance(61_000)
    forge().rotateKeys()
    expect((await forge().trigger(site)).body).toBe('{"result":"renewed"}')
  })

  test('disconnected here, the app staying installed: a scheduled call does not bring it back', async () => {
    expect((await t.admin.send('DELETE', `/api/v1/connections/${id}`)).status).toBe(200)
    expect((await forge().trigger(site)).body).toBe('{"result":"kept"}')
    expect(await connections()).toEqual([])
    expect((await forge().install(site)).body).toBe('{"result":"connected"}')
    id = (await connections())[0].id
  })

  test('uninstalling disconnects and destroys the credential', async () => {
    expect((await forge().uninstall(site)).body).toBe('{"result":"disconnected"}')
    expect(await connections()).toEqual([])
    const { rows } = await t.hub.database.pool.query(
      'select count(*)::int as n from credentials where connection_id = $1',
      [id],
    )
    expect(rows[0].n).toBe(0)
    expect((await t.admin.get(`/api/v1/proxy/${id}/rest/api/3/myself`)).status).toBe(410)
  })
})

function bend(
  call: { headers: Record<string, string>; body: string },
  change: (parts: string[]) => (string | undefined)[],
) {
  const token = change((call.headers['authorization'] ?? '').replace('Bearer ', '').split('.')).join('.')
  return { ...call, headers: { ...call.headers, authorization: `Bearer ${token}` } }
}
