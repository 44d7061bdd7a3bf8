/** Zoom: meetings and cloud recordings of a person. https://developers.zoom.us/docs/api */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { empty, json, type Reply, readArguments, readBasic, readJson } from '../messages.ts'
import {
  type Account,
  type Answer,
  type Call,
  type CreateStandIn,
  on,
  open,
  readString,
  type TokenProblem,
} from '../stand-in.ts'
import { type Data, type Meeting, seedZoom, type User, zoomIds, zoomTime } from '../worlds/zoom.ts'

const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [400, 'invalid_request', 'The request is malformed.'],
  bad_client: [401, 'invalid_client', 'Invalid client_id or client_secret'],
  bad_code: [400, 'invalid_request', 'Invalid authorization code'],
  used_code: [400, 'invalid_request', 'Invalid authorization code'],
  expired_code: [400, 'invalid_request', 'Invalid authorization code'],
  bad_redirect_uri: [400, 'invalid_request', 'Redirect URI mismatch'],
  bad_verifier: [400, 'invalid_request', 'Invalid code verifier'],
  bad_refresh_token: [400, 'invalid_request', 'Invalid Token!'],
  bad_grant_type: [400, 'unsupported_grant_type', 'The grant type is not supported'],
}
const REFRESH_LIFETIME = 90 * 86_400

