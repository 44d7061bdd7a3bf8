/** What Microsoft does that no other played service does. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../../catalog/define.ts'
import { type Granted, REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
beforeEach(() => stage.sandbox.control.reset())
afterAll(() => stage.close())

const GLOBAL = { login: 'login.microsoftonline.com', tenant: 'common' }
const CHINA = { login: 'login.partner.microsoftonline.cn', tenant: 'common' }

async function call(
  token: Granted,
  method: string,
  path: string,
  body?: JsonObject | string,
  host = 'graph.microsoft.com',
) {
  const answer = await stage.fetch(`https://${host}/v1.0${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token.access_token}`,
      ...(typeof body === 'object' && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    body: (text.startsWith('{') ? JSON.parse(text) : text) as JsonObject,
  }
}

test('a used refresh token stays good; one whose grant was taken back does not', async () => {
  const flow = rehearse(stage, 'outlook', GLOBAL)
  const first = await flow.connect()
  const second = await flow.refresh(first.refresh_token)
  expect(second.refresh_token).not.toBe(first.refresh_token)
  expect((await flow.refresh(first.refresh_token)).access_token).toBeTruthy()
  expect((await call(first, 'GET', '/me')).status).toBe(200)
  stage.sandbox.control.revoke('outlook')
  await expect(flow.refresh(second.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('without offline_access no refresh token comes', async () => {
  const flow = rehearse(stage, 'outlook', GLOBAL)
  const scope = 'User.Read Mail.Read'
  const back = new URL(stage.sandbox.control.decide(flow.authorizationUrl({ scope })))
  expect(await flow.exchange(back.searchParams.get('code') ?? '')).not.toHaveProperty('refresh_token')
})

test('a token of one cloud is none in another', async () => {
  const china = await rehearse(stage, 'outlook', CHINA).connect()
  const host = 'microsoftgraph.chinacloudapi.cn'
  expect((await call(china, 'GET', '/me', undefined, host)).status).toBe(200)
  expect((await call(china, 'GET', '/me')).status).toBe(401)
  await expect(rehearse(stage, 'outlook', GLOBAL).refresh(china.refresh_token)).rejects.toMatchObject({
    error: 'invalid_grant',
  })
})

test.each([
  [
    'a person for what an administrator must allow',
    1,
    'organizations',
    'User.Read ChannelMessage.Read.All',
    'access_denied',
    /AADSTS90094/,
  ],
  [
    'a personal account where organizations may sign in',
    2,
    'organizations',
    'User.Read',
    'access_denied',
    /AADSTS50020/,
  ],
  [
    'a personal account that is asked for Teams',
    2,
    'common',
    'User.Read Team.ReadBasic.All',
    'invalid_scope',
    /Team\.ReadBasic\.All/,
  ],
])('refuses %s', (_, place, tenant, scope, error, text) => {
  const account = stage.sandbox.control.accounts('microsoft-teams')[place]?.id ?? ''
  const flow = rehearse(stage, 'microsoft-teams', { ...GLOBAL, tenant })
  const back = new URL(stage.sandbox.control.decide(flow.authorizationUrl({ scope }), { account }))
  expect(back.searchParams.get('error')).toBe(error)
  expect(back.searchParams.get('error_description')).toMatch(text)
  expect(back.searchParams.has('code')).toBe(false)
  // The administrator gets through.
  const admin = stage.sandbox.control.accounts('microsoft-teams')[0]?.id ?? ''
  const fine = new URL(stage.sandbox.control.decide(flow.authorizationUrl({ scope }), { account: admin }))
  expect(fine.searchParams.has('code')).toBe(true)
})

test('mail is sent, found, and read page by page', async () => {
  const token = await rehearse(stage, 'outlook', GLOBAL).connect()
  const message = {
    subject: 'Bells',
    body: { contentType: 'Text', content: 'Twelve, matt black.' },
    toRecipients: [{ emailAddress: { address: 'orders@parts.example' } }],
  }
  expect((await call(token, 'POST', '/me/sendMail', { message })).status).toBe(202)
  expect((await call(token, 'POST', '/me/sendMail', { message: { subject: 'x' } })).status).toBe(400)
  const found = await call(token, 'GET', '/me/messages?$search="bells"&$select=subject')
  expect(found.body['value']).toMatchObject([{ subject: 'Bells' }, { subject: 'Your order has shipped' }])
  expect((found.body['value'] as JsonObject[])[0]).not.toHaveProperty('body')
  const seen: unknown[] = []
  for (let path: string | undefined = '/me/messages?$top=3&$select=subject'; path; ) {
    const page = await call(token, 'GET', path)
    seen.push(...(page.body['value'] as JsonObject[]))
    path = (page.body['@odata.nextLink'] as string | undefined)?.replace(
      'https://graph.microsoft.com/v1.0',
      '',
    )
  }
  expect(seen).toHaveLength(4)
})

test('an event made through one entry shows through the bundle', async () => {
  const single = await rehearse(stage, 'outlook-calendar', GLOBAL).connect()
  const bundle = await rehearse(stage, 'microsoft-365', { ...GLOBAL, tenant: 'organizations' }).connect()
  const at = (time: string) => ({ dateTime: `2026-12-01T${time}`, timeZone: 'UTC' })
  expect(
    (
      await call(single, 'POST', '/me/events', {
        subject: 'Inventory',
        start: at('10:00:00'),
        end: at('11:00:00'),
      })
    ).status,
  ).toBe(201)
  const day = '/me/calendarView?startDateTime=2026-12-01T00:00:00Z&endDateTime=2026-12-02T00:00:00Z'
  expect((await call(bundle, 'GET', day)).body['value']).toMatchObject([{ subject: 'Inventory' }])
  expect((await call(bundle, 'GET', '/me/calendarView')).status).toBe(400)
})

test('files are found, written and downloaded from another host', async () => {
  const token = await rehearse(stage, 'onedrive', GLOBAL).connect()
  const found = await call(token, 'GET', "/me/drive/root/search(q='sprint')")
  const [, file] = found.body['value'] as { id: string; name: string }[]
  expect(file?.name).toBe('Sprint 14 notes.txt')
  const content = await call(token, 'GET', `/me/drive/items/${file?.id}/content`)
  expect(content.status).toBe(302)
  const location = content.headers.get('location') ?? ''
  expect(await (await fetch(location)).text()).toBe('Goal: the basket survives sign-in.\n')
  expect((await fetch(location.replace(/tempauth=.*/, 'tempauth=guess'))).status).toBe(401)
  expect((await call(token, 'PUT', '/me/drive/root:/new.txt:/content', 'hello')).status).toBe(201)
  expect((await call(token, 'PUT', '/me/drive/root:/new.txt:/content', 'again')).status).toBe(200)
  expect(JSON.stringify((await call(token, 'GET', '/me/drive/root/children')).body)).toContain('new.txt')
})

