import { Api } from 'grammy'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openStage, type Stage } from '../stage.ts'

// Driven by grammY, a client of Telegram's Bot API.
let stage: Stage
let apiRoot: string
beforeAll(async () => {
  stage = await openStage()
  apiRoot = await stage.front('https://api.telegram.org')
})
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.control.reset())

const token = () => stage.sandbox.values['telegram']?.['token'] ?? ''
const api = (of = token()) => new Api(of, { apiRoot })

test('the bot names itself; another token does not open it', async () => {
  expect(await api().getMe()).toMatchObject({ id: 7012345678, is_bot: true, username: 'fernhill_bot' })
  await expect(api('7012345678:AAnotTheTokenAtAllnotTheTokenAtA').getMe()).rejects.toMatchObject({
    error_code: 401,
    description: 'Unauthorized',
  })
})

test('messages reach chats that exist', async () => {
  expect(await api().sendMessage(501000001, 'Two bicycles are due.')).toMatchObject({
    text: 'Two bicycles are due.',
    chat: { type: 'private' },
  })
  await expect(api().sendMessage(1, 'x')).rejects.toMatchObject({
    error_code: 400,
    description: 'Bad Request: chat not found',
  })
})

test('updates are confirmed by their offset, and exclude a webhook', async () => {
  const updates = await api().getUpdates()
  expect(updates.map(({ message }) => message?.text)).toEqual([
    '/start',
    '/due Which bicycles are due for service?',
  ])
  expect(await api().getUpdates({ offset: (updates.at(-1)?.update_id ?? 0) + 1 })).toEqual([])
  await expect(api().setWebhook('http://hub.example/hook')).rejects.toMatchObject({ error_code: 400 })
  await api().setWebhook('https://hub.example/hook', { secret_token: 'abc', allowed_updates: ['message'] })
  expect(await api().getWebhookInfo()).toMatchObject({
    url: 'https://hub.example/hook',
    allowed_updates: ['message'],
  })
  await expect(api().getUpdates()).rejects.toMatchObject({ error_code: 409 })
  await api().deleteWebhook()
  expect((await api().getWebhookInfo()).url).toBe('')
})

test('a limit tells the wait in the body too', async () => {
  stage.sandbox.control.fault('telegram', { kind: 'rate_limit', retryAfter: 9 })
  await expect(api().getMe()).rejects.toMatchObject({ error_code: 429, parameters: { retry_after: 9 } })
})
