/** Several entries behind one authorization server: one client, one account's world, one grant. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { REDIRECT_URI, rehearse } from './rehearsal.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ redirectUris: () => [REDIRECT_URI] })
})
beforeEach(() => stage.sandbox.control.reset())
afterAll(() => stage.close())

const DRIVE = 'https://www.googleapis.com/drive/v3/files'
const MAIL = 'https://gmail.googleapis.com/gmail/v1/users/me/messages'
const status = async (url: string, token: string) =>
  (await stage.fetch(url, { headers: { authorization: `Bearer ${token}` } })).status

test('the entry is told by the scopes that are asked for, and its grant counts as its own', async () => {
  const { control } = stage.sandbox
  for (const id of ['gmail', 'google', 'google-calendar', 'google-contacts', 'google-drive']) {
    await rehearse(stage, id).connect()
    const grants = control.providers().find((one) => one.id === id)?.grants
    expect(grants, id).toHaveLength(1)
    expect(control.requests(id, '/token'), id).toBe(1)
  }
})

test('an edited list goes to the entry that knows the fewest other scopes', async () => {
  const flow = rehearse(stage, 'gmail')
  const scope = 'openid https://www.googleapis.com/auth/gmail.readonly'
  const page = await (await stage.fetch(flow.authorizationUrl({ scope }))).text()
  expect(page).toContain('use your Gmail account?')
})

test('a token reaches what its scopes allow, whichever entry asked for it', async () => {
  const gmail = (await rehearse(stage, 'gmail').connect()).access_token
  const drive = (await rehearse(stage, 'google-drive').connect()).access_token
  const all = (await rehearse(stage, 'google').connect()).access_token
  expect(await Promise.all([status(MAIL, gmail), status(DRIVE, gmail)])).toEqual([200, 403])
  expect(await Promise.all([status(MAIL, drive), status(DRIVE, drive)])).toEqual([403, 200])
  expect(await Promise.all([status(MAIL, all), status(DRIVE, all)])).toEqual([200, 200])
})

test('the entries show one world: what is sent through one is found through the other', async () => {
  const [gmail, all] = [await rehearse(stage, 'gmail').connect(), await rehearse(stage, 'google').connect()]
  const raw = Buffer.from('To: x@y.example\r\nSubject: Bells\r\n\r\nTwelve.').toString('base64url')
  await stage.fetch(`${MAIL}/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gmail.access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ raw }),
  })
  const found = await stage.fetch(`${MAIL}?q=subject:bells`, {
    headers: { authorization: `Bearer ${all.access_token}` },
  })
  expect(await found.json()).toMatchObject({ resultSizeEstimate: 1 })
})

test('a fault hits the calls of its own entry alone', async () => {
  const gmail = (await rehearse(stage, 'gmail').connect()).access_token
  const all = (await rehearse(stage, 'google').connect()).access_token
  stage.sandbox.control.fault('gmail', { kind: 'error_500', on: 'api' })
  expect(await status(MAIL, all)).toBe(200)
  expect(await status(MAIL, gmail)).toBe(500)
})

test.each(['the person', 'the client'])(
  'a grant that %s ends takes all entries of the account along',
  async (who) => {
    const [gmail, drive] = [
      await rehearse(stage, 'gmail').connect(),
      await rehearse(stage, 'google-drive').connect(),
    ]
    const [, other] = stage.sandbox.control.accounts('gmail')
    const bystander = await rehearse(stage, 'google-drive').connect({ account: other?.id ?? '' })
    if (who === 'the person')
      stage.sandbox.control.revoke('gmail', stage.sandbox.control.accounts('gmail')[0]?.id)
    else
      await stage.fetch('https://oauth2.googleapis.com/revoke', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token: gmail.refresh_token }).toString(),
      })
    expect(await status(DRIVE, drive.access_token)).toBe(401)
    await expect(rehearse(stage, 'google-drive').refresh(drive.refresh_token)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    expect(await status(DRIVE, bystander.access_token)).toBe(200)
  },
)

test('somebody made up on the consent page of one entry is known to the others', async () => {
  const flow = rehearse(stage, 'gmail')
  await stage.fetch(flow.authorizationUrl(), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      decision: 'other',
      name: 'Noor Petrov',
      email: 'noor@riders.example',
    }).toString(),
  })
  const emails = (id: string) => stage.sandbox.control.accounts(id).map(({ email }) => email)
  expect(emails('google-drive')).toContain('noor@riders.example')
  expect(emails('github')).not.toContain('noor@riders.example')
})
