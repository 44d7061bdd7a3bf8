import { afterAll, beforeAll, expect, test } from 'vitest'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ prefix: '/sandbox', redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const call = (path: string, token: string, init: Init = {}) =>
  stage.fetch(`https://api.github.com${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'user-agent': 'test', ...init.headers },
  })

test('connects, names the account, and makes an issue', async () => {
  const github = rehearse(stage, 'github')
  const token = await github.connect({ account: '4108377' })
  expect(token).toMatchObject({ scope: 'repo read:user user:email', token_type: 'bearer' })
  expect(token.access_token).toMatch(/^gho_[A-Za-z0-9]{36}$/)
  expect(token).not.toHaveProperty('refresh_token')
  const access = token.access_token

  const me = await call('/user', access)
  expect(me.headers.get('x-oauth-scopes')).toBe('repo, read:user, user:email')
  const body = (await me.json()) as Record<string, never>
  expect(github.provider.account({ token: undefined, body, parameters: {} })).toMatchObject({
    id: '4108377',
    label: '@brunolq',
  })

  const made = await call('/repos/fernhill/storefront/issues', access, {
    method: 'POST',
    body: JSON.stringify({ title: 'Bell icon is missing', labels: ['bug'] }),
    headers: { 'content-type': 'application/json' },
  })
  expect(made.status).toBe(201)
  const { number } = (await made.json()) as { number: number }
  const again = await call(`/repos/fernhill/storefront/issues/${number}`, access)
  expect(await again.json()).toMatchObject({
    title: 'Bell icon is missing',
    user: { login: 'brunolq' },
    state: 'open',
  })
})

test('pages follow the Link header', async () => {
  const { access_token } = await rehearse(stage, 'github').connect()
  const first = await call('/repos/fernhill/storefront/issues?per_page=2&state=all', access_token)
  expect(first.headers.get('link')).toContain('rel="next"')
  expect(first.headers.get('link')).toContain('<https://api.github.com/repos/fernhill/storefront/issues?')
})

test('a smaller grant hides private repositories', async () => {
  const { access_token, scope } = await rehearse(stage, 'github').connect({ scopes: ['read:user'] })
  expect(scope).toBe('read:user')
  expect((await call('/repos/fernhill/storefront', access_token)).status).toBe(404)
  expect((await call('/repos/fernhill/handbook', access_token)).status).toBe(200)
})

test('the token endpoint answers with a form unless JSON is asked for, and errors are a 200', async () => {
  const github = rehearse(stage, 'github')
  const { client_id, client_secret } = stage.sandbox.client('github')
  const send = (body: Record<string, string>, accept?: string) =>
    stage.fetch('https://github.com/login/oauth/access_token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(accept && { accept }) },
      body: new URLSearchParams({
        client_id,
        client_secret,
        grant_type: 'authorization_code',
        ...body,
      }).toString(),
    })
  const plain = await send({
    code: github.authorize(),
    redirect_uri: REDIRECT_URI,
    code_verifier: github.verifier,
  })
  expect(plain.headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
  expect(new URLSearchParams(await plain.text()).get('scope')).toBe('repo,read:user,user:email')
  const wrong = await send({ code: 'nonsense' }, 'application/json')
  expect(wrong.status).toBe(200)
  expect(await wrong.json()).toMatchObject({ error: 'bad_verification_code' })
})

test('revoking the grant ends every token of the person, revoking the token that one alone', async () => {
  const github = rehearse(stage, 'github')
  const { client_id, client_secret } = stage.sandbox.client('github')
  const tokens = await Promise.all([1, 2, 3].map(async () => (await github.connect()).access_token))
  const other = (await github.connect({ account: '5220194' })).access_token
  const revoke = (what: string, token: string | undefined) =>
    stage.fetch(`https://api.github.com/applications/${client_id}/${what}`, {
      method: 'DELETE',
      headers: {
        authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
        'user-agent': 'test',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ access_token: token }),
    })
  const statuses = () =>
    Promise.all([...tokens, other].map(async (token) => (await call('/user', token)).status))
  expect((await revoke('token', tokens[0])).status).toBe(204)
  expect(await statuses()).toEqual([401, 200, 200, 200])
  expect((await revoke('grant', tokens[1])).status).toBe(204)
  expect(await statuses()).toEqual([401, 401, 401, 200])
  expect((await revoke('grant', tokens[1])).status).toBe(404)
})
