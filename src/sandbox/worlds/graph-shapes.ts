/** How Microsoft Graph writes things down: errors, lists by OData, and the entities. */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { type Asked, json, type Reply } from '../messages.ts'
import type { Account } from '../stand-in.ts'
import {
  type Channel,
  type Chat,
  type Contact,
  type Event,
  type Item,
  type Message,
  type Post,
  ROOT,
  type Team,
} from './graph.ts'

export function problem(status: number, code: string, message: string): Reply {
  return json(status, {
    error: {
      code,
      message,
      innerError: { date: '2026-11-21T12:00:00', 'request-id': REQUEST, 'client-request-id': REQUEST },
    },
  })
}

const REQUEST = '00000000-0000-4000-8000-000000000000'

export const notFound = (what = 'Resource could not be discovered.') => problem(404, 'ResourceNotFound', what)

/** `$select` of one entity. */
export function pick(asked: Asked, entity: JsonObject): JsonObject {
  const wanted = asked.query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim())
  if (!wanted) return entity
  return Object.fromEntries(
    Object.entries(entity).filter(([name]) => name === 'id' || name.startsWith('@') || wanted.includes(name)),
  )
}

export function one(asked: Asked, kind: string, entity: JsonObject, status = 200): Reply {
  return json(status, { '@odata.context': context(asked, `${kind}/$entity`), ...pick(asked, entity) })
}

/** A page: `$top` entities from `$skip` on, and the address of the next page where there is one. */
export function list(asked: Asked, kind: string, all: readonly JsonObject[], top = 10): Reply {
  const size = Math.min(Number(asked.query.get('$top') ?? top) || top, 999)
  const start = Number(asked.query.get('$skip') ?? 0) || 0
  const next = new URLSearchParams(asked.query)
  next.set('$skip', String(start + size))
  return json(200, {
    '@odata.context': context(asked, kind),
    value: all.slice(start, start + size).map((entity) => pick(asked, entity)),
    ...(start + size < all.length && {
      '@odata.nextLink': `https://${asked.host}${asked.path}?${next.toString().replaceAll('%24', '$')}`,
    }),
  })
}

function context(asked: Asked, kind: string): string {
  return `https://${asked.host}/v1.0/$metadata#${kind}`
}

const recipient = (address: string, name = address.split('@')[0] ?? ''): JsonObject => ({
  emailAddress: { name, address },
})

export function writeUser(account: Account): JsonObject {
  const [givenName = '', ...family] = account.name.split(' ')
  return {
    businessPhones: [],
    displayName: account.name,
    givenName,
    jobTitle: null,
    mail: account.email,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: 'en-GB',
    surname: family.join(' '),
    userPrincipalName: account.email,
    id: account.id,
  }
}

export function writeMessage(message: Message): JsonObject {
  return {
    '@odata.etag': `W/"${message.id}"`,
    id: message.id,
    createdDateTime: message.at,
    receivedDateTime: message.at,
    sentDateTime: message.at,
    subject: message.subject,
    bodyPreview: message.text.slice(0, 255),
    importance: 'normal',
    parentFolderId: message.folder,
    conversationId: `conv-${message.id}`,
    isRead: message.read,
    isDraft: message.folder === 'drafts',
    webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(message.id)}`,
    body: { contentType: 'text', content: message.text },
    sender: recipient(message.from),
    from: recipient(message.from),
    toRecipients: message.to.map((address) => recipient(address)),
    ccRecipients: [],
    bccRecipients: [],
    hasAttachments: false,
  }
}

export function writeEvent(event: Event, account: Account): JsonObject {
  return {
    '@odata.etag': `W/"${event.id}"`,
    id: event.id,
    subject: event.subject,
    bodyPreview: '',
    body: { contentType: 'text', content: '' },
    start: { dateTime: event.start, timeZone: 'UTC' },
    end: { dateTime: event.end, timeZone: 'UTC' },
    isAllDay: false,
    isCancelled: false,
    location: { displayName: '' },
    organizer: recipient(account.email, account.name),
    attendees: event.attendees.map((address) => ({
      type: 'required',
      status: { response: 'accepted', time: '0001-01-01T00:00:00Z' },
      ...recipient(address),
    })),
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(event.id)}`,
  }
}

