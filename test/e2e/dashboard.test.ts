/** The Integrations page as members see it, first steps, a status that changes, the frame. What the guides describe: documents/. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openE2eStage, openProvider, type E2eStage } from './stage.ts'

let stage: E2eStage
beforeAll(async () => {
  stage = await openE2eStage()
})
afterAll(() => stage.close())
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

const card = (page: Page, name: string) => page.getByRole('article', { name, exact: true })

async function makeMember(email: string): Promise<void> {
  await stage.t.hub.database.pool.query(
    `update memberships set role = 'member' where person_id = (select id from people where email = $1)`,
    [email],
  )
}

describe('the organization’s side', () => {
  test('a member sees the status and whom to ask, and no button', async () => {
    const first = await stage.signIn('member@example.com')
    await makeMember('member@example.com')
    await first.page.goto(`${stage.t.url}/?whose=organization`)
    const github = card(first.page, 'GitHub')
    await github.getByText('Not Configured').waitFor()
    await github.getByText('An administrator of your organization can connect it.').waitFor()
    expect(await github.getByRole('button').count()).toBe(0)
    await first.context.close()
  })
})

describe('first steps', () => {
  test('lead to a connected sandbox account and a test call, are put aside and taken up, and end', async () => {
    const { page, context } = await stage.signIn('newcomer@example.com')
    const steps = page.getByRole('region', { name: /First steps|What next/ })
    await steps.getByRole('button', { name: 'Connect GitHub' }).waitFor()
    await steps.getByRole('button', { name: 'Put the first steps aside' }).click()
    await steps.waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor()
    expect(await steps.count()).toBe(0)
    await page.getByRole('button', { name: /^Account:/ }).click()
    await page.getByRole('menuitem', { name: 'Getting started' }).click()

    const tab = await openProvider(page, 'GitHub')
    await tab.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
    await steps.getByText('@ada-okafor is connected.').waitFor()
    await steps.getByRole('link', { name: 'Make a test call' }).press('Enter')
    await page.getByText('Last step but one').waitFor()
    await page.getByRole('button', { name: 'Run the call' }).press('Enter')
    await page.getByRole('link', { name: 'See what is next' }).press('Enter')
    await steps.getByRole('link', { name: /Give a program a key/ }).waitFor()
    await steps.getByRole('button', { name: 'Done with the first steps' }).press('Enter')
    await steps.waitFor({ state: 'detached' })
    await context.close()
  })
})

describe('statuses', () => {
  test('a revocation changes every open page and the count above, without a reload', async () => {
    const { page, context } = await stage.signIn('live@example.com')
    const tab = await openProvider(page, 'Linear')
    await tab.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
    const other = await context.newPage()
    await other.goto(`${stage.t.url}/connections`)
    await other
      .getByRole('row', { name: /Linear/ })
      .getByText('Connected', { exact: true })
      .waitFor()
    expect(await page.getByRole('link', { name: /needs? attention$/ }).count()).toBe(0)
    const browser = await stage.t.browser('live@example.com')
    const { id } = (await browser.get('/api/v1/connections?provider=linear')).body.data[0]
    stage.t.sandbox.control.revoke('linear')
    await browser.send('POST', `/api/v1/connections/${id}/verify`, {})
    await page.getByRole('link', { name: '1 connection needs attention' }).waitFor()
    await card(page, 'Linear').getByText('Connection Invalid').waitFor()
    await card(page, 'Linear').getByText('You can mend it.').waitFor()
    await other
      .getByRole('row', { name: /Linear/ })
      .getByText('Connection Invalid')
      .waitFor()
    // Said aloud once, in a region that was there before.
    await expect
      .poll(() => page.getByRole('status').getByText('1 connection needs attention').count())
      .toBe(1)
    await context.close()
  })
})

describe('frame', () => {
  test('the palette finds actions and does them', async () => {
    const { page, context } = await stage.signIn('palette@example.com')
    const search = async (words: string) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Search integrations and pages' }).fill(words)
    }
    await search('use the dark')
    await page.getByRole('option', { name: /Use the dark theme/ }).waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.documentElement.className)).toContain('dark')
    await search('connect zoom')
    await page.getByRole('option', { name: /Connect Zoom/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('Free Zoom plans have no cloud recordings').waitFor()
    await page.keyboard.press('Escape')
    await search('four minutes')
    await page.getByRole('option', { name: /No answer after four minutes/ }).waitFor()
    await page.keyboard.press('Enter')
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toBe('No answer after four minutes')
    await context.close()
  })

  test('plain letters go to pages and show the list of shortcuts, until they are turned off', async () => {
    const { page, context } = await stage.signIn('letters@example.com')
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    await page.getByRole('heading', { name: 'Connections', level: 1 }).waitFor()
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await dialog.getByRole('checkbox').uncheck()
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog.count()).toBe(0)
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.keyboard.press('?')
    expect(await page.getByRole('heading', { name: 'Connections', level: 1 }).count()).toBe(1)
    expect(await dialog.count()).toBe(0)
    await context.close()
  })

  test('offline and back: a notice while it lasts', async () => {
    const { page, context } = await stage.signIn('offline@example.com')
    await context.setOffline(true)
    await page.getByText('This device is offline.').waitFor()
    await context.setOffline(false)
    await expect.poll(() => page.getByText('This device is offline.').count()).toBe(0)
    stage.complaints.splice(0)
    await context.close()
  })
})
