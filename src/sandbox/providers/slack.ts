/** Slack: two workspaces, a bot token and a user token in one grant. https://docs.slack.dev/apis/web-api/ */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { json, type Reply, readArguments } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  type Issued,
  on,
  open,
  type Refusal,
  type Route,
  type TokenProblem,
} from '../stand-in.ts'
import { crowd, USUAL } from '../worlds/crowd.ts'
import { type Channel, crowdChannel, type Message, seedTeams, type Team } from '../worlds/slack.ts'

/** `met`: of the many channels those that something happened in. */
type Data = { teams: Team[]; met?: Channel[] }
type Seen = Call & { team: Team; args: Record<string, string> }
type Method = { scope?: readonly string[]; token?: string; handle: (call: Seen) => Reply }

const PROBLEMS: Readonly<Record<TokenProblem, string>> = {
  bad_format: 'invalid_form_data',
  bad_client: 'bad_client_secret',
  bad_code: 'invalid_code',
  used_code: 'code_already_used',
  expired_code: 'code_expired',
  bad_redirect_uri: 'bad_redirect_uri',
  bad_verifier: 'bad_code_verifier',
  bad_refresh_token: 'invalid_refresh_token',
  bad_grant_type: 'invalid_grant_type',
}
const REFUSALS: Readonly<Record<Refusal, string>> = {
  missing: 'not_authed',
  unknown: 'invalid_auth',
  expired: 'token_expired',
  revoked: 'token_revoked',
}
const READ: Readonly<Record<Channel['kind'], string>> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
}
const HISTORY: Readonly<Record<Channel['kind'], string>> = {
  public_channel: 'channels:history',
  private_channel: 'groups:history',
  im: 'im:history',
  mpim: 'mpim:history',
}
/** Twelve hours, where token rotation is on. */
const ROTATED_LIFETIME = 43_200

