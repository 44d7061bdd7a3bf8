/** "Disconnecting" of GitHub, Slack and Zoom, and what the dialog tells before: the set-up guides and the page on agents. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from '../../setup/testHub.ts'
import { openE2eStage, type E2eStage } from '../stage.ts'
import { card, connectElsewhere, dialog, showIntegrations } from './acts.ts'

let stage: E2eStage
let admin: Browser
let page: Page
beforeAll(async () => {
  stage = await openE2eStage({ env: { TRUNKLINE_TRUSTED_HOPS: '1' } })
  admin = await stage.t.browser('ada@fernhill.example')
  page = (await stage.signIn('ada@fernhill.example')).page
})
afterAll(() => stage.close())
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

/** A project with what it selects of one connection, and whether a sync has run in it. */
async function makeProject(options: {
  name: string
  connection: string
  provider: string
  kind: string
  names: string[]
  hasHistory: boolean
}): Promise<string> {
  const { name, connection, provider, kind, names } = options
  const { id } = (await admin.send('POST', '/api/v1/projects', { name })).body
  const base = `/api/v1/projects/${id}`
  const find = async (name: string) =>
    (
      await admin.get(
        `${base}/connections/${connection}/resources?kind=${kind}&q=${encodeURIComponent(name)}`,
      )
    ).body
  await expect.poll(async () => (await find('')).reading?.state).toBe('done')
  const resources = await Promise.all(names.map(async (wanted) => (await find(wanted)).data[0].id as string))
  const selected = await admin.send('POST', `${base}/selections`, { connection, kind, resources })
  expect(selected.status, JSON.stringify(selected.body)).toBeLessThan(300)
  if (options.hasHistory) {
    const { account } = (await admin.get(`/api/v1/connections/${connection}`)).body
    // Runs are made by what syncs; here one has ended before.
    await stage.t.hub.database.pool.query(
      `insert into sync_runs (organization_id, id, project_id, provider, mode, account_id, account_label, cause,
         started_at, ended_at, outcome)
       select organization_id, 'run_before', id, $2, 'sandbox', $3, $4, 'schedule', now(), now(), 'succeeded'
       from projects where id = $1`,
      [id, provider, account.id, account.label],
    )
  }
  return id
}

/** Opens the dialog from the card, reads what stops, and disconnects; the report stands afterwards. */
async function disconnectFromCard(provider: string, account: string): Promise<void> {
  await card(page, provider)
    .getByRole('button', { name: `Disconnect ${account}, ${provider}` })
    .click()
  await dialog(page).getByRole('heading', { name: 'What stops' }).waitFor()
  await dialog(page).getByRole('heading', { name: 'What is kept' }).waitFor()
  await dialog(page).getByRole('button', { name: 'Disconnect', exact: true }).click()
  await dialog(page).getByRole('heading', { name: 'What was done' }).waitFor()
}

test.each([
  [
    'GitHub',
    'github',
    '@ada-okafor',
    'https://github.com/settings/applications',
    /Authorized OAuth Apps/,
    /choose Revoke/,
  ],
  ['Slack', 'slack', 'Fernhill Bicycles', 'https://slack.com/apps/manage', /Manage apps/, /Remove app/],
  [
    'Zoom',
    'zoom',
    'ada@fernhill.example',
    'https://marketplace.zoom.us/user/installed',
    /Marketplace/,
    /Remove/,
  ],
])(
  'Disconnecting %s: the impact, what was done, and the page at the provider to remove it fully',
  async (name, id, account, url, first, last) => {
    await connectElsewhere(stage.t, admin, { provider: id })
    await showIntegrations(page, 'organization')
    await disconnectFromCard(name, account)
    await dialog(page).getByText('Destroyed, together with the key that opened it.').waitFor()
    await dialog(page)
      .getByRole('listitem')
      .filter({ hasText: /^Access at .*: Done/ })
      .waitFor()
    const steps = dialog(page).getByRole('listitem')
    await steps.filter({ hasText: first }).first().waitFor()
    await steps.filter({ hasText: last }).last().waitFor()
    expect(await dialog(page).getByRole('link', { name: url }).getAttribute('href')).toBe(url)
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    await card(page, name).getByText('Not Configured').waitFor()
    // Not only said: the provider has ended it.
    expect(
      stage.t.sandbox.control
        .providers()
        .find((one) => one.id === id)
        ?.grants.filter(({ kind }) => kind === 'oauth'),
    ).toEqual([])
  },
)

test('Disconnect modal shows projects affected: how many, what each selected, whether it has history, and what stays', async () => {
  const connection = await connectElsewhere(stage.t, admin, { provider: 'github' })
  const of = { connection, provider: 'github', kind: 'repository' }
  const checkout = await makeProject({
    ...of,
    name: 'Checkout',
    names: ['fernhill/storefront', 'fernhill/telemetry'],
    hasHistory: true,
  })
  await makeProject({ ...of, name: 'Workshop', names: ['fernhill/storefront'], hasHistory: false })
  await showIntegrations(page, 'organization')
  await card(page, 'GitHub').getByRole('button', { name: 'Disconnect @ada-okafor, GitHub' }).click()
  const asked = dialog(page)
  await asked.getByText('Projects that use it').waitFor()
  const projects = asked.getByRole('listitem')
  const first = projects.filter({ hasText: 'Checkout' }).last()
  await first.getByText('has sync history').waitFor()
  await first.getByText(/2 repositories: .*fernhill\/storefront/).waitFor()
  const second = projects.filter({ hasText: 'Workshop' }).last()
  await second.getByText('no sync history yet').waitFor()
  await second.getByText('1 repository: fernhill/storefront').waitFor()
  await asked.getByText(/Each project with its selected resources, sync settings and history/).waitFor()
  await asked.getByText('Everything that was read through it before').waitFor()
  await asked.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await asked.getByRole('heading', { name: 'What was done' }).waitFor()
  await asked.getByRole('button', { name: 'Close' }).last().click()

  // Neither the project's choice nor its history went with it; nothing new is read until it is connected again.
  await page.goto(`${stage.t.url}/projects/${checkout}`)
  await page.getByRole('navigation', { name: 'Accounts' }).getByRole('button', { name: 'GitHub' }).click()
  await page.getByText('@ada-okafor is not connected now').waitFor()
  await page.getByRole('list', { name: 'Selected' }).getByText('fernhill/storefront').waitFor()
  await page.getByRole('tab', { name: 'History' }).click()
  await page.getByRole('table').getByText('@ada-okafor').waitFor()
})

test('Disconnecting: the stored tokens are gone, the agent is unavailable at once, and the history stays', async () => {
  const mine = await connectElsewhere(stage.t, admin, { provider: 'github', owner: 'me' })
  const other = await page.context().newPage()
  await other.goto(`${stage.t.url}/agents/github`)
  await other.getByText('12 of 12 tools available').waitFor()
  await showIntegrations(page)
  await disconnectFromCard('GitHub', '@ada-okafor')
  // The page that shows the agent is told, and so is whatever plans with it.
  await other.getByText('0 of 12 tools available').waitFor()
  await other.getByText('Requires connection').first().waitFor()
  const { rows } = await stage.t.hub.database.pool.query(
    'select 1 from credentials where connection_id = $1',
    [mine],
  )
  expect(rows).toEqual([])
  await other.goto(`${stage.t.url}/connections/${mine}`)
  await other.getByText('This connection was disconnected. Its timeline is kept.').waitFor()
  await other.getByText('Disconnected.', { exact: true }).waitFor()
  await other.close()
})
