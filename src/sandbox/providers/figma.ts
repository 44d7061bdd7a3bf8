/** Figma: files by their key. https://developers.figma.com/docs/rest-api */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill, quayside } from '../cast.ts'
import { json, type Reply, readJson } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, readString } from '../stand-in.ts'

type Node = { id: string; name: string; type: string; children?: Node[] }
type File = {
  key: string
  name: string
  team: string
  folder: string
  creator: string
  modifiedAt: string
  version: string
  /** Who may open it. */
  people: string[]
  pages: Node[]
}
type Comment = {
  id: string
  file: string
  by: string
  message: string
  at: string
  resolvedAt: string | null
}
type Webhook = {
  id: string
  event_type: string
  context: string
  context_id: string
  endpoint: string
  passcode: string
}
type Data = { next: number; files: File[]; comments: Comment[]; webhooks: Webhook[] }

const ids = {
  ada: '1180000000000000001',
  chiara: '1180000000000000003',
  dmitri: '1180000000000000004',
} as const
const teams = { [fernhill.slug]: '990000000000000001', [quayside.slug]: '990000000000000002' } as const
/** 90 days. */
const LIFETIME = 7_776_000

const accounts: readonly Account[] = [
  { id: ids.ada, name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: ids.chiara, name: cast.chiara.name, email: cast.chiara.email, detail: fernhill.name },
  { id: ids.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seed(tools.now()))
  const now = () => new Date(tools.now()).toISOString()

  const user = (id: string): JsonObject => {
    const found = tools.accounts().find((one) => one.id === id)
    return { id, handle: found?.name ?? 'Somebody', img_url: `https://www.figma.com/avatar/${id}` }
  }
  const meta = (one: File, role: string): JsonObject => ({
    name: one.name,
    folder_name: one.folder,
    last_touched_at: one.modifiedAt,
    creator: user(one.creator),
    last_touched_by: user(one.creator),
    thumbnail_url: `https://s3-alpha.figma.com/thumbnails/${one.key}`,
    editorType: 'figma',
    role,
    link_access: 'org_view',
    url: `https://www.figma.com/design/${one.key}/${encodeURIComponent(one.name.replaceAll(' ', '-'))}`,
    version: one.version,
  })
  const comment = (one: Comment): JsonObject => ({
    id: one.id,
    client_meta: { x: 0, y: 0 },
    file_key: one.file,
    user: user(one.by),
    created_at: one.at,
    resolved_at: one.resolvedAt,
    message: one.message,
    order_id: one.id,
    reactions: [],
  })

  const withFile = (handle: (call: Call, found: File) => Reply) => (call: Call) => {
    const found = data.files.find(({ key }) => key === call.params['key'])
    return found?.people.includes(call.account.id) ? handle(call, found) : fail(404, 'Not found')
  }
  const roleOf = (one: File, account: Account) => (one.creator === account.id ? 'owner' : 'viewer')

  const routes = [
    on('GET', '/v1/me', ({ account }) => json(200, { ...user(account.id), email: account.email }), {
      scope: ['current_user:read'],
    }),
    on(
      'GET',
      '/v1/files/:key/meta',
      withFile(({ account }, found) => json(200, { file: meta(found, roleOf(found, account)) })),
      { scope: ['file_metadata:read'] },
    ),
    on(
      'GET',
      '/v1/files/:key',
      withFile(({ asked, account }, found) => {
        const depth = Number(asked.query.get('depth') ?? Number.POSITIVE_INFINITY)
        return json(200, {
          name: found.name,
          role: roleOf(found, account),
          lastModified: found.modifiedAt,
          editorType: 'figma',
          thumbnailUrl: `https://s3-alpha.figma.com/thumbnails/${found.key}`,
          version: found.version,
          document: cut({ id: '0:0', name: 'Document', type: 'DOCUMENT', children: found.pages }, depth),
          components: {},
          componentSets: {},
          schemaVersion: 0,
          styles: {},
        })
      }),
      { scope: ['file_content:read'] },
    ),
    on(
      'GET',
      '/v1/files/:key/comments',
      withFile((_, found) =>
        json(200, { comments: data.comments.filter(({ file }) => file === found.key).map(comment) }),
      ),
      { scope: ['file_comments:read'] },
    ),
    on(
      'POST',
      '/v1/files/:key/comments',
      withFile(({ asked, account }, found) => {
        const message = readString(readJson(asked), 'message')
        if (!message) return fail(400, 'Message is required')
        const made = {
          id: String(data.next++),
          file: found.key,
          by: account.id,
          message,
          at: now(),
          resolvedAt: null,
        }
        data.comments.push(made)
        return json(200, comment(made))
      }),
      { scope: ['file_comments:write'] },
    ),
    on(
      'GET',
      '/v1/files/:key/versions',
      withFile((_, found) =>
        json(200, {
          versions: [
            {
              id: found.version,
              created_at: found.modifiedAt,
              label: null,
              description: null,
              user: user(found.creator),
            },
          ],
          pagination: {},
        }),
      ),
      { scope: ['file_versions:read'] },
    ),
    on(
      'GET',
      '/v2/teams/:team/folders',
      ({ params, account }) => {
        const visible = data.files.filter(
          ({ team, people }) => team === params['team'] && people.includes(account.id),
        )
        if (visible.length === 0) return fail(403, 'You do not have access to this team')
        const names = [...new Set(visible.map(({ folder }) => folder))]
        return json(200, {
          name: 'Team',
          folders: names.map((name, index) => ({ id: String(index + 1), name, parent_folder_id: null })),
        })
      },
      { scope: ['folders:read'] },
    ),
    on(
      'POST',
      '/v2/webhooks',
      ({ asked }) => {
        const body = readJson(asked)
        const text = (name: string) => readString(body, name) ?? ''
        if (!text('endpoint').startsWith('https://')) return fail(400, 'Invalid endpoint')
        const made = {
          id: String(data.next++),
          event_type: text('event_type'),
          context: text('context'),
          context_id: text('context_id'),
          endpoint: text('endpoint'),
          passcode: text('passcode'),
        }
        data.webhooks.push(made)
        return json(200, { ...made, status: 'ACTIVE', description: null })
      },
      { scope: ['webhooks:write'] },
    ),
    on(
      'DELETE',
      '/v2/webhooks/:id',
      ({ params }) => {
        const at = data.webhooks.findIndex(({ id }) => id === params['id'])
        if (at < 0) return fail(404, 'Not found')
        const [gone] = data.webhooks.splice(at, 1)
        return json(200, { ...gone, status: 'ACTIVE' })
      },
      { scope: ['webhooks:write'] },
    ),
  ]

  return {
    accounts,
    hosts: ['api.figma.com', 'www.figma.com'],
    oauth: {
      code: () => tools.random(22),
      access: () => `figu_${tools.random(44)}`,
      refresh: () => `figur_${tools.random(44)}`,
      lifetime: LIFETIME,
      answer: ({ tokens: { main }, account }): Reply => {
        const { scopes: _, ...issued } = main ?? { scopes: [] }
        const told: Record<string, Json> = { user_id_string: account.id, ...issued, token_type: 'bearer' }
        return json(200, told)
      },
      failure: (problem) =>
        problem === 'bad_refresh_token'
          ? json(400, { error: 'invalid_grant', error_description: 'The refresh token is not valid.' })
          : json(problem === 'bad_client' ? 401 : 400, {
              status: problem === 'bad_client' ? 401 : 400,
              error: problem === 'bad_client' ? 'invalid_client' : 'invalid_request',
              message: problem,
            }),
    },
    // A personal token has a header of its own.
    readCredential: ({ headers }) => {
      const own = headers['x-figma-token']
      return typeof own === 'string' ? own : /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
    },
    routes,
    unauthorized: (why) => fail(403, why === 'expired' ? 'Token expired' : 'Invalid token'),
    forbidden: ({ scope }, held) =>
      fail(
        403,
        `Invalid scope(s): ${held.scopes.join(', ')}. This endpoint requires the ${scope.join(' or ')} scope`,
      ),
    notFound: () => fail(404, 'Not found'),
    rateLimited: () => fail(429, 'Rate limit exceeded'),
    headers: () => ({ 'x-figma-plan-tier': 'pro', 'x-figma-rate-limit-type': 'high' }),
    values: () => ({
      token: tools.hold({ account: ids.ada, make: (derive) => `figd_${derive('pat', 40)}` }),
    }),
  }
}

