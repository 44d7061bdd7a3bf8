/** Google: one account's mail, calendar, contacts and files. https://developers.google.com/identity/protocols/oauth2 */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, fernhill } from '../cast.ts'
import { type Asked, isObject, json, type Reply, readArguments, readJson, text } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  open,
  readString,
  type TokenProblem,
} from '../stand-in.ts'
import { type CalendarEvent, type DriveFile, seedWorkspace, type Workspace } from '../worlds/google.ts'
import {
  event,
  file,
  listEvents,
  listFiles,
  listMessages,
  message,
  parseRaw,
  person,
  problem,
  readTime,
} from '../worlds/google-shapes.ts'

type Data = { nextId: number; accounts: Record<string, Workspace> }

const AUTH = 'https://www.googleapis.com/auth/'
const MAIL = [`${AUTH}gmail.modify`, `${AUTH}gmail.readonly`]
const CALENDAR = [`${AUTH}calendar`, `${AUTH}calendar.readonly`]
const CONTACTS = [`${AUTH}contacts`, `${AUTH}contacts.readonly`]
const DRIVE = [`${AUTH}drive.readonly`]

const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [400, 'invalid_request', 'Bad Request'],
  bad_client: [401, 'invalid_client', 'Unauthorized'],
  bad_code: [400, 'invalid_grant', 'Malformed auth code.'],
  used_code: [400, 'invalid_grant', 'Bad Request'],
  expired_code: [400, 'invalid_grant', 'Bad Request'],
  bad_redirect_uri: [400, 'redirect_uri_mismatch', 'Bad Request'],
  bad_verifier: [400, 'invalid_grant', 'Invalid code verifier.'],
  bad_refresh_token: [400, 'invalid_grant', 'Token has been expired or revoked.'],
  bad_grant_type: [400, 'unsupported_grant_type', 'Invalid grant_type'],
}

