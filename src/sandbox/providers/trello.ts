/** Trello: boards with lists and cards; the token comes behind the # of the return address. https://developer.atlassian.com/cloud/trello/rest */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { type Asked, json, type Reply, readArguments, text } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on } from '../stand-in.ts'

type Board = { id: string; name: string; desc: string; members: string[]; activeAt: string }
type List = { id: string; board: string; name: string }
type Card = {
  id: string
  list: string
  name: string
  desc: string
  due: string | null
  closed: boolean
  members: string[]
  activeAt: string
}
type Comment = { id: string; card: string; by: string; text: string; at: string }
type Webhook = { id: string; idModel: string; callbackURL: string; description: string }
type Data = {
  next: number
  boards: Board[]
  lists: List[]
  cards: Card[]
  comments: Comment[]
  webhooks: Webhook[]
}

const ids = {
  ada: '5f1a00000000000000000001',
  bruno: '5f1a00000000000000000002',
  dmitri: '5f1a00000000000000000004',
} as const

const accounts: readonly Account[] = [
  { id: ids.ada, name: cast.ada.name, email: cast.ada.email, detail: 'adaokafor' },
  { id: ids.bruno, name: cast.bruno.name, email: cast.bruno.email, detail: 'brunolq' },
  { id: ids.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: 'dmitricosta' },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seed(tools.now()))
  const now = () => new Date(tools.now()).toISOString()
  const nextId = () => `6a${(data.next++).toString(16).padStart(22, '0')}`
  const key = tools.derive('key', 32, HEX)

  const member = (account: Account): JsonObject => ({
    id: account.id,
    fullName: account.name,
    username: account.detail ?? account.name.toLowerCase().replaceAll(' ', ''),
    url: `https://trello.com/u/${account.detail ?? account.id}`,
    avatarUrl: `https://trello-members.s3.amazonaws.com/${account.id}/avatar`,
    memberType: 'normal',
  })
  const board = (one: Board): JsonObject => ({
    id: one.id,
    name: one.name,
    desc: one.desc,
    closed: false,
    url: `https://trello.com/b/${one.id.slice(-8)}`,
    shortUrl: `https://trello.com/b/${one.id.slice(-8)}`,
    dateLastActivity: one.activeAt,
  })
  const list = (one: List): JsonObject => ({
    id: one.id,
    name: one.name,
    closed: false,
    idBoard: one.board,
    pos: 16_384,
    subscribed: false,
  })
  const boardOf = (one: Card) => data.lists.find(({ id }) => id === one.list)?.board ?? ''
  const card = (one: Card): JsonObject => ({
    id: one.id,
    name: one.name,
    desc: one.desc,
    due: one.due,
    closed: one.closed,
    idList: one.list,
    idBoard: boardOf(one),
    idMembers: one.members,
    dateLastActivity: one.activeAt,
    url: `https://trello.com/c/${one.id.slice(-8)}`,
  })
  const comment = (one: Comment): JsonObject => {
    const creator = tools.accounts().find(({ id }) => id === one.by)
    return {
      id: one.id,
      idMemberCreator: one.by,
      type: 'commentCard',
      date: one.at,
      data: { text: one.text, card: { id: one.card } },
      ...(creator && { memberCreator: member(creator) }),
    }
  }

  /** Someone added on the consent page joins the first board. */
  function boardsOf(account: Account): Board[] {
    const found = data.boards.filter(({ members }) => members.includes(account.id))
    if (found.length > 0) return found
    const [first] = data.boards
    first?.members.push(account.id)
    return first ? [first] : []
  }
  const sees = (call: Call, id: string) => boardsOf(call.account).some((one) => one.id === id)
  const onBoard = (handle: (call: Call, found: Board) => Reply) => (call: Call) => {
    const found = boardsOf(call.account).find(({ id }) => id === call.params['board'])
    return found ? handle(call, found) : missing()
  }
  const onCard = (handle: (call: Call, found: Card) => Reply) => (call: Call) => {
    const found = data.cards.find(({ id }) => id === call.params['card'])
    return found && sees(call, boardOf(found)) ? handle(call, found) : missing()
  }

  function change(target: Card, given: Record<string, string>): void {
    target.name = given['name'] ?? target.name
    target.desc = given['desc'] ?? target.desc
    if (given['due'] !== undefined)
      target.due = given['due'] === '' || given['due'] === 'null' ? null : given['due']
    if (given['closed'] !== undefined) target.closed = given['closed'] === 'true'
    target.list = given['idList'] ?? target.list
    target.activeAt = now()
  }

  function addCard(call: Call): Reply {
    const given = readArguments(call.asked)
    const home = data.lists.find(({ id }) => id === given['idList'])
    if (!home || !sees(call, home.board)) return text(400, 'invalid value for idList')
    const made: Card = {
      id: nextId(),
      list: home.id,
      name: '',
      desc: '',
      due: null,
      closed: false,
      members: [],
      activeAt: now(),
    }
    change(made, given)
    data.cards.push(made)
    return json(200, card(made))
  }

  const read = { scope: ['read'] }
  const write = { scope: ['write'] }
  const routes = [
    on(
      'GET',
      '/1/members/me',
      ({ asked, account, token }) => {
        const email = token.use === 'static' || token.scopes.includes('account') ? account.email : null
        return json(200, pick(asked, { ...member(account), email }))
      },
      read,
    ),
    on(
      'GET',
      '/1/members/me/boards',
      ({ asked, account }) =>
        json(
          200,
          boardsOf(account).map((one) => pick(asked, board(one))),
        ),
      read,
    ),
    on(
      'GET',
      '/1/members/me/cards',
      ({ asked, account }) =>
        json(
          200,
          data.cards
            .filter(({ members, closed }) => members.includes(account.id) && !closed)
            .map((one) => pick(asked, card(one))),
        ),
      read,
    ),
    on(
      'GET',
      '/1/boards/:board',
      onBoard(({ asked }, found) => json(200, pick(asked, board(found)))),
      read,
    ),
    on(
      'GET',
      '/1/boards/:board/lists',
      onBoard((_, found) => json(200, data.lists.filter((one) => one.board === found.id).map(list))),
      read,
    ),
    on(
      'GET',
      '/1/boards/:board/cards',
      onBoard(({ asked }, found) =>
        json(
          200,
          data.cards
            .filter((one) => boardOf(one) === found.id && !one.closed)
            .map((one) => pick(asked, card(one))),
        ),
      ),
      read,
    ),
    on('POST', '/1/cards', addCard, write),
    on(
      'GET',
      '/1/cards/:card',
      onCard(({ asked }, found) => json(200, pick(asked, card(found)))),
      read,
    ),
    on(
      'PUT',
      '/1/cards/:card',
      onCard(({ asked }, found) => {
        change(found, readArguments(asked))
        return json(200, card(found))
      }),
      write,
    ),
    on(
      'GET',
      '/1/cards/:card/actions',
      onCard((_, found) => json(200, data.comments.filter((one) => one.card === found.id).map(comment))),
      read,
    ),
    on(
      'POST',
      '/1/cards/:card/actions/comments',
      onCard(({ asked, account }, found) => {
        const { text: said } = readArguments(asked)
        if (!said) return text(400, 'invalid value for text')
        const made = { id: nextId(), card: found.id, by: account.id, text: said, at: now() }
        data.comments.push(made)
        return json(200, comment(made))
      }),
      write,
    ),
    // Clients differ in the slash.
    ...['/1/webhooks', '/1/webhooks/'].map((path) =>
      on(
        'POST',
        path,
        (call) => {
          const { callbackURL = '', idModel = '', description = '' } = readArguments(call.asked)
          if (!callbackURL.startsWith('https://')) return text(400, 'invalid value for callbackURL')
          if (!sees(call, idModel)) return text(400, 'model not found')
          const made = { id: nextId(), idModel, callbackURL, description }
          data.webhooks.push(made)
          return json(200, { ...made, active: true, consecutiveFailures: 0 })
        },
        write,
      ),
    ),
    on(
      'DELETE',
      '/1/webhooks/:webhook',
      ({ params }) => {
        const at = data.webhooks.findIndex(({ id }) => id === params['webhook'])
        if (at < 0) return missing()
        data.webhooks.splice(at, 1)
        return json(200, {})
      },
      write,
    ),
    on('GET', '/1/tokens/:token', (call) => {
      const found = tools.tokens.find(call.params['token'] ?? '')
      if (!found || found.account !== call.account.id) return missing()
      return json(200, {
        id: found.family,
        identifier: 'Trunkline',
        idMember: found.account,
        dateCreated: new Date(found.issuedAt).toISOString(),
        dateExpires: null,
        permissions: found.scopes.map((scope) => ({
          idModel: '*',
          modelType: scope,
          read: true,
          write: false,
        })),
      })
    }),
    on('DELETE', '/1/tokens/:token', (call) => {
      const found = tools.tokens.find(call.params['token'] ?? '')
      if (!found || found.account !== call.account.id) return missing()
      tools.tokens.end(found, 'revoked')
      return json(200, {})
    }),
  ]

  return {
    accounts,
    hosts: ['api.trello.com', 'trello.com'],
    oauth: {
      access: () => `ATTA${tools.random(72, HEX)}`,
      lifetime: null,
      denial: { error: 'Token request rejected' },
    },
    readCredential: (asked) => {
      const [given, token] = readKeyAndToken(asked)
      return given === key || given === tools.client.client_id ? token : undefined
    },
    routes,
    unauthorized: (why, asked) => {
      const [given] = readKeyAndToken(asked)
      if (given !== undefined && given !== key && given !== tools.client.client_id)
        return text(401, 'invalid key')
      return text(401, why === 'missing' ? 'unauthorized permission requested' : 'invalid token')
    },
    // A missing scope looks like an ended token.
    forbidden: () => text(401, 'unauthorized permission requested'),
    notFound: () => text(404, 'Cannot find this path'),
    rateLimited: () =>
      json(
        429,
        { error: 'API_TOKEN_LIMIT_EXCEEDED', message: 'Rate limit exceeded' },
        {
          'x-rate-limit-api-token-remaining': '0',
        },
      ),
    headers: () => ({
      'x-rate-limit-api-token-max': '100',
      'x-rate-limit-api-token-remaining': '99',
    }),
    values: () => ({
      apiKey: key,
      token: tools.hold({ account: ids.ada, make: (derive) => `ATTA${derive('token', 72, HEX)}` }),
    }),
  }
}

