import type { Json } from '../define.ts'
import type { Compose } from '../define-tools.ts'
import {
  day,
  defineTools,
  email,
  integer,
  list,
  moment,
  opt,
  pageSize,
  prose,
  same,
  text,
} from '../define-tools.ts'
import { basicTime, composeEvent } from '../messages.ts'

/** Every collection of a person lies below the number in /123456789/principal/. */
const homeOf =
  (folder: string): Compose =>
  (_, { parameters }) => ({
    home: (parameters['principal'] ?? '').replace(/principal\/?$/, folder),
  })
const calendar = text('Address of the calendar, as icloud_calendars names it: /123456789/calendars/home/.', {
  pattern: '^/\\d+/calendars/[^/]+/$',
  maxLength: 500,
})
/** What a DAV server names is encoded already (RFC 4918 section 8.3). */
const decoded = (href: Json | undefined) => ({ place: decodeURI(href as string) })
const times: Compose = ({ start, end, calendar: href }) => ({
  ...decoded(href),
  from: basicTime(new Date(start as string)),
  until: basicTime(new Date(end as string)),
})

export default defineTools({
  id: 'icloud',
  name: 'iCloud',
  summary: 'Searches, reads and sends mail, reads and fills calendars, and finds contacts.',
  tools: [
    {
      name: 'icloud_mail_search',
      title: 'Search mail',
      description:
        'Finds messages of a mailbox by sender, subject, words or day, and returns their numbers and headers.',
      risk: 'read',
      input: {
        mailbox: opt(text('Name of the mailbox.', { maxLength: 255, default: 'INBOX' })),
        since: opt(day('Received on or after this day.')),
        from: opt(text('Part of the sender’s name or address.', { maxLength: 320 })),
        subject: opt(text('Words in the subject.', { maxLength: 500 })),
        text: opt(text('Words anywhere in the message.', { maxLength: 500 })),
        limit: pageSize(100, 20),
      },
      mail: { operation: 'search', values: same('mailbox', 'since', 'from', 'subject', 'text', 'limit') },
    },
    {
      name: 'icloud_mail_read',
      title: 'Read a message',
      description: 'Reads one message of a mailbox by its number.',
      risk: 'read',
      input: {
        mailbox: opt(text('Name of the mailbox.', { maxLength: 255, default: 'INBOX' })),
        uid: integer('Number of the message.', { minimum: 1 }),
      },
      mail: { operation: 'read', values: same('mailbox', 'uid') },
      note: 'Reading does not mark it as read.',
    },
    {
      name: 'icloud_mail_send',
      title: 'Send mail',
      description: 'Sends a message from the connected account and keeps it among the sent ones.',
      risk: 'write',
      input: {
        to: list('Addresses of the recipients.', email('')),
        cc: opt(list('Addresses that get a copy.', email(''))),
        subject: text('Subject.', { maxLength: 900, pattern: '^[^\\r\\n]*$' }),
        text: prose('The message, as plain text.', 500_000),
      },
      mail: { operation: 'send', values: same('to', 'cc', 'subject', 'text') },
    },
    {
      name: 'icloud_calendars',
      title: 'List calendars',
      description: 'Lists the calendars of the account with their addresses and names.',
      risk: 'read',
      compose: homeOf('calendars/'),
      http: {
        method: 'PROPFIND',
        base: 'calendars',
        path: '/{+home}',
        headers: { Depth: '1' },
        body: {
          xml: '<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:displayname/><d:resourcetype/><c:supported-calendar-component-set/></d:prop></d:propfind>',
        },
      },
    },
    {
      name: 'icloud_events',
      title: 'List events',
      description: 'Lists events of a calendar within a span of time, as iCalendar.',
      risk: 'read',
      input: { calendar, start: moment('From.'), end: moment('To.') },
      compose: times,
      http: {
        method: 'REPORT',
        base: 'calendars',
        path: '/{+place}',
        headers: { Depth: '1' },
        body: {
          xml: '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="{from}" end="{until}"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>',
        },
      },
    },
    {
      name: 'icloud_create_event',
      title: 'Create an event',
      description: 'Puts an event into a calendar.',
      risk: 'write',
      idempotency: 'repeats',
      input: {
        calendar,
        summary: text('Title of the event.', { maxLength: 500 }),
        start: moment('When it begins.'),
        end: moment('When it ends.'),
        description: opt(prose('Notes.', 8000)),
        location: opt(text('Where.')),
      },
      compose: (input, given) => ({
        ...decoded(input['calendar']),
        uid: given.id,
        event: composeEvent(input, given),
      }),
      http: {
        method: 'PUT',
        base: 'calendars',
        path: '/{+place}{uid}.ics',
        headers: { 'If-None-Match': '*' },
        body: { text: '{event}', type: 'text/calendar; charset=utf-8' },
      },
    },
    {
      name: 'icloud_contacts',
      title: 'Search contacts',
      description: 'Finds contacts by part of their name, as vCards.',
      risk: 'read',
      input: { name: text('Part of the name.', { maxLength: 200 }) },
      compose: homeOf('carddavhome/card/'),
      http: {
        method: 'REPORT',
        base: 'contacts-home',
        path: '/{+home}',
        headers: { Depth: '1' },
        body: {
          xml: '<?xml version="1.0" encoding="utf-8"?><card:addressbook-query xmlns:d="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav"><d:prop><d:getetag/><card:address-data/></d:prop><card:filter><card:prop-filter name="FN"><card:text-match collation="i;unicode-casemap" match-type="contains">{name}</card:text-match></card:prop-filter></card:filter></card:addressbook-query>',
        },
      },
      note: 'In the usual address book of the account.',
    },
  ],
})
