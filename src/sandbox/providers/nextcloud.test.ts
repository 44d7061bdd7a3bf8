import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { AuthType, createClient } from 'webdav'
import type { JsonObject } from '../../catalog/define.ts'
import nextcloud from '../../catalog/providers/nextcloud.ts'
import { openStage, type Stage } from '../stage.ts'

// Files are read and written by the npm package webdav.
type Init = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }

let stage: Stage
let origin: string
let clock = Date.parse('2026-11-21T10:00:00Z')
beforeAll(async () => {
  stage = await openStage({ now: () => clock })
  origin = await stage.front('https://cloud.example.com')
})
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.control.reset())

const values = () => stage.sandbox.values['nextcloud'] ?? {}
const basic = (user: string | undefined, password: string | undefined) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const call = (path: string, authorization: string, init: Init = {}) =>
  fetch(`${origin}${path}`, {
    ...init,
    headers: { authorization, 'ocs-apirequest': 'true', ...init.headers },
  })
const [flow] = nextcloud.auth
if (flow.kind !== 'browser_login') throw new Error('Login Flow v2 comes first')

async function start() {
  const answer = await fetch(`${origin}/index.php/login/v2`, {
    method: 'POST',
    headers: { 'user-agent': 'Trunkline' },
  })
  return flow.kind === 'browser_login' ? flow.readStart((await answer.json()) as JsonObject) : undefined
}
const poll = (started: Awaited<ReturnType<typeof start>>) =>
  stage.fetch(started?.poll_url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(started?.poll_form).toString(),
  })
const post = (url: string | undefined, form: Record<string, string>) =>
  stage.fetch(url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })

test('Login Flow v2: nothing until access is granted, then an app password, once', async () => {
  const started = await start()
  expect(started?.login_url).toMatch(/^https:\/\/cloud\.example\.com\/login\/v2\/flow\/\w{128}$/)
  expect((await poll(started)).status).toBe(flow.kind === 'browser_login' && flow.pending)
  const page = await (await stage.fetch(started?.login_url ?? '')).text()
  expect(page).toContain('Grant access')
  expect(page).toContain('<strong>Trunkline</strong>')
  expect((await post(started?.login_url, { account: 'bruno' })).status).toBe(200)
  const done = await poll(started)
  const read = flow.kind === 'browser_login' ? flow.readDone((await done.json()) as JsonObject) : undefined
  expect(read?.values['loginName']).toBe('bruno@fernhill.example')
  expect((await poll(started)).status).toBe(404)

  const user = await call(
    '/ocs/v2.php/cloud/user?format=json',
    basic(read?.values['loginName'], read?.values['appPassword']),
  )
  const account = nextcloud.account({
    token: undefined,
    body: (await user.json()) as JsonObject,
    parameters: { server: 'cloud.example.com' },
  })
  // The id is not the name one logs in with.
  expect(account).toEqual({
    id: 'cloud.example.com:bruno',
    label: 'Bruno Lindqvist at cloud.example.com',
    email: 'bruno@fernhill.example',
    parameters: { userId: 'bruno' },
  })
})

test('Login Flow v2 ends after twenty minutes', async () => {
  const started = await start()
  await post(started?.login_url, { account: 'ada' })
  clock += 1_200_000
  expect((await poll(started)).status).toBe(404)
  expect((await stage.fetch(started?.login_url ?? '')).status).toBe(403)
})

test('a flow is finished by its own token alone', async () => {
  const [one, two] = [await start(), await start()]
  await post(one?.login_url, { account: 'ada' })
  expect((await poll(two)).status).toBe(404)
  expect((await poll(one)).status).toBe(200)
})

