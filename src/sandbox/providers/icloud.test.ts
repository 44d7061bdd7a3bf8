import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDAVClient } from 'tsdav'
import { openStage, type Stage } from '../stage.ts'

// Calendars and contacts are found and read by the npm package tsdav.
let stage: Stage
beforeAll(async () => {
  stage = await openStage({ now: () => Date.parse('2026-11-21T10:00:00Z') })
})
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.control.reset())

/** tsdav asks real addresses; they are found on the stage, and redirects are followed as it would. */
const fetchFromStage = (url: string | URL | Request, init?: RequestInit) =>
  stage.fetch(new URL(url instanceof Request ? url.url : url), init)

function open(kind: 'caldav' | 'carddav', password?: string) {
  const { appleId = '', appPassword = '' } = stage.sandbox.values['icloud'] ?? {}
  return createDAVClient({
    serverUrl: kind === 'caldav' ? 'https://caldav.icloud.com' : 'https://contacts.icloud.com',
    credentials: { username: appleId, password: password ?? appPassword },
    authMethod: 'Basic',
    defaultAccountType: kind,
    fetch: fetchFromStage,
  })
}

test('events are found, read and written', async () => {
  const client = await open('caldav')
  const [calendar] = await client.fetchCalendars()
  expect(calendar?.url).toBe('https://caldav.icloud.com/10839201174/calendars/home/')
  if (!calendar) return
  const before = await client.fetchCalendarObjects({ calendar })
  expect(before.map(({ data }) => /SUMMARY:(.*)/.exec(String(data))?.[1])).toEqual([
    'Sprint 14 planning',
    'Rental fleet review',
  ])
  const made = await client.createCalendarObject({
    calendar,
    filename: 'new.ics',
    iCalString:
      'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:new\r\nDTSTART:20270101T100000Z\r\nSUMMARY:Ride out\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
  })
  expect(made.status).toBe(201)
  expect(await client.fetchCalendarObjects({ calendar })).toHaveLength(3)
})

test('contacts lie on another host', async () => {
  const client = await open('carddav')
  const [addressBook] = await client.fetchAddressBooks()
  expect(addressBook?.url).toBe('https://contacts.icloud.com/10839201174/carddavhome/card/')
  if (!addressBook) return
  const cards = await client.fetchVCards({ addressBook })
  expect(cards.map(({ data }) => /FN:(.*)/.exec(String(data))?.[1])).toEqual([
    'Bruno Lindqvist',
    'Chiara Tanaka',
  ])
})

test('an account lies in a partition, whose hosts answer; nobody sees what is another’s', async () => {
  await expect(open('caldav', 'wron-gwro-ngwr-ongw')).rejects.toThrow(/credentials|Unauthorized|401/i)
  const { appleId, appPassword } = stage.sandbox.values['icloud'] ?? {}
  const authorization = `Basic ${Buffer.from(`${appleId}:${appPassword}`).toString('base64')}`
  const list = (dsid: string) =>
    stage.fetch(`https://p42-caldav.icloud.com/${dsid}/calendars/`, {
      method: 'PROPFIND',
      headers: { authorization, depth: '1' },
    })
  const answer = await list('10839201174')
  expect([answer.status, answer.headers.get('x-apple-user-partition')]).toEqual([207, '42'])
  expect((await list('10839205590')).status).toBe(403)
})
