/** A hub and a browser for one file of end-to-end tests. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchBrowser } from '../setup/browser.ts'
import { startTestHub, type TestHub, type TestHubOptions } from '../setup/testHub.ts'

/** Of a page in milliseconds: says when a test is stuck, not that the machine is slow. Less while one is written. */
const PATIENCE = Number(process.env['E2E_PATIENCE'] ?? 60_000)

export type E2eStage = {
  t: TestHub
  browser: Browser
  /** A browser profile of its own with one signed-in person; every page fails the test on console errors. */
  signIn(
    email?: string,
    options?: Parameters<Browser['newContext']>[0],
  ): Promise<{ context: BrowserContext; page: Page }>
  complaints: string[]
  close(): Promise<void>
}

export async function openE2eStage(options: TestHubOptions = {}): Promise<E2eStage> {
  const t = await startTestHub(options)
  const browser = await launchBrowser()
  const complaints: string[] = []
  return {
    t,
    browser,
    complaints,
    async signIn(email, contextOptions = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...contextOptions })
      watch(context, complaints, t.url)
      context.setDefaultTimeout(PATIENCE)
      const page = await context.newPage()
      // What the sign-in page does with a link; newcomer.test.ts goes through the page itself.
      const link = new URL(await t.hub.createSignInUrl(email))
      const answer = await context.request.post(`${t.url}/api/v1/sessions`, {
        data: { token: link.hash.slice('#token='.length) },
        headers: { 'sec-fetch-site': 'same-origin' },
      })
      if (!answer.ok()) throw new Error(`nobody was signed in: ${await answer.text()}`)
      await page.goto(t.url)
      await page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor()
      return { context, page }
    },
    async close() {
      await browser.close()
      await t.close()
    },
  }
}

/** Anything a page complains of, and any request that leaves the hub. */
export function watch(context: BrowserContext, complaints: string[], hubUrl: string): void {
  context.on('console', (message) => {
    if (message.type() !== 'error') return
    // A refused call shows in the console as well; the page tells the person, and tests look at that.
    if (/Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())) return
    complaints.push(`console: ${message.text()}`)
  })
  context.on('weberror', (error) => complaints.push(`error: ${error.error().message}`))
  context.on('request', (request) => {
    if (!request.url().startsWith(hubUrl) && !request.url().startsWith('data:'))
      complaints.push(`request to ${request.url()}`)
  })
}

/** Clicks Connect for a provider and goes on in the dialog; returns the provider's tab. */
export async function openProvider(page: Page, provider: string): Promise<Page> {
  await page
    .getByRole('button', { name: `Connect ${provider}` })
    .first()
    .click()
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page
      .getByRole('dialog')
      .getByRole('button', { name: `Continue to ${provider}` })
      .click(),
  ])
  await tab.getByRole('button', { name: 'Allow' }).waitFor()
  return tab
}
