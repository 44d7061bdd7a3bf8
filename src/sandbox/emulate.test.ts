import { createEmulator, type ServiceName } from 'emulate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json, JsonObject } from '../catalog/define.ts'
import { REDIRECT_URI, rehearse } from './rehearsal.ts'
import { openStage, type Stage } from './stage.ts'

// emulate is somebody else's picture of GitHub, Slack, Google and Microsoft. Whatever field the sandbox answers with has to be
// in emulate's answer too, with the same type; the other way round the sandbox may say less.
let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
afterAll(() => stage.close())

// What the reference pages have and emulate leaves out (compared 2026-11-21).
const SLACK_DOCUMENTS = [
  'auth.test.bot_id',
  'auth.test.is_enterprise_install',
  'team.info.team.email_domain',
  'team.info.team.icon',
  'users.list.members[].tz',
  'users.list.cache_ts',
  'post.message.bot_id',
  'history.messages[].bot_id',
  'history.pin_count',
  'reactions.channel',
  'reactions.message.bot_id',
]
const GOOGLE_DOCUMENTS = [
  'calendars.etag',
  'event.creator',
  'event.organizer',
  'event.iCalUID',
  'event.attendees[].responseStatus',
  'event.eventType',
  'events.etag',
  'events.summary',
  'events.timeZone',
  'events.accessRole',
  'events.items[].creator',
  'events.items[].organizer',
  'events.items[].iCalUID',
  'events.items[].attendees[].responseStatus',
  'events.items[].eventType',
  'files.incompleteSearch',
]

const PLACES: Readonly<Record<string, Record<string, string>>> = {
  outlook: { login: 'login.microsoftonline.com', tenant: 'common' },
}

// Of Graph it plays /me alone.
const MICROSOFT_DOCUMENTS = ['me.businessPhones', 'me.preferredLanguage']

type Ask = (method: string, path: string, body?: JsonObject | string) => Promise<Json>

