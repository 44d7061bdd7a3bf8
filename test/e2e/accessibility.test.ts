/** Every page in light and dark at three widths: axe finds nothing, nothing scrolls sideways. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openE2eStage, type E2eStage } from './stage.ts'

let stage: E2eStage
let connection: string
let link: string
beforeAll(async () => {
  stage = await openE2eStage()
  // One connection of each state that a page can show.
  const { t } = stage
  const made = await t.admin.send('POST', '/api/v1/connect/attempts', {
    provider: 'stripe',
    owner: 'organization',
    fields: { apiKey: t.sandbox.values.stripe?.apiKey },
  })
  connection = made.body.connection_id
  await t.admin.send('POST', '/api/v1/connect/attempts', {
    provider: 'telegram',
    owner: 'organization',
    fields: { token: t.sandbox.values.telegram?.token },
  })
  t.sandbox.control.revoke('telegram')
  const telegram = (await t.admin.get('/api/v1/connections?provider=telegram')).body.data[0]
  await t.admin.send('POST', `/api/v1/connections/${telegram.id}/verify`, {})
  link = (
    await t.admin.send('POST', '/api/v1/connect-sessions', {
      end_user: { id: 'x' },
      return_to: 'https://app.example.com/connected',
    })
  ).body.url
})
afterAll(() => stage.close())

const PAGES: [name: string, path: () => string, ready: (page: Page) => Promise<unknown>][] = [
  [
    'integrations',
    () => '/',
    (page) => page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor(),
  ],
  [
    'one integration',
    () => '/integrations/stripe',
    (page) => page.getByRole('heading', { name: 'Stripe', level: 1 }).waitFor(),
  ],
  [
    'an integration without connection',
    () => '/integrations/jira',
    (page) => page.getByRole('heading', { name: 'Jira Cloud', level: 1 }).waitFor(),
  ],
  ['connections', () => '/connections', (page) => page.getByRole('heading', { level: 1 }).waitFor()],
  [
    'one connection',
    () => `/connections/${connection}`,
    (page) => page.getByRole('heading', { level: 1 }).waitFor(),
  ],
  ['API keys', () => '/keys', (page) => page.getByRole('heading', { level: 1 }).waitFor()],
  [
    'a page that does not exist',
    () => '/integrations/nothing',
    (page) => page.getByText('There is no such integration').waitFor(),
  ],
  [
    'the connect page of a host application',
    () => new URL(link).pathname,
    (page) => page.getByRole('heading', { level: 1 }).waitFor(),
  ],
  [
    'the result page',
    () => '/connect/result?status=refused',
    (page) => page.getByText('Refused').first().waitFor(),
  ],
  ['privacy', () => '/privacy', (page) => page.getByRole('heading', { level: 1 }).waitFor()],
  ['terms', () => '/terms', (page) => page.getByRole('heading', { level: 1 }).waitFor()],
  [
    'how far a deletion is',
    () => '/api/meta/deletion-status?code=unknown',
    (page) => page.getByRole('heading', { name: 'No such request', level: 1 }).waitFor(),
  ],
  ['the API reference', () => '/docs/api', (page) => page.getByRole('heading', { level: 1 }).waitFor()],
  ['the sandbox controls', () => '/sandbox/', (page) => page.getByRole('heading', { level: 1 }).waitFor()],
]

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([1440, 768, 320])('at %i px', async (width) => {
    const { context, page } = await stage.signIn('axe@example.com', {
      colorScheme,
      viewport: { width, height: 900 },
      reducedMotion: 'reduce',
    })
    for (const [name, path, ready] of PAGES) {
      await page.goto(stage.t.url + path())
      await ready(page)
      await page.waitForLoadState('networkidle').catch(() => {})
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze()
      expect([
        name,
        violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
        ),
      ]).toEqual([name, []])
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(sideways, `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(0)
    }
    await context.close()
  })
})

test('by keyboard alone: connect, and read what is asked for', async () => {
  const { context, page } = await stage.signIn('keys@example.com')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search integrations and pages' }).waitFor()
  await page.keyboard.type('githb')
  await page
    .getByRole('option', { name: /GitHub/ })
    .first()
    .waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'GitHub', level: 1 }).waitFor()
  const connect = page.getByRole('button', { name: 'Connect GitHub' }).first()
  await connect.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText('What is asked for').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  await expect.poll(() => connect.evaluate((element) => element === document.activeElement)).toBe(true)
  await context.close()
})

test('no page complained', () => {
  expect(stage.complaints).toEqual([])
})
