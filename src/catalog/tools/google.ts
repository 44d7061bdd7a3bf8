import type { JsonObject } from '../define.ts'
import {
  choice,
  cursor,
  defineTools,
  email,
  identifier,
  list,
  moment,
  opt,
  pageSize,
  prose,
  same,
  text,
  yesNo,
} from '../define-tools.ts'
import { composeMail } from '../messages.ts'

const scope = (name: string) => `https://www.googleapis.com/auth/${name}`
const MAIL = { google: { base: 'gmail' }, gmail: {} }
const CALENDAR = { google: { prefix: '/calendar/v3' }, 'google-calendar': {} }
const CONTACTS = { google: { base: 'people' }, 'google-contacts': {} }
const DRIVE = { google: { prefix: '/drive/v3' }, 'google-drive': {} }
const readMail = [[scope('gmail.readonly')], [scope('gmail.modify')]]
const readCalendar = [[scope('calendar.readonly')], [scope('calendar')]]
const readContacts = [[scope('contacts.readonly')], [scope('contacts')]]
const readDrive = [[scope('drive.readonly')]]

const page_token = cursor('The nextPageToken of the answer before.')
const byToken = { by: 'cursor', input: 'page_token', at: 'nextPageToken' } as const
const calendar_id = opt(
  text('Id of the calendar; primary is the account’s own.', { maxLength: 320, default: 'primary' }),
)
const message = {
  to: list('Addresses of the recipients.', email(''), { maxItems: 100 }),
  cc: opt(list('Addresses that get a copy.', email(''), { maxItems: 100 })),
  bcc: opt(list('Addresses that get a copy nobody else sees.', email(''), { maxItems: 100 })),
  subject: text('Subject.', { maxLength: 900, pattern: '^[^\\r\\n]*$' }),
  body: prose('The message, as plain text.', 500_000),
}
/** RFC 4648 section 5, as Gmail takes RFC 5322 messages. */
const composeRaw = (input: JsonObject): JsonObject => ({
  raw: Buffer.from(composeMail(input)).toString('base64url'),
})

