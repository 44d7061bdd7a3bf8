/**
 * The same life against somebody else's picture of GitHub, Google, Microsoft and Slack: the npm package `emulate`,
 * made strict, because as shipped it takes any token for its default user. It has no call that ends a GitHub or Slack
 * grant, and Microsoft has none at all, so there the report of a disconnect is only required to be honest.
 */
import { createServer, request as httpRequest, type Server } from 'node:http'
import { registerHooks } from 'node:module'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

registerHooks({
  load(url, context, next) {
    const result = next(url, context)
    if (!url.includes('/emulate/dist/') || !result.source) return result
    const source =
      typeof result.source === 'string' ? result.source : Buffer.from(result.source as Uint8Array).toString()
    result.source = source
      .replaceAll('if (!user && fallbackUser && token.length > 0)', 'if (false)')
      .replace(
        /url: baseUrl,\s+generatedSecrets,\s+reset\(\)/,
        'url: baseUrl, generatedSecrets, store, webhooks, tokenMap, app, reset()',
      )
    return result
  },
})

type Emulator = {
  url: string
  tokenMap: Map<string, unknown>
  store: {
    getData(name: string): Map<string, unknown>
    collection(
      name: string,
      indexes: string[],
    ): { findOneBy(field: string, value: string): { id: number } | undefined; delete(id: number): void }
  }
  close(): Promise<void>
}

const PEERS = {
  github: {
    service: 'github',
    hosts: ['github.com', 'api.github.com'],
    seed: {
      github: {
        users: [{ login: 'octo', name: 'Octo', email: 'octo@example.com' }],
        repos: Array.from({ length: 230 }, (_, number) => ({
          owner: 'octo',
          name: `repo-${number}`,
          private: number % 2 === 0,
        })),
        oauth_apps: [
          {
            client_id: 'peer-client',
            client_secret: 'peer-secret-value',
            name: 'Trunkline',
            redirect_uris: ['{callback}'],
          },
        ],
      },
    },
    path: '/user',
    login: /octo/,
    env: 'GITHUB',
  },
  google: {
    service: 'google',
    hosts: [
      'accounts.google.com',
      'oauth2.googleapis.com',
      'openidconnect.googleapis.com',
      'www.googleapis.com',
      'gmail.googleapis.com',
      'people.googleapis.com',
    ],
    seed: {
      google: {
        users: [{ email: 'octo@example.com', name: 'Octo' }],
        oauth_clients: [
          {
            client_id: 'peer-client',
            client_secret: 'peer-secret-value',
            name: 'Trunkline',
            redirect_uris: ['{callback}'],
          },
        ],
      },
    },
    path: '/calendar/v3/users/me/calendarList',
    login: /octo/,
    env: 'GOOGLE',
  },
  // Of Graph it plays /me alone, which is enough for any entry that signs in with Microsoft.
  outlook: {
    service: 'microsoft',
    hosts: ['login.microsoftonline.com', 'graph.microsoft.com'],
    seed: {
      microsoft: {
        users: [{ email: 'octo@example.com', name: 'Octo' }],
        oauth_clients: [
          {
            client_id: 'peer-client',
            client_secret: 'peer-secret-value',
            name: 'Trunkline',
            redirect_uris: ['{callback}'],
          },
        ],
      },
    },
    path: '/me',
    login: /octo/,
    env: 'MICROSOFT',
  },
  slack: {
    service: 'slack',
    hosts: ['slack.com'],
    seed: {
      slack: {
        team: { name: 'Peers', domain: 'peers' },
        users: [{ name: 'octo', real_name: 'Octo', email: 'octo@example.com' }],
        channels: Array.from({ length: 230 }, (_, number) => ({
          name: `channel-${number}`,
          is_private: number % 23 === 0,
        })),
        oauth_apps: [
          {
            client_id: 'peer-client',
            client_secret: 'peer-secret-value',
            name: 'Trunkline',
            redirect_uris: ['{callback}'],
          },
        ],
      },
    },
    path: '/conversations.list',
    login: /Peers|octo/i,
    env: 'SLACK',
  },
} as const

/** What it plays that a project can select. */
const KINDS: Readonly<Record<string, string>> = { github: 'repository', slack: 'channel' }

/** emulate puts some endpoints elsewhere; everything else passes as it came. */
const MOVED: Record<string, string> = {
  '/token': '/oauth2/token',
  '/revoke': '/oauth2/revoke',
  '/v1/userinfo': '/oauth2/v2/userinfo',
}

function startMover(target: () => string): Promise<{ server: Server; url: string }> {
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', target())
    // Microsoft's directories are no part of its paths.
    url.pathname = MOVED[url.pathname] ?? url.pathname.replace(/^\/common\/oauth2\//, '/oauth2/')
    const forward = httpRequest(url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(forward)
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    ),
  )
}

