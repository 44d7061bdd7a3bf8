/** What goes by e-mail: a forgotten password, a new address, an invitation; and that nobody learns from it who is here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Smtp, startSmtp } from '../contract/servers/smtp.ts'
import { makeCertificate, trust } from '../setup/certificate.ts'
import { type Browser, startTestHub, type TestHub } from '../setup/testHub.ts'
import { createAuthenticator } from './authenticator.ts'
import { change, linkTokenOf, makeOrganization, PASSWORD, signIn, withPassword } from './house.ts'

let t: TestHub
let smtp: Smtp
let admin: Browser
const letters: { to: string[]; text: string }[] = []
const SMTP_PASSWORD = 'smtp-password-of-the-hub'

beforeAll(async () => {
  const certificate = makeCertificate()
  trust(certificate)
  smtp = await startSmtp({ hub: SMTP_PASSWORD }, certificate, (to, message) =>
    letters.push({ to, text: message.replaceAll('=\r\n', '').replaceAll('=3D', '=') }),
  )
  t = await startTestHub({
    withSandbox: false,
    env: {
      TRUNKLINE_PUBLIC_URL: 'http://localhost:0',
      TRUNKLINE_TRUSTED_HOPS: '1',
      TRUNKLINE_SMTP_URL: `smtp://hub:${SMTP_PASSWORD}@localhost:${smtp.port}`,
      TRUNKLINE_MAIL_FROM: 'Trunkline <hub@example.com>',
    },
  })
  admin = await withPassword(t, 'ada@example.com')
})
afterAll(async () => {
  await t.close()
  await smtp.stop()
})

const letterTo = async (to: string, what: RegExp) => {
  await expect
    .poll(() => letters.some((one) => one.to.includes(to) && what.test(one.text)), { timeout: 10_000 })
    .toBe(true)
  return letters.findLast((one) => one.to.includes(to) && what.test(one.text))?.text ?? ''
}
const tokenIn = (text: string) => /#([\w-]{43})/.exec(text)?.[1] ?? ''
const reset = async (email: string, browser?: Browser) =>
  (browser ?? (await t.browser(null))).send('POST', '/api/v1/password-resets', { email })
const complete = async (token: string, password: string) =>
  (await t.browser(null)).send('POST', '/api/v1/password-resets/complete', { token, password })

describe('a forgotten password', () => {
  test('is set anew by the letter’s link, once; every session ends', async () => {
    const browser = await withPassword(t, 'forgets@example.com')
    expect((await reset('FORGETS@example.com')).status).toBe(202)
    const token = tokenIn(await letterTo('forgets@example.com', /reset-password/))
    expect((await complete(token, 'short')).body.code).toBe('field_invalid')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => complete(token, 'remembered from now on, surely')),
    )
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect((await browser.get('/api/v1/me')).status).toBe(401)
    expect((await signIn(await t.browser(null), 'forgets@example.com')).status).toBe(401)
    const back = await signIn(await t.browser(null), 'forgets@example.com', 'remembered from now on, surely')
    expect(back.status).toBe(204)
  })

  test('is answered alike for an unknown address, and no letter goes there', async () => {
    const known = await reset('ada@example.com')
    const unknown = await reset('nobody@example.com')
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body])
    await letterTo('ada@example.com', /reset-password/)
    expect(letters.some(({ to }) => to.includes('nobody@example.com'))).toBe(false)
  })

  test('fills nobody’s mailbox', async () => {
    await withPassword(t, 'flooded@example.com')
    const statuses = []
    for (let turn = 0; turn < 5; turn += 1) statuses.push((await reset('flooded@example.com')).status)
    expect(statuses).toEqual([202, 202, 202, 429, 429])
    const unknown = []
    for (let turn = 0; turn < 5; turn += 1) unknown.push((await reset('unflooded@example.com')).status)
    expect(unknown).toEqual(statuses)
  })

  test('ends after an hour, with a later letter, and with another address or password', async () => {
    await withPassword(t, 'hour@example.com')
    await reset('hour@example.com')
    const first = tokenIn(await letterTo('hour@example.com', /reset-password/))
    letters.length = 0
    await reset('hour@example.com')
    const second = tokenIn(await letterTo('hour@example.com', /reset-password/))
    expect((await complete(first, 'something else entirely')).body.code).toBe('sign_in_link_invalid')
    t.clock.advance(3_600_001)
    expect((await complete(second, 'something else entirely')).body.code).toBe('sign_in_link_invalid')
    await reset('hour@example.com')
    const third = tokenIn(await letterTo('hour@example.com', /reset-password/))
    await withPassword(t, 'hour@example.com', 'a password of a later day')
    expect((await complete(third, 'something else entirely')).body.code).toBe('sign_in_link_invalid')
  })

  test('of an account that somebody else made with the address takes their ways out of it', async () => {
    const { admin: trap } = await makeOrganization(t, 'Trap', 'mallory@evil.example')
    const invited = await change(trap, 'POST', '/api/v1/invitations', { email: 'owner@example.com' })
    const mallory = await t.browser(null)
    await mallory.send('POST', '/api/v1/invitations/accept', {
      token: linkTokenOf(invited.body.url),
      name: 'Not the owner',
      password: PASSWORD,
    })
    const left = createAuthenticator(t.url)
    const { body: options } = await change(mallory, 'POST', '/api/v1/me/passkeys/options')
    const added = await change(mallory, 'POST', '/api/v1/me/passkeys', {
      name: 'x',
      response: left.create(options),
    })
    expect(added.status).toBe(201)
    await reset('owner@example.com')
    const token = tokenIn(await letterTo('owner@example.com', /reset-password/))
    expect((await complete(token, 'now it is mine alone, thanks')).status).toBe(204)
    const browser = await t.browser(null)
    const { body: asked } = await browser.send('POST', '/api/v1/sessions/passkey/options')
    const entered = await browser.send('POST', '/api/v1/sessions/passkey', { response: left.get(asked) })
    expect(entered.body.code).toBe('sign_in_refused')
    expect((await mallory.get('/api/v1/me')).status).toBe(401)
  })

  test('S5 leaves no token in the table or in the log, nor the mail server’s password', async () => {
    await withPassword(t, 'quiet@example.com')
    await reset('quiet@example.com')
    const token = tokenIn(await letterTo('quiet@example.com', /reset-password/))
    const { rows } = await t.hub.database.pool.query('select * from person_tokens')
    expect(JSON.stringify(rows)).not.toContain(token)
    await complete(token, 'short')
    expect(t.logs.join('\n')).not.toContain(token)
    expect(t.logs.join('\n')).not.toContain(SMTP_PASSWORD)
  })
})

describe('a new e-mail address', () => {
  test('counts when its owner confirms it, in the session of the person', async () => {
    const browser = await withPassword(t, 'before@example.com')
    const asked = await change(browser, 'PUT', '/api/v1/me/email', { email: 'After@Example.com' })
    expect(asked.body).toEqual({ outcome: 'sent' })
    expect((await browser.get('/api/v1/me')).body.email).toBe('before@example.com')
    const token = tokenIn(await letterTo('after@example.com', /confirm-email/))
    const stranger = await t.browser('stranger@example.com')
    expect((await change(stranger, 'POST', '/api/v1/me/email/confirm', { token })).body.code).toBe(
      'sign_in_link_invalid',
    )
    expect((await change(browser, 'POST', '/api/v1/me/email/confirm', { token })).status).toBe(204)
    expect((await browser.get('/api/v1/me')).body.email).toBe('after@example.com')
    await letterTo('before@example.com', /after@example.com/)
  })

  test('that has an account is answered alike, and its owner is told', async () => {
    const browser = await withPassword(t, 'curious@example.com')
    const free = await change(browser, 'PUT', '/api/v1/me/email', { email: 'free@example.com' })
    const taken = await change(browser, 'PUT', '/api/v1/me/email', { email: 'ada@example.com' })
    expect([taken.status, taken.body]).toEqual([free.status, free.body])
    await letterTo('ada@example.com', /nothing was changed/)
  })
})

describe('an invitation', () => {
  test('goes to the mailbox, and its link to nobody else', async () => {
    const made = await change(admin, 'POST', '/api/v1/invitations', {
      email: 'post@example.com',
      delivery: 'email',
    })
    expect([made.status, made.body.url]).toEqual([201, undefined])
    const token = tokenIn(await letterTo('post@example.com', /invitation/))
    const browser = await t.browser(null)
    const accepted = await browser.send('POST', '/api/v1/invitations/accept', {
      token,
      name: 'Post',
      password: PASSWORD,
    })
    expect(accepted.status).toBe(204)
    expect((await browser.get('/api/v1/me/profile')).body.email_confirmed).toBe(true)
  })

  test('with a name that would write further headers or lines writes none', async () => {
    const { admin: boss } = await makeOrganization(t, 'Line', 'boss@line.example')
    await change(boss, 'PATCH', '/api/v1/organization', {
      name: 'Line\r\nBcc: everybody@example.com\r\n\r\nClick here',
    })
    await change(boss, 'POST', '/api/v1/invitations', { email: 'lines@example.com', delivery: 'email' })
    const text = await letterTo('lines@example.com', /invitation/)
    expect(text).not.toMatch(/^Bcc:/im)
    expect(text).not.toMatch(/^Click here/m)
    expect(letters.some(({ to }) => to.includes('everybody@example.com'))).toBe(false)
  })

  test('that the mail server does not take is told to whoever sends it', async () => {
    smtp.setPasswords({ hub: 'changed meanwhile' })
    const made = await change(admin, 'POST', '/api/v1/invitations', {
      email: 'unsent@example.com',
      delivery: 'email',
    })
    expect(made.body.code).toBe('credential_refused')
    smtp.setPasswords({ hub: SMTP_PASSWORD })
  })
})
