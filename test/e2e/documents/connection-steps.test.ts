/** "Connection Steps" of GitHub, Slack and Zoom in the set-up guides, step by step, for the organization. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openE2eStage, openProvider, type E2eStage } from '../stage.ts'
import { card, dialog, showIntegrations, signInAtProvider } from './acts.ts'

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

/** A page that is told by nobody of a result would have to be loaded anew; this one never is. */
const markUnreloaded = () => page.evaluate(() => Object.assign(window, { sameDocument: true }))
const isSameDocument = () => page.evaluate(() => 'sameDocument' in window)

describe('GitHub', () => {
  test('GitHub, Connection Steps: from the card to GitHub in a new tab, allowed there, detected here without a reload', async () => {
    // 1. Click "Connect": what is needed is said first, and this tab stays.
    await markUnreloaded()
    await card(page, 'GitHub').getByText('Not Configured').waitFor()
    await card(page, 'GitHub').getByRole('button', { name: 'Connect GitHub' }).click()
    const asked = dialog(page)
    await asked.getByText('What you need').waitFor()
    await asked.getByText(/an owner of it, who grants access/).waitFor()
    await asked.getByText('What is asked for').waitFor()
    await asked.getByText(/A new tab opens at GitHub/).waitFor()
    const opened = page.context().waitForEvent('page')
    await asked.getByRole('button', { name: 'Continue to GitHub' }).click()
    const tab = await opened
    await tab.getByRole('heading', { name: 'Let Trunkline use your GitHub account?' }).waitFor()
    expect(new URL(tab.url()).pathname).toBe('/sandbox/github.com/login/oauth/authorize')
    expect(page.isClosed()).toBe(false)

    // 2. Sign in to GitHub, as whichever account it is to be.
    await signInAtProvider(tab, 'Bruno Lindqvist')

    // 3. Authorize: GitHub displays what is asked for, and nothing else.
    const scopes = await tab
      .locator('input[name="scope"]')
      .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value))
    expect(scopes).toEqual(['repo', 'read:user', 'user:email'])

    // 4. Wait for confirmation.
    await dialog(page).getByRole('heading', { name: 'Waiting for GitHub' }).waitFor()
    await dialog(page)
      .getByText(/Finish at GitHub in the new tab\. This page notices by itself/)
      .waitFor()

    // 5. Verify connection: Connected, and as whom.
    await tab.getByRole('button', { name: 'Allow' }).click()
    await dialog(page).getByText('GitHub is connected as @brunolq.').waitFor()
    await dialog(page).getByRole('button', { name: 'Done' }).click()
    await card(page, 'GitHub').getByText('@brunolq').waitFor()
    await card(page, 'GitHub').getByText('Connected', { exact: true }).waitFor()
    expect(await isSameDocument()).toBe(true)
  })

  test('GitHub, Org-scoped tokens: every member sees the organization’s account, and nobody has to authorize again', async () => {
    const other = await stage.signIn('chiara@fernhill.example')
    await showIntegrations(other.page, 'organization')
    await card(other.page, 'GitHub').getByText('@brunolq').waitFor()
    await other.context.close()
  })
})

describe('Slack', () => {
  test('Slack, Connection Steps: a workspace is chosen on Slack’s page, allowed, and named on the card', async () => {
    // 1. Click "Connect".
    await showIntegrations(page, 'organization')
    const tab = await openProvider(page, 'Slack')
    expect(new URL(tab.url()).pathname).toBe('/sandbox/slack.com/oauth/v2/authorize')

    // 2. Select your workspace.
    await tab.getByText('Signed in as Ada Okafor').waitFor()
    await tab.getByText('Use another account').click()
    await tab.getByRole('link', { name: /Quayside Studio/ }).waitFor()
    await tab.getByRole('link', { name: /Ada Okafor.*Fernhill Bicycles/ }).click()

    // 3. Review and allow: the scopes of the bot, and the person's own.
    await tab.getByText('channels:join').waitFor()
    await tab.getByText(/search:read \(user token\)/).waitFor()
    await tab.getByRole('button', { name: 'Allow' }).click()
    await dialog(page).getByText('Slack is connected as Fernhill Bicycles.').waitFor()

    // 5. Invite to private channels: told at the end, where one still looks.
    await dialog(page)
      .getByText(/Invite the bot to each private channel.*\/invite/)
      .waitFor()
    await dialog(page)
      .getByText(/Public channels are joined by the hub when they are selected/)
      .waitFor()
    await dialog(page).getByRole('button', { name: 'Done' }).click()

    // 4. Verify connection.
    await card(page, 'Slack').getByText('Fernhill Bicycles').waitFor()
    await card(page, 'Slack').getByText('Connected', { exact: true }).waitFor()
  })

  test('Slack, Connection Steps: 5. a public channel selected in a project is joined; for a private one the command is shown', async () => {
    const { body: project } = await (await stage.t.browser('ada@fernhill.example')).send(
      'POST',
      '/api/v1/projects',
      { name: 'Storefront' },
    )
    await page.goto(`${stage.t.url}/projects/${project.id}`)
    await page.getByRole('navigation', { name: 'Accounts' }).getByRole('button', { name: 'Slack' }).click()
    await page.getByText('A private channel is missing?').click()
    await page.getByText('/invite @trunkline').waitFor()
    await page.getByRole('searchbox', { name: 'Search channels' }).fill('random')
    expect(stage.t.sandbox.control.requests('slack', '/api/conversations.join')).toBe(0)
    await page.getByRole('listbox', { name: 'All channels' }).getByRole('option', { name: 'random' }).click()
    await page.getByText('Joined random.').waitFor()
    expect(stage.t.sandbox.control.requests('slack', '/api/conversations.join')).toBe(1)
  })
})

