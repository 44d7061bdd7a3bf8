import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { JsonObject } from '../catalog/define.ts'
import type { Fault } from './faults.ts'
import { type Granted, REDIRECT_URI, rehearse } from './rehearsal.ts'
import { openStage, type Stage } from './stage.ts'

const stages: Stage[] = []
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close()
})
async function open(options: Parameters<typeof openStage>[0] = {}): Promise<Stage> {
  const stage = await openStage({ prefix: '/sandbox', redirectUris: () => [REDIRECT_URI], ...options })
  stages.push(stage)
  return stage
}
const me = (stage: Stage, token: Granted) =>
  stage.fetch('https://api.github.com/user', {
    headers: { authorization: `Bearer ${token.access_token}`, 'user-agent': 'test' },
  })

test('keeps grants, data and clients across a restart, and no secret in its file', async () => {
  const statePath = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'state.json')
  const first = await open({ statePath })
  const token = await rehearse(first, 'google').connect()
  const flow = rehearse(first, 'github')
  const github = await flow.connect()
  await first.fetch('https://api.github.com/repos/fernhill/handbook/issues', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${github.access_token}`,
      'user-agent': 'test',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ title: 'Kept across a restart' }),
  })
  const values = first.sandbox.values
  const client = first.sandbox.client('google')
  await first.close()
  const written = readFileSync(statePath, 'utf8')
  const secrets = [
    token.access_token,
    token.refresh_token,
    github.access_token,
    client.client_secret,
    ...Object.values(values).flatMap((fields) => [
      fields['token'],
      fields['apiKey'],
      fields['apiToken'],
      fields['appPassword'],
    ]),
  ]
  for (const secret of secrets.filter((one) => typeof one === 'string'))
    expect(written.includes(secret)).toBe(false)

  const second = await open({ statePath })
  expect(second.sandbox.client('google')).toEqual(client)
  expect(second.sandbox.values).toEqual(values)
  expect((await me(second, github)).status).toBe(200)
  expect(await rehearse(second, 'google').refresh(token.refresh_token)).toHaveProperty('access_token')
  const issues = await second.fetch('https://api.github.com/repos/fernhill/handbook/issues', {
    headers: { authorization: `Bearer ${github.access_token}`, 'user-agent': 'test' },
  })
  expect(await issues.json()).toEqual(
    expect.arrayContaining([expect.objectContaining({ title: 'Kept across a restart' })]),
  )
})

test('keeps a grant of a moment ago when nobody says goodbye', async () => {
  const statePath = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'state.json')
  const token = await rehearse(await open({ statePath }), 'github').connect()
  const granted = () =>
    (JSON.parse(readFileSync(statePath, 'utf8')) as { tokens: [string, { use: string }][] }).tokens.filter(
      ([, { use }]) => use === 'access',
    )
  await expect.poll(granted).toHaveLength(1)
  expect((await me(await open({ statePath }), token)).status).toBe(200)
})

test('starts anew from a file it cannot read', async () => {
  const statePath = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'state.json')
  writeFileSync(statePath, '{"version":1,"tokens":[[')
  expect((await rehearse(await open({ statePath }), 'github').connect()).access_token).toBeDefined()
})

test('two sandboxes share no secret', async () => {
  const [one, two] = [await open(), await open()]
  expect(one.sandbox.client('github')).not.toEqual(two.sandbox.client('github'))
  expect(one.sandbox.values['stripe']).not.toEqual(two.sandbox.values['stripe'])
})

test('answers this machine only', async () => {
  const stage = await open()
  const address = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address
  // The server listens on loopback; the check behind it is seen by handing over a request from elsewhere.
  const { PassThrough } = await import('node:stream')
  const { ServerResponse, IncomingMessage } = await import('node:http')
  const { Socket } = await import('node:net')
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: address ?? '192.0.2.7' })
  const request = new IncomingMessage(socket)
  request.url = '/sandbox/'
  request.method = 'GET'
  request.push(null)
  const response = new ServerResponse(request)
  const sink = new PassThrough()
  response.assignSocket(
    Object.assign(sink, { destroySoon: () => {} }) as unknown as InstanceType<typeof Socket>,
  )
  stage.sandbox.handle(request, response)
  await new Promise((resolve) => response.once('finish', resolve))
  expect(response.statusCode).toBe(403)
})

test('tells which host it does not play', async () => {
  const stage = await open()
  const answer = await stage.fetch('https://api.nowhere.example/x')
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ error: 'sandbox_unknown_host' })
})

test('an address with a broken escape is a 404, and the sandbox lives on', async () => {
  const stage = await open()
  const port = Number(new URL(stage.publicUrl).port)
  const status = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(
        'GET /sandbox/api.github.com/repos/%E0%A4%A/x HTTP/1.1\r\nHost: x\r\nUser-Agent: x\r\nConnection: close\r\n\r\n',
      ),
    )
    socket.once('data', (data) => resolve(data.toString().split('\r\n')[0] ?? ''))
    socket.once('error', reject)
  })
  expect(status).toBe('HTTP/1.1 404 Not Found')
  expect((await fetch(`${stage.publicUrl}/`)).status).toBe(200)
})

const apiFaults: readonly [Fault['kind'], (answer: Response) => Promise<void> | void][] = [
  ['rate_limit', (answer) => expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7'])],
  ['error_500', (answer) => expect(answer.status).toBe(500)],
  ['error_503', (answer) => expect(answer.status).toBe(503)],
  [
    'html',
    async (answer) =>
      expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('<h1>')]),
  ],
  ['empty', async (answer) => expect([answer.status, await answer.text()]).toEqual([200, ''])],
]
test.each(apiFaults)('fault %s hits as many calls as it was told, then no more', async (kind, check) => {
  const stage = await open()
  const token = await rehearse(stage, 'github').connect()
  stage.sandbox.control.fault('github', { kind, times: 2, on: 'api', retryAfter: 7 })
  // The token endpoint is not the API.
  expect(await rehearse(stage, 'github').connect()).toHaveProperty('access_token')
  for (const _ of [1, 2]) await check(await me(stage, token))
  expect((await me(stage, token)).status).toBe(200)
})

test('faults timeout, reset and truncated give no answer that can be read', async () => {
  const stage = await open()
  const token = await rehearse(stage, 'github').connect()
  const { control } = stage.sandbox
  control.fault('github', { kind: 'timeout' })
  const leaving = new AbortController()
  const unanswered = expect(
    stage.fetch('https://api.github.com/user', {
      signal: leaving.signal,
      headers: { authorization: `Bearer ${token.access_token}`, 'user-agent': 'test' },
    }),
  ).rejects.toThrow()
  // Nobody leaves before the fault has been met.
  const waiting = () => control.providers().find(({ id }) => id === 'github')?.faults
  await expect.poll(waiting).toEqual([])
  leaving.abort()
  await unanswered
  control.fault('github', { kind: 'reset' })
  await expect(me(stage, token)).rejects.toThrow()
  control.fault('github', { kind: 'truncated' })
  await expect(me(stage, token).then((answer) => answer.text())).rejects.toThrow()
  control.fault('github', { kind: 'slow', delay: 120 })
  const started = performance.now()
  expect((await me(stage, token)).status).toBe(200)
  expect(performance.now() - started).toBeGreaterThan(115)
})

test('a truncated answer stands for work that was done: the refresh token is used up', async () => {
  const stage = await open()
  const flow = rehearse(stage, 'jira')
  const token = await flow.connect()
  stage.sandbox.control.fault('jira', { kind: 'truncated', on: 'token' })
  await expect(flow.refresh(token.refresh_token)).rejects.toThrow()
  const records = stage.sandbox.control.recent('jira')
  expect(records[0]).toMatchObject({ kind: 'token', grant_type: 'refresh_token', fault: 'truncated' })
})

test('faults of the token endpoint bend the answer', async () => {
  const stage = await open()
  const { control } = stage.sandbox
  const flow = rehearse(stage, 'jira')
  let token = await flow.connect()
  const refresh = async (kind: Fault['kind']) => {
    control.fault('jira', { kind })
    return flow.refresh(token.refresh_token)
  }
  await expect(refresh('invalid_client')).rejects.toMatchObject({ error: 'invalid_client' })
  expect(await refresh('no_refresh_token')).not.toHaveProperty('refresh_token')
  expect((await refresh('same_refresh_token')).refresh_token).toBe(token.refresh_token)
  token = await refresh('expires_in_missing')
  expect(token).not.toHaveProperty('expires_in')
  control.fault('jira', { kind: 'expires_in_string' })
  await expect(flow.refresh(token.refresh_token)).resolves.toMatchObject({ expires_in: 3600 })
})

test('counts and lists requests without anything secret', async () => {
  const stage = await open()
  const { control, values } = stage.sandbox
  const flow = rehearse(stage, 'github')
  await flow.connect()
  expect(control.requests('github', '/login/oauth/access_token')).toBe(1)
  await stage.fetch(`https://api.telegram.org/bot${values['telegram']?.['token']}/getMe`)
  const listed = await (await fetch(`${stage.publicUrl}/_control/requests`)).text()
  expect(listed).toContain('/bot[redacted]/getMe')
  expect(listed).not.toContain(values['telegram']?.['token']?.split(':')[1])
  control.reset()
  expect(control.requests('github')).toBe(0)
})