export default defineTools({
  id: 'google',
  name: 'Google',
  summary: 'Searches and sends mail, keeps the calendar, finds contacts and reads files in Drive.',
  tools: [
    {
      name: 'gmail_search',
      title: 'Search mail',
      description:
        'Finds messages with Gmail’s search words, for example "from:ada newer_than:7d", and returns their ids; read each with gmail_get.',
      risk: 'read',
      served_by: MAIL,
      scopes: readMail,
      input: {
        q: opt(text('What to search for, in Gmail’s search syntax.', { maxLength: 2000 })),
        label_ids: opt(
          list('Only with all of these labels, for example INBOX or UNREAD.', identifier(''), {
            maxItems: 20,
          }),
        ),
        max_results: pageSize(500, 20),
        page_token,
      },
      http: {
        method: 'GET',
        path: '/gmail/v1/users/me/messages',
        query: { q: '{q}', labelIds: '{label_ids}', maxResults: '{max_results}', pageToken: '{page_token}' },
      },
      pagination: byToken,
    },
    {
      name: 'gmail_get',
      title: 'Read a message',
      description:
        'Reads one message: who wrote to whom, when, the subject, and unless only headers are asked for the text.',
      risk: 'read',
      served_by: MAIL,
      scopes: readMail,
      input: {
        id: identifier('Id of the message.'),
        format: opt(choice('How much of it.', ['full', 'metadata', 'minimal'], { default: 'full' })),
      },
      http: { method: 'GET', path: '/gmail/v1/users/me/messages/{id}', query: same('format') },
      note: 'Bodies come in parts, encoded as base64url.',
    },
    {
      name: 'gmail_send',
      title: 'Send mail',
      description: 'Sends a message from the connected account.',
      risk: 'write',
      served_by: MAIL,
      scopes: [[scope('gmail.modify')]],
      input: { ...message, thread_id: opt(identifier('Id of the thread it belongs to.')) },
      compose: composeRaw,
      http: {
        method: 'POST',
        path: '/gmail/v1/users/me/messages/send',
        body: { json: { raw: '{raw}', threadId: '{thread_id}' } },
      },
    },
    {
      name: 'gmail_draft',
      title: 'Write a draft',
      description: 'Puts a message into the drafts of the connected account, without sending it.',
      risk: 'write',
      served_by: MAIL,
      scopes: [[scope('gmail.modify')]],
      input: message,
      compose: composeRaw,
      http: {
        method: 'POST',
        path: '/gmail/v1/users/me/drafts',
        body: { json: { message: { raw: '{raw}' } } },
      },
    },
    {
      name: 'google_calendar_list_events',
      title: 'List events',
      description: 'Lists events of a calendar within a span of time, recurring ones one by one, in order.',
      risk: 'read',
      served_by: CALENDAR,
      scopes: readCalendar,
      input: {
        calendar_id,
        time_min: opt(moment('Ends after this time.')),
        time_max: opt(moment('Begins before this time.')),
        q: opt(text('Words that occur in the event.', { maxLength: 500 })),
        max_results: pageSize(2500, 50),
        page_token,
      },
      http: {
        method: 'GET',
        path: '/calendars/{calendar_id}/events',
        query: {
          timeMin: '{time_min}',
          timeMax: '{time_max}',
          q: '{q}',
          singleEvents: true,
          orderBy: 'startTime',
          maxResults: '{max_results}',
          pageToken: '{page_token}',
        },
      },
      pagination: byToken,
    },
    {
      name: 'google_calendar_create_event',
      title: 'Create an event',
      description: 'Puts an event into a calendar, invites people to it if asked, and returns its address.',
      risk: 'write',
      served_by: CALENDAR,
      scopes: [[scope('calendar.events')], [scope('calendar')]],
      input: {
        calendar_id,
        summary: text('Title of the event.'),
        start: moment('When it begins.'),
        end: moment('When it ends.'),
        time_zone: opt(text('IANA time zone, for example Europe/Lisbon.', { maxLength: 60 })),
        description: opt(prose('Notes.', 8000)),
        location: opt(text('Where.')),
        attendees: opt(list('Addresses of the people to invite.', email(''), { maxItems: 200 })),
        send_updates: opt(
          choice('Who gets an invitation by mail.', ['all', 'externalOnly', 'none'], { default: 'none' }),
        ),
      },
      compose: ({ attendees }) =>
        Array.isArray(attendees) ? { invited: attendees.map((address) => ({ email: address })) } : {},
      http: {
        method: 'POST',
        path: '/calendars/{calendar_id}/events',
        query: { sendUpdates: '{send_updates}' },
        body: {
          json: {
            ...same('summary', 'description', 'location'),
            start: { dateTime: '{start}', timeZone: '{time_zone}' },
            end: { dateTime: '{end}', timeZone: '{time_zone}' },
            attendees: '{invited}',
          },
        },
      },
    },
    {
      name: 'google_calendar_freebusy',
      title: 'Free and busy times',
      description: 'Tells when calendars are busy within a span of time, without what is in them.',
      risk: 'read',
      served_by: CALENDAR,
      scopes: readCalendar,
      input: {
        time_min: moment('From.'),
        time_max: moment('To.'),
        calendars: opt(
          list('Ids of calendars, or addresses of people.', text('', { maxLength: 320 }), {
            maxItems: 50,
            default: ['primary'],
          }),
        ),
      },
      compose: ({ calendars }) => ({
        items: (Array.isArray(calendars) ? calendars : []).map((id) => ({ id })),
      }),
      http: {
        method: 'POST',
        path: '/freeBusy',
        body: { json: { timeMin: '{time_min}', timeMax: '{time_max}', items: '{items}' } },
      },
    },
    {
      name: 'google_contacts_search',
      title: 'Search contacts',
      description: 'Finds contacts by the beginning of a name, address or number.',
      risk: 'read',
      served_by: CONTACTS,
      scopes: readContacts,
      input: {
        query: text('What a name, address or number begins with.', { maxLength: 200 }),
        page_size: pageSize(30, 10),
      },
      http: {
        method: 'GET',
        path: '/v1/people:searchContacts',
        query: {
          query: '{query}',
          readMask: 'names,emailAddresses,phoneNumbers,organizations',
          pageSize: '{page_size}',
        },
      },
      note: 'Google asks for one search with an empty query first, which fills its cache.',
    },
    {
      name: 'google_contacts_list',
      title: 'List contacts',
      description: 'Lists the contacts of the account with names, addresses and numbers.',
      risk: 'read',
      served_by: CONTACTS,
      scopes: readContacts,
      input: { page_size: pageSize(1000, 100), page_token },
      http: {
        method: 'GET',
        path: '/v1/people/me/connections',
        query: {
          personFields: 'names,emailAddresses,phoneNumbers,organizations',
          pageSize: '{page_size}',
          pageToken: '{page_token}',
        },
      },
      pagination: byToken,
    },
    {
      name: 'google_drive_search',
      title: 'Search files',
      description:
        'Finds files in Drive with its query words, for example "name contains \'budget\' and trashed = false", shared drives included.',
      risk: 'read',
      served_by: DRIVE,
      scopes: readDrive,
      input: {
        q: opt(text('What to search for, in Drive’s query syntax.', { maxLength: 2000 })),
        page_size: pageSize(1000, 50),
        page_token,
      },
      http: {
        method: 'GET',
        path: '/files',
        query: {
          q: '{q}',
          fields:
            'nextPageToken,files(id,name,mimeType,modifiedTime,webViewLink,owners(displayName,emailAddress))',
          pageSize: '{page_size}',
          pageToken: '{page_token}',
          supportsAllDrives: true,
          includeItemsFromAllDrives: true,
        },
      },
      pagination: byToken,
    },
    {
      name: 'google_drive_get',
      title: 'Read about a file',
      description: 'Reads what Drive knows of one file: name, type, size, owner, times and address.',
      risk: 'read',
      served_by: DRIVE,
      scopes: readDrive,
      input: { file_id: identifier('Id of the file.') },
      http: {
        method: 'GET',
        path: '/files/{file_id}',
        query: {
          fields:
            'id,name,mimeType,size,modifiedTime,createdTime,webViewLink,owners(displayName,emailAddress),parents',
          supportsAllDrives: true,
        },
      },
    },
    {
      name: 'google_drive_read',
      title: 'Read the text of a document',
      description: 'Reads a Google document as text, or a spreadsheet as comma-separated values.',
      risk: 'read',
      served_by: DRIVE,
      scopes: readDrive,
      input: {
        file_id: identifier('Id of the file.'),
        mime_type: opt(
          choice('As what.', ['text/plain', 'text/csv', 'text/html'], { default: 'text/plain' }),
        ),
      },
      http: { method: 'GET', path: '/files/{file_id}/export', query: { mimeType: '{mime_type}' } },
      note: 'For documents in Google’s own formats, up to 10 MB as text. Other files are downloaded with google_drive_download.',
    },
    {
      name: 'google_drive_download',
      title: 'Download a file',
      description: 'Reads the content of a file that is not in one of Google’s own formats.',
      risk: 'read',
      served_by: DRIVE,
      scopes: readDrive,
      input: {
        file_id: identifier('Id of the file.'),
        acknowledge_abuse: opt(yesNo('Even where Google marked it as harmful.')),
      },
      http: {
        method: 'GET',
        path: '/files/{file_id}',
        query: { alt: 'media', acknowledgeAbuse: '{acknowledge_abuse}', supportsAllDrives: true },
      },
    },
  ],
})
