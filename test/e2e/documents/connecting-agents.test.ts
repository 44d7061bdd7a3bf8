/** "Connecting Integration Agents": how connecting works, each way to connect, permissions, and its troubleshooting. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { EXAMPLE } from '../../../src/web/admin/declaration-example.ts'
import type { Browser } from '../../setup/testHub.ts'
import { openE2eStage, openProvider, type E2eStage } from '../stage.ts'
import { card, connect, connectElsewhere, dialog, reconnect, showIntegrations } from './acts.ts'

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
  stage.t.sandbox.control.clearFaults()
})

const fill = async (fields: Record<string, string>) => {
  for (const [name, value] of Object.entries(fields))
    await dialog(page).locator(`[name="${name}"]`).fill(value)
}
const submit = () => dialog(page).getByRole('button', { name: 'Test and connect' }).click()
const example = (provider: string, field: string) => stage.t.sandbox.values[provider]?.[field] as string

test('How OAuth connection works: connected, the agent is available at once on every open page, and for nobody else', async () => {
  const agent = await context.newPage()
  await agent.goto(`${stage.t.url}/agents/linear`)
  await agent.getByText('0 of 9 tools available').waitFor()
  const other = await stage.signIn('bruno@fernhill.example')
  await other.page.goto(`${stage.t.url}/agents/linear`)
  await other.page.getByText('0 of 9 tools available').waitFor()

  await showIntegrations(page)
  await connect(page, 'Linear')
  await agent.getByText('9 of 9 tools available').waitFor()
  // Each connection is one person's own.
  await other.page.reload()
  await other.page.getByText('0 of 9 tools available').waitFor()
  await other.page.goto(stage.t.url)
  await card(other.page, 'Linear').getByText('Not Configured').waitFor()

  await card(page, 'Linear')
    .getByRole('button', { name: /^Disconnect .*, Linear$/ })
    .click()
  await dialog(page).getByRole('button', { name: 'Disconnect', exact: true }).click()
  await dialog(page).getByRole('button', { name: 'Close' }).last().click()
  await agent.getByText('0 of 9 tools available').waitFor()
  await agent.getByText('Requires connection').first().waitFor()
  await agent.close()
  await other.context.close()
})

test('Available integrations: every agent of the page is offered', async () => {
  await page.goto(`${stage.t.url}/agents`)
  for (const name of [
    'Google',
    'Microsoft 365',
    'Slack',
    'Jira',
    'Linear',
    'GitHub',
    'HubSpot',
    'Salesforce',
    'Zendesk',
    'Asana',
    'monday.com',
    'Notion',
    'Confluence',
    'Shopify',
    'Stripe',
    'iCloud',
    'Nextcloud',
  ])
    await page.getByRole('article', { name, exact: true }).waitFor()
})

test('Available integrations: Stripe, by API key: one that is no secret key is complained of, one that works connects', async () => {
  await showIntegrations(page)
  await card(page, 'Stripe').getByRole('button', { name: 'Connect Stripe' }).click()
  await dialog(page)
    .getByText(/What you enter is tested against Stripe first/)
    .waitFor()
  await submit()
  await dialog(page)
    .getByText(/^Fill in: /)
    .waitFor()
  await fill({ apiKey: 'pk_test_51Pxxxxxxxxxxxxxxxxxxxxxxxx' })
  await submit()
  await dialog(page)
    .getByText(/begins with (sk_|rk_)|sk_/)
    .last()
    .waitFor()
  expect((await person.get('/api/v1/connections?provider=stripe')).body.data).toEqual([])
  // Looks right, and Stripe does not know it.
  await fill({ apiKey: `sk_test_51P${'x'.repeat(96)}` })
  await submit()
  await dialog(page)
    .getByText(/Stripe (refuses|did not accept|does not accept)/)
    .first()
    .waitFor()
  await fill({ apiKey: example('stripe', 'apiKey') })
  await submit()
  await dialog(page)
    .getByText(/^Stripe is connected as/)
    .waitFor()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
  await card(page, 'Stripe').getByText('Connected', { exact: true }).waitFor()
  expect(await page.content()).not.toContain(example('stripe', 'apiKey'))
})

test.each([
  ['iCloud', 'icloud'],
  ['Nextcloud', 'nextcloud'],
])(
  'Available integrations: %s, by credentials: an app password is asked for, tested, and kept',
  async (name, id) => {
    await showIntegrations(page)
    await card(page, name)
      .getByRole('button', { name: `Connect ${name}` })
      .click()
    await dialog(page)
      .getByText(/What you enter is tested|A new tab opens/)
      .waitFor()
    const byHand = dialog(page).getByRole('radio', { name: /app password/i })
    if ((await byHand.count()) > 0) await byHand.check()
    await dialog(page).getByText('Where to find it').waitFor()
    const values = stage.t.sandbox.values[id] ?? {}
    await fill(values)
    const secret = Object.keys(values).find((field) => /password/i.test(field)) as string
    expect(await dialog(page).locator(`[name="${secret}"]`).getAttribute('type')).toBe('password')
    await submit()
    await dialog(page)
      .getByText(new RegExp(`^${name} is connected as`))
      .waitFor()
    await dialog(page).getByRole('button', { name: 'Done' }).click()
    await card(page, name).getByText('Connected', { exact: true }).waitFor()
  },
)

/** As the page lists them; what a provider takes no more stands beside what is asked for instead, with the reason. */
const PERMISSIONS: Record<string, string> = {
  slack:
    'channels:history channels:read chat:write groups:history groups:read im:history mpim:history reactions:read reactions:write users:read users:read.email app_mentions:read team:read search:read',
  jira: 'read:jira-work write:jira-work read:jira-user offline_access',
  'microsoft-365':
    'Mail.Read Mail.Send Calendars.ReadWrite Contacts.Read Contacts.ReadWrite Files.Read.All Team.ReadBasic.All Channel.ReadBasic.All ChannelMessage.Read.All ChannelMessage.Send',
  linear: 'read write issues:create comments:create',
  github: 'repo read:user user:email',
  hubspot:
    'crm.objects.contacts.read crm.objects.contacts.write crm.objects.companies.read crm.objects.companies.write crm.objects.deals.read crm.objects.deals.write crm.objects.owners.read oauth',
  salesforce: 'api refresh_token offline_access',
  zendesk: 'read write',
  asana: 'default',
  monday: 'boards:read boards:write updates:read updates:write users:read workspaces:read me:read',
  confluence:
    'read:confluence-content.all write:confluence-content read:confluence-space.summary read:confluence-user search:confluence offline_access',
  shopify:
    'read_products write_products read_orders write_orders read_customers write_customers read_draft_orders write_draft_orders read_inventory write_inventory',
}

