import { at, defineProvider } from '../define.ts'
import {
  asListed,
  describeScopes,
  graphApi,
  microsoft,
  microsoftDoubts,
  microsoftSetup,
  microsoftSources,
  NO_TEAMS,
  withSignIn,
} from '../families/microsoft.ts'
import { teamResources } from '../families/microsoft-resources.ts'

export default defineProvider({
  // Personal accounts have no Teams scopes: their consent would fail.
  ...microsoft('organizations'),
  id: 'microsoft-teams',
  name: 'Microsoft Teams',
  category: 'Communication & Collaboration',
  summary:
    'List teams, channels and chats of one work or school account, and read and post messages as the person.',
  aliases: ['teams', 'ms teams', 'chat', 'channels', 'messages'],
  callback: 'universal',
  env: {
    client_id: 'TEAMS_CLIENT_ID',
    client_secret: 'TEAMS_CLIENT_SECRET',
    fallback: [{ client_id: 'MICROSOFT_CLIENT_ID', client_secret: 'MICROSOFT_CLIENT_SECRET' }],
    extra: {
      TEAMS_BOT_APP_ID: 'App id of the Azure Bot that answers mentions and direct messages.',
      TEAMS_BOT_APP_PASSWORD: 'Client secret of the bot’s registration.',
      TEAMS_BOT_TENANT_ID: 'Directory of the bot, which is single-tenant.',
    },
  },
  scopes: describeScopes(
    'Team.ReadBasic.All',
    'Channel.ReadBasic.All',
    'ChannelMessage.Send',
    'Chat.ReadWrite',
    'ChannelMessage.Read.All',
  ),
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'What people can consent to by themselves: teams, channels, posting, and their own chats.',
      scopes: withSignIn(
        'Team.ReadBasic.All',
        'Channel.ReadBasic.All',
        'ChannelMessage.Send',
        'Chat.ReadWrite',
      ),
    },
    with_admin_consent: {
      label: 'With the messages of channels',
      note: 'Reads channel messages besides. An administrator has to consent for the directory first; without that nobody can connect.',
      scopes: withSignIn(
        'Team.ReadBasic.All',
        'Channel.ReadBasic.All',
        'ChannelMessage.Read.All',
        'ChannelMessage.Send',
        'Chat.ReadWrite',
      ),
    },
    agent: asListed(
      'Agent',
      'As listed by the guide for agents. ChannelMessage.Read.All needs the consent of an administrator.',
      'Team.ReadBasic.All',
      'Channel.ReadBasic.All',
      'ChannelMessage.Read.All',
      'ChannelMessage.Send',
    ),
    automation: asListed(
      'Automation',
      'As listed by the guide for automation: it can list neither teams nor channels.',
      'Chat.ReadWrite',
      'User.Read',
      'ChannelMessage.Send',
    ),
  },
  api: graphApi(NO_TEAMS),
  capabilities: [
    {
      id: 'teams',
      label: 'Teams',
      request: { url: '/me/joinedTeams?$select=id' },
      read: ({ status, body }) => {
        const found = at(body, 'value')
        if (status === 200) return { value: `${Array.isArray(found) ? found.length : 0} joined` }
        if (at(body, 'error.message') === NO_TEAMS[0]?.equals)
          return { value: 'No licence', warning: 'This account has no licence for Teams.' }
        return undefined
      },
    },
  ],
  test_calls: [
    { label: 'Teams', method: 'GET', path: '/me/joinedTeams' },
    { label: 'Chats', method: 'GET', path: '/me/chats?$top=10' },
  ],
  setup: microsoftSetup({
    permissions:
      'Team.ReadBasic.All, Channel.ReadBasic.All, ChannelMessage.Send and Chat.ReadWrite; ChannelMessage.Read.All as well where channel messages shall be read',
    accounts: 'Accounts in any organizational directory',
    prerequisites: [
      'A work or school account with a licence for Teams: personal accounts have no Teams in Graph.',
    ],
    variables:
      'Set TEAMS_CLIENT_ID and TEAMS_CLIENT_SECRET. Where they are absent, MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET are used.',
    after: [
      'Reading channel messages: have an administrator consent, then choose the set With the messages of channels.',
    ],
    notes: [
      'People connect with organizations by default. Setting the directory to common lets personal accounts begin, and fail at the consent.',
    ],
  }),
  webhooks: {
    mode: 'app_level',
    events: ['message', 'conversationUpdate', 'messageReaction'],
    steps: [
      'In the Azure portal create an Azure Bot, type Single Tenant, with a registration of its own (new multi-tenant bots ended in July 2025).',
      'Under Configuration enter the address shown on this page as Messaging endpoint; under Channels add Microsoft Teams.',
      'Set TEAMS_BOT_APP_ID, TEAMS_BOT_APP_PASSWORD and TEAMS_BOT_TENANT_ID.',
      'Make a Teams app whose manifest names the bot (scopes team and personal), and upload it for your organization.',
    ],
    note: 'This is the way of the chat: the bot hears mentions and direct messages. A delivery carries a bearer token, a JWT (RS256) of https://api.botframework.com for the bot’s app id, whose keys are found by https://login.botframework.com/v1/.well-known/openidconfiguration; its claim serviceurl must be that of the activity. Channel messages without a mention need a subscription of Graph, to be renewed within three days.',
  },
  resources: teamResources,
  sources: [...microsoftSources],
  doubts: ['The facts about the bot were read, not tried.', ...microsoftDoubts],
})
