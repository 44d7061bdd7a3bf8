/** Intercom: one workspace in each of two regions; conversations and contacts. https://developers.intercom.com */
import { type JsonObject, readText } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { empty, json, type Reply, readJson } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, readString, type Route } from '../stand-in.ts'

type Part = { id: string; body: string; author: { type: string; id: string }; created_at: number }
type Conversation = {
  id: string
  title: string
  state: string
  contact: string
  updated_at: number
  parts: Part[]
}
type Contact = { id: string; name: string; email: string; role: string; created_at: number }
type Workspace = { conversations: Conversation[]; contacts: Contact[]; nextId: number }

const accounts: readonly Account[] = [
  { id: '814860', name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: '905112', name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]
const WORKSPACES: Readonly<Record<string, { id_code: string; name: string }>> = {
  814860: { id_code: 'tx2p130c', name: fernhill.name },
  905112: { id_code: 'q7m4d9lz', name: quayside.name },
}
const REGIONS: Readonly<Record<string, string>> = {
  'app.intercom.com': 'api.intercom.io',
  'app.eu.intercom.com': 'api.eu.intercom.io',
  'app.au.intercom.com': 'api.au.intercom.io',
}

const create: CreateStandIn = (tools) => {
  const data = tools.load<Record<string, Workspace>>(() => ({}))
  const seconds = (days = 0) => Math.floor(tools.now() / 1000) - days * 86_400
  const workspaceOf = (account: Account) =>
    WORKSPACES[account.id] ?? { id_code: `ws${account.id}`, name: account.name }
  const workspace = ({ account }: Call) => (data[workspaceOf(account).id_code] ??= seed())

  function seed(): Workspace {
    const contact = (id: string, name: string, email: string): Contact => ({
      id,
      name,
      email,
      role: 'user',
      created_at: seconds(90),
    })
    const conversation = (id: string, title: string, body: string, days: number): Conversation => ({
      id,
      title,
      state: 'open',
      contact: '6762f0dd1bb69f9f2193bb83',
      updated_at: seconds(days),
      parts: [
        {
          id: `${id}1`,
          body: `<p>${body}</p>`,
          author: { type: 'user', id: '6762f0dd1bb69f9f2193bb83' },
          created_at: seconds(days),
        },
      ],
    })
    return {
      conversations: [
        conversation('41', 'Where is my order?', 'It was due on Tuesday.', 1),
        conversation('42', 'A bell for left-handers', 'Do you have one?', 4),
      ],
      contacts: [
        contact('6762f0dd1bb69f9f2193bb83', 'Noor Petrov', 'noor@riders.example'),
        contact('6762f0dd1bb69f9f2193bb84', 'Sam Iversen', 'sam@riders.example'),
      ],
      nextId: 43,
    }
  }

  const admin = (account: Account): JsonObject => ({
    type: 'admin',
    id: account.id,
    email: account.email,
    name: account.name,
    email_verified: true,
    has_inbox_seat: true,
  })

  const showConversation = (one: Conversation): JsonObject => ({
    type: 'conversation',
    id: one.id,
    title: one.title,
    state: one.state,
    open: one.state === 'open',
    read: true,
    created_at: one.parts[0]?.created_at ?? one.updated_at,
    updated_at: one.updated_at,
    contacts: { type: 'contact.list', contacts: [{ type: 'contact', id: one.contact }] },
    source: {
      type: 'conversation',
      id: one.parts[0]?.id ?? '',
      body: one.parts[0]?.body ?? '',
      author: one.parts[0]?.author ?? null,
    },
  })

  const showContact = (one: Contact): JsonObject => ({
    type: 'contact',
    ...one,
    updated_at: one.created_at,
    has_hard_bounced: false,
    marked_email_as_spam: false,
    unsubscribed_from_emails: false,
    custom_attributes: {},
  })

  function list(call: Call, key: string, all: readonly JsonObject[]): Reply {
    const size = Math.min(Math.max(Number(call.asked.query.get('per_page') ?? 20) || 20, 1), 150)
    const after = call.asked.query.get('starting_after')
    const start = after ? all.findIndex(({ id }) => id === after) + 1 : 0
    const found = all.slice(start, start + size)
    const more = start + size < all.length
    return json(200, {
      type: key === 'data' ? 'list' : `${key.slice(0, -1)}.list`,
      [key]: found,
      total_count: all.length,
      pages: {
        type: 'pages',
        page: Math.floor(start / size) + 1,
        per_page: size,
        total_pages: Math.ceil(all.length / size),
        ...(more && { next: { starting_after: readText(found.at(-1), 'id') ?? '' } }),
      },
    })
  }

  function searchContacts(call: Call): Reply {
    const query = readJson(call.asked)['query'] as JsonObject | undefined
    const [field, operator, value] = [query?.['field'], query?.['operator'], query?.['value']]
    if (typeof field !== 'string' || typeof value !== 'string')
      return problem(400, 'parameter_invalid', 'The query is not one that can be searched for')
    const found = workspace(call).contacts.filter((one) => {
      const own = String(one[field as keyof Contact] ?? '')
      return operator === '~' ? own.includes(value) : own === value
    })
    return list(call, 'data', found.map(showContact))
  }

  function withConversation(handle: (call: Call, one: Conversation) => Reply) {
    return (call: Call) => {
      const found = workspace(call).conversations.find(({ id }) => id === call.params['id'])
      return found ? handle(call, found) : problem(404, 'not_found', 'Resource Not Found')
    }
  }

  function reply(call: Call, one: Conversation): Reply {
    const body = readString(readJson(call.asked), 'body')
    if (!body) return problem(400, 'parameter_not_found', 'body is required')
    const held = workspace(call)
    one.parts.push({
      id: String(held.nextId++),
      body: `<p>${body.replaceAll('<', '&lt;')}</p>`,
      author: { type: 'admin', id: call.account.id },
      created_at: seconds(),
    })
    one.updated_at = seconds()
    return json(200, whole(one))
  }

  const whole = (one: Conversation): JsonObject => ({
    ...showConversation(one),
    conversation_parts: {
      type: 'conversation_part.list',
      conversation_parts: one.parts
        .slice(1)
        .map((part) => ({ type: 'conversation_part', part_type: 'comment', ...part })),
      total_count: one.parts.length - 1,
    },
  })

  /** A token is good in the region that granted it. */
  const inRegion =
    (handle: (call: Call) => Reply) =>
    (call: Call): Reply => {
      const home = REGIONS[call.token.place['appHost'] ?? 'app.intercom.com']
      return home === call.asked.host ? handle(call) : unauthorized()
    }
  const routes: Route[] = (
    [
      [
        'GET',
        '/me',
        ({ account }) =>
          json(200, {
            ...admin(account),
            app: {
              type: 'app',
              ...workspaceOf(account),
              created_at: seconds(400),
              region: 'US',
              timezone: 'Europe/London',
            },
          }),
      ],
      ['GET', '/admins', ({ account }) => json(200, { type: 'admin.list', admins: [admin(account)] })],
      ['GET', '/contacts', (call) => list(call, 'data', workspace(call).contacts.map(showContact))],
      ['POST', '/contacts/search', searchContacts],
      [
        'GET',
        '/conversations',
        (call) => list(call, 'conversations', workspace(call).conversations.map(showConversation)),
      ],
      ['GET', '/conversations/:id', withConversation((_call, one) => json(200, whole(one)))],
      ['POST', '/conversations/:id/reply', withConversation(reply)],
      [
        'POST',
        '/auth/uninstall',
        ({ account }) => {
          // The app leaves the workspace: every token it has there ends, whoever connected.
          for (const one of tools.accounts())
            if (workspaceOf(one).id_code === workspaceOf(account).id_code)
              tools.tokens.endGrant({ client: tools.client.client_id, account: one.id })
          return empty(200)
        },
      ],
    ] satisfies [string, string, (call: Call) => Reply][]
  ).map(([method, path, handle]) => on(method, path, inRegion(handle), { host: '{apiHost}' }))

  return {
    accounts,
    hosts: [...Object.values(REGIONS), ...Object.keys(REGIONS)],
    oauth: {
      code: () => tools.random(36),
      access: () => `dG9rOj${tools.random(46)}=`,
      lifetime: null,
      // RFC 6749 section 5.1 has no member `token`; both hold the same.
      answer: ({ tokens: { main } }) =>
        json(200, {
          token_type: 'Bearer',
          token: main?.access_token ?? '',
          access_token: main?.access_token ?? '',
        }),
      failure: (what) =>
        what === 'bad_client'
          ? problem(401, 'unauthorized', 'The client_id or client_secret is wrong')
          : problem(what === 'expired_code' ? 400 : 404, 'server_error', 'code not found'),
    },
    routes,
    headers: () => ({
      'intercom-version': '2.14',
      'x-ratelimit-limit': '1667',
      'x-ratelimit-remaining': '1600',
      'x-ratelimit-reset': String(seconds() + 10),
    }),
    unauthorized,
    forbidden: () => problem(403, 'token_unauthorized', 'The token is not allowed to access the resource'),
    notFound: () => problem(404, 'not_found', 'Resource Not Found'),
    rateLimited: () => problem(429, 'rate_limit_exceeded', 'Exceeded rate limit of 1667 in 10_seconds'),
    values: () => ({
      region: 'us',
      accessToken: tools.hold({
        account: '814860',
        make: (derive) => `dG9rOj${derive('token', 46)}=`,
      }),
    }),
  }

  function unauthorized(): Reply {
    return problem(401, 'unauthorized', 'Access Token Invalid')
  }

  function problem(status: number, code: string, message: string): Reply {
    return json(status, { type: 'error.list', request_id: tools.random(16), errors: [{ code, message }] })
  }
}

export default create
