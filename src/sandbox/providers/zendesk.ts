/** Zendesk: any subdomain is an account of its own, with tickets behind it. https://developer.zendesk.com/api-reference */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill } from '../cast.ts'
import { empty, isObject, json, type Reply, readJson } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  readString,
  type TokenProblem,
} from '../stand-in.ts'
import { type Desk, seedDesk, type Ticket, type User } from '../worlds/zendesk.ts'

type Data = { desks: Record<string, Desk> }
type AtDesk = Call & { desk: Desk; subdomain: string }

const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [
    400,
    'invalid_request',
    'The request is missing a required parameter, includes an unsupported parameter value, or is otherwise malformed.',
  ],
  bad_client: [
    401,
    'invalid_client',
    'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
  ],
  bad_code: [400, 'invalid_grant', GRANT()],
  used_code: [400, 'invalid_grant', GRANT()],
  expired_code: [400, 'invalid_grant', GRANT()],
  bad_redirect_uri: [400, 'invalid_grant', GRANT()],
  bad_verifier: [400, 'invalid_grant', GRANT()],
  bad_refresh_token: [400, 'invalid_grant', GRANT()],
  bad_grant_type: [
    400,
    'unsupported_grant_type',
    'The authorization grant type is not supported by the authorization server.',
  ],
}

/** Zendesk words every failed grant alike. */
function GRANT(): string {
  return 'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.'
}

