/** Every page in light and dark at three widths: axe finds nothing, nothing scrolls sideways. */
import AxeBuilder from '@axe-core/playwright'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openE2eStage, type E2eStage } from './stage.ts'

let stage: E2eStage
let context: BrowserContext
let page: Page
let connection: string
let link: string
let invitation: string
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
  invitation = new URL(
    (
      await t.admin.send('POST', '/api/v1/invitations', {
        email: 'somebody.with.a.long.name@a-long-company-name.example',
      })
    ).body.url,
  ).href.slice(t.url.length)
  link = (
    await t.admin.send('POST', '/api/v1/connect-sessions', {
      end_user: { id: 'x' },
      return_to: 'https://app.example.com/connected',
    })
  ).body.url
  const signedIn = await stage.signIn('axe@example.com', { reducedMotion: 'reduce' })
  context = signedIn.context
  page = signedIn.page
})
afterAll(async () => {
  await context?.close()
  await stage.close()
})

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const WIDTHS = [1440, 768, 320]

const heading = (name?: string) => (on: Page) =>
  on.getByRole('heading', { level: 1, ...(name === undefined ? {} : { name }) }).waitFor()

/** A page of one's own is a line here. */
const PAGES: [name: string, path: () => string, ready: (page: Page) => Promise<unknown>][] = [
  ['integrations', () => '/', heading('Integrations')],
  [
    'the organization’s integrations',
    () => '/?whose=organization',
    (on) => on.getByText('Connection Invalid').first().waitFor(),
  ],
  ['one integration', () => '/integrations/stripe', heading('Stripe')],
  ['an integration without connection', () => '/integrations/jira', heading('Jira Cloud')],
  ['its permissions', () => '/integrations/jira?tab=permissions', heading('Jira Cloud')],
  ['its set-up guide', () => '/integrations/jira?tab=setup', heading('Jira Cloud')],
  ['connections', () => '/connections', heading('Connections')],
  ['one connection', () => `/connections/${connection}`, heading()],
  ['help', () => '/help', heading('Help')],
  ['set-up of providers', () => '/admin/setup', heading()],
  ['the wizard', () => '/admin/setup/slack', heading('Set up Slack')],
  ['secrets', () => '/admin/secrets', heading()],
  ['providers of one’s own', () => '/admin/providers', heading()],
  ['API keys', () => '/admin/keys', heading('API keys')],
  ['people', () => '/people', (page) => page.getByRole('table').waitFor()],
  ['profile', () => '/profile', (page) => page.getByText('this one').waitFor()],
  ['organizations', () => '/admin/organizations', (page) => page.getByRole('table').waitFor()],
  ['an invitation', () => invitation, (page) => page.getByRole('button', { name: /^Join as/ }).waitFor()],
  [
    'a forgotten password',
    () => '/reset-password',
    (page) => page.getByText('npx trunkline sign-in').waitFor(),
  ],
  [
    'the sign-in page',
    () => '/sign-in?problem=not_linked',
    (page) => page.getByText('You are not signed in').waitFor(),
  ],
  ['health', () => '/admin/health', heading()],
  ['the audit log', () => '/admin/audit', (on) => on.getByRole('table', { name: 'Entries' }).waitFor()],
  [
    'everybody’s connections',
    () => '/connections?whose=everybody',
    (on) => on.getByRole('table', { name: 'Everybody’s connections' }).waitFor(),
  ],
  [
    'a page that does not exist',
    () => '/integrations/nothing',
    (on) => on.getByText('There is no such integration').waitFor(),
  ],
  ['the connect page of a host application', () => new URL(link).pathname, heading()],
  [
    'the result page',
    () => '/connect/result?status=refused',
    (on) => on.getByText('Refused').first().waitFor(),
  ],
  ['privacy', () => '/privacy', heading()],
  ['terms', () => '/terms', heading()],
  ['how far a deletion is', () => '/api/meta/deletion-status?code=unknown', heading('No such request')],
  ['the API reference', () => '/docs/api', heading()],
  ['the sandbox controls', () => '/sandbox/', heading()],
]

