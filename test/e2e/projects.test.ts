/** Projects in a browser: made, filled from pickers over hundreds, kept through a disconnect. */
import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { providers } from '../../src/catalog/registry.ts'
import { authorize } from '../contract/flow.ts'
import type { Browser } from '../setup/testHub.ts'
import { type E2eStage, openE2eStage } from './stage.ts'

let stage: E2eStage
let admin: Browser
let page: Page
beforeAll(async () => {
  stage = await openE2eStage({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
  admin = await stage.t.browser('ada@example.com')
  await connect('github')
  await connect('slack')
  page = (await stage.signIn('ada@example.com')).page
})
afterAll(() => stage.close())

async function connect(id: string): Promise<string> {
  const provider = providers.find((one) => one.id === id)
  if (!provider) throw new Error(`the catalog has no "${id}"`)
  const attempt = await authorize(stage.t, admin, provider, provider.auth[0], '/api/v1/connect/attempts', {
    provider: id,
    method: provider.auth[0].kind,
    owner: 'organization',
  })
  expect(attempt, JSON.stringify(attempt)).toMatchObject({ status: 'succeeded' })
  return attempt.connection_id
}

/** For whoever wants to look: `SHOTS=folder`. */
async function shoot(name: string, target = page) {
  const folder = process.env['SHOTS']
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await target.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}

const source = (name: string) =>
  page.getByRole('navigation', { name: 'Accounts' }).getByRole('button', { name })
const list = (many: string) => page.getByRole('listbox', { name: `All ${many}` })
const selected = () => page.getByRole('list', { name: 'Selected' })
const projectId = () => new URL(page.url()).pathname.split('/').at(-1) as string

test('without a project the page explains what one is, and makes the first', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Projects' }).click()
  await page.getByRole('heading', { name: 'No project yet' }).waitFor()
  await shoot('empty')
  await page.getByRole('button', { name: 'New project' }).click()
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByText('Give the project a name.').waitFor()
  await page.getByLabel('Name').fill('Checkout')
  await page.getByLabel('What it is about').fill('Basket, payment and delivery.')
  await page.getByRole('button', { name: 'Create project' }).click()
  await page.getByRole('heading', { name: 'Checkout', level: 1 }).waitFor()
})

test('repositories are found as one types, private ones marked, and what is selected stays in view', async () => {
  await source('GitHub').click()
  await page.getByText('423 repositories').waitFor()
  await shoot('github')
  const search = page.getByRole('searchbox', { name: 'Search repositories' })
  await search.fill('STOREFRONT')
  await page.getByText('1 repository found').waitFor()
  await list('repositories')
    .getByRole('option', { name: /storefront.*Private/ })
    .click()
  await selected().getByText('fernhill/storefront').waitFor()
  await search.fill('nothing like that')
  await page.getByText('No repositories match “nothing like that”.').waitFor()
  await selected().getByText('fernhill/storefront').waitFor()
  await search.fill('')
  await page.getByText('423 repositories').waitFor()
  const { body } = await admin.get(`/api/v1/projects/${projectId()}/selections`)
  expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['fernhill/storefront'])
})

test('by keyboard: down into the list, space selects and takes out, undo brings back', async () => {
  await page.getByRole('searchbox', { name: 'Search repositories' }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowUp')
  const active = () =>
    page.evaluate(
      () =>
        document.getElementById(document.activeElement?.getAttribute('aria-activedescendant') ?? '')
          ?.textContent,
    )
  await expect.poll(active).toContain('fernhill/')
  const name = ((await active()) ?? '').split(/[A-Z ]/)[0] as string
  await page.keyboard.press(' ')
  await expect.poll(() => selected().getByRole('listitem').count()).toBe(2)
  expect(await selected().getByText(name, { exact: true }).count()).toBe(1)
  // Only what is in view is drawn.
  expect(await list('repositories').getByRole('option').count()).toBeLessThan(40)
  await expect
    .poll(async () => (await admin.get(`/api/v1/projects/${projectId()}/selections`)).body.data.length)
    .toBe(2)
  // A row takes no second answer while its first is on the way to the page.
  await expect
    .poll(async () => {
      if ((await selected().getByRole('listitem').count()) === 2) await page.keyboard.press(' ')
      return selected().getByRole('listitem').count()
    })
    .toBe(1)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => selected().getByRole('listitem').count()).toBe(2)
  await shoot('keyboard')
})

