/** What a person does on the dashboard again and again. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Browser, TestHub } from '../../setup/testHub.ts'
import { openProvider } from '../stage.ts'

export const card = (page: Page, provider: string): Locator =>
  page.getByRole('article', { name: provider, exact: true })

export const dialog = (page: Page): Locator => page.getByRole('dialog')

/** The Integrations page, one's own side or the organization's. */
export async function showIntegrations(page: Page, whose: 'mine' | 'organization' = 'mine'): Promise<void> {
  const { origin } = new URL(page.url())
  await page.goto(whose === 'mine' ? `${origin}/` : `${origin}/?whose=organization`)
  await page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor()
  await page.getByRole('article').first().waitFor()
}

/** On a consent page of the sandbox: signs in as somebody else who is known there. */
export async function signInAtProvider(tab: Page, name: string): Promise<void> {
  await tab.getByText('Use another account').click()
  await tab.getByRole('link', { name: new RegExp(name) }).click()
  await tab.getByText(`Signed in as ${name}`).waitFor()
}

/** Connect on a card, the provider's page in a new tab, Allow, and back where it began. */
export async function connect(page: Page, provider: string, account?: string): Promise<void> {
  const tab = await openProvider(page, provider)
  if (account) await signInAtProvider(tab, account)
  await tab.getByRole('button', { name: 'Allow' }).click()
  await dialog(page)
    .getByText(new RegExp(`^${provider} is connected as`))
    .waitFor()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
  await expect.poll(() => dialog(page).count()).toBe(0)
}

/** Reconnect, wherever it stands, and through the provider's page again. */
export async function reconnect(page: Page, provider: string, button: Locator): Promise<void> {
  await button.click()
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    dialog(page)
      .getByRole('button', { name: `Continue to ${provider}` })
      .click(),
  ])
  await tab.getByRole('button', { name: 'Allow' }).click()
  await dialog(page)
    .getByText(new RegExp(`^${provider} is connected as`))
    .waitFor()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
}

/** From a card to the connection's own page. */
export async function openConnection(page: Page, provider: string, account: string | RegExp): Promise<void> {
  await card(page, provider).getByRole('link', { name: account }).click()
  await page.getByRole('heading', { name: provider, level: 1 }).waitFor()
}

/** Connects behind the page's back, as a person who is signed in elsewhere; returns the connection's id. */
export async function connectElsewhere(
  t: TestHub,
  person: Browser,
  {
    provider,
    owner = 'organization',
    account,
  }: { provider: string; owner?: 'me' | 'organization'; account?: string },
): Promise<string> {
  const begun = (await person.send('POST', '/api/v1/connect/attempts', { provider, owner })).body
  const known = t.sandbox.control.accounts(provider).find(({ name }) => name === account)
  await person.follow(t.consent(begun.authorization_url, known ? { account: known.id } : {}))
  const ended = (await person.get(`/api/v1/connect/attempts/${begun.id}`)).body
  expect(ended, JSON.stringify(ended)).toMatchObject({ status: 'succeeded' })
  return ended.connection_id
}
