/** Google Chat: spaces and their messages. https://developers.google.com/workspace/chat/api/reference/rest */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill } from '../cast.ts'
import { AUTH, playGoogle, type Product } from '../families/google.ts'
import { json, type Reply, readJson } from '../messages.ts'
import { type Call, on, readString } from '../stand-in.ts'
import { problem } from '../worlds/google-shapes.ts'

type Message = { id: string; sender: string; text: string; at: string }
type Space = { id: string; type: 'SPACE' | 'DIRECT_MESSAGE'; name?: string; messages: Message[] }
type Data = { spaces: Space[] }

const READ = [`${AUTH}chat.messages`, `${AUTH}chat.messages.readonly`]
const SPACES = [`${AUTH}chat.spaces.readonly`]
const host = 'chat.googleapis.com'

const chat: Product = ({ tools, nextId }) => {
  const data = tools.load<Data>(() => seed(tools.now()))

  /** Google Chat is for Workspace accounts alone. */
  const inWorkspace = (handle: (call: Call) => Reply) => (call: Call) =>
    call.account.detail
      ? handle(call)
      : problem(403, 'The caller does not have permission', 'forbidden', 'PERMISSION_DENIED')
  const inSpace = (handle: (space: Space, call: Call) => Reply) =>
    inWorkspace((call) => {
      const found = data.spaces.find(({ id }) => id === call.params['space'])
      return found
        ? handle(found, call)
        : problem(404, 'Requested entity was not found.', 'notFound', 'NOT_FOUND')
    })

  return [
    on(
      'GET',
      '/v1/spaces',
      inWorkspace(({ asked }) => {
        const type = /spaceType\s*=\s*"?(\w+)"?/.exec(asked.query.get('filter') ?? '')?.[1]
        const found = data.spaces.filter((space) => type === undefined || space.type === type)
        const size = Math.min(Number(asked.query.get('pageSize') ?? 100) || 100, 1000)
        const start = Number(asked.query.get('pageToken') ?? 0) || 0
        return json(200, {
          spaces: found.slice(start, start + size).map(writeSpace),
          ...(start + size < found.length && { nextPageToken: String(start + size) }),
        })
      }),
      { host, scope: SPACES },
    ),
    on(
      'GET',
      '/v1/spaces/:space',
      inSpace((space) => json(200, writeSpace(space))),
      { host, scope: SPACES },
    ),
    on(
      'GET',
      '/v1/spaces/:space/messages',
      inSpace((space) => json(200, { messages: space.messages.map((one) => writeMessage(space, one)) })),
      { host, scope: READ },
    ),
    on(
      'POST',
      '/v1/spaces/:space/messages',
      inSpace((space, { asked, account }) => {
        const text = readString(readJson(asked), 'text')
        if (!text) return problem(400, 'Message cannot be empty.', 'badRequest', 'INVALID_ARGUMENT')
        const made = { id: nextId('m'), sender: account.id, text, at: daysAgo(tools.now(), 0) }
        space.messages.push(made)
        return json(200, writeMessage(space, made))
      }),
      { host, scope: [`${AUTH}chat.messages`] },
    ),
  ]

  function writeSpace({ id, type, name }: Space): JsonObject {
    return {
      name: `spaces/${id}`,
      type: type === 'SPACE' ? 'ROOM' : 'DM',
      spaceType: type,
      ...(name && { displayName: name }),
      spaceThreadingState: type === 'SPACE' ? 'THREADED_MESSAGES' : 'UNTHREADED_MESSAGES',
      spaceHistoryState: 'HISTORY_ON',
      createTime: daysAgo(tools.now(), 400),
    }
  }

  function writeMessage(space: Space, { id, sender, text, at }: Message): JsonObject {
    return {
      name: `spaces/${space.id}/messages/${id}.${id}`,
      sender: { name: `users/${sender}`, type: 'HUMAN' },
      createTime: at,
      text,
      formattedText: text,
      argumentText: text,
      thread: { name: `spaces/${space.id}/threads/${id}` },
      space: { name: `spaces/${space.id}` },
    }
  }
}

const ADA = '108345519922387700001'
const BRUNO = '108345519922387700002'

function seed(now: number): Data {
  const message = (id: string, sender: string, text: string, days: number): Message => ({
    id,
    sender,
    text,
    at: daysAgo(now, days),
  })
  return {
    spaces: [
      {
        id: 'AAQAfernshop',
        type: 'SPACE',
        name: `${fernhill.name}: shop`,
        messages: [
          message('shop0001', BRUNO, 'The basket fix is in review.', 2),
          message('shop0002', ADA, 'Looking at it this afternoon.', 2),
        ],
      },
      {
        id: 'AAQAfernfleet',
        type: 'SPACE',
        name: 'Rental fleet',
        messages: [message('fleet001', ADA, 'Twelve bells arrived.', 5)],
      },
      {
        id: 'dm0bruno001',
        type: 'DIRECT_MESSAGE',
        messages: [message('dm000001', BRUNO, `Coffee, ${cast.ada.name.split(' ')[0]}?`, 1)],
      },
    ],
  }
}

export default playGoogle(chat)
