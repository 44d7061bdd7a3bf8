import { afterAll, beforeAll, expect, test } from 'vitest'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const DESK = 'https://fernhill.zendesk.com/api/v2'
const open = (subdomain = 'fernhill') => rehearse(stage, 'zendesk', { subdomain })
const call = (path: string, authorization: string, init: RequestInit = {}) =>
  stage.fetch(`${DESK}${path}`, { ...init, headers: { authorization, 'content-type': 'application/json' } })

test('tokens live as long as was asked for, two days at most', async () => {
  expect(await open().connect()).toMatchObject({
    expires_in: 172_800,
    refresh_token_expires_in: 7_776_000,
    scope: 'read write',
  })
  const { client_id, client_secret } = stage.sandbox.client('zendesk')
  const exchange = async (more: Record<string, string>) => {
    const flow = open()
    const form = {
      grant_type: 'authorization_code',
      code: flow.authorize(),
      redirect_uri: REDIRECT_URI,
      code_verifier: flow.verifier,
      client_id,
      client_secret,
      ...more,
    }
    const answer = await stage.fetch('https://fernhill.zendesk.com/oauth/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })
    return ((await answer.json()) as { expires_in: number }).expires_in
  }
  expect([
    await exchange({}),
    await exchange({ expires_in: '9999999' }),
    await exchange({ expires_in: '1' }),
  ]).toEqual([1800, 172_800, 300])
})

test('a ticket is made, answered, found and solved', async () => {
  const { access_token } = await open().connect({ account: '361000002' })
  const bearer = `Bearer ${access_token}`
  const made = await call('/tickets.json', bearer, {
    method: 'POST',
    body: JSON.stringify({
      ticket: {
        subject: 'Loose bell',
        comment: { body: 'It rattles.' },
        requester: { name: 'Lena Marek', email: 'lena@post.example' },
        tags: ['bells'],
      },
    }),
  })
  expect(made.status).toBe(201)
  const { ticket } = (await made.json()) as { ticket: { id: number } }
  await call(`/tickets/${ticket.id}.json`, bearer, {
    method: 'PUT',
    body: JSON.stringify({ ticket: { status: 'solved', comment: { body: 'Tightened.', public: false } } }),
  })
  const comments = (await (await call(`/tickets/${ticket.id}/comments.json`, bearer)).json()) as {
    comments: unknown[]
  }
  expect(comments.comments).toMatchObject([
    { body: 'It rattles.', public: true },
    { body: 'Tightened.', public: false, author_id: 361000002 },
  ])
  const found = await (await call('/search.json?query=type:ticket tags:bells', bearer)).json()
  expect(found).toMatchObject({ count: 1, results: [{ status: 'solved', result_type: 'ticket' }] })
  expect(await (await call('/search.json?query=status<solved rattles', bearer)).json()).toMatchObject({
    count: 0,
  })
  expect(await (await call('/users/search.json?query=lena', bearer)).json()).toMatchObject({
    users: [{ email: 'lena@post.example', role: 'end-user' }],
  })
})

test('cursors lead through tickets to their end', async () => {
  const bearer = `Bearer ${(await open('cursor').connect()).access_token}`
  const ids: number[] = []
  let next: string | null = 'https://cursor.zendesk.com/api/v2/tickets.json?page[size]=2'
  while (next) {
    const page = (await (await stage.fetch(next, { headers: { authorization: bearer } })).json()) as {
      tickets: { id: number }[]
      links: { next: string | null }
    }
    ids.push(...page.tickets.map(({ id }) => id))
    next = page.links.next
  }
  expect(ids).toEqual([35436, 35437, 35438])
})

test('a read-only grant writes nothing', async () => {
  const { access_token } = await open().connect({ scopes: ['read'] })
  const answer = await call('/tickets.json', `Bearer ${access_token}`, { method: 'POST', body: '{}' })
  expect([answer.status, await answer.json()]).toEqual([
    403,
    { error: 'Forbidden', description: 'Missing the following required scopes: write' },
  ])
})

test('revoking ends the token and its refresh token, and no sibling', async () => {
  const [one, two] = [await open().connect(), await open().connect()]
  expect((await call('/oauth/tokens/current.json', `Bearer ${one.access_token}`)).status).toBe(200)
  expect(
    (await call('/oauth/tokens/current.json', `Bearer ${one.access_token}`, { method: 'DELETE' })).status,
  ).toBe(204)
  expect(
    (await call('/oauth/tokens/current.json', `Bearer ${one.access_token}`, { method: 'DELETE' })).status,
  ).toBe(401)
  await expect(open().refresh(one.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
  expect((await call('/users/me.json', `Bearer ${two.access_token}`)).status).toBe(200)
})

test('an API token works for its subdomain', async () => {
  const { email, apiToken, subdomain } = stage.sandbox.values['zendesk'] ?? {}
  const basic = `Basic ${Buffer.from(`${email}/token:${apiToken}`).toString('base64')}`
  expect(subdomain).toBe('fernhill')
  expect((await call('/users/me.json', basic)).status).toBe(200)
  expect(
    (
      await stage.fetch('https://quayside.zendesk.com/api/v2/users/me.json', {
        headers: { authorization: basic },
      })
    ).status,
  ).toBe(401)
  expect(
    (await call('/users/me.json', `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`)).status,
  ).toBe(401)
})
