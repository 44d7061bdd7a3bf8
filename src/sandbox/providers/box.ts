/** Box: files by id, below a folder that is 0. https://developer.box.com/reference */
import { createHash } from 'node:crypto'
import type { JsonObject } from '../../catalog/define.ts'
import { cast, fernhill } from '../cast.ts'
import { empty, json, type Reply, readForm, readJson, redirect, text } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  open,
  readString,
  type TokenProblem,
} from '../stand-in.ts'
import {
  addNode,
  childrenOf,
  type Node,
  removeNode,
  searchNames,
  seedTree,
  type Tree,
} from '../worlds/files.ts'

const API = 'api.box.com'
const DOWNLOADS = 'dl.boxcloud.com'
const READ = { scope: ['root_readwrite', 'root_readonly'] }
const WRITE = { scope: ['root_readwrite'] }
const accounts: readonly Account[] = [
  { id: '17738362', name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: '22901847', name: cast.dmitri.name, email: cast.dmitri.email },
]

const PROBLEMS: Partial<Record<TokenProblem, readonly [string, string]>> = {
  bad_client: ['invalid_client', 'The client credentials are invalid'],
  bad_code: ['invalid_grant', "Auth code doesn't exist or is invalid for the client"],
  used_code: ['invalid_grant', "Auth code doesn't exist or is invalid for the client"],
  expired_code: ['invalid_grant', 'The authorization code has expired'],
  bad_redirect_uri: ['redirect_uri_mismatch', 'The redirect URI does not match'],
  bad_refresh_token: ['invalid_grant', 'Invalid refresh token'],
  bad_grant_type: ['unsupported_grant_type', 'Unsupported grant type'],
}

