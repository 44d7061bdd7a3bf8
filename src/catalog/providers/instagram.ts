import { at, defineProvider, type Json, type JsonObject, readText } from '../define.ts'
import { complianceSteps, graphErrors, graphLimit, readGraphTokenAnswer, version } from '../families/meta.ts'

const GRAPH = 'https://graph.instagram.com'

export default defineProvider({
  id: 'instagram',
  name: 'Instagram',
  category: 'Marketing & Advertising',
  summary: 'Publish posts, answer comments and messages, and read results of a professional account.',
  aliases: ['meta', 'social media', 'posts', 'reels', 'stories', 'direct messages'],
  family: 'meta',
  hosts: ['graph.instagram.com', 'api.instagram.com'],
  callback: 'meta',
  env: {
    client_id: 'INSTAGRAM_CLIENT_ID',
    client_secret: 'INSTAGRAM_CLIENT_SECRET',
    fallback: [{ client_id: 'META_CLIENT_ID', client_secret: 'META_CLIENT_SECRET' }],
  },
  parameters: [version],
  auth: [
    {
      kind: 'oauth2',
      label: 'Continue with Instagram',
      authorization_endpoint: 'https://www.instagram.com/oauth/authorize',
      token_endpoint: 'https://api.instagram.com/oauth/access_token',
      token_endpoint_auth_method: 'client_secret_post',
      pkce: { off: 'Instagram ignores a code challenge; checked 2026-11.' },
      scope_separator: ',',
      code_tail: '#_',
      normaliseTokenAnswer: readWrappedAnswer,
      refresh: {
        rotates: 'exchange',
        // https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
        exchange: {
          upgrade: {
            url: `${GRAPH}/access_token?grant_type=ig_exchange_token&client_secret={client_secret}&access_token={access_token}`,
          },
          renew: {
            url: `${GRAPH}/refresh_access_token?grant_type=ig_refresh_token&access_token={access_token}`,
          },
          ahead: 10 * 86_400,
          // A younger token is refused.
          min_age: 86_400,
        },
        dead: ['invalid_grant'],
        // The short-lived answer does not say that it lives for one hour.
        assumed_lifetime: 3600,
        note: 'The first token lives for an hour and is exchanged for one of 60 days at once; that one is renewed once it is a day old and before it ends. A missed end needs a reconnect.',
      },
    },
  ],
  scopes: {
    instagram_business_basic: { why: 'Reads the profile and the posts of the account.', access: 'read' },
    instagram_business_content_publish: { why: 'Publishes posts, reels and stories.', access: 'write' },
    instagram_business_manage_comments: {
      why: 'Reads, answers, hides and deletes comments.',
      access: 'write',
    },
    instagram_business_manage_messages: { why: 'Reads and answers direct messages.', access: 'write' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The guides name no permissions for Instagram; these are the four of its business log-in.',
      scopes: [
        'instagram_business_basic',
        'instagram_business_manage_comments',
        'instagram_business_manage_messages',
        'instagram_business_content_publish',
      ],
    },
    read_only: {
      label: 'Read only',
      note: 'Reads the profile and its posts, and changes nothing.',
      scopes: ['instagram_business_basic'],
    },
  },
  api: { base_url: `${GRAPH}/{version}`, errors: graphErrors, rate_limit: graphLimit },
  verify: { url: '/me?fields=id,user_id,username,name,account_type,profile_picture_url' },
  account: ({ body }) => {
    const avatar = readText(body, 'profile_picture_url')
    const username = readText(body, 'username')
    const person = readText(body, 'id')
    return {
      // `user_id` is the account everywhere at Instagram; `id` is the person as this app alone knows them.
      id: readText(body, 'user_id') ?? person ?? '',
      ...(person && { grant: person }),
      label: username ? `@${username}` : (readText(body, 'name') ?? ''),
      ...(avatar && { avatar }),
    }
  },
  capabilities: [{ id: 'account_type', label: 'Account type', read: ({ body }) => readAccountType(body) }],
  test_calls: [
    { label: 'Profile', method: 'GET', path: '/me?fields=user_id,username,account_type,media_count' },
    {
      label: 'Posts',
      method: 'GET',
      path: '/me/media?fields=id,caption,media_type,permalink,timestamp&limit=10',
    },
  ],
  setup: {
    console_url: 'https://developers.facebook.com/apps',
    http_redirects: 'none',
    prerequisites: [
      'A professional Instagram account (business or creator). Personal accounts cannot be connected.',
      'A hub with an https address that Meta can reach.',
    ],
    steps: [
      'Open https://developers.facebook.com/apps and choose Create app. Pick the use case Manage messaging and content on Instagram (app type Business).',
      ...complianceSteps,
      'Open Instagram, API setup with Instagram login. Copy Instagram app ID and Instagram app secret: they differ from the id and secret of the Meta app.',
      'Under Set up Instagram business login choose Business login settings. Add {redirect_uri} as OAuth redirect URI.',
      'In the same window enter {public_url}/api/meta/deauthorize as Deauthorize callback URL, and {public_url}/api/meta/data-deletion as Data deletion request URL.',
      'Set INSTAGRAM_CLIENT_ID and INSTAGRAM_CLIENT_SECRET.',
      'Under App Review ask for advanced access to the permissions shown on this page, then switch the app to Live. Until then only accounts with the role Instagram tester can connect; they accept it at Instagram under Settings, Website permissions.',
    ],
    notes: [
      'Where neither INSTAGRAM_ variable is set, META_CLIENT_ID and META_CLIENT_SECRET are read. Instagram refuses the id of a Meta app with "Invalid platform app": set the Instagram ones.',
      'A connection that is not renewed for 60 days ends; the hub renews it by itself.',
      'Limits: 100 posts in 24 hours, and calls by the reach of the account.',
    ],
    revoke: {
      url: 'https://www.instagram.com/accounts/manage_access/',
      steps: [
        'At Instagram open Settings, Website permissions, Apps and websites.',
        'Choose the app under Active, and Remove.',
      ],
    },
  },
  departures: 'signed_request',
  webhooks: {
    mode: 'app_level',
    events: ['comments', 'messages', 'mentions'],
    signature: {
      scheme: 'hmac-sha256',
      header: 'X-Hub-Signature-256',
      encoding: 'hex',
      prefix: 'sha256=',
      signed: '{body}',
      secret: 'client_secret',
    },
    handshake:
      'A GET with hub.mode=subscribe, hub.verify_token and hub.challenge; the challenge is the answer, as plain text.',
    steps: [
      'In the app open Instagram, API setup with Instagram login, Configure webhooks. Enter the address of the hub and a verify token.',
      'Subscribe to comments and messages.',
      'Each account is subscribed as well, once it is connected: POST /me/subscribed_apps with subscribed_fields.',
    ],
  },
  no_resources: 'The connection is bound to one Instagram account: there is nothing in it to choose from.',
  sources: [
    'developers.facebook.com: Instagram API with Instagram Login, business log-in (page of March 2026)',
  ],
  checked: '2026-11-21',
  doubts: [
    'Meta describes the first token answer as wrapped in a list and shows it unwrapped elsewhere: both are read.',
    'Which secret signs the data deletion of Instagram is not written; the Instagram app secret and those of Meta apps are tried.',
    'The guide sends Instagram through the callback of WhatsApp; so does this hub.',
  ],
})

