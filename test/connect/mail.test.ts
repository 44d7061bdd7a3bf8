/** Mailboxes of a connection: found out after connecting, opened without showing the password, verified when refused. */
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'

let t: TestHub
let person: Browser
let id: string
beforeAll(async () => {
  t = await startTestHub()
  person = await t.browser('ada@example.com')
  id = await connect(t.sandbox.values['icloud'] ?? {})
})
afterAll(() => t.close())

const here = process.platform !== 'win32'
const read = async (connection = id) => (await person.get(`/api/v1/connections/${connection}`)).body
const mailOf = async (connection = id) =>
  (await read(connection)).capabilities.find((one: { id: string }) => one.id === 'mail')
const key = async () => {
  const { rows } = await t.hub.database.pool.query('select organization_id from connections where id = $1', [
    id,
  ])
  return { organization: rows[0].organization_id as string, id }
}

async function connect(fields: Readonly<Record<string, string>>): Promise<string> {
  const { status, body } = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'icloud',
    method: 'basic',
    fields,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.connection_id
}

test.runIf(here)('calendars, contacts and mail are found out after connecting', async () => {
  await expect
    .poll(() => mailOf())
    .toEqual({
      id: 'mail',
      label: 'Mail',
      value: 'reachable',
      warning: null,
    })
  const { capabilities, parameters } = await read()
  expect(capabilities.map(({ label, value }: Record<string, string>) => `${label}: ${value}`)).toEqual([
    'Calendars: reachable',
    'Contacts: reachable',
    'Mail: reachable',
  ])
  expect(parameters).toMatchObject({ partition: 'p42', principal: '/10839201174/principal/' })
})

test('the hosts of the partition have bases of their own', async () => {
  const list = (base: string, path: string) =>
    person.send('PROPFIND', `/api/v1/proxy/${id}${path}`, undefined, { 'trunkline-base': base, depth: '1' })
  const calendars = await list('calendars', '/10839201174/calendars/')
  expect([calendars.status, calendars.body]).toEqual([207, expect.stringContaining('<cal:calendar/>')])
  const contacts = await list('contacts-home', '/10839201174/carddavhome/')
  expect([contacts.status, contacts.body]).toEqual([207, expect.stringContaining('<card:addressbook/>')])
  expect((await list('nowhere', '/')).body.code).toBe('egress_refused')
})

test.runIf(here)('a mailbox is handed out signed in, without its password', async () => {
  const session = await t.hub.mail.open(await key())
  const { appPassword = 'none' } = t.sandbox.values['icloud'] ?? {}
  expect((await session.mailbox.search({})).length).toBeGreaterThan(0)
  expect(inspect(session, { depth: 10, showHidden: true })).not.toContain(appPassword)
  const sent = await session.outbox.send({
    from: 'ada.okafor@icloud.com',
    to: ['dmitri.costa@icloud.com'],
    subject: 'Hello',
    text: 'From the hub.',
  })
  expect(sent.accepted).toEqual(['dmitri.costa@icloud.com'])
  await session.close()
  expect(t.logs.join('\n')).not.toContain(appPassword)
})

test.runIf(here)(
  'an account whose mail does not open is connected all the same, with a warning',
  async () => {
    // Somebody else's mailbox: the calendars take the password, the mailbox does not.
    const other = await connect({ ...t.sandbox.values['icloud'], mailUser: 'dmitri.costa@icloud.com' })
    await expect.poll(() => mailOf(other)).toMatchObject({ value: 'not reachable' })
    expect((await mailOf(other)).warning).toContain('reconnect and enter it')
    expect((await read(other)).status.status).toBe('connected')
    id = await connect(t.sandbox.values['icloud'] ?? {})
    await expect.poll(() => mailOf()).toMatchObject({ value: 'reachable', warning: null })
  },
)

test.runIf(here)(
  'a password that was revoked: the mailbox refuses, and the connection is found invalid',
  async () => {
    t.sandbox.control.revoke('icloud')
    await expect(t.hub.mail.open(await key())).rejects.toMatchObject({ code: 'credential_refused' })
    await expect.poll(async () => (await read()).status.status).toBe('connection_invalid')
    await expect(t.hub.mail.open(await key())).rejects.toMatchObject({ code: 'connection_invalid' })
  },
)

test('what has no mailboxes opens none', async () => {
  const { body } = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'stripe',
    fields: t.sandbox.values['stripe'],
  })
  const { organization } = await key()
  await expect(t.hub.mail.open({ organization, id: body.connection_id })).rejects.toMatchObject({
    code: 'invalid_request',
  })
})
