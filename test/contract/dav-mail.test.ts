/**
 * iCloud and Nextcloud against servers that nobody on this project wrote: Radicale (CalDAV, CardDAV), Dovecot (IMAP),
 * smtp-server (SMTP) and Apache's mod_dav (WebDAV), spoken to by the clients that people use for them. The declared hosts lead to
 * these servers by endpoint overrides; everything between the client and them is the hub.
 */
import { createDAVClient, type DAVAccount } from 'tsdav'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AuthType, createClient, getPatcher } from 'webdav'
import { makeCertificate, trust } from '../setup/certificate.ts'
import { type ApiClient, type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { startApache } from './servers/apache.ts'
import { type Dovecot, startDovecot } from './servers/dovecot.ts'
import { findMissing } from './servers/processes.ts'
import { startRadicale } from './servers/radicale.ts'
import { type Smtp, startSmtp } from './servers/smtp.ts'

const missing = findMissing()
const checked = process.env['CI'] === 'true'
if (missing.length > 0 && !checked)
  console.warn(
    `iCloud and Nextcloud are not checked against real servers here: install ${missing.join(', ')}.`,
  )

test.skipIf(missing.length > 0 && !checked)('the servers are there', () => expect(missing).toEqual([]))

const APPLE_ID = 'ada@icloud.com'
const PASSWORD = 'abcd-efgh-ijkl-mnop'
const CHANGED = 'qrst-uvwx-yzab-cdef'
const EVENT = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//test//EN',
  'BEGIN:VEVENT',
  'UID:ride',
  'DTSTAMP:20261121T100000Z',
  'DTSTART:20270101T100000Z',
  'DTEND:20270101T110000Z',
  'SUMMARY:Ride out',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n')
const CARD = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  'UID:noor',
  'FN:Noor Petrov',
  'N:Petrov;Noor;;;',
  'END:VCARD',
  '',
].join('\r\n')

type Radicale = Awaited<ReturnType<typeof startRadicale>>
type Apache = Awaited<ReturnType<typeof startApache>>

