/** monday.com: boards over GraphQL, with tokens that tell their end in a claim. https://developer.monday.com/api-reference */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { execute, GraphqlProblem, GraphqlSyntaxProblem, type Resolver, type Value } from '../graphql.ts'
import { isObject, json, type Reply, readJson } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, open, readString } from '../stand-in.ts'
import {
  type Account as MondayAccount,
  type Board,
  type Data,
  type Item,
  mondayIds,
  seedMonday,
  type User,
} from '../worlds/monday.ts'

type Node = Record<string, Value | Resolver>

const LIFETIME = 3600
const MAX_PAGE = 500

const accounts: readonly Account[] = [
  { id: mondayIds.ada, name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: mondayIds.bruno, name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: mondayIds.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seedMonday(tools.now()))
  const now = () => new Date(tools.now()).toISOString().replace(/\.\d+Z$/, 'Z')
  const nextId = () => String(data.next++)

  function homeOf(account: Account): MondayAccount {
    const found = data.accounts.find(({ name }) => name === account.detail) ?? data.accounts[0]
    if (!found) throw new Error('the sandbox has no account')
    if (!found.users.some(({ id }) => id === account.id))
      found.users.push({ id: account.id, name: account.name, email: account.email })
    return found
  }

  function answer({ asked, account, token }: Call): Reply {
    const body = readJson(asked)
    const variables = body['variables']
    const home = homeOf(account)
    const may = (scope: string) => {
      if (token.use !== 'static' && !token.scopes.includes(scope))
        throw new GraphqlProblem('Unauthorized field or type', { code: 'UNAUTHORIZED_FIELD_OR_TYPE' })
    }
    const about = { account_id: Number(home.id), extensions: { request_id: tools.random(36) } }
    try {
      const found = execute({
        query: readString(body, 'query') ?? '',
        variables: isObject(variables) ? variables : {},
        operationName: readString(body, 'operationName'),
        roots: rootsOf(home, account, may),
      })
      return json(200, { data: found, ...about })
    } catch (error) {
      const known = error instanceof GraphqlProblem || error instanceof GraphqlSyntaxProblem
      if (!known) throw error
      const extensions =
        error instanceof GraphqlProblem ? error.extensions : { code: 'GRAPHQL_VALIDATION_FAILED' }
      // Whatever went wrong, the status says that it did not.
      return json(200, { data: {}, errors: [{ message: error.message, extensions }], ...about })
    }
  }

  function rootsOf(home: MondayAccount, account: Account, may: (scope: string) => void) {
    const user = (one: User): Node => ({
      ...one,
      photo_thumb: null,
      is_admin: one === home.users[0],
      enabled: true,
      account: { id: home.id, name: home.name, slug: home.slug },
    })
    const findUser = (id: string) => {
      const found = home.users.find((one) => one.id === id)
      return found ? (user(found) as Value) : null
    }
    const workspace = (id: string) => home.workspaces.find((one) => one.id === id) ?? null
    const itemsOf = (id: string) => home.items.filter((one) => one.board === id)
    const board = (one: Board): Node => ({
      id: one.id,
      name: one.name,
      state: 'active',
      board_kind: 'public',
      type: 'board',
      items_count: itemsOf(one.id).length,
      workspace_id: one.workspace,
      workspace: () => workspace(one.workspace),
      columns: ({ ids }) =>
        one.columns
          .filter(({ id }) => !Array.isArray(ids) || ids.includes(id))
          .map((column) => ({ ...column, settings_str: '{}' })),
      groups: () => one.groups,
      updated_at: itemsOf(one.id)[0]?.updatedAt ?? null,
      url: `https://${home.slug}.monday.com/boards/${one.id}`,
      items_page: (args) =>
        itemsPage(
          itemsOf(one.id).filter(({ group }) => inGroup(args, group)),
          args,
        ),
    })
    const item = (one: Item): Node => ({
      id: one.id,
      name: one.name,
      state: 'active',
      updated_at: one.updatedAt,
      url: `https://${home.slug}.monday.com/boards/${one.board}/pulses/${one.id}`,
      board: () => {
        const found = home.boards.find(({ id }) => id === one.board)
        return found ? board(found) : null
      },
      group: () =>
        home.boards.find(({ id }) => id === one.board)?.groups.find(({ id }) => id === one.group) ?? null,
      column_values: ({ ids }) =>
        Object.entries(one.values)
          .filter(([id]) => !Array.isArray(ids) || ids.includes(id))
          .map(([id, held]) => ({
            id,
            ...held,
            type:
              home.boards.find((each) => each.id === one.board)?.columns.find((each) => each.id === id)
                ?.type ?? '',
          })),
      updates: (args) => {
        may('updates:read')
        return paged(
          home.updates.filter((each) => each.item === one.id),
          args,
        ).map(
          (each): Node => ({
            id: each.id,
            body: each.body,
            text_body: each.body.replaceAll(/<[^>]*>/g, ''),
            created_at: each.createdAt,
            creator: () => findUser(each.creator),
          }),
        ) as Value
      },
    })
    /** The cursor holds the ids that are left. */
    const itemsPage = (found: readonly Item[], args: JsonObject): Value => {
      const limit = Math.min(Number(args['limit'] ?? 25) || 25, MAX_PAGE)
      const rest = found.slice(limit).map(({ id }) => id)
      return {
        cursor: rest.length > 0 ? Buffer.from(rest.join(',')).toString('base64url') : null,
        items: found.slice(0, limit).map((one) => item(one) as Value),
      }
    }
    const findItem = (id: Json | undefined) => {
      const found = home.items.find((one) => one.id === readId(id))
      if (!found) throw problem('Item not found', 'ResourceNotFoundException')
      return found
    }
    const setValues = (target: Item, given: Json | undefined) => {
      const values = parse(given)
      if (!isObject(values)) throw problem('Invalid value for column_values', 'InvalidColumnIdException')
      for (const [id, value] of Object.entries(values)) {
        const label = isObject(value) ? (readString(value, 'label') ?? readString(value, 'date')) : value
        target.values[id] = {
          text: typeof label === 'string' || typeof label === 'number' ? String(label) : '',
          value: JSON.stringify(value),
        }
      }
      target.updatedAt = now()
    }
    return {
      query: {
        me: () => {
          may('me:read')
          return findUser(account.id)
        },
        account: () => {
          may('me:read')
          return { id: home.id, name: home.name, slug: home.slug }
        },
        users: (args: JsonObject) => {
          may('users:read')
          const emails = args['emails']
          const found = home.users.filter(({ email }) => !Array.isArray(emails) || emails.includes(email))
          return paged(found, args).map((one) => user(one) as Value)
        },
        workspaces: (args: JsonObject) => {
          may('workspaces:read')
          return paged(home.workspaces, args)
        },
        boards: (args: JsonObject) => {
          may('boards:read')
          const [ids, spaces] = [readIds(args['ids']), readIds(args['workspace_ids'])]
          const found = home.boards.filter(
            (one) => (!ids || ids.includes(one.id)) && (!spaces || spaces.includes(one.workspace)),
          )
          return paged(found, args).map((one) => board(one) as Value)
        },
        items: (args: JsonObject) => {
          may('boards:read')
          const ids = readIds(args['ids']) ?? []
          return home.items.filter(({ id }) => ids.includes(id)).map((one) => item(one) as Value)
        },
        next_items_page: (args: JsonObject) => {
          may('boards:read')
          const ids = Buffer.from(readString(args, 'cursor') ?? '', 'base64url')
            .toString()
            .split(',')
          return itemsPage(
            home.items.filter(({ id }) => ids.includes(id)),
            args,
          )
        },
        webhooks: (args: JsonObject) => {
          may('webhooks:read')
          return home.webhooks
            .filter((one) => one.board === readId(args['board_id']))
            .map(({ id, event, board: of }) => ({ id, event, board_id: of, config: '{}' }))
        },
        complexity: () => ({ before: 5_000_000, after: 4_999_990, query: 10, reset_in_x_seconds: 60 }),
      },
      mutation: {
        create_item: (args: JsonObject) => {
          may('boards:write')
          const of = home.boards.find(({ id }) => id === readId(args['board_id']))
          if (!of) throw problem('Board not found', 'ResourceNotFoundException')
          const made: Item = {
            id: nextId(),
            board: of.id,
            group: readString(args, 'group_id') ?? of.groups[0]?.id ?? '',
            name: readString(args, 'item_name') ?? '',
            values: {},
            updatedAt: now(),
          }
          if (args['column_values'] !== undefined) setValues(made, args['column_values'])
          home.items.push(made)
          return item(made) as Value
        },
        change_multiple_column_values: (args: JsonObject) => {
          may('boards:write')
          const target = findItem(args['item_id'])
          setValues(target, args['column_values'])
          return item(target) as Value
        },
        change_simple_column_value: (args: JsonObject) => {
          may('boards:write')
          const target = findItem(args['item_id'])
          setValues(target, { [readString(args, 'column_id') ?? '']: args['value'] ?? null })
          return item(target) as Value
        },
        create_update: (args: JsonObject) => {
          may('updates:write')
          const made = {
            id: nextId(),
            item: findItem(args['item_id']).id,
            creator: account.id,
            body: readString(args, 'body') ?? '',
            createdAt: now(),
          }
          home.updates.push(made)
          return { id: made.id, body: made.body, created_at: made.createdAt }
        },
        create_webhook: (args: JsonObject) => {
          may('webhooks:write')
          const url = readString(args, 'url') ?? ''
          if (!url.startsWith('https://'))
            throw problem('Failed to challenge URL', 'InvalidArgumentException')
          const made = {
            id: nextId(),
            board: readId(args['board_id']),
            event: readString(args, 'event') ?? '',
            url,
          }
          home.webhooks.push(made)
          return { id: made.id, board_id: made.board, event: made.event }
        },
        delete_webhook: (args: JsonObject) => {
          may('webhooks:write')
          const at = home.webhooks.findIndex(({ id }) => id === readId(args['id']))
          const [gone] = at < 0 ? [] : home.webhooks.splice(at, 1)
          if (!gone) throw problem('Webhook not found', 'ResourceNotFoundException')
          return { id: gone.id, board_id: gone.board }
        },
      },
    }
  }

  function revoke(asked: Call['asked']): Reply {
    const given = readJson(asked)
    if (
      given['client_id'] !== tools.client.client_id ||
      given['client_secret'] !== tools.client.client_secret
    )
      return json(401, { error: 'invalid_client' })
    const token = tools.tokens.find(readString(given, 'token') ?? '')
    if (token && token.use !== 'static') tools.tokens.endFamily(token.family, 'revoked')
    return json(200, { success: true })
  }

  return {
    accounts,
    createAccount: (person) => ({ ...person, id: `612${person.id}`, detail: fernhill.name }),
    oauth: {
      code: () => tools.random(64, '0123456789abcdef'),
      access: ({ account, expiresAt }) =>
        jwt({
          uid: Number(account.id),
          actid: Number(homeOf(account).id),
          exp: Math.floor((expiresAt ?? tools.now() + LIFETIME * 1000) / 1000),
        }),
      refresh: () => tools.random(64),
      lifetime: LIFETIME,
      // Told in a claim of the token alone.
      tellsLifetime: false,
      answer: ({ tokens: { main } }) => {
        const { scopes = [], ...issued } = main ?? {}
        return json(200, { ...issued, token_type: 'Bearer', scope: scopes.join(' ') })
      },
    },
    // A personal token stands alone, an access token behind the word Bearer or alone as well.
    readCredential: ({ headers: { authorization = '' } }) =>
      /^(?:Bearer )?([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization)?.[1],
    routes: [
      on('POST', '/v2', answer),
      open('POST', '/oauth_ms/oauth/revoke', ({ asked }) => revoke(asked), { host: 'auth.monday.com' }),
    ],
    unauthorized: () => json(401, { errors: ['Not Authenticated'] }),
    forbidden: () => fail('Unauthorized field or type', { code: 'UNAUTHORIZED_FIELD_OR_TYPE' }),
    notFound: () => json(404, { error: 'Not found' }),
    rateLimited: (retryAfter) =>
      fail('Complexity budget exhausted', {
        code: 'COMPLEXITY_BUDGET_EXHAUSTED',
        complexity_budget_left: 0,
        complexity_budget_limit: 5_000_000,
        retry_in_seconds: retryAfter,
      }),
    values: () => ({
      token: tools.hold({
        account: mondayIds.ada,
        make: (derive) =>
          `${part({ alg: 'HS256' })}.${part({ tid: 1, uid: Number(mondayIds.ada), per: 'me:write' })}.${derive('token', 43)}`,
      }),
    }),
  }

  function jwt(claims: JsonObject): string {
    return `${part({ alg: 'HS256' })}.${part({ tid: tools.random(9, '0123456789'), ...claims })}.${tools.random(43)}`
  }
}

export default create

const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
const problem = (message: string, code: string) => new GraphqlProblem(message, { code })
const fail = (message: string, extensions: JsonObject): Reply =>
  json(200, { data: {}, errors: [{ message, extensions }], account_id: null })

/** Ids come as numbers and as text. */
function readId(value: Json | undefined): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : ''
}

function readIds(value: Json | undefined): string[] | undefined {
  if (value === undefined || value === null) return undefined
  return Array.isArray(value) ? value.map(readId) : [readId(value)]
}

function paged<T>(list: readonly T[], args: JsonObject): T[] {
  const limit = Math.min(Number(args['limit'] ?? 25) || 25, MAX_PAGE)
  const page = Math.max(Number(args['page'] ?? 1) || 1, 1)
  return list.slice((page - 1) * limit, page * limit)
}

/** A page of one group only, where the query has a rule for it. */
function inGroup(args: JsonObject, group: string): boolean {
  const parameters = args['query_params']
  const rules = isObject(parameters) && Array.isArray(parameters['rules']) ? parameters['rules'] : []
  return rules.filter(isObject).every((rule) => {
    const wanted = rule['compare_value']
    return rule['column_id'] !== 'group' || !Array.isArray(wanted) || wanted.includes(group)
  })
}

function parse(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value) as Json
  } catch {
    return undefined
  }
}