const accounts: readonly Account[] = [
  { id: '361000001', name: cast.ada.name, email: cast.ada.email, detail: 'administrator' },
  { id: '361000002', name: cast.bruno.name, email: cast.bruno.email, detail: 'agent' },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({ desks: {} }))
  const now = () => daysAgo(tools.now(), 0)
  const at = (handle: (call: AtDesk) => Reply) => (call: Call) => {
    const subdomain = call.params['subdomain'] ?? ''
    const desk = (data.desks[subdomain] ??= seedDesk(tools.now()))
    if (!desk.users.some(({ id }) => String(id) === call.account.id)) {
      desk.users.push({
        id: Number(call.account.id),
        name: call.account.name,
        email: call.account.email,
        role: 'agent',
        organization: null,
      })
    }
    return handle({ ...call, desk, subdomain })
  }
  const read = { scope: ['read', 'write'] }
  const write = { scope: ['write'] }
  const url = ({ subdomain }: AtDesk, path: string) => `https://${subdomain}.zendesk.com/api/v2${path}.json`

  const routes = [
    on(
      'GET',
      '/api/v2/users/me.json',
      at((call) => json(200, { user: user(find(call.desk, Number(call.account.id)), call) })),
      read,
    ),
    on(
      'GET',
      '/api/v2/oauth/tokens/current.json',
      at((call) =>
        json(200, {
          token: {
            id: numberOf(call.token.family),
            client_id: 223443,
            user_id: Number(call.account.id),
            scopes: call.token.scopes,
            expires_at: call.token.expiresAt === null ? null : new Date(call.token.expiresAt).toISOString(),
            url: url(call, '/oauth/tokens/current'),
          },
        }),
      ),
      read,
    ),
    on(
      'DELETE',
      '/api/v2/oauth/tokens/current.json',
      at(({ token }) => {
        if (token.use === 'static') return notFound()
        tools.tokens.endFamily(token.family, 'revoked')
        return empty(204)
      }),
    ),
    on(
      'GET',
      '/api/v2/users/search.json',
      at((call) => {
        const query = (call.asked.query.get('query') ?? '').toLowerCase()
        return paged(
          call,
          'users',
          call.desk.users
            .filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(query))
            .map((one) => user(one, call)),
        )
      }),
      read,
    ),
    on(
      'GET',
      '/api/v2/users.json',
      at((call) =>
        paged(
          call,
          'users',
          call.desk.users.map((one) => user(one, call)),
        ),
      ),
      read,
    ),
    on(
      'POST',
      '/api/v2/users.json',
      at((call) => {
        const given = readJson(call.asked)['user']
        const [name, email] = isObject(given) ? [readString(given, 'name'), readString(given, 'email')] : []
        if (!name) return invalid('name', 'Name: cannot be blank')
        if (email && call.desk.users.some((one) => one.email === email))
          return invalid('email', `Email: ${email} is already being used by another user`)
        const made: User = {
          id: call.desk.nextId++,
          name,
          email: email ?? '',
          role: 'end-user',
          organization: null,
        }
        call.desk.users.push(made)
        return json(201, { user: user(made, call) })
      }),
      write,
    ),
    on(
      'GET',
      '/api/v2/organizations.json',
      at((call) =>
        paged(
          call,
          'organizations',
          call.desk.organizations.map(({ id, name, domains }) => ({
            id,
            name,
            domain_names: domains,
            url: url(call, `/organizations/${id}`),
            created_at: daysAgo(tools.now(), 300),
            updated_at: daysAgo(tools.now(), 30),
          })),
        ),
      ),
      read,
    ),
    on(
      'GET',
      '/api/v2/tickets.json',
      at((call) => {
        const newest = call.asked.query.get('sort') === '-updated_at'
        const tickets = [...call.desk.tickets].sort((a, b) =>
          newest ? b.updated.localeCompare(a.updated) : a.id - b.id,
        )
        return paged(
          call,
          'tickets',
          tickets.map((one) => ticket(one, call)),
        )
      }),
      read,
    ),
    on(
      'POST',
      '/api/v2/tickets.json',
      at((call) => createTicket(call)),
      write,
    ),
    on(
      'GET',
      '/api/v2/tickets/:id.json',
      at((call) =>
        withTicket(call, (found) =>
          json(200, {
            ticket: ticket(found, call),
            ...(call.asked.query.get('include') === 'users' && {
              users: call.desk.users.map((one) => user(one, call)),
            }),
          }),
        ),
      ),
      read,
    ),
    on(
      'PUT',
      '/api/v2/tickets/:id.json',
      at((call) => withTicket(call, (found) => updateTicket(call, found))),
      write,
    ),
    on(
      'GET',
      '/api/v2/tickets/:id/comments.json',
      at((call) =>
        withTicket(call, (found) =>
          paged(
            call,
            'comments',
            found.comments.map((one) => ({
              id: one.id,
              type: 'Comment',
              author_id: one.author,
              body: one.body,
              html_body: `<p>${one.body.replaceAll('<', '&lt;')}</p>`,
              plain_body: one.body,
              public: one.public,
              attachments: [],
              created_at: one.at,
            })),
          ),
        ),
      ),
      read,
    ),
    on(
      'GET',
      '/api/v2/search.json',
      at((call) => search(call)),
      read,
    ),
  ]

  function withTicket(call: AtDesk, handle: (found: Ticket) => Reply): Reply {
    const found = call.desk.tickets.find(({ id }) => String(id) === call.params['id'])
    return found ? handle(found) : notFound()
  }

  function createTicket(call: AtDesk): Reply {
    const given = readJson(call.asked)['ticket']
    const comment =
      isObject(given) && isObject(given['comment']) ? readString(given['comment'], 'body') : undefined
    if (!isObject(given) || !comment) return invalid('base', 'Description: cannot be blank')
    const { desk } = call
    const requester = isObject(given['requester']) ? given['requester'] : undefined
    const email = requester && readString(requester, 'email')
    let from = desk.users.find((one) => one.email === email)
    if (!from && requester && email) {
      from = {
        id: desk.nextId++,
        name: readString(requester, 'name') ?? email,
        email,
        role: 'end-user',
        organization: null,
      }
      desk.users.push(from)
    }
    const author = from?.id ?? Number(call.account.id)
    const made: Ticket = {
      id: Math.max(0, ...desk.tickets.map(({ id }) => id)) + 1,
      subject: readString(given, 'subject') ?? comment.slice(0, 80),
      status: 'new',
      priority: readString(given, 'priority') ?? null,
      requester: author,
      assignee: null,
      tags: Array.isArray(given['tags']) ? given['tags'].filter((tag) => typeof tag === 'string') : [],
      created: now(),
      updated: now(),
      comments: [{ id: desk.nextId++, author, body: comment, public: true, at: now() }],
    }
    desk.tickets.push(made)
    return json(
      201,
      { ticket: ticket(made, call), audit: { id: desk.nextId++, ticket_id: made.id } },
      { location: url(call, `/tickets/${made.id}`) },
    )
  }

  function updateTicket(call: AtDesk, found: Ticket): Reply {
    const given = readJson(call.asked)['ticket']
    if (!isObject(given)) return invalid('base', 'Ticket is missing')
    found.status = readString(given, 'status') ?? found.status
    found.priority = readString(given, 'priority') ?? found.priority
    if (typeof given['assignee_id'] === 'number') found.assignee = given['assignee_id']
    const comment = isObject(given['comment']) ? given['comment'] : undefined
    const body = comment && readString(comment, 'body')
    if (comment && body)
      found.comments.push({
        id: call.desk.nextId++,
        author: Number(call.account.id),
        body,
        public: comment['public'] !== false,
        at: now(),
      })
    found.updated = now()
    return json(200, { ticket: ticket(found, call), audit: { id: call.desk.nextId++, ticket_id: found.id } })
  }

  function search(call: AtDesk): Reply {
    const words = (call.asked.query.get('query') ?? '').split(/\s+/).filter(Boolean)
    const order = ['new', 'open', 'pending', 'hold', 'solved', 'closed']
    const test = (one: Ticket, word: string): boolean => {
      const found = /^(\w+)([:<>])(.+)$/.exec(word)
      if (!found)
        return `${one.subject} ${one.comments.map(({ body }) => body).join(' ')}`
          .toLowerCase()
          .includes(word.toLowerCase())
      const [, key, operator, value = ''] = found
      if (key === 'status') {
        const difference = order.indexOf(one.status) - order.indexOf(value)
        return operator === '<' ? difference < 0 : operator === '>' ? difference > 0 : difference === 0
      }
      if (key === 'priority') return one.priority === value
      if (key === 'tags') return one.tags.includes(value)
      return true
    }
    const onlyUsers = words.includes('type:user')
    const rest = words.filter((word) => !word.startsWith('type:'))
    const results = onlyUsers
      ? call.desk.users
          .filter(({ name, email }) =>
            rest.every((word) => `${name} ${email}`.toLowerCase().includes(word.toLowerCase())),
          )
          .map((one) => ({ ...user(one, call), result_type: 'user' }))
      : call.desk.tickets
          .filter((one) => rest.every((word) => test(one, word)))
          .map((one) => ({ ...ticket(one, call), result_type: 'ticket' }))
    return json(200, { results, facets: null, next_page: null, previous_page: null, count: results.length })
  }

  function user(one: User | undefined, call: AtDesk): JsonObject {
    return {
      id: one?.id ?? 0,
      url: url(call, `/users/${one?.id}`),
      name: one?.name ?? '',
      email: one?.email ?? '',
      role: one?.role ?? 'end-user',
      active: true,
      verified: true,
      organization_id: one?.organization ?? null,
      time_zone: 'London',
      locale: 'en-GB',
      created_at: daysAgo(tools.now(), 200),
      updated_at: daysAgo(tools.now(), 2),
    }
  }

  function ticket(one: Ticket, call: AtDesk): JsonObject {
    return {
      id: one.id,
      url: url(call, `/tickets/${one.id}`),
      subject: one.subject,
      raw_subject: one.subject,
      description: one.comments[0]?.body ?? '',
      status: one.status,
      priority: one.priority,
      type: null,
      requester_id: one.requester,
      submitter_id: one.requester,
      assignee_id: one.assignee,
      organization_id: find(call.desk, one.requester)?.organization ?? null,
      tags: one.tags,
      created_at: one.created,
      updated_at: one.updated,
      via: { channel: 'web' },
    }
  }

  return {
    accounts,
    oauth: {
      code: () => tools.random(40, '0123456789abcdef'),
      access: () => tools.random(64, '0123456789abcdef'),
      refresh: () => tools.random(64, '0123456789abcdef'),
      // From 5 minutes to 2 days, as asked for; half an hour where nothing is asked for.
      lifetime: ({ expires_in }) =>
        expires_in === undefined ? 1800 : Math.min(Math.max(Number(expires_in) || 1800, 300), 172_800),
      refreshLifetime: 90 * 86_400,
      endsPreviousAccess: true,
      denial: { error_description: 'The end-user or authorization server denied the request.' },
      answer: ({ tokens: { main } }) => {
        const { scopes = [], ...issued } = main ?? {}
        return json(200, {
          ...issued,
          ...(main?.refresh_token && { refresh_token_expires_in: 90 * 86_400 }),
          token_type: 'bearer',
          scope: scopes.join(' '),
        })
      },
      failure: (problem) => {
        const [status, error, error_description] = PROBLEMS[problem]
        return json(status, { error, error_description })
      },
    },
    routes,
    unauthorized: (why) =>
      why === 'missing'
        ? json(401, { error: "Couldn't authenticate you" })
        : json(
            401,
            {
              error: 'invalid_token',
              error_description:
                'The access token provided is expired, revoked, malformed or invalid for other reasons.',
            },
            { 'www-authenticate': 'Bearer error="invalid_token"' },
          ),
    forbidden: ({ scope }) =>
      json(403, {
        error: 'Forbidden',
        description: `Missing the following required scopes: ${scope.at(-1)}`,
      }),
    notFound: () => notFound(),
    rateLimited: () =>
      json(429, {
        error: 'APIRateLimitExceeded',
        description: 'Number of allowed API requests per minute exceeded',
      }),
    values: () => ({
      subdomain: fernhill.slug,
      email: cast.ada.email,
      apiToken: tools.hold({
        account: '361000001',
        place: { subdomain: fernhill.slug },
        make: (derive) => derive('token', 40),
        present: (secret) => `${cast.ada.email}/token:${secret}`,
      }),
    }),
  }
}