test.each(Object.entries(PERMISSIONS))('Permissions by provider: %s', async (id, scopes) => {
  await page.goto(`${stage.t.url}/integrations/${id}?tab=permissions`)
  await page.getByRole('heading', { name: 'What Connect asks for' }).waitFor()
  const shown = new Set(await page.getByRole('tabpanel').locator('code').allTextContents())
  expect(scopes.split(' ').filter((scope) => !shown.has(scope))).toEqual([])
})

test('Permissions by provider: Notion has pages to choose instead of scopes', async () => {
  await showIntegrations(page)
  const tab = await openProvider(page, 'Notion')
  await tab.getByRole('checkbox').first().waitFor()
  await tab.getByRole('checkbox').first().uncheck()
  await tab.getByRole('button', { name: 'Allow' }).click()
  await dialog(page)
    .getByText(/^Notion is connected as/)
    .waitFor()
  await dialog(page).getByRole('button', { name: 'Done' }).click()
})

describe('"Authorization failed" after clicking Connect', () => {
  test('"Authorization failed": without client id and secret there is no Connect, but the way to set them', async () => {
    const declared = await stage.t.admin.send('PUT', '/api/v1/providers/example-crm', EXAMPLE)
    expect(declared.status, JSON.stringify(declared.body)).toBeLessThan(300)
    await showIntegrations(page)
    const crm = card(page, 'Example CRM')
    expect(await crm.getByRole('button', { name: /Connect/ }).count()).toBe(0)
    await crm.getByRole('link', { name: 'Set up Example CRM' }).click()
    await page.getByRole('heading', { name: 'Set up Example CRM', level: 1 }).waitFor()
    await page.getByText('EXAMPLE_CRM_CLIENT_SECRET').first().waitFor()
  })

  test('"Authorization failed": a client that the provider refuses: which values to compare, and where', async () => {
    await showIntegrations(page)
    stage.t.sandbox.control.fault('github', { kind: 'invalid_client', on: 'token' })
    const tab = await openProvider(page, 'GitHub')
    await tab.getByRole('button', { name: 'Allow' }).click()
    await dialog(page).getByRole('heading', { name: 'GitHub was not connected' }).waitFor()
    await dialog(page)
      .getByText(/Check GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET/)
      .waitFor()
    await dialog(page).getByRole('button', { name: 'Try again' }).click()
    await dialog(page).getByRole('button', { name: 'Continue to GitHub' }).waitFor()
    await page.keyboard.press('Escape')
  })

  test.each([
    ['Zendesk', 'subdomain', 'not a subdomain', 'fernhill'],
    ['Shopify', 'shop', 'shop.example.com', 'fernhill'],
  ])(
    '"Authorization failed": %s is told by a name of its own; a wrong one is complained of before anything opens',
    async (name, field, wrong, right) => {
      await showIntegrations(page)
      await card(page, name)
        .getByRole('button', { name: `Connect ${name}` })
        .click()
      const typed = dialog(page).locator(`[name="${field}"]`)
      await typed.fill(wrong)
      await dialog(page)
        .getByRole('button', { name: `Continue to ${name}` })
        .click()
      await expect.poll(() => typed.getAttribute('aria-invalid')).toBe('true')
      await dialog(page)
        .getByText(/Type (only )?the (name|part)/)
        .first()
        .waitFor()
      // Nobody answers there: the address that was made of it is named.
      await typed.fill(right)
      stage.t.sandbox.control.fault(name.toLowerCase(), { kind: 'error_500', on: 'token', times: 20 })
      const [tab] = await Promise.all([
        context.waitForEvent('page'),
        dialog(page)
          .getByRole('button', { name: `Continue to ${name}` })
          .click(),
      ])
      await tab.getByRole('button', { name: 'Allow' }).click()
      await dialog(page)
        .getByRole('heading', { name: `${name} was not connected` })
        .waitFor()
      await dialog(page)
        .getByText(new RegExp(`Check the (?:\\w+ )?${field} \\("${right}`))
        .waitFor()
      await page.keyboard.press('Escape')
    },
  )
})

