/** Whose connections: what an administrator sees and ends, the policy of a provider, and the audit log that tells it. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type E2eStage, openE2eStage } from './stage.ts'

let stage: E2eStage
let page: Page
const shots = process.env['E2E_SHOTS']
beforeAll(async () => {
  stage = await openE2eStage()
  page = (await stage.signIn('ada@example.com')).page
  const { t } = stage
  const ben = await t.browser('ben@example.com')
  await ben.send('POST', '/api/v1/connect/attempts', {
    provider: 'stripe',
    fields: { apiKey: t.sandbox.values.stripe?.apiKey },
  })
  await t.admin.send('POST', '/api/v1/connect/attempts', {
    provider: 'stripe',
    owner: 'organization',
    fields: { apiKey: t.sandbox.values.stripe?.apiKey },
  })
})
afterAll(() => stage.close())

async function look(name: string): Promise<void> {
  if (!shots) return
  for (const width of [1440, 320])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: `${shots}/${name}-${width}-${colorScheme}.png`, fullPage: true })
    }
  await page.setViewportSize({ width: 1280, height: 900 })
}

test('a policy is set on the provider’s page; what it leaves out is marked, and the form offers what is allowed', async () => {
  await page.goto(`${stage.t.url}/integrations/stripe`)
  const policy = page.getByRole('region', { name: 'Whose connections' })
  await policy.getByRole('radio', { name: /^Everybody their own/ }).check()
  await policy.getByText('One connection of before is left out').waitFor()
  await look('policy')
  await page.goto(`${stage.t.url}/integrations/stripe`)
  await page.getByRole('button', { name: 'Connect another' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').first().waitFor()
  expect(await dialog.getByText('Whose connection is it?').count()).toBe(0)
  await page.keyboard.press('Escape')
  await page.getByRole('radio', { name: /^One’s own first/ }).check()
  await expect.poll(async () => (await stage.t.admin.get('/api/v1/policies')).body.data).toEqual([])
})

test('an administrator sees that somebody’s connection exists, and ends it with a reason', async () => {
  await page.goto(`${stage.t.url}/connections`)
  await page.getByLabel('Whose', { exact: true }).selectOption('everybody')
  const row = page.getByRole('row', { name: /ben/ })
  await row.waitFor()
  expect(page.url()).toContain('whose=everybody')
  expect(await page.getByText('acct_').count()).toBe(0)
  await look('existence')
  await row.getByRole('button', { name: 'End the Stripe connection of ben' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'End', exact: true }).click()
  await dialog.getByText('Say why.').waitFor()
  await dialog.getByLabel('Reason').fill('Left the team.')
  await look('end')
  await dialog.getByRole('button', { name: 'End', exact: true }).click()
  await page.getByText('The connection is ended.').waitFor()
  await row.waitFor({ state: 'detached' })
})

test('the audit log says it in a sentence, is filtered by its address, and its chain is unbroken', async () => {
  await page.goto(`${stage.t.url}/admin/audit`)
  await page.getByText(/Unbroken since/).waitFor()
  await page.getByRole('button', { name: /Ended somebody’s connection.*Left the team/ }).waitFor()
  await look('audit')
  await page.getByLabel('What').selectOption('connection.ended')
  await expect.poll(() => page.url()).toContain('action=connection.ended')
  await expect.poll(() => page.getByRole('table', { name: 'Entries' }).getByRole('row').count()).toBe(2)
  await page.reload()
  await page.getByRole('button', { name: /Ended somebody’s connection/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Left the team.', { exact: true }).waitFor()
  await look('entry')
  await dialog.getByRole('button', { name: 'Only this person or key' }).click()
  await expect.poll(() => page.url()).toContain('actor=per_')
  await page.goto(`${stage.t.url}/admin/audit?actor=nobody`)
  await page.getByText('No entry matches these filters.').waitFor()
  await look('audit-empty')
  await page.getByRole('button', { name: 'Clear filters' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('audit.csv')
  await page.getByRole('button', { name: 'Follow from the beginning' }).click()
  await page.getByText(/Unbroken since/).waitFor()
})

test('an installed app that nobody could be told for is assigned', async () => {
  await stage.t.hub.database.pool.query(
    `insert into organizations (id, name, created_at) values ('org_other', 'Other', now())`,
  )
  const forge = stage.t.sandbox.control.forge
  await forge.install(forge.sites()[0]?.cloudId as string)
  await page.goto(`${stage.t.url}/admin/setup`)
  const panel = page.getByRole('region', { name: 'Installed apps without an organization' })
  await panel.getByRole('combobox').selectOption('Other')
  await look('installations')
  await panel.getByRole('button', { name: 'Assign' }).click()
  await page.getByText('Assigned. The connection is made').waitFor()
  await panel.waitFor({ state: 'detached' })
})

test('nothing was complained of', () => {
  expect(stage.complaints).toEqual([])
})