test('a channel takes messages from members; reading them needs the scope that administrators allow', async () => {
  const flow = rehearse(stage, 'microsoft-teams', { ...GLOBAL, tenant: 'organizations' })
  const [ada, bruno] = stage.sandbox.control.accounts('microsoft-teams').map(({ id }) => id)
  const token = await flow.connect({ account: ada ?? '' })
  const teams = (await call(token, 'GET', '/me/joinedTeams')).body['value'] as {
    id: string
    displayName: string
  }[]
  expect(teams.map(({ displayName }) => displayName)).toEqual(['Shop', 'Rental fleet'])
  const [, fleet] = teams
  const [channel] = (await call(token, 'GET', `/teams/${fleet?.id}/channels`)).body['value'] as {
    id: string
  }[]
  const messages = `/teams/${fleet?.id}/channels/${channel?.id}/messages`
  expect((await call(token, 'POST', messages, { body: { content: 'Thirteen.' } })).status).toBe(201)
  expect((await call(token, 'GET', messages)).status).toBe(403)
  const scope = 'offline_access User.Read ChannelMessage.Read.All'
  const back = new URL(stage.sandbox.control.decide(flow.authorizationUrl({ scope }), { account: ada ?? '' }))
  const reader = await flow.exchange(back.searchParams.get('code') ?? '')
  expect(JSON.stringify((await call(reader, 'GET', messages)).body)).toContain('Thirteen.')
  const outsider = await flow.connect({ account: bruno ?? '' })
  expect((await call(outsider, 'POST', messages, { body: { content: 'x' } })).status).toBe(403)
})
