/** Gmail: search, read, send, draft, label. https://developers.google.com/workspace/gmail/api/reference/rest */
import { isObject, json, readJson } from '../messages.ts'
import { on, readString } from '../stand-in.ts'
import { listMessages, message, parseRaw, problem } from '../worlds/google-shapes.ts'
import { AUTH, type Product } from './google.ts'

const gmail = { host: 'gmail.googleapis.com', scope: [`${AUTH}gmail.modify`, `${AUTH}gmail.readonly`] }

export const mail: Product = ({ tools, world, nextId }) => [
  on(
    'GET',
    '/gmail/v1/users/me/profile',
    ({ account }) => {
      const { messages } = world(account)
      return json(200, {
        emailAddress: account.email,
        messagesTotal: messages.length,
        threadsTotal: messages.length,
        historyId: '4711',
      })
    },
    gmail,
  ),
  on(
    'GET',
    '/gmail/v1/users/me/labels',
    () =>
      json(200, {
        labels: ['INBOX', 'UNREAD', 'SENT', 'DRAFT'].map((id) => ({ id, name: id, type: 'system' })),
      }),
    gmail,
  ),
  on(
    'GET',
    '/gmail/v1/users/me/messages',
    ({ asked, account }) => listMessages(asked, world(account).messages),
    gmail,
  ),
  on(
    'GET',
    '/gmail/v1/users/me/messages/:id',
    ({ params, account, asked }) => {
      const found = world(account).messages.find(({ id }) => id === params['id'])
      return found
        ? json(200, message(found, asked.query.get('format') ?? 'full'))
        : problem(404, 'Requested entity was not found.', 'notFound', 'NOT_FOUND')
    },
    gmail,
  ),
  on(
    'POST',
    '/gmail/v1/users/me/messages/send',
    ({ asked, account }) => {
      const raw = readString(readJson(asked), 'raw')
      if (!raw) return problem(400, 'raw is required', 'invalidArgument', 'INVALID_ARGUMENT')
      const made = parseRaw(raw, account, nextId('18c0'), tools.now(), ['SENT'])
      world(account).messages.unshift(made)
      return json(200, { id: made.id, threadId: made.threadId, labelIds: made.labels })
    },
    { ...gmail, scope: [`${AUTH}gmail.modify`] },
  ),
  on(
    'POST',
    '/gmail/v1/users/me/drafts',
    ({ asked, account }) => {
      const inner = readJson(asked)['message']
      const raw = isObject(inner) ? readString(inner, 'raw') : undefined
      if (!raw) return problem(400, 'message.raw is required', 'invalidArgument', 'INVALID_ARGUMENT')
      const made = {
        id: nextId('r-'),
        message: parseRaw(raw, account, nextId('18c0'), tools.now(), ['DRAFT']),
      }
      world(account).drafts.push(made)
      return json(200, {
        id: made.id,
        message: { id: made.message.id, threadId: made.message.threadId, labelIds: made.message.labels },
      })
    },
    { ...gmail, scope: [`${AUTH}gmail.modify`] },
  ),
]
