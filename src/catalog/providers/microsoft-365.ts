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
  NO_DRIVE,
  NO_MAILBOX,
  NO_TEAMS,
  withSignIn,
} from '../families/microsoft.ts'
import { calendarResources, folderResources, teamResources } from '../families/microsoft-resources.ts'

/** As the guide lists them. */
const DOCUMENTED = [
  'Mail.Read',
  'Mail.Send',
  'Calendars.ReadWrite',
  'Contacts.Read',
  'Contacts.ReadWrite',
  'Files.Read.All',
  'Team.ReadBasic.All',
  'Channel.ReadBasic.All',
  'ChannelMessage.Read.All',
  'ChannelMessage.Send',
] as const

const ADMIN_ONLY = 'ChannelMessage.Read.All'

export default defineProvider({
  // The list asks for Teams, which personal accounts do not have.
  ...microsoft('organizations'),
  id: 'microsoft-365',
  name: 'Microsoft 365',
  category: 'Productivity suites',
  summary:
    'Outlook mail, calendar and contacts, OneDrive and Teams of one Microsoft account, in one connection.',
  aliases: ['office 365', 'o365', 'm365', 'outlook', 'onedrive', 'teams', 'exchange'],
  includes: ['outlook', 'outlook-calendar', 'outlook-contacts', 'onedrive', 'microsoft-teams'],
  callback: 'native',
  env: { client_id: 'MICROSOFT_CLIENT_ID', client_secret: 'MICROSOFT_CLIENT_SECRET' },
  scopes: describeScopes('openid', 'profile', 'email', ...DOCUMENTED),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What the guide for agents lists, without the one scope that only an administrator can allow.',
      scopes: withSignIn('openid', 'profile', 'email', ...DOCUMENTED.filter((name) => name !== ADMIN_ONLY)),
    },
    with_admin_consent: {
      label: 'With the messages of channels',
      note: 'Reads channel messages besides. An administrator has to consent for the directory first; without that nobody can connect.',
      scopes: withSignIn('openid', 'profile', 'email', ...DOCUMENTED),
    },
    agent: asListed(
      'Agent',
      'As listed by the guide for agents. ChannelMessage.Read.All needs the consent of an administrator.',
      ...DOCUMENTED,
    ),
    without_teams: {
      label: 'Without Teams',
      note: 'Works for personal accounts as well: set the directory to common.',
      scopes: withSignIn(
        'openid',
        'profile',
        'email',
        'Mail.Read',
        'Mail.Send',
        'Calendars.ReadWrite',
        'Contacts.ReadWrite',
        'Files.Read.All',
      ),
    },
  },
  api: graphApi([...NO_MAILBOX, ...NO_DRIVE, ...NO_TEAMS]),
  test_calls: [
    {
      label: 'Newest messages',
      method: 'GET',
      path: '/me/messages?$select=subject,from,receivedDateTime&$top=10',
    },
    { label: 'Events', method: 'GET', path: '/me/events?$select=subject,start,end&$top=10' },
    { label: 'Files at the top', method: 'GET', path: '/me/drive/root/children?$top=10' },
    { label: 'Teams', method: 'GET', path: '/me/joinedTeams' },
  ],
  setup: microsoftSetup({
    permissions: `openid, profile, email, ${DOCUMENTED.filter((name) => name !== ADMIN_ONLY).join(', ')}`,
    accounts: 'Accounts in any organizational directory',
    prerequisites: ['Licences for Exchange Online, OneDrive and Teams, as far as they shall be used.'],
    notes: [
      'The guide leaves out offline_access and User.Read, without which a connection would last one hour and have no name: they are added.',
      'ChannelMessage.Read.All is kept out of the recommended list: with it, people of a directory whose administrator has not consented could not connect at all.',
      'Personal accounts have no Teams: for them choose the set Without Teams and set the directory to common.',
    ],
  }),
  webhooks: graphNotifications('mail, events, contacts, drives and channels', 'three to 29 days'),
  resources: [...teamResources, calendarResources, folderResources(['Files.Read.All'])],
  sources: [...microsoftSources],
  doubts: ['No guide names a callback for this bundle; it has the native one.', ...microsoftDoubts],
})