test('the knobs turn over HTTP, from this page alone', async () => {
  const stage = await open()
  const token = await rehearse(stage, 'github').connect()
  const post = (path: string, body: JsonObject, headers: Record<string, string> = {}) =>
    fetch(`${stage.publicUrl}/_control/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  expect((await post('revoke', { provider: 'github' }, { origin: 'https://evil.example' })).status).toBe(403)
  expect((await post('revoke', { provider: 'github' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await me(stage, token)).status).toBe(200)
  const listed = (await (await fetch(`${stage.publicUrl}/_control/providers`)).json()) as {
    data: { id: string; grants: { kind: string; account: string }[] }[]
  }
  const account = listed.data
    .find(({ id }) => id === 'github')
    ?.grants.find(({ kind }) => kind === 'oauth')?.account
  expect(
    await (await post('revoke', { provider: 'github', account: String(account), kind: 'oauth' })).json(),
  ).toEqual({
    ended: 1,
  })
  expect((await me(stage, token)).status).toBe(401)
  expect((await post('fault', { provider: 'github', kind: 'nonsense' })).status).toBe(400)
  expect((await post('fault', { provider: 'nobody', kind: 'slow' })).status).toBe(400)
  expect((await post('settings', { provider: 'slack', rotation: true, lifetime: '60' })).status).toBe(200)
  expect(await rehearse(stage, 'slack').connect()).toMatchObject({ expires_in: 60 })
})

test('pages hold no script, no inline style, and nothing of the request unescaped', async () => {
  const stage = await open()
  const flow = rehearse(stage, 'github')
  const attack = '"><script>alert(1)</script>'
  const pages = [
    await fetch(`${stage.publicUrl}/`),
    await stage.fetch(flow.authorizationUrl({ state: attack })),
    await stage.fetch(flow.authorizationUrl({ redirect_uri: attack })),
    await stage.fetch(flow.authorizationUrl(), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ decision: 'other', name: attack, email: `x${attack}` }).toString(),
    }),
  ]
  for (const page of pages) {
    const body = await page.text()
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'/)
    expect(body).not.toMatch(/<script|\sstyle=|\son\w+=/i)
    expect(body).toMatch(/<html lang="en">[\s\S]*<title>[^<]+<\/title>[\s\S]*<main[\s\S]*<h1>/)
  }
})

test('someone who is not listed can be made up on the consent page', async () => {
  const stage = await open()
  const flow = rehearse(stage, 'google')
  const post = (fields: Record<string, string>) =>
    stage.fetch(flow.authorizationUrl(), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
  const page = await (
    await post({ decision: 'other', name: 'Noor Petrov', email: 'noor@riders.example' })
  ).text()
  const account = /name="account" value="([^"]+)"/.exec(page)?.[1] ?? ''
  expect(page).toContain('Noor Petrov')
  const token = await flow.connect({ account })
  const claims = await stage.fetch('https://openidconnect.googleapis.com/v1/userinfo', {
    headers: { authorization: `Bearer ${token.access_token}` },
  })
  expect(await claims.json()).toMatchObject({
    sub: account,
    email: 'noor@riders.example',
    name: 'Noor Petrov',
  })
})
