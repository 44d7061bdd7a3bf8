/** Confluence is verified, not authorized: by the app installed for Jira, or by the grant that a person gave for Jira. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let admin: Browser
beforeAll(async () => {
  t = await startTestHub()
  admin = await t.browser('admin@example.com')
})
afterAll(() => t.close())
afterEach(async () => {
  for (const { id } of (await t.admin.get('/api/v1/connections')).body.data)
    await t.admin.send('DELETE', `/api/v1/connections/${id}?force=true`)
  t.sandbox.control.reset()
})

const forge = () => t.sandbox.control.forge
const read = async (id: string) => (await admin.get(`/api/v1/connections/${id}`)).body
const verify = async (id: string) => (await admin.send('POST', `/api/v1/connections/${id}/verify`)).body
const verifyAccess = async (owner: 'me' | 'organization') =>
  admin.send('POST', '/api/v1/connect/attempts', { provider: 'confluence', method: 'verified_access', owner })
const spaces = (id: string) => admin.get(`/api/v1/proxy/${id}/wiki/rest/api/search?cql=type%3Dpage&limit=5`)

/** The site at this place of the sandbox's list; the first has Confluence, the second has not. */
const site = (index: number) => forge().sites()[index]?.cloudId as string

describe('with the app installed for Jira', () => {
  test('without Jira there is nothing to verify with, and it says what to connect first', async () => {
    const answer = await verifyAccess('organization')
    expect([answer.status, answer.body.code]).toEqual([409, 'not_configured'])
    expect(answer.body.detail).toContain('Connect Jira Cloud first')
  })

  test('Setup Required with the steps, then Connected, called with the app’s own token', async () => {
    await forge().install(site(0))
    const attempt = (await verifyAccess('organization')).body
    expect(attempt).toMatchObject({ status: 'succeeded' })
    const id = attempt.connection_id
    expect((await read(id)).status).toMatchObject({
      status: 'setup_required',
      cause: 'app_not_connected',
      who: 'admin',
      action: 'follow_steps',
    })
    const { body: provider } = await admin.get('/api/v1/providers/confluence')
    const steps = provider.methods.find(
      ({ kind }: { kind: string }) => kind === 'verified_access',
    ).instructions
    expect(steps.join(' ')).toContain('admin.atlassian.com')

    forge().connectConfluence(site(0), true)
    expect((await verify(id)).status).toMatchObject({ status: 'connected' })
    const found = await spaces(id)
    expect([found.status, found.body.results?.length > 0]).toEqual([200, true])

    forge().connectConfluence(site(0), false)
    expect((await verify(id)).status).toMatchObject({ status: 'setup_required' })
  })

  test('Not Available where the site has no Confluence', async () => {
    await forge().install(site(1))
    const { connection_id } = (await verifyAccess('organization')).body
    expect((await read(connection_id)).status).toMatchObject({
      status: 'not_available',
      action: 'check_subscription',
    })
  })

  test('verified again it is the same connection, and it follows what happens to Jira', async () => {
    await forge().install(site(0))
    forge().connectConfluence(site(0), true)
    const id = (await verifyAccess('organization')).body.connection_id
    expect((await verifyAccess('organization')).body.connection_id).toBe(id)
    const [jira] = (await admin.get('/api/v1/connections?provider=jira')).body.data

    const { body: impact } = await admin.get(`/api/v1/connections/${jira.id}/impact`)
    expect(impact.items).toContainEqual(
      expect.objectContaining({
        kind: 'siblings',
        count: 1,
        names: [expect.stringContaining('confluence')],
      }),
    )

    await forge().uninstall(site(0))
    await expect.poll(async () => (await read(id)).status.status).toBe('connection_invalid')
    expect((await read(id)).status).toMatchObject({
      cause: 'lender_over',
      detail: expect.stringContaining('Jira'),
    })
    expect((await spaces(id)).status).toBe(409)
  })

  test('a fresh token for Jira is a fresh token for Confluence, and one that falls silent mends with it', async () => {
    await forge().install(site(0))
    forge().connectConfluence(site(0), true)
    const id = (await verifyAccess('organization')).body.connection_id
    t.clock.advance(2 * 3_600_000)
    admin = await t.browser('admin@example.com')
    await t.hub.sweep()
    await expect.poll(async () => (await read(id)).status.status).toBe('connection_invalid')
    await forge().trigger(site(0))
    await expect.poll(async () => (await read(id)).status.status).toBe('connected')
    expect((await spaces(id)).status).toBe(200)
  })
})

describe('with a grant that a person gave for Jira', () => {
  async function connectJira(scopeSet: string | undefined) {
    const { body } = await admin.send('POST', '/api/v1/connect/attempts', {
      provider: 'jira',
      ...(scopeSet && { scope_set: scopeSet }),
    })
    await admin.follow(t.consent(body.authorization_url, { picked: [site(0)] }))
    const attempt = (await admin.get(`/api/v1/connect/attempts/${body.id}`)).body
    expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
    return attempt.connection_id as string
  }

  test('the grant reaches both: Connected, refreshed with Jira’s token', async () => {
    const jira = await connectJira('with_confluence')
    const id = (await verifyAccess('me')).body.connection_id
    expect((await read(id)).status.status).toBe('connected')
    expect(t.sandbox.control.expire('jira')).toBeGreaterThan(0)
    expect((await spaces(id)).status).toBe(200)
    const { data } = (await admin.get(`/api/v1/connections/${jira}/timeline?limit=100`)).body
    expect(data.map(({ kind }: { kind: string }) => kind)).toContain('refreshed')
  })

  test('the grant is Jira’s alone: Setup Required', async () => {
    await connectJira(undefined)
    const id = (await verifyAccess('me')).body.connection_id
    expect((await read(id)).status.status).toBe('setup_required')
  })

  test('nobody borrows from another: the organization’s access does not go through a person’s grant', async () => {
    await connectJira('with_confluence')
    expect((await verifyAccess('organization')).status).toBe(409)
    const other = await t.browser('other@example.com')
    const answer = await other.send('POST', '/api/v1/connect/attempts', {
      provider: 'confluence',
      method: 'verified_access',
    })
    expect([answer.status, answer.body.code]).toEqual([409, 'not_configured'])
  })

  test('revoked at the provider: Jira falls, and Confluence with it, saying why', async () => {
    const jira = await connectJira('with_confluence')
    const id = (await verifyAccess('me')).body.connection_id
    t.sandbox.control.revoke('jira')
    await admin.get(`/api/v1/proxy/${jira}/rest/api/3/myself`)
    await expect.poll(async () => (await read(jira)).status.status).toBe('connection_invalid')
    await expect.poll(async () => (await read(id)).status.cause).toBe('lender_over')
  })
})
