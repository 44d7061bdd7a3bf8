import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject, Provider } from '../catalog/define.ts'
import { findProvider } from '../catalog/registry.ts'
import { defaultsOf, type Granted, REDIRECT_URI, rehearse } from './rehearsal.ts'
import { openStage, type Stage } from './stage.ts'

// Every OAuth provider of the sandbox, driven over a real socket by oauth4webapi, which shares no code with it.
const OAUTH = ['github', 'google', 'jira', 'notion', 'slack', 'zendesk']
const PLACES: Readonly<Record<string, Record<string, string>>> = { zendesk: { subdomain: 'fernhill' } }
const rotating = OAUTH.filter((id) => rotation(id) === 'always')
const refreshing = OAUTH.filter((id) => rotation(id) !== 'none')

let stage: Stage
let clock = Date.parse('2026-11-21T10:00:00Z')
beforeAll(async () => {
  stage = await openStage({ prefix: '/sandbox', now: () => clock, redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())
beforeEach(() => {
  stage.sandbox.control.reset()
  stage.sandbox.control.settings('slack', { rotation: true })
})

describe.each(OAUTH)('%s', (id) => {
  const open = () => rehearse(stage, id, PLACES[id])

  test('grants the declared scopes and answers the call that proves it', async () => {
    const flow = open()
    const token = await flow.connect()
    const { scope_sets, scopes } = flow.provider
    const asked = (scope_sets?.recommended.scopes ?? []).filter((scope) => !scopes?.[scope]?.token)
    if (asked.length > 0) expect(token.scope.split(' ').sort()).toEqual([...asked].sort())
    expect((await verify(id, token)).status).toBe(200)
  })

  test('names the account', async () => {
    const token = await open().connect()
    const body = (await (await verify(id, token)).json()) as JsonObject
    const account = open().provider.account({ token, body, parameters: parametersOf(id) })
    expect(account.id).toBeTruthy()
    expect(account.id).not.toMatch(/undefined|^:|:$/)
    expect(account.label).toBeTruthy()
  })

  test('sends a refusal back, with the state', () => {
    const back = new URL(stage.sandbox.control.decide(open().authorizationUrl(), { deny: true }))
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT_URI)
    expect(back.searchParams.get('error')).toBe('access_denied')
    expect(back.searchParams.get('state')).toBe('state-of-this-flow')
  })

  test('never sends the browser to an unregistered address', async () => {
    for (const redirect_uri of [
      `${REDIRECT_URI}/`,
      `${REDIRECT_URI}?a=b`,
      'https://evil.example/callback',
      '',
    ]) {
      const page = await stage.fetch(open().authorizationUrl({ redirect_uri }))
      expect(page.status).toBe(400)
      expect(page.headers.get('location')).toBeNull()
    }
    expect((await stage.fetch(open().authorizationUrl({ client_id: 'another' }))).status).toBe(400)
  })

  test('refuses a scope that is not declared', async () => {
    if (!open().provider.scopes) return expect(open().provider.permissions_note).toBeTruthy()
    const back = await stage.fetch(open().authorizationUrl({ scope: 'everything' }))
    expect(new URL(back.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_scope')
  })

  test('wants the challenge where the declaration has PKCE, and the verifier that belongs to it', async () => {
    const flow = open()
    const without = await stage.fetch(
      flow.authorizationUrl({ code_challenge: null, code_challenge_method: null }),
    )
    if (flow.declared.pkce) return expect(without.status).toBe(200)
    expect(new URL(without.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
    const unnamed = await stage.fetch(flow.authorizationUrl({ code_challenge: null }))
    expect(new URL(unnamed.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
    const plain = await stage.fetch(flow.authorizationUrl({ code_challenge_method: 'plain' }))
    expect(new URL(plain.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
    await expect(flow.exchange(flow.authorize(), { verifier: 'x'.repeat(43) })).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('refuses the wrong secret, and the right one sent the wrong way', async () => {
    const flow = open()
    await expect(flow.exchange(flow.authorize(), { clientSecret: 'wrong' })).rejects.toMatchObject({
      error: 'invalid_client',
    })
    const other =
      flow.declared.token_endpoint_auth_method === 'client_secret_post'
        ? 'client_secret_basic'
        : 'client_secret_post'
    await expect(flow.exchange(flow.authorize(), { auth: other })).rejects.toMatchObject({
      error: 'invalid_client',
    })
  })

  test('refuses another redirect_uri than that of the request', async () => {
    const flow = open()
    await expect(
      flow.exchange(flow.authorize(), { redirectUri: 'http://127.0.0.1:4400/other' }),
    ).rejects.toMatchObject({
      error: expect.stringMatching(/^(invalid_grant|redirect_uri_mismatch)$/),
    })
  })

  test('takes a code once, and ends what it gave when it comes again', async () => {
    const flow = open()
    const code = flow.authorize()
    const token = await flow.exchange(code)
    await expect(flow.exchange(code)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(await isRefused(id, token)).toBe(true)
  })

  test('takes no code after its lifetime', async () => {
    const flow = open()
    const code = flow.authorize()
    clock += (flow.declared.code_lifetime ?? 600) * 1000
    await expect(flow.exchange(code)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('a grant revoked by the person is refused by API and token endpoint', async () => {
    const flow = open()
    const token = await flow.connect()
    expect(stage.sandbox.control.revoke(id)).toBeGreaterThan(0)
    expect(await isRefused(id, token)).toBe(true)
    if (token.refresh_token === undefined) return expect(rotation(id)).toBe('none')
    await expect(flow.refresh(token.refresh_token)).rejects.toMatchObject({
      error: expect.toSatisfy((code: string) => flow.declared.refresh.dead?.includes(code) === true),
    })
  })

  test('plays every call that the declaration offers to try', async () => {
    const token = await open().connect()
    for (const call of open().provider.test_calls) {
      const { base_url, bases, headers } = open().provider.api
      const url = fill(id, `${call.base ? bases?.[call.base] : base_url}${call.path}`)
      const answer = await stage.fetch(url, {
        method: call.method,
        headers: {
          'user-agent': 'test',
          ...headers,
          authorization: `Bearer ${token.access_token}`,
          ...(call.json !== undefined && { 'content-type': 'application/json' }),
        },
        ...(call.json !== undefined && { body: JSON.stringify(call.json) }),
      })
      expect([call.label, answer.status]).toEqual([call.label, 200])
      expect(await answer.json()).not.toMatchObject({ ok: false })
    }
  })
})

describe.each(refreshing)('%s refreshes', (id) => {
  test('an expired access token is refused until it is refreshed', async () => {
    const flow = rehearse(stage, id, PLACES[id])
    const token = await flow.connect()
    expect(stage.sandbox.control.expire(id)).toBeGreaterThan(0)
    expect(await isRefused(id, token)).toBe(true)
    const next = await flow.refresh(token.refresh_token)
    expect(await isRefused(id, next)).toBe(false)
    expect(next.access_token).not.toBe(token.access_token)
  })

  test('tokens end by themselves', async () => {
    const token = await rehearse(stage, id, PLACES[id]).connect()
    clock += 3 * 86_400_000
    expect(await isRefused(id, token)).toBe(true)
  })
})

describe.each(rotating)('%s rotates', (id) => {
  test('a refresh token used twice ends the family', async () => {
    const flow = rehearse(stage, id, PLACES[id])
    const first = await flow.connect()
    const second = await flow.refresh(first.refresh_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    clock += 601_000 // Past the ten minutes in which Atlassian lets a used one be repeated.
    await expect(flow.refresh(first.refresh_token)).rejects.toMatchObject({
      error: expect.toSatisfy((code: string) => flow.declared.refresh.dead?.includes(code) === true),
    })
    expect(await isRefused(id, second)).toBe(true)
    await expect(flow.refresh(second.refresh_token)).rejects.toThrow()
  })
})

test('a client may not authenticate in two ways at once', async () => {
  const flow = rehearse(stage, 'google')
  const { client_id, client_secret } = stage.sandbox.client('google')
  const form = {
    grant_type: 'authorization_code',
    code: flow.authorize(),
    redirect_uri: REDIRECT_URI,
    code_verifier: flow.verifier,
    client_id,
    client_secret,
  }
  const answer = await stage.fetch('https://oauth2.googleapis.com/token', {
    method: 'POST',
    headers: { authorization: 'Basic eDp5', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  expect([answer.status, await answer.json()]).toEqual([
    401,
    expect.objectContaining({ error: 'invalid_client' }),
  ])
})

test('jira lets a used refresh token be repeated for ten minutes', async () => {
  const flow = rehearse(stage, 'jira')
  const first = await flow.connect()
  await flow.refresh(first.refresh_token)
  clock += 599_000
  expect(await flow.refresh(first.refresh_token)).toHaveProperty('access_token')
})

test('google keeps the refresh token and sends none again', async () => {
  const flow = rehearse(stage, 'google')
  const token = await flow.connect()
  for (let round = 0; round < 3; round++) {
    expect(await flow.refresh(token.refresh_token)).not.toHaveProperty('refresh_token')
  }
})

test('jira gives no refresh token without offline_access', async () => {
  const flow = rehearse(stage, 'jira')
  expect(await flow.connect({ scopes: ['read:jira-work', 'read:jira-user'] })).not.toHaveProperty(
    'refresh_token',
  )
})

test('zendesk ends the previous access token on refresh', async () => {
  const flow = rehearse(stage, 'zendesk', PLACES['zendesk'])
  const first = await flow.connect()
  const second = await flow.refresh(first.refresh_token)
  expect([await isRefused('zendesk', first), await isRefused('zendesk', second)]).toEqual([true, false])
})

test('a token of one subdomain is worth nothing at another', async () => {
  const { access_token } = await rehearse(stage, 'zendesk', { subdomain: 'fernhill' }).connect()
  const answer = await stage.fetch('https://quayside.zendesk.com/api/v2/users/me.json', {
    headers: { authorization: `Bearer ${access_token}` },
  })
  expect(answer.status).toBe(401)
})

function rotation(id: string): string | undefined {
  const oauth = findProvider(id)?.auth.find((method) => method.kind === 'oauth2')
  return oauth?.kind === 'oauth2' ? oauth.refresh.rotates : undefined
}

function parametersOf(id: string): Record<string, string> {
  if (id === 'jira') return { cloudId: '7a1c9d34-52e8-4b0f-9a6d-1f2e3d4c5b60', site: 'fernhill' }
  return { ...defaultsOf(findProvider(id) as Provider), ...PLACES[id] }
}

function fill(id: string, template: string): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => parametersOf(id)[name] ?? '')
}

function verify(id: string, token: Granted): Promise<Response> {
  const provider = findProvider(id)
  const { method = 'GET', url = '' } = provider?.verify ?? {}
  return stage.fetch(fill(id, url.startsWith('/') ? `${provider?.api.base_url}${url}` : url), {
    method,
    headers: {
      'user-agent': 'test',
      ...provider?.api.headers,
      authorization: `Bearer ${token.access_token}`,
    },
  })
}

async function isRefused(id: string, token: Granted): Promise<boolean> {
  const answer = await verify(id, token)
  const body = (await answer.json()) as JsonObject
  return answer.status === 401 || body['ok'] === false
}
