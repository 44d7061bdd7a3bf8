import { defineProvider } from '../define.ts'
import {
  asListed,
  describeScopes,
  google,
  googleDoubts,
  googleErrors,
  googleHosts,
  googleSetup,
  withIdentity,
} from '../families/google.ts'
import { calendarResources } from '../families/google-resources.ts'

export default defineProvider({
  ...google,
  id: 'google-calendar',
  name: 'Google Calendar',
  category: 'Calendar',
  summary: 'Read the calendars and events of one Google account, and find free time.',
  aliases: ['gcal', 'events', 'meetings', 'schedule', 'free busy'],
  hosts: googleHosts('www.googleapis.com'),
  callback: 'universal',
  env: { client_id: 'GOOGLE_CLIENT_ID', client_secret: 'GOOGLE_CLIENT_SECRET' },
  scopes: describeScopes('calendar.readonly', 'calendar.events', 'calendar'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What the guide for automation lists, and the identity of the account: it reads and changes nothing.',
      scopes: withIdentity('calendar.readonly'),
    },
    automation: asListed('As listed by the guide for automation.', 'calendar.readonly'),
    with_events: {
      label: 'Read and write events',
      note: 'What a tool that creates or moves events needs; no guide lists it.',
      scopes: withIdentity('calendar.readonly', 'calendar.events'),
    },
  },
  api: {
    base_url: 'https://www.googleapis.com/calendar/v3',
    errors: googleErrors({
      not_available: [{ status: 403, at: 'error.errors.0.reason', equals: 'notACalendarUser' }],
    }),
  },
  test_calls: [
    { label: 'Calendars', method: 'GET', path: '/users/me/calendarList?maxResults=10' },
    { label: 'Primary calendar', method: 'GET', path: '/users/me/calendarList/primary' },
    {
      label: 'Events',
      method: 'GET',
      path: '/calendars/primary/events?singleEvents=true&orderBy=startTime&maxResults=10',
    },
  ],
  setup: googleSetup({
    apis: 'the Google Calendar API',
    notes: ['Creating events needs calendar.events beside what the guide lists: pick that set.'],
  }),
  webhooks: {
    mode: 'none',
    note: 'The guides call Calendar on demand. Calendar itself can notify a channel (events.watch), to be renewed at least every seven days.',
  },
  resources: [calendarResources],
  sources: [
    '@googleapis/calendar 20 (npm), Google’s own client: the stand-in answers it (calendars and events); November 2026.',
    'emulate 0.12 (npm): calendars and events answer in the same shape; compared November 2026.',
    "Google's public reference of the Calendar API; read November 2026.",
  ],
  doubts: [
    'The guide asks for reading alone, though tools that create events are wanted elsewhere: the recommended set stays with the guide.',
    ...googleDoubts,
  ],
})
