import {
  choice,
  cursor,
  defineTools,
  identifier,
  integer,
  list,
  opt,
  pageSize,
  prose,
  same,
  text,
} from '../define-tools.ts'

const id = identifier('Id of the page: a number.', { pattern: '^\\d+$', maxLength: 30 })
const space = identifier('Id of the space: a number, not its key.', { pattern: '^\\d+$', maxLength: 30 })
const paging = {
  limit: pageSize(250, 25),
  cursor: cursor('The cursor in the next link of the answer before.'),
}
const byLink = { by: 'url', at: '_links.next' } as const
const readPage = [['read:page:confluence']]
const writePage = [['write:page:confluence']]
const title = text('Title of the page.', { maxLength: 255 })
const body = prose('Content, in Confluence’s storage format (XHTML): <p>Text</p>.', 500_000)

export default defineTools({
  id: 'confluence',
  name: 'Confluence',
  summary: 'Searches spaces and pages, reads and writes them, and comments.',
  tools: [
    {
      name: 'confluence_search',
      title: 'Search content',
      description:
        'Finds pages, blog posts and spaces with CQL, for example "type = page AND text ~ \\"release\\"".',
      risk: 'read',
      scopes: [['search:confluence']],
      input: {
        cql: text('The query, in CQL.', { maxLength: 5000 }),
        limit: pageSize(100, 25),
        cursor: cursor('The cursor in the next link of the answer before.'),
        excerpt: opt(
          choice('Which excerpt comes along.', ['none', 'highlight', 'indexed'], { default: 'none' }),
        ),
      },
      http: {
        method: 'GET',
        path: '/wiki/rest/api/search',
        query: same('cql', 'limit', 'cursor', 'excerpt'),
      },
      pagination: byLink,
    },
    {
      name: 'confluence_get_page',
      title: 'Read a page',
      description: 'Reads one page: title, space, version, and its content in the form that is asked for.',
      risk: 'read',
      scopes: readPage,
      input: {
        id,
        body_format: opt(
          choice('Form of the content.', ['storage', 'atlas_doc_format', 'view'], { default: 'storage' }),
        ),
      },
      http: { method: 'GET', path: '/wiki/api/v2/pages/{id}', query: { 'body-format': '{body_format}' } },
    },
    {
      name: 'confluence_list_pages',
      title: 'List pages of a space',
      description: 'Lists the pages of one space, most recently changed first.',
      risk: 'read',
      scopes: readPage,
      input: { space_id: space, ...paging },
      http: {
        method: 'GET',
        path: '/wiki/api/v2/spaces/{space_id}/pages',
        query: { sort: '-modified-date', status: 'current', ...same('limit', 'cursor') },
      },
      pagination: byLink,
    },
    {
      name: 'confluence_create_page',
      title: 'Create a page',
      description: 'Creates a page in a space, below another page if asked, and returns its address.',
      risk: 'write',
      scopes: writePage,
      input: { space_id: space, title, body, parent_id: opt(id) },
      http: {
        method: 'POST',
        path: '/wiki/api/v2/pages',
        body: {
          json: {
            spaceId: '{space_id}',
            status: 'current',
            title: '{title}',
            parentId: '{parent_id}',
            body: { representation: 'storage', value: '{body}' },
          },
        },
      },
    },
    {
      name: 'confluence_update_page',
      title: 'Change a page',
      description:
        'Replaces title and content of a page; the number of the new version has to follow the one that is there.',
      risk: 'write',
      scopes: writePage,
      input: {
        id,
        title,
        body,
        version: integer('Number of the new version: one more than the current.', { minimum: 2 }),
        message: opt(text('What changed.', { maxLength: 500 })),
      },
      http: {
        method: 'PUT',
        path: '/wiki/api/v2/pages/{id}',
        body: {
          json: {
            id: '{id}',
            status: 'current',
            title: '{title}',
            body: { representation: 'storage', value: '{body}' },
            version: { number: '{version}', message: '{message}' },
          },
        },
      },
      note: 'A version that is not the next one is refused, so that nobody’s change is lost. Older versions stay.',
    },
    {
      name: 'confluence_list_spaces',
      title: 'List spaces',
      description: 'Lists the spaces that the account can see, with their ids and keys.',
      risk: 'read',
      scopes: [['read:space:confluence']],
      input: {
        keys: opt(list('Only these keys.', text('', { maxLength: 255 }))),
        type: opt(choice('Kind of space.', ['global', 'personal'])),
        status: opt(choice('Current or archived.', ['current', 'archived'])),
        ...paging,
      },
      http: {
        method: 'GET',
        path: '/wiki/api/v2/spaces',
        query: { keys: '{keys|,}', ...same('type', 'status', 'limit', 'cursor') },
      },
      pagination: byLink,
    },
    {
      name: 'confluence_page_children',
      title: 'List child pages',
      description: 'Lists the pages directly below a page.',
      risk: 'read',
      scopes: readPage,
      input: { id, ...paging },
      http: { method: 'GET', path: '/wiki/api/v2/pages/{id}/children', query: same('limit', 'cursor') },
      pagination: byLink,
    },
    {
      name: 'confluence_page_comments',
      title: 'Read comments',
      description: 'Reads the comments at the foot of a page.',
      risk: 'read',
      scopes: [['read:comment:confluence']],
      input: { id, ...paging },
      http: {
        method: 'GET',
        path: '/wiki/api/v2/pages/{id}/footer-comments',
        query: { 'body-format': 'storage', ...same('limit', 'cursor') },
      },
      pagination: byLink,
    },
    {
      name: 'confluence_add_comment',
      title: 'Comment on a page',
      description: 'Adds a comment at the foot of a page.',
      risk: 'write',
      scopes: [['write:comment:confluence']],
      input: { page_id: id, body: prose('Text of the comment, in Confluence’s storage format (XHTML).') },
      http: {
        method: 'POST',
        path: '/wiki/api/v2/footer-comments',
        body: { json: { pageId: '{page_id}', body: { representation: 'storage', value: '{body}' } } },
      },
    },
  ],
})
