/** Signing in with a password: what is stored, what is answered, how often, and what a session is afterwards. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPasswords } from '../../src/identity/password.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'
import { change, PASSWORD, signIn, withPassword } from './house.ts'

let t: TestHub
beforeAll(async () => {
  // Each browser of the tests has an address of its own.
  t = await startTestHub({ withSandbox: false, env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
  await withPassword(t, 'ada@example.com')
})
afterAll(() => t.close())

const sql = async (text: string, values: unknown[] = []) =>
  (await t.hub.database.pool.query(text, values)).rows

describe('what is stored', () => {
  test('a PHC string of argon2id, and never the password', async () => {
    const [row] = await sql(`select password from people where email = 'ada@example.com'`)
    expect(row.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(t.logs.join('\n')).not.toContain(PASSWORD)
  })

  test('a hash of lower cost still fits, and is written anew at the next sign-in', async () => {
    const cheap = createPasswords({ memory: 64, passes: 1, parallelism: 1 })
    await withPassword(t, 'old@example.com')
    await sql(`update people set password = $1 where email = 'old@example.com'`, [await cheap.hash(PASSWORD)])
    expect((await signIn(await t.browser(null), 'old@example.com')).status).toBe(204)
    const [row] = await sql(`select password from people where email = 'old@example.com'`)
    expect(row.password).toContain('m=19456,t=2,p=1')
    expect((await signIn(await t.browser(null), 'old@example.com')).status).toBe(204)
  })

  test('two accounts with one password have different hashes', async () => {
    await withPassword(t, 'twin@example.com')
    const rows = await sql(`select distinct password from people where password is not null`)
    const all = await sql(`select password from people where password is not null`)
    expect(rows.length).toBe(all.length)
  })
})

test.each([
  ['short', 'eleven char'],
  ['the address in it', 'ada@example.com is me'],
  ['a part of the address', 'hello example hello'],
  ['one of the list', 'passwordpassword'],
  ['one of the list, dressed up', 'P@ssw0rdP@ssw0rd!!1'],
  ['one thing again and again', 'abcabcabcabcabc'],
  ['a row of the keyboard', 'qwertyuiopasdf'],
  ['figures in order', '123456789012'],
])('refuses a password that is %s', async (_why, password) => {
  const browser = await t.browser('ada@example.com')
  const { status, body } = await change(browser, 'PUT', '/api/v1/me/password', { password })
  expect([status, body.code, body.errors?.[0]?.path]).toEqual([422, 'field_invalid', 'password'])
})

test('takes any characters, and the same text from every keyboard', async () => {
  const browser = await withPassword(t, 'zoe@example.com', 'größe über alles hinaus 🌊')
  expect((await browser.get('/api/v1/me')).status).toBe(200)
  const decomposed = 'größe über alles hinaus 🌊'.normalize('NFD')
  expect((await signIn(await t.browser(null), 'zoe@example.com', decomposed)).status).toBe(204)
})

describe('enumeration', () => {
  test('an unknown address, a wrong password and an account without one are answered alike', async () => {
    await t.browser('nopassword@example.com')
    const answers = []
    for (const email of ['ada@example.com', 'nobody@example.com', 'nopassword@example.com', 'no address']) {
      const { status, body } = await signIn(await t.browser(null), email, 'not the right one at all')
      answers.push([status, body.code, body.title, body.detail])
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]?.slice(0, 2)).toEqual([401, 'sign_in_refused'])
  })

  test('an unknown address takes the work of a known one', async () => {
    const passwords = createPasswords()
    const time = async (stored: string | undefined) => {
      const times = []
      for (let turn = 0; turn < 5; turn += 1) {
        const from = performance.now()
        await passwords.verify('whatever it is that they typed', stored)
        times.push(performance.now() - from)
      }
      return Math.min(...times)
    }
    const known = await time(await passwords.hash(PASSWORD))
    const unknown = await time(undefined)
    // Without the work it takes a hundredth of this.
    expect(unknown).toBeGreaterThan(known / 3)
  })
})

describe('e-mail addresses', () => {
  test('case and form do not matter, and nothing else is taken for the same', async () => {
    for (const email of ['ADA@Example.COM', '  ada@example.com ', 'ada@ｅxample.com'])
      expect([email, (await signIn(await t.browser(null), email)).status]).toEqual([email, 204])
    for (const email of ['ada@example.com.', 'ada+x@example.com', 'аda@example.com', 'ada@examp1e.com'])
      expect([email, (await signIn(await t.browser(null), email)).status]).toEqual([email, 401])
  })

  test('a letter that folds into another one makes no second account', async () => {
    await withPassword(t, 'mike@example.com')
    const browser = await t.browser('other@example.com')
    // The Kelvin sign lower-cases to k, the long s upper-cases to S.
    for (const email of ['mi\u212Ae@example.com', 'mike@example.com\r\nbcc: x@y.z', 'ſam@example.com']) {
      const { status, body } = await change(browser, 'PUT', '/api/v1/me/email', { email })
      expect([email, status, body.code]).toEqual([email, 422, 'field_invalid'])
    }
  })
})

describe('tries', () => {
  test('end for an address after ten, over replicas and in parallel, and come back by themselves', async () => {
    await withPassword(t, 'target@example.com')
    const guesser = await t.browser(null)
    const answers = await Promise.all(
      Array.from({ length: 15 }, (_, index) =>
        signIn(guesser, 'target@example.com', `guess number ${index}`),
      ),
    )
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
    const late = answers.find(({ status }) => status === 429)
    expect(Number(late?.headers.get('retry-after'))).toBeGreaterThan(60)
    // Not even the right one, or the last guess would be told apart from the others.
    expect((await signIn(guesser, 'target@example.com')).status).toBe(429)
    // Others come in.
    expect((await signIn(await t.browser(null), 'target@example.com')).status).toBe(204)
    t.clock.advance(16 * 60_000)
    expect((await signIn(guesser, 'target@example.com')).status).toBe(204)
  })

  test('by many machines do not keep out whoever is here already, nor for good', async () => {
    const owner = await withPassword(t, 'hunted@example.com')
    for (let machine = 0; machine < 6; machine += 1) {
      const guesser = await t.browser(null)
      for (let guess = 0; guess < 9; guess += 1)
        await signIn(guesser, 'hunted@example.com', 'wrong and wrong')
    }
    expect((await signIn(await t.browser(null), 'hunted@example.com')).status).toBe(429)
    // From the address where the person has a session.
    expect((await signIn(owner, 'hunted@example.com')).status).toBe(204)
    t.clock.advance(16 * 60_000)
    expect((await signIn(await t.browser(null), 'hunted@example.com')).status).toBe(204)
  })

  test('are counted for addresses that have no account too', async () => {
    const guesser = await t.browser(null)
    const statuses = []
    for (let guess = 0; guess < 12; guess += 1)
      statuses.push((await signIn(guesser, 'ghost@example.com', 'wrong and wrong')).status)
    expect(statuses.slice(9)).toEqual([401, 429, 429])
  })
})

describe('T9 sessions', () => {
  test('fixation: a cookie that was there before signing in is worth nothing after it', async () => {
    const browser = await t.browser(null)
    const name = [...(await t.browser('ada@example.com')).cookies.keys()].find((one) =>
      one.includes('session'),
    )
    const planted = 'p'.repeat(43)
    browser.cookies.set(name as string, planted)
    expect((await signIn(browser, 'ada@example.com')).status).toBe(204)
    expect(browser.cookies.get(name as string)).not.toBe(planted)
    const attacker = await t.browser(null)
    attacker.cookies.set(name as string, planted)
    expect((await attacker.get('/api/v1/me')).status).toBe(401)
  })

  test('signing in again ends the session that the browser had', async () => {
    const browser = await t.browser('ada@example.com')
    const before = new Map(browser.cookies)
    expect((await signIn(browser, 'ada@example.com')).status).toBe(204)
    const old = await t.browser(null)
    for (const [name, value] of before) old.cookies.set(name, value)
    expect((await old.get('/api/v1/me')).status).toBe(401)
    expect((await browser.get('/api/v1/me')).status).toBe(200)
  })

  test('a new password ends every other session and gives this one a fresh token', async () => {
    const here = await withPassword(t, 'eve@example.com')
    const elsewhere = await t.browser('eve@example.com')
    const before = new Map(here.cookies)
    const set = await change(here, 'PUT', '/api/v1/me/password', { password: 'another lantern by the sea' })
    expect(set.status).toBe(204)
    expect((await elsewhere.get('/api/v1/me')).status).toBe(401)
    expect((await here.get('/api/v1/me')).status).toBe(200)
    expect([...here.cookies.values()]).not.toEqual([...before.values()])
    const stolen = await t.browser(null)
    for (const [name, value] of before) stolen.cookies.set(name, value)
    expect((await stolen.get('/api/v1/me')).status).toBe(401)
    expect((await signIn(await t.browser(null), 'eve@example.com')).status).toBe(401)
  })

  test('changing how one signs in wants somebody who showed who they are within ten minutes', async () => {
    const browser = await withPassword(t, 'late@example.com')
    t.clock.advance(11 * 60_000)
    for (const [method, path, body] of [
      ['PUT', '/api/v1/me/password', { password: 'yet another lantern here' }],
      ['DELETE', '/api/v1/me/password', undefined],
      ['PUT', '/api/v1/me/email', { email: 'mine@evil.example' }],
      ['POST', '/api/v1/me/passkeys/options', undefined],
      ['DELETE', '/api/v1/me/sso', undefined],
      ['POST', '/api/v1/sessions/sso', { purpose: 'link' }],
    ] as const) {
      const { body: problem } = await change(browser, method, path, body)
      expect([path, problem.code]).toEqual([path, 'reauthentication_required'])
    }
    const wrong = await change(browser, 'POST', '/api/v1/me/reauthenticate', { password: 'not this one' })
    expect([wrong.status, wrong.body.code]).toEqual([401, 'sign_in_refused'])
    const before = new Map(browser.cookies)
    const right = await change(browser, 'POST', '/api/v1/me/reauthenticate', { password: PASSWORD })
    expect(right.status).toBe(204)
    expect([...browser.cookies.values()]).not.toEqual([...before.values()])
    const set = await change(browser, 'PUT', '/api/v1/me/password', { password: 'yet another lantern here' })
    expect(set.status).toBe(204)
  })

  test('are listed with where from, end one by one, and everywhere at once', async () => {
    const here = await withPassword(t, 'list@example.com')
    const there = await t.browser('list@example.com')
    const { body } = await here.get('/api/v1/me/sessions')
    expect(body.data).toHaveLength(2)
    expect(body.data.filter(({ current }: { current: boolean }) => current)).toHaveLength(1)
    expect(body.data[0]).toMatchObject({ method: 'link', address: expect.stringMatching(/^10\./) })
    const other = body.data.find(({ current }: { current: boolean }) => !current)
    // Somebody else's is none.
    const stranger = await t.browser('ada@example.com')
    const foreign = await change(stranger, 'DELETE', `/api/v1/me/sessions/${other.id}`)
    expect([foreign.status, foreign.body.code]).toEqual([404, 'not_found'])
    expect((await change(here, 'DELETE', `/api/v1/me/sessions/${other.id}`)).status).toBe(204)
    expect((await there.get('/api/v1/me')).status).toBe(401)
    const third = await t.browser('list@example.com')
    expect((await change(here, 'DELETE', '/api/v1/me/sessions')).status).toBe(204)
    for (const browser of [here, third]) expect((await browser.get('/api/v1/me')).status).toBe(401)
  })

  test('CSRF: a page of another origin changes nothing, signed in or not', async () => {
    const browser = await withPassword(t, 'csrf@example.com')
    const { csrf_token: token } = (await browser.get('/api/v1/me')).body
    const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    for (const [path, body] of [
      ['/api/v1/sessions/password', { email: 'csrf@example.com', password: PASSWORD }],
      ['/api/v1/sessions/passkey/options', undefined],
      ['/api/v1/sessions/sso', {}],
      ['/api/v1/password-resets', { email: 'csrf@example.com' }],
      ['/api/v1/invitations/look', { token: 'x'.repeat(43) }],
    ] as const)
      expect([path, (await browser.send('POST', path, body, cross)).body.code]).toEqual([path, 'csrf_failed'])
    const headers = { ...cross, 'trunkline-csrf': token }
    expect((await browser.send('DELETE', '/api/v1/me/sessions', undefined, headers)).body.code).toBe(
      'csrf_failed',
    )
    const without = await browser.send(
      'PUT',
      '/api/v1/me/password',
      { password: 'x'.repeat(20) },
      {
        'trunkline-csrf': 'made up',
      },
    )
    expect(without.body.code).toBe('csrf_failed')
  })
})

test('T10 signing in, failing to and changing a password are written down, with where from', async () => {
  const browser = await withPassword(t, 'trace@example.com')
  await signIn(browser, 'trace@example.com', 'not this one at all')
  await signIn(browser, 'trace@example.com')
  const { id } = (await browser.get('/api/v1/me')).body
  await expect
    .poll(
      async () =>
        (
          await sql('select action from audit_log where actor = $1 and ip is not null order by seq', [id])
        ).map(({ action }) => action),
      { timeout: 10_000 },
    )
    .toEqual(expect.arrayContaining(['session.created', 'password.set', 'session.refused']))
})
