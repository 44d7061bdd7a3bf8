/** Dropbox: files by path, every call a POST. https://www.dropbox.com/developers/documentation/http/documentation */
import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill } from '../cast.ts'
import { json, type Reply, readJson, text } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, readString } from '../stand-in.ts'
import {
  addNode,
  childrenOf,
  findByPath,
  type Node,
  pathOf,
  removeNode,
  searchNames,
  seedTree,
  type Tree,
} from '../worlds/files.ts'

const API = 'api.dropboxapi.com'
const CONTENT = 'content.dropboxapi.com'
const accounts: readonly Account[] = [
  {
    id: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc',
    name: cast.ada.name,
    email: cast.ada.email,
    detail: fernhill.name,
  },
  { id: 'dbid:AAGq2R7vNcLpYfT0wXz3KdUoIj5MbEhVs8A', name: cast.dmitri.name, email: cast.dmitri.email },
]

const create: CreateStandIn = (tools) => {
  const makeId = (number: number) => `id:${tools.derive(`file${number}`, 22)}`
  const data = tools.load<Record<string, Tree>>(() => ({}))
  const tree = ({ account }: Call) => (data[account.id] ??= seedTree(tools.now(), makeId))
  const stamp = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
  const metadata = { scope: ['files.metadata.read'] }
  const write = { scope: ['files.content.write'] }

  /** An argument is a JSON body, or on the content host the header Dropbox-API-Arg. */
  const argument = ({ asked }: Call): JsonObject => {
    const header = asked.headers['dropbox-api-arg']
    return asked.host === CONTENT
      ? readJson({ ...asked, body: Buffer.from(typeof header === 'string' ? header : '') })
      : readJson(asked)
  }
  /** By path, or by id. */
  const find = (call: Call, path: string) =>
    path.startsWith('id:') ? tree(call).nodes[path] : findByPath(tree(call), path)

  function describe(call: Call, node: Node): JsonObject {
    const path = `/${pathOf(tree(call), node).join('/')}`
    const common = { name: node.name, path_lower: path.toLowerCase(), path_display: path, id: node.id }
    if (node.content === undefined) return { '.tag': 'folder', ...common }
    return {
      '.tag': 'file',
      ...common,
      client_modified: stamp(node.modified),
      server_modified: stamp(node.modified),
      rev: createHash('sha256').update(`${node.id}${node.version}`).digest('hex').slice(0, 15),
      size: Buffer.byteLength(node.content),
      is_downloadable: true,
      content_hash: createHash('sha256').update(node.content).digest('hex'),
    }
  }

  function list(call: Call): Reply {
    const { path, limit, recursive } = argument(call)
    const found = typeof path === 'string' ? find(call, path) : undefined
    if (!found) return failure('path/not_found/', { '.tag': 'path', path: { '.tag': 'not_found' } })
    if (found !== 'root' && found.content !== undefined)
      return failure('path/not_folder/', { '.tag': 'path', path: { '.tag': 'not_folder' } })
    const below = (folder: string): Node[] =>
      childrenOf(tree(call), folder).flatMap((node) => [
        node,
        ...(recursive === true && node.content === undefined ? below(node.id) : []),
      ])
    return page(
      call,
      below(found === 'root' ? tree(call).root : found.id).map(({ id }) => id),
      typeof limit === 'number' ? limit : 500,
    )
  }

  /** The cursor holds what is left: nothing has to be remembered. */
  function page(call: Call, ids: readonly string[], size: number): Reply {
    const entries = ids.slice(0, size).flatMap((id) => {
      const node = tree(call).nodes[id]
      return node ? [describe(call, node)] : []
    })
    const rest = ids.slice(size)
    const cursor = Buffer.from(JSON.stringify({ rest, size })).toString('base64url')
    return json(200, { entries, cursor, has_more: rest.length > 0 })
  }

  function goOn(call: Call): Reply {
    try {
      const { rest, size } = JSON.parse(
        Buffer.from(readString(argument(call), 'cursor') ?? '', 'base64url').toString(),
      ) as { rest: string[]; size: number }
      return page(call, rest, size)
    } catch {
      return failure('reset/', { '.tag': 'reset' })
    }
  }

  function withNode(call: Call, handle: (node: Node) => Reply): Reply {
    const found = find(call, readString(argument(call), 'path') ?? '')
    return found && found !== 'root'
      ? handle(found)
      : failure('path/not_found/', { '.tag': 'path', path: { '.tag': 'not_found' } })
  }

  function upload(call: Call): Reply {
    const path = readString(argument(call), 'path') ?? ''
    const cut = path.lastIndexOf('/')
    const folder = find(call, path.slice(0, cut))
    const content = call.asked.body.toString('utf8')
    if (!folder || cut === -1 || path.endsWith('/'))
      return failure('path/malformed_path/', { '.tag': 'path', reason: { '.tag': 'malformed_path' } })
    const known = find(call, path)
    if (known && known !== 'root') {
      Object.assign(known, { content, modified: tools.now(), version: known.version + 1 })
      return json(200, untagged(describe(call, known)))
    }
    const parent = folder === 'root' ? tree(call).root : folder.id
    const name = path.slice(cut + 1)
    const made = addNode(tree(call), makeId, { name, parent, content, now: tools.now() })
    return json(200, untagged(describe(call, made)))
  }

  function search(call: Call): Reply {
    const { query, options } = argument(call)
    const most = (options as JsonObject | undefined)?.['max_results']
    const found = searchNames(tree(call), typeof query === 'string' ? query : '')
    return json(200, {
      matches: found.slice(0, typeof most === 'number' ? most : 100).map((node) => ({
        match_type: { '.tag': 'filename' },
        metadata: { '.tag': 'metadata', metadata: describe(call, node) },
      })),
      has_more: false,
    })
  }

  return {
    accounts,
    createAccount: (person) => ({ ...person, id: `dbid:${tools.random(35)}` }),
    hosts: [API, CONTENT, 'www.dropbox.com'],
    oauth: {
      code: () => tools.random(43),
      access: () => `sl.u.${tools.random(130)}`,
      refresh: () => tools.random(64),
      lifetime: 14_400,
      offline: ({ query }) => query.get('token_access_type') === 'offline',
      answer: ({ tokens: { main }, account, grantType }) => {
        const { scopes = [], refresh_token, ...issued } = main ?? {}
        return json(200, {
          ...issued,
          token_type: 'bearer',
          // A refresh names neither the account nor the scopes, and brings no refresh token.
          ...(grantType === 'authorization_code' && {
            ...(refresh_token && { refresh_token }),
            scope: scopes.join(' '),
            uid: String(account.id.length * 7_919_123),
            account_id: account.id,
          }),
        })
      },
    },
    routes: [
      on(
        'POST',
        '/2/users/get_current_account',
        ({ account }) =>
          json(200, {
            account_id: account.id,
            name: {
              given_name: account.name.split(' ')[0] ?? '',
              surname: account.name.split(' ').slice(1).join(' '),
              familiar_name: account.name.split(' ')[0] ?? '',
              display_name: account.name,
              abbreviated_name: account.name.replaceAll(/[^A-Z]/g, ''),
            },
            email: account.email,
            email_verified: true,
            disabled: false,
            country: 'GB',
            locale: 'en-GB',
            is_paired: false,
            account_type: { '.tag': account.detail ? 'business' : 'basic' },
            ...(account.detail && {
              team: { id: 'dbtid:AAFdgehTzw7WlXhZJsbGCLePe8RvQGYDr-I', name: account.detail },
            }),
          }),
        { scope: ['account_info.read'] },
      ),
      on('POST', '/2/files/list_folder', list, metadata),
      on('POST', '/2/files/list_folder/continue', goOn, metadata),
      on(
        'POST',
        '/2/files/get_metadata',
        (call) => withNode(call, (node) => json(200, describe(call, node))),
        metadata,
      ),
      on('POST', '/2/files/search_v2', search, metadata),
      on(
        'POST',
        '/2/files/delete_v2',
        (call) =>
          withNode(call, (node) => {
            const described = describe(call, node)
            removeNode(tree(call), node.id)
            return json(200, { metadata: described })
          }),
        write,
      ),
      on(
        'POST',
        '/2/files/download',
        (call) =>
          withNode(call, (node) =>
            node.content === undefined
              ? failure('path/not_file/', { '.tag': 'path', path: { '.tag': 'not_file' } })
              : text(200, node.content, {
                  'content-type': 'application/octet-stream',
                  'dropbox-api-result': JSON.stringify(untagged(describe(call, node))),
                }),
          ),
        { host: CONTENT, scope: ['files.content.read'] },
      ),
      on('POST', '/2/files/upload', upload, { host: CONTENT, ...write }),
      on('POST', '/2/auth/token/revoke', ({ token }) => {
        tools.tokens.endFamily(token.family, 'revoked')
        return json(200, null)
      }),
    ],
    unauthorized: (why) =>
      why === 'missing'
        ? text(400, 'Error in call to API function: missing access token')
        : failure(
            why === 'expired' ? 'expired_access_token/' : 'invalid_access_token/',
            { '.tag': why === 'expired' ? 'expired_access_token' : 'invalid_access_token' },
            401,
          ),
    forbidden: ({ scope }) =>
      failure('missing_scope/', { '.tag': 'missing_scope', required_scope: scope[0] ?? '' }, 401),
    notFound: (asked) => text(404, `Unknown API function: "${asked.path.replace(/^\/2\//, '')}"`),
    rateLimited: (retryAfter) =>
      failure(
        'too_many_requests/',
        { reason: { '.tag': 'too_many_requests' }, retry_after: retryAfter },
        429,
      ),
  }
}

export default create

/** Failures of a call itself are a 409. */
function failure(error_summary: string, error: Json, status = 409): Reply {
  return json(status, { error_summary, error })
}

/** Where an answer can only be a file, it says no tag. */
function untagged(described: JsonObject): JsonObject {
  const { '.tag': _tag, ...file } = described
  return file
}
