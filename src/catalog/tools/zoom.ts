import type { JsonObject } from '../define.ts'
import {
  choice,
  cursor,
  day,
  defineTools,
  identifier,
  integer,
  moment,
  opt,
  pageSize,
  prose,
  same,
  text,
} from '../define-tools.ts'

const paging = {
  page_size: pageSize(300),
  next_page_token: cursor('The next_page_token of the answer before.'),
}
const byToken = { by: 'cursor', input: 'next_page_token', at: 'next_page_token' } as const
const meeting = identifier('Number of the meeting.', { pattern: '^\\d+$', maxLength: 20 })
const occurrence = text('Number of the meeting, or the UUID of one time that it took place.', {
  maxLength: 100,
})

/** https://developers.zoom.us/docs/api/using-zoom-apis/#meeting-id-and-uuid: a UUID with a slash is encoded twice. */
const encodeTwice = ({ meeting: id }: JsonObject): JsonObject =>
  typeof id === 'string' && id.includes('/') ? { meeting: encodeURIComponent(id) } : {}

export default defineTools({
  id: 'zoom',
  name: 'Zoom',
  summary: 'Reads meetings, who took part, and cloud recordings, and schedules meetings.',
  tools: [
    {
      name: 'zoom_list_meetings',
      title: 'List meetings',
      description: 'Lists meetings of the connected person: scheduled, upcoming, or past.',
      risk: 'read',
      scopes: [['meeting:read:list_meetings']],
      input: {
        type: opt(
          choice('Which ones.', ['scheduled', 'live', 'upcoming', 'previous_meetings'], {
            default: 'scheduled',
          }),
        ),
        from: opt(day('From this day.')),
        to: opt(day('To this day.')),
        ...paging,
      },
      http: {
        method: 'GET',
        path: '/users/me/meetings',
        query: same('type', 'from', 'to', 'page_size', 'next_page_token'),
      },
      pagination: byToken,
    },
    {
      name: 'zoom_get_meeting',
      title: 'Read a meeting',
      description: 'Reads one meeting: topic, time, agenda, settings and the address to join.',
      risk: 'read',
      scopes: [['meeting:read:meeting']],
      input: { meeting },
      http: { method: 'GET', path: '/meetings/{meeting}' },
    },
    {
      name: 'zoom_past_meeting',
      title: 'Read a past meeting',
      description: 'Tells when a meeting took place, how long it was and how many took part.',
      risk: 'read',
      scopes: [['meeting:read:past_meeting']],
      input: { meeting: occurrence },
      compose: encodeTwice,
      http: { method: 'GET', path: '/past_meetings/{meeting}' },
    },
    {
      name: 'zoom_past_participants',
      title: 'List who took part',
      description: 'Lists the people who took part in a past meeting.',
      risk: 'read',
      scopes: [['meeting:read:list_past_participants']],
      input: { meeting: occurrence, ...paging },
      compose: encodeTwice,
      http: {
        method: 'GET',
        path: '/past_meetings/{meeting}/participants',
        query: same('page_size', 'next_page_token'),
      },
      pagination: byToken,
      note: 'Needs a paid plan.',
    },
    {
      name: 'zoom_list_recordings',
      title: 'List cloud recordings',
      description: 'Lists cloud recordings of the connected person within a month.',
      risk: 'read',
      scopes: [['cloud_recording:read:list_user_recordings']],
      input: {
        from: opt(day('From this day.')),
        to: opt(day('To this day, at most a month later.')),
        ...paging,
      },
      http: {
        method: 'GET',
        path: '/users/me/recordings',
        query: same('from', 'to', 'page_size', 'next_page_token'),
      },
      pagination: byToken,
      note: 'Needs a paid plan with cloud recording.',
    },
    {
      name: 'zoom_get_recording',
      title: 'Read a recording',
      description: 'Reads the files of one recording: kinds, lengths and addresses.',
      risk: 'read',
      scopes: [['cloud_recording:read:recording'], ['cloud_recording:read:list_recording_files']],
      input: { meeting: occurrence },
      compose: encodeTwice,
      http: { method: 'GET', path: '/meetings/{meeting}/recordings' },
    },
    {
      name: 'zoom_create_meeting',
      title: 'Schedule a meeting',
      description: 'Schedules a meeting and returns the address to join.',
      risk: 'write',
      scopes: [['meeting:write:meeting']],
      input: {
        topic: text('Topic.', { maxLength: 200 }),
        start_time: moment('When it begins.'),
        duration: integer('Minutes.', { minimum: 1, maximum: 1440 }),
        timezone: opt(text('IANA time zone, for example Europe/Lisbon.', { maxLength: 60 })),
        agenda: opt(prose('What it is about.', 2000)),
      },
      http: {
        method: 'POST',
        path: '/users/me/meetings',
        body: { json: { type: 2, ...same('topic', 'start_time', 'duration', 'timezone', 'agenda') } },
      },
    },
    {
      name: 'zoom_me',
      title: 'Read the profile',
      description: 'Reads the connected person’s name, address and plan.',
      risk: 'read',
      scopes: [['user:read:user']],
      http: { method: 'GET', path: '/users/me' },
    },
  ],
})
