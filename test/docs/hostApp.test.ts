/** examples/host-app.ts, as docs/guides/connect-links.md tells it: the person who began is the one who ends (C6). */
import type { Server } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startHostApp } from '../../examples/host-app.ts'
import { findFreePort } from '../setup/port.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'

const TOKEN_PATH = '/login/oauth/access_token'
let t: TestHub
let app: Server
let port: number

beforeAll(async () => {
  port = await findFreePort()
  t = await startTestHub({ env: { TRUNKLINE_RETURN_URLS: `http://127.0.0.1:${port}/connected` } })
  const scopes = ['connect:write', 'connections:read', 'proxy:use']
  const { body } = await t.admin.send('POST', '/api/v1/api-keys', { name: 'host application', scopes })
  app = await startHostApp({ hubUrl: t.url, apiKey: body.key, port })
})
afterAll(async () => {
  app.closeAllConnections()
  await new Promise((resolve) => app.close(resolve))
  await t.close()
})
beforeEach(() => t.sandbox.control.reset())

test('connects, shows the account, and calls the provider for the person', async () => {
  const alice = await signIn('alice')
  const back = await walk(alice, 'github')
  expect(
    t.sandbox.control.requests('github', TOKEN_PATH),
    'nothing is exchanged before the completing call',
  ).toBe(0)
  const done = await alice('GET', back)
  expect([done.status, done.location], done.html).toEqual([303, '/'])
  expect((await alice('GET', '/')).html).toContain('github: @ada-okafor, connected')
  expect((await alice('GET', '/github')).html).toContain('GitHub says that you are ada-okafor')
})

test('an address of one person, opened by another, links nothing to either', async () => {
  const [mallory, victim] = [await signIn('mallory'), await signIn('victim')]
  const back = await walk(mallory, 'github')
  expect((await victim('GET', back)).html).toContain('not the one this connect link was made for')
  expect((await mallory('GET', back)).status).toBe(502)
  expect(t.sandbox.control.requests('github', TOKEN_PATH)).toBe(0)
  for (const person of [mallory, victim]) expect((await person('GET', '/')).html).not.toContain('github:')
})

test('nobody is asked to sign in by completing', async () => {
  const carol = await signIn('carol')
  const back = await walk(carol, 'github')
  const stranger = await fetch(new URL(back, `http://127.0.0.1:${port}`), { redirect: 'manual' })
  expect(stranger.status).toBe(401)
  expect((await carol('GET', back)).status).toBe(303)
})

test('a grant that reaches several places asks, and only the person who completed it may answer', async () => {
  const dora = await signIn('dora')
  const back = await walk(dora, 'jira')
  const question = await dora('GET', back)
  const fields = [...question.html.matchAll(/name="(\w+)" value="([^"]+)"/g)]
    .slice(0, 2)
    .map(([, name, value]) => [name, value])
  const form = Object.fromEntries(fields) as Record<string, string>
  expect(form, question.html).toMatchObject({ attempt: expect.stringMatching(/^att_/), value: '0' })
  expect((await (await signIn('eve'))('POST', '/decide', form)).html).toContain('not yours to answer')
  expect(await dora('POST', '/decide', form)).toMatchObject({ status: 303, location: '/' })
  expect((await dora('GET', '/')).html).toContain('jira: ')
})

type Visit = (
  method: string,
  path: string,
  form?: Record<string, string>,
) => Promise<{ status: number; location: string | null; html: string }>

/** A browser signed in at the host application. */
async function signIn(user: string): Promise<Visit> {
  let cookie = ''
  const visit: Visit = async (method, path, form) => {
    const answer = await fetch(new URL(path, `http://127.0.0.1:${port}`), {
      method,
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    })
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return { status: answer.status, location: answer.headers.get('location'), html: await answer.text() }
  }
  await visit('POST', '/sign-in', { user })
  return visit
}

/** Connect, the hub's page, the provider's page, up to the address that the browser brings back. */
async function walk(person: Visit, provider: string): Promise<string> {
  const { location } = await person('POST', '/connect')
  const token = new URL(location ?? '').pathname.split('/').at(-1)
  const atHub = await t.browser(null)
  const { body } = await atHub.send('POST', `/api/v1/connect-links/${token}/attempts`, { provider })
  const back = await atHub.follow(t.consent(body.authorization_url))
  expect(back.origin + back.pathname).toBe(`http://127.0.0.1:${port}/connected`)
  return back.pathname + back.search
}
