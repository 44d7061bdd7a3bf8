/** Outlook calendars. https://learn.microsoft.com/graph/api/resources/calendar-overview */
import { at, type Json } from '../../catalog/define.ts'
import { type Reply, readJson } from '../messages.ts'
import { type Call, on, readString } from '../stand-in.ts'
import type { Event } from '../worlds/graph.ts'
import { list, notFound, one, problem, readRecipients, writeEvent } from '../worlds/graph-shapes.ts'
import { graph, type Product } from './microsoft.ts'

const READ = { ...graph, scope: ['Calendars.Read', 'Calendars.ReadWrite'] }
const WRITE = { ...graph, scope: ['Calendars.ReadWrite'] }

export const calendar: Product = ({ mailbox, nextId }) => {
  const own = ({ account }: Call) => ({
    id: 'AAMkAGCalendar=',
    name: 'Calendar',
    color: 'auto',
    hexColor: '',
    isDefaultCalendar: true,
    canEdit: true,
    canShare: true,
    owner: { name: account.name, address: account.email },
  })
  const write = (call: Call, events: readonly Event[]) =>
    list(
      call.asked,
      "users('me')/events",
      [...events]
        .sort((a, b) => a.start.localeCompare(b.start))
        .map((event) => writeEvent(event, call.account)),
    )

  function view(call: Call): Reply {
    const [from, to] = ['startDateTime', 'endDateTime'].map((name) =>
      Date.parse(call.asked.query.get(name) ?? ''),
    )
    if (Number.isNaN(from) || Number.isNaN(to))
      return problem(
        400,
        'ErrorInvalidParameter',
        'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.',
      )
    return write(
      call,
      mailbox(call.account).events.filter(
        ({ start, end }) => toMillis(end) > (from as number) && toMillis(start) < (to as number),
      ),
    )
  }

  function create(call: Call): Reply {
    const body = readJson(call.asked)
    const [start, end] = [readTime(at(body, 'start')), readTime(at(body, 'end'))]
    if (!start || !end)
      return problem(400, 'ErrorPropertyValidationFailure', 'At least one property failed validation.')
    const made: Event = {
      id: `AAMkAG${nextId('E')}=`,
      subject: readString(body, 'subject') ?? '',
      start,
      end,
      attendees: readRecipients(body['attendees']),
    }
    mailbox(call.account).events.push(made)
    return one(call.asked, "users('me')/events", writeEvent(made, call.account), 201)
  }

  return [
    on('GET', '/v1.0/me/calendars', (call) => list(call.asked, "users('me')/calendars", [own(call)]), READ),
    on('GET', '/v1.0/me/calendar', (call) => one(call.asked, "users('me')/calendar", own(call)), READ),
    on('GET', '/v1.0/me/events', (call) => write(call, mailbox(call.account).events), READ),
    on(
      'GET',
      '/v1.0/me/events/:id',
      (call) => {
        const found = mailbox(call.account).events.find(({ id }) => id === call.params['id'])
        return found
          ? one(call.asked, "users('me')/events", writeEvent(found, call.account))
          : notFound('The specified object was not found in the store.')
      },
      READ,
    ),
    on('GET', '/v1.0/me/calendarView', view, READ),
    on('POST', '/v1.0/me/events', create, WRITE),
  ]
}

/** Graph's times carry seven decimals and no zone; all of them are UTC here. */
function toMillis(time: string): number {
  return Date.parse(`${time.slice(0, 23)}Z`)
}

function readTime(value: Json | undefined): string | undefined {
  const time = at(value, 'dateTime')
  return typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? time : undefined
}
