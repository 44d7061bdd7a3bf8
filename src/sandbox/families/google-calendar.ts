/** Google Calendar: calendars, events, free time. https://developers.google.com/workspace/calendar/api/v3/reference */
import type { JsonObject } from '../../catalog/define.ts'
import { isObject, json, type Reply, readJson } from '../messages.ts'
import { type Account, type Call, on, readString } from '../stand-in.ts'
import type { CalendarEvent } from '../worlds/google.ts'
import { event, listEvents, problem, readTime } from '../worlds/google-shapes.ts'
import { AUTH, type Play, type Product } from './google.ts'

const www = { host: 'www.googleapis.com' }
const CALENDAR = [`${AUTH}calendar`, `${AUTH}calendar.readonly`]
const EVENTS = [`${AUTH}calendar`, `${AUTH}calendar.readonly`, `${AUTH}calendar.events`]

export const calendar: Product = ({ tools, world, nextId }) => [
  on(
    'GET',
    '/calendar/v3/users/me/calendarList',
    ({ account }) => json(200, { kind: 'calendar#calendarList', etag: '"p1"', items: [listed(account)] }),
    { ...www, scope: CALENDAR },
  ),
  on(
    'GET',
    '/calendar/v3/users/me/calendarList/:calendar',
    ({ params, account }) =>
      isMine(params['calendar'], account)
        ? json(200, listed(account))
        : problem(404, 'Not Found', 'notFound', 'NOT_FOUND'),
    { ...www, scope: CALENDAR },
  ),
  on(
    'GET',
    '/calendar/v3/calendars/:calendar/events',
    ({ asked, params, account }) =>
      isMine(params['calendar'], account)
        ? listEvents(asked, account, world(account).events)
        : problem(404, 'Not Found', 'notFound', 'NOT_FOUND'),
    { ...www, scope: EVENTS },
  ),
  on(
    'POST',
    '/calendar/v3/calendars/:calendar/events',
    (call) => createEvent({ tools, world, nextId }, call),
    {
      ...www,
      scope: [`${AUTH}calendar`, `${AUTH}calendar.events`],
    },
  ),
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
]

function createEvent({ tools, world, nextId }: Play, { asked, account }: Call): Reply {
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

function isMine(calendar: string | undefined, account: Account): boolean {
  return calendar === 'primary' || calendar === account.email
}

function listed(account: Account): JsonObject {
  return {
    kind: 'calendar#calendarListEntry',
    etag: '"p1"',
    id: account.email,
    summary: account.email,
    primary: true,
    accessRole: 'owner',
    timeZone: 'Europe/London',
    selected: true,
  }
}