describe('Zoom', () => {
  const FREE_PLAN = /no paid Zoom plan.*cloud recordings and transcripts need Zoom Pro/

  test('Zoom, Connection Steps: connected with the account’s e-mail address, and its plan is detected', async () => {
    await showIntegrations(page, 'organization')
    const tab = await openProvider(page, 'Zoom')
    expect(new URL(tab.url()).pathname).toBe('/sandbox/zoom.us/oauth/authorize')
    await tab.getByText('cloud_recording:read:recording').waitFor()
    await tab.getByRole('button', { name: 'Allow' }).click()

    // 4. Verify connection and check plan.
    await dialog(page).getByText('Zoom is connected as ada@fernhill.example.').waitFor()
    expect(await dialog(page).getByText(FREE_PLAN).count()).toBe(0)
    await dialog(page).getByRole('button', { name: 'Done' }).click()
    await card(page, 'Zoom').getByText('Connected', { exact: true }).waitFor()
    await card(page, 'Zoom').getByRole('link', { name: 'ada@fernhill.example' }).click()
    await page.getByText('Licensed (Pro or higher)').waitFor()
  })

  test('Zoom, Plan Limitations: a free account connects all the same, with the warning on its card and its page', async () => {
    await showIntegrations(page, 'organization')
    await card(page, 'Zoom').getByRole('button', { name: 'Add account: Zoom' }).click()
    const opened = page.context().waitForEvent('page')
    await dialog(page).getByRole('button', { name: 'Continue to Zoom' }).click()
    const tab = await opened
    await signInAtProvider(tab, 'Bruno Lindqvist')
    await tab.getByRole('button', { name: 'Allow' }).click()
    await dialog(page).getByText('Zoom is connected as bruno@fernhill.example.').waitFor()
    await dialog(page).getByText(FREE_PLAN).waitFor()
    await dialog(page).getByRole('button', { name: 'Done' }).click()
    await card(page, 'Zoom').getByText(FREE_PLAN).waitFor()
    await card(page, 'Zoom').getByRole('link', { name: 'bruno@fernhill.example' }).click()
    await page.getByText('Plan: Basic (free)').waitFor()
    await page.getByText(FREE_PLAN).waitFor()
    await page.getByText('Connected', { exact: true }).first().waitFor()
  })
})

test('GitHub, Connection Steps: 4. without live events the page asks every two seconds, and learns it all the same', async () => {
  const { page: on, context } = await stage.signIn('dmitri@quayside.example')
  // Neither the stream nor the other tab tells this page anything; its clock goes on when it is told to.
  await context.route('**/api/v1/live**', (route) => route.abort())
  await context.clock.install()
  await on.reload()
  const tab = await openProvider(on, 'GitHub')
  await dialog(on).getByRole('heading', { name: 'Waiting for GitHub' }).waitFor()
  await context.clock.pauseAt(Date.now() + 60_000)
  const grants = () =>
    stage.t.sandbox.control.providers().find(({ id }) => id === 'github')?.grants.length ?? 0
  const before = grants()
  const asked: string[] = []
  on.on('request', (request) => {
    if (/\/connect\/attempts\/[^/]+$/.test(request.url())) asked.push(request.url())
  })
  await tab.getByRole('button', { name: 'Allow' }).click()
  await expect.poll(grants).toBe(before + 1)
  // The jump to the pause may have set off a question that is still under way; what counts is the next one.
  const heard = asked.length
  await expect
    .poll(async () => {
      await context.clock.runFor(2000)
      return asked.length
    })
    .toBeGreaterThan(heard)
  await context.clock.resume()
  await dialog(on).getByText('GitHub is connected as @ada-okafor.').waitFor()
  // The stream that was taken from it is complained of.
  stage.complaints.splice(0)
  await context.close()
})
