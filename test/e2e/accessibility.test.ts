/** Every page in light and dark at three widths: axe finds nothing, nothing scrolls sideways. */
import { readFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { PROJECT_TABS, TABS } from '../../src/web/search-params.ts'
import { connectElsewhere } from './documents/acts.ts'
import { openE2eStage, type E2eStage } from './stage.ts'

let stage: E2eStage
let context: BrowserContext
let page: Page
let connection: string
let link: string
let invitation: string
let project: string
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
  await t.admin.send('PUT', '/api/v1/secrets', {
    values: { A_LONG_NAME_THAT_NOBODY_READS_AND_THAT_GOES_ON_AND_ON_FOR_EVER: 'x', ASANA_CLIENT_ID: 'x' },
  })
  const person = await t.browser('axe@example.com')
  const github = await connectElsewhere(t, person, { provider: 'github' })
  project = (
    await person.send('POST', '/api/v1/projects', { name: 'Checkout', description: 'Basket and payment.' })
  ).body.id
  const resources = `/api/v1/projects/${project}/connections/${github}/resources?kind=repository`
  const read = async () => (await person.get(resources)).body
  await vi.waitFor(async () => expect((await read()).reading?.state).toBe('done'), { timeout: 60_000 })
  const chosen = (await read()).data.slice(0, 3).map(({ id }: { id: string }) => id)
  await person.send('POST', `/api/v1/projects/${project}/selections`, {
    connection: github,
    kind: 'repository',
    resources: chosen,
  })
  await t.hub.database.pool.query(
    `insert into sync_runs (organization_id, id, project_id, provider, mode, account_id, account_label, cause,
       started_at, ended_at, outcome)
     select organization_id, 'run_before', id, 'github', 'sandbox', '4108211', '@ada-okafor', 'schedule', now(), now(),
       'partial' from projects where id = $1`,
    [project],
  )
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

type Row = [name: string, path: () => string, ready: (page: Page) => Promise<unknown>]

/** Inside of the dashboard's frame. A page of one's own is a line here: a route without one fails below. */
const FRAMED: Row[] = [
  ['integrations', () => '/', heading('Integrations')],
  [
    'the organization’s integrations',
    () => '/?whose=organization',
    (on) => on.getByText('Connection Invalid').first().waitFor(),
  ],
  ['one integration', () => '/integrations/stripe', heading('Stripe')],
  ['an integration without connection', () => '/integrations/jira', heading('Jira Cloud')],
  ...TABS.map((tab): Row => [`Jira, ${tab}`, () => `/integrations/jira?tab=${tab}`, heading('Jira Cloud')]),
  ['connections', () => '/connections', heading('Connections')],
  ['one connection', () => `/connections/${connection}`, heading()],
  ['agents', () => '/agents', (on) => on.getByRole('article', { name: 'GitHub' }).waitFor()],
  ['one agent', () => '/agents/github', (on) => on.getByText('12 of 12 tools available').waitFor()],
  [
    'one agent, opened',
    () => '/agents/stripe',
    async (on) => {
      await on.getByText('Input and permissions').first().click()
      await on.getByLabel('Only these').check()
    },
  ],
  ['projects', () => '/projects', (on) => on.getByRole('link', { name: 'Checkout' }).waitFor()],
  ...PROJECT_TABS.map(
    (tab): Row => [`a project, ${tab}`, () => `/projects/${project}?tab=${tab}`, heading('Checkout')],
  ),
  ['help', () => '/help', heading('Help')],
  ['set-up of providers', () => '/admin/setup', (on) => on.getByRole('link', { name: /GitHub/ }).waitFor()],
  ['the wizard', () => '/admin/setup/slack', heading('Set up Slack')],
  ['secrets', () => '/admin/secrets', (on) => on.getByRole('row', { name: /A_LONG_NAME/ }).waitFor()],
  [
    'providers of one’s own',
    () => '/admin/providers',
    (on) => on.getByRole('textbox', { name: 'Declaration' }).waitFor(),
  ],
  ['API keys', () => '/admin/keys', heading('API keys')],
  ['people', () => '/people', (page) => page.getByRole('table').waitFor()],
  ['profile', () => '/profile', (page) => page.getByText('this one').waitFor()],
  ['organizations', () => '/admin/organizations', (page) => page.getByRole('table').waitFor()],
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
  ['an address that no page has', () => '/no/such/page', heading('This page does not exist')],
]

const PAGES: Row[] = [
  ...FRAMED,
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
  ['a link that confirms an address', () => '/confirm-email#token=nothing', heading()],
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
    'the disconnect dialog',
    320,
    async (on) => {
      await on.getByRole('link', { name: /^Organization/ }).click()
      await on.getByRole('button', { name: 'Disconnect @ada-okafor, GitHub' }).click()
      await on.getByRole('dialog').getByText('Checkout').waitFor()
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
async function examine(name: string, widths: readonly number[], isFramed = false): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      // No page of ours has a frame: without looking for one, and telling faults alone, a run is twice as fast.
      const axe = new AxeBuilder({ page }).setLegacyMode(true)
      const rules =
        colorScheme === 'light'
          ? { type: 'tag' as const, values: TAGS }
          : { type: 'rule' as const, values: ['color-contrast'] }
      const { violations } = await axe.options({ runOnly: rules, resultTypes: ['violations'] }).analyze()
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
      )
      expect([name, width, colorScheme, found]).toEqual([name, width, colorScheme, []])
    }
    const { sideways, mirrored, start } = await page.evaluate(() => {
      const root = document.documentElement
      const over = () => root.scrollWidth - root.clientWidth
      const straight = over()
      root.dir = 'rtl'
      const seen = {
        sideways: straight,
        mirrored: over(),
        start: document.querySelector('h1')?.getBoundingClientRect().right ?? 0,
      }
      root.dir = 'ltr'
      return seen
    })
    expect(sideways, `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(0)
    if (!isFramed) continue
    expect(mirrored, `${name} at ${width} px scrolls sideways from right to left`).toBeLessThanOrEqual(0)
    expect(start, `${name} begins at the right`).toBeGreaterThan(width / 2)
  }
}

test('every route of the dashboard is looked at', () => {
  const source = readFileSync(new URL('../../src/web/routes.tsx', import.meta.url), 'utf8')
  const routes = [...source.matchAll(/\bpath: '([^']+)'/g)].map(([, path = '']) => path)
  expect(routes.length).toBeGreaterThan(20)
  const seen = PAGES.map(([, path]) => new URL(path(), stage.t.url).pathname)
  const missing = routes.filter((route) => {
    const pattern = new RegExp(`^${route.replaceAll(/\$\w+/g, '[^/]+').replace(/^\$$/, '/no/such/page')}$`)
    return !seen.some((path) => pattern.test(path))
  })
  expect(missing).toEqual([])
})

describe('every page at 1440, 768 and 320 px, light and dark', () => {
  test.each(PAGES)('%s', async (name, path, ready) => {
    await page.goto(stage.t.url + path())
    await ready(page)
    // What is read after the heading stands takes the place of its skeletons.
    await page.locator('.animate-pulse').first().waitFor({ state: 'detached' })
    await examine(
      name,
      WIDTHS,
      FRAMED.some(([framed]) => framed === name),
    )
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

test('from right to left by its address, and back', async () => {
  const direction = () => page.evaluate(() => document.documentElement.dir)
  for (const dir of ['rtl', 'ltr']) {
    await page.goto(`${stage.t.url}/?dir=${dir}`)
    await heading('Integrations')(page)
    expect(await direction()).toBe(dir)
  }
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

test('no page complained', () => {
  expect(stage.complaints).toEqual([])
})
