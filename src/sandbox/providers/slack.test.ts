import { WebClient } from '@slack/web-api'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Granted, REDIRECT_URI, rehearse } from '../rehearsal.ts'
import { openStage, type Stage } from '../stage.ts'

// Driven by Slack's own client.
let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.control.reset())

const client = (token: string | undefined) =>
  new WebClient(String(token), {
    slackApiUrl: stage.locate('https://slack.com/api/'),
    retryConfig: { retries: 0 },
  })
const userOf = (token: Granted) => token['authed_user'] as Granted
const userToken = (token: Granted) => userOf(token).access_token

test('one grant gives two tokens, and search wants that of the person', async () => {
  const token = await rehearse(stage, 'slack').connect()
  expect(token).toMatchObject({
    team: { id: 'T07FERNHILL' },
    authed_user: { id: 'U07ADA0KAF1', scope: 'search:read' },
  })
  expect([token.access_token, userToken(token)]).toEqual([
    expect.stringMatching(/^xoxb-/),
    expect.stringMatching(/^xoxp-/),
  ])
  expect(token).not.toHaveProperty('refresh_token')
  await expect(client(token.access_token).search.messages({ query: 'basket' })).rejects.toMatchObject({
    data: { error: 'not_allowed_token_type' },
  })
  const found = await client(userToken(token)).search.messages({ query: 'basket' })
  expect(found.messages?.total).toBe(1)
})

test('posts, joins, reacts and reads back', async () => {
  const slack = client((await rehearse(stage, 'slack').connect()).access_token)
  const { channels = [] } = await slack.conversations.list({
    types: 'public_channel,private_channel',
    limit: 2,
  })
  expect(channels.map(({ name }) => name)).toEqual(['general', 'storefront'])
  await expect(slack.chat.postMessage({ channel: 'C07RANDOM03', text: 'Mine' })).rejects.toMatchObject({
    data: { error: 'not_in_channel' },
  })
  await slack.conversations.join({ channel: 'C07RANDOM03' })
  const { ts = '' } = await slack.chat.postMessage({ channel: 'C07RANDOM03', text: 'It is mine' })
  await slack.reactions.add({ channel: 'C07RANDOM03', timestamp: ts, name: 'tada' })
  const { messages = [] } = await slack.conversations.history({ channel: 'C07RANDOM03', limit: 1 })
  expect(messages[0]).toMatchObject({ text: 'It is mine', reactions: [{ name: 'tada', count: 1 }] })
  expect((await slack.users.lookupByEmail({ email: 'bruno@fernhill.example' })).user?.real_name).toBe(
    'Bruno Lindqvist',
  )
})

test('cursors lead through a list to its end', async () => {
  const slack = client((await rehearse(stage, 'slack').connect()).access_token)
  const names: (string | undefined)[] = []
  for await (const page of slack.paginate('users.list', { limit: 1 }))
    names.push(
      ...((page as { members?: { real_name?: string }[] }).members ?? []).map(({ real_name }) => real_name),
    )
  expect(names).toEqual(['Ada Okafor', 'Bruno Lindqvist', 'Chiara Tanaka'])
})

test('a missing scope is named', async () => {
  const slack = client((await rehearse(stage, 'slack').connect({ scopes: ['users:read'] })).access_token)
  await expect(slack.chat.postMessage({ channel: 'general', text: 'x' })).rejects.toMatchObject({
    data: { error: 'missing_scope', needed: 'chat:write', provided: 'users:read' },
  })
})

test('the same token comes again until it is revoked, and revoking ends that one alone', async () => {
  const flow = rehearse(stage, 'slack')
  const [first, second] = [await flow.connect(), await flow.connect()]
  expect(second.access_token).toBe(first.access_token)
  const slack = client(first.access_token)
  expect(await slack.auth.revoke({ test: true })).toMatchObject({ revoked: false })
  expect(await slack.auth.revoke()).toMatchObject({ revoked: true })
  await expect(slack.auth.test()).rejects.toMatchObject({ data: { error: 'token_revoked' } })
  expect(await client(userToken(first)).auth.test()).toMatchObject({ user_id: 'U07ADA0KAF1' })
  expect((await flow.connect()).access_token).not.toBe(first.access_token)
})

test('with rotation both tokens expire, and each has a refresh token of its own', async () => {
  stage.sandbox.control.settings('slack', { rotation: true })
  const flow = rehearse(stage, 'slack')
  const token = await flow.connect()
  const user = userOf(token)
  expect(token).toMatchObject({
    expires_in: 43_200,
    access_token: expect.stringMatching(/^xoxe\.xoxb-1-/),
    refresh_token: expect.stringMatching(/^xoxe-1-/),
  })
  expect(user).toMatchObject({
    expires_in: 43_200,
    access_token: expect.stringMatching(/^xoxe\.xoxp-1-/),
    refresh_token: expect.stringMatching(/^xoxe-1-/),
  })
  const next = await flow.refresh(user.refresh_token)
  expect(next.access_token).toMatch(/^xoxe\.xoxp-1-/)
  expect((await client(next.access_token).search.messages({ query: 'basket' })).ok).toBe(true)
  // The bot's refresh token is untouched by the refresh of the person's, and the previous access token lives on.
  expect(await flow.refresh(token.refresh_token)).toHaveProperty('access_token')
  expect((await client(token.access_token).auth.test()).ok).toBe(true)
  stage.sandbox.control.expire('slack')
  await expect(client(token.access_token).auth.test()).rejects.toMatchObject({
    data: { error: 'token_expired' },
  })
})

test('people see their own workspace', async () => {
  const token = await rehearse(stage, 'slack').connect({ account: 'U09DMITRI04' })
  expect(token).toMatchObject({ team: { name: 'Quayside Studio' } })
  expect(
    (await client(token.access_token).users.list({})).members?.map(({ real_name }) => real_name),
  ).toEqual(['Dmitri Costa'])
})

test('the example bot token works', async () => {
  const { token } = stage.sandbox.values['slack'] ?? {}
  expect(new RegExp('^xoxb-[A-Za-z0-9-]{20,250}$').test(token ?? '')).toBe(true)
  expect(await client(token).auth.test()).toMatchObject({ team: 'Fernhill Bicycles' })
  await expect(client(token).search.messages({ query: 'basket' })).rejects.toMatchObject({
    data: { error: 'not_allowed_token_type' },
  })
})
