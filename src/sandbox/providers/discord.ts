/** Discord: servers with a bot, and what a person's token may see. https://discord.com/developers/docs */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { empty, json, type Reply, readArguments, readBasic, readJson } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, open, readString, type Route } from '../stand-in.ts'

type Guild = { id: string; name: string; members: string[] }
type Channel = { id: string; guild: string; name: string; topic: string | null }
type Message = { id: string; channel: string; author: string; content: string; at: string }
type Data = { next: number; guilds: Guild[]; channels: Channel[]; messages: Message[] }

const ids = {
  ada: '410000000000000001',
  bruno: '410000000000000002',
  dmitri: '410000000000000004',
  bot: '1100000000000000777',
  fernhill: '1100000000000000001',
  quayside: '1100000000000000002',
} as const
const BASE = '/api/v10'
const MAX_MESSAGE = 2000
/** Clients write it with the sign or with its escape: it is a parameter, so that both are read. */
const ME = '@me'

const accounts: readonly Account[] = [
  { id: ids.ada, name: cast.ada.name, email: cast.ada.email, detail: 'ada.okafor' },
  { id: ids.bruno, name: cast.bruno.name, email: cast.bruno.email, detail: 'brunolq' },
  { id: ids.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: 'dmitri.costa' },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seed(tools.now()))
  const snowflake = () => `12000000000000${String(data.next++).padStart(5, '0')}`

  const guildsOf = (account: Account) => {
    const found = data.guilds.filter(({ members }) => members.includes(account.id))
    // Someone added on the consent page manages the first server.
    return found.length > 0 ? found : data.guilds.slice(0, 1)
  }
  const bot = {
    id: ids.bot,
    username: 'Trunkline',
    discriminator: '0001',
    global_name: null,
    avatar: null,
    bot: true,
  }
  const user = (account: Account): JsonObject => ({
    id: account.id,
    username: account.detail ?? account.name.toLowerCase().replaceAll(' ', '.'),
    discriminator: '0',
    global_name: account.name,
    avatar: null,
  })
  const guild = (one: Guild): JsonObject => ({
    id: one.id,
    name: one.name,
    icon: null,
    owner_id: one.members[0] ?? '',
    preferred_locale: 'en-GB',
    features: [],
  })
  const channel = (one: Channel): JsonObject => ({
    id: one.id,
    type: 0,
    guild_id: one.guild,
    name: one.name,
    topic: one.topic,
    position: 0,
    nsfw: false,
  })
  const message = (one: Message): JsonObject => {
    const author = accounts.find(({ id }) => id === one.author)
    return {
      id: one.id,
      channel_id: one.channel,
      content: one.content,
      author: author ? user(author) : bot,
      timestamp: one.at,
      edited_timestamp: null,
      mentions: [],
      attachments: [],
      type: 0,
    }
  }

  /** Channels and messages are the bot's: a person's token is refused. */
  const asBot = (method: string, path: string, handle: (call: Call) => Reply): Route =>
    on(method, BASE + path, (call) => (call.token.use === 'static' ? handle(call) : unauthorized()))
  const withChannel = (handle: (call: Call, found: Channel) => Reply) => (call: Call) => {
    const found = data.channels.find(({ id }) => id === call.params['channel'])
    return found ? handle(call, found) : fail(404, 10003, 'Unknown Channel')
  }
  const withGuild = (handle: (found: Guild) => Reply) => (call: Call) => {
    const found = data.guilds.find(({ id }) => id === call.params['guild'])
    return found ? handle(found) : fail(404, 10004, 'Unknown Guild')
  }

  const routes: Route[] = [
    on('GET', `${BASE}/users/:me`, ({ account, token, params }) => {
      if (params['me'] !== ME) return fail(404, 10013, 'Unknown User')
      if (token.use === 'static') return json(200, bot)
      const email = token.scopes.includes('email') && { email: account.email, verified: true }
      return json(200, { ...user(account), ...email })
    }),
    on(
      'GET',
      `${BASE}/users/:me/guilds`,
      ({ account, token }) => {
        const found = token.use === 'static' ? data.guilds : guildsOf(account)
        return json(
          200,
          found.map((one) => ({
            ...guild(one),
            owner: one.members[0] === account.id,
            permissions: '2147483647',
          })),
        )
      },
      { scope: ['guilds'] },
    ),
    asBot(
      'GET',
      '/guilds/:guild',
      withGuild((found) => json(200, guild(found))),
    ),
    asBot(
      'GET',
      '/guilds/:guild/channels',
      withGuild((found) => json(200, data.channels.filter((one) => one.guild === found.id).map(channel))),
    ),
    asBot(
      'GET',
      '/channels/:channel',
      withChannel((_, found) => json(200, channel(found))),
    ),
    asBot(
      'GET',
      '/channels/:channel/messages',
      withChannel(({ asked }, found) => {
        const limit = Math.min(Number(asked.query.get('limit') ?? 50) || 50, 100)
        const before = asked.query.get('before') ?? '9'.repeat(20)
        const list = data.messages.filter((one) => one.channel === found.id && one.id < before)
        return json(200, list.reverse().slice(0, limit).map(message))
      }),
    ),
    asBot(
      'POST',
      '/channels/:channel/messages',
      withChannel(({ asked }, found) => {
        const content = readString(readJson(asked), 'content') ?? ''
        if (!content) return fail(400, 50006, 'Cannot send an empty message')
        if (content.length > MAX_MESSAGE) return fail(400, 50035, 'Invalid Form Body')
        const made = {
          id: snowflake(),
          channel: found.id,
          author: ids.bot,
          content,
          at: new Date(tools.now()).toISOString(),
        }
        data.messages.push(made)
        return json(200, message(made))
      }),
    ),
    asBot(
      'DELETE',
      '/users/:me/guilds/:guild',
      withGuild(() => empty(204)),
    ),
    open('POST', '/api/oauth2/token/revoke', ({ asked }) => {
      const client = readBasic(asked.headers.authorization)
      const given = readArguments(asked)
      const [id, secret] = [
        client?.username ?? given['client_id'],
        client?.password ?? given['client_secret'],
      ]
      if (id !== tools.client.client_id || secret !== tools.client.client_secret)
        return json(401, { error: 'invalid_client' })
      const token = tools.tokens.find(given['token'] ?? '')
      // Any token ends all that this person granted the application.
      if (token && token.use !== 'static') tools.tokens.endGrant(token)
      return json(200, {})
    }),
  ]

  return {
    accounts,
    createAccount: (person) => ({ ...person, id: `4199999999${person.id}` }),
    choices: (account) => ({
      legend: 'Server that the bot joins (the first that is ticked)',
      options: guildsOf(account).map(({ id, name }) => ({ value: id, label: name })),
    }),
    oauth: {
      code: () => tools.random(30),
      access: () => tools.random(30),
      refresh: () => tools.random(30),
      lifetime: 604_800,
      callback: ({ scopes, picked }): Record<string, string> =>
        scopes.includes('bot') && picked[0] ? { guild_id: picked[0], permissions: '68608' } : {},
      denial: { error_description: 'The resource owner or authorization server denied the request' },
      answer: ({ tokens: { main }, grantType, grant }) => {
        const { scopes = [], ...issued } = main ?? {}
        const joined = data.guilds.find(({ id }) => id === grant.picked[0])
        const told: Record<string, Json> = { ...issued, token_type: 'Bearer', scope: scopes.join(' ') }
        // The server is told once, with the code.
        if (grantType === 'authorization_code' && scopes.includes('bot') && joined)
          told['guild'] = guild(joined)
        return json(200, told)
      },
    },
    readCredential: ({ headers: { authorization = '' } }) =>
      /^(?:Bearer|Bot) (\S+)$/.exec(authorization)?.[1],
    routes,
    unauthorized,
    forbidden: () => fail(403, 50001, 'Missing Access'),
    notFound: () => fail(404, 0, '404: Not Found'),
    rateLimited: (retryAfter) =>
      json(429, { message: 'You are being rate limited.', retry_after: retryAfter + 0.25, global: false }),
    values: () => ({
      token: tools.hold({
        account: ids.ada,
        make: (derive) =>
          `${Buffer.from(ids.bot).toString('base64url')}.${derive('part', 6)}.${derive('token', 38)}`,
      }),
    }),
  }
}

