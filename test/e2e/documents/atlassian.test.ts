/** Jira and Confluence in the set-up guides: one connected with the site, the other verified instead of authorized. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openE2eStage, type E2eStage } from '../stage.ts'
import { card, dialog, showIntegrations } from './acts.ts'

let stage: E2eStage
let page: Page
beforeAll(async () => {
  stage = await openE2eStage()
  page = (await stage.signIn('ada@fernhill.example')).page
  await showIntegrations(page, 'organization')
})
afterAll(() => stage.close())
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

const forge = () => stage.t.sandbox.control.forge
/** The first site of the sandbox has Confluence, the second has not. */
const site = (index: number) => forge().sites()[index]?.cloudId as string
const verify = async () => {
  await dialog(page).getByRole('button', { name: 'Verify Access' }).click()
}

test('Confluence, Prerequisites: before Jira is connected, Verify Access says what comes first', async () => {
  await card(page, 'Confluence Cloud').getByText('Not Configured').waitFor()
  await card(page, 'Confluence Cloud')
    .getByRole('button', { name: 'Verify access to Confluence Cloud' })
    .click()
  await dialog(page).getByText('What you need').waitFor()
  await dialog(page).getByText('Jira of the same site, connected.').waitFor()
  await verify()
  await dialog(page)
    .getByText(/Connect Jira Cloud first/)
    .waitFor()
  await page.keyboard.press('Escape')
})

test('Jira, Automatic connection: installing the app connects it, and no card is left to configure', async () => {
  await card(page, 'Jira Cloud').waitFor()
  await forge().install(site(0))
  // Told live: nobody clicked anything here.
  await page.getByText(/Jira Cloud is connected with .* by the app installed there/).waitFor()
  await card(page, 'Jira Cloud').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'See the connection' }).click()
  await page.getByRole('heading', { name: 'Jira Cloud', level: 1 }).waitFor()
  await page.getByText('App installed at the provider').waitFor()
  expect(await page.getByRole('button', { name: 'Reconnect' }).count()).toBe(0)
  await showIntegrations(page, 'organization')
})

test('Confluence, Connection Steps: Verify Access, Setup Required with the console’s steps, verified again, Connected', async () => {
  // 1. Click "Verify Access": another word than Connect, since nobody signs in anywhere.
  await card(page, 'Confluence Cloud')
    .getByRole('button', { name: 'Verify access to Confluence Cloud' })
    .click()
  await dialog(page)
    .getByText(/Nothing to sign in to/)
    .waitFor()
  await verify()
  await dialog(page).getByRole('button', { name: 'Done' }).click()

  // 2. Enable Confluence in the admin console: the card says that, and how.
  const confluence = card(page, 'Confluence Cloud')
  await confluence.getByText('Setup Required').waitFor()
  await confluence.getByText('What an administrator does at the provider').click()
  const steps = confluence.getByRole('listitem')
  await steps.filter({ hasText: 'admin.atlassian.com' }).first().waitFor()
  for (const part of ['Connected apps', 'View app details', 'Connections', 'Confluence'])
    await steps
      .filter({ hasText: new RegExp(part, 'i') })
      .last()
      .waitFor()
  const again = confluence.getByRole('button', { name: /^Verify access to Confluence Cloud again/ })
  await Promise.all([page.waitForResponse(/\/verify$/), again.click()])
  await confluence.getByText('Setup Required').waitFor()
  forge().connectConfluence(site(0), true)

  // 3. Re-verify access.
  await again.click()
  await confluence.getByText('Connected', { exact: true }).waitFor()
  expect(await confluence.getByText('Setup Required').count()).toBe(0)
})

test('Disconnecting Confluence: ended in the admin console, the card asks for the set-up again', async () => {
  forge().connectConfluence(site(0), false)
  const confluence = card(page, 'Confluence Cloud')
  await confluence.getByRole('listitem').getByRole('link').first().click()
  await page.getByRole('button', { name: 'Verify Access' }).click()
  await page.getByText('Setup Required').first().waitFor()
})

test('Disconnecting Confluence: Disconnect here leaves Jira alone, and the report shows the way through the admin console', async () => {
  await page.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await dialog(page).getByRole('heading', { name: 'What is kept' }).waitFor()
  await dialog(page).getByRole('button', { name: 'Disconnect', exact: true }).click()
  await dialog(page).getByText('What was done').waitFor()
  expect(await dialog(page).getByRole('link').last().getAttribute('href')).toBe('https://admin.atlassian.com')
  for (const part of ['Connected apps', 'View app details', 'Connections tab', 'choose Disconnect'])
    await dialog(page)
      .getByRole('listitem')
      .filter({ hasText: new RegExp(part, 'i') })
      .last()
      .waitFor()
  await dialog(page).getByRole('button', { name: 'Close' }).last().click()
  await showIntegrations(page, 'organization')
  await card(page, 'Confluence Cloud').getByText('Not Configured').waitFor()
  await page.getByText(/Jira Cloud is connected with/).waitFor()
})

test('Confluence, "Not Available" state: a site without the subscription says so, and what to check', async () => {
  await forge().uninstall(site(0))
  await card(page, 'Jira Cloud').waitFor()
  await forge().install(site(1))
  await page.getByText(/Jira Cloud is connected with/).waitFor()
  await card(page, 'Confluence Cloud')
    .getByRole('button', { name: /Verify access to Confluence Cloud/ })
    .click()
  await verify()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
  const confluence = card(page, 'Confluence Cloud')
  await confluence.getByText('Not Available').waitFor()
  await confluence
    .getByText(/subscription/i)
    .first()
    .waitFor()
  expect(await confluence.getByText('What an administrator does at the provider').count()).toBe(0)
})
