/** What the tests of people do again and again: setting a password, inviting, waiting for a letter. */
import type { ApiAnswer, Browser, TestHub } from '../setup/testHub.ts'

export const PASSWORD = 'violet lantern over the harbour'

export const csrf = async (browser: Browser) => ({
  'trunkline-csrf': (await browser.get('/api/v1/me')).body.csrf_token as string,
})

/** A change by somebody who is signed in, with the token of the session as it is now. */
export async function change(
  browser: Browser,
  method: string,
  path: string,
  body?: unknown,
): Promise<ApiAnswer> {
  return browser.send(method, path, body, await csrf(browser))
}

export const linkTokenOf = (url: string) => new URL(url).hash.replace(/^#(?:token=)?/, '')

/** An account with a password, in the organization that runs the hub. */
export async function withPassword(t: TestHub, email: string, password = PASSWORD): Promise<Browser> {
  const browser = await t.browser(email)
  const answer = await change(browser, 'PUT', '/api/v1/me/password', { password })
  if (answer.status !== 204) throw new Error(`no password was set: ${JSON.stringify(answer.body)}`)
  return browser
}

export const signIn = (browser: Browser, email: string, password = PASSWORD) =>
  browser.send('POST', '/api/v1/sessions/password', { email, password })

/** Another organization with its administrator, who came by an invitation. */
export async function makeOrganization(
  t: TestHub,
  name: string,
  administrator: string,
): Promise<{ id: string; admin: Browser; link: string }> {
  const made = await t.admin.send('POST', '/api/v1/organizations', { name, administrator })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  const link = made.body.invitation.url as string
  const admin = await t.browser(null)
  const accepted = await admin.send('POST', '/api/v1/invitations/accept', {
    token: linkTokenOf(link),
    name: 'Her Name',
    password: PASSWORD,
  })
  if (accepted.status !== 204) throw new Error(JSON.stringify(accepted.body))
  return { id: made.body.organization.id, admin, link }
}

export const invite = async (by: Browser, email: string, role = 'member') =>
  change(by, 'POST', '/api/v1/invitations', { email, role })

/** Somebody new by an invitation of `by`. */
export async function joinAs(
  t: TestHub,
  by: Browser,
  email: string,
  role = 'member',
): Promise<{ browser: Browser; id: string }> {
  const invited = await invite(by, email, role)
  const browser = await t.browser(null)
  const accepted = await browser.send('POST', '/api/v1/invitations/accept', {
    token: linkTokenOf(invited.body.url),
    name: 'New Person',
    password: PASSWORD,
  })
  if (accepted.status !== 204) throw new Error(JSON.stringify([invited.body, accepted.body]))
  return { browser, id: (await browser.get('/api/v1/me')).body.id }
}