const accounts: readonly Account[] = [
  { id: '108345519922387700001', name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: '108345519922387700002', name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: '108345519922387700003', name: 'Ada Okafor (private)', email: 'ada.rides@mail.example' },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({ nextId: 1, accounts: {} }))
  const world = (account: Account) => (data.accounts[account.id] ??= seedWorkspace(account, tools.now()))
  const nextId = (prefix: string) => `${prefix}${(data.nextId++).toString(16).padStart(8, '0')}`
  const hasGrant = (account: string) =>
    tools.tokens.list('google').some((token) => token.account === account && tools.tokens.isLive(token))

  const gmail = { host: 'gmail.googleapis.com', scope: MAIL }
  const people = { host: 'people.googleapis.com', scope: CONTACTS }
  const www = { host: 'www.googleapis.com' }

  const routes = [
    on('GET', '/v1/userinfo', ({ account, token }) => json(200, claims(account, token.scopes)), {
      host: 'openidconnect.googleapis.com',
      scope: ['openid', 'email', 'profile'],
    }),
    open('GET', '/tokeninfo', ({ asked }) => tokenInfo(asked), { host: 'oauth2.googleapis.com' }),
    open('POST', '/revoke', ({ asked }) => revoke(asked), { host: 'oauth2.googleapis.com' }),

    on(
      'GET',
      '/gmail/v1/users/me/profile',
      ({ account }) => {
        const { messages } = world(account)
        return json(200, {
          emailAddress: account.email,
          messagesTotal: messages.length,
          threadsTotal: messages.length,
          historyId: '4711',
        })
      },
      gmail,
    ),
    on(
      'GET',
      '/gmail/v1/users/me/labels',
      () =>
        json(200, {
          labels: ['INBOX', 'UNREAD', 'SENT', 'DRAFT'].map((id) => ({ id, name: id, type: 'system' })),
        }),
      gmail,
    ),
    on(
      'GET',
      '/gmail/v1/users/me/messages',
      ({ asked, account }) => listMessages(asked, world(account).messages),
      gmail,
    ),
    on(
      'GET',
      '/gmail/v1/users/me/messages/:id',
      ({ params, account, asked }) => {
        const found = world(account).messages.find(({ id }) => id === params['id'])
        return found
          ? json(200, message(found, asked.query.get('format') ?? 'full'))
          : problem(404, 'Requested entity was not found.', 'notFound', 'NOT_FOUND')
      },
      gmail,
    ),
    on(
      'POST',
      '/gmail/v1/users/me/messages/send',
      ({ asked, account }) => {
        const raw = readString(readJson(asked), 'raw')
        if (!raw) return problem(400, 'raw is required', 'invalidArgument', 'INVALID_ARGUMENT')
        const made = parseRaw(raw, account, nextId('18c0'), tools.now(), ['SENT'])
        world(account).messages.unshift(made)
        return json(200, { id: made.id, threadId: made.threadId, labelIds: made.labels })
      },
      { ...gmail, scope: [`${AUTH}gmail.modify`] },
    ),
    on(
      'POST',
      '/gmail/v1/users/me/drafts',
      ({ asked, account }) => {
        const inner = readJson(asked)['message']
        const raw = isObject(inner) ? readString(inner, 'raw') : undefined
        if (!raw) return problem(400, 'message.raw is required', 'invalidArgument', 'INVALID_ARGUMENT')
        const made = {
          id: nextId('r-'),
          message: parseRaw(raw, account, nextId('18c0'), tools.now(), ['DRAFT']),
        }
        world(account).drafts.push(made)
        return json(200, {
          id: made.id,
          message: { id: made.message.id, threadId: made.message.threadId, labelIds: made.message.labels },
        })
      },
      { ...gmail, scope: [`${AUTH}gmail.modify`] },
    ),

    on(
      'GET',
      '/calendar/v3/users/me/calendarList',
      ({ account }) =>
        json(200, {
          kind: 'calendar#calendarList',
          etag: '"p1"',
          items: [
            {
              kind: 'calendar#calendarListEntry',
              etag: '"p1"',
              id: account.email,
              summary: account.email,
              primary: true,
              accessRole: 'owner',
              timeZone: 'Europe/London',
              selected: true,
            },
          ],
        }),
      { ...www, scope: CALENDAR },
    ),
    on(
      'GET',
      '/calendar/v3/calendars/:calendar/events',
      ({ asked, account }) => listEvents(asked, account, world(account).events),
      { ...www, scope: CALENDAR },
    ),
    on('POST', '/calendar/v3/calendars/:calendar/events', (call) => createEvent(call), {
      ...www,
      scope: [`${AUTH}calendar`],
    }),
    on(
      'POST',
      '/calendar/v3/freeBusy',
      ({ asked, account }) => {
        const body = readJson(asked)
        const busy = world(account).events.map(({ start, end }) => ({ start, end }))
        return json(200, {
          kind: 'calendar#freeBusy',
          timeMin: body['timeMin'] ?? null,
          timeMax: body['timeMax'] ?? null,
          calendars: { [account.email]: { busy } },
        })
      },
      { ...www, scope: CALENDAR },
    ),

    on(
      'GET',
      '/v1/people/me/connections',
      ({ account }) => {
        const connections = world(account).contacts.map((contact) => person(contact))
        return json(200, { connections, totalPeople: connections.length, totalItems: connections.length })
      },
      people,
    ),
    on(
      'GET',
      '/v1/:action',
      ({ asked, params, account }) => {
        if (params['action'] !== 'people:searchContacts')
          return problem(404, 'Method not found.', 'notFound', 'NOT_FOUND')
        const query = (asked.query.get('query') ?? '').toLowerCase()
        const found = world(account).contacts.filter(
          ({ name, email }) => query !== '' && `${name} ${email}`.toLowerCase().includes(query),
        )
        return json(200, { results: found.map((contact) => ({ person: person(contact) })) })
      },
      people,
    ),

    on('GET', '/drive/v3/files', ({ asked, account }) => listFiles(asked, world(account).files), {
      ...www,
      scope: DRIVE,
    }),
    on(
      'GET',
      '/drive/v3/files/:id',
      (call) =>
        withFile(call, (found) =>
          call.asked.query.get('alt') === 'media'
            ? text(200, found.text, { 'content-type': found.mimeType })
            : json(200, file(found)),
        ),
      { ...www, scope: DRIVE },
    ),
    on(
      'GET',
      '/drive/v3/files/:id/export',
      (call) =>
        withFile(call, (found) =>
          found.mimeType.startsWith('application/vnd.google-apps')
            ? text(200, found.text, { 'content-type': call.asked.query.get('mimeType') ?? 'text/plain' })
            : problem(
                403,
                'Export only supports Docs Editors files.',
                'fileNotExportable',
                'PERMISSION_DENIED',
              ),
        ),
      { ...www, scope: DRIVE },
    ),
  ]

  function withFile({ params, account }: Call, handle: (found: DriveFile) => Reply): Reply {
    const found = world(account).files.find(({ id }) => id === params['id'])
    return found ? handle(found) : problem(404, `File not found: ${params['id']}.`, 'notFound', 'NOT_FOUND')
  }

  function createEvent({ asked, account }: Call): Reply {
    const body = readJson(asked)
    const [start, end] = [readTime(body['start']), readTime(body['end'])]
    if (!start || !end) return problem(400, 'Missing end time.', 'required', 'INVALID_ARGUMENT')
    const attendees = Array.isArray(body['attendees']) ? body['attendees'] : []
    const made: CalendarEvent = {
      id: nextId('ev'),
      summary: readString(body, 'summary') ?? '',
      start,
      end,
      attendees: attendees.flatMap((one) => (isObject(one) ? (readString(one, 'email') ?? []) : [])),
      created: new Date(tools.now()).toISOString(),
    }
    world(account).events.push(made)
    return json(200, event(made, account))
  }

  function tokenInfo(asked: Asked): Reply {
    const token = tools.tokens.find(readArguments(asked)['access_token'] ?? '')
    const account = tools.accounts().find(({ id }) => id === token?.account)
    if (token?.use !== 'access' || !tools.tokens.isLive(token) || !account)
      return json(400, { error: 'invalid_token', error_description: 'Invalid Value' })
    const left = token.expiresAt === null ? 3599 : Math.floor((token.expiresAt - tools.now()) / 1000)
    return json(200, {
      aud: token.client,
      azp: token.client,
      sub: account.id,
      scope: token.scopes.map(longName).join(' '),
      expires_in: String(left),
      email: account.email,
      email_verified: 'true',
      access_type: 'offline',
    })
  }

  /** Either token ends the whole grant of the account at this project. */
  function revoke(asked: Asked): Reply {
    const token = tools.tokens.find(readArguments(asked)['token'] ?? '')
    if (!token || !tools.tokens.isLive(token))
      return json(400, { error: 'invalid_token', error_description: 'Token expired or revoked' })
    tools.tokens.endGrant(token)
    return json(200, {})
  }

  return {
    accounts,
    oauth: {
      code: () => `4/0A${tools.random(70)}`,
      access: () => `ya29.a0${tools.random(160, ALPHABET)}`,
      refresh: () => `1//0${tools.random(96, ALPHABET)}`,
      lifetime: 3599,
      partialConsent: true,
      fixedScopes: ['openid', 'email', 'profile'],
      // A refresh token comes with the first consent, and later only when the consent page is asked for.
      offline: ({ query, account }) =>
        query.get('access_type') === 'offline' &&
        (/\bconsent\b/.test(query.get('prompt') ?? '') || !hasGrant(account.id)),
      callback: ({ scopes }) => ({ scope: scopes.map(longName).join(' '), authuser: '0', prompt: 'consent' }),
      answer: ({ tokens: { main }, account }) =>
        json(200, {
          access_token: main?.access_token ?? '',
          ...(main?.expires_in !== undefined && { expires_in: main.expires_in }),
          ...(main?.refresh_token && { refresh_token: main.refresh_token }),
          scope: (main?.scopes ?? []).map(longName).join(' '),
          token_type: 'Bearer',
          ...(main?.scopes.includes('openid') && { id_token: idToken(account) }),
        }),
      failure: (which) => {
        const [status, error, error_description] = PROBLEMS[which]
        return json(status, { error, error_description })
      },
    },
    routes,
    unauthorized: () =>
      problem(
        401,
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
        'authError',
        'UNAUTHENTICATED',
      ),
    forbidden: () =>
      problem(
        403,
        'Request had insufficient authentication scopes.',
        'insufficientPermissions',
        'PERMISSION_DENIED',
      ),
    notFound: () => problem(404, 'The requested URL was not found on this server.', 'notFound', 'NOT_FOUND'),
    rateLimited: () =>
      problem(429, 'Quota exceeded for quota metric.', 'rateLimitExceeded', 'RESOURCE_EXHAUSTED'),
  }

  /** Carries the right claims; the signature is of no key, since the sandbox publishes none. */
  function idToken(account: Account): string {
    const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const issued = Math.floor(tools.now() / 1000)
    const payload = {
      iss: 'https://accounts.google.com',
      azp: tools.client.client_id,
      aud: tools.client.client_id,
      ...claims(account, ['openid', 'email', 'profile']),
      iat: issued,
      exp: issued + 3600,
    }
    return `${part({ alg: 'RS256', kid: 'sandbox', typ: 'JWT' })}.${part(payload)}.${tools.random(342, ALPHABET)}`
  }
}

export default create

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Google answers with the long names of these two, whichever was asked for. */
function longName(scope: string): string {
  return scope === 'email' || scope === 'profile' ? `${AUTH}userinfo.${scope}` : scope
}

function claims(account: Account, scopes: readonly string[]): JsonObject {
  const [given_name = '', ...family] = account.name.split(' ')
  return {
    sub: account.id,
    ...(scopes.includes('profile') && {
      name: account.name,
      given_name,
      family_name: family.join(' '),
      picture: `https://lh3.googleusercontent.com/a/${account.id}=s96-c`,
    }),
    ...(scopes.includes('email') && { email: account.email, email_verified: true }),
    ...(account.detail && { hd: account.email.split('@')[1] ?? '' }),
  }
}