async function askBoth(
  service: ServiceName,
  host: string,
  id: string = service,
): Promise<{ ours: Ask; theirs: Ask; close: () => Promise<void> }> {
  const token = (await rehearse(stage, id, PLACES[id]).connect()).access_token
  const emulator = await createEmulator({ service, port: 0 })
  const ask =
    (base: string, authorization: string): Ask =>
    async (method, path, body) => {
      const answer = await fetch(`${base}${path}`, {
        method,
        headers: {
          authorization,
          'user-agent': 'test',
          ...(body !== undefined && {
            'content-type':
              typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json',
          }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      expect(answer.ok, `${method} ${base}${path}: ${answer.status}`).toBe(true)
      return (await answer.json()) as Json
    }
  return {
    ours: ask(stage.locate(`https://${host}`).replace(/\/$/, ''), `Bearer ${token}`),
    theirs: ask(emulator.url, 'Bearer anything'),
    close: () => emulator.close(),
  }
}

/** Paths at which ours says what theirs does not, or says it with another type. */
function differ(ours: Json | undefined, theirs: Json | undefined, at = ''): string[] {
  if (ours === null || theirs === null || ours === undefined) return []
  if (theirs === undefined) return [at]
  if (Array.isArray(ours))
    return Array.isArray(theirs) ? (theirs.length === 0 ? [] : differ(ours[0], theirs[0], `${at}[]`)) : [at]
  if (typeof ours === 'object' && typeof theirs === 'object' && !Array.isArray(theirs)) {
    return Object.entries(ours).flatMap(([name, value]) => differ(value, theirs[name], `${at}.${name}`))
  }
  return typeof ours === typeof theirs ? [] : [at]
}

test('GitHub', async () => {
  const found: string[] = []
  const { ours, theirs, close } = await askBoth('github', 'api.github.com')
  try {
    const { login } = (await theirs('GET', '/user')) as { login: string }
    await theirs('POST', '/user/repos', { name: 'handbook', description: 'x' })
    const issue = { title: 'A', body: 'B', labels: ['bug'] }
    const [made, their] = [
      await ours('POST', '/repos/fernhill/handbook/issues', issue),
      await theirs('POST', `/repos/${login}/handbook/issues`, issue),
    ]
    const [our, they] = [`/repos/fernhill/handbook`, `/repos/${login}/handbook`]
    const number = (made as { number: number }).number
    found.push(...differ(made, their, 'issue'))
    found.push(...differ(await ours('GET', '/user'), await theirs('GET', '/user'), 'user'))
    found.push(...differ(await ours('GET', '/user/repos'), await theirs('GET', '/user/repos'), 'repos'))
    found.push(...differ(await ours('GET', our), await theirs('GET', they), 'repo'))
    found.push(...differ(await ours('GET', `${our}/issues`), await theirs('GET', `${they}/issues`), 'issues'))
    const comment = { body: 'C' }
    found.push(
      ...differ(
        await ours('POST', `${our}/issues/${number}/comments`, comment),
        await theirs('POST', `${they}/issues/1/comments`, comment),
        'comment',
      ),
    )
    found.push(
      ...differ(await ours('GET', '/search/issues?q=A'), await theirs('GET', '/search/issues?q=A'), 'search'),
    )
    found.push(...differ(await ours('GET', '/user/emails'), await theirs('GET', '/user/emails'), 'emails'))
  } finally {
    await close()
  }
  expect(found).toEqual([])
})

test('Slack', async () => {
  const found: string[] = []
  const { ours, theirs, close } = await askBoth('slack', 'slack.com')
  try {
    const both = async (method: string, args = '') =>
      differ(await ours('POST', `/api/${method}`, args), await theirs('POST', `/api/${method}`, args), method)
    found.push(...(await both('auth.test')))
    found.push(...(await both('team.info')))
    found.push(...(await both('users.list')))
    found.push(...(await both('conversations.list')))
    const find = async (ask: Ask) =>
      (
        (await ask('POST', '/api/conversations.list', '')) as { channels: { id: string; name: string }[] }
      ).channels.find(({ name }) => name === 'general')?.id
    const [our, they] = [await find(ours), await find(theirs)]
    const post = (ask: Ask, channel: string | undefined) =>
      ask('POST', '/api/chat.postMessage', `channel=${channel}&text=hello`) as Promise<{ ts: string }>
    const [made, their] = [await post(ours, our), await post(theirs, they)]
    found.push(...differ(made, their, 'post'))
    const history = (ask: Ask, channel: string | undefined) =>
      ask('POST', '/api/conversations.history', `channel=${channel}`)
    found.push(...differ(await history(ours, our), await history(theirs, they), 'history'))
    const react = (ask: Ask, channel: string | undefined, ts: string) =>
      ask('POST', '/api/reactions.add', `channel=${channel}&timestamp=${ts}&name=tada`)
    found.push(...differ(await react(ours, our, made.ts), await react(theirs, they, their.ts), 'react'))
    const reactions = (ask: Ask, channel: string | undefined, ts: string) =>
      ask('POST', '/api/reactions.get', `channel=${channel}&timestamp=${ts}`)
    found.push(
      ...differ(await reactions(ours, our, made.ts), await reactions(theirs, they, their.ts), 'reactions'),
    )
  } finally {
    await close()
  }
  expect(found).toEqual(SLACK_DOCUMENTS)
})

test('Google', async () => {
  const found: string[] = []
  const www = await askBoth('google', 'www.googleapis.com')
  const gmail = await askBoth('google', 'gmail.googleapis.com')
  try {
    found.push(
      ...differ(
        await www.ours('GET', '/calendar/v3/users/me/calendarList'),
        await www.theirs('GET', '/calendar/v3/users/me/calendarList'),
        'calendars',
      ),
    )
    const event = {
      summary: 'A',
      start: { dateTime: '2026-12-01T10:00:00Z' },
      end: { dateTime: '2026-12-01T11:00:00Z' },
      attendees: [{ email: 'a@b.example' }],
    }
    const events = '/calendar/v3/calendars/primary/events'
    found.push(
      ...differ(await www.ours('POST', events, event), await www.theirs('POST', events, event), 'event'),
    )
    found.push(...differ(await www.ours('GET', events), await www.theirs('GET', events), 'events'))
    found.push(
      ...differ(
        await www.ours('GET', '/drive/v3/files'),
        await www.theirs('GET', '/drive/v3/files'),
        'files',
      ),
    )
    const messages = '/gmail/v1/users/me/messages'
    const [list, theirList] = (await Promise.all([
      gmail.ours('GET', messages),
      gmail.theirs('GET', messages),
    ])) as { messages: { id: string }[] }[]
    found.push(...differ(list, theirList, 'messages'))
    const read = async (ask: Ask, of: typeof list) => ask('GET', `${messages}/${of?.messages.at(-1)?.id}`)
    found.push(...differ(await read(gmail.ours, list), await read(gmail.theirs, theirList), 'message'))
    const raw = { raw: Buffer.from('To: a@b.example\r\nSubject: S\r\n\r\nT').toString('base64url') }
    found.push(
      ...differ(
        await gmail.ours('POST', `${messages}/send`, raw),
        await gmail.theirs('POST', `${messages}/send`, raw),
        'sent',
      ),
    )
  } finally {
    await www.close()
    await gmail.close()
  }
  expect(found).toEqual(GOOGLE_DOCUMENTS)
})

test('Microsoft', async () => {
  const { ours, theirs, close } = await askBoth('microsoft', 'graph.microsoft.com', 'outlook')
  try {
    const found = differ(await ours('GET', '/v1.0/me'), await theirs('GET', '/v1.0/me'), 'me')
    expect(found).toEqual(MICROSOFT_DOCUMENTS)
  } finally {
    await close()
  }
})