test('a public channel is joined when it is selected; for private ones the command is shown', async () => {
  await source('Slack').click()
  await page.getByText(/\d+ channels, read/).waitFor()
  await page.getByText('A private channel is missing?').click()
  await page.getByText('/invite @trunkline').waitFor()
  await page.getByRole('searchbox', { name: 'Search channels' }).fill('random')
  await list('channels').getByRole('option', { name: 'random' }).click()
  await page.getByText('Joined random.').waitFor()
  expect(stage.t.sandbox.control.requests('slack', '/api/conversations.join')).toBe(1)
  await shoot('slack')
})

test('what is not listed is explained, and one button asks for that permission alone', async () => {
  const { pool } = stage.t.hub.database
  await pool.query(
    `update connections set granted_scopes = array_remove(granted_scopes, 'groups:read') where provider = 'slack'`,
  )
  await page.getByRole('searchbox', { name: 'Search channels' }).fill('')
  await page.getByRole('button', { name: 'Read again' }).click()
  await page.getByText('Private channels are not listed').waitFor()
  await page.getByRole('button', { name: 'Ask for the permission' }).click()
  await page.getByRole('dialog').getByText('groups:read').first().waitFor()
  await shoot('permission')
  await page.keyboard.press('Escape')
  await pool.query(
    `update connections set granted_scopes = array_append(granted_scopes, 'groups:read') where provider = 'slack'`,
  )
})

test('another provider is connected from here, for the organization', async () => {
  await page.getByText('Connect for the organization').click()
  await page.getByRole('button', { name: 'Connect Asana' }).click()
  const dialog = page.getByRole('dialog')
  await expect.poll(() => dialog.getByRole('radio', { name: /organization/i }).isChecked()).toBe(true)
  await shoot('connect')
  await page.keyboard.press('Escape')
})

test('members, sync settings and history', async () => {
  await stage.t.browser('bruno@example.com')
  await page.getByRole('tab', { name: 'Members' }).click()
  await page.getByRole('searchbox', { name: 'Person' }).fill('bruno')
  await page.getByRole('button', { name: /bruno@example.com/ }).click()
  await page.getByRole('table', { name: 'Members of the project' }).getByText('bruno@example.com').waitFor()
  await shoot('members')
  await page.getByRole('tab', { name: 'Sync settings' }).click()
  await page.getByRole('combobox', { name: 'Schedule: Slack' }).selectOption('daily')
  await expect
    .poll(
      async () =>
        (await admin.get(`/api/v1/projects/${projectId()}/sync-settings`)).body.data.find(
          ({ provider }: { provider: string }) => provider === 'slack',
        ).schedule,
    )
    .toBe('daily')
  await shoot('sync')
  await page.getByRole('tab', { name: 'History' }).click()
  await page.getByRole('heading', { name: 'History begins with the first run' }).waitFor()
})

test('Disconnect modal shows projects affected; what was selected survives and is taken up again', async () => {
  const project = projectId()
  const { body } = await admin.get('/api/v1/connections?provider=github')
  await page.goto(`${stage.t.url}/connections/${body.data[0].id}`)
  await page.getByRole('button', { name: 'Disconnect' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Project that uses it').waitFor()
  await dialog.getByText('Checkout').waitFor()
  await dialog.getByText(/2 repositories: .*fernhill\/storefront/).waitFor()
  await dialog.getByText('no sync history yet').waitFor()
  await dialog.getByText(/taken up again when this account is connected anew/).waitFor()
  await dialog.getByText('Connection stuck?').click()
  await shoot('disconnect')
  await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await dialog.getByText('What was done').waitFor()
  await shoot('report')
  await dialog.getByRole('button', { name: 'Close' }).last().click()

  await page.goto(`${stage.t.url}/projects/${project}`)
  await source('GitHub').click()
  await page.getByText('@ada-okafor is not connected now').waitFor()
  await selected().getByText('fernhill/storefront').waitFor()
  await shoot('disconnected')
  await connect('github')
  // Told live: no reload.
  await page.getByText('423 repositories').waitFor()
  expect(await selected().getByRole('listitem').count()).toBe(2)
})

test('no page complained', () => {
  expect(stage.complaints).toEqual([])
})
