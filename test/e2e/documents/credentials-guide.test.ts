/** "OAuth Integration & Credentials Guide": callback URLs, client ids and secrets, and its checklist. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openE2eStage, type E2eStage } from '../stage.ts'
import { card, dialog, showIntegrations } from './acts.ts'

let stage: E2eStage
let page: Page
beforeAll(async () => {
  stage = await openE2eStage()
  page = (await stage.signIn('operator@example.com')).page
})
afterAll(() => stage.close())
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

const open = async (path: string, heading: string | RegExp) => {
  await page.goto(stage.t.url + path)
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
}

const NATIVE = '/api/integrations/callback'
const UNIVERSAL = '/api/v1/integrations/universal/callback'
const META = '/api/integrations/whatsapp/callback'

test.each([
  ['Slack', 'slack', NATIVE, 'SLACK'],
  ['Salesforce', 'salesforce', NATIVE, 'SALESFORCE'],
  ['HubSpot', 'hubspot', NATIVE, 'HUBSPOT'],
  ['Notion', 'notion', NATIVE, 'NOTION'],
  ['Zoho CRM', 'zoho-crm', NATIVE, 'ZOHO_CRM'],
  ['GitHub', 'github', UNIVERSAL, 'GITHUB'],
  ['Zoom', 'zoom', UNIVERSAL, 'ZOOM'],
  ['Discord', 'discord', UNIVERSAL, 'DISCORD'],
  ['Box', 'box', UNIVERSAL, 'BOX'],
])(
  'Universal Callback URLs: %s is registered with exactly this one, and its variables are named',
  async (name, id, path, prefix) => {
    await open(`/admin/setup/${id}`, `Set up ${name}`)
    expect(await page.getByRole('region', { name: 'Redirect URI' }).textContent()).toBe(stage.t.url + path)
    await page.getByRole('button', { name: 'Copy Redirect URI' }).waitFor()
    for (const variable of [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`])
      await page.getByText(variable, { exact: true }).first().waitFor()
  },
)

test('Meta/Facebook Apps: WhatsApp has the dedicated callback, its own variables and the addresses that Meta asks for', async () => {
  await open('/admin/setup/whatsapp', /^Set up WhatsApp/)
  expect(await page.getByRole('region', { name: 'Redirect URI' }).textContent()).toBe(stage.t.url + META)
  for (const variable of ['WHATSAPP_APP_ID', 'WHATSAPP_APP_SECRET', 'WHATSAPP_CONFIG_ID'])
    await page.getByText(variable, { exact: true }).first().waitFor()
  for (const address of ['/privacy', '/terms', '/api/meta/data-deletion'])
    await page
      .getByText(stage.t.url + address)
      .first()
      .waitFor()
})

test('In production: the lines of the guide are pasted, kept without being shown, and in effect at once', async () => {
  await open('/admin/secrets', 'Secrets')
  await page.getByRole('button', { name: 'Paste a .env' }).click()
  await dialog(page)
    .getByLabel('Lines NAME=value')
    .fill(
      [
        '# OAuth Credentials',
        'SLACK_CLIENT_ID=slack-id',
        'SLACK_CLIENT_SECRET=slack-secret-of-the-guide',
        'SALESFORCE_CLIENT_ID=salesforce-id',
        'SALESFORCE_CLIENT_SECRET=salesforce-secret-of-the-guide',
      ].join('\n'),
    )
  await dialog(page)
    .getByText('Taken: SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET')
    .waitFor()
  await dialog(page).getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /SALESFORCE_CLIENT_SECRET/ }).waitFor()
  expect(await page.content()).not.toContain('secret-of-the-guide')
  // Every client id and secret that is set here is what Connect uses from now on: no restart, and no sandbox.
  await showIntegrations(page)
  await card(page, 'Slack').getByRole('button', { name: 'Connect Slack' }).waitFor()
  expect(await card(page, 'Slack').getByText('Sandbox').count()).toBe(0)
  await card(page, 'GitHub').getByText('Sandbox').waitFor()
  const begun = await (await stage.t.browser('operator@example.com')).send(
    'POST',
    '/api/v1/connect/attempts',
    {
      provider: 'slack',
    },
  )
  const asked = new URL(begun.body.authorization_url)
  expect([asked.origin, asked.searchParams.get('client_id'), asked.searchParams.get('redirect_uri')]).toEqual(
    ['https://slack.com', 'slack-id', stage.t.url + NATIVE],
  )
})

test('Implementation Checklist: HTTPS Required, and the address to whitelist: the health page says both', async () => {
  await open('/admin/health', 'Health')
  await page.getByText(`The redirect URI of Slack is http: ${stage.t.url}${NATIVE}`).waitFor()
  await page
    .getByText(/https address that reaches this hub/)
    .first()
    .waitFor()
  // One that takes no http at all is an error, and the remedy an address of one's own.
  await stage.t.admin.send('PUT', '/api/v1/secrets', {
    values: { INSTAGRAM_CLIENT_ID: 'id', INSTAGRAM_CLIENT_SECRET: 'secret' },
  })
  await page.reload()
  await page.getByText(`Instagram does not register ${stage.t.url}`).waitFor()
  await page.getByText('It takes https alone.').first().waitFor()
  await page
    .getByText('Set TRUNKLINE_PUBLIC_URL to an https address that reaches this hub.')
    .first()
    .waitFor()
  await page.getByText(`Salesforce is set up. Register there: ${stage.t.url}${NATIVE}`).waitFor()
  await page.getByRole('link', { name: 'Open the set-up of slack' }).first().click()
  await page.getByRole('heading', { name: 'Set up Slack', level: 1 }).waitFor()
})

test('Implementation Checklist: an id without its secret is told, with the command that sets it', async () => {
  const removed = await stage.t.admin.send('DELETE', '/api/v1/secrets/SALESFORCE_CLIENT_SECRET')
  expect(removed.status).toBeLessThan(300)
  await open('/admin/health', 'Health')
  await page.getByText('Salesforce is half set: SALESFORCE_CLIENT_SECRET is missing.').waitFor()
  await page.getByText('trunkline secrets set SALESFORCE_CLIENT_SECRET=...').waitFor()
})

test('State Security: every flow carries a state of its own, and one that nobody began opens nothing', async () => {
  const person = await stage.t.browser('operator@example.com')
  const states = await Promise.all(
    [1, 2].map(async () => {
      const begun = await person.send('POST', '/api/v1/connect/attempts', { provider: 'github' })
      return new URL(begun.body.authorization_url).searchParams.get('state') as string
    }),
  )
  expect(states[0]).not.toBe(states[1])
  for (const state of states) expect(state.length).toBeGreaterThanOrEqual(22)
  await page.goto(`${stage.t.url}${UNIVERSAL}?code=x&state=${'a'.repeat(43)}`)
  await page.getByText('This authorization is not open any more').waitFor()
  expect(page.url()).not.toContain('state=')
})
