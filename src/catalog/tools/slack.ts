import {
  choice,
  cursor,
  defineTools,
  email,
  identifier,
  integer,
  list,
  object,
  opt,
  pageSize,
  prose,
  same,
  text,
  yesNo,
} from '../define-tools.ts'

const channel = identifier('Id of the channel, for example C0123456789.', { maxLength: 30 })
const ts = (description: string) => text(description, { pattern: '^\\d+(\\.\\d+)?$', maxLength: 30 })
const more = { cursor: cursor() }
const byCursor = { by: 'cursor', input: 'cursor', at: 'response_metadata.next_cursor' } as const
/** Which one is needed follows from the kind of the conversation: any of them makes the tool worth offering. */
const history = [['channels:history'], ['groups:history'], ['im:history'], ['mpim:history']]

export default defineTools({
  id: 'slack',
  name: 'Slack',
  summary: 'Reads channels and threads, searches messages, posts and reacts in a workspace.',
  tools: [
    {
      name: 'slack_list_channels',
      title: 'List channels',
      description:
        'Lists the channels of the workspace that the app can see, with their ids, topics and sizes.',
      risk: 'read',
      scopes: [['channels:read', 'groups:read'], ['channels:read']],
      input: {
        types: opt(
          list('Which kinds.', choice('', ['public_channel', 'private_channel']), {
            maxItems: 2,
            default: ['public_channel'],
          }),
        ),
        exclude_archived: opt(yesNo('Leave archived ones out.', { default: true })),
        limit: pageSize(999, 200),
        ...more,
      },
      http: {
        method: 'GET',
        path: '/conversations.list',
        query: { types: '{types|,}', ...same('exclude_archived', 'limit', 'cursor') },
      },
      pagination: byCursor,
    },
    {
      name: 'slack_history',
      title: 'Read messages of a channel',
      description: 'Reads messages of one channel or direct message, newest first, within a span of time.',
      risk: 'read',
      scopes: history,
      input: {
        channel,
        oldest: opt(ts('Not before this time, in epoch seconds.')),
        latest: opt(ts('Not after this time, in epoch seconds.')),
        limit: pageSize(999, 15),
        ...more,
      },
      http: {
        method: 'GET',
        path: '/conversations.history',
        query: same('channel', 'oldest', 'latest', 'limit', 'cursor'),
      },
      pagination: byCursor,
      note: 'Apps that are sold outside of Slack’s Marketplace get 15 messages a minute; apps of the workspace’s own do not have that limit.',
    },
    {
      name: 'slack_replies',
      title: 'Read a thread',
      description: 'Reads one thread: the message that began it, and every reply.',
      risk: 'read',
      scopes: history,
      input: {
        channel,
        ts: ts('Timestamp of the message that began the thread.'),
        limit: pageSize(999, 15),
        ...more,
      },
      http: {
        method: 'GET',
        path: '/conversations.replies',
        query: same('channel', 'ts', 'limit', 'cursor'),
      },
      pagination: byCursor,
    },
    {
      name: 'slack_post_message',
      title: 'Post a message',
      description: 'Posts a message to a channel, or into a thread, as the app.',
      risk: 'write',
      scopes: [['chat:write']],
      input: {
        channel,
        text: prose('Text of the message, in Slack’s mrkdwn; also what a notification shows.', 40_000),
        thread_ts: opt(ts('Timestamp of the message to reply to.')),
        blocks: opt(list('Blocks of Slack’s Block Kit.', object(''), { maxItems: 50 })),
        unfurl_links: opt(yesNo('Show previews of links.')),
      },
      http: {
        method: 'POST',
        path: '/chat.postMessage',
        body: { json: same('channel', 'text', 'thread_ts', 'blocks', 'unfurl_links') },
      },
      note: 'The app has to be in the channel: join a public one, or have a member type /invite in a private one.',
    },
    {
      name: 'slack_search',
      title: 'Search messages',
      description: 'Searches the messages that the connected person can see, with Slack’s search words.',
      risk: 'read',
      scopes: [['search:read']],
      input: {
        query: text('What to search for, for example "release in:#general from:@ada".', { maxLength: 500 }),
        sort: opt(choice('Best match, or newest.', ['score', 'timestamp'])),
        count: pageSize(100, 20),
        page: opt(integer('Which page, from 1.', { minimum: 1, maximum: 100, default: 1 })),
      },
      http: {
        method: 'GET',
        path: '/search.messages',
        query: same('query', 'sort', 'count', 'page'),
        token: 'user',
      },
      pagination: { by: 'page', input: 'page', more_at: 'messages.paging.pages' },
    },
    {
      name: 'slack_add_reaction',
      title: 'Add a reaction',
      description: 'Adds an emoji reaction of the app to a message.',
      risk: 'write',
      idempotency: 'idempotent',
      scopes: [['reactions:write']],
      input: {
        channel,
        timestamp: ts('Timestamp of the message.'),
        name: text('Name of the emoji without colons, for example eyes.', {
          maxLength: 100,
          pattern: "^[\\w+'-]+(::skin-tone-[2-6])?$",
        }),
      },
      http: {
        method: 'POST',
        path: '/reactions.add',
        body: { json: same('channel', 'timestamp', 'name') },
      },
    },
    {
      name: 'slack_get_reactions',
      title: 'Read reactions',
      description: 'Reads who reacted to a message, and how.',
      risk: 'read',
      scopes: [['reactions:read']],
      input: { channel, timestamp: ts('Timestamp of the message.') },
      http: { method: 'GET', path: '/reactions.get', query: { ...same('channel', 'timestamp'), full: true } },
    },
    {
      name: 'slack_list_users',
      title: 'List people',
      description:
        'Lists the people of the workspace with their ids and names, and addresses where permitted.',
      risk: 'read',
      scopes: [['users:read']],
      input: { limit: pageSize(200), ...more },
      http: { method: 'GET', path: '/users.list', query: same('limit', 'cursor') },
      pagination: byCursor,
    },
    {
      name: 'slack_user_by_email',
      title: 'Find a person by e-mail',
      description: 'Finds the member of the workspace who has an e-mail address.',
      risk: 'read',
      scopes: [['users:read.email']],
      input: { email: email('The address to look for.') },
      http: { method: 'GET', path: '/users.lookupByEmail', query: same('email') },
    },
    {
      name: 'slack_join',
      title: 'Join a public channel',
      description: 'Lets the app join a public channel, so that it can read and post there.',
      risk: 'write',
      idempotency: 'idempotent',
      scopes: [['channels:join']],
      input: { channel },
      http: { method: 'POST', path: '/conversations.join', body: { json: same('channel') } },
    },
    {
      name: 'slack_team_info',
      title: 'Read the workspace',
      description: 'Reads the name, address and icon of the workspace.',
      risk: 'read',
      scopes: [['team:read']],
      http: { method: 'GET', path: '/team.info' },
    },
  ],
})