export function writeContact(contact: Contact): JsonObject {
  const [givenName = '', ...family] = contact.name.split(' ')
  return {
    '@odata.etag': `W/"${contact.id}"`,
    id: contact.id,
    displayName: contact.name,
    givenName,
    surname: family.join(' '),
    companyName: contact.company ?? null,
    emailAddresses: [{ name: contact.name, address: contact.email }],
    businessPhones: contact.phone ? [contact.phone] : [],
  }
}

export function writeItem(item: Item, all: readonly Item[], drive: string): JsonObject {
  const folder = item.text === undefined
  return {
    id: item.id,
    name: item.name,
    size: item.text?.length ?? 0,
    createdDateTime: item.at,
    lastModifiedDateTime: item.at,
    webUrl: `https://fernhill-my.sharepoint.com/personal/${drive}/Documents/${encodeURIComponent(item.name)}`,
    parentReference: {
      driveId: drive,
      driveType: 'business',
      id: item.parent,
      path: item.parent === ROOT ? '/drive/root:' : `/drive/items/${item.parent}`,
    },
    ...(folder
      ? { folder: { childCount: all.filter(({ parent }) => parent === item.id).length } }
      : { file: { mimeType: item.name.endsWith('.csv') ? 'text/csv' : 'text/plain' } }),
  }
}

export function writeTeam({ id, name, about }: Team): JsonObject {
  return {
    id,
    displayName: name,
    description: about,
    isArchived: false,
    visibility: 'private',
    tenantId: TENANT,
  }
}

/** The directory of the played organization. */
export const TENANT = '8f1b6c7a-2d34-4e5f-9a0b-1c2d3e4f5a6b'

export function writeChannel({ id, name }: Channel, team: Team): JsonObject {
  return {
    id,
    displayName: name,
    description: null,
    membershipType: 'standard',
    isArchived: false,
    webUrl: `https://teams.microsoft.com/l/channel/${encodeURIComponent(id)}/${encodeURIComponent(name)}?groupId=${team.id}`,
  }
}

export function writeChat({ id, type, topic }: Chat): JsonObject {
  return {
    id,
    topic,
    chatType: type,
    createdDateTime: '2026-01-12T09:00:00Z',
    tenantId: TENANT,
    webUrl: `https://teams.microsoft.com/l/chat/${encodeURIComponent(id)}/0`,
  }
}

export function writePost(
  post: Post,
  sender: string,
  place: { channel?: { team: string; channel: string }; chat?: string },
): JsonObject {
  return {
    id: post.id,
    replyToId: null,
    messageType: 'message',
    createdDateTime: post.at,
    lastModifiedDateTime: post.at,
    importance: 'normal',
    locale: 'en-us',
    chatId: place.chat ?? null,
    from: {
      application: null,
      device: null,
      user: { id: post.from, displayName: sender, userIdentityType: 'aadUser' },
    },
    body: { contentType: 'text', content: post.text },
    channelIdentity: place.channel ? { teamId: place.channel.team, channelId: place.channel.channel } : null,
    attachments: [],
    mentions: [],
    reactions: [],
  }
}

/** Text that a body of Graph carries: `{ body: { content } }`. */
export function readContent(body: JsonObject): string | undefined {
  const inner = body['body']
  const content =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner['content'] : undefined
  return typeof content === 'string' && content !== '' ? content : undefined
}

/** Addresses of `toRecipients`. */
export function readRecipients(recipients: Json | undefined): string[] {
  if (!Array.isArray(recipients)) return []
  return recipients.flatMap((entry) => {
    const address = (entry as { emailAddress?: { address?: unknown } } | null)?.emailAddress?.address
    return typeof address === 'string' ? [address] : []
  })
}