const accounts: readonly Account[] = [
  { id: 'U07ADA0KAF1', name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: 'U07BRUN0LQ2', name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: 'U09DMITRI04', name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({ teams: seedTeams(tools.now()) }))
  const teamOf = (account: Account): Team => {
    const found = data.teams.find(({ name }) => name === account.detail) ?? data.teams[0]
    if (!found) throw new Error('the sandbox has no workspace')
    if (!found.members.some(({ id }) => id === account.id))
      found.members.push({ id: account.id, name: account.name, email: account.email })
    return found
  }
  const rotates = () => tools.settings().rotation === true || typeof tools.settings().lifetime === 'number'
  const appNumber = tools.derive('app', 13, '0123456789')

  /** Without rotation Slack gives the same token again until it is revoked. */
  function lastingToken(label: string, make: (part: (length: number) => string) => string): string {
    for (let generation = 0; ; generation++) {
      const token = make((length) => tools.derive(`${label}:${generation}`, length))
      if (!tools.tokens.find(token)?.ended) return token
    }
  }

  function access({ name, account }: { name: string; account: Account }): string {
    const team = teamOf(account)
    if (rotates()) return `xoxe.${name === 'user' ? 'xoxp' : 'xoxb'}-1-${tools.random(160)}`
    const teamNumber = tools.derive(`team:${team.id}`, 12, '0123456789')
    return name === 'user'
      ? lastingToken(
          `user:${account.id}`,
          (part) =>
            `xoxp-${teamNumber}-${tools.derive(`user:${account.id}`, 13, '0123456789')}-${appNumber}-${part(32)}`,
        )
      : lastingToken(`bot:${team.id}`, (part) => `xoxb-${teamNumber}-${appNumber}-${part(24)}`)
  }

  /** The hand-made ones, and the hundreds of the first workspace. */
  function channelsOf(team: Team): Channel[] {
    if (team !== data.teams[0]) return team.channels
    const met = data.met ?? []
    const many = crowd(tools.settings().crowd ?? USUAL).map(crowdChannel)
    return [...team.channels, ...many.map((one) => met.find(({ id }) => id === one.id) ?? one)]
  }

  /** What changed in one of the hundreds outlasts the call. */
  function keep(one: Channel): void {
    if (data.teams.some(({ channels }) => channels.includes(one))) return
    data.met = [...(data.met ?? []).filter(({ id }) => id !== one.id), one]
  }

  const methods: Record<string, Method> = {
    'auth.test': {
      handle: ({ team, token, account }) =>
        ok({
          url: `https://${team.domain}.slack.com/`,
          team: team.name,
          team_id: team.id,
          ...(token.name === 'user'
            ? { user: handle(account.name), user_id: account.id }
            : { user: 'trunkline', user_id: team.bot, bot_id: `B${team.bot.slice(1)}` }),
          enterprise_id: null,
          is_enterprise_install: false,
        }),
    },
    'auth.revoke': {
      handle: ({ token, args }) => {
        if (args['test'] === '1' || args['test'] === 'true') return ok({ revoked: false })
        tools.tokens.end(token, 'revoked')
        return ok({ revoked: true })
      },
    },
    'team.info': {
      scope: ['team:read'],
      handle: ({ team }) =>
        ok({
          team: {
            id: team.id,
            name: team.name,
            domain: team.domain,
            email_domain: '',
            icon: { image_default: true },
          },
        }),
    },
    'conversations.list': {
      scope: Object.values(READ),
      handle: (call) => {
        const types = (call.args['types'] ?? 'public_channel')
          .split(',')
          .map((type) => type.trim()) as Channel['kind'][]
        const lacking = types.map((type) => READ[type]).find((scope) => scope && !may(call, scope))
        if (lacking) return missing(lacking, call)
        const visible = channelsOf(call.team).filter(
          (one) =>
            types.includes(one.kind) &&
            (one.kind === 'public_channel' || one.joined) &&
            !(one.archived && call.args['exclude_archived'] === 'true'),
        )
        return paged(call, 'channels', visible.map(channel))
      },
    },
    'conversations.info': {
      scope: Object.values(READ),
      handle: (call) => inChannel(call, (one) => ok({ channel: channel(one) })),
    },
    'conversations.members': {
      scope: Object.values(READ),
      handle: (call) => inChannel(call, (one) => paged(call, 'members', one.members)),
    },
    'conversations.history': {
      scope: Object.values(HISTORY),
      handle: (call) =>
        inChannel(call, (one) => {
          if (!may(call, HISTORY[one.kind])) return missing(HISTORY[one.kind], call)
          if (!one.joined) return fail('not_in_channel')
          const { oldest = '0', latest = '9999999999' } = call.args
          const found = one.messages.filter(
            ({ ts, thread_ts }) => (!thread_ts || thread_ts === ts) && ts > oldest && ts < latest,
          )
          return paged(
            call,
            'messages',
            found.sort(newestFirst).map((each) => message(each, one)),
            { pin_count: 0 },
          )
        }),
    },
    'conversations.replies': {
      scope: Object.values(HISTORY),
      handle: (call) =>
        inChannel(call, (one) => {
          const { ts = '' } = call.args
          const found = one.messages.filter((each) => each.ts === ts || each.thread_ts === ts)
          return found.length > 0
            ? paged(
                call,
                'messages',
                found.map((each) => message(each, one)),
              )
            : fail('thread_not_found')
        }),
    },
    'conversations.join': {
      scope: ['channels:join'],
      handle: (call) =>
        inChannel(call, (one) => {
          if (one.kind !== 'public_channel') return fail('method_not_supported_for_channel_type')
          const warning = one.joined ? { warning: 'already_in_channel' } : {}
          if (one.archived) return fail('is_archived')
          one.joined = true
          keep(one)
          return ok({ channel: channel(one), ...warning })
        }),
    },
    'chat.postMessage': {
      scope: ['chat:write'],
      handle: (call) =>
        inChannel(call, (one) => {
          const { text = '', thread_ts, blocks } = call.args
          if (!text && !blocks) return fail('no_text')
          if (!one.joined) return fail('not_in_channel')
          const made: Message = {
            ts: nextTs(one),
            user: call.token.name === 'user' ? call.account.id : call.team.bot,
            text,
            reactions: [],
            ...(call.token.name !== 'user' && { bot_id: `B${call.team.bot.slice(1)}` }),
            ...(thread_ts && { thread_ts }),
          }
          one.messages.push(made)
          keep(one)
          return ok({ channel: one.id, ts: made.ts, message: message(made, one) })
        }),
    },
    'reactions.add': {
      scope: ['reactions:write'],
      handle: (call) =>
        onMessage(call, (one) => {
          const { name = '' } = call.args
          const reaction = one.reactions.find((each) => each.name === name)
          if (reaction?.users.includes(call.team.bot)) return fail('already_reacted')
          if (reaction) reaction.users.push(call.team.bot)
          else one.reactions.push({ name, users: [call.team.bot] })
          return ok({})
        }),
    },
    'reactions.get': {
      scope: ['reactions:read'],
      handle: (call) =>
        onMessage(call, (one, where) =>
          ok({ type: 'message', channel: where.id, message: message(one, where) }),
        ),
    },
    'users.list': {
      scope: ['users:read'],
      handle: (call) =>
        paged(
          call,
          'members',
          call.team.members.map((one) => user(one, call)),
          { cache_ts: Math.floor(tools.now() / 1000) },
        ),
    },
    'users.info': {
      scope: ['users:read'],
      handle: (call) => {
        const found = call.team.members.find(({ id }) => id === call.args['user'])
        return found ? ok({ user: user(found, call) }) : fail('user_not_found')
      },
    },
    'users.lookupByEmail': {
      scope: ['users:read.email'],
      handle: (call) => {
        const found = call.team.members.find(({ email }) => email === call.args['email'])
        return found ? ok({ user: user(found, call) }) : fail('users_not_found')
      },
    },
    'search.messages': {
      scope: ['search:read'],
      token: 'user',
      handle: ({ team, args, account }) => {
        const query = (args['query'] ?? '').toLowerCase()
        if (!query) return fail('no_query')
        const visible = team.channels.filter(
          (one) => one.kind === 'public_channel' || one.members.includes(account.id),
        )
        const matches = visible.flatMap((one) =>
          one.messages
            .filter(({ text }) => text.toLowerCase().includes(query))
            .map((each) => ({
              ...message(each, one),
              channel: { id: one.id, name: one.name },
              permalink: `https://${team.domain}.slack.com/archives/${one.id}/p${each.ts.replace('.', '')}`,
            })),
        )
        return ok({
          query: args['query'] ?? '',
          messages: {
            total: matches.length,
            matches,
            paging: { count: 20, total: matches.length, page: 1, pages: 1 },
          },
        })
      },
    },
    'apps.uninstall': {
      handle: ({ team, args }) => {
        if (
          args['client_id'] !== tools.client.client_id ||
          args['client_secret'] !== tools.client.client_secret
        )
          return fail('bad_client_secret')
        for (const { id } of tools.accounts().filter((account) => teamOf(account) === team))
          tools.tokens.endProvider('slack', id)
        return ok({})
      },
    },
  }

  function may({ token }: Call, scope: string): boolean {
    return token.use === 'static' || token.scopes.includes(scope)
  }

  function inChannel(call: Seen, handleIt: (found: Channel) => Reply): Reply {
    const wanted = call.args['channel'] ?? ''
    const found = channelsOf(call.team).find(
      (one) => one.id === wanted || `#${one.name}` === wanted || (one.name !== '' && one.name === wanted),
    )
    return found && (found.kind === 'public_channel' || found.joined)
      ? handleIt(found)
      : fail('channel_not_found')
  }

  function onMessage(call: Seen, handleIt: (found: Message, where: Channel) => Reply): Reply {
    return inChannel(call, (one) => {
      const found = one.messages.find(({ ts }) => ts === call.args['timestamp'])
      return found ? handleIt(found, one) : fail('message_not_found')
    })
  }

  function nextTs(where: Channel): string {
    const last =
      where.messages
        .map(({ ts }) => ts)
        .sort()
        .at(-1) ?? '0'
    const now = `${Math.floor(tools.now() / 1000)}.000001`
    if (now > last) return now
    const [seconds = '0', part = '0'] = last.split('.')
    return `${seconds}.${String(Number(part) + 1).padStart(6, '0')}`
  }

  function user(one: { id: string; name: string; email: string }, call: Seen): JsonObject {
    return {
      id: one.id,
      team_id: call.team.id,
      name: handle(one.name),
      deleted: false,
      real_name: one.name,
      tz: 'Europe/London',
      profile: {
        real_name: one.name,
        display_name: handle(one.name),
        ...(may(call, 'users:read.email') && { email: one.email }),
      },
      is_admin: one.id === call.team.members[0]?.id,
      is_bot: false,
    }
  }

  const routes: Route[] = Object.entries(methods).flatMap(([name, { scope, token, handle: act }]) =>
    ['GET', 'POST'].map((verb) =>
      on(
        verb,
        `/api/${name}`,
        (call) => act({ ...call, team: teamOf(call.account), args: readArguments(call.asked) }),
        {
          ...(scope && { scope }),
          ...(token && { token }),
        },
      ),
    ),
  )

  return {
    accounts,
    rotationSwitch: true,
    createAccount: (person) => ({ ...person, id: `U0${person.id}`, detail: fernhill.name }),
    oauth: {
      code: () =>
        `${tools.derive('team', 12, '0123456789')}.${tools.random(13, '0123456789')}.${tools.random(64, '0123456789abcdef')}`,
      access,
      refresh: () => `xoxe-1-${tools.random(140)}`,
      lifetime: () => (rotates() ? ROTATED_LIFETIME : null),
      answer: ({ grantType, tokens: { main, user: person }, account }) => {
        const team = teamOf(account)
        const common = {
          app_id: `A${appNumber.slice(0, 10)}`,
          team: { id: team.id, name: team.name },
          enterprise: null,
          is_enterprise_install: false,
        }
        if (grantType === 'refresh_token') {
          const [issued, type] = main ? [main, 'bot'] : [person, 'user']
          return ok({
            ...common,
            ...(issued && readToken(issued)),
            token_type: type,
            ...(main && { bot_user_id: team.bot }),
          })
        }
        const authed_user = { id: account.id, ...(person && { ...readToken(person), token_type: 'user' }) }
        return ok({
          ...common,
          authed_user,
          ...(main && { ...readToken(main), token_type: 'bot', bot_user_id: team.bot }),
        })
      },
      failure: (problem) => fail(PROBLEMS[problem]),
    },
    routes: [
      ...routes,
      open('GET', '/api/:method', () => fail('unknown_method')),
      open('POST', '/api/:method', () => fail('unknown_method')),
    ],
    headers: (token) => ({ 'x-oauth-scopes': token?.scopes.join(',') ?? '' }),
    unauthorized: (why) => fail(REFUSALS[why]),
    forbidden: ({ scope, token }, held) => {
      if (token && held.name !== token) return fail('not_allowed_token_type')
      return missing(scope[0] ?? '', { token: held })
    },
    notFound: () => fail('unknown_method'),
    rateLimited: () => json(429, { ok: false, error: 'ratelimited' }),
    values: () => ({
      token: tools.hold({
        account: 'U07ADA0KAF1',
        make: (derive) =>
          `xoxb-${derive('team', 12, '0123456789')}-${derive('app', 13, '0123456789')}-${derive('bot', 24)}`,
      }),
    }),
  }
}

