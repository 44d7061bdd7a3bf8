/** The Integrations page's two sides, the statuses, connecting as the guides describe it, the frame, the first steps. */
import type { BrowserContext, Page } from 'playwright-core'
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

describe('Jira and Confluence: connected with the site, and verified', () => {
  let page: Page
  let context: BrowserContext
  let site: string
  beforeAll(async () => {
    const { forge } = stage.t.sandbox.control
    site = forge.sites()[0]?.cloudId ?? ''
    await forge.install(site)
    const signedIn = await stage.signIn('admin@example.com')
    page = signedIn.page
    context = signedIn.context
    await page.getByRole('link', { name: /^Organization/ }).click()
  })
  afterAll(() => context.close())

  test('no card stands for what the installed app connected; one line says so', async () => {
    await page.getByText(/Jira Cloud is connected with .*: there is nothing to configure/).waitFor()
    expect(await card(page, 'Jira Cloud').count()).toBe(0)
    await page.getByRole('link', { name: /^Mine/ }).click()
    await card(page, 'Jira Cloud').waitFor()
    await page.getByRole('link', { name: /^Organization/ }).click()
  })

  test('Verify Access: Setup Required shows the steps of the admin console, Re-verify makes it Connected', async () => {
    const confluence = card(page, 'Confluence Cloud')
    await confluence.getByRole('button', { name: 'Verify access to Confluence Cloud' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('radio', { name: /The organization’s/ }).isChecked()).toBe(true)
    await dialog.getByRole('button', { name: 'Verify Access' }).click()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await confluence.getByText('Setup Required').waitFor()
    await confluence.getByText('What an administrator does at the provider').click()
    await confluence.getByRole('link', { name: /admin\.atlassian\.com/ }).waitFor()
    stage.t.sandbox.control.forge.connectConfluence(site, true)
    await stage.t.sandbox.control.forge.trigger(site)
    await confluence.getByRole('button', { name: /Verify access to Confluence Cloud again/ }).click()
    await confluence.getByText('Connected', { exact: true }).waitFor()
  })

  test('a member sees the status and whom to ask, and no button', async () => {
    const first = await stage.signIn('member@example.com')
    await makeMember('member@example.com')
    await first.page.goto(`${stage.t.url}/?whose=organization`)
    await card(first.page, 'Confluence Cloud').getByText('Connected', { exact: true }).waitFor()
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

describe('connecting', () => {
  test('“Connection timeout”: after four minutes a notice with Dismiss; late success shows by itself', async () => {
    const { page, context } = await stage.signIn('slow@example.com')
    await page.clock.install()
    await page.reload()
    const tab = await openProvider(page, 'GitHub')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('link', { name: 'Open it again' }).waitFor()
    await page.clock.fastForward(4 * 60_000 + 1000)
    await dialog.getByText('No answer from GitHub yet').waitFor()
    await dialog.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => dialog.count()).toBe(0)
    await tab.getByRole('button', { name: 'Allow' }).click()
    await card(page, 'GitHub').getByText('@ada-okafor').waitFor()
    await page.getByText('GitHub is connected.').waitFor()
    // The notice was read: it does not come again.
    expect(await page.getByText('No answer from GitHub yet').count()).toBe(0)
    await context.close()
  })

  test('“OAuth tab is blocked”: how to allow pop-ups, a link that is never blocked, and this tab', async () => {
    const { page, context } = await stage.signIn('popup@example.com')
    await page.evaluate(() => {
      window.open = () => null
    })
    await card(page, 'Slack').getByRole('button', { name: 'Connect Slack' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Private channels are seen only once the bot was invited to them.').waitFor()
    await dialog.getByRole('button', { name: 'Continue to Slack' }).click()
    await dialog.getByText(`allow pop-ups for ${new URL(stage.t.url).host}`).waitFor()
    await dialog.getByRole('button', { name: 'Continue in this tab' }).waitFor()
    const [tab] = await Promise.all([
      context.waitForEvent('page'),
      dialog.getByRole('link', { name: 'Open in a new tab' }).click(),
    ])
    await tab.getByRole('button', { name: 'Allow' }).click()
    // What to do next, from the declaration.
    await dialog.getByText(/Invite the bot to each private channel/).waitFor()
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

  test('“Connection appears stuck”: the way to Force Disconnect, with what it does', async () => {
    const { page, context } = await stage.signIn('live@example.com')
    await page.getByRole('link', { name: '1 connection needs attention' }).click()
    await card(page, 'Linear').getByRole('link', { name: 'Linear', exact: true }).click()
    await page.getByRole('button', { name: 'Force Disconnect' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/nothing is revoked there/i).waitFor()
    await dialog.getByRole('button', { name: 'Force Disconnect' }).click()
    await dialog.getByText(/is disconnected/).waitFor()
    expect(await page.getByRole('link', { name: /needs? attention$/ }).count()).toBe(0)
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
