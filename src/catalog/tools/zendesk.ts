import {
  choice,
  cursor,
  defineTools,
  email,
  identifier,
  integer,
  list,
  opt,
  pageSize,
  prose,
  text,
  yesNo,
} from '../define-tools.ts'

const read = [['read']]
const write = [['write']]
const id = integer('Number of the ticket.', { minimum: 1 })
const PRIORITIES = ['low', 'normal', 'high', 'urgent']
const STATUSES = ['new', 'open', 'pending', 'hold', 'solved']
/** https://developer.zendesk.com/api-reference/introduction/pagination/#cursor-pagination */
const paging = { size: pageSize(100), after: cursor('The meta.after_cursor of the answer before.') }
const byCursor = { by: 'cursor', input: 'after', at: 'meta.after_cursor' } as const
const pageQuery = { 'page[size]': '{size}', 'page[after]': '{after}' }
const counted = { page: opt(integer('Which page, from 1.', { minimum: 1, maximum: 100, default: 1 })) }

export default defineTools({
  id: 'zendesk',
  name: 'Zendesk',
  summary: 'Finds, opens and answers tickets, and reads people and organizations.',
  tools: [
    {
      name: 'zendesk_search',
      title: 'Search',
      description:
        'Finds tickets, people and organizations with Zendesk’s search words, for example "type:ticket status<solved printer".',
      risk: 'read',
      scopes: read,
      input: {
        query: text('What to search for, in Zendesk’s search syntax.', { maxLength: 2000 }),
        sort_by: opt(choice('Order.', ['updated_at', 'created_at', 'priority', 'status', 'ticket_type'])),
        sort_order: opt(choice('Direction of the order.', ['asc', 'desc'])),
        ...counted,
      },
      http: {
        method: 'GET',
        path: '/search.json',
        query: { query: '{query}', sort_by: '{sort_by}', sort_order: '{sort_order}', page: '{page}' },
      },
      pagination: { by: 'page', input: 'page', more_at: 'next_page' },
      note: 'Zendesk gives the first 1,000 results.',
    },
    {
      name: 'zendesk_get_ticket',
      title: 'Read a ticket',
      description: 'Reads one ticket with the people who take part in it.',
      risk: 'read',
      scopes: read,
      input: { id },
      http: { method: 'GET', path: '/tickets/{id}.json', query: { include: 'users' } },
    },
    {
      name: 'zendesk_list_tickets',
      title: 'List tickets',
      description: 'Lists tickets, most recently changed first.',
      risk: 'read',
      scopes: read,
      input: paging,
      http: { method: 'GET', path: '/tickets.json', query: { sort: '-updated_at', ...pageQuery } },
      pagination: byCursor,
    },
    {
      name: 'zendesk_create_ticket',
      title: 'Open a ticket',
      description:
        'Opens a ticket with a first comment, for a requester if one is named, and returns its number.',
      risk: 'write',
      idempotency: 'keyed',
      idempotency_header: 'Idempotency-Key',
      scopes: write,
      input: {
        subject: text('Subject.', { maxLength: 500 }),
        body: prose('First comment.', 65_536),
        requester_name: opt(text('Name of the person it is for; with requester_email.', { maxLength: 255 })),
        requester_email: opt(email('Address of the person it is for.')),
        priority: opt(choice('Priority.', PRIORITIES)),
        tags: opt(list('Tags.', identifier(''))),
      },
      http: {
        method: 'POST',
        path: '/tickets.json',
        body: {
          json: {
            ticket: {
              subject: '{subject}',
              comment: { body: '{body}' },
              requester: { name: '{requester_name}', email: '{requester_email}' },
              priority: '{priority}',
              tags: '{tags}',
            },
          },
        },
      },
    },
    {
      name: 'zendesk_update_ticket',
      title: 'Change or answer a ticket',
      description:
        'Changes status, priority or assignee of a ticket, and adds a comment, public or internal.',
      risk: 'write',
      idempotency: 'repeats',
      scopes: write,
      input: {
        id,
        status: opt(choice('New status.', STATUSES)),
        priority: opt(choice('New priority.', PRIORITIES)),
        assignee_id: opt(integer('Id of the agent it is assigned to.', { minimum: 1 })),
        comment: opt(prose('Text of a comment.', 65_536)),
        public: opt(yesNo('Whether the requester sees the comment.', { default: false })),
      },
      compose: ({ comment, public: visible }) =>
        comment === undefined ? {} : { added: { body: comment, public: visible ?? false } },
      http: {
        method: 'PUT',
        path: '/tickets/{id}.json',
        body: {
          json: {
            ticket: {
              status: '{status}',
              priority: '{priority}',
              assignee_id: '{assignee_id}',
              comment: '{added}',
            },
          },
        },
      },
    },
    {
      name: 'zendesk_ticket_comments',
      title: 'Read a ticket’s comments',
      description: 'Reads the conversation of a ticket.',
      risk: 'read',
      scopes: read,
      input: { id, ...paging },
      http: { method: 'GET', path: '/tickets/{id}/comments.json', query: pageQuery },
      pagination: byCursor,
    },
    {
      name: 'zendesk_search_users',
      title: 'Find people',
      description: 'Finds people by words of their name or address.',
      risk: 'read',
      scopes: read,
      input: { query: text('Words of the name or address.', { maxLength: 500 }), ...counted },
      http: { method: 'GET', path: '/users/search.json', query: { query: '{query}', page: '{page}' } },
      pagination: { by: 'page', input: 'page', more_at: 'next_page' },
    },
    {
      name: 'zendesk_create_user',
      title: 'Create a person',
      description: 'Creates a person who can have tickets.',
      risk: 'write',
      scopes: write,
      input: {
        name: text('Name.', { maxLength: 255 }),
        email: email('Address.'),
        organization_id: opt(integer('Id of the organization.', { minimum: 1 })),
      },
      http: {
        method: 'POST',
        path: '/users.json',
        body: { json: { user: { name: '{name}', email: '{email}', organization_id: '{organization_id}' } } },
      },
    },
    {
      name: 'zendesk_list_organizations',
      title: 'List organizations',
      description: 'Lists the organizations that people belong to.',
      risk: 'read',
      scopes: read,
      input: paging,
      http: { method: 'GET', path: '/organizations.json', query: pageQuery },
      pagination: byCursor,
    },
  ],
})
