/** Outlook mail. https://learn.microsoft.com/graph/api/resources/mail-api-overview */
import { empty, isObject, json, type Reply, readJson } from '../messages.ts'
import { type Call, on, readString } from '../stand-in.ts'
import { daysAgo } from '../cast.ts'
import type { Message } from '../worlds/graph.ts'
import {
  list,
  notFound,
  one,
  problem,
  readContent,
  readRecipients,
  writeMessage,
} from '../worlds/graph-shapes.ts'
import { graph, type Product } from './microsoft.ts'

const READ = { ...graph, scope: ['Mail.Read', 'Mail.ReadWrite'] }
const WRITE = { ...graph, scope: ['Mail.ReadWrite'] }
const FOLDERS = { inbox: 'Inbox', drafts: 'Drafts', sentitems: 'Sent Items' } as const

export const mail: Product = ({ tools, mailbox, nextId }) => {
  const withMessage = (handle: (message: Message, call: Call) => Reply) => (call: Call) => {
    const found = mailbox(call.account).messages.find(({ id }) => id === call.params['id'])
    return found
      ? handle(found, call)
      : problem(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
  }

  const folder = (call: Call, id: keyof typeof FOLDERS) => {
    const inside = mailbox(call.account).messages.filter((message) => message.folder === id)
    return {
      id,
      displayName: FOLDERS[id],
      parentFolderId: 'msgfolderroot',
      childFolderCount: 0,
      unreadItemCount: inside.filter(({ read }) => !read).length,
      totalItemCount: inside.length,
      isHidden: false,
    }
  }
  const isFolder = (id: string | undefined): id is keyof typeof FOLDERS => Object.hasOwn(FOLDERS, id ?? '')

  function messages({ asked, account }: Call, inside?: string): Reply {
    const search = (asked.query.get('$search') ?? '').replaceAll('"', '').toLowerCase()
    const unread = /isRead eq false/.test(asked.query.get('$filter') ?? '')
    const found = mailbox(account).messages.filter(
      (message) =>
        (inside === undefined || message.folder === inside) &&
        (!unread || !message.read) &&
        `${message.subject} ${message.text} ${message.from}`.toLowerCase().includes(search),
    )
    return list(asked, "users('me')/messages", found.map(writeMessage))
  }

  function make({ account }: Call, body: ReturnType<typeof readJson>, into: Message['folder']): Message {
    const made: Message = {
      id: `AAMkAG${nextId('M')}=`,
      folder: into,
      subject: readString(body, 'subject') ?? '',
      from: account.email,
      to: readRecipients(body['toRecipients']),
      text: readContent(body) ?? '',
      read: true,
      at: daysAgo(tools.now(), 0),
    }
    mailbox(account).messages.unshift(made)
    return made
  }

  return [
    on('GET', '/v1.0/me/messages', (call) => messages(call), READ),
    on(
      'GET',
      '/v1.0/me/messages/:id',
      withMessage((message, { asked }) => one(asked, "users('me')/messages", writeMessage(message))),
      READ,
    ),
    on(
      'GET',
      '/v1.0/me/mailFolders',
      (call) =>
        list(
          call.asked,
          "users('me')/mailFolders",
          (Object.keys(FOLDERS) as (keyof typeof FOLDERS)[]).map((id) => folder(call, id)),
        ),
      READ,
    ),
    on(
      'GET',
      '/v1.0/me/mailFolders/:folder',
      (call) => {
        const id = call.params['folder']
        return isFolder(id) ? one(call.asked, "users('me')/mailFolders", folder(call, id)) : notFound()
      },
      READ,
    ),
    on(
      'GET',
      '/v1.0/me/mailFolders/:folder/messages',
      (call) => (isFolder(call.params['folder']) ? messages(call, call.params['folder']) : notFound()),
      READ,
    ),
    on(
      'POST',
      '/v1.0/me/messages',
      (call) =>
        one(
          call.asked,
          "users('me')/messages",
          writeMessage(make(call, readJson(call.asked), 'drafts')),
          201,
        ),
      WRITE,
    ),
    on(
      'PATCH',
      '/v1.0/me/messages/:id',
      withMessage((message, { asked }) => {
        const body = readJson(asked)
        if (typeof body['isRead'] === 'boolean') message.read = body['isRead']
        return json(200, writeMessage(message))
      }),
      WRITE,
    ),
    on(
      'POST',
      '/v1.0/me/sendMail',
      (call) => {
        const message = readJson(call.asked)['message']
        if (!isObject(message) || readRecipients(message['toRecipients']).length === 0)
          return problem(400, 'ErrorInvalidRecipients', "At least one recipient isn't valid.")
        make(call, message, 'sentitems')
        return empty(202)
      },
      { ...graph, scope: ['Mail.Send'] },
    ),
  ]
}