const accounts: readonly Account[] = [
  { id: zoomIds.ada, name: cast.ada.name, email: cast.ada.email, detail: `${fernhill.name}, Pro` },
  { id: zoomIds.bruno, name: cast.bruno.name, email: cast.bruno.email, detail: 'free plan' },
  { id: zoomIds.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: `${quayside.name}, Pro` },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seedZoom(tools.now()))

  /** Someone added on the consent page has a free account. */
  function me({ account }: Pick<Call, 'account'>): User {
    const found = data.users.find(({ id }) => id === account.id)
    if (found) return found
    const made: User = {
      id: account.id,
      account: `own-${account.id}`,
      name: account.name,
      email: account.email,
      type: 1,
    }
    data.users.push(made)
    return made
  }

  const user = (one: User): JsonObject => {
    const [first_name = '', ...rest] = one.name.split(' ')
    return {
      id: one.id,
      account_id: one.account,
      first_name,
      last_name: rest.join(' '),
      display_name: one.name,
      email: one.email,
      type: one.type,
      role_name: 'Owner',
      pmi: 5551112222,
      timezone: 'Europe/London',
      verified: 1,
      status: 'active',
      created_at: '2024-02-01T09:00:00Z',
      language: 'en-US',
      plan_united_type: one.type === 1 ? '1' : '2',
    }
  }
  const end = (one: Meeting) => Date.parse(one.start) + one.duration * 60_000
  const isOver = (one: Meeting) => end(one) < tools.now()
  const meeting = (one: Meeting): JsonObject => ({
    id: one.id,
    uuid: one.uuid,
    host_id: one.host,
    topic: one.topic,
    type: one.weekly ? 8 : 2,
    start_time: one.start,
    duration: one.duration,
    timezone: 'Europe/London',
    created_at: zoomTime(Date.parse(one.start) - 7 * 86_400_000),
    join_url: `https://us02web.zoom.us/j/${one.id}`,
  })
  const recording = (one: Meeting): JsonObject => {
    const file = (kind: string, type: string, size: number): JsonObject => ({
      id: `${one.id}-${kind}`,
      meeting_id: one.uuid,
      recording_start: one.start,
      recording_end: zoomTime(end(one)),
      file_type: type,
      file_size: size,
      recording_type: kind,
      status: 'completed',
      play_url: `https://us02web.zoom.us/rec/play/${one.id}`,
      download_url: `https://us02web.zoom.us/rec/download/${one.id}`,
    })
    const files = [
      file('shared_screen_with_speaker_view', 'MP4', 41_300_000),
      file('audio_transcript', 'TRANSCRIPT', 18_200),
    ]
    return {
      uuid: one.uuid,
      id: one.id,
      account_id: data.users.find(({ id }) => id === one.host)?.account ?? '',
      host_id: one.host,
      topic: one.topic,
      type: 2,
      start_time: one.start,
      duration: one.duration,
      total_size: 41_318_200,
      recording_count: files.length,
      recording_files: files,
    }
  }

  const own = (call: Call) => data.meetings.filter(({ host }) => host === me(call).id)
  const withMeeting = (handle: (found: Meeting) => Reply) => (call: Call) => {
    const wanted = call.params['meeting']
    const found = own(call).find(({ id, uuid }) => String(id) === wanted || uuid === wanted)
    return found ? handle(found) : fail(404, 3001, `Meeting does not exist: ${wanted ?? ''}.`)
  }
  const between = ({ asked }: Call, one: Meeting) => {
    const day = one.start.slice(0, 10)
    return day >= (asked.query.get('from') ?? '') && day <= (asked.query.get('to') ?? '9999-12-31')
  }

  function addMeeting(call: Call): Reply {
    const given = readJson(call.asked)
    const start = Date.parse(readString(given, 'start_time') ?? '')
    const made: Meeting = {
      id: data.nextId++,
      uuid: `${tools.random(22)}==`,
      host: me(call).id,
      topic: readString(given, 'topic') ?? 'Zoom Meeting',
      start: zoomTime(Number.isNaN(start) ? tools.now() : start),
      duration: typeof given['duration'] === 'number' ? given['duration'] : 60,
      participants: [],
      recorded: false,
    }
    data.meetings.push(made)
    return json(201, meeting(made))
  }

  /** One pair of tokens for each person and app: what a fresh authorization issues ends what was before. */
  function endEarlier({ tokens: { main }, account }: Answer): void {
    const issued = tools.tokens.find(main?.access_token ?? '')
    for (const token of tools.tokens.list(tools.provider.id))
      if (token.account === account.id && token.client === issued?.client && token.family !== issued.family)
        tools.tokens.end(token, 'revoked')
  }

  const routes = [
    on('GET', '/v2/users/me', (call) => json(200, user(me(call))), {
      scope: ['user:read:user', 'user:read'],
    }),
    on(
      'GET',
      '/v2/users/me/meetings',
      (call) => {
        const wanted = call.asked.query.get('type') ?? 'scheduled'
        const found = own(call).filter(
          (one) => (wanted === 'previous_meetings') === isOver(one) && between(call, one),
        )
        return paged(call, 'meetings', found.map(meeting))
      },
      { scope: ['meeting:read:list_meetings'] },
    ),
    on('POST', '/v2/users/me/meetings', addMeeting, { scope: ['meeting:write:meeting', 'meeting:write'] }),
    on(
      'GET',
      '/v2/meetings/:meeting',
      withMeeting((found) => json(200, meeting(found))),
      { scope: ['meeting:read:meeting'] },
    ),
    on(
      'GET',
      '/v2/past_meetings/:meeting',
      withMeeting((found) =>
        isOver(found)
          ? json(200, {
              ...meeting(found),
              end_time: zoomTime(end(found)),
              total_minutes: found.duration * found.participants.length,
              participants_count: found.participants.length,
            })
          : fail(404, 3001, 'This meeting is not over.'),
      ),
      { scope: ['meeting:read:past_meeting'] },
    ),
    on(
      'GET',
      '/v2/past_meetings/:meeting/participants',
      (call) =>
        me(call).type === 1
          ? fail(400, 200, 'Only available for paid accounts.')
          : withMeeting((found) =>
              paged(
                call,
                'participants',
                found.participants.map(({ name, email }, index) => ({
                  id: `${found.id}-${index}`,
                  name,
                  user_email: email,
                  join_time: found.start,
                  leave_time: zoomTime(end(found)),
                  duration: found.duration * 60,
                })),
              ),
            )(call),
      { scope: ['meeting:read:list_past_participants'] },
    ),
    on(
      'GET',
      '/v2/users/me/recordings',
      (call) => {
        // A free account has no cloud recordings; the call as such is answered.
        const found = me(call).type === 1 ? [] : own(call).filter((one) => one.recorded && between(call, one))
        return paged(call, 'meetings', found.map(recording))
      },
      { scope: ['cloud_recording:read:list_user_recordings'] },
    ),
    on(
      'GET',
      '/v2/meetings/:meeting/recordings',
      withMeeting((found) =>
        found.recorded
          ? json(200, recording(found))
          : fail(404, 3301, 'There is no recording for this meeting.'),
      ),
      { scope: ['cloud_recording:read:list_recording_files', 'cloud_recording:read:recording'] },
    ),
    open(
      'POST',
      '/oauth/revoke',
      ({ asked }) => {
        const client = readBasic(asked.headers.authorization)
        if (client?.username !== tools.client.client_id || client.password !== tools.client.client_secret)
          return json(401, { reason: 'Invalid client_id or client_secret', error: 'invalid_client' })
        const token = tools.tokens.find(readArguments(asked)['token'] ?? '')
        if (token?.use !== 'access' || token.ended)
          return json(400, { reason: 'Invalid Token!', error: 'invalid_request' })
        tools.tokens.endGrant(token)
        return json(200, { status: 'success' })
      },
      { host: 'zoom.us' },
    ),
    on('DELETE', '/v2/meetings/:meeting', (call) =>
      withMeeting((found) => {
        data.meetings = data.meetings.filter((one) => one !== found)
        return empty(204)
      })(call),
    ),
  ]

  return {
    accounts,
    oauth: {
      code: () => tools.random(40),
      access: ({ account, expiresAt }) =>
        jwt({
          aud: 'https://oauth.zoom.us',
          uid: account.id,
          exp: Math.floor((expiresAt ?? tools.now()) / 1000),
        }),
      refresh: () => jwt({ aud: 'https://oauth.zoom.us', type: 'refresh' }),
      lifetime: 3600,
      refreshLifetime: REFRESH_LIFETIME,
      endsPreviousAccess: true,
      answer: (given) => {
        if (given.grantType === 'authorization_code') endEarlier(given)
        const { scopes = [], ...issued } = given.tokens['main'] ?? {}
        return json(200, {
          ...issued,
          token_type: 'bearer',
          scope: scopes.join(' '),
          api_url: 'https://api.zoom.us',
        })
      },
      failure: (problem) => {
        const [status, error, reason] = PROBLEMS[problem]
        return json(status, { reason, error })
      },
    },
    routes,
    unauthorized: (why) =>
      why === 'revoked'
        ? fail(401, 4741, 'The token has been revoked.')
        : fail(401, 124, why === 'expired' ? 'Access token is expired.' : 'Invalid access token.'),
    forbidden: ({ scope }) =>
      fail(400, 4711, `Invalid access token, does not contain scopes:[${scope.join(',')}].`),
    notFound: () => fail(404, 2300, 'This API endpoint is not recognized.'),
    // Beyond a daily limit Zoom tells a time of day, not seconds.
    rateLimited: (retryAfter) => ({
      ...fail(429, 429, 'You have exceeded the daily rate limit of this API.'),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'retry-after': zoomTime(tools.now() + retryAfter * 1000),
      },
    }),
  }

  function jwt(claims: JsonObject): string {
    const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
    return `${part({ alg: 'HS512', v: '2.0', kid: 'sandbox' })}.${part({ jti: tools.random(22), ...claims })}.${tools.random(86)}`
  }
}

export default create

const fail = (status: number, code: number, message: string): Reply => json(status, { code, message })

function paged({ asked }: Call, key: string, items: JsonObject[]): Reply {
  const size = Math.min(Number(asked.query.get('page_size') ?? 30) || 30, 300)
  const start = Number(asked.query.get('next_page_token') ?? 0) || 0
  const more = start + size < items.length
  const body: Record<string, Json> = {
    page_size: size,
    total_records: items.length,
    next_page_token: more ? String(start + size) : '',
    [key]: items.slice(start, start + size),
  }
  return json(200, body)
}
