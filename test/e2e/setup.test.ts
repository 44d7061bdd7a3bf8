/** Setting up in the dashboard: the wizard from an unset provider to Connect, secrets, health, a provider of one's own. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openE2eStage, type E2eStage } from './stage.ts'

let stage: E2eStage
/** Stands where GitHub's token endpoint would be. */
let github: Server
let answer = { error: 'incorrect_client_credentials' }

beforeAll(async () => {
  github = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(github.address() as AddressInfo).port}`
  stage = await openE2eStage({ overrides: { github: { 'github.com': base, 'api.github.com': base } } })
})
afterAll(async () => {
  await stage.close()
  await new Promise((resolve) => github.close(resolve))
})
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

const go = async (page: Page, path: string, heading: string) => {
  await page.goto(stage.t.url + path)
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
}

test('the wizard: register, paste, give, check, connect', async () => {
  const { page, context } = await stage.signIn('operator@example.com')
  await page.getByRole('link', { name: 'Admin', exact: true }).click()
  await page.getByRole('heading', { name: 'Set up providers', level: 1 }).waitFor()
  await page.getByRole('searchbox', { name: 'Search providers' }).fill('github')
  await page.getByRole('status').getByText('1 provider').waitFor()
  await page.getByRole('link', { name: /GitHub/ }).click()
  await page.getByRole('heading', { name: 'Set up GitHub', level: 1 }).waitFor()

  expect(await page.getByRole('region', { name: 'Redirect URI' }).textContent()).toBe(
    `${stage.t.url}/api/v1/integrations/universal/callback`,
  )
  await page.getByRole('link', { name: /Open the console of GitHub/ }).waitFor()
  // What to paste can be copied, and Connect waits for what is missing.
  await page.getByRole('button', { name: 'Copy Redirect URI' }).waitFor()
  expect(await page.getByRole('button', { name: 'Connect GitHub' }).count()).toBe(0)

  const save = page
    .getByRole('region', { name: /Give this to the hub/ })
    .getByRole('button', { name: 'Save', exact: true })
  await save.click()
  await page.getByText('Type at least one value.').waitFor()
  await page.getByLabel(/Client id of your OAuth app/).fill('my-client-id')
  await save.click()
  await page.getByText('Half set', { exact: true }).waitFor()
  await expect.poll(() => page.getByLabel(/Client id of your OAuth app/).inputValue()).toBe('')
  await page.getByLabel(/Client secret of your OAuth app/).fill('a-wrong-secret')
  await save.click()
  await page.getByText('Ready', { exact: true }).waitFor()

  const check = page.getByRole('button', { name: 'Check the client' })
  await check.click()
  await page.getByText('The client is refused').waitFor()
  answer = { error: 'bad_verification_code' }
  await expect.poll(() => page.getByLabel(/Client secret of your OAuth app/).inputValue()).toBe('')
  await page.getByLabel(/Client secret of your OAuth app/).fill('the-right-secret')
  await save.click()
  // The notice of the saving before may still stand; the field is empty when this one is done.
  await expect.poll(() => page.getByLabel(/Client secret of your OAuth app/).inputValue()).toBe('')
  await page.getByText('Saved, and in effect at once.').last().waitFor()
  await check.click()
  await page.getByText('The client seems right').waitFor()

  const { body } = await stage.t.admin.get('/api/v1/secrets')
  expect(
    body.data.map(({ name, version, set_by }: Record<string, unknown>) => [name, version, set_by]),
  ).toEqual([
    ['GITHUB_CLIENT_ID', 1, 'operator'],
    ['GITHUB_CLIENT_SECRET', 2, 'operator'],
  ])
  await page.getByRole('button', { name: 'Connect GitHub' }).click()
  await page.getByRole('dialog').getByText('What is asked for').waitFor()
  await page.keyboard.press('Escape')
  expect(await page.content()).not.toContain('the-right-secret')
  await context.close()
})

test('scopes: another set is picked, pasted and asked for', async () => {
  const { page, context } = await stage.signIn('scopes@example.com')
  await go(page, '/admin/setup/slack', 'Set up Slack')
  const picker = page.getByLabel('Which scopes Connect asks for')
  const before = await page.getByRole('region', { name: 'Scopes' }).textContent()
  await picker.selectOption({ label: 'A list of my own' })
  await page.getByLabel('Scopes, one a line').fill('chat:write\nno:such:scope')
  await page.getByRole('button', { name: 'Save', exact: true }).first().click()
  await page.getByText(/does not know the scope no:such:scope/).waitFor()
  await page.getByLabel('Scopes, one a line').fill('chat:write')
  await page.getByRole('button', { name: 'Save', exact: true }).first().click()
  await expect.poll(() => page.getByRole('region', { name: 'Scopes' }).textContent()).toBe('chat:write')
  await expect
    .poll(async () => (await stage.t.admin.get('/api/v1/providers/slack')).body.requested_scopes)
    .toEqual(['chat:write'])
  // What was saved is read again and drawn anew before anybody chooses next.
  await page.getByRole('button', { name: 'Save', exact: true }).nth(1).waitFor({ state: 'detached' })
  await picker.selectOption({ value: 'recommended' })
  await page.getByRole('button', { name: 'Save', exact: true }).first().click()
  await expect.poll(() => page.getByRole('region', { name: 'Scopes' }).textContent()).toBe(before)
  await context.close()
})

test('secrets: a .env is pasted, listed without a value, and removed', async () => {
  const { page, context } = await stage.signIn('secrets@example.com')
  await go(page, '/admin/secrets', 'Secrets')
  await page.getByRole('button', { name: 'Paste a .env' }).click()
  const dialog = page.getByRole('dialog')
  await dialog
    .getByLabel('Lines NAME=value')
    .fill('NOTION_CLIENT_ID=pasted-id\nNOTION_CLIENT_SECRET="pasted-secret"\nPATH=/bin')
  await dialog.getByText('Taken: NOTION_CLIENT_ID, NOTION_CLIENT_SECRET').waitFor()
  await dialog.getByText('Left out, because no provider reads them: PATH').waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /NOTION_CLIENT_SECRET/ }).waitFor()
  expect(await page.content()).not.toContain('pasted-secret')
  await page.getByRole('button', { name: 'Remove NOTION_CLIENT_ID' }).click()
  await dialog.getByText('Every version goes').waitFor()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByText('NOTION_CLIENT_ID is removed.').waitFor()
  await expect.poll(() => page.getByRole('row', { name: /NOTION_CLIENT_ID/ }).count()).toBe(0)

  // What is half set now shows where it is looked for.
  await go(page, '/admin/health', 'Health')
  await page.getByText('Notion is half set: NOTION_CLIENT_ID is missing.').waitFor()
  await page.getByText('trunkline secrets set NOTION_CLIENT_ID=...').waitFor()
  await page.getByRole('link', { name: 'Open the set-up of notion' }).first().click()
  await page.getByRole('heading', { name: 'Set up Notion', level: 1 }).waitFor()
  await context.close()
})

test('a provider of one’s own: what is wrong is told by path; then it is in the catalog', async () => {
  const { page, context } = await stage.signIn('declarer@example.com')
  await go(page, '/admin/providers', 'Your own providers')
  await page.getByRole('button', { name: 'Start from an example' }).click()
  const editor = page.getByRole('textbox', { name: 'Declaration' })
  await expect.poll(() => editor.inputValue()).toContain('api.example-crm.com')
  const example = await editor.inputValue()
  await editor.fill(example.replace('"api.example-crm.com"', '"*.com"'))
  await page.getByRole('button', { name: 'Validate' }).click()
  await page.getByText('hosts.0').waitFor()
  await page.getByText(/stands for hosts of strangers too/).waitFor()
  await editor.fill('{"id": ')
  await page.getByRole('button', { name: 'Validate' }).click()
  await page.getByText('This is not JSON').waitFor()
  await editor.fill(example)
  await page.getByRole('button', { name: 'Validate' }).click()
  await page.getByText('Example CRM is a valid declaration.').waitFor()
  expect((await stage.t.admin.get('/api/v1/providers/example-crm')).status).toBe(404)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Example CRM is in the catalog, on every replica.').waitFor()
  expect(await page.getByRole('region', { name: /Register this redirect URI/ }).textContent()).toBe(
    `${stage.t.url}/api/v1/integrations/universal/callback/example-crm`,
  )
  await page.getByRole('link', { name: 'Set up Example CRM' }).first().click()
  await page.getByRole('heading', { name: 'Set up Example CRM', level: 1 }).waitFor()
  await go(page, '/admin/providers', 'Your own providers')
  await page.getByRole('button', { name: 'Edit Example CRM' }).click()
  await expect.poll(() => editor.inputValue()).toContain('"example-crm"')
  await page.getByRole('button', { name: 'Remove Example CRM' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('Example CRM is removed.').waitFor()
  await context.close()
})