test('an app password deletes itself', async () => {
  const { loginName, appPassword } = values()
  const authorization = basic(loginName, appPassword)
  expect((await call('/ocs/v2.php/cloud/user?format=json', basic(loginName, 'wrong'))).status).toBe(401)
  const remove = () => call('/ocs/v2.php/core/apppassword?format=json', authorization, { method: 'DELETE' })
  expect((await remove()).status).toBe(200)
  expect((await remove()).status).toBe(401)
  expect(values()['appPassword']).not.toBe(appPassword)
})

test('OCS wants its header', async () => {
  const { loginName, appPassword } = values()
  expect(
    (
      await call('/ocs/v2.php/cloud/user', basic(loginName, appPassword), {
        headers: { 'ocs-apirequest': '' },
      })
    ).status,
  ).toBe(412)
})

test('files are listed, written, read and removed', async () => {
  const { loginName = '', appPassword = '' } = values()
  const dav = createClient(`${origin}/remote.php/dav/files/ada`, {
    authType: AuthType.Password,
    username: loginName,
    password: appPassword,
  })
  const names = async (path: string) =>
    ((await dav.getDirectoryContents(path)) as { basename: string; type: string }[]).map(
      ({ basename, type }) => `${type} ${basename}`,
    )
  expect(await names('/')).toEqual(['directory Documents', 'file Readme.md'])
  expect((await names('/Documents')).sort()).toEqual(['file Fleet.csv', 'file Service plan.md'])
  expect(await dav.getFileContents('/Documents/Service plan.md', { format: 'text' })).toContain(
    'Brakes every 90 days.',
  )
  expect(await dav.putFileContents('/Documents/Notes.txt', 'Bells arrived.')).toBe(true)
  expect(await dav.getFileContents('/Documents/Notes.txt', { format: 'text' })).toBe('Bells arrived.')
  await dav.createDirectory('/Archive')
  expect(await names('/')).toContain('directory Archive')
  await dav.deleteFile('/Documents/Notes.txt')
  expect(await dav.exists('/Documents/Notes.txt')).toBe(false)
  await expect(dav.putFileContents('/None/x.txt', 'x')).rejects.toMatchObject({ status: 409 })
})

test('nobody sees the files of others', async () => {
  const { loginName, appPassword } = values()
  expect((await call('/remote.php/dav/files/bruno/Readme.md', basic(loginName, appPassword))).status).toBe(
    404,
  )
})

test('events and contacts are reported, and shares made', async () => {
  const { loginName, appPassword } = values()
  const authorization = basic(loginName, appPassword)
  const report = async (path: string, body: string) =>
    (await call(path, authorization, { method: 'REPORT', body })).text()
  const calendar = '/remote.php/dav/calendars/ada/personal'
  expect(await report(`${calendar}/`, '<c:calendar-query xmlns:c="urn:ietf:params:xml:ns:caldav"/>')).toMatch(
    /SUMMARY:Sprint 14 planning[\s\S]*SUMMARY:Rental fleet review/,
  )
  expect(
    (
      await call(`${calendar}/new.ics`, authorization, {
        method: 'PUT',
        body: 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:new\r\nDTSTART:20270101T100000Z\r\nSUMMARY:Ride out\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
      })
    ).status,
  ).toBe(201)
  const range = '<c:time-range start="20270101T000000Z" end="20270102T000000Z"/>'
  const found = await report(`${calendar}/`, range)
  expect([found.includes('Ride out'), found.includes('Sprint 14')]).toEqual([true, false])
  expect(
    await report(
      '/remote.php/dav/addressbooks/users/ada/contacts/',
      '<card:text-match>chiara</card:text-match>',
    ),
  ).toMatch(/FN:Chiara Tanaka/)
  const share = await call('/ocs/v2.php/apps/files_sharing/api/v1/shares?format=json', authorization, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'path=/Readme.md&shareType=3',
  })
  expect(await share.json()).toMatchObject({
    ocs: {
      data: { share_type: 3, url: expect.stringMatching(/^https:\/\/cloud\.example\.com\/s\/\w{15}$/) },
    },
  })
})
