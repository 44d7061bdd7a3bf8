/** People in a browser: ways in, passkeys (Chromium's virtual authenticator), inviting, leaving, several organizations. */
import type { BrowserContext, Page, Response } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type E2eStage, openE2eStage, watch } from './stage.ts'

const PASSWORD = 'violet lantern over the harbour'
const OTHER_PASSWORD = 'amber lantern under the bridge'

let stage: E2eStage
let admin: Page
let context: BrowserContext
beforeAll(async () => {
  stage = await openE2eStage({ env: { TRUNKLINE_PUBLIC_URL: 'http://localhost:0' } })
  ;({ page: admin, context } = await stage.signIn())
})
afterAll(() => stage.close())

/** A browser that nobody is signed in with. */
async function openBare(path: string): Promise<Page> {
  const bare = await stage.browser.newContext({ viewport: { width: 1280, height: 900 } })
  watch(bare, stage.complaints, stage.t.url)
  bare.setDefaultTimeout(60_000)
  const page = await bare.newPage()
  await page.goto(path.startsWith('http') ? path : stage.t.url + path)
  return page
}

async function addAuthenticator(page: Page, of: BrowserContext): Promise<void> {
  const cdp = await of.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

const atHome = (page: Page) => page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor()

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('the first sign-in leads to a password', async () => {
  expect(admin.url()).toBe(`${stage.t.url}/`)
  await admin.getByText('Set a password or a passkey').waitFor()
  await admin.getByRole('link', { name: 'Go to your profile' }).click()
  await admin.getByRole('button', { name: 'Set a password' }).click()
  const dialog = admin.getByRole('dialog')
  await dialog.getByLabel('New password').fill('too short')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog
    .getByText(/at least 12 characters/)
    .first()
    .waitFor()
  await dialog.getByLabel('New password').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await admin.getByText('Your password is set.').first().waitFor()
  await admin.goto(stage.t.url)
  await atHome(admin)
  expect(await admin.getByText('Set a password or a passkey').count()).toBe(0)
})

test('a wrong password is refused on the page, the right one opens the page that was wanted', async () => {
  const page = await openBare('/people')
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  expect(page.url()).toBe(`${stage.t.url}/sign-in`)
  await signIn(page, 'admin@localhost', 'not this one at all')
  await page.getByText('do not belong together here').waitFor()
  await signIn(page, 'ADMIN@localhost', PASSWORD)
  await page.getByRole('heading', { name: 'People', level: 1 }).waitFor()
  await page.context().close()
})

test('a passkey is added, and signs in by itself', async () => {
  await addAuthenticator(admin, context)
  await admin.goto(`${stage.t.url}/profile`)
  await admin.getByRole('button', { name: 'Add a passkey' }).click()
  const dialog = admin.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Test laptop')
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await admin.getByText('The passkey Test laptop is added.').first().waitFor()
  await admin.getByRole('button', { name: /^Account:/ }).click()
  // Adding the passkey renewed the session, so that the first of these is refused and sent again.
  const isEnd = (answer: Response) => answer.request().method() === 'DELETE' && answer.status() === 204
  await Promise.all([admin.waitForResponse(isEnd), admin.getByRole('menuitem', { name: 'Sign out' }).click()])
  // The browser's own offer, or the button beside the form: whichever comes first. The offer is taken within
  // milliseconds here, before anybody sees the page that makes it.
  const button = admin.getByRole('button', { name: 'Sign in with a passkey' })
  await Promise.race([atHome(admin), button.click().catch(() => undefined)])
  await atHome(admin)
  await admin.goto(`${stage.t.url}/profile`)
  await admin.getByText('Test laptop').waitFor()
  await admin.getByText(/last used/).waitFor()
})

test('somebody who let the page lie is asked once more, and what they began is done', async () => {
  stage.t.clock.advance(11 * 60_000)
  await admin.getByRole('button', { name: 'Rename the passkey Test laptop' }).waitFor()
  await admin.getByRole('button', { name: 'Change', exact: true }).click()
  await admin.getByRole('dialog').getByLabel('New password').fill(OTHER_PASSWORD)
  await admin.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  const again = admin.getByRole('dialog', { name: 'Show once more who you are' })
  await again.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await again.getByRole('button', { name: 'Continue' }).click()
  await admin.getByText('Your password is set.').first().waitFor()
})

test('an invitation is copied, accepted in another browser, and shows on the open page', async () => {
  await admin.goto(`${stage.t.url}/people`)
  await admin.getByRole('button', { name: 'Invite' }).click()
  const dialog = admin.getByRole('dialog')
  await dialog.getByLabel('E-mail address').fill('grace@example.com')
  await dialog.getByRole('button', { name: 'Invite' }).click()
  const link = await dialog.getByRole('textbox', { name: 'The invitation’s link' }).inputValue()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await admin.getByText('grace@example.com').first().waitFor()

  const page = await openBare(link)
  await page.getByRole('heading', { name: 'Join My organization', level: 1 }).waitFor()
  expect(page.url()).toBe(`${stage.t.url}/invitation`)
  await page.getByLabel('Your name').fill('Grace Hopper')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Join with a password' }).click()
  await atHome(page)
  expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0)
  await admin.getByRole('row', { name: /Grace Hopper/ }).waitFor()
  expect(await admin.getByRole('heading', { name: 'Invitations' }).count()).toBe(0)

  const used = await openBare(link)
  await used.getByRole('heading', { name: 'This invitation cannot be used', level: 1 }).waitFor()
  await used.context().close()

  // Leaving: the open page of whoever is removed notices.
  await admin.getByRole('button', { name: 'Actions for Grace Hopper' }).click()
  await admin.getByRole('menuitem', { name: 'Remove' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await admin.getByRole('dialog', { name: 'Grace Hopper is removed' }).getByText('Sessions').waitFor()
  await admin.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  await page.context().close()
})

test('somebody with an account joins another organization, and switches back', async () => {
  await admin.goto(`${stage.t.url}/admin/organizations`)
  await admin.getByRole('button', { name: 'Make an organization' }).click()
  await admin.getByRole('dialog').getByLabel('Name').fill('Second home')
  await admin.getByRole('dialog').getByRole('button', { name: 'Make it' }).click()
  await admin.getByRole('dialog').getByRole('button', { name: 'Switch to it' }).click()
  await admin.getByText('You are in Second home now.').first().waitFor()
  await admin.getByRole('button', { name: /^Account:/ }).click()
  await admin.getByText('Second home').first().waitFor()
  await admin.getByRole('menuitem', { name: 'My organization' }).click()
  await admin.getByText('You are in My organization now.').first().waitFor()
  await admin.getByRole('button', { name: /^Account:/ }).click()
  await admin.getByRole('menuitem', { name: 'Second home' }).waitFor()
  await admin.keyboard.press('Escape')
})

test('another session is ended from the profile, and its page notices', async () => {
  const page = await openBare('/sign-in')
  await signIn(page, 'admin@localhost', OTHER_PASSWORD)
  await atHome(page)
  await admin.goto(`${stage.t.url}/profile`)
  await admin.getByText('this one').waitFor()
  // Those of earlier tests are there as well.
  const others = admin.getByRole('button', { name: /^Sign out Chrome/ })
  await others.first().waitFor()
  for (let left = await others.count(); left > 0; left -= 1) {
    await others.first().click()
    await expect.poll(() => others.count(), { timeout: 20_000 }).toBe(left - 1)
  }
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  await page.context().close()
})

test('S4 no link, token or password is left in the browser or in an address', async () => {
  const stored = await admin.evaluate(() =>
    JSON.stringify([
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      document.cookie,
      location.href,
    ]),
  )
  expect(stored).not.toMatch(/lantern|session|#|token/)
})

test('no page complained', () => {
  expect(stage.complaints).toEqual([])
})