/** What lies on top of a page when asked for. */
const ON_TOP: [name: string, width: number, open: (page: Page) => Promise<unknown>][] = [
  [
    'the connect dialog',
    1440,
    async (on) => {
      await on.getByRole('button', { name: 'Connect Zoom' }).click()
      await on.getByRole('dialog').getByText('What you need').waitFor()
    },
  ],
  [
    'the palette',
    768,
    async (on) => {
      await on.keyboard.press('Control+k')
      await on.getByRole('option').first().waitFor()
    },
  ],
  [
    'the shortcuts',
    768,
    async (on) => {
      await on.keyboard.press('?')
      await on.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    },
  ],
  [
    'the menu of a small screen',
    320,
    async (on) => {
      await on.getByRole('button', { name: 'Menu', exact: true }).click()
      await on.getByRole('dialog').getByRole('link', { name: 'Connections' }).waitFor()
    },
  ],
  [
    'the account’s menu',
    320,
    async (on) => {
      await on.getByRole('button', { name: /^Account:/ }).click()
      await on.getByRole('menuitem', { name: 'Sign out' }).waitFor()
    },
  ],
  [
    'a help',
    320,
    async (on) => {
      await on.getByRole('button', { name: 'Help: Mine, or the organization’s' }).click()
      await on.getByRole('link', { name: 'Read more' }).waitFor()
    },
  ],
]

/** Each rule at each width; colours alone again in the dark, since nothing else differs there. */
async function examine(name: string, widths: readonly number[]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const axe = new AxeBuilder({ page })
      const { violations } = await (colorScheme === 'light'
        ? axe.withTags(TAGS)
        : axe.withRules(['color-contrast'])
      ).analyze()
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
      )
      expect([name, width, colorScheme, found]).toEqual([name, width, colorScheme, []])
    }
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(sideways, `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(0)
  }
}

describe('every page at 1440, 768 and 320 px, light and dark', () => {
  test.each(PAGES)('%s', async (name, path, ready) => {
    await page.goto(stage.t.url + path())
    await ready(page)
    // What is read after the heading stands takes the place of its skeletons.
    await page.locator('.animate-pulse').first().waitFor({ state: 'detached' })
    await examine(name, WIDTHS)
  })
})

describe('what lies on top', () => {
  test.each(ON_TOP)('%s at %i px', async (name, width, open) => {
    await page.setViewportSize({ width, height: 900 })
    await page.goto(stage.t.url)
    await page.getByRole('button', { name: 'Connect Zoom' }).waitFor()
    await open(page)
    await examine(name, [width])
  })
})

test('from right to left nothing scrolls sideways, and the page begins at the right', async () => {
  for (const [name, path, ready] of PAGES.slice(0, 15)) {
    await page.goto(`${stage.t.url}${path()}${path().includes('?') ? '&' : '?'}dir=rtl`)
    await ready(page)
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 900 })
      const { dir, sideways, start } = await page.evaluate(() => ({
        dir: document.documentElement.dir,
        sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        start: document.querySelector('h1')?.getBoundingClientRect().right ?? 0,
      }))
      expect([name, width, dir, Math.max(0, sideways)]).toEqual([name, width, 'rtl', 0])
      expect(start, name).toBeGreaterThan(width / 2)
    }
  }
  await page.goto(`${stage.t.url}/?dir=ltr`)
})

test('with reduced motion nothing moves for longer than a frame', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(stage.t.url)
  await page.getByRole('button', { name: 'Connect Zoom' }).click()
  await page.getByRole('dialog').waitFor()
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')]
        .map((element) => getComputedStyle(element))
        .filter(
          ({ animationDuration, transitionProperty }) =>
            Number.parseFloat(animationDuration) > 0.02 || transitionProperty !== 'none',
        ).length,
  )
  expect(moving).toBe(0)
})

test('by keyboard alone: connect, and read what is asked for', async () => {
  const keys = await stage.signIn('keys@example.com')
  const on = keys.page
  await on.keyboard.press('Tab')
  await on.keyboard.press('Enter')
  await on.keyboard.press('Control+k')
  await on.getByRole('combobox', { name: 'Search integrations and pages' }).waitFor()
  await on.keyboard.type('githb')
  await on
    .getByRole('option', { name: /GitHub/ })
    .first()
    .waitFor()
  await on.keyboard.press('Enter')
  await on.getByRole('heading', { name: 'GitHub', level: 1 }).waitFor()
  const connect = on.getByRole('button', { name: 'Connect GitHub' }).first()
  await connect.focus()
  await on.keyboard.press('Enter')
  await on.getByRole('dialog').getByText('What is asked for').waitFor()
  await on.keyboard.press('Escape')
  await expect.poll(() => on.getByRole('dialog').count()).toBe(0)
  await expect.poll(() => connect.evaluate((element) => element === document.activeElement)).toBe(true)
  await keys.context.close()
})

test('no page complained', () => {
  expect(stage.complaints).toEqual([])
})
