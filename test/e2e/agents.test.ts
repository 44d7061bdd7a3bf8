/** Agents in the dashboard: what can be used, what is in the way, and the one step that mends it, as it happens. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connect, openMember } from '../agents/people.ts'
import { openE2eStage, type E2eStage } from './stage.ts'

let stage: E2eStage
beforeAll(async () => {
  stage = await openE2eStage({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
})
afterAll(() => stage.close())
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

const open = async (page: Page, id: string, name: string) => {
  await page.goto(`${stage.t.url}/agents/${id}`)
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}
const toolRow = (page: Page, title: string) =>
  page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: title, level: 3, exact: true }) })
const badge = (page: Page, title: string) => toolRow(page, title).locator('[data-badge]').textContent()

test('Agent shows "Requires connection" after connecting: the page follows by itself', async () => {
  const { page, context } = await stage.signIn('live@example.com')
  const person = await stage.t.browser('live@example.com')
  await page.getByRole('link', { name: 'Agents', exact: true }).click()
  await page.getByRole('heading', { name: 'Agents', level: 1 }).waitFor()
  const card = page.getByRole('article', { name: 'GitHub' })
  await card.getByText('Requires connection').waitFor()
  await card.getByRole('link', { name: 'GitHub' }).click()
  await page.getByRole('heading', { name: 'GitHub', level: 1 }).waitFor()
  await page.getByText('0 of 12 tools available').waitFor()
  // Explained where it is looked for.
  await page.getByText('Connected, and still not available?').click()
  await page.getByText(/follows the hub by itself/).waitFor()

  const connection = await connect(stage.t, person, { provider: 'github' })
  await page.getByText('12 of 12 tools available').waitFor()
  expect(await badge(page, 'List repositories')).toBe('Available')
  await person.send('DELETE', `/api/v1/connections/${connection}`)
  await page.getByText('0 of 12 tools available').waitFor()
  await context.close()
})

test('Connect from the agent’s page, in the provider’s own tab', async () => {
  const { page, context } = await stage.signIn('connects@example.com')
  await open(page, 'linear', 'Linear')
  await page.getByRole('button', { name: 'Connect Linear: Linear' }).click()
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('dialog').getByRole('button', { name: 'Continue to Linear' }).click(),
  ])
  await tab.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('9 of 9 tools available').waitFor()
  await context.close()
})

test('More permission: the scopes and why, then one authorization, and the tool is there', async () => {
  const { page, context } = await stage.signIn('more@example.com')
  const person = await stage.t.browser('more@example.com')
  const connection = await connect(stage.t, person, { provider: 'slack', scope_set: 'messaging' })
  await open(page, 'slack', 'Slack')
  await page.getByText('9 tools need more permission').waitFor()
  await page.getByRole('button', { name: 'Allow 1 permission: List people' }).click()
  const dialog = page.getByRole('dialog', { name: 'Allow more at Slack' })
  await dialog.getByText('Lists the people of the workspace.').waitFor()
  expect(await dialog.getByRole('region', { name: 'What is added' }).getByRole('listitem').count()).toBe(1)
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    dialog.getByRole('button', { name: 'Continue to Slack' }).click(),
  ])
  await tab.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('heading', { name: 'Slack is connected' }).waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect.poll(() => badge(page, 'List people')).toBe('Available')
  await page.getByText('8 tools need more permission').waitFor()
  const { body } = await person.get('/api/v1/connections?provider=slack')
  expect(body.data.map(({ id }: { id: string }) => id)).toEqual([connection])
  await context.close()
})

test('Two people: switches of one’s own and of the organization, access rules, and whom to ask', async () => {
  await stage.t.browser('admin@example.com')
  const colleague = await openMember(stage.t, 'colleague@example.com')
  const admin = await stage.signIn('admin@example.com')
  const member = await stage.signIn('colleague@example.com')
  await connect(stage.t, colleague, { provider: 'zendesk', fields: { subdomain: 'fernhill' } })
  await open(admin.page, 'zendesk', 'Zendesk')
  await open(member.page, 'zendesk', 'Zendesk')
  await member.page.getByText('9 of 9 tools available').waitFor()

  await member.page.getByRole('switch', { name: 'Open a ticket: for me' }).click()
  await expect.poll(() => badge(member.page, 'Open a ticket')).toBe('Turned off')
  await member.page.getByRole('button', { name: 'Turn on for me: Open a ticket' }).click()
  await expect.poll(() => badge(member.page, 'Open a ticket')).toBe('Available')

  // The organization's switch reaches the other browser without a reload.
  await admin.page.getByRole('switch', { name: 'Zendesk: for the organization' }).click()
  await member.page.getByText('0 of 9 tools available').waitFor()
  expect(await member.page.getByRole('switch', { name: 'Zendesk: for the organization' }).count()).toBe(0)
  expect(await member.page.getByRole('switch', { name: 'Zendesk: for me' }).isDisabled()).toBe(true)
  await member.page.getByRole('button', { name: 'Ask an administrator: Zendesk' }).click()
  await member.page
    .getByRole('dialog')
    .getByText(/Please turn on what I need of Zendesk/)
    .waitFor()
  await member.page
    .getByRole('dialog')
    .getByRole('link', { name: /^Write to / })
    .first()
    .waitFor()
  await member.page.keyboard.press('Escape')
  await admin.page.getByRole('switch', { name: 'Zendesk: for the organization' }).click()
  await member.page.getByText('9 of 9 tools available').waitFor()

  // Who may use it: by name, found by words.
  await admin.page.getByLabel('Only these').check()
  await admin.page.getByLabel('Administrators').check()
  const save = admin.page.getByRole('button', { name: 'Save', exact: true })
  await save.click()
  await member.page.getByRole('heading', { name: 'Zendesk' }).locator('..').getByText('No access').waitFor()
  await admin.page.getByRole('combobox', { name: 'Add a person' }).fill('colleag')
  await admin.page.getByRole('option', { name: /colleague@example.com/ }).waitFor()
  await admin.page.keyboard.press('Enter')
  await admin.page.getByRole('button', { name: 'Remove colleague' }).waitFor()
  await save.click()
  await member.page.getByText('9 of 9 tools available').waitFor()
  // A member sees no rule and cannot set one.
  expect(await member.page.getByText('Who may use it').count()).toBe(0)
  await admin.context.close()
  await member.context.close()
})

test('What cannot be undone is off until an administrator turns it on', async () => {
  const { page, context } = await stage.signIn('careful@example.com')
  const person = await stage.t.browser('careful@example.com')
  await connect(stage.t, person, {
    provider: 'stripe',
    fields: { apiKey: stage.t.sandbox.values['stripe']?.['apiKey'] },
  })
  await open(page, 'stripe', 'Stripe')
  await page.getByText('8 of 10 tools available').waitFor()
  expect(await badge(page, 'Refund a payment')).toBe('Turned off')
  await page.getByRole('button', { name: 'Turn on for the organization: Refund a payment' }).click()
  await expect.poll(() => badge(page, 'Refund a payment')).toBe('Available')
  await context.close()
})

test('Search finds tools, filters show one state or risk, and the input is told in words', async () => {
  const { page, context } = await stage.signIn('search@example.com')
  await page.goto(`${stage.t.url}/agents`)
  await page.getByText('18 agents').waitFor()
  await page.getByRole('searchbox', { name: 'Search agents and tools' }).fill('refund')
  await page.getByRole('status').getByText('1 agent', { exact: true }).waitFor()
  await page.getByRole('article', { name: 'Stripe' }).getByText('Refund a payment').waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByRole('combobox', { name: 'Risk' }).selectOption('destructive')
  await page.getByRole('status').getByText('2 agents').waitFor()
  await page.reload()
  await page.getByRole('status').getByText('2 agents').waitFor()
  await page.getByRole('article', { name: 'Stripe' }).getByRole('link', { name: 'Stripe' }).click()
  await page.getByRole('heading', { name: 'Stripe', level: 1 }).waitFor()
  await toolRow(page, 'Refund a payment').getByText('Input and permissions').click()
  const table = page.getByRole('table', { name: 'Input of Refund a payment' })
  await table.getByRole('row', { name: /payment_intent required text/ }).waitFor()
  await table.getByText('duplicate · fraudulent · requested_by_customer').waitFor()
  await context.close()
})

test('The integration’s page says what it makes possible as an agent', async () => {
  const { page, context } = await stage.signIn('agentline@example.com')
  await page.goto(`${stage.t.url}/integrations/gmail`)
  const line = page.getByRole('list', { name: 'As an agent' })
  await line.getByText('Requires connection').waitFor()
  await line.getByRole('link', { name: 'See its tools: Google' }).click()
  await page.getByRole('heading', { name: 'Google', level: 1 }).waitFor()
  await page.goto(`${stage.t.url}/agents/nothing`)
  await page.getByText('There is no such agent').waitFor()
  await context.close()
})