const create: CreateStandIn = (tools) => {
  const makeId = (number: number) => (number === 0 ? '0' : String(480_000_000 + number * 7919))
  const data = tools.load<Record<string, Tree>>(() => ({}))
  const tree = ({ account }: Pick<Call, 'account'>) => (data[account.id] ??= seedTree(tools.now(), makeId))
  const stamp = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, '+00:00')
  const isFile = (node: Node) => node.content !== undefined

  const user = (account: Account): JsonObject => ({
    type: 'user',
    id: account.id,
    name: account.name,
    login: account.email,
  })

  function mini(node: Node | undefined): JsonObject {
    if (!node) return { type: 'folder', id: '0', sequence_id: null, etag: null, name: 'All Files' }
    return {
      type: isFile(node) ? 'file' : 'folder',
      id: node.id,
      sequence_id: String(node.version - 1),
      etag: String(node.version - 1),
      name: node.name,
      ...(isFile(node) && {
        sha1: createHash('sha1')
          .update(node.content ?? '')
          .digest('hex'),
      }),
    }
  }

  function full(call: Call, node: Node | undefined): JsonObject {
    const parent = node && tree(call).nodes[node.parent]
    return {
      ...mini(node),
      size: node?.content === undefined ? 0 : Buffer.byteLength(node.content),
      created_at: node ? stamp(node.modified) : null,
      modified_at: node ? stamp(node.modified) : null,
      description: '',
      owned_by: user(call.account),
      item_status: 'active',
      parent: node ? mini(parent) : null,
    }
  }

  function items(call: Call, found: readonly Node[], more: JsonObject = {}): Reply {
    const limit = Math.min(Math.max(Number(call.asked.query.get('limit') ?? 100) || 100, 1), 1000)
    const offset = Number(call.asked.query.get('offset') ?? 0) || 0
    const wanted = call.asked.query.get('fields')?.split(',')
    const entries = found.slice(offset, offset + limit).map((node) => {
      const all = wanted ? full(call, node) : mini(node)
      return wanted
        ? Object.fromEntries(Object.entries(all).filter(([name]) => ['id', 'type', ...wanted].includes(name)))
        : all
    })
    return json(200, { total_count: found.length, entries, offset, limit, ...more })
  }

  /** `0` is the folder that holds all. */
  function withFolder(call: Call, handle: (node: Node | undefined) => Reply): Reply {
    const id = call.params['id'] ?? ''
    const node = tree(call).nodes[id]
    return id === '0' || (node && !isFile(node)) ? handle(node) : problem(404, 'not_found', 'Not Found')
  }
  function withFile(call: Call, handle: (node: Node) => Reply): Reply {
    const node = tree(call).nodes[call.params['id'] ?? '']
    return node && isFile(node) ? handle(node) : problem(404, 'not_found', 'Not Found')
  }

  function createFolder(call: Call): Reply {
    const given = readJson(call.asked)
    const name = readString(given, 'name')
    const parent = readString((given['parent'] ?? {}) as JsonObject, 'id')
    if (!name || !parent) return problem(400, 'bad_request', 'Bad Request')
    if (childrenOf(tree(call), parent).some((node) => node.name === name))
      return problem(409, 'item_name_in_use', 'Item with the same name already exists')
    return json(201, full(call, addNode(tree(call), makeId, { name, parent, now: tools.now() })))
  }

  return {
    accounts,
    hosts: [API, 'upload.box.com', 'account.box.com', DOWNLOADS],
    oauth: {
      code: () => tools.random(32),
      access: () => tools.random(32),
      refresh: () => tools.random(64),
      lifetime: 4169,
      refreshLifetime: 60 * 86_400,
      denial: { error_description: 'The user denied access to your application' },
      answer: ({ tokens: { main } }) => {
        const { scopes: _scopes, ...issued } = main ?? {}
        return json(200, { ...issued, restricted_to: [], token_type: 'bearer' })
      },
      failure: (problemOf) => {
        const [error, error_description] = PROBLEMS[problemOf] ?? ['invalid_request', 'Invalid request']
        return json(400, { error, error_description })
      },
    },
    routes: [
      on('GET', '/2.0/users/me', ({ account }) =>
        json(200, {
          ...user(account),
          created_at: stamp(tools.now() - 400 * 86_400_000),
          language: 'en',
          timezone: 'Europe/London',
          space_amount: 10_737_418_240,
          space_used: 4096,
          status: 'active',
          avatar_url: `https://app.box.com/api/avatar/large/${account.id}`,
          enterprise: account.detail ? { type: 'enterprise', id: '982341', name: account.detail } : null,
        }),
      ),
      on(
        'GET',
        '/2.0/folders/:id/items',
        (call) => withFolder(call, () => items(call, childrenOf(tree(call), call.params['id'] ?? ''))),
        READ,
      ),
      on('GET', '/2.0/folders/:id', (call) => withFolder(call, (node) => json(200, full(call, node))), READ),
      on('POST', '/2.0/folders', createFolder, WRITE),
      on('GET', '/2.0/files/:id', (call) => withFile(call, (node) => json(200, full(call, node))), READ),
      on(
        'DELETE',
        '/2.0/files/:id',
        (call) =>
          withFile(call, (node) => {
            removeNode(tree(call), node.id)
            return empty(204)
          }),
        WRITE,
      ),
      // The file itself lies elsewhere, at an address that is a secret of its own.
      on(
        'GET',
        '/2.0/files/:id/content',
        (call) =>
          withFile(call, (node) =>
            redirect(`${tools.publicUrl}/${DOWNLOADS}/d/1/${ticketOf(call.account.id, node.id)}/download`),
          ),
        READ,
      ),
      open('GET', '/d/1/:ticket/download', ({ params }) => download(params['ticket'] ?? ''), {
        host: DOWNLOADS,
      }),
      on(
        'GET',
        '/2.0/search',
        (call) =>
          items(call, searchNames(tree(call), call.asked.query.get('query') ?? ''), {
            type: 'search_results_items',
          }),
        READ,
      ),
      open('POST', '/oauth2/revoke', ({ asked }) => {
        const form = readForm(asked)
        if (
          form.get('client_id') !== tools.client.client_id ||
          form.get('client_secret') !== tools.client.client_secret
        )
          return json(400, {
            error: 'invalid_client',
            error_description: 'The client credentials are invalid',
          })
        const token = tools.tokens.find(form.get('token') ?? '')
        if (token?.provider === 'box') tools.tokens.endFamily(token.family, 'revoked')
        return empty(200)
      }),
    ],
    unauthorized: (why) =>
      empty(401, {
        'www-authenticate':
          why === 'missing'
            ? 'Bearer realm="Service"'
            : 'Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid."',
      }),
    forbidden: () =>
      problem(
        403,
        'insufficient_scope',
        'The request requires higher privileges than provided by the access token.',
      ),
    notFound: () => problem(404, 'not_found', 'Not Found'),
    rateLimited: () =>
      problem(429, 'rate_limit_exceeded', 'Request rate limit exceeded, please try again later'),
  }

  function ticketOf(account: string, node: string): string {
    return tools.derive(`download ${account} ${node}`, 40)
  }

  function download(ticket: string): Reply {
    for (const account of tools.accounts())
      for (const node of Object.values(data[account.id]?.nodes ?? {}))
        if (ticketOf(account.id, node.id) === ticket && node.content !== undefined)
          return text(200, node.content, { 'content-type': 'application/octet-stream' })
    return empty(404)
  }

  function problem(status: number, code: string, message: string): Reply {
    return json(status, {
      type: 'error',
      status,
      code,
      message,
      help_url: 'https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/',
      request_id: tools.random(16, '0123456789abcdef'),
    })
  }
}

export default create
