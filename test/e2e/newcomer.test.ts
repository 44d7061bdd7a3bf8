/** The newcomer's path, from the printed link to a disconnected account, by mouse alone and without a reload. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { openE2eStage, openProvider, type E2eStage } from './stage.ts'

let stage: E2eStage
let page: Page
beforeAll(async () => {
  stage = await openE2eStage()
  page = (await stage.signIn()).page
})
afterAll(() => stage.close())

test('the sign-in link signs in once and leaves the address', async () => {
  expect(page.url()).toBe(`${stage.t.url}/`)
  const again = await stage.browser.newContext()
  const other = await again.newPage()
  const link = await stage.t.hub.createSignInUrl()
  await other.goto(link)
  await other.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor()
  const third = await (await stage.browser.newContext()).newPage()
  await third.goto(link)
  await third.getByText('trunkline sign-in').first().waitFor()
  expect(third.url()).not.toContain('token=')
})

test('connects a GitHub account in a new tab, and the page knows at once', async () => {
  const tab = await openProvider(page, 'GitHub')
  await page.getByRole('dialog').getByText('This page notices by itself').waitFor()
  await Promise.all([tab.waitForEvent('close'), tab.getByRole('button', { name: 'Allow' }).click()])
  await page.getByRole('dialog').getByText('GitHub is connected as').waitFor()
})

test('makes a test call that shows the real answer', async () => {
  await page.getByRole('dialog').getByRole('link', { name: 'Make a test call' }).click()
  await page.getByRole('button', { name: 'Run the call' }).click()
  await page.getByText(/Answered 200 in \d+ ms/).waitFor()
  await page.getByText('"login"').first().waitFor()
})

test('a revocation at the provider shows without a reload, with the cause and Reconnect', async () => {
  stage.t.sandbox.control.revoke('github')
  await page.getByRole('button', { name: 'Run the call' }).click()
  await page.getByText('Connection Invalid').first().waitFor()
  await page
    .getByText(/GitHub refuses the credential/)
    .first()
    .waitFor()
})

test('reconnects the same account', async () => {
  await page
    .getByRole('button', { name: /^Reconnect/ })
    .first()
    .click()
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('dialog').getByRole('button', { name: 'Continue to GitHub' }).click(),
  ])
  await tab.getByRole('button', { name: 'Allow' }).click()
  await page
    .getByRole('dialog')
    .getByText(/connected as/)
    .waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await page.getByText('Connected', { exact: true }).first().waitFor()
})

test('disconnects: impact first, then the report item by item', async () => {
  await page
    .getByRole('button', { name: /^Disconnect/ })
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Connection stuck?').click()
  await dialog.getByRole('button', { name: 'Force Disconnect' }).waitFor()
  await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await dialog.getByText('Destroyed, together with the key that opened it.').waitFor()
  await dialog
    .getByText(/github\.com\/settings/)
    .first()
    .waitFor()
})

test('S4 nothing secret is left in the browser', async () => {
  const stored = await page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
  )
  expect(stored).not.toMatch(/gho_|tl_session|code=|state=/)
})

test('nothing was complained of, and no request left the hub', () => {
  expect(stage.complaints).toEqual([])
})
