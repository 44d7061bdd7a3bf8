import type { Compose } from '../define-tools.ts'
import { day, defineTools, identifier, integer, moment, opt, prose, text } from '../define-tools.ts'
import { basicTime, composeEvent } from '../messages.ts'

/** File addresses have the user id, which may differ from the name one logs in with. */
const user: Compose = (_, { parameters }) => ({ user: parameters['userId'] ?? parameters['loginName'] ?? '' })
const path = text('Path below the person’s files, for example Documents/plan.md.', {
  maxLength: 4000,
  pattern: '^(?!/)(?!.*(^|/)\\.\\.?(/|$)).+$',
})
const folder = opt(
  text('Path of the folder; empty for the topmost.', {
    minLength: 0,
    maxLength: 4000,
    default: '',
    pattern: '^(?!/)(?!.*(^|/)\\.\\.?(/|$)).*$',
  }),
)
const calendar = opt(identifier('Name of the calendar in its address.', { default: 'personal' }))
const PROPERTIES =
  '<d:prop><d:getlastmodified/><d:getcontentlength/><d:getcontenttype/><d:resourcetype/><oc:fileid/><d:displayname/></d:prop>'
const FILES = '/remote.php/dav/files/{user}/{+path}'

export default defineTools({
  id: 'nextcloud',
  name: 'Nextcloud',
  summary: 'Lists, finds, reads and writes files, shares them, and reads the calendar and contacts.',
  tools: [
    {
      name: 'nc_list_files',
      title: 'List a folder',
      description: 'Lists the files and folders in one folder with their sizes and times.',
      risk: 'read',
      input: { path: folder },
      compose: user,
      http: {
        method: 'PROPFIND',
        path: FILES,
        headers: { Depth: '1' },
        body: {
          xml: `<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">${PROPERTIES}</d:propfind>`,
        },
      },
    },
    {
      name: 'nc_search_files',
      title: 'Search files',
      description: 'Finds files and folders by part of their name.',
      risk: 'read',
      input: {
        name: text('Part of the name.', { maxLength: 200 }),
        limit: opt(integer('How many at most.', { minimum: 1, maximum: 500, default: 50 })),
      },
      compose: user,
      // RFC 5323; Nextcloud: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/search.html
      http: {
        method: 'SEARCH',
        path: '/remote.php/dav/',
        headers: { 'Content-Type': 'text/xml' },
        body: {
          xml: `<?xml version="1.0" encoding="utf-8"?><d:searchrequest xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:basicsearch><d:select>${PROPERTIES}</d:select><d:from><d:scope><d:href>/files/{user}</d:href><d:depth>infinity</d:depth></d:scope></d:from><d:where><d:like><d:prop><d:displayname/></d:prop><d:literal>%{name}%</d:literal></d:like></d:where><d:orderby/><d:limit><d:nresults>{limit}</d:nresults></d:limit></d:basicsearch></d:searchrequest>`,
        },
      },
    },
    {
      name: 'nc_read_file',
      title: 'Read a file',
      description: 'Reads the content of one file.',
      risk: 'read',
      input: { path },
      compose: user,
      http: { method: 'GET', path: FILES },
    },
    {
      name: 'nc_create_file',
      title: 'Create a file',
      description: 'Creates a file with text; one that is already there stays untouched.',
      risk: 'write',
      input: { path, content: prose('Content of the file.', 1_000_000) },
      compose: user,
      http: {
        method: 'PUT',
        path: FILES,
        headers: { 'If-None-Match': '*' },
        body: { text: '{content}', type: 'text/plain; charset=utf-8' },
      },
    },
    {
      name: 'nc_write_file',
      title: 'Overwrite a file',
      description: 'Writes text into a file in place of what is there.',
      risk: 'destructive',
      input: { path, content: prose('New content of the file.', 1_000_000) },
      compose: user,
      http: { method: 'PUT', path: FILES, body: { text: '{content}', type: 'text/plain; charset=utf-8' } },
      note: 'Where the server keeps versions, the older one can be brought back there.',
    },
    {
      name: 'nc_share_link',
      title: 'Share by link',
      description: 'Makes a link with which anybody can read a file or folder, until a day if one is given.',
      risk: 'write',
      input: { path, expire_date: opt(day('Last day on which the link works.')) },
      http: {
        method: 'POST',
        path: '/ocs/v2.php/apps/files_sharing/api/v1/shares',
        query: { format: 'json' },
        body: { form: { path: '/{path}', shareType: 3, permissions: 1, expireDate: '{expire_date}' } },
      },
    },
    {
      name: 'nc_events',
      title: 'List events',
      description: 'Lists events of a calendar within a span of time, as iCalendar.',
      risk: 'read',
      input: { calendar, start: moment('From.'), end: moment('To.') },
      compose: (input, given) => ({ ...user(input, given), ...span(input) }),
      http: {
        method: 'REPORT',
        path: '/remote.php/dav/calendars/{user}/{calendar}/',
        headers: { Depth: '1' },
        body: {
          xml: '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="{from}" end="{until}"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>',
        },
      },
    },
    {
      name: 'nc_create_event',
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
        ...user(input, given),
        uid: given.id,
        event: composeEvent(input, given),
      }),
      http: {
        method: 'PUT',
        path: '/remote.php/dav/calendars/{user}/{calendar}/{uid}.ics',
        headers: { 'If-None-Match': '*' },
        body: { text: '{event}', type: 'text/calendar; charset=utf-8' },
      },
    },
    {
      name: 'nc_contacts',
      title: 'Search contacts',
      description: 'Finds contacts by part of their name, as vCards.',
      risk: 'read',
      input: {
        name: text('Part of the name.', { maxLength: 200 }),
        address_book: opt(identifier('Name of the address book in its address.', { default: 'contacts' })),
      },
      compose: user,
      http: {
        method: 'REPORT',
        path: '/remote.php/dav/addressbooks/users/{user}/{address_book}/',
        headers: { Depth: '1' },
        body: {
          xml: '<?xml version="1.0" encoding="utf-8"?><card:addressbook-query xmlns:d="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav"><d:prop><d:getetag/><card:address-data/></d:prop><card:filter><card:prop-filter name="FN"><card:text-match collation="i;unicode-casemap" match-type="contains">{name}</card:text-match></card:prop-filter></card:filter></card:addressbook-query>',
        },
      },
    },
  ],
})

function span({ start, end }: Parameters<Compose>[0]) {
  return {
    from: basicTime(new Date(start as string)),
    until: basicTime(new Date(end as string)),
  }
}