/** What `error_message` says of the client, where `error_type` says the same of everything. */
const CLIENT_REFUSED: ReadonlySet<string | undefined> = new Set([
  'Invalid platform app',
  'Invalid Client ID',
  'Invalid Client Secret',
  'Error validating client secret.',
])

/**
 * The first token comes wrapped in a list, with `permissions` for `scope`; its refusals have a shape of their own,
 * where RFC 6749 section 5.2 has a code. The exchange and the renewal answer as Graph does.
 * https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
 */
function readWrappedAnswer({ status, body }: { status: number; body: JsonObject }) {
  if (body['error_type'] !== undefined) {
    const message = readText(body, 'error_message')
    const refused = CLIENT_REFUSED.has(message)
    const error = refused ? 'invalid_client' : 'invalid_grant'
    return { status: refused ? 401 : 400, body: { error, error_description: message ?? error } }
  }
  const inner = at(body, 'data.0')
  const token = isObject(inner) ? inner : body
  const permissions = token['permissions']
  const scope = Array.isArray(permissions)
    ? permissions.filter((one) => typeof one === 'string').join(' ')
    : permissions
  return readGraphTokenAnswer({
    status,
    body: { ...token, ...(typeof scope === 'string' && { scope: scope.replaceAll(',', ' ') }) },
  })
}

function readAccountType(body: Json | undefined): { value: string; warning?: string } | undefined {
  const type = readText(body, 'account_type')
  if (type === undefined) return undefined
  if (type === 'BUSINESS') return { value: 'business' }
  if (type === 'MEDIA_CREATOR' || type === 'CREATOR') return { value: 'creator' }
  return {
    value: type.toLowerCase(),
    warning: 'Only professional accounts can publish and answer: switch the account to business or creator.',
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
