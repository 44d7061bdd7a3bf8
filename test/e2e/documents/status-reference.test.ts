/** "Connection Status Reference" of the set-up guides: each badge with its words, the cause, who can act, and the action. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Browser } from '../../setup/testHub.ts'
import { openE2eStage, type E2eStage } from '../stage.ts'
import { card, connectElsewhere, showIntegrations } from './acts.ts'

let stage: E2eStage
let page: Page
let person: Browser
/** Stands where Notion's API would be: the sandbox has nobody who may not do what a connection is verified by. */
let notion: Server
let allows = true
beforeAll(async () => {
  notion = createServer((_request, response) => {
    response.writeHead(allows ? 200 : 403, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(
        allows
          ? { object: 'user', id: 'bot', type: 'bot', name: 'Trunkline', bot: { workspace_name: 'Fernhill' } }
          : { object: 'error', status: 403, code: 'restricted_resource', message: 'no' },
      ),
    )
  })
  await new Promise<void>((resolve) => notion.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(notion.address() as AddressInfo).port}`
  stage = await openE2eStage({
    env: { TRUNKLINE_TRUSTED_HOPS: '1', NOTION_CLIENT_ID: 'id', NOTION_CLIENT_SECRET: 'secret' },
    overrides: { notion: { 'api.notion.com': base } },
  })
  page = (await stage.signIn('ada@fernhill.example')).page
  person = await stage.t.browser('ada@fernhill.example')
  await showIntegrations(page, 'organization')
})
afterAll(async () => {
  await stage.close()
  await new Promise((resolve) => notion.close(resolve))
})
afterEach(() => {
  expect(stage.complaints.splice(0)).toEqual([])
})

const verify = (id: string) => person.send('POST', `/api/v1/connections/${id}/verify`, {})

/** Words and an icon: colour alone says nothing. */
async function seeBadge(on: Locator, words: string): Promise<void> {
  const badge = on.locator('[data-badge]').filter({ hasText: words })
  await badge.waitFor()
  expect((await badge.textContent())?.trim()).toBe(words)
  expect(await badge.locator('svg').count()).toBe(1)
}

test('Connection Status Reference: Connected: the provider confirmed it, and nothing is left to do', async () => {
  const id = await connectElsewhere(stage.t, person, { provider: 'github' })
  await seeBadge(card(page, 'GitHub'), 'Connected')
  expect(
    await card(page, 'GitHub')
      .getByRole('button', { name: /Reconnect/ })
      .count(),
  ).toBe(0)
  await page.goto(`${stage.t.url}/connections/${id}`)
  await page
    .getByText(/^GitHub accepts? the credential|The provider accepts the credential/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Verify now' }).click()
  await page.getByText('The provider confirmed the connection.').waitFor()
  await showIntegrations(page, 'organization')
})

test('Connection Status Reference: Not Configured: Connect', async () => {
  await seeBadge(card(page, 'Linear'), 'Not Configured')
  await card(page, 'Linear').getByRole('button', { name: 'Connect Linear' }).waitFor()
})

test('Connection Status Reference: Connection Invalid: refused by the provider, since when, and Reconnect', async () => {
  const id = await connectElsewhere(stage.t, person, { provider: 'asana' })
  stage.t.sandbox.control.revoke('asana')
  await verify(id)
  const asana = card(page, 'Asana')
  await seeBadge(asana, 'Connection Invalid')
  await asana
    .getByText(/Asana .*since/)
    .first()
    .waitFor()
  await asana.getByText('You can mend it, as an administrator.').waitFor()
  await asana.getByRole('button', { name: /^Reconnect Asana/ }).waitFor()
})

test('Connection Status Reference: Setup Required: an administrator at the provider, with the steps', async () => {
  const { forge } = stage.t.sandbox.control
  await forge.install(forge.sites()[0]?.cloudId as string)
  await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'confluence',
    method: 'verified_access',
    owner: 'organization',
  })
  const confluence = card(page, 'Confluence Cloud')
  await seeBadge(confluence, 'Setup Required')
  await confluence.getByText(/since/).first().waitFor()
  await confluence.getByText('An administrator at the provider can mend it.').waitFor()
  await confluence.getByText('What an administrator does at the provider').waitFor()
  await confluence.getByRole('button', { name: /^Verify access to Confluence Cloud again/ }).waitFor()
})

test('Connection Status Reference: Not Available: the product is not there; check the subscription', async () => {
  const { forge } = stage.t.sandbox.control
  const [first, second] = forge.sites()
  const confluence = card(page, 'Confluence Cloud')
  const [{ id }] = (await person.get('/api/v1/connections?provider=confluence')).body.data
  await person.send('DELETE', `/api/v1/connections/${id}`)
  await forge.uninstall(first?.cloudId as string)
  await forge.install(second?.cloudId as string)
  await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'confluence',
    method: 'verified_access',
    owner: 'organization',
  })
  await seeBadge(confluence, 'Not Available')
  await confluence
    .getByText(/subscription/i)
    .first()
    .waitFor()
  await confluence.getByText(/since/).first().waitFor()
  await confluence.getByRole('button', { name: /^Verify access to Confluence Cloud again/ }).waitFor()
})

test('Connection Status Reference: No Access: the account lacks the right; the provider’s administrator is asked', async () => {
  const { body } = await person.send('POST', '/api/v1/connect/attempts', {
    provider: 'notion',
    method: 'api_key',
    owner: 'organization',
    fields: { token: `ntn_${'a'.repeat(46)}` },
  })
  expect(body, JSON.stringify(body)).toMatchObject({ status: 'succeeded' })
  allows = false
  await verify(body.connection_id)
  const shown = card(page, 'Notion')
  await seeBadge(shown, 'No Access')
  await shown.getByText(/Notion accepts the credential, but the account may not do this/).waitFor()
  await shown.getByText('Ask an administrator at the provider.').waitFor()
  await shown.getByRole('link', { name: 'Ask the provider’s admin' }).waitFor()
})

test('Connection Status Reference: every badge is explained where it stands', async () => {
  await page.goto(`${stage.t.url}/help#statuses`)
  await page.getByRole('heading', { name: 'What the six statuses mean' }).waitFor()
  for (const words of [
    'Connected:',
    'Not Configured:',
    'Connection Invalid:',
    'Setup Required:',
    'No Access:',
    'Not Available:',
  ])
    await page.getByText(words).first().waitFor()
})
