/** Notion: pages are picked while authorizing, and nothing else is seen. https://developers.notion.com/reference */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { isObject, json, type Reply, readBasic, readJson } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  open,
  readString,
  type TokenProblem,
} from '../stand-in.ts'
import type { TokenRecord } from '../tokens.ts'
import {
  type Comment,
  type Data,
  type DataSource,
  type Page,
  seedNotion,
  type Workspace,
} from '../worlds/notion.ts'
import {
  block,
  comment,
  database,
  page as writePage,
  person,
  readBlocks,
  readProperties,
  readRichText,
  readTitle,
  source,
} from '../worlds/notion-shapes.ts'

const PROBLEMS: Readonly<Partial<Record<TokenProblem, readonly [number, string]>>> = {
  bad_format: [400, 'invalid_request'],
  bad_client: [401, 'invalid_client'],
  bad_grant_type: [400, 'unsupported_grant_type'],
}
/** Real, but not told: clients learn of the end by a 401. */
const ACCESS_LIFETIME = 3600

const accounts: readonly Account[] = [
  {
    id: '3b1f7a52-1d20-4c55-9a01-0c5b0e1a0001',
    name: cast.ada.name,
    email: cast.ada.email,
    detail: fernhill.name,
  },
  {
    id: '3b1f7a52-1d20-4c55-9a01-0c5b0e1a0002',
    name: cast.bruno.name,
    email: cast.bruno.email,
    detail: fernhill.name,
  },
  {
    id: '3b1f7a52-1d20-4c55-9a01-0c5b0e1a0004',
    name: cast.dmitri.name,
    email: cast.dmitri.email,
    detail: quayside.name,
  },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seedNotion(tools.now()))
  const now = () => new Date(tools.now()).toISOString()
  const page = (one: Page) => writePage(one, data.sources)
  const uuid = () => toUuid(tools.random(32, '0123456789abcdef'))
  const workspaceOf = (account: Account): Workspace => {
    const found = data.workspaces.find(({ name }) => name === account.detail) ?? data.workspaces[0]
    if (!found) throw new Error('the sandbox has no workspace')
    if (!found.members.some(({ id }) => id === account.id))
      found.members.push({ id: account.id, name: account.name, email: account.email })
    return found
  }
  const botId = (workspace: Workspace, account: Account) =>
    toUuid(tools.derive(`bot:${workspace.id}:${account.id}`, 32, '0123456789abcdef'))

  /** Picked pages and everything below them; an internal integration sees what was shared with it: here, all but one. */
  function sees(
    token: TokenRecord,
    one: { id: string; parent: string | null; workspace: string },
    account: Account,
  ): boolean {
    if (one.workspace !== workspaceOf(account).id) return false
    if (token.use === 'static') return !('title' in one && one.title === 'Salaries')
    if (token.picked.includes(one.id)) return true
    const above =
      data.pages.find(({ id }) => id === one.parent) ?? data.sources.find(({ id }) => id === one.parent)
    return above !== undefined && sees(token, above, account)
  }

  const withPage = (handle: (call: Call, found: Page) => Reply) => (call: Call) => {
    const id = normaliseId(call.params['id'] ?? '')
    const found = data.pages.find((one) => one.id === id)
    return found && sees(call.token, found, call.account) ? handle(call, found) : objectNotFound('page', id)
  }
  const withSource = (handle: (call: Call, found: DataSource) => Reply) => (call: Call) => {
    const id = normaliseId(call.params['id'] ?? '')
    const found = data.sources.find((one) => one.id === id || one.database === id)
    return found && sees(call.token, found, call.account)
      ? handle(call, found)
      : objectNotFound('data source', id)
  }

  const routes = [
    on('GET', '/v1/users/me', ({ account, token }) => json(200, bot(account, token))),
    on('GET', '/v1/users', (call) =>
      paged(call, [...workspaceOf(call.account).members.map(person), bot(call.account, call.token)], 'user'),
    ),
    on('GET', '/v1/users/:id', ({ params, account }) => {
      const found = workspaceOf(account).members.find(({ id }) => id === normaliseId(params['id'] ?? ''))
      return found ? json(200, person(found)) : objectNotFound('user', params['id'] ?? '')
    }),
    on('POST', '/v1/search', (call) => search(call)),
    on(
      'GET',
      '/v1/pages/:id',
      withPage((_, found) => json(200, page(found))),
    ),
    on(
      'PATCH',
      '/v1/pages/:id',
      withPage(({ asked }, found) => {
        const body = readJson(asked)
        const title = readTitle(body['properties'])
        if (title !== undefined) found.title = title
        for (const [name, value] of Object.entries(readProperties(body['properties'])))
          found.properties[name] = value
        if (typeof body['archived'] === 'boolean') found.inTrash = body['archived']
        if (typeof body['in_trash'] === 'boolean') found.inTrash = body['in_trash']
        found.editedAt = now()
        return json(200, page(found))
      }),
    ),
    on('POST', '/v1/pages', (call) => createPage(call)),
    on(
      'GET',
      '/v1/blocks/:id/children',
      withPage((call, found) =>
        paged(
          call,
          found.blocks.map((one) => block(one, found)),
          'block',
        ),
      ),
    ),
    on(
      'PATCH',
      '/v1/blocks/:id/children',
      withPage(({ asked }, found) => {
        const made = readBlocks(readJson(asked)['children'], uuid)
        found.blocks.push(...made)
        found.editedAt = now()
        return list(
          made.map((one) => block(one, found)),
          'block',
        )
      }),
    ),
    on(
      'GET',
      '/v1/databases/:id',
      withSource((_, found) => json(200, database(found))),
    ),
    on(
      'GET',
      '/v1/data_sources/:id',
      withSource((_, found) => json(200, source(found))),
    ),
    on(
      'POST',
      '/v1/data_sources/:id/query',
      withSource((call, found) =>
        paged(
          call,
          data.pages.filter((one) => one.parent === found.id && !one.inTrash).map(page),
          'page_or_data_source',
        ),
      ),
    ),
    on('GET', '/v1/comments', (call) =>
      paged(
        call,
        data.comments
          .filter((one) => one.page === normaliseId(call.asked.query.get('block_id') ?? ''))
          .map(comment),
        'comment',
      ),
    ),
    on('POST', '/v1/comments', ({ asked, account, token }) => {
      const body = readJson(asked)
      const parent = isObject(body['parent']) ? normaliseId(readString(body['parent'], 'page_id') ?? '') : ''
      const found = data.pages.find(({ id }) => id === parent)
      if (!found || !sees(token, found, account)) return objectNotFound('page', parent)
      const made: Comment = {
        id: uuid(),
        page: found.id,
        text: readRichText(body['rich_text']),
        by: account.id,
        at: now(),
      }
      data.comments.push(made)
      return json(200, comment(made))
    }),
    open('POST', '/v1/oauth/revoke', ({ asked }) => {
      const basic = readBasic(asked.headers.authorization)
      if (basic?.username !== tools.client.client_id || basic.password !== tools.client.client_secret)
        return json(401, { error: 'invalid_client' })
      const token = tools.tokens.find(readString(readJson(asked), 'token') ?? '')
      if (token && token.client === tools.client.client_id) tools.tokens.endFamily(token.family, 'revoked')
      return json(200, { request_id: uuid() })
    }),
  ]

  function bot(account: Account, token: TokenRecord): JsonObject {
    const workspace = workspaceOf(account)
    const owner: JsonObject =
      token.use === 'static'
        ? { type: 'workspace', workspace: true }
        : { type: 'user', user: person({ id: account.id, name: account.name, email: account.email }) }
    return {
      object: 'user',
      id:
        token.use === 'static'
          ? toUuid(tools.derive(`internal:${workspace.id}`, 32, '0123456789abcdef'))
          : botId(workspace, account),
      name: 'Trunkline',
      avatar_url: null,
      type: 'bot',
      bot: {
        owner,
        workspace_id: workspace.id,
        workspace_name: workspace.name,
        workspace_limits: { max_file_upload_size_in_bytes: 5_242_880 },
      },
      request_id: uuid(),
    }
  }

  function search(call: Call): Reply {
    const body = readJson(call.asked)
    const query = (readString(body, 'query') ?? '').toLowerCase()
    const kind = isObject(body['filter']) ? readString(body['filter'], 'value') : undefined
    const pages = data.pages.filter(
      (one) => !one.inTrash && sees(call.token, one, call.account) && one.title.toLowerCase().includes(query),
    )
    const sources = data.sources.filter(
      (one) => sees(call.token, one, call.account) && one.title.toLowerCase().includes(query),
    )
    const found = [
      ...(kind === 'data_source' ? [] : pages.sort((a, b) => b.editedAt.localeCompare(a.editedAt)).map(page)),
      ...(kind === 'page' ? [] : sources.map(source)),
    ]
    return paged(call, found, 'page_or_data_source')
  }

  function createPage({ asked, account, token }: Call): Reply {
    const body = readJson(asked)
    const parent = isObject(body['parent']) ? body['parent'] : {}
    const source = data.sources.find(
      ({ id }) => id === normaliseId(readString(parent, 'data_source_id') ?? ''),
    )
    const above =
      source ?? data.pages.find(({ id }) => id === normaliseId(readString(parent, 'page_id') ?? ''))
    if (!above || !sees(token, above, account))
      return objectNotFound('page', readString(parent, 'page_id') ?? '')
    const made: Page = {
      id: uuid(),
      workspace: above.workspace,
      title: readTitle(body['properties']) ?? '',
      parent: above.id,
      parentKind: source ? 'data_source_id' : 'page_id',
      properties: readProperties(body['properties']),
      blocks: readBlocks(body['children'], uuid),
      inTrash: false,
      by: account.id,
      editedAt: now(),
      createdAt: now(),
    }
    data.pages.push(made)
    return json(200, page(made))
  }

  return {
    accounts,
    createAccount: (person) => ({
      ...person,
      id: toUuid(person.id.padStart(32, '0')),
      detail: fernhill.name,
    }),
    choices: (account) => {
      const workspace = workspaceOf(account)
      const tops = data.pages.filter(
        (one) => one.workspace === workspace.id && one.parent === null && !one.inTrash,
      )
      return {
        legend: `Pages in ${workspace.name}`,
        options: tops.map((one) => ({ value: one.id, label: one.title, hint: 'and everything below it' })),
      }
    },
    oauth: {
      code: () => `03${tools.random(34, 'abcdef0123456789')}`,
      access: () => `ntn_${tools.random(11, '0123456789')}${tools.random(35)}`,
      refresh: () => `nrt_${tools.random(46)}`,
      lifetime: ACCESS_LIFETIME,
      tellsLifetime: false,
      answer: ({ tokens: { main }, account }) => {
        const workspace = workspaceOf(account)
        const { scopes: _, ...issued } = main ?? { access_token: '', scopes: [] }
        return json(200, {
          ...issued,
          token_type: 'bearer',
          bot_id: botId(workspace, account),
          workspace_id: workspace.id,
          workspace_name: workspace.name,
          workspace_icon: null,
          owner: { type: 'user', user: person({ id: account.id, name: account.name, email: account.email }) },
          duplicated_template_id: null,
          request_id: uuid(),
        })
      },
      failure: (problem) => {
        const [status, error] = PROBLEMS[problem] ?? [400, 'invalid_grant']
        return json(status, { error, request_id: uuid() })
      },
    },
    guard: (asked) =>
      asked.path.startsWith('/v1/oauth/') || asked.headers['notion-version']
        ? undefined
        : failure(
            400,
            'missing_version',
            'Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.',
          ),
    routes,
    unauthorized: () => failure(401, 'unauthorized', 'API token is invalid.'),
    forbidden: () => failure(403, 'restricted_resource', 'Insufficient permissions for this endpoint.'),
    notFound: () => failure(400, 'invalid_request_url', 'Invalid request URL.'),
    rateLimited: () =>
      failure(429, 'rate_limited', 'You have been rate limited. Please try again in a few minutes.'),
    values: () => ({
      token: tools.hold({
        account: '3b1f7a52-1d20-4c55-9a01-0c5b0e1a0001',
        make: (derive) => `ntn_${derive('key', 46)}`,
      }),
    }),
  }
}

