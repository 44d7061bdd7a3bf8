import { defineProvider, type Json, type JsonObject, readText } from '../define.ts'
import type { Paging, ResourceFields } from '../resource-kinds.ts'

const CHANNEL_PAGES: Paging = {
  by: 'cursor',
  at: 'response_metadata.next_cursor',
  parameter: 'cursor',
  size: { parameter: 'limit', value: 200 },
}
const CHANNEL: ResourceFields = {
  id: 'id',
  name: 'name',
  description: ['purpose.value', 'topic.value'],
  private: 'is_private',
  archived: 'is_archived',
  member: 'is_member',
}

export default defineProvider({
  id: 'slack',
  name: 'Slack',
  category: 'Communication & Collaboration',
  summary: 'Read channels, post messages, react, and search a workspace.',
  aliases: ['chat', 'channels', 'messages', 'bot'],
  advice: {
    needs: [
      'A Slack workspace where you may install apps; otherwise an administrator of it approves the request.',
      'If you are in several workspaces: choose the right one at the top of Slack’s page.',
    ],
    limits: ['Private channels are seen only once the bot was invited to them.'],
    best: [
      'Invite the bot to the channels your work is about, such as those of projects, stand-ups and incidents; leave social ones out.',
    ],
  },
  family: 'slack',
  hosts: ['slack.com', 'files.slack.com'],
  callback: 'native',
  env: {
    client_id: 'SLACK_CLIENT_ID',
    client_secret: 'SLACK_CLIENT_SECRET',
    extra: { SLACK_SIGNING_SECRET: 'Checks the signature of the events Slack sends.' },
  },
  auth: [
    {
      kind: 'oauth2',
      label: 'Add to Slack',
      authorization_endpoint: 'https://slack.com/oauth/v2/authorize',
      token_endpoint: 'https://slack.com/api/oauth.v2.access',
      token_endpoint_auth_method: 'client_secret_post',
      pkce: {
        off: 'Slack takes a challenge only from apps switched to PKCE, which makes the app a public client for good and ends its refresh tokens after 30 days; checked 2026-11.',
      },
      scope_separator: ',',
      scope_params: { user: 'user_scope' },
      normaliseTokenAnswer: readFailureInsideOk,
      extra_tokens: { user: 'authed_user' },
      refresh: {
        rotates: 'always',
        dead: ['invalid_refresh_token', 'token_revoked', 'token_expired', 'account_inactive', 'invalid_auth'],
        note: 'Tokens expire only where token rotation is on for the app: then after 12 hours, the bot and the user token each with a refresh token of its own. Otherwise they do not expire and no refresh token comes.',
      },
    },
    {
      kind: 'bot_token',
      label: 'Bot token',
      fields: [
        {
          name: 'token',
          label: 'Bot user OAuth token',
          pattern: '^xoxb-[A-Za-z0-9-]{20,250}$',
          example: 'xoxb-1234567890-1234567890123-AbCd...',
          required: true,
          secret: true,
          mismatch:
            'A bot token begins with xoxb-. Tokens that begin with xoxp-, xapp- or xoxe are not bot tokens.',
        },
      ],
      authorization: { scheme: 'bearer' },
      instructions: [
        'Open https://api.slack.com/apps and choose the app, or create one from scratch.',
        'Under OAuth & Permissions add the bot scopes it needs, and install the app to the workspace.',
        'Copy the Bot User OAuth Token and paste it here. Leave token rotation off: a pasted token cannot be refreshed.',
      ],
    },
  ],
  scopes: {
    'app_mentions:read': { why: 'Hears when the bot is mentioned.', access: 'read' },
    'channels:history': { why: 'Reads messages in the public channels the bot is in.', access: 'read' },
    'channels:join': { why: 'Joins the public channels that were selected.', access: 'write' },
    'channels:read': { why: 'Lists public channels and their members.', access: 'read' },
    'chat:write': { why: 'Posts messages as the bot.', access: 'write' },
    'groups:history': {
      why: 'Reads messages in the private channels the bot was invited to.',
      access: 'read',
    },
    'groups:read': { why: 'Lists the private channels the bot was invited to.', access: 'read' },
    'im:history': { why: 'Reads direct messages sent to the bot.', access: 'read' },
    'im:read': { why: 'Lists the direct messages of the bot.', access: 'read' },
    'mpim:history': { why: 'Reads the group direct messages the bot is in.', access: 'read' },
    'mpim:read': { why: 'Lists the group direct messages the bot is in.', access: 'read' },
    'reactions:read': { why: 'Reads reactions to messages.', access: 'read' },
    'reactions:write': { why: 'Adds and removes reactions of the bot.', access: 'write' },
    'search:read': {
      why: 'Searches what the person who connects can see; Slack offers search to people only, not to bots.',
      access: 'read',
      token: 'user',
    },
    'team:read': { why: 'Reads the name and icon of the workspace.', access: 'read' },
    'users:read': { why: 'Lists the people of the workspace.', access: 'read' },
    'users:read.email': { why: 'Reads e-mail addresses, to match people across tools.', access: 'read' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Everything the tools use: the three lists below together.',
      scopes: [
        'app_mentions:read',
        'channels:history',
        'channels:join',
        'channels:read',
        'chat:write',
        'groups:history',
        'groups:read',
        'im:history',
        'im:read',
        'mpim:history',
        'mpim:read',
        'reactions:read',
        'reactions:write',
        'team:read',
        'users:read',
        'users:read.email',
        'search:read',
      ],
    },
    agent: {
      label: 'Agent',
      note: 'As listed by the guide for agents: thirteen bot scopes and one user scope for search.',
      scopes: [
        'channels:history',
        'channels:read',
        'chat:write',
        'groups:history',
        'groups:read',
        'im:history',
        'mpim:history',
        'reactions:read',
        'reactions:write',
        'users:read',
        'users:read.email',
        'app_mentions:read',
        'team:read',
        'search:read',
      ],
    },
    insights: {
      label: 'Insights',
      note: 'As listed by the guide for metadata syncs; chat:write posts notifications.',
      scopes: [
        'channels:read',
        'channels:history',
        'channels:join',
        'groups:read',
        'groups:history',
        'users:read',
        'users:read.email',
        'chat:write',
        'team:read',
      ],
    },
    messaging: {
      label: 'Messaging',
      note: 'As listed by the guide for automation: lists conversations and posts.',
      scopes: ['channels:read', 'chat:write', 'groups:read', 'im:read', 'mpim:read'],
    },
  },
  api: {
    base_url: 'https://slack.com/api',
    // https://docs.slack.dev/apis/web-api/#responses: a failure is 200 with `ok: false`.
    errors: {
      unauthorized: [
        {
          at: 'error',
          equals: [
            'invalid_auth',
            'not_authed',
            'account_inactive',
            'token_revoked',
            'token_expired',
            'org_login_required',
          ],
        },
      ],
      forbidden: [
        {
          at: 'error',
          equals: [
            'missing_scope',
            'no_permission',
            'not_allowed_token_type',
            'access_denied',
            'ekm_access_denied',
            'restricted_action',
            'not_in_channel',
            'team_access_not_granted',
          ],
        },
      ],
      rate_limited: [{ at: 'error', equals: ['ratelimited', 'rate_limited'] }],
      not_available: [{ at: 'error', equals: ['paid_teams_only', 'feature_not_enabled'] }],
      failed: [{ at: 'ok', equals: false }],
    },
  },
  verify: { method: 'POST', url: '/auth.test' },
  account: ({ body }) => {
    // An app installed for a whole Enterprise organization belongs to no single workspace.
    const wholeOrganization = body['is_enterprise_install'] === true
    return {
      id: readText(body, wholeOrganization ? 'enterprise_id' : 'team_id') ?? '',
      label: readText(body, 'team') ?? '',
    }
  },
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/auth.test' },
    {
      label: 'Channels',
      method: 'GET',
      path: '/conversations.list?types=public_channel&exclude_archived=true&limit=20',
    },
    { label: 'People', method: 'GET', path: '/users.list?limit=20' },
    { label: 'Workspace', method: 'GET', path: '/team.info' },
  ],
  setup: {
    console_url: 'https://api.slack.com/apps',
    prerequisites: [
      'A Slack workspace where you may install apps, or an administrator who approves it.',
      'For a hub that others reach: an https address, since Slack refuses plain http outside of localhost.',
    ],
    steps: [
      'Open https://api.slack.com/apps, choose Create New App, From scratch, and pick a workspace to develop in.',
      'Open OAuth & Permissions. Under Redirect URLs add the redirect URI shown on this page, and save.',
      'Under Scopes add the Bot Token Scopes shown on this page, and under User Token Scopes add search:read.',
      'Under App Home give the bot a display name, or the installation fails.',
      'Leave PKCE off (it cannot be undone). Token rotation may be on or off; the hub handles both.',
      'Open Basic Information and copy the Client ID, the Client Secret and the Signing Secret.',
      'Set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET.',
    ],
    after: [
      'Invite the bot to each private channel it should see: type /invite and its name in the channel.',
      'Public channels are joined by the hub when they are selected.',
    ],
    notes: [
      'Connecting again adds scopes; Slack takes scopes away only when the app is removed from the workspace.',
      'The bot token belongs to the workspace: everyone who connects the same workspace shares it.',
      'Apps that are distributed commercially outside of the Marketplace read one page of 15 messages a minute; an app used only in your own workspace does not have that limit.',
    ],
    revoke: {
      url: 'https://slack.com/apps/manage',
      steps: [
        'In Slack open the workspace menu, Tools & settings, Manage apps.',
        'Choose the app by its name and open Configuration.',
        'Choose Remove app, and confirm. This ends every connection to that workspace.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    each_token: true,
    request: {
      method: 'POST',
      url: 'https://slack.com/api/auth.revoke',
      authorization: 'token',
      gone: [{ at: 'error', equals: ['token_revoked', 'invalid_auth', 'account_inactive', 'token_expired'] }],
    },
  },
  resources: [
    {
      id: 'channel',
      one: 'channel',
      many: 'channels',
      hint: 'Select channels that belong to the work: those of a project, a stand-up, an incident. Leave social channels out.',
      lists: [
        {
          label: 'Public channels',
          needs: ['channels:read'],
          request: {
            method: 'POST',
            url: '/conversations.list',
            form: { types: 'public_channel', exclude_archived: 'true' },
          },
          items: 'channels',
          pages: CHANNEL_PAGES,
          fields: CHANNEL,
        },
        {
          label: 'Private channels',
          needs: ['groups:read'],
          request: {
            method: 'POST',
            url: '/conversations.list',
            form: { types: 'private_channel', exclude_archived: 'true' },
          },
          items: 'channels',
          pages: CHANNEL_PAGES,
          fields: CHANNEL,
        },
      ],
      membership: {
        join: {
          needs: ['channels:join'],
          request: { method: 'POST', url: '/conversations.join', form: { channel: '{id}' } },
        },
        invite: { command: '/invite @{bot}', where: 'Type this in the private channel, in Slack.' },
        check: {
          request: { method: 'POST', url: '/conversations.info', form: { channel: '{id}' } },
          at: 'channel.is_member',
          // A private channel that the bot is not in does not exist, as far as Slack tells a bot.
          absent: [{ at: 'error', equals: ['channel_not_found', 'not_in_channel'] }],
        },
        bot: { request: { method: 'POST', url: '/auth.test' }, at: 'user', otherwise: 'your bot' },
      },
    },
  ],
  webhooks: {
    mode: 'app_level',
    events: [
      'message.channels',
      'message.groups',
      'message.im',
      'message.mpim',
      'reaction_added',
      'reaction_removed',
      'app_mention',
      'app_uninstalled',
      'tokens_revoked',
    ],
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Slack-Signature',
      encoding: 'hex',
      prefix: 'v0=',
      signed: 'v0:{timestamp}:{body}',
      timestamp_header: 'X-Slack-Request-Timestamp',
      tolerance: 300,
      secret: 'SLACK_SIGNING_SECRET',
    },
    handshake:
      'A new address gets a signed url_verification with a challenge, and wants the challenge back with 200.',
    steps: [
      'Set SLACK_SIGNING_SECRET first: the address is checked as soon as it is pasted.',
      'Open the app at https://api.slack.com/apps, Event Subscriptions, and switch Enable Events on.',
      'Paste the webhook address of the hub as Request URL, and wait for Verified.',
      'Under Subscribe to bot events add the events shown on this page, and save. Slack asks to reinstall the app where a scope is new.',
    ],
    note: 'One address for every workspace: team_id or enterprise_id and api_app_id in a delivery tell which. Slack wants an answer within three seconds, repeats three times with the same event_id, and switches the subscription off when most deliveries of an hour fail.',
  },
  sources: [
    'https://docs.slack.dev (authentication, apis/events-api, methods), and its changelog up to November 2026',
    '@slack/web-api 8.2.0, the vendor’s client: its calls against the stand-in',
    'emulate 0.12.2, an emulator by others made strict: the life of a connection runs against it',
  ],
  checked: '2026-11-21',
  doubts: [
    'Whether an app without PKCE ignores or refuses a code challenge was not tested; none is sent.',
    'The three lists of scopes differ: only one has app_mentions:read, and none can both list and read direct messages. The recommended list holds all of them.',
  ],
})

