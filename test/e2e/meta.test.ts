/** WhatsApp from the set-up guide to a connection by Embedded Signup, with no script and no request of anybody else. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type E2eStage, openE2eStage } from './stage.ts'

let stage: E2eStage
beforeAll(async () => {
  stage = await openE2eStage({
    env: { WHATSAPP_CONFIG_ID: '1234567890123456', TRUNKLINE_OPERATOR_NAME: 'Acme Ltd' },
  })
})
afterAll(() => stage.close())

test('the set-up guide shows the addresses of this hub, to be copied', async () => {
  const { page, context } = await stage.signIn('operator@example.com')
  await page.goto(`${stage.t.url}/integrations/whatsapp?tab=setup`)
  await page.getByText(`${stage.t.url}/api/meta/data-deletion`).first().waitFor()
  for (const path of ['/privacy', '/terms', '/api/meta/data-deletion', '/api/meta/deauthorize'])
    await page
      .getByRole('button', { name: `Copy ${stage.t.url}${path}` })
      .first()
      .waitFor()
  // An address on a line of its own leaves no full stop to the next.
  expect(await page.locator('ol li').allInnerTexts()).not.toContainEqual(expect.stringMatching(/^[.,]/m))
  await context.close()
  expect(stage.complaints).toEqual([])
})

test('Embedded Signup in a tab of its own, and the choice among the accounts that were shared', async () => {
  const { page, context } = await stage.signIn('ada@example.com')
  await page.getByRole('button', { name: 'Connect WhatsApp Business' }).first().click()
  await page.getByRole('dialog').getByText('its configuration (WHATSAPP_CONFIG_ID)').waitFor()
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('dialog').getByRole('button', { name: 'Continue to WhatsApp Business' }).click(),
  ])
  await tab.getByRole('button', { name: 'Allow' }).waitFor()
  expect(new URL(tab.url()).searchParams.get('config_id')).toBe('1234567890123456')
  await tab.getByRole('button', { name: 'Allow' }).click()
  await page.getByLabel('WhatsApp Business account 102000000000012').check()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('Fernhill Rentals').first().waitFor()
  await context.close()
  expect(stage.complaints).toEqual([])
})

test('privacy and terms are read without signing in, at any width', async () => {
  for (const width of [1280, 320]) {
    const context = await stage.browser.newContext({ viewport: { width, height: 800 } })
    const page = await context.newPage()
    await page.goto(`${stage.t.url}/privacy`)
    await page.getByRole('heading', { name: 'Privacy', level: 1 }).waitFor()
    await page.getByText('Acme Ltd').first().waitFor()
    await page.getByRole('link', { name: 'Terms of use' }).click()
    await page.getByRole('heading', { name: 'Terms of use', level: 1 }).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await context.close()
  }
  expect(stage.complaints).toEqual([])
})
