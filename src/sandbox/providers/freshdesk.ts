/** Freshdesk: any subdomain is a helpdesk, reached by key. https://developers.freshdesk.com/api/ */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill } from '../cast.ts'
import { json, readBasic, readJson, type Reply } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, readString } from '../stand-in.ts'

type Note = {
  id: number
  body: string
  incoming: boolean
  private: boolean
  user_id: number
  created_at: string
}
type Ticket = {
  id: number
  subject: string
  description: string
  status: number
  priority: number
  requester_id: number
  responder_id: number | null
  tags: string[]
  created_at: string
  updated_at: string
  notes: Note[]
}
type Contact = { id: number; name: string; email: string; created_at: string; updated_at: string }
type Desk = { tickets: Ticket[]; contacts: Contact[]; nextId: number }

const accounts: readonly Account[] = [{ id: '81004511001', name: cast.chiara.name, email: cast.chiara.email }]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Record<string, Desk>>(() => ({}))
  const stamp = () => daysAgo(tools.now(), 0)

  function seed(): Desk {
    const at = (days: number) => daysAgo(tools.now(), days)
    const contact = (id: number, name: string, email: string): Contact => ({
      id,
      name,
      email,
      created_at: at(120),
      updated_at: at(4),
    })
    const ticket = (id: number, subject: string, description: string, status: number): Ticket => ({
      id,
      subject,
      description,
      status,
      priority: 1,
      requester_id: 81004520001,
      responder_id: null,
      tags: [],
      created_at: at(3),
      updated_at: at(id - 100),
      notes: [],
    })
    return {
      tickets: [
        ticket(101, 'Bell rings by itself', 'It rings at every bump.', 2),
        ticket(102, 'Invoice of October', 'Could you send it once more?', 3),
        ticket(103, 'Thank you', 'The basket fits.', 5),
      ],
      contacts: [
        contact(81004520001, 'Noor Petrov', 'noor@riders.example'),
        contact(81004520002, cast.dmitri.name, cast.dmitri.email),
      ],
      nextId: 81004600001,
    }
  }

  const atDesk = (handle: (call: Call, desk: Desk) => Reply) => (call: Call) =>
    handle(call, (data[call.params['subdomain'] ?? ''] ??= seed()))

  function paged(call: Call, all: readonly JsonObject[]): Reply {
    const size = Math.min(Math.max(Number(call.asked.query.get('per_page') ?? 30) || 30, 1), 100)
    const page = Math.max(Number(call.asked.query.get('page') ?? 1) || 1, 1)
    const next = page * size < all.length
    const link = `<https://${call.asked.host}${call.asked.path}?per_page=${size}&page=${page + 1}>; rel="next"`
    return json(200, all.slice((page - 1) * size, page * size), next ? { link } : {})
  }

  const show = ({ notes: _notes, ...ticket }: Ticket): JsonObject => ({
    ...ticket,
    description_text: ticket.description,
    source: 1,
    spam: false,
    type: null,
    custom_fields: {},
  })

  /** `"status:2 AND priority:1"` */
  function search(call: Call, desk: Desk): Reply {
    const query = /^"(.*)"$/.exec(call.asked.query.get('query') ?? '')?.[1]
    if (query === undefined)
      return invalid(
        'query',
        'Query should be of the format "field:value" within double quotes',
        'invalid_value',
      )
    const found = desk.tickets.filter((ticket) =>
      query.split(/\s+AND\s+/).every((clause) => {
        const [field = '', value = ''] = clause.split(':')
        return String(ticket[field as 'status']) === value.replaceAll("'", '')
      }),
    )
    return json(200, { total: found.length, results: found.map(show) })
  }

  function createTicket(call: Call, desk: Desk): Reply {
    const given = readJson(call.asked)
    const subject = readString(given, 'subject')
    const email = readString(given, 'email')
    if (!subject)
      return invalid('subject', 'It should not be blank as this is a mandatory field', 'missing_field')
    if (!email) return invalid('email', 'It should be a valid email address', 'missing_field')
    let contact = desk.contacts.find((one) => one.email === email)
    if (!contact) {
      contact = { id: desk.nextId++, name: email, email, created_at: stamp(), updated_at: stamp() }
      desk.contacts.push(contact)
    }
    const made: Ticket = {
      id: Math.max(100, ...desk.tickets.map(({ id }) => id)) + 1,
      subject,
      description: readString(given, 'description') ?? '',
      status: typeof given['status'] === 'number' ? given['status'] : 2,
      priority: typeof given['priority'] === 'number' ? given['priority'] : 1,
      requester_id: contact.id,
      responder_id: null,
      tags: [],
      created_at: stamp(),
      updated_at: stamp(),
      notes: [],
    }
    desk.tickets.push(made)
    return json(201, show(made))
  }

  const withTicket = (handle: (call: Call, ticket: Ticket, desk: Desk) => Reply) =>
    atDesk((call, desk) => {
      const found = desk.tickets.find(({ id }) => String(id) === call.params['id'])
      return found ? handle(call, found, desk) : { status: 404 }
    })

  function update(call: Call, ticket: Ticket): Reply {
    const given = readJson(call.asked)
    for (const field of ['status', 'priority', 'responder_id'] as const)
      if (typeof given[field] === 'number') ticket[field] = given[field]
    ticket.updated_at = stamp()
    return json(200, show(ticket))
  }

  const answer = (isPrivate: boolean) => (call: Call, ticket: Ticket, desk: Desk) => {
    const body = readString(readJson(call.asked), 'body')
    if (!body) return invalid('body', 'It should not be blank as this is a mandatory field', 'missing_field')
    const made: Note = {
      id: desk.nextId++,
      body,
      incoming: false,
      private: isPrivate,
      user_id: Number(call.account.id),
      created_at: stamp(),
    }
    ticket.notes.push(made)
    ticket.updated_at = stamp()
    return json(201, { ...made, ticket_id: ticket.id, body_text: body })
  }

  return {
    accounts,
    readCredential: (asked) => readBasic(asked.headers.authorization)?.username,
    routes: [
      on('GET', '/api/v2/agents/me', ({ account }) =>
        json(200, {
          id: Number(account.id),
          available: true,
          occasional: false,
          ticket_scope: 1,
          type: 'support_agent',
          contact: {
            active: true,
            email: account.email,
            name: account.name,
            language: 'en',
            time_zone: 'London',
          },
        }),
      ),
      on(
        'GET',
        '/api/v2/tickets',
        atDesk((call, { tickets }) =>
          paged(call, [...tickets].sort((a, b) => b.updated_at.localeCompare(a.updated_at)).map(show)),
        ),
      ),
      on('GET', '/api/v2/search/tickets', atDesk(search)),
      on('POST', '/api/v2/tickets', atDesk(createTicket)),
      on(
        'GET',
        '/api/v2/tickets/:id/conversations',
        withTicket((call, { notes }) => paged(call, notes)),
      ),
      on(
        'GET',
        '/api/v2/tickets/:id',
        withTicket((_call, ticket) => json(200, show(ticket))),
      ),
      on('PUT', '/api/v2/tickets/:id', withTicket(update)),
      on('POST', '/api/v2/tickets/:id/reply', withTicket(answer(false))),
      on('POST', '/api/v2/tickets/:id/notes', withTicket(answer(true))),
      on(
        'GET',
        '/api/v2/contacts',
        atDesk((call, { contacts }) => paged(call, contacts)),
      ),
    ],
    headers: () => ({ 'x-freshdesk-api-version': 'latest=v2; requested=v2', 'x-ratelimit-total': '700' }),
    unauthorized: () =>
      json(401, {
        code: 'invalid_credentials',
        message: 'You have to be logged in to perform this action.',
      }),
    forbidden: () =>
      json(403, { code: 'access_denied', message: 'You are not authorized to perform this action.' }),
    notFound: () => ({ status: 404 }),
    rateLimited: () => json(429, { message: 'You have exceeded the limit of requests per minute' }),
    values: () => ({
      subdomain: fernhill.slug,
      apiKey: tools.hold({
        account: accounts[0]?.id ?? '',
        place: { subdomain: fernhill.slug },
        make: (derive) => derive('key', 20),
      }),
    }),
  }
}

export default create

function invalid(field: string, message: string, code: string): Reply {
  return json(400, { description: 'Validation failed', errors: [{ field, message, code }] })
}
