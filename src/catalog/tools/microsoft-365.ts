import type { Json } from '../define.ts'
import {
  choice,
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

const with365 = (single: string) => ({ 'microsoft-365': {}, [single]: {} })
const MAIL = with365('outlook')
const CALENDAR = with365('outlook-calendar')
const CONTACTS = with365('outlook-contacts')
const FILES = with365('onedrive')
const TEAMS = with365('microsoft-teams')
const either = (...scopes: string[]) => scopes.map((scope) => [scope])
/** Graph names the address of the next page whole. */
const byUrl = { by: 'url', at: '@odata.nextLink' } as const
const addresses = (value: Json | undefined): Json | undefined =>
  Array.isArray(value) ? value.map((address) => ({ emailAddress: { address } })) : undefined
/** A quote would end the words that are searched for. */
const quoted = (value: Json | undefined) =>
  typeof value === 'string' ? { search: `"${value.replaceAll(/["\\]/g, ' ')}"` } : {}
const given = <T extends Json>(name: string, value: T | undefined) =>
  value === undefined ? {} : { [name]: value }
const timeZone = opt(
  text('Time zone of start and end, for example UTC or Europe/Lisbon.', { maxLength: 60, default: 'UTC' }),
)
/** Graph takes the time of day and its zone apart. */
const wallTime = (description: string) =>
  text(description, { pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?$', maxLength: 19 })

export default defineTools({
  id: 'microsoft-365',
  name: 'Microsoft 365',
  summary:
    'Reads and sends mail, keeps the calendar and contacts, finds files, and reads and posts in Teams.',
  tools: [
    {
      name: 'outlook_mail_list',
      title: 'List or search mail',
      description: 'Lists messages, the newest first, or finds those with words in them.',
      risk: 'read',
      served_by: MAIL,
      scopes: either('Mail.Read', 'Mail.ReadWrite'),
      input: {
        search: opt(text('Words to look for; without it the newest are listed.', { maxLength: 500 })),
        top: pageSize(1000, 25),
      },
      compose: ({ search }) => (search === undefined ? { order: 'receivedDateTime desc' } : quoted(search)),
      http: {
        method: 'GET',
        path: '/me/messages',
        query: {
          $search: '{search}',
          $orderby: '{order}',
          $select: 'id,subject,from,toRecipients,receivedDateTime,bodyPreview,isRead',
          $top: '{top}',
        },
      },
      pagination: byUrl,
    },
    {
      name: 'outlook_mail_get',
      title: 'Read a message',
      description: 'Reads one message with its text.',
      risk: 'read',
      served_by: MAIL,
      scopes: either('Mail.Read', 'Mail.ReadWrite'),
      input: { id: identifier('Id of the message.') },
      http: {
        method: 'GET',
        path: '/me/messages/{id}',
        headers: { Prefer: 'outlook.body-content-type="text"' },
      },
    },
    {
      name: 'outlook_mail_send',
      title: 'Send mail',
      description: 'Sends a message from the connected account.',
      risk: 'write',
      served_by: MAIL,
      scopes: [['Mail.Send']],
      input: {
        to: list('Addresses of the recipients.', email('')),
        cc: opt(list('Addresses that get a copy.', email(''))),
        subject: text('Subject.', { maxLength: 255 }),
        body: prose('The message.', 500_000),
        format: opt(choice('Form of the message.', ['Text', 'HTML'], { default: 'Text' })),
        save: opt(yesNo('Keep it among the sent ones.', { default: true })),
      },
      compose: ({ to, cc }) => ({ ...given('recipients', addresses(to)), ...given('copies', addresses(cc)) }),
      http: {
        method: 'POST',
        path: '/me/sendMail',
        body: {
          json: {
            message: {
              subject: '{subject}',
              body: { contentType: '{format}', content: '{body}' },
              toRecipients: '{recipients}',
              ccRecipients: '{copies}',
            },
            saveToSentItems: '{save}',
          },
        },
      },
    },
    {
      name: 'outlook_calendar_view',
      title: 'List events',
      description: 'Lists the events of the calendar within a span of time, recurring ones one by one.',
      risk: 'read',
      served_by: CALENDAR,
      scopes: either('Calendars.Read', 'Calendars.ReadWrite'),
      input: { start: moment('From.'), end: moment('To.'), top: pageSize(1000, 50) },
      http: {
        method: 'GET',
        path: '/me/calendarView',
        query: {
          startDateTime: '{start}',
          endDateTime: '{end}',
          $select: 'id,subject,start,end,organizer,attendees,location,isOnlineMeeting,webLink',
          $top: '{top}',
        },
        headers: { Prefer: 'outlook.timezone="UTC"' },
      },
      pagination: byUrl,
    },
    {
      name: 'outlook_calendar_create_event',
      title: 'Create an event',
      description: 'Puts an event into the calendar and invites people to it if asked.',
      risk: 'write',
      served_by: CALENDAR,
      scopes: [['Calendars.ReadWrite']],
      input: {
        subject: text('Title of the event.', { maxLength: 255 }),
        start: wallTime('When it begins, without an offset: 2026-11-30T09:00.'),
        end: wallTime('When it ends.'),
        time_zone: timeZone,
        body: opt(prose('Notes, as plain text.')),
        location: opt(text('Where.', { maxLength: 255 })),
        attendees: opt(list('Addresses of the people to invite.', email(''))),
        online: opt(yesNo('With an online meeting.')),
      },
      compose: ({ attendees }) => given('invited', addresses(attendees)),
      http: {
        method: 'POST',
        path: '/me/events',
        body: {
          json: {
            subject: '{subject}',
            start: { dateTime: '{start}', timeZone: '{time_zone}' },
            end: { dateTime: '{end}', timeZone: '{time_zone}' },
            body: { contentType: 'Text', content: '{body}' },
            location: { displayName: '{location}' },
            attendees: '{invited}',
            isOnlineMeeting: '{online}',
          },
        },
      },
    },
    {
      name: 'outlook_contacts_list',
      title: 'List or search contacts',
      description: 'Lists contacts, or finds those with words in their name or address.',
      risk: 'read',
      served_by: CONTACTS,
      scopes: either('Contacts.Read', 'Contacts.ReadWrite'),
      input: { search: opt(text('Words to look for.', { maxLength: 200 })), top: pageSize(1000, 50) },
      compose: ({ search }) => quoted(search),
      http: {
        method: 'GET',
        path: '/me/contacts',
        query: {
          $search: '{search}',
          $select: 'id,displayName,emailAddresses,companyName,mobilePhone',
          $top: '{top}',
        },
      },
      pagination: byUrl,
    },
    {
      name: 'outlook_contacts_create',
      title: 'Create a contact',
      description: 'Creates a contact.',
      risk: 'write',
      served_by: CONTACTS,
      scopes: [['Contacts.ReadWrite']],
      input: {
        given_name: text('First name.', { maxLength: 255 }),
        surname: opt(text('Last name.', { maxLength: 255 })),
        email: opt(email('Address.')),
        company: opt(text('Company.', { maxLength: 255 })),
        phone: opt(text('Mobile number.', { maxLength: 64 })),
      },
      compose: ({ email: address }) => (address === undefined ? {} : { all: [{ address }] }),
      http: {
        method: 'POST',
        path: '/me/contacts',
        body: {
          json: {
            givenName: '{given_name}',
            surname: '{surname}',
            emailAddresses: '{all}',
            companyName: '{company}',
            mobilePhone: '{phone}',
          },
        },
      },
    },
    {
      name: 'onedrive_search',
      title: 'Search files',
      description: 'Finds files in OneDrive by words in their names and contents.',
      risk: 'read',
      served_by: FILES,
      scopes: either('Files.Read.All', 'Files.ReadWrite.All'),
      input: { text: text('Words to look for.', { maxLength: 200 }), top: pageSize(200, 25) },
      // OData doubles a quote inside a text: https://docs.oasis-open.org/odata/odata/v4.01/.
      compose: ({ text: words }) => ({ words: (words as string).replaceAll("'", "''") }),
      http: {
        method: 'GET',
        path: "/me/drive/root/search(q='{words}')",
        query: { $select: 'id,name,size,webUrl,lastModifiedDateTime', $top: '{top}' },
      },
      pagination: byUrl,
    },
    {
      name: 'teams_list',
      title: 'List teams',
      description: 'Lists the teams that the connected person belongs to.',
      risk: 'read',
      served_by: TEAMS,
      scopes: [['Team.ReadBasic.All']],
      http: { method: 'GET', path: '/me/joinedTeams' },
      pagination: byUrl,
    },
    {
      name: 'teams_channels',
      title: 'List channels of a team',
      description: 'Lists the channels of one team.',
      risk: 'read',
      served_by: TEAMS,
      scopes: [['Channel.ReadBasic.All']],
      input: { team_id: identifier('Id of the team.') },
      http: { method: 'GET', path: '/teams/{team_id}/channels' },
      pagination: byUrl,
    },
    {
      name: 'teams_messages',
      title: 'Read messages of a channel',
      description: 'Reads the latest messages of one channel.',
      risk: 'read',
      served_by: TEAMS,
      scopes: [['ChannelMessage.Read.All']],
      input: {
        team_id: identifier('Id of the team.'),
        channel_id: identifier('Id of the channel.'),
        top: pageSize(50, 20),
      },
      http: {
        method: 'GET',
        path: '/teams/{team_id}/channels/{channel_id}/messages',
        query: { $top: '{top}' },
      },
      pagination: byUrl,
      note: 'Needs the consent of an administrator of the tenant.',
    },
    {
      name: 'teams_send',
      title: 'Post to a channel',
      description: 'Posts a message to a channel as the connected person.',
      risk: 'write',
      served_by: TEAMS,
      scopes: [['ChannelMessage.Send']],
      input: {
        team_id: identifier('Id of the team.'),
        channel_id: identifier('Id of the channel.'),
        content: prose('Text of the message.', 28_000),
        format: opt(choice('Form of the text.', ['text', 'html'], { default: 'text' })),
      },
      http: {
        method: 'POST',
        path: '/teams/{team_id}/channels/{channel_id}/messages',
        body: { json: { body: { contentType: '{format}', ...same('content') } } },
      },
    },
  ],
})
