/** The main paths without a mouse: whatever is used is reached with Tab, and one sees where one is. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { change, PASSWORD } from '../identity/house.ts'
import type { Browser } from '../setup/testHub.ts'
import { connectElsewhere, dialog } from './documents/acts.ts'
import { openE2eStage, type E2eStage } from './stage.ts'

let stage: E2eStage
let person: Browser
let page: Page
beforeAll(async () => {
  stage = await openE2eStage({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
  person = await stage.t.browser('ada@fernhill.example')
  await connectElsewhere(stage.t, person, { provider: 'github' })
  await person.send('POST', '/api/v1/projects', { name: 'Checkout' })
  await change(person, 'PUT', '/api/v1/me/password', { password: PASSWORD })
  // A page that nobody is signed in to; a click anywhere would be a way past the keyboard.
  const context = (await stage.signIn('nobody@fernhill.example')).context
  await context.clearCookies()
  await context.addInitScript(() => {
    addEventListener(
      'mousedown',
      () => {
        throw new Error('a mouse was used')
      },
      true,
    )
  })
  page = await context.newPage()
})
afterAll(() => stage.close())
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

/** Farther than this nobody presses Tab. */
const PATIENCE = 150

/** Presses Tab until `target` has the focus, and sees that every stop on the way shows it. */
async function tabTo(on: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses <= PATIENCE; presses++) {
    const { hasFocus, isSeen, what } = await target.evaluate((wanted) => {
      const active = document.activeElement
      const nothing = active === null || active === document.body
      // A link that stands for a whole card is shown by the card.
      const shown = active?.closest('article, li, tr, label')
      const marks = (element: Element | null | undefined) => {
        if (!element) return false
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
        return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
      }
      const place = active?.getBoundingClientRect()
      const isInView = place !== undefined && place.bottom > 0 && place.top < innerHeight
      return {
        hasFocus: active === wanted,
        what: active?.outerHTML.slice(0, 160),
        isSeen:
          nothing || (active as HTMLElement).tabIndex < 0 || (isInView && (marks(active) || marks(shown))),
      }
    })
    expect([isSeen, what]).toEqual([true, what])
    if (hasFocus) return
    await on.keyboard.press('Tab')
  }
  throw new Error(`not reached within ${PATIENCE} times Tab: ${target.toString()}`)
}
const press = async (on: Page, target: Locator, key = 'Enter') => {
  await tabTo(on, target)
  await on.keyboard.press(key)
}

test('by keyboard: sign in', async () => {
  await page.goto(`${stage.t.url}/sign-in`)
  await tabTo(page, page.getByLabel('E-mail address'))
  await page.keyboard.type('ada@fernhill.example')
  await tabTo(page, page.getByLabel('Password', { exact: true }))
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor()
})

test('by keyboard: connect, through the provider’s page and back', async () => {
  await tabTo(page, page.getByRole('searchbox', { name: 'Search integrations' }))
  await page.keyboard.type('github')
  const button = page.getByRole('article', { name: 'GitHub', exact: true }).getByRole('button', {
    name: 'Connect GitHub',
  })
  await press(page, button)
  // Given up with Escape, the focus is where it was.
  await dialog(page).getByText('What is asked for').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  const opened = page.context().waitForEvent('page')
  await press(page, dialog(page).getByRole('button', { name: 'Continue to GitHub' }))
  const tab = await opened
  await press(tab, tab.getByRole('button', { name: 'Allow' }))
  await dialog(page).getByText('GitHub is connected as @ada-okafor.').waitFor()
})

test('by keyboard: a test call', async () => {
  await page.bringToFront()
  await press(page, dialog(page).getByRole('link', { name: 'Make a test call' }))
  await press(page, page.getByRole('button', { name: 'Run the call' }))
  await page.getByText(/Answered 200 in \d+ ms/).waitFor()
})

test('by keyboard: choose resources in a project', async () => {
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await press(page, page.getByRole('link', { name: 'Checkout' }))
  await page.getByRole('heading', { name: 'Checkout', level: 1 }).waitFor()
  await tabTo(page, page.getByRole('searchbox', { name: 'Search repositories' }))
  await page.keyboard.type('fernhill/storefront')
  await page.getByText('1 repository found').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press(' ')
  await page.getByRole('list', { name: 'Selected' }).getByText('fernhill/storefront').waitFor()
})

test('by keyboard: turn a tool off', async () => {
  await tabTo(page, page.getByRole('tab', { name: 'Resources' }))
  await page.keyboard.press('g')
  await page.keyboard.press('b')
  await press(page, page.getByRole('article', { name: 'GitHub', exact: true }).getByRole('link').first())
  const toggle = page.getByRole('switch', { name: 'List repositories: for me' })
  await press(page, toggle, ' ')
  await page.getByText('11 of 12 tools available').waitFor()
  expect(await toggle.getAttribute('aria-checked')).toBe('false')
})

test('by keyboard: disconnect', async () => {
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor()
  await press(page, page.getByRole('button', { name: 'Disconnect @ada-okafor, GitHub' }))
  await dialog(page).getByRole('heading', { name: 'What stops' }).waitFor()
  await press(page, dialog(page).getByRole('button', { name: 'Disconnect', exact: true }))
  await dialog(page).getByRole('heading', { name: 'What was done' }).waitFor()
  // The focus waits on the way out.
  const close = dialog(page).getByRole('button', { name: 'Close' }).last()
  await expect.poll(() => close.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await expect.poll(() => dialog(page).count()).toBe(0)
  await page.getByRole('article', { name: 'GitHub', exact: true }).getByText('Not Configured').waitFor()
})
