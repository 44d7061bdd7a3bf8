/** Connecting when things go otherwise: popup blocked, denial, late, two tabs, the wrong account. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openE2eStage, openProvider, type E2eStage } from './stage.ts'

let stage: E2eStage
beforeAll(async () => {
  stage = await openE2eStage()
})
afterAll(() => stage.close())
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
  stage.t.sandbox.control.reset()
})

test('popup blocked: the page says so, goes on in this tab, and comes back to where it was', async () => {
  const { page, context } = await stage.signIn('blocked@example.com')
  await context.addInitScript(() => {
    window.open = () => null
  })
  await page.reload()
  await page.getByRole('button', { name: 'Connect GitHub' }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Continue to GitHub' }).click()
  await page.getByRole('dialog').getByText('The new tab was blocked').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Continue in this tab' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL(
    (url) =>
      url.origin === stage.t.url &&
      !url.pathname.startsWith('/connect') &&
      !url.pathname.startsWith('/sandbox'),
  )
  await page.getByText('@ada-okafor').first().waitFor()
  await context.close()
})

test('denial: the page says who said no and what to do', async () => {
  const { page, context } = await stage.signIn('denier@example.com')
  const tab = await openProvider(page, 'GitHub')
  await tab.getByRole('button', { name: 'Deny' }).click()
  await page.getByRole('dialog').getByText('GitHub was not connected').waitFor()
  await page.getByRole('dialog').getByText('Access was not allowed at GitHub.').waitFor()
  await page
    .getByRole('dialog')
    .getByText(/Connect again and allow/)
    .waitFor()
  await context.close()
})

test('expired: an answer after ten minutes connects nothing and says so', async () => {
  const { page, context } = await stage.signIn('late@example.com')
  const tab = await openProvider(page, 'GitHub')
  stage.t.clock.advance(10 * 60_000 + 1000)
  // The consent page of the sandbox has a clock of its own that went on as well; the answer is made by hand.
  await tab.goto(
    `${stage.t.url}/api/v1/integrations/universal/callback?code=late&state=${new URL(tab.url()).searchParams.get('state')}`,
  )
  await tab.getByText('This authorization is not open any more').waitFor()
  expect(tab.url()).not.toContain('state=')
  await page.getByRole('dialog').getByText('GitHub was not connected').waitFor()
  await context.close()
})

test('two tabs: what one connects the other shows without a reload', async () => {
  const { page, context } = await stage.signIn('tabs@example.com')
  const other = await context.newPage()
  await other.goto(stage.t.url)
  await other.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor()
  const tab = await openProvider(page, 'GitHub')
  await tab.getByRole('button', { name: 'Allow' }).click()
  await other.getByText('@ada-okafor').first().waitFor()
  await context.close()
})

test('the opener closed: the result page tells the end, and the connection is there', async () => {
  const { page, context } = await stage.signIn('closer@example.com')
  const tab = await openProvider(page, 'GitHub')
  await page.close()
  await tab.getByRole('button', { name: 'Allow' }).click()
  await tab.waitForURL(/\/connect\/result/).catch(() => {})
  const later = await context.newPage()
  await later.goto(stage.t.url)
  await later.getByText('@ada-okafor').first().waitFor()
  await context.close()
})

test('the back button after the end connects nothing twice', async () => {
  const { page, context } = await stage.signIn('back@example.com')
  await context.addInitScript(() => {
    window.close = () => {}
  })
  const tab = await openProvider(page, 'GitHub')
  await tab.getByRole('button', { name: 'Allow' }).click()
  await tab.getByText('Connected', { exact: true }).first().waitFor()
  await tab.goBack().catch(() => {})
  await tab
    .getByRole('button', { name: 'Allow' })
    .click({ timeout: 3000 })
    .catch(() => {})
  const person = await stage.t.browser('back@example.com')
  const { body } = await person.get('/api/v1/connections?provider=github')
  expect(body.data).toHaveLength(1)
  await context.close()
})

test('another account on reconnect is asked about, and keeping both keeps both', async () => {
  const { page, context } = await stage.signIn('switcher@example.com')
  const tab = await openProvider(page, 'GitHub')
  await tab.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await page.goto(`${stage.t.url}/integrations/github`)
  await page
    .getByRole('button', { name: /^Reconnect/ })
    .first()
    .click()
  const [again] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('dialog').getByRole('button', { name: 'Continue to GitHub' }).click(),
  ])
  await again.getByText('Use another account').click()
  await again.getByRole('link').or(again.getByRole('button')).filter({ hasText: /bruno/i }).first().click()
  await again.getByRole('button', { name: 'Allow' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/This connection belongs to @ada-okafor/).waitFor()
  await dialog.getByRole('radio').first().check()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.getByText(/connected as/).waitFor()
  const person = await stage.t.browser('switcher@example.com')
  const { body } = await person.get('/api/v1/connections?provider=github')
  expect(body.data).toHaveLength(2)
  await context.close()
})
