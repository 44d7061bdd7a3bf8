import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMailGate } from '../../egress/mail.ts'
import { openStage, type Stage } from '../stage.ts'

// Mailboxes are opened by imapflow, messages sent by nodemailer, both through the hub's own gate.
let stage: Stage
beforeAll(async () => {
  stage = await openStage({ now: () => Date.parse('2026-11-21T10:00:00Z') })
})
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.control.reset())

const gate = createMailGate({ allowPrivateHosts: [] })
const HOSTS = ['imap.mail.me.com', 'smtp.mail.me.com']

function call(username: string, password = stage.sandbox.values['icloud']?.['appPassword'] ?? '') {
  const route = (protocol: 'imap' | 'smtp') => stage.sandbox.mail('icloud', protocol) ?? ''
  return {
    login: { username, password },
    hosts: HOSTS,
    routes: { 'imap.mail.me.com': route('imap'), 'smtp.mail.me.com': route('smtp') },
  }
}
const reading = (...login: Parameters<typeof call>) =>
  gate.openMailbox({ server: { host: 'imap.mail.me.com', port: 993, security: 'tls' }, ...call(...login) })
const sending = (...login: Parameters<typeof call>) =>
  gate.openOutbox({
    server: { host: 'smtp.mail.me.com', port: 587, security: 'starttls' },
    ...call(...login),
  })

test.skipIf(process.platform === 'win32')('the inbox is listed, searched and read', async () => {
  const mailbox = await reading('ada.okafor')
  expect(await mailbox.folders()).toEqual([{ path: 'INBOX', name: 'INBOX', special: '\\Inbox' }])
  expect(
    (await mailbox.search({})).map(({ uid, subject, from, seen }) => [uid, subject, from, seen]),
  ).toEqual([
    [2, 'My basket', ['noor@riders.example'], false],
    [1, 'Bells have arrived', ['chiara@fernhill.example'], true],
  ])
  expect((await mailbox.search({ unseen: true })).map(({ uid }) => uid)).toEqual([2])
  expect((await mailbox.search({ text: 'brass' })).map(({ uid }) => uid)).toEqual([1])
  expect((await mailbox.search({ since: new Date('2026-11-19') })).map(({ uid }) => uid)).toEqual([2])
  const message = await mailbox.read({ uid: 1 })
  expect(message?.source.toString()).toContain('Forty of them, in brass.')
  expect([message?.complete, message?.date]).toEqual([true, '2026-11-18T10:00:00.000Z'])
  expect((await mailbox.read({ uid: 1, maxBytes: 20 }))?.complete).toBe(false)
  expect(await mailbox.read({ uid: 99 })).toBeUndefined()
  await mailbox.close()
})

test.skipIf(process.platform === 'win32')('a message that is sent arrives, by either user name', async () => {
  const outbox = await sending('ada.okafor@icloud.com')
  const sent = await outbox.send({
    from: 'ada.okafor@icloud.com',
    to: ['ada.okafor@icloud.com', 'someone@elsewhere.example'],
    subject: 'Ride out tomorrow',
    text: 'At ten.\n.\nBring lights.',
  })
  expect(sent.accepted).toHaveLength(2)
  const mailbox = await reading('ada.okafor@icloud.com')
  const [newest] = await mailbox.search({ subject: 'ride out' })
  expect(newest).toMatchObject({ uid: 3, subject: 'Ride out tomorrow', seen: false })
  expect((await mailbox.read({ uid: 3 }))?.source.toString()).toContain('At ten.\r\n.\r\nBring lights.')
  await mailbox.close()
})

test.skipIf(process.platform === 'win32')('a wrong or revoked password opens nothing', async () => {
  for (const open of [reading, sending]) {
    await expect(open('ada.okafor', 'wron-gwro-ngwr-ongw')).rejects.toMatchObject({
      code: 'credential_refused',
    })
    await expect(open('dmitri.costa')).rejects.toMatchObject({ code: 'credential_refused' })
  }
  const { appPassword } = stage.sandbox.values['icloud'] ?? {}
  stage.sandbox.control.revoke('icloud')
  await expect(reading('ada.okafor', appPassword)).rejects.toMatchObject({ code: 'credential_refused' })
})

test('nothing else has a mailbox', () => {
  expect(stage.sandbox.mail('nextcloud', 'imap')).toBeUndefined()
  expect(stage.sandbox.mail('nobody', 'smtp')).toBeUndefined()
})