export default create

const ok = (body: JsonObject): Reply => json(200, { ok: true, ...body })
const fail = (error: string): Reply => json(200, { ok: false, error })

function missing(needed: string, { token }: Pick<Call, 'token'>): Reply {
  return json(200, { ok: false, error: 'missing_scope', needed, provided: token.scopes.join(',') })
}

function readToken({ scopes, ...issued }: Issued): JsonObject {
  return { ...issued, scope: scopes.join(',') }
}

const handle = (name: string) => name.toLowerCase().replaceAll(' ', '.')
const newestFirst = (a: Message, b: Message) => b.ts.localeCompare(a.ts)

function channel(one: Channel): JsonObject {
  return {
    id: one.id,
    name: one.name,
    is_channel: one.kind === 'public_channel',
    is_group: one.kind === 'private_channel',
    is_im: one.kind === 'im',
    is_mpim: one.kind === 'mpim',
    is_private: one.kind !== 'public_channel',
    is_archived: one.archived ?? false,
    is_member: one.joined,
    created: 1_700_000_000,
    creator: one.members[0] ?? '',
    topic: { value: one.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: one.members.length,
  }
}

function message(one: Message, where: Channel): JsonObject {
  const replies = where.messages.filter(({ thread_ts, ts }) => thread_ts === one.ts && ts !== one.ts).length
  return {
    type: 'message',
    user: one.user,
    ts: one.ts,
    text: one.text,
    ...(one.bot_id && { bot_id: one.bot_id }),
    ...(one.thread_ts
      ? { thread_ts: one.thread_ts }
      : replies > 0 && { thread_ts: one.ts, reply_count: replies }),
    ...(one.reactions.length > 0 && {
      reactions: one.reactions.map((each) => ({ ...each, count: each.users.length })),
    }),
  }
}

/** Slack's cursors end with an empty one. */
function paged(call: Seen, key: string, items: (JsonObject | string)[], more: JsonObject = {}): Reply {
  const limit = Math.min(Math.max(Number(call.args['limit'] ?? 100) || 100, 1), 1000)
  const start = Number(Buffer.from(call.args['cursor'] ?? '', 'base64').toString() || 0)
  if (!Number.isInteger(start) || start < 0) return fail('invalid_cursor')
  const end = start + limit
  const next = end < items.length ? Buffer.from(String(end)).toString('base64') : ''
  return ok({
    [key]: items.slice(start, end),
    ...more,
    ...(key === 'messages' && { has_more: next !== '' }),
    response_metadata: { next_cursor: next },
  })
}