export default create

const fail = (status: number, err: string): Reply => json(status, { status, err })

function cut(node: Node, depth: number): JsonObject {
  const { children, ...own } = node
  return children && depth > 0 ? { ...own, children: children.map((one) => cut(one, depth - 1)) } : own
}

function seed(now: number): Data {
  const at = (days: number) => daysAgo(now, days)
  const frame = (id: string, name: string): Node => ({ id, name, type: 'FRAME', children: [] })
  return {
    next: 1_400_000_001,
    files: [
      {
        key: 'Fh8kQ2rTzWbYc1LmNpXs3D',
        name: 'Shop checkout',
        team: teams[fernhill.slug] ?? '',
        folder: 'Shop',
        creator: ids.chiara,
        modifiedAt: at(1),
        version: '2233445566',
        people: [ids.ada, ids.chiara],
        pages: [
          {
            id: '1:1',
            name: 'Basket',
            type: 'CANVAS',
            children: [frame('1:2', 'Empty'), frame('1:3', 'Three bicycles')],
          },
          { id: '2:1', name: 'Payment', type: 'CANVAS', children: [frame('2:2', 'Card')] },
        ],
      },
      {
        key: 'Qs7jP4vUxAeRd9KgHbMt2F',
        name: 'Autumn drafts',
        team: teams[quayside.slug] ?? '',
        folder: 'Campaigns',
        creator: ids.dmitri,
        modifiedAt: at(2),
        version: '2233440001',
        people: [ids.dmitri],
        pages: [{ id: '1:1', name: 'Drafts', type: 'CANVAS', children: [frame('1:2', 'Draft A')] }],
      },
    ],
    comments: [
      {
        id: '1400000000',
        file: 'Fh8kQ2rTzWbYc1LmNpXs3D',
        by: ids.ada,
        message: 'The size is lost on this step.',
        at: at(1),
        resolvedAt: null,
      },
    ],
    webhooks: [],
  }
}
