/** How Google's APIs write down and list what is in an account. */
import type { JsonObject } from '../../catalog/define.ts'
import { type Asked, json, type Reply } from '../messages.ts'
import type { Account } from '../stand-in.ts'
import { type CalendarEvent, DOCUMENT, type DriveFile, type Message } from './google.ts'

export function problem(code: number, message: string, reason: string, status: string): Reply {
  return json(code, { error: { code, message, errors: [{ message, domain: 'global', reason }], status } })
}

export function listMessages(asked: Asked, all: readonly Message[]): Reply {
  const words = (asked.query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const label = asked.query.get('labelIds')
  const found = all.filter(
    (one) =>
      (!label || one.labels.includes(label)) &&
      words.every((word) => {
        const [key, value] = word.split(':')
        if (value !== undefined && key === 'from') return one.from.includes(value)
        if (value !== undefined && key === 'subject') return one.subject.toLowerCase().includes(value)
        if (value !== undefined && key === 'is') return one.labels.includes(value.toUpperCase())
        return `${one.subject} ${one.text} ${one.from}`.toLowerCase().includes(word)
      }),
  )
  const size = Math.min(Number(asked.query.get('maxResults') ?? 100) || 100, 500)
  const start = Number(asked.query.get('pageToken') ?? 0) || 0
  const next = start + size < found.length ? { nextPageToken: String(start + size) } : {}
  return json(200, {
    messages: found.slice(start, start + size).map(({ id, threadId }) => ({ id, threadId })),
    resultSizeEstimate: found.length,
    ...next,
  })
}

export function message(one: Message, format: string): JsonObject {
  const headers = [
    { name: 'From', value: one.from },
    { name: 'To', value: one.to },
    { name: 'Subject', value: one.subject },
    { name: 'Date', value: new Date(one.at).toUTCString() },
  ]
  const body = { size: one.text.length, data: Buffer.from(one.text).toString('base64url') }
  return {
    id: one.id,
    threadId: one.threadId,
    labelIds: one.labels,
    snippet: one.text.slice(0, 100),
    historyId: '4711',
    internalDate: String(one.at),
    sizeEstimate: one.text.length + 400,
    ...(format !== 'minimal' && {
      payload: {
        mimeType: 'text/plain',
        headers,
        ...(format === 'full' && { partId: '', filename: '', body }),
      },
    }),
  }
}

export function parseRaw(raw: string, account: Account, id: string, at: number, labels: string[]): Message {
  const [head = '', ...rest] = Buffer.from(raw, 'base64url')
    .toString('utf8')
    .split(/\r?\n\r?\n/)
  const header = (name: string) => new RegExp(`^${name}:\\s*(.+)$`, 'im').exec(head)?.[1]?.trim() ?? ''
  return {
    id,
    threadId: id,
    from: account.email,
    to: header('To'),
    subject: header('Subject'),
    text: rest.join('\n\n'),
    labels,
    at,
  }
}

export function readTime(value: unknown): string | undefined {
  const { dateTime, date } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >
  const found = dateTime ?? date
  return typeof found === 'string' && !Number.isNaN(Date.parse(found)) ? found : undefined
}

export function event(one: CalendarEvent, account: Account): JsonObject {
  return {
    kind: 'calendar#event',
    etag: `"${one.id}"`,
    id: one.id,
    status: 'confirmed',
    htmlLink: `https://www.google.com/calendar/event?eid=${one.id}`,
    created: one.created,
    updated: one.created,
    summary: one.summary,
    creator: { email: account.email, self: true },
    organizer: { email: account.email, self: true },
    start: { dateTime: one.start, timeZone: 'Europe/London' },
    end: { dateTime: one.end, timeZone: 'Europe/London' },
    iCalUID: `${one.id}@google.com`,
    attendees: one.attendees.map((email) => ({ email, responseStatus: 'accepted' })),
    eventType: 'default',
  }
}

export function listEvents(asked: Asked, account: Account, all: readonly CalendarEvent[]): Reply {
  const [from, to, query] = [
    asked.query.get('timeMin'),
    asked.query.get('timeMax'),
    (asked.query.get('q') ?? '').toLowerCase(),
  ]
  const items = all
    .filter(
      (one) =>
        (!from || Date.parse(one.end) > Date.parse(from)) && (!to || Date.parse(one.start) < Date.parse(to)),
    )
    .filter((one) => one.summary.toLowerCase().includes(query))
    .sort((a, b) => a.start.localeCompare(b.start))
  return json(200, {
    kind: 'calendar#events',
    etag: '"e1"',
    summary: account.email,
    timeZone: 'Europe/London',
    accessRole: 'owner',
    items: items.map((one) => event(one, account)),
  })
}

export function person(contact: { id: string; name: string; email: string; phone?: string }): JsonObject {
  const [givenName = '', ...family] = contact.name.split(' ')
  return {
    resourceName: `people/${contact.id}`,
    etag: `%${contact.id}`,
    names: [{ displayName: contact.name, givenName, familyName: family.join(' ') }],
    emailAddresses: [{ value: contact.email }],
    ...(contact.phone && { phoneNumbers: [{ value: contact.phone }] }),
  }
}

export function file(one: DriveFile): JsonObject {
  return {
    kind: 'drive#file',
    id: one.id,
    name: one.name,
    mimeType: one.mimeType,
    modifiedTime: one.modifiedTime,
    webViewLink: `https://${one.mimeType === DOCUMENT ? 'docs' : 'drive'}.google.com/file/d/${one.id}/view`,
  }
}

export function listFiles(asked: Asked, all: readonly DriveFile[]): Reply {
  const query = asked.query.get('q') ?? ''
  const wanted = /(?:name|fullText) contains '([^']*)'/.exec(query)?.[1]?.toLowerCase() ?? ''
  const type = /mimeType\s*=\s*'([^']*)'/.exec(query)?.[1]
  const found = all.filter(
    (one) =>
      (type === undefined || one.mimeType === type) &&
      `${one.name} ${query.includes('fullText') ? one.text : ''}`.toLowerCase().includes(wanted),
  )
  return json(200, { kind: 'drive#fileList', incompleteSearch: false, files: found.map(file) })
}
