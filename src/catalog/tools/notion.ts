import type { Json } from '../define.ts'
import {
  choice,
  cursor,
  defineTools,
  list,
  object,
  opt,
  pageSize,
  prose,
  same,
  text,
} from '../define-tools.ts'

const uuid = (description: string) =>
  text(description, { pattern: '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$', maxLength: 36 })
const paging = { page_size: pageSize(100), start_cursor: cursor('The next_cursor of the answer before.') }
const byCursor = { by: 'cursor', input: 'start_cursor', at: 'next_cursor' } as const
const page_id = uuid('Id of the page.')
const blocks = (description: string) => list(description, object(''), { maxItems: 100 })

/** https://developers.notion.com/reference/rich-text: one piece holds 2,000 characters. */
function richText(value: Json | undefined): Json {
  return typeof value === 'string'
    ? (value.match(/[\s\S]{1,2000}/g) ?? []).map((content) => ({ type: 'text', text: { content } }))
    : []
}

export default defineTools({
  id: 'notion',
  name: 'Notion',
  summary: 'Searches, reads and writes the pages and databases that were shared while connecting.',
  tools: [
    {
      name: 'notion_search',
      title: 'Search pages and databases',
      description: 'Finds pages or data sources by words in their titles, the recently edited first.',
      risk: 'read',
      input: {
        query: opt(text('Words in the title.', { maxLength: 500 })),
        only: opt(choice('Pages or data sources alone.', ['page', 'data_source'])),
        ...paging,
      },
      compose: ({ only }) => (only === undefined ? {} : { filter: { property: 'object', value: only } }),
      http: {
        method: 'POST',
        path: '/search',
        body: {
          json: {
            query: '{query}',
            filter: '{filter}',
            sort: { timestamp: 'last_edited_time', direction: 'descending' },
            ...same('page_size', 'start_cursor'),
          },
        },
      },
      pagination: byCursor,
      note: 'Notion looks at titles only, and at what was shared with the connection.',
    },
    {
      name: 'notion_get_page',
      title: 'Read a page’s properties',
      description: 'Reads the title and properties of one page; its content comes with notion_get_blocks.',
      risk: 'read',
      input: { page_id },
      http: { method: 'GET', path: '/pages/{page_id}' },
    },
    {
      name: 'notion_get_blocks',
      title: 'Read a page’s content',
      description:
        'Reads the blocks of a page or of a block; those that have children are read the same way.',
      risk: 'read',
      input: { block_id: uuid('Id of the page or block.'), ...paging },
      http: {
        method: 'GET',
        path: '/blocks/{block_id}/children',
        query: same('page_size', 'start_cursor'),
      },
      pagination: byCursor,
    },
    {
      name: 'notion_create_page',
      title: 'Create a page',
      description: 'Creates a page below another page, or in a data source with its properties.',
      risk: 'write',
      input: {
        parent_page_id: opt(uuid('Id of the page above; or give parent_data_source_id.')),
        parent_data_source_id: opt(uuid('Id of the data source it becomes a row of.')),
        title: opt(text('Title, for a page below a page.', { maxLength: 2000 })),
        properties: opt(object('Properties by name, as the data source declares them.')),
        children: opt(blocks('Blocks of the content.')),
      },
      compose: ({ title, properties, parent_page_id, parent_data_source_id }) => ({
        parent:
          parent_data_source_id === undefined
            ? { type: 'page_id', page_id: parent_page_id ?? null }
            : { type: 'data_source_id', data_source_id: parent_data_source_id },
        all: properties ?? { title: { title: richText(title) } },
      }),
      http: {
        method: 'POST',
        path: '/pages',
        body: { json: { parent: '{parent}', properties: '{all}', children: '{children}' } },
      },
    },
    {
      name: 'notion_update_page',
      title: 'Change a page’s properties',
      description: 'Changes properties of a page; its content is added to with notion_append_blocks.',
      risk: 'write',
      idempotency: 'idempotent',
      input: { page_id, properties: object('New values by the properties’ names.') },
      http: { method: 'PATCH', path: '/pages/{page_id}', body: { json: same('properties') } },
    },
    {
      name: 'notion_append_blocks',
      title: 'Add content',
      description: 'Adds blocks at the end of a page or block.',
      risk: 'write',
      input: { block_id: uuid('Id of the page or block.'), children: blocks('Blocks to add.') },
      http: { method: 'PATCH', path: '/blocks/{block_id}/children', body: { json: same('children') } },
    },
    {
      name: 'notion_get_database',
      title: 'Read a database',
      description: 'Reads a database and names its data sources, which are queried.',
      risk: 'read',
      input: { database_id: uuid('Id of the database.') },
      http: { method: 'GET', path: '/databases/{database_id}' },
    },
    {
      name: 'notion_query',
      title: 'Query a data source',
      description: 'Lists rows of a data source, filtered and sorted by its properties.',
      risk: 'read',
      input: {
        data_source_id: uuid('Id of the data source.'),
        filter: opt(object('Filter in Notion’s form.')),
        sorts: opt(list('Order in Notion’s form.', object(''), { maxItems: 10 })),
        ...paging,
      },
      http: {
        method: 'POST',
        path: '/data_sources/{data_source_id}/query',
        body: { json: same('filter', 'sorts', 'page_size', 'start_cursor') },
      },
      pagination: byCursor,
    },
    {
      name: 'notion_comment',
      title: 'Comment on a page',
      description: 'Adds a comment to a page.',
      risk: 'write',
      input: { page_id, text: prose('Text of the comment.', 20_000) },
      compose: ({ text: written }) => ({ pieces: richText(written) }),
      http: {
        method: 'POST',
        path: '/comments',
        body: { json: { parent: { page_id: '{page_id}' }, rich_text: '{pieces}' } },
      },
    },
    {
      name: 'notion_list_users',
      title: 'List people',
      description: 'Lists the people and bots of the workspace.',
      risk: 'read',
      input: paging,
      http: { method: 'GET', path: '/users', query: same('page_size', 'start_cursor') },
      pagination: byCursor,
    },
  ],
})
