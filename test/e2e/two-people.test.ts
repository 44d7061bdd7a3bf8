/** Two people in two browsers: nobody can use, see or finish what belongs to the other. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openMember } from '../agents/people.ts'
import { change, invite } from '../identity/house.ts'
import type { Browser } from '../setup/testHub.ts'
import { card, connect, connectElsewhere, dialog, showIntegrations } from './documents/acts.ts'
import { openE2eStage, openProvider, type E2eStage } from './stage.ts'

const TOKEN = '/login/oauth/access_token'
let stage: E2eStage
/** Ada administers the organization, Bruno is a member: each with a browser, and with programs beside it. */
let ada: Page
let bruno: Page
let adaElsewhere: Browser
let brunoElsewhere: Browser
beforeAll(async () => {
  stage = await openE2eStage({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
  adaElsewhere = await stage.t.browser('ada@fernhill.example')
  brunoElsewhere = await openMember(stage.t, 'bruno@fernhill.example')
  ada = (await stage.signIn('ada@fernhill.example')).page
  bruno = (await stage.signIn('bruno@fernhill.example')).page
})
afterAll(() => stage.close())
beforeEach(async () => {
  for (const person of [adaElsewhere, brunoElsewhere])
    for (const { id } of (await person.get('/api/v1/connections')).body.data)
      await person.send('DELETE', `/api/v1/connections/${id}?force=true`)
  stage.t.sandbox.control.reset()
  await Promise.all([showIntegrations(ada), showIntegrations(bruno)])
})
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

const exchanges = () => stage.t.sandbox.control.requests('github', TOKEN)
const connections = async (person: Browser) =>
  (await person.get('/api/v1/connections?provider=github')).body.data as { id: string }[]
/** A call from within a page, with all that its session has. */
const call = (page: Page, path: string) =>
  page.evaluate(async (asked) => {
    const { csrf_token } = (await (await fetch('/api/v1/me')).json()) as { csrf_token: string }
    return (await fetch(asked, { headers: { 'trunkline-csrf': csrf_token } })).status
  }, path)

describe('C4 a flow that Ada began', () => {
  test('C4 finished in Bruno’s browser it connects nobody, and nothing is exchanged', async () => {
    const tab = await openProvider(ada, 'GitHub')
    const lured = await bruno.context().newPage()
    await lured.goto(tab.url())
    await lured.getByRole('button', { name: 'Allow' }).click()
    await lured.getByText('Refused').first().waitFor()
    await lured.getByText(/did not start in this browser/).waitFor()
    expect(exchanges()).toBe(0)
    expect([await connections(adaElsewhere), await connections(brunoElsewhere)]).toEqual([[], []])
    await card(bruno, 'GitHub').getByText('Not Configured').waitFor()
    await lured.close()
    await tab.close()
  })

  test('C4 finished in a browser with no session it connects nobody, and nothing is exchanged', async () => {
    const tab = await openProvider(ada, 'GitHub')
    const nobody = await stage.browser.newContext()
    const lured = await nobody.newPage()
    await lured.goto(tab.url())
    await lured.getByRole('button', { name: 'Allow' }).click()
    await lured.getByText('Refused').first().waitFor()
    expect(exchanges()).toBe(0)
    expect(await connections(adaElsewhere)).toEqual([])
    await nobody.close()
    await tab.close()
  })

  test('C4 the answer that Ada’s own browser would bring is worth nothing in Bruno’s', async () => {
    const tab = await openProvider(ada, 'GitHub')
    const real = new URL(tab.url())
    const answer = stage.t.consent(real.href)
    await bruno.goto(answer)
    await bruno.getByText('Refused').first().waitFor()
    expect(bruno.url()).not.toMatch(/code=|state=/)
    expect(exchanges()).toBe(0)
    await tab.close()
  })

  test('C4 neither its state nor its end is told to Bruno', async () => {
    const begun = (await adaElsewhere.send('POST', '/api/v1/connect/attempts', { provider: 'github' })).body
    expect(await call(bruno, `/api/v1/connect/attempts/${begun.id}`)).toBe(404)
  })
})

test('C5 a connect link made for one, walked by another: the host application’s call ends it, and nothing is exchanged', async () => {
  const link = (
    await stage.t.admin.send('POST', '/api/v1/connect-sessions', {
      end_user: { id: 'ada-of-the-host', name: 'Ada' },
      return_to: 'https://app.example.com/connected',
    })
  ).body
  const victim = await stage.browser.newContext()
  await victim.route('https://app.example.com/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<h1>The host application</h1>' }),
  )
  const page = await victim.newPage()
  await page.goto(link.url)
  await page.getByRole('searchbox', { name: 'Search services' }).fill('github')
  await page
    .getByRole('button', { name: /GitHub/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Continue to GitHub' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('heading', { name: 'The host application' }).waitFor()
  const proof = new URL(page.url()).searchParams.get('trunkline_proof')
  // The host's server knows who is signed in there: somebody else.
  const refused = await stage.t.admin.send('POST', `/api/v1/connect-sessions/${link.id}/complete`, {
    proof,
    end_user_id: 'bruno-of-the-host',
  })
  expect([refused.status, refused.body.code]).toEqual([403, 'proof_refused'])
  expect(exchanges()).toBe(0)
  await victim.close()
})

describe('ownership', () => {
  test('Ada’s own connection is invisible to Bruno and of no use to him', async () => {
    await connect(ada, 'GitHub')
    const [{ id } = { id: '' }] = await connections(adaElsewhere)
    expect(await call(ada, `/api/v1/proxy/${id}/user`)).toBe(200)

    await showIntegrations(bruno)
    await card(bruno, 'GitHub').getByText('Not Configured').waitFor()
    await bruno.goto(`${stage.t.url}/connections`)
    await bruno.getByRole('heading', { name: 'No connections' }).waitFor()
    await bruno.goto(`${stage.t.url}/connections/${id}`)
    await bruno.getByRole('heading', { name: 'There is no such connection' }).waitFor()
    expect(await bruno.content()).not.toContain('@ada-okafor')
    await bruno.goto(`${stage.t.url}/agents/github`)
    await bruno.getByText('0 of 12 tools available').waitFor()
    for (const path of [
      `/api/v1/proxy/${id}/user`,
      `/api/v1/connections/${id}/timeline`,
      `/api/v1/connections/${id}/impact`,
    ])
      expect([path, await call(bruno, path)]).toEqual([path, 404])
    for (const [method, path] of [
      ['POST', `/api/v1/connections/${id}/verify`],
      ['POST', `/api/v1/connections/${id}/reconnect`],
      ['DELETE', `/api/v1/connections/${id}`],
    ] as const)
      expect([method, path, (await change(brunoElsewhere, method, path, {})).status]).toEqual([
        method,
        path,
        404,
      ])
    expect(await call(ada, `/api/v1/proxy/${id}/user`)).toBe(200)
  })

  test('of Bruno’s own connection the administrator sees that it exists, and nothing that is in it', async () => {
    await connect(bruno, 'GitHub', 'Bruno Lindqvist')
    const [{ id } = { id: '' }] = await connections(brunoElsewhere)
    await ada.goto(`${stage.t.url}/connections`)
    await ada
      .getByRole('combobox', { name: 'Whose' })
      .selectOption({ label: 'Everybody’s (that they exist)' })
    const row = ada
      .getByRole('table')
      .getByRole('row')
      .filter({ hasText: 'GitHub' })
      .filter({ hasText: 'bruno' })
    await row.getByText('Connected').waitFor()
    expect(await ada.content()).not.toContain('@brunolq')
    await ada.goto(`${stage.t.url}/connections/${id}`)
    await ada.getByRole('heading', { name: 'There is no such connection' }).waitFor()
    expect(await call(ada, `/api/v1/proxy/${id}/user`)).toBe(404)
    // Nor by way of a program of the organization's.
    expect((await stage.t.admin.get(`/api/v1/proxy/${id}/user`)).status).toBe(404)
  })

  test('what is the organization’s Bruno uses and sees, and does not change', async () => {
    const id = await connectElsewhere(stage.t, adaElsewhere, { provider: 'github' })
    await showIntegrations(bruno, 'organization')
    await card(bruno, 'GitHub').getByText('Connected', { exact: true }).waitFor()
    expect(await card(bruno, 'GitHub').getByRole('button').count()).toBe(0)
    expect(await call(bruno, `/api/v1/proxy/${id}/user`)).toBe(200)
    const ended = await change(brunoElsewhere, 'DELETE', `/api/v1/connections/${id}`)
    expect(ended.status).toBeGreaterThanOrEqual(403)
    await card(bruno, 'GitHub').getByRole('link', { name: '@ada-okafor' }).click()
    await bruno.getByRole('heading', { name: 'GitHub', level: 1 }).waitFor()
    expect(await bruno.getByRole('button', { name: 'Disconnect' }).count()).toBe(0)
  })
})

test('project membership: whoever is not in a project does not see it, and a member only looks on', async () => {
  const { id } = (await adaElsewhere.send('POST', '/api/v1/projects', { name: 'Secret bicycle' })).body
  const me = (await brunoElsewhere.get('/api/v1/me')).body
  await bruno.goto(`${stage.t.url}/projects`)
  await bruno.getByText('You are in no project yet.', { exact: false }).waitFor()
  await bruno.goto(`${stage.t.url}/projects/${id}`)
  await bruno.getByRole('heading', { name: 'There is no such project' }).waitFor()
  expect(await call(bruno, `/api/v1/projects/${id}/selections`)).toBe(404)
  await adaElsewhere.send('PUT', `/api/v1/projects/${id}/members/${me.id}`, { role: 'member' })
  await bruno.goto(`${stage.t.url}/projects`)
  await bruno.getByRole('link', { name: 'Secret bicycle' }).click()
  await bruno.getByRole('heading', { name: 'Secret bicycle', level: 1 }).waitFor()
  // A member looks on.
  expect((await change(brunoElsewhere, 'DELETE', `/api/v1/projects/${id}`)).status).toBeGreaterThanOrEqual(
    403,
  )
  await adaElsewhere.send('DELETE', `/api/v1/projects/${id}/members/${me.id}`)
  await bruno.goto(`${stage.t.url}/projects/${id}`)
  await bruno.getByRole('heading', { name: 'There is no such project' }).waitFor()
})

test('an invitation for somebody else gains Bruno nothing', async () => {
  const { body } = await invite(adaElsewhere, 'chiara@fernhill.example', 'admin')
  await bruno.goto(body.url)
  await bruno
    .getByText('You are invited as administrator, with the address chiara@fernhill.example.')
    .waitFor()
  await bruno.getByRole('button', { name: /^Join as/ }).click()
  await bruno
    .getByText(/was used or taken back|is for another address|cannot be used/)
    .first()
    .waitFor()
  await showIntegrations(bruno)
  expect((await brunoElsewhere.get('/api/v1/me')).body.role).toBe('member')
  // It is not spent by that: whom it is for can use it.
  const chiara = await stage.t.browser(null)
  const token = new URL(body.url).hash.slice(1)
  const joined = await chiara.send('POST', '/api/v1/invitations/accept', {
    token,
    name: 'Chiara Tanaka',
    password: 'violet lantern over the harbour',
  })
  expect(joined.status, JSON.stringify(joined.body)).toBe(204)
})

test('live events: what happens to Ada’s connections is not told to Bruno', async () => {
  await bruno.evaluate(() => {
    const heard: string[] = []
    Object.assign(window, { heard })
    const stream = new EventSource('/api/v1/live')
    for (const type of ['connection.changed', 'connection.deleted', 'attempt.changed'])
      stream.addEventListener(type, (event) => heard.push((event as MessageEvent<string>).data))
    return new Promise<void>((resolve) => stream.addEventListener('open', () => resolve()))
  })
  const hers = await connectElsewhere(stage.t, adaElsewhere, { provider: 'github', owner: 'me' })
  await adaElsewhere.send('POST', `/api/v1/connections/${hers}/verify`, {})
  await adaElsewhere.send('DELETE', `/api/v1/connections/${hers}`)
  // His own comes after hers: once it is heard, hers would have been.
  await connectElsewhere(stage.t, brunoElsewhere, { provider: 'linear', owner: 'me' })
  const heard = () => bruno.evaluate(() => (window as unknown as { heard: string[] }).heard)
  await expect.poll(async () => (await heard()).some((data) => data.includes('"linear"'))).toBe(true)
  expect((await heard()).filter((data) => data.includes('"github"'))).toEqual([])
  await card(bruno, 'GitHub').getByText('Not Configured').waitFor()
  expect(await dialog(bruno).count()).toBe(0)
})
