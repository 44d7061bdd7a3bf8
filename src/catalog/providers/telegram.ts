import { defineProvider, readText } from '../define.ts'

export default defineProvider({
  id: 'telegram',
  name: 'Telegram',
  category: 'Communication & Collaboration',
  summary: 'Send and receive messages as a Telegram bot.',
  aliases: ['bot', 'messenger', 'chat'],
  family: 'telegram',
  hosts: ['api.telegram.org'],
  callback: 'none',
  env: {
    extra: { TELEGRAM_BOT_TOKEN: 'One bot for the whole hub, instead of a token for each connection.' },
  },
  auth: [
    {
      kind: 'bot_token',
      label: 'Bot token',
      fields: [
        {
          name: 'token',
          label: 'Bot token',
          pattern: '^[0-9]{6,12}:[A-Za-z0-9_-]{30,50}$',
          example: '1234567890:AAE5dX...',
          required: true,
          secret: true,
          mismatch: 'A bot token is a number, a colon and about 35 characters, as BotFather sent it.',
          normalise: (typed) => typed.replaceAll(/\s/g, ''),
        },
      ],
      authorization: { scheme: 'path', prefix: '/bot{token}' },
      env: { token: 'TELEGRAM_BOT_TOKEN' },
      instructions: [
        'In Telegram open a chat with @BotFather (https://t.me/BotFather).',
        'Send /newbot and answer its two questions, or /mybots for a bot that exists.',
        'Copy the token it sends and paste it here.',
      ],
    },
  ],
  permissions_note:
    'Telegram has no scopes: a token acts as its bot, and a bot sees the chats it was added to. In groups it sees only commands and replies unless its privacy mode is switched off.',
  api: {
    base_url: 'https://api.telegram.org',
    errors: {
      // https://core.telegram.org/bots/api#making-requests: failures say `ok: false`, whatever the status.
      failed: [{ at: 'ok', equals: false }],
    },
    rate_limit: { retry_after_at: 'parameters.retry_after' },
  },
  verify: { url: '/getMe' },
  account: ({ body }) => {
    const username = readText(body, 'result.username')
    return {
      id: readText(body, 'result.id') ?? '',
      label: username ? `@${username}` : (readText(body, 'result.first_name') ?? ''),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/getMe' },
    { label: 'Commands of the bot', method: 'GET', path: '/getMyCommands' },
    { label: 'Webhook', method: 'GET', path: '/getWebhookInfo' },
  ],
  setup: {
    console_url: 'https://t.me/BotFather',
    prerequisites: ['A Telegram account.'],
    steps: [
      'Open https://t.me/BotFather and send /newbot. Choose a name, and a user name that ends in bot.',
      'Copy the token that BotFather sends.',
      'Choose Connect and paste the token. To use one bot for the whole hub, set TELEGRAM_BOT_TOKEN instead.',
    ],
    after: [
      'Add the bot to the groups it should serve. To let it read every message there, send /setprivacy to BotFather and choose Disable.',
      'A person has to write to the bot first: a bot cannot begin a private chat.',
    ],
    notes: ['Limits: 30 messages a second overall, one a second in one chat, 20 a minute in one group.'],
    revoke: {
      url: 'https://t.me/BotFather',
      steps: [
        'Send /revoke to @BotFather.',
        'Choose the bot. The old token stops working at once, and a new one is made.',
      ],
    },
  },
  webhooks: {
    mode: 'by_hand',
    events: ['message', 'edited_message', 'callback_query'],
    signature: {
      scheme: 'shared_secret',
      header: 'X-Telegram-Bot-Api-Secret-Token',
      secret: 'subscription',
    },
    steps: [
      'Choose a secret of letters, digits, _ and -.',
      'Call setWebhook through the proxy with the webhook address of the hub as url, the secret as secret_token, and the wanted allowed_updates.',
      'getWebhookInfo shows what Telegram knows, and the last error.',
    ],
    note: 'No guide uses them. A bot has one address, on port 443, 80, 88 or 8443, and while it is set getUpdates is refused. Deliveries are told apart by update_id.',
  },
  no_resources: 'Telegram lists no chats to a bot: it learns of one when somebody writes to it.',
  sources: [
    'https://core.telegram.org/bots/api, read in November 2026',
    'grammy, a client by others: its calls against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    'A malformed token is answered with 404, as an unknown method is; only a 401 counts as a refused token.',
  ],
})