export default create

const HEX = '0123456789abcdef'
const missing = () => text(404, 'The requested resource was not found.')

/** From the header, or from the query as older clients send them. */
function readKeyAndToken({ headers, query }: Asked): [string | undefined, string | undefined] {
  const header = headers.authorization ?? ''
  return [
    /oauth_consumer_key="([^"]*)"/.exec(header)?.[1] ?? query.get('key') ?? undefined,
    /oauth_token="([^"]*)"/.exec(header)?.[1] ?? query.get('token') ?? undefined,
  ]
}

/** `fields` names what is wanted; the id is always told. */
function pick({ query }: Asked, full: JsonObject): JsonObject {
  const wanted = query.get('fields')
  if (!wanted || wanted === 'all') return full
  const names = ['id', ...wanted.split(',')]
  return Object.fromEntries(
    Object.entries(full).filter((entry): entry is [string, Json] => names.includes(entry[0])),
  )
}

function seed(now: number): Data {
  const at = (days: number) => new Date(now - days * 86_400_000).toISOString()
  const id = (kind: number, number: number) => `5f${kind}b${String(number).padStart(20, '0')}`
  const card = (number: number, list: string, name: string, more: Partial<Card> = {}): Card => ({
    id: id(3, number),
    list,
    name,
    desc: '',
    due: null,
    closed: false,
    members: [],
    activeAt: at(4),
    ...more,
  })
  const boards = [
    {
      id: id(1, 1),
      name: `${fernhill.name}: window`,
      desc: 'What stands in it',
      members: [ids.ada, ids.bruno],
      activeAt: at(1),
    },
    { id: id(1, 2), name: `${quayside.name}: drafts`, desc: '', members: [ids.dmitri], activeAt: at(3) },
  ]
  const [first, second] = boards.map((one) => one.id) as [string, string]
  const lists = [
    { id: id(2, 1), board: first, name: 'Ideas' },
    { id: id(2, 2), board: first, name: 'This week' },
    { id: id(2, 3), board: second, name: 'Open' },
  ]
  return {
    next: 1,
    boards,
    lists,
    cards: [
      card(1, id(2, 1), 'Cargo bicycle with a tree'),
      card(2, id(2, 2), 'Clean the glass', { members: [ids.ada], due: at(-3), activeAt: at(1) }),
      card(3, id(2, 2), 'New price tags', { members: [ids.bruno] }),
      card(4, id(2, 3), 'Poster, second draft', { members: [ids.dmitri] }),
    ],
    comments: [
      { id: id(4, 1), card: id(3, 2), by: ids.bruno, text: 'The ladder is in the cellar.', at: at(1) },
    ],
    webhooks: [],
  }
}