export default create

const notFound = () => json(404, { error: 'RecordNotFound', description: 'Not found' })

function invalid(field: string, description: string): Reply {
  return json(422, {
    error: 'RecordInvalid',
    description: 'Record validation errors',
    details: { [field]: [{ description, error: 'BlankValue' }] },
  })
}

const find = (desk: Desk, id: number) => desk.users.find((one) => one.id === id)

function numberOf(label: string): number {
  return Number.parseInt(Buffer.from(label).toString('hex').slice(0, 9), 16)
}

function paged({ asked, ...call }: AtDesk, key: string, items: JsonObject[]): Reply {
  const size = Math.min(Number(asked.query.get('page[size]') ?? 100) || 100, 100)
  const after = asked.query.get('page[after]')
  const start = after ? Number(Buffer.from(after, 'base64').toString()) || 0 : 0
  const more = start + size < items.length
  const cursor = Buffer.from(String(start + size)).toString('base64')
  const next = `https://${call.subdomain}.zendesk.com${asked.path}?page%5Bsize%5D=${size}&page%5Bafter%5D=${encodeURIComponent(cursor)}`
  return json(200, {
    [key]: items.slice(start, start + size),
    count: items.length,
    meta: { has_more: more, after_cursor: more ? cursor : null, before_cursor: null },
    links: { next: more ? next : null, prev: null },
  })
}
