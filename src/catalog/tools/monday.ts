import type { Json } from '../define.ts'
import {
  cursor,
  defineTools,
  email,
  identifier,
  integer,
  list,
  object,
  opt,
  pageSize,
  prose,
  text,
} from '../define-tools.ts'

const id = (description: string) => identifier(description, { pattern: '^\\d+$', maxLength: 30 })
const board_id = id('Id of the board.')
const item_id = id('Id of the item.')
const page = opt(integer('Which page, from 1.', { minimum: 1, default: 1 }))
const paging = { limit: pageSize(100, 25), page }
const pageVariables = { limit: '{limit}', page: '{page}' }
const byPage = { by: 'page', input: 'page' } as const
const column_values = object('New values by the columns’ ids, each as its column type takes it.')
/** monday.com takes column values as JSON inside a string. */
const encode = ({ column_values: values }: Record<string, Json | undefined>) =>
  values === undefined ? {} : { encoded: JSON.stringify(values) }
const ITEM = 'id name updated_at column_values { id text value }'
const graphql = (query: string, variables: { [key: string]: Json } = {}) => ({
  method: 'POST' as const,
  path: '/v2',
  body: { graphql: query, variables },
})

export default defineTools({
  id: 'monday',
  name: 'monday.com',
  summary: 'Reads boards and items, creates and changes them, and posts updates.',
  tools: [
    {
      name: 'monday_list_boards',
      title: 'List boards',
      description: 'Lists boards, of some workspaces or of all, the recently used first.',
      risk: 'read',
      scopes: [['boards:read']],
      input: { workspace_ids: opt(list('Only boards of these workspaces.', id(''))), ...paging },
      http: graphql(
        'query ($limit: Int, $page: Int, $workspaces: [ID]) { boards(limit: $limit, page: $page, workspace_ids: $workspaces, order_by: used_at) { id name state items_count workspace { id name } } }',
        { ...pageVariables, workspaces: '{workspace_ids}' },
      ),
      pagination: byPage,
    },
    {
      name: 'monday_get_board',
      title: 'Read a board',
      description: 'Reads the columns and groups of a board, which items are written by.',
      risk: 'read',
      scopes: [['boards:read']],
      input: { board_id },
      http: graphql(
        'query ($ids: [ID!]) { boards(ids: $ids) { id name columns { id title type settings_str } groups { id title } } }',
        { ids: ['{board_id}'] },
      ),
    },
    {
      name: 'monday_list_items',
      title: 'List items of a board',
      description: 'Lists the items of a board with the values of their columns.',
      risk: 'read',
      scopes: [['boards:read']],
      input: { board_id, limit: pageSize(500, 50), cursor: cursor('The cursor of the answer before.') },
      http: graphql(
        `query ($ids: [ID!], $limit: Int!, $cursor: String) { boards(ids: $ids) { items_page(limit: $limit, cursor: $cursor) { cursor items { ${ITEM} } } } }`,
        { ids: ['{board_id}'], limit: '{limit}', cursor: '{cursor}' },
      ),
      pagination: { by: 'cursor', input: 'cursor', at: 'data.boards.0.items_page.cursor' },
    },
    {
      name: 'monday_get_item',
      title: 'Read items',
      description: 'Reads items by their ids, with the values of their columns.',
      risk: 'read',
      scopes: [['boards:read']],
      input: { item_ids: list('Ids of the items.', id('')) },
      http: graphql(
        `query ($ids: [ID!]) { items(ids: $ids) { ${ITEM} board { id name } group { id title } } }`,
        {
          ids: '{item_ids}',
        },
      ),
    },
    {
      name: 'monday_create_item',
      title: 'Create an item',
      description: 'Creates an item on a board and returns its id.',
      risk: 'write',
      scopes: [['boards:write']],
      input: {
        board_id,
        item_name: text('Name of the item.', { maxLength: 255 }),
        group_id: opt(identifier('Id of the group.')),
        column_values: opt(column_values),
      },
      compose: encode,
      http: graphql(
        'mutation ($board: ID!, $name: String!, $group: String, $values: JSON) { create_item(board_id: $board, item_name: $name, group_id: $group, column_values: $values) { id name } }',
        { board: '{board_id}', name: '{item_name}', group: '{group_id}', values: '{encoded}' },
      ),
    },
    {
      name: 'monday_update_item',
      title: 'Change an item',
      description: 'Changes values of an item’s columns.',
      risk: 'write',
      idempotency: 'idempotent',
      scopes: [['boards:write']],
      input: { board_id, item_id, column_values },
      compose: encode,
      http: graphql(
        'mutation ($board: ID!, $item: ID!, $values: JSON!) { change_multiple_column_values(board_id: $board, item_id: $item, column_values: $values) { id name } }',
        { board: '{board_id}', item: '{item_id}', values: '{encoded}' },
      ),
    },
    {
      name: 'monday_list_updates',
      title: 'Read updates',
      description: 'Reads the updates of an item, which are its comments.',
      risk: 'read',
      scopes: [['updates:read']],
      input: { item_id, ...paging },
      http: graphql(
        'query ($ids: [ID!], $limit: Int, $page: Int) { items(ids: $ids) { updates(limit: $limit, page: $page) { id text_body created_at creator { id name } } } }',
        { ids: ['{item_id}'], ...pageVariables },
      ),
      pagination: byPage,
    },
    {
      name: 'monday_create_update',
      title: 'Post an update',
      description: 'Posts an update on an item, which is a comment.',
      risk: 'write',
      scopes: [['updates:write']],
      input: { item_id, body: prose('Text of the update; simple HTML is understood.') },
      http: graphql(
        'mutation ($item: ID!, $body: String!) { create_update(item_id: $item, body: $body) { id } }',
        {
          item: '{item_id}',
          body: '{body}',
        },
      ),
    },
    {
      name: 'monday_list_users',
      title: 'List people',
      description: 'Lists the people of the account, all or those with given addresses.',
      risk: 'read',
      scopes: [['users:read']],
      input: { emails: opt(list('Only people with these addresses.', email(''))), ...paging },
      http: graphql(
        'query ($limit: Int, $page: Int, $emails: [String]) { users(limit: $limit, page: $page, emails: $emails) { id name email enabled } }',
        { ...pageVariables, emails: '{emails}' },
      ),
      pagination: byPage,
    },
    {
      name: 'monday_list_workspaces',
      title: 'List workspaces',
      description: 'Lists the workspaces that hold the boards.',
      risk: 'read',
      scopes: [['workspaces:read']],
      input: paging,
      http: graphql(
        'query ($limit: Int, $page: Int) { workspaces(limit: $limit, page: $page) { id name kind } }',
        pageVariables,
      ),
      pagination: byPage,
    },
  ],
})
