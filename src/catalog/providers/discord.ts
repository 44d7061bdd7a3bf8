import { defineProvider, readText } from '../define.ts'

export default defineProvider({
  id: 'discord',
  name: 'Discord',
  category: 'Communication & Collaboration',
  summary: 'Add a bot to a server, and read and write messages in its channels.',
  aliases: ['bot', 'server', 'guild', 'chat', 'community'],
  family: 'discord',
  hosts: ['discord.com'],
  callback: 'universal',
  env: {
    client_id: 'DISCORD_CLIENT_ID',
    client_secret: 'DISCORD_CLIENT_SECRET',
    extra: {
      DISCORD_BOT_TOKEN: 'The bot of the application: everything about channels and messages is its to do.',
      DISCORD_PUBLIC_KEY: 'Checks the signature of the events Discord sends.',
    },
  },
  parameters: [
    {
      name: 'guildId',
      label: 'Server id',
      pattern: '^[0-9]{17,20}$',
      example: '1100000000000000001',
      asked: false,
    },
    {
      name: 'guildName',
      label: 'Server',
      pattern: '^.{1,100}$',
      example: 'Fernhill Bicycles',
      asked: false,
    },
  ],
  auth: [
    {
      kind: 'oauth2',
      label: 'Add to a Discord server',
      authorization_endpoint: 'https://discord.com/oauth2/authorize',
      token_endpoint: 'https://discord.com/api/oauth2/token',
      token_endpoint_auth_method: 'client_secret_basic',
      // What the bot may do on the server: see channels (1024), send messages (2048), read their history (65536).
      authorization_params: { permissions: '68608' },
      parameters_from: { guildId: 'token.guild.id', guildName: 'token.guild.name' },
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant'],
        note: 'Access tokens live seven days. How long a refresh token lives is not published; about 30 days without use in practice.',
      },
    },
    {
      kind: 'bot_token',
      label: 'Bot token',
      fields: [
        {
          name: 'token',
          label: 'Bot token',
          pattern: '^[A-Za-z0-9_-]{20,40}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,60}$',
          example: 'MTEwMDAwMDAwMDAwMDAwMDAw.GaBcDe...',
          required: true,
          secret: true,
          mismatch:
            'A bot token is three parts with dots between them, as the Bot page shows it after Reset Token.',
        },
      ],
      authorization: { scheme: 'header', name: 'Authorization', value: 'Bot {token}' },
      env: { token: 'DISCORD_BOT_TOKEN' },
      instructions: [
        'Open https://discord.com/developers/applications and choose the application.',
        'Under Bot choose Reset Token, and copy the token. Discord shows it once, and the old one ends.',
        'Switch Message Content Intent on if the text of messages shall be read.',
        'Paste the token here.',
      ],
    },
  ],
  scopes: {
    identify: { why: 'Reads name and picture, to show which account is connected.', access: 'read' },
    guilds: { why: 'Lists the servers the person is in.', access: 'read' },
    bot: {
      why: 'Adds the bot to one server, where it sees channels, sends messages and reads their history.',
      access: 'write',
    },
    email: { why: 'Reads the e-mail address, to match the person across tools.', access: 'read' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Names the account, lists its servers, and adds the bot to one of them.',
      scopes: ['identify', 'bot', 'guilds'],
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation, without messages.read.',
      scopes: ['identify', 'bot', 'guilds'],
      documented: {
        scopes: ['identify', 'bot', 'messages.read', 'guilds'],
        reason:
          'messages.read belongs to programs that talk to the Discord app on the same machine; Discord answers invalid_scope unless it approved the application for it. The bot reads messages.',
      },
    },
    with_email: {
      label: 'With e-mail',
      note: 'The recommended scopes and the e-mail address.',
      scopes: ['identify', 'bot', 'guilds', 'email'],
    },
  },
  api: {
    base_url: 'https://discord.com/api/v10',
    // https://discord.com/developers/docs/reference#user-agent: calls without one of this form may be blocked.
    headers: { 'User-Agent': 'DiscordBot (Trunkline, 1.0)' },
    rate_limit: { retry_after_at: 'retry_after' },
  },
  verify: { url: '/users/@me' },
  account: ({ body, parameters }) => {
    const user = readText(body, 'id') ?? ''
    const email = readText(body, 'email')
    const name = readText(body, 'global_name') ?? readText(body, 'username') ?? ''
    const { guildId, guildName } = parameters
    return {
      id: guildId ? `${user}:${guildId}` : user,
      grant: user,
      label: guildName ? `${guildName} (${name})` : name,
      ...(email && { email }),
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/users/@me' },
    { label: 'Servers', method: 'GET', path: '/users/@me/guilds?limit=20' },
  ],
  setup: {
    console_url: 'https://discord.com/developers/applications',
    prerequisites: [
      'A Discord account.',
      'The permission Manage Server on the server that the bot is added to.',
    ],
    steps: [
      'Open https://discord.com/developers/applications, choose New Application, and name it as people shall see it.',
      'Under OAuth2 add the redirect URI shown on this page under Redirects, and save.',
      'Copy the Client ID, choose Reset Secret and copy the Client Secret.',
      'Under Bot choose Reset Token and copy it. Switch Message Content Intent on if the text of messages shall be read.',
      'Under Installation set Install Link to None, or switch Public Bot off, if only you shall add the bot.',
      'Set DISCORD_CLIENT_ID, DISCORD_CLIENT_SECRET and DISCORD_BOT_TOKEN.',
    ],
    after: [
      'Give the bot access to each private channel it should see: channel settings, Permissions, Add members or roles.',
    ],
    notes: [
      'Connecting has two parts: the bot joins the server that was chosen, and the person lets the hub read their name and servers. Channels and messages are reached with the bot token, not with the person’s.',
      'Reading the text of messages needs Message Content Intent, for which Discord wants a review once the bot is on 100 servers.',
      'The guide for automation lists messages.read, which cannot be asked for; see the scope set.',
      'Revoking one token ends every connection of that person through this application. The bot stays on the server until it is removed there.',
      'Limits: 50 calls a second for a bot, and less for single channels; Discord tells how long to wait.',
    ],
    revoke: {
      url: 'https://discord.com/settings/authorized-apps',
      steps: [
        'In Discord open User Settings, Authorized Apps.',
        'Find the application and choose Deauthorize.',
        'To remove the bot, open the server, Server Settings, Integrations, choose it and then Remove Bot.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    revocation_endpoint: 'https://discord.com/api/oauth2/token/revoke',
  },
  webhooks: {
    mode: 'app_level',
    events: ['APPLICATION_AUTHORIZED', 'APPLICATION_DEAUTHORIZED'],
    signature: {
      scheme: 'ed25519',
      header: 'X-Signature-Ed25519',
      encoding: 'hex',
      signed: '{timestamp}{body}',
      timestamp_header: 'X-Signature-Timestamp',
      secret: 'DISCORD_PUBLIC_KEY',
    },
    handshake:
      'A ping of type 0 (events) wants 204, one of type 1 (interactions) wants {"type":1}. Discord also sends wrong signatures and wants 401 for them.',
    steps: [
      'Open the application at https://discord.com/developers/applications, General Information, copy the Public Key, and set DISCORD_PUBLIC_KEY.',
      'Under Webhooks paste the webhook address of the hub as Endpoint URL, switch Events on, and tick Application Authorized and Application Deauthorized.',
    ],
    note: 'Messages do not arrive this way: Discord sends them over its gateway, a lasting connection of the bot.',
  },
  resources: [
    {
      id: 'server',
      one: 'server',
      many: 'servers',
      hint: 'Select the servers that belong to the work.',
      lists: [
        {
          needs: ['guilds'],
          request: { url: '/users/@me/guilds' },
          pages: {
            by: 'last',
            at: 'id',
            parameter: 'after',
            size: { parameter: 'limit', value: 200 },
          },
          fields: { id: 'id', name: 'name', url: 'https://discord.com/channels/{id}' },
        },
      ],
    },
    {
      id: 'channel',
      one: 'channel',
      many: 'channels',
      hint: 'Select the channels that belong to the work, of the servers that the bot is in.',
      // Discord lists channels to bots alone.
      methods: ['bot_token'],
      lists: [
        {
          under: {
            request: { url: '/users/@me/guilds' },
            pages: { by: 'last', at: 'id', parameter: 'after', size: { parameter: 'limit', value: 200 } },
            id: 'id',
            name: 'name',
          },
          request: { url: '/guilds/{parent}/channels' },
          // Text, announcements, forum.
          only: { at: 'type', equals: [0, 5, 15] },
          fields: { id: 'id', name: 'name', description: '{parent_name}' },
        },
      ],
    },
  ],
  sources: [
    'https://discord.com/developers/docs (topics/oauth2, reference, events/webhook-events), read in November 2026',
    '@discordjs/rest 2.6.3 and discord-api-types 0.38.57: calls and types against the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    'Discord describes PKCE for public clients. A challenge is sent beside the secret, as other clients of Discord do.',
    'The lifetime of refresh tokens is not published.',
  ],
})