export default create

const fail = (status: number, code: number, message: string): Reply => json(status, { message, code })
const unauthorized = () => fail(401, 0, '401: Unauthorized')

function seed(now: number): Data {
  const at = (hours: number) => new Date(now - hours * 3_600_000).toISOString()
  const [general, rides, drafts] = [
    '1110000000000000001',
    '1110000000000000002',
    '1110000000000000003',
  ] as const
  return {
    next: 1,
    guilds: [
      { id: ids.fernhill, name: fernhill.name, members: [ids.ada, ids.bruno] },
      { id: ids.quayside, name: quayside.name, members: [ids.dmitri, ids.ada] },
    ],
    channels: [
      { id: general, guild: ids.fernhill, name: 'general', topic: null },
      { id: rides, guild: ids.fernhill, name: 'saturday-rides', topic: 'Meet at nine by the bridge' },
      { id: drafts, guild: ids.quayside, name: 'drafts', topic: null },
    ],
    messages: [
      {
        id: '1190000000000000001',
        channel: rides,
        author: ids.bruno,
        content: 'Rain until ten.',
        at: at(30),
      },
      {
        id: '1190000000000000002',
        channel: rides,
        author: ids.ada,
        content: 'Then we start at ten.',
        at: at(29),
      },
      { id: '1190000000000000003', channel: drafts, author: ids.dmitri, content: 'Three are up.', at: at(5) },
    ],
  }
}
