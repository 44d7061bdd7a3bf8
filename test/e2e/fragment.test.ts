/** Tokens behind the `#`: the hub's own page hands them in under its policy, in a real browser; warnings on cards. */
import type { BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openE2eStage, openProvider, type E2eStage } from './stage.ts'

let stage: E2eStage
beforeAll(async () => {
  stage = await openE2eStage()
})
afterAll(() => stage.close())

/** The result page closes its tab after a moment; a test that looks at it wants it to stay. */
const keepTabs = (context: BrowserContext) =>
  context.addInitScript(() => {
    window.close = () => {}
  })
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
  stage.t.sandbox.control.reset()
})

test('Trello: the tab hands the token in, nothing of it stays in the address, and the opener learns it', async () => {
  const { page, context } = await stage.signIn('boards@example.com')
  const addresses: string[] = []
  context.on('request', (request) => {
    if (!request.url().includes('/sandbox/')) addresses.push(request.url())
  })
  await keepTabs(context)
  const tab = await openProvider(page, 'Trello')
  await tab.getByRole('button', { name: 'Allow' }).click()
  await tab.waitForURL((url) => url.pathname === '/connect/result')
  expect(new URL(tab.url()).searchParams.get('status')).toBe('succeeded')
  expect(tab.url()).not.toMatch(/token|state=/)
  // A fragment is never part of a request: here it is not part of any address that the hub was asked for.
  expect(addresses.filter((address) => address.includes('token='))).toEqual([])
  await page
    .getByRole('dialog')
    .getByText(/connected/i)
    .first()
    .waitFor()
  const person = await stage.t.browser('boards@example.com')
  const { body } = await person.get('/api/v1/connections?provider=trello')
  expect(body.data[0]).toMatchObject({ method: 'fragment', status: { status: 'connected' } })
  // Going back finds the page without its answer: the state is spent, and nothing breaks.
  await tab.goBack().catch(() => {})
  await context.close()
})

test('a refusal behind the # is told as one', async () => {
  const { page, context } = await stage.signIn('boards-denier@example.com')
  const tab = await openProvider(page, 'Trello')
  await tab.getByRole('button', { name: 'Deny' }).click()
  await page.getByRole('dialog').getByText('Trello was not connected').waitFor()
  await page.getByRole('dialog').getByText('Access was not allowed at Trello.').waitFor()
  await context.close()
})

test('a capability with a warning shows on the connection and on its card', async () => {
  const { page, context } = await stage.signIn('meetings@example.com')
  await keepTabs(context)
  const tab = await openProvider(page, 'Zoom')
  await tab.getByRole('button', { name: 'Allow' }).click()
  await tab.waitForURL((url) => url.pathname === '/connect/result')
  const person = await stage.t.browser('meetings@example.com')
  const { body } = await person.get('/api/v1/connections?provider=zoom')
  const [{ id }] = body.data
  await stage.t.hub.settle()
  const { pool } = stage.t.hub.database
  const warned = JSON.stringify([{ id: 'plan', value: 'Basic', warning: 'Cloud recordings need Zoom Pro.' }])
  await pool.query('update connections set capabilities = $1 where id = $2', [warned, id])
  await page.goto(stage.t.url)
  await page.getByRole('article', { name: 'Zoom' }).getByText('Cloud recordings need Zoom Pro.').waitFor()
  await page.goto(`${stage.t.url}/connections/${id}`)
  await page.getByText('Plan: Basic').waitFor()
  await page.getByText('Cloud recordings need Zoom Pro.').waitFor()
  await context.close()
})
