/** "Troubleshooting" of the set-up guides: each trouble is made, seen, and mended the way the page says. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from '../../setup/testHub.ts'
import { openE2eStage, openProvider, type E2eStage } from '../stage.ts'
import { card, connectElsewhere, dialog, reconnect, showIntegrations } from './acts.ts'

let stage: E2eStage
let page: Page
let context: BrowserContext
let person: Browser
beforeAll(async () => {
  stage = await openE2eStage({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
  const signedIn = await stage.signIn('ada@fernhill.example')
  page = signedIn.page
  context = signedIn.context
  person = await stage.t.browser('ada@fernhill.example')
})
afterAll(() => stage.close())
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

const verify = (id: string) => person.send('POST', `/api/v1/connections/${id}/verify`, {})

test('Troubleshooting: "Connection timeout" message after authorizing: Dismiss, and a late success shows by itself', async () => {
  const slow = await stage.signIn('slow@fernhill.example')
  await slow.context.clock.install()
  await slow.page.reload()
  const tab = await openProvider(slow.page, 'GitHub')
  const asked = dialog(slow.page)
  await asked.getByRole('heading', { name: 'Waiting for GitHub' }).waitFor()
  await slow.context.clock.fastForward(4 * 60_000 - 5000)
  await asked.getByRole('heading', { name: 'Waiting for GitHub' }).waitFor()
  await slow.context.clock.fastForward(6000)
  await asked.getByRole('heading', { name: 'No answer from GitHub yet' }).waitFor()
  await asked
    .getByText(/The connection may still succeed: finish in the other tab and it shows here/)
    .waitFor()
  await asked.getByRole('button', { name: 'Dismiss' }).click()
  await expect.poll(() => asked.count()).toBe(0)
  await card(slow.page, 'GitHub').getByText('Not Configured').waitFor()
  // It has succeeded after all.
  await tab.getByRole('button', { name: 'Allow' }).click()
  await slow.page.getByText('GitHub is connected.').waitFor()
  await card(slow.page, 'GitHub').getByText('@ada-okafor').waitFor()
  await card(slow.page, 'GitHub').getByText('Connected', { exact: true }).waitFor()
  expect(await slow.page.getByText('No answer from GitHub yet').count()).toBe(0)
  await slow.context.close()
})

test('Troubleshooting: "Connection timeout", still Not Configured: Connect again, and it goes through', async () => {
  const slow = await stage.signIn('slower@fernhill.example')
  await slow.context.clock.install()
  await slow.page.reload()
  const left = await openProvider(slow.page, 'GitHub')
  await left.close()
  await slow.context.clock.fastForward(4 * 60_000 + 1000)
  await dialog(slow.page).getByRole('button', { name: 'Dismiss' }).click()
  await slow.page.reload()
  await card(slow.page, 'GitHub').getByText('Not Configured').waitFor()
  const tab = await openProvider(slow.page, 'GitHub')
  await tab.getByRole('button', { name: 'Allow' }).click()
  await dialog(slow.page)
    .getByText(/^GitHub is connected as/)
    .waitFor()
  await slow.context.close()
})

test('Troubleshooting: OAuth tab fails to open or is blocked: pop-ups to allow for this address, a link, and this tab', async () => {
  const blocked = await stage.signIn('blocked@fernhill.example')
  const on = blocked.page
  await on.evaluate(() => {
    window.open = () => null
  })
  await card(on, 'Slack').getByRole('button', { name: 'Connect Slack' }).click()
  await dialog(on).getByRole('button', { name: 'Continue to Slack' }).click()
  await dialog(on).getByRole('heading', { name: 'The new tab was blocked' }).waitFor()
  await dialog(on)
    .getByText(`allow pop-ups for ${new URL(stage.t.url).host}`)
    .waitFor()
  await dialog(on).getByRole('button', { name: 'Continue in this tab' }).waitFor()
  const [tab] = await Promise.all([
    blocked.context.waitForEvent('page'),
    dialog(on).getByRole('link', { name: 'Open in a new tab' }).click(),
  ])
  await tab.getByRole('button', { name: 'Allow' }).click()
  await dialog(on).getByText('Slack is connected as Fernhill Bicycles.').waitFor()
  await blocked.context.close()
})

test('Troubleshooting: "Reconnect" button appears on previously connected integration: the token was revoked at the provider', async () => {
  const id = await connectElsewhere(stage.t, person, { provider: 'github' })
  await showIntegrations(page, 'organization')
  await card(page, 'GitHub').getByText('Connected', { exact: true }).waitFor()
  stage.t.sandbox.control.revoke('github', undefined, 'oauth')
  await verify(id)
  // Told live: the page was not loaded anew.
  await card(page, 'GitHub').getByText('Connection Invalid').waitFor()
  await card(page, 'GitHub')
    .getByText(/GitHub refuses the credential/)
    .waitFor()
  await card(page, 'GitHub').getByText('You can mend it, as an administrator.').waitFor()
  const before = stage.t.sandbox.control.requests('github', '/login/oauth/access_token')
  await reconnect(
    page,
    'GitHub',
    card(page, 'GitHub').getByRole('button', { name: 'Reconnect GitHub, @ada-okafor' }),
  )
  await card(page, 'GitHub').getByText('Connected', { exact: true }).waitFor()
  // A fresh flow, into the same connection.
  expect(stage.t.sandbox.control.requests('github', '/login/oauth/access_token')).toBe(before + 1)
  const { data } = (await person.get('/api/v1/connections?provider=github')).body
  expect(data.map((one: { id: string }) => one.id)).toEqual([id])
})

test('Troubleshooting: "Reconnect" button appears: the app was uninstalled at the provider', async () => {
  const { forge } = stage.t.sandbox.control
  const site = forge.sites()[0]?.cloudId as string
  await forge.install(site)
  await showIntegrations(page, 'organization')
  await page.getByText(/Jira Cloud is connected with/).waitFor()
  await forge.uninstall(site)
  await card(page, 'Jira Cloud').waitFor()
  await connectElsewhere(stage.t, person, { provider: 'slack' })
  stage.t.sandbox.control.revoke('slack')
  const [slack] = (await person.get('/api/v1/connections?provider=slack')).body.data
  await verify(slack.id)
  await card(page, 'Slack')
    .getByRole('button', { name: /^Reconnect Slack/ })
    .waitFor()
})

test('Troubleshooting: "Reconnect" button appears: the token’s time was over and it could not be renewed', async () => {
  const id = await connectElsewhere(stage.t, person, { provider: 'zoom' })
  await showIntegrations(page, 'organization')
  await card(page, 'Zoom').getByText('Connected', { exact: true }).waitFor()
  stage.t.sandbox.control.revoke('zoom')
  stage.t.clock.advance(2 * 3_600_000)
  person = await stage.t.browser('ada@fernhill.example')
  await person.get(`/api/v1/proxy/${id}/users/me`)
  await card(page, 'Zoom').getByText('Connection Invalid').waitFor()
  await card(page, 'Zoom')
    .getByRole('button', { name: /^Reconnect Zoom/ })
    .waitFor()
})

test('Troubleshooting: Connection appears stuck after revoking at provider: Force Disconnect, and what it is for', async () => {
  const id = await connectElsewhere(stage.t, person, { provider: 'linear' })
  await showIntegrations(page, 'organization')
  // Revoked there, and nobody has told the hub.
  stage.t.sandbox.control.revoke('linear')
  await card(page, 'Linear').getByText('Connected', { exact: true }).waitFor()
  const asked = stage.t.sandbox.control.requests('linear')
  await card(page, 'Linear')
    .getByRole('button', { name: /^Disconnect .*, Linear$/ })
    .click()
  await dialog(page).getByText('Connection stuck?').click()
  await dialog(page)
    .getByText(
      /Use this when Linear no longer knows this app, because it was removed there, and the connection still shows here/,
    )
    .waitFor()
  await dialog(page).getByRole('button', { name: 'Force Disconnect' }).click()
  await dialog(page).getByText('Not asked for: a forced disconnect clears only the hub’s side.').waitFor()
  await dialog(page).getByText('Destroyed, together with the key that opened it.').waitFor()
  await dialog(page).getByRole('button', { name: 'Close' }).last().click()
  await card(page, 'Linear').getByText('Not Configured').waitFor()
  expect(stage.t.sandbox.control.requests('linear')).toBe(asked)
  const { rows } = await stage.t.hub.database.pool.query(
    'select 1 from credentials where connection_id = $1',
    [id],
  )
  expect(rows).toEqual([])
})

test('Troubleshooting: Confluence shows "Setup Required" instead of "Not Configured", and "Not Available"', async () => {
  const { forge } = stage.t.sandbox.control
  const [first, second] = forge.sites()
  await showIntegrations(page, 'organization')
  const confluence = card(page, 'Confluence Cloud')
  // Nobody has asked yet.
  await confluence.getByText('Not Configured').waitFor()
  await forge.install(first?.cloudId as string)
  await page.getByText(/Jira Cloud is connected with/).waitFor()
  await confluence.getByRole('button', { name: 'Verify access to Confluence Cloud' }).click()
  await dialog(page).getByRole('button', { name: 'Verify Access' }).click()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
  // It is there, and the app may not use it.
  await confluence.getByText('Setup Required').waitFor()
  await confluence.getByText('An administrator at the provider can mend it.').waitFor()
  await confluence.getByRole('link', { name: /atlassian\.net/ }).click()
  await page.getByRole('button', { name: 'Help: Setup Required, and not Not Configured' }).click()
  await page.getByText(/The product is there, and this hub’s app may not use it yet/).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await dialog(page).getByRole('button', { name: 'Disconnect', exact: true }).click()
  await dialog(page).getByRole('button', { name: 'Close' }).last().click()

  await forge.uninstall(first?.cloudId as string)
  await forge.install(second?.cloudId as string)
  await showIntegrations(page, 'organization')
  await confluence.getByRole('button', { name: 'Verify access to Confluence Cloud' }).click()
  await dialog(page).getByRole('button', { name: 'Verify Access' }).click()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
  await confluence.getByText('Not Available').waitFor()
  await confluence.getByRole('link', { name: /atlassian\.net/ }).click()
  await page.getByRole('button', { name: 'Help: Not Available' }).click()
  await page.getByText(/It needs a subscription of its own at the provider/).waitFor()
  await context.close()
})
