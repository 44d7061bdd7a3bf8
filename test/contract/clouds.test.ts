/** A provider in several clouds that know nothing of one another: the operator picks one, and the hosts follow. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStage, type Stage } from '../../src/sandbox/stage.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

const CLOUDS = [
  ['global', 'login.microsoftonline.com', 'graph.microsoft.com'],
  ['us-gov-high', 'login.microsoftonline.us', 'graph.microsoft.us'],
  ['us-gov-dod', 'login.microsoftonline.us', 'dod-graph.microsoft.us'],
  ['china', 'login.partner.microsoftonline.cn', 'microsoftgraph.chinacloudapi.cn'],
] as const
const DIRECTORY = '8f1b6c7a-2d34-4e5f-9a0b-1c2d3e4f5a6b'

let stage: Stage
let t: TestHub
let person: Browser
const callbacks: string[] = []
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => callbacks })
  const hosts = new Set(CLOUDS.flatMap(([, login, graph]) => [login, graph]))
  const fronts = await Promise.all(
    [...hosts].map(async (host) => [host, await stage.front(`https://${host}/`)] as const),
  )
  const { client_id, client_secret } = stage.sandbox.client('outlook')
  t = await startTestHub({
    withSandbox: false,
    env: { MICROSOFT_CLIENT_ID: client_id, MICROSOFT_CLIENT_SECRET: client_secret },
    overrides: { outlook: Object.fromEntries(fronts) },
  })
  person = await t.browser()
})
afterAll(async () => {
  await t.close()
  await stage.close()
})

async function choose(parameters: Record<string, string>): Promise<void> {
  const { status, body } = await person.send('PATCH', '/api/v1/integrations/outlook', { parameters })
  expect(status, JSON.stringify(body)).toBe(200)
}

async function connect(login: string): Promise<string> {
  const { body } = await person.send('POST', '/api/v1/connect/attempts', { provider: 'outlook' })
  const front = new URL(body.authorization_url)
  callbacks.push(front.searchParams.get('redirect_uri') ?? '')
  await person.follow(stage.sandbox.control.decide(`https://${login}${front.pathname}${front.search}`))
  const attempt = (await person.get(`/api/v1/connect/attempts/${body.id}`)).body
  expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
  // What is asked behind the person's back belongs to this cloud, not to the next test's.
  await t.hub.settle()
  expect(front.pathname).toBe(`/${DIRECTORY}/oauth2/v2.0/authorize`)
  return attempt.connection_id
}

const hostsAsked = () => [...new Set(stage.sandbox.control.recent('outlook').map(({ host }) => host))].sort()

describe.each(CLOUDS)('%s', (cloud, login, graph) => {
  test('signs in, names the account, calls and refreshes there, and nowhere else', async () => {
    stage.sandbox.control.reset()
    await choose({ cloud, tenant: DIRECTORY })
    const id = await connect(login)
    expect((await person.get(`/api/v1/connections/${id}`)).body).toMatchObject({
      account: { label: 'ada@fernhill.example' },
      status: { status: 'connected' },
      missing_scopes: [],
    })
    expect((await person.send('GET', `/api/v1/proxy/${id}/me/messages`)).status).toBe(200)
    stage.sandbox.control.expire('outlook')
    expect((await person.send('GET', `/api/v1/proxy/${id}/me/messages`)).status).toBe(200)
    expect(hostsAsked()).toEqual([graph, login].sort())
  })
})

test('a connection stays in its cloud when the operator picks another', async () => {
  stage.sandbox.control.reset()
  await choose({ cloud: 'china', tenant: DIRECTORY })
  const id = await connect('login.partner.microsoftonline.cn')
  await choose({ cloud: 'global', tenant: DIRECTORY })
  expect((await person.send('GET', `/api/v1/proxy/${id}/me/messages`)).status).toBe(200)
  expect(hostsAsked()).not.toContain('graph.microsoft.com')
})

test.each([{ cloud: 'moon' }, { tenant: 'common/../evil' }, { graph: 'evil.example' }])(
  '%j is refused',
  async (parameters) => {
    const { status } = await person.send('PATCH', '/api/v1/integrations/outlook', { parameters })
    expect(status).toBe(422)
  },
)