test('Agent shows "Requires connection" after connecting: revoked at once by the provider, found out by Verify, mended by Reconnect', async () => {
  const agent = await context.newPage()
  await agent.goto(`${stage.t.url}/agents/asana`)
  await agent.getByText(/^0 of \d+ tools available/).waitFor()
  await showIntegrations(page)
  await connect(page, 'Asana')
  await agent.getByText(/^[1-9]\d* of \d+ tools available/).waitFor()
  stage.t.sandbox.control.revoke('asana')
  await card(page, 'Asana').getByRole('listitem').getByRole('link').click()
  await page.getByRole('button', { name: 'Verify now' }).click()
  await page.getByText('Connection Invalid').first().waitFor()
  await agent.getByText(/^0 of \d+ tools available/).waitFor()
  await agent.getByText('Connection trouble').first().waitFor()
  await reconnect(page, 'Asana', page.getByRole('button', { name: /^Reconnect/ }).first())
  await agent.getByText(/^[1-9]\d* of \d+ tools available/).waitFor()
  await agent.close()
})

describe('Token expired errors', () => {
  test('Token expired errors: an access token that ended is renewed behind the call', async () => {
    const id = await connectElsewhere(stage.t, person, { provider: 'zoom', owner: 'me' })
    await page.goto(`${stage.t.url}/connections/${id}`)
    await page.getByRole('button', { name: 'Run the call' }).waitFor()
    expect(stage.t.sandbox.control.expire('zoom')).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Run the call' }).click()
    await page.getByText(/Answered 200 in \d+ ms/).waitFor()
    await page.getByText('Connected', { exact: true }).first().waitFor()
  })

  test('Token expired errors: the refresh token itself ended: Connection Invalid with the cause, and reconnecting gets fresh ones', async () => {
    stage.t.sandbox.control.revoke('zoom')
    await page.getByRole('button', { name: 'Run the call' }).click()
    await page.getByText('Connection Invalid').first().waitFor()
    await page
      .getByText(/Zoom .*(refused|refuses|revoked|expired)/)
      .first()
      .waitFor()
    await reconnect(page, 'Zoom', page.getByRole('button', { name: /^Reconnect/ }).first())
    await page.getByRole('button', { name: 'Run the call' }).click()
    await page.getByText(/Answered 200 in \d+ ms/).waitFor()
  })
})
