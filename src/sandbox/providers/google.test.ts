import { afterAll, beforeAll, expect, test } from 'vitest'
import { REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

const AUTH = 'https://www.googleapis.com/auth/'
const call = (url: string, token: string, init: Init = {}) =>
  stage.fetch(url, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
  })

test('a permission that was unticked is missing from the grant, and its API refuses', async () => {
  const { access_token, scope } = await rehearse(stage, 'google').connect({ scopes: [`${AUTH}calendar`] })
  // Who one is cannot be unticked; the answer names two scopes by their long names, which the declaration undoes.
  expect(scope.split(' ')).toEqual(['openid', 'email', 'profile', `${AUTH}calendar`])
  expect(
    (await call('https://www.googleapis.com/calendar/v3/users/me/calendarList', access_token)).status,
  ).toBe(200)
  const refused = await call('https://gmail.googleapis.com/gmail/v1/users/me/profile', access_token)
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({
    error: { status: 'PERMISSION_DENIED', errors: [{ reason: 'insufficientPermissions' }] },
  })
})

test('says email and profile by their long names, and sends an ID token', async () => {
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
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  const body = (await answer.json()) as Record<string, string>
  expect(body['scope']).toContain(`${AUTH}userinfo.email ${AUTH}userinfo.profile`)
  const claims = JSON.parse(
    Buffer.from(body['id_token']?.split('.')[1] ?? '', 'base64url').toString(),
  ) as Record<string, unknown>
  expect(claims).toMatchObject({
    iss: 'https://accounts.google.com',
    aud: client_id,
    email: 'ada@fernhill.example',
  })
})

test('gives a refresh token with offline access alone, and a second time only after asking for consent', async () => {
  stage.sandbox.control.reset()
  const flow = rehearse(stage, 'google')
  const connect = (change: Record<string, string>) => {
    const code =
      new URL(stage.sandbox.control.decide(flow.authorizationUrl(change))).searchParams.get('code') ?? ''
    return flow.exchange(code)
  }
  expect(await connect({ access_type: 'online' })).not.toHaveProperty('refresh_token')
  stage.sandbox.control.reset()
  expect(await connect({ prompt: 'select_account' })).toHaveProperty('refresh_token')
  expect(await connect({ prompt: 'select_account' })).not.toHaveProperty('refresh_token')
  expect(await connect({ prompt: 'consent' })).toHaveProperty('refresh_token')
})

test('revoking one token ends the grant of that account, siblings included', async () => {
  const flow = rehearse(stage, 'google')
  const [one, two, other] = [
    await flow.connect(),
    await flow.connect(),
    await flow.connect({ account: '108345519922387700002' }),
  ]
  const revoke = () =>
    stage.fetch(`https://oauth2.googleapis.com/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `token=${encodeURIComponent(one.refresh_token)}`,
    })
  expect((await revoke()).status).toBe(200)
  const userinfo = async (token: string) =>
    (await call('https://openidconnect.googleapis.com/v1/userinfo', token)).status
  expect([
    await userinfo(one.access_token),
    await userinfo(two.access_token),
    await userinfo(other.access_token),
  ]).toEqual([401, 401, 200])
  const again = await revoke()
  expect([again.status, await again.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'invalid_token' }),
  ])
})

test('mail that is sent is found, and each account has its own', async () => {
  const flow = rehearse(stage, 'google')
  const [ada, bruno] = [
    (await flow.connect()).access_token,
    (await flow.connect({ account: '108345519922387700002' })).access_token,
  ]
  const raw = Buffer.from(
    'To: bruno@fernhill.example\r\nSubject: Bells for the fleet\r\n\r\nTwelve, matt black.',
  ).toString('base64url')
  const base = 'https://gmail.googleapis.com/gmail/v1/users/me/messages'
  const { id } = (await (
    await call(`${base}/send`, ada, { method: 'POST', body: JSON.stringify({ raw }) })
  ).json()) as { id: string }
  const search = async (token: string) =>
    (
      (await (await call(`${base}?q=subject:bells`, token)).json()) as { messages: { id: string }[] }
    ).messages.map((one) => one.id)
  expect(await search(ada)).toEqual([id])
  expect(await search(bruno)).toEqual([])
  const message = (await (await call(`${base}/${id}?format=full`, ada)).json()) as {
    payload: { body: { data: string } }
  }
  expect(Buffer.from(message.payload.body.data, 'base64url').toString()).toBe('Twelve, matt black.')
})

test('contacts are searched, documents exported, free time told', async () => {
  const { access_token } = await rehearse(stage, 'google').connect()
  const json = async (url: string, init?: Init) => (await call(url, access_token, init)).json()
  expect(
    await json('https://people.googleapis.com/v1/people:searchContacts?query=chi&readMask=names'),
  ).toMatchObject({ results: [{ person: { names: [{ displayName: 'Chiara Tanaka' }] } }] })
  const { files } = (await json("https://www.googleapis.com/drive/v3/files?q=name contains 'sprint'")) as {
    files: { id: string }[]
  }
  const exported = await call(
    `https://www.googleapis.com/drive/v3/files/${files[0]?.id}/export?mimeType=text/plain`,
    access_token,
  )
  expect([exported.headers.get('content-type'), await exported.text()]).toEqual([
    'text/plain',
    'Goal: the basket survives sign-in.\n',
  ])
  expect(
    await json('https://www.googleapis.com/calendar/v3/freeBusy', {
      method: 'POST',
      body: JSON.stringify({ items: [{ id: 'primary' }] }),
    }),
  ).toMatchObject({
    kind: 'calendar#freeBusy',
    calendars: { 'ada@fernhill.example': { busy: expect.any(Array) } },
  })
})
