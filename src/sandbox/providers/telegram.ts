/** Telegram: one bot, the token in the path. https://core.telegram.org/bots/api */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast } from '../cast.ts'
import { json, type Reply, readArguments, readJson } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on } from '../stand-in.ts'

type Chat = { id: number; type: 'private' | 'group'; title?: string; first_name?: string }
type Message = {
  message_id: number
  chat: number /** `bot`, or a person. */
  from: string
  text: string
  date: number
}
type Update = { update_id: number; message: number }
type Data = {
  chats: Chat[]
  messages: Message[]
  updates: Update[]
  webhook: { url: string; secret: boolean; allowed: string[] }
  commands: { command: string; description: string }[]
}

const BOT = '7012345678'
const accounts: readonly Account[] = [{ id: BOT, name: 'Fernhill Bot', email: '', detail: '@fernhill_bot' }]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seed(tools.now()))
  const bot = { id: Number(BOT), is_bot: true, first_name: 'Fernhill Bot', username: 'fernhill_bot' }
  const person = {
    id: 501000001,
    is_bot: false,
    first_name: cast.ada.name.split(' ')[0] ?? '',
    last_name: cast.ada.name.split(' ')[1] ?? '',
  }
  const message = (one: Message): JsonObject => ({
    message_id: one.message_id,
    from: one.from === 'bot' ? bot : person,
    chat: data.chats.find(({ id }) => id === one.chat) ?? null,
    date: one.date,
    text: one.text,
  })
  const findChat = (id: string | undefined) => data.chats.find((one) => String(one.id) === id)

  const methods: Record<string, (args: Record<string, string>, call: Call) => Reply> = {
    getMe: () =>
      ok({
        ...bot,
        can_join_groups: true,
        can_read_all_group_messages: false,
        supports_inline_queries: false,
      }),
    getMyCommands: () => ok(data.commands),
    setMyCommands: (_, { asked }) => {
      const commands = readJson(asked)['commands']
      data.commands = Array.isArray(commands) ? (commands as Data['commands']) : []
      return ok(true)
    },
    getWebhookInfo: () =>
      ok({
        url: data.webhook.url,
        has_custom_certificate: false,
        pending_update_count: data.updates.length,
        ...(data.webhook.allowed.length > 0 && { allowed_updates: data.webhook.allowed }),
      }),
    setWebhook: ({ url = '', secret_token = '' }, { asked }) => {
      if (url && !url.startsWith('https://'))
        return fail(400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook')
      if (secret_token && !/^[\w-]{1,256}$/.test(secret_token))
        return fail(400, 'Bad Request: secret token contains unallowed characters')
      const allowed = readJson(asked)['allowed_updates']
      data.webhook = {
        url,
        secret: secret_token !== '',
        allowed: Array.isArray(allowed) ? allowed.filter((one) => typeof one === 'string') : [],
      }
      return ok(true, 'Webhook was set')
    },
    deleteWebhook: () => {
      data.webhook = { url: '', secret: false, allowed: [] }
      return ok(true, 'Webhook was deleted')
    },
    getUpdates: ({ offset = '0', limit = '100' }) => {
      if (data.webhook.url)
        return fail(
          409,
          "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )
      // Asking from an offset confirms everything before it.
      data.updates = data.updates.filter(({ update_id }) => update_id >= Number(offset))
      const found = data.updates.slice(0, Math.min(Number(limit) || 100, 100))
      return ok(
        found.map(({ update_id, message: id }) => ({
          update_id,
          message: message(data.messages.find((one) => one.message_id === id) as Message),
        })),
      )
    },
    sendMessage: ({ chat_id, text = '' }) => {
      const chat = findChat(chat_id)
      if (!chat) return fail(400, 'Bad Request: chat not found')
      if (!text) return fail(400, 'Bad Request: message text is empty')
      const made: Message = {
        message_id: Math.max(0, ...data.messages.map(({ message_id }) => message_id)) + 1,
        chat: chat.id,
        from: 'bot',
        text,
        date: Math.floor(tools.now() / 1000),
      }
      data.messages.push(made)
      return ok(message(made))
    },
    getChat: ({ chat_id }) => {
      const chat = findChat(chat_id)
      return chat ? ok(chat) : fail(400, 'Bad Request: chat not found')
    },
    getChatMemberCount: ({ chat_id }) =>
      findChat(chat_id) ? ok(3) : fail(400, 'Bad Request: chat not found'),
  }

  return {
    accounts,
    readCredential: ({ path }) => /^\/bot([^/]+)\//.exec(path)?.[1],
    routes: Object.entries(methods).flatMap(([name, handle]) =>
      ['GET', 'POST'].map((verb) =>
        on(verb, `/bot:token/${name}`, (call) => handle(readArguments(call.asked), call)),
      ),
    ),
    unauthorized: () => fail(401, 'Unauthorized'),
    forbidden: () => fail(403, 'Forbidden'),
    notFound: () => fail(404, 'Not Found'),
    rateLimited: (retryAfter) =>
      json(429, {
        ok: false,
        error_code: 429,
        description: `Too Many Requests: retry after ${retryAfter}`,
        parameters: { retry_after: retryAfter },
      }),
    values: () => ({
      token: tools.hold({ account: BOT, make: (derive) => `${BOT}:AA${derive('token', 33)}` }),
    }),
  }
}

export default create

const ok = (result: Json, description?: string): Reply =>
  json(200, { ok: true, result, ...(description && { description }) })
const fail = (error_code: number, description: string): Reply =>
  json(error_code, { ok: false, error_code, description })

function seed(now: number): Data {
  const ago = (hours: number) => Math.floor(now / 1000) - hours * 3600
  return {
    chats: [
      { id: 501000001, type: 'private', first_name: 'Ada' },
      { id: -1001700000001, type: 'group', title: 'Fernhill workshop' },
    ],
    messages: [
      { message_id: 1, chat: 501000001, from: 'ada', text: '/start', date: ago(50) },
      {
        message_id: 2,
        chat: -1001700000001,
        from: 'ada',
        text: '/due Which bicycles are due for service?',
        date: ago(2),
      },
    ],
    updates: [
      { update_id: 640100001, message: 1 },
      { update_id: 640100002, message: 2 },
    ],
    webhook: { url: '', secret: false, allowed: [] },
    commands: [{ command: 'due', description: 'Bicycles that are due for service' }],
  }
}