describe.skipIf(missing.length > 0)('through the hub', () => {
  let radicale: Radicale
  let dovecot: Dovecot
  let smtp: Smtp
  let apache: Apache
  let t: TestHub
  let person: Browser
  let program: ApiClient

  beforeAll(async () => {
    const certificate = makeCertificate()
    trust(certificate)
    const mailUsers = { [APPLE_ID]: PASSWORD }
    ;[radicale, dovecot] = await Promise.all([
      startRadicale({ [APPLE_ID]: PASSWORD, ada: PASSWORD }),
      startDovecot(mailUsers, certificate),
    ])
    smtp = await startSmtp(mailUsers, certificate, (to, message) => {
      for (const user of to) dovecot.deliver(user, message)
    })
    apache = await startApache({ users: { ada: PASSWORD }, radicale: radicale.port })
    const dav = `http://127.0.0.1:${radicale.port}`
    t = await startTestHub({
      withSandbox: false,
      overrides: {
        icloud: {
          'caldav.icloud.com': dav,
          'contacts.icloud.com': dav,
          'imap.mail.me.com': `imaps://localhost:${dovecot.port}`,
          'smtp.mail.me.com': `smtp://localhost:${smtp.port}`,
        },
        nextcloud: { 'cloud.example.com': `http://127.0.0.1:${apache.port}` },
      },
    })
    person = await t.browser('ada@example.com')
    program = await person.makeKey()
  })
  afterAll(async () => {
    await t?.close()
    await Promise.all([radicale?.stop(), dovecot?.stop(), smtp?.stop(), apache?.stop()])
  })

  const connect = (provider: string, fields: Record<string, string>) =>
    person.send('POST', '/api/v1/connect/attempts', { provider, method: 'basic', fields })
  const read = async (id: string) => (await person.get(`/api/v1/connections/${id}`)).body
  const statusOf = async (id: string) => (await read(id)).status.status

  /** A fetch for clients that know real addresses and no hub: the host becomes the base, the credential is the hub's. */
  function fetchThrough(id: string, bases: Readonly<Record<string, string>> = {}) {
    return (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
      const url = new URL(input instanceof Request ? input.url : input)
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${program.key}`)
      const base = bases[url.host]
      if (base) headers.set('trunkline-base', base)
      return fetch(`${t.url}/api/v1/proxy/${id}${url.pathname}${url.search}`, {
        ...init,
        headers,
        redirect: 'manual',
      })
    }
  }

  const davClient = (serverUrl: string, kind: DAVAccount['accountType'] | undefined, through: typeof fetch) =>
    createDAVClient({
      serverUrl,
      credentials: {},
      authMethod: 'Custom',
      // The hub puts the password on the call; a client of it has none.
      authFunction: () => Promise.resolve({}),
      defaultAccountType: kind,
      fetch: through,
    })

  describe('iCloud', () => {
    let id: string
    const fields = { appleId: APPLE_ID, appPassword: PASSWORD }
    const key = async () => {
      const { rows } = await t.hub.database.pool.query(
        'select organization_id from connections where id = $1',
        [id],
      )
      return { organization: rows[0].organization_id as string, id }
    }

    test('a wrong password is refused, and nothing of it stays', async () => {
      const { status, body } = await connect('icloud', { ...fields, appPassword: CHANGED })
      expect([status, body.code]).toEqual([422, 'credential_refused'])
      expect((await person.get('/api/v1/connections')).body.data).toEqual([])
    })

    test('connects, and finds out what answers', async () => {
      // Without the dashes, as it may be typed.
      const { status, body } = await connect('icloud', {
        ...fields,
        appPassword: PASSWORD.replaceAll('-', ''),
      })
      expect(status, JSON.stringify(body)).toBe(201)
      id = body.connection_id
      expect(await read(id)).toMatchObject({
        mode: 'live',
        status: { status: 'connected' },
        account: { id: APPLE_ID, label: APPLE_ID },
      })
      // Dovecot knows the whole address alone: the name before the @ was tried first and refused.
      await expect
        .poll(async () => (await read(id)).capabilities.map((one: { value: string }) => one.value))
        .toEqual(['reachable', 'reachable', 'reachable'])
      await expect.poll(() => dovecot.said()).toMatch(/user=<ada>[\s\S]*Login: user=<ada@icloud.com>/)
    })

    test('calendars: found, made, written and read by tsdav', async () => {
      const client = await davClient('https://caldav.icloud.com', 'caldav', fetchThrough(id))
      const home = `https://caldav.icloud.com/${APPLE_ID}/`
      await client.makeCalendar({ url: `${home}rides/`, props: { displayname: 'Rides' } })
      const calendar = (await client.fetchCalendars()).find(({ url }) => url.endsWith('/rides/'))
      expect(calendar?.displayName).toBe('Rides')
      if (!calendar) return
      expect(
        (await client.createCalendarObject({ calendar, filename: 'ride.ics', iCalString: EVENT })).status,
      ).toBe(201)
      const timeRange = { start: '2026-12-31T00:00:00Z', end: '2027-01-02T00:00:00Z' }
      const [event] = await client.fetchCalendarObjects({ calendar, timeRange })
      expect(String(event?.data)).toContain('SUMMARY:Ride out')
      const later = { start: '2027-02-01T00:00:00Z', end: '2027-02-02T00:00:00Z' }
      expect(await client.fetchCalendarObjects({ calendar, timeRange: later })).toEqual([])
    })

    test('contacts: on a host of their own, behind a base', async () => {
      const through = fetchThrough(id, { 'contacts.icloud.com': 'contacts' })
      const client = await davClient('https://contacts.icloud.com', 'carddav', through)
      const home = `https://contacts.icloud.com/${APPLE_ID}/`
      const made = await through(`${home}people/`, {
        method: 'MKCOL',
        headers: { 'content-type': 'application/xml' },
        body: '<d:mkcol xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><d:set><d:prop><d:resourcetype><d:collection/><c:addressbook/></d:resourcetype><d:displayname>People</d:displayname></d:prop></d:set></d:mkcol>',
      })
      expect(made.status).toBe(201)
      const addressBook = (await client.fetchAddressBooks()).find(({ url }) => url.endsWith('/people/'))
      expect(addressBook?.displayName).toBe('People')
      if (!addressBook) return
      expect(
        (await client.createVCard({ addressBook, filename: 'noor.vcf', vCardString: CARD })).status,
      ).toBe(201)
      expect(String((await client.fetchVCards({ addressBook }))[0]?.data)).toContain('FN:Noor Petrov')
    })

    test('the hosts of a partition that was never told have no base yet', async () => {
      const answer = await program.get(`/api/v1/proxy/${id}/x`, { 'trunkline-base': 'calendars' })
      expect([answer.status, answer.body.code]).toEqual([422, 'egress_refused'])
      expect(answer.body.detail).toContain('partition')
    })

    test('mail: a message that is sent lies in the inbox', async () => {
      const session = await t.hub.mail.open(await key())
      expect(await session.mailbox.search({})).toEqual([])
      const sent = await session.outbox.send({
        from: APPLE_ID,
        to: [APPLE_ID],
        subject: 'Über die Brücke',
        text: 'Bring lights.\n.\nAnd a bell.',
      })
      expect(sent).toMatchObject({ accepted: [APPLE_ID], rejected: [] })
      const [head] = await session.mailbox.search({ subject: 'Brücke' })
      expect(head).toMatchObject({
        from: [APPLE_ID],
        to: [APPLE_ID],
        subject: 'Über die Brücke',
        seen: false,
      })
      const message = await session.mailbox.read({ uid: head?.uid ?? 0 })
      expect([message?.complete, message?.source.toString()]).toEqual([
        true,
        expect.stringContaining('And a bell.'),
      ])
      expect((await session.mailbox.search({ from: 'somebody@else.example' })).length).toBe(0)
      // Looking marks nothing as read.
      expect((await session.mailbox.search({ unseen: true })).length).toBe(1)
      await expect(session.mailbox.search({ folder: 'No such folder' })).rejects.toMatchObject({
        code: /^upstream_/,
      })
      await session.close()
    })

    test('mail that does not open is a warning, and the connection works', async () => {
      dovecot.setPasswords({ [APPLE_ID]: CHANGED })
      smtp.setPasswords({ [APPLE_ID]: CHANGED })
      const mail = async () => (await read(id)).capabilities.find((one: { id: string }) => one.id === 'mail')
      // Servers make those wait who got it wrong, and Dovecot looks at its file once a second at most.
      await expect
        .poll(
          async () => {
            const { body } = await person.send('POST', `/api/v1/connections/${id}/verify`)
            expect(body.status.status).toBe('connected')
            return mail()
          },
          { interval: 2000 },
        )
        .toMatchObject({ value: 'not reachable' })
      expect((await mail()).warning).toContain('refuses the user name or the password')
      await expect(t.hub.mail.open(await key())).rejects.toMatchObject({ code: 'credential_refused' })
      await expect.poll(() => statusOf(id)).toBe('connected')
    })

    test('a password that was changed: the call is refused, and the connection is found invalid', async () => {
      await radicale.setPasswords({ [APPLE_ID]: CHANGED, ada: PASSWORD })
      const answer = await program.send('PROPFIND', `/api/v1/proxy/${id}/`, undefined, { depth: '0' })
      // The provider's own refusal, or the hub's where a check in the background met it first.
      expect([401, 409]).toContain(answer.status)
      await expect.poll(() => statusOf(id)).toBe('connection_invalid')
      expect((await read(id)).status).toMatchObject({ who: 'owner', action: 'reconnect' })
      const reconnected = await person.send('POST', `/api/v1/connections/${id}/reconnect`, {
        fields: { ...fields, appPassword: CHANGED },
      })
      expect(reconnected.body).toMatchObject({ status: 'succeeded', connection_id: id })
      expect(await statusOf(id)).toBe('connected')
    })

    test('no password is in any log', () => {
      expect(t.logs.join('\n')).not.toMatch(new RegExp(`${PASSWORD}|${CHANGED}`))
    })
  })

  describe('Nextcloud', () => {
    let id: string
    const fields = { server: 'https://cloud.example.com/apps/files', loginName: 'ada', appPassword: PASSWORD }

    test('a wrong password is refused', async () => {
      const { status, body } = await connect('nextcloud', { ...fields, appPassword: CHANGED })
      expect([status, body.code]).toEqual([422, 'credential_refused'])
    })

    test('connects', async () => {
      const { status, body } = await connect('nextcloud', fields)
      expect(status, JSON.stringify(body)).toBe(201)
      id = body.connection_id
      expect((await read(id)).account).toMatchObject({
        id: 'cloud.example.com:ada',
        email: 'ada@example.com',
      })
    })

    test('files: made, written, moved, read and removed by webdav', async () => {
      const through = fetchThrough(id)
      getPatcher().patch('fetch', (...args: unknown[]) => through(args[0] as string, args[1] as RequestInit))
      const files = createClient('https://cloud.example.com/remote.php/dav/files/ada', {
        authType: AuthType.None,
      })
      await files.createDirectory('/Documents')
      expect(await files.putFileContents('/Documents/Service plan.md', 'Brakes every 90 days.\n')).toBe(true)
      await files.moveFile('/Documents/Service plan.md', '/Documents/Plan für 2027.md')
      const listed = (await files.getDirectoryContents('/Documents')) as { basename: string; size: number }[]
      expect(listed.map(({ basename, size }) => [basename, size])).toEqual([['Plan für 2027.md', 22]])
      expect(await files.getFileContents('/Documents/Plan für 2027.md', { format: 'text' })).toBe(
        'Brakes every 90 days.\n',
      )
      await files.deleteFile('/Documents/Plan für 2027.md')
      expect(await files.exists('/Documents/Plan für 2027.md')).toBe(false)
      await expect(files.putFileContents('/None/x.txt', 'x')).rejects.toMatchObject({ status: 409 })
    })

    test('what is copied stays at the server, whichever address names the place', async () => {
      const here = `/api/v1/proxy/${id}/remote.php/dav/files/ada`
      await program.send('PUT', `${here}/a.txt`, 'a')
      const copy = (destination: string) => program.send('COPY', `${here}/a.txt`, undefined, { destination })
      expect((await copy(`${t.url}${here}/b.txt`)).status).toBe(201)
      expect((await program.get(`${here}/b.txt`)).body).toBe('a')
      for (const away of ['https://evil.example/b.txt', `${t.url}/api/v1/proxy/con_other/b.txt`])
        expect((await copy(away)).body.code).toBe('egress_refused')
    })

    test('calendars, behind the path of a Nextcloud', async () => {
      const through = fetchThrough(id)
      const client = await davClient('https://cloud.example.com', undefined, through)
      const root = 'https://cloud.example.com/remote.php/dav/calendars/'
      const account: DAVAccount = {
        accountType: 'caldav',
        serverUrl: root,
        rootUrl: root,
        principalUrl: `${root}ada/`,
        homeUrl: `${root}ada/`,
      }
      await client.makeCalendar({ url: `${root}ada/personal/`, props: { displayname: 'Personal' } })
      const [calendar] = await client.fetchCalendars({ account })
      expect(calendar?.url).toBe(`${root}ada/personal/`)
      if (!calendar) return
      await client.createCalendarObject({ calendar, filename: 'ride.ics', iCalString: EVENT })
      expect(String((await client.fetchCalendarObjects({ calendar }))[0]?.data)).toContain('SUMMARY:Ride out')
    })

    test('nobody gets out of the server that was named', async () => {
      for (const path of ['/../secret', '/%2e%2e/secret', '//evil.example/x', '/remote.php/dav/..%2f..%2fx'])
        expect([path, (await rawGet(`/api/v1/proxy/${id}${path}`)) < 400]).toEqual([path, false])
    })

    test('a password that was changed: Connection Invalid, and the report of a disconnect is honest', async () => {
      apache.setPasswords({ ada: CHANGED })
      expect((await program.get(`/api/v1/proxy/${id}/remote.php/dav/files/ada/`)).status).toBe(401)
      await expect.poll(() => statusOf(id)).toBe('connection_invalid')
      const { body } = await person.send('DELETE', `/api/v1/connections/${id}`)
      expect(body.items[0], JSON.stringify(body)).toMatchObject({ outcome: 'done' })
    })

    async function rawGet(path: string): Promise<number> {
      const { request } = await import('node:http')
      const { hostname, port } = new URL(t.url)
      return new Promise((resolve, reject) => {
        // As it is written: fetch would tidy the path up.
        const asked = request(
          { hostname, port, path, headers: { authorization: `Bearer ${program.key}` } },
          (answer) => {
            answer.resume()
            resolve(answer.statusCode ?? 0)
          },
        )
        asked.once('error', reject)
        asked.end()
      })
    }
  })
})