describe.each(Object.entries(PEERS))('%s as emulate plays it', (id, peer) => {
  let emulator: Emulator
  let mover: { server: Server; url: string }
  let t: TestHub
  let person: Browser
  let connection: string
  beforeAll(async () => {
    mover = await startMover(() => emulator.url)
    t = await startTestHub({
      withSandbox: false,
      env: { [`${peer.env}_CLIENT_ID`]: 'peer-client', [`${peer.env}_CLIENT_SECRET`]: 'peer-secret-value' },
      overrides: { [id]: Object.fromEntries(peer.hosts.map((host) => [host, mover.url])) },
    })
    const { body } = await t.admin.get(`/api/v1/providers/${id}`)
    const { createEmulator } = await import('emulate')
    const seed = JSON.parse(JSON.stringify(peer.seed).replace('{callback}', body.redirect_uri))
    emulator = (await createEmulator({
      service: peer.service,
      port: 0,
      seed,
    })) as unknown as Emulator
    person = await t.browser()
  })
  afterAll(async () => {
    await t.close()
    await emulator.close()
    mover.server.close()
  })

  async function authorize(path: string, body: object) {
    const started = await person.send('POST', path, body)
    expect(started.status, JSON.stringify(started.body)).toBe(201)
    const page = await (await fetch(started.body.authorization_url)).text()
    const form =
      [...page.matchAll(/<form[\s\S]*?<\/form>/g)]
        .map(([text]) => text)
        .find((text) => text.includes('octo')) ?? ''
    const action = /action="([^"]+)"/.exec(form)?.[1] ?? ''
    const inputs = [...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name as string,
      (value as string).replaceAll('&amp;', '&'),
    ])
    const answer = await fetch(mover.url + action, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(inputs),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer.status, page.slice(0, 500)).toBe(302)
    await person.follow(answer.headers.get('location') as string)
    return (await person.get(`/api/v1/connect/attempts/${started.body.id}`)).body
  }
  const read = async () => (await person.get(`/api/v1/connections/${connection}`)).body
  // emulate takes Slack's methods by POST alone, which Slack itself takes too.
  const call = () =>
    person.send(
      id === 'slack' ? 'POST' : 'GET',
      `/api/v1/proxy/${connection}${peer.path}`,
      id === 'slack' ? {} : undefined,
    )

  test('connects and names the account', async () => {
    const attempt = await authorize('/api/v1/connect/attempts', { provider: id })
    expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
    connection = attempt.connection_id
    const found = await read()
    expect(found).toMatchObject({ mode: 'live', status: { status: 'connected' } })
    expect(found.account.label).toMatch(peer.login)
  })

  test('calls', async () => {
    const answer = await call()
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect(answer.body.ok ?? true).toBe(true)
  })

  const kind = KINDS[id]
  if (kind) {
    test('lists what a project can select, page by page', async () => {
      const attempt = await authorize('/api/v1/connect/attempts', { provider: id, owner: 'organization' })
      expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
      const shared = attempt.connection_id as string
      const project = (await person.send('POST', '/api/v1/projects', { name: 'Peers' })).body.id
      const path = `/api/v1/projects/${project}/connections/${shared}/resources?kind=${kind}&limit=200`
      await person.get(path)
      await t.hub.sync.settled()
      const { data, total, reading } = (await person.get(path)).body
      expect([reading.state, reading.problem, reading.skipped]).toEqual(['done', null, []])
      expect(total).toBeGreaterThanOrEqual(kind === 'channel' ? 220 : 230)
      const open = data.find(
        (one: { name: string; private: boolean }) => !one.private && /(repo|channel)-\d+$/.test(one.name),
      )
      const chosen = await person.send('POST', `/api/v1/projects/${project}/selections`, {
        connection: shared,
        kind,
        resources: [open.id],
      })
      expect(chosen.body.data).toEqual([expect.objectContaining({ name: open.name, access: 'ready' })])
      // By force: revoking would end the grant that the tests below go on with.
      await person.send('DELETE', `/api/v1/connections/${shared}?force=true`)
    })
  }

  const keepsRefreshTokens = id === 'google' || id === 'outlook'
  if (keepsRefreshTokens) {
    test('refreshes before the access token ends', async () => {
      const { expires_at } = await read()
      const before = (await t.mine.get(`/api/v1/connections/${connection}/token`)).body.access_token
      t.clock.advance(Date.parse(expires_at) - t.clock.now() - 45_000)
      await t.hub.sweep()
      expect((await t.mine.get(`/api/v1/connections/${connection}/token`)).body.access_token).not.toBe(before)
      expect((await call()).status).toBe(200)
    })
  }

  test('revoked at the provider: Connection Invalid', async () => {
    const { access_token } = (await t.mine.get(`/api/v1/connections/${connection}/token`)).body
    if (keepsRefreshTokens) {
      // As on the provider's own page: the refresh tokens go with the access tokens.
      expect(refreshTokens(emulator, peer.service).size).toBeGreaterThan(0)
      refreshTokens(emulator, peer.service).clear()
    }
    emulator.tokenMap.delete(access_token)
    if (id === 'slack') forgetSlackToken(emulator, access_token)
    const refused = await call()
    expect(refused.body.ok, JSON.stringify(refused.body)).not.toBe(true)
    await expect.poll(async () => (await read()).status.status).toBe('connection_invalid')
  })

  test('reconnects under the same id', async () => {
    const attempt = await authorize(`/api/v1/connections/${connection}/reconnect`, {})
    expect(attempt).toMatchObject({ status: 'succeeded', connection_id: connection })
    expect((await call()).status).toBe(200)
  })

  test('disconnects with an honest report', async () => {
    const { body } = await person.send('DELETE', `/api/v1/connections/${connection}`)
    const [upstream] = body.items
    if (id === 'google') {
      expect(upstream.outcome).toBe('done')
      expect(refreshTokens(emulator, peer.service).size).toBe(0)
    } else if (id === 'outlook') {
      expect(upstream.outcome).toBe('by_hand')
    } else {
      expect(['done', 'failed']).toContain(upstream.outcome)
    }
    expect((await call()).status).toBe(410)
  })
})

function refreshTokens(emulator: Emulator, service: string): Map<string, unknown> {
  return emulator.store.getData(`${service}.oauth.refreshTokens`)
}

/** emulate keeps Slack's tokens a second time. */
function forgetSlackToken(emulator: Emulator, token: string): void {
  const records = emulator.store.collection('slack.tokens', ['token', 'user_id', 'app_id', 'team_id'])
  const found = records.findOneBy('token', token)
  expect(found).toBeDefined()
  records.delete((found as { id: number }).id)
}