export default create

function failure(status: number, code: string, message: string): Reply {
  return json(status, { object: 'error', status, code, message })
}

function objectNotFound(what: string, id: string): Reply {
  return failure(
    404,
    'object_not_found',
    `Could not find ${what} with ID: ${id}. Make sure the relevant pages and databases are shared with your integration.`,
  )
}

function toUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
}

/** Ids may come without their dashes. */
function normaliseId(id: string): string {
  const bare = id.replaceAll('-', '').toLowerCase()
  return bare.length === 32 ? bare.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : id
}

function list(results: JsonObject[], type: string): Reply {
  return json(200, { object: 'list', results, next_cursor: null, has_more: false, type, [type]: {} })
}

function paged({ asked }: Call, items: JsonObject[], type: string): Reply {
  const body = readJson(asked)
  const size = Math.min(Number(asked.query.get('page_size') ?? body['page_size'] ?? 100) || 100, 100)
  const cursor = asked.query.get('start_cursor') ?? readString(body, 'start_cursor')
  const start = cursor ? items.findIndex(({ id }) => id === cursor) : 0
  if (start < 0) return failure(400, 'validation_error', 'start_cursor is not valid.')
  const next = items[start + size]?.['id']
  return json(200, {
    object: 'list',
    results: items.slice(start, start + size),
    next_cursor: typeof next === 'string' ? next : null,
    has_more: next !== undefined,
    type,
    [type]: {},
  })
}