const RFC_ERRORS: Readonly<Record<string, string>> = {
  invalid_code: 'invalid_grant',
  code_already_used: 'invalid_grant',
  code_expired: 'invalid_grant',
  bad_redirect_uri: 'invalid_grant',
  invalid_client_id: 'invalid_client',
  bad_client_secret: 'invalid_client',
}

/**
 * Slack answers 200 with `ok: false` where RFC 6749 section 5.2 asks for 400, calls the token type `bot` or `user`
 * where section 7.1 asks for `bearer`, and separates scopes with commas where section 3.3 asks for spaces.
 * https://docs.slack.dev/reference/methods/oauth.v2.access/
 */
function readFailureInsideOk({ status, body }: { status: number; body: JsonObject }) {
  if (body['ok'] === false) {
    const error = readText(body, 'error') ?? 'server_error'
    const limited = error === 'ratelimited'
    return {
      status: limited ? 429 : status === 200 ? 400 : status,
      body: { ...body, error: RFC_ERRORS[error] ?? error, error_description: error },
    }
  }
  const user = body['authed_user']
  return { status, body: { ...readToken(body), ...(isObject(user) && { authed_user: readToken(user) }) } }
}

function readToken(token: JsonObject): JsonObject {
  const scope = token['scope']
  return {
    ...token,
    ...(typeof scope === 'string' && { scope: scope.replaceAll(',', ' ') }),
    ...(token['access_token'] !== undefined && { token_type: 'bearer' }),
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
