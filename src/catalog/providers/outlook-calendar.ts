import { defineProvider } from '../define.ts'
import {
  asListed,
  describeScopes,
  graphApi,
  graphNotifications,
  microsoft,
  microsoftDoubts,
  microsoftSetup,
  microsoftSources,
  NO_MAILBOX,
  withSignIn,
} from '../families/microsoft.ts'
import { calendarResources } from '../families/microsoft-resources.ts'

export default defineProvider({
  ...microsoft('common'),
  id: 'outlook-calendar',
  name: 'Outlook Calendar',
  category: 'Calendar',
  summary: 'Read and write the calendars and events of one Microsoft account.',
  aliases: ['exchange calendar', 'office 365 calendar', 'events', 'meetings', 'schedule'],
  callback: 'universal',
  env: { client_id: 'MICROSOFT_CLIENT_ID', client_secret: 'MICROSOFT_CLIENT_SECRET' },
  scopes: describeScopes('Calendars.ReadWrite', 'Calendars.Read'),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What both guides list, and what every connection needs.',
      scopes: withSignIn('Calendars.ReadWrite'),
    },
    agent: asListed('Agent', 'As listed by the guide for agents.', 'Calendars.ReadWrite'),
    automation: asListed('Automation', 'As listed by the guide for automation.', 'Calendars.ReadWrite'),
    read_only: {
      label: 'Read only',
      note: 'Reads calendars and changes nothing.',
      scopes: withSignIn('Calendars.Read'),
    },
  },
  api: graphApi(NO_MAILBOX),
  test_calls: [
    { label: 'Calendars', method: 'GET', path: '/me/calendars?$top=10' },
    {
      label: 'Events',
      method: 'GET',
      path: '/me/events?$select=subject,start,end,organizer&$orderby=start/dateTime%20desc&$top=10',
    },
  ],
  setup: microsoftSetup({ permissions: 'Calendars.ReadWrite' }),
  webhooks: graphNotifications('events', 'seven days'),
  resources: [calendarResources],
  sources: [...microsoftSources],
  doubts: [...microsoftDoubts],
})
