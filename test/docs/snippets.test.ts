/** The pages' shell snippets that call the hub, run as they are written, against a hub with the sandbox. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileProvider } from '../../src/catalog/custom.ts'
import { providers } from '../../src/catalog/registry.ts'
import { declarationContext } from '../../src/vault/declared.ts'
import type { Provider } from '../../src/catalog/define.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'
import { codeBlocks, listPages, readPage, root } from './pages.ts'

const RETURN_TO = 'https://app.example.com/connected'
let t: TestHub
let bin: string
beforeAll(async () => {
  t = await startTestHub({ env: { TRUNKLINE_RETURN_URLS: RETURN_TO } })
  bin = mkdtempSync(join(tmpdir(), 'trunkline-docs-'))
  writeFileSync(
    join(bin, 'curl'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, 'curl.ts')}' "$@"\n`,
  )
  chmodSync(join(bin, 'curl'), 0o755)
})
afterAll(async () => {
  await t.close()
  rmSync(bin, { recursive: true, force: true })
})

/** Pages with snippets, what has to be connected before, and what the answers show. */
const PAGES: Record<
  string,
  {
    connected: ('github' | 'google' | 'whatsapp' | 'github of alice')[]
    shows: RegExp[]
    /** The reader connects as oneself, and calls with a key that acts as them. */
    asOneself?: boolean
  }
> = {
  'README.md': {
    connected: ['github'],
    shows: [/"provider":"github"/, /"login":"ada-okafor"/],
    asOneself: true,
  },
  'docs/guides/ownership.md': { connected: [], shows: [/"key":"tl_/], asOneself: true },
  'docs/guides/first-connection.md': {
    asOneself: true,
    connected: ['github', 'google'],
    shows: [/"login":"ada-okafor"/, /"status":"succeeded"/, /"object":"balance"/, /"ended":1/],
  },
  'docs/guides/connect-links.md': {
    connected: ['github', 'github of alice'],
    shows: [/"login":"ada-okafor"/],
  },
  'docs/guides/proxy.md': {
    connected: ['github of alice', 'google'],
    shows: [/"login":"ada-okafor"/, /"emailAddress":"/, /"access_token":"/],
  },
  'docs/guides/projects.md': {
    connected: ['github'],
    shows: [/"name":"fernhill\/storefront"/, /"access":"ready"/],
  },
  'docs/guides/meta.md': { connected: ['whatsapp'], shows: [/"success":true/] },
  'docs/guides/integration-settings.md': { connected: [], shows: [/"requested":\["/, /"set":null/] },
  'docs/guides/regions.md': {
    connected: [],
    shows: [
      /"redirect_uri":"[^"]+\/callback\/gitlab"/,
      /"redirect_uri":"[^"]+\/callback\/github"/,
      /"value":"us-gov-high"/,
      /"value":"sandbox"/,
    ],
  },
  // Last: it makes a provider of the sandbox a real one.
  'docs/guides/secrets.md': { connected: [], shows: [/"name":"GITHUB_CLIENT_SECRET","outcome":"new"/] },
}

test('every page with a snippet that calls a hub is run below', () => {
  const found = listPages().filter((path) => snippetsOf(path).length > 0)
  expect(found.sort()).toEqual(Object.keys(PAGES).sort())
})

test.each(Object.entries(PAGES))('%s', async (path, { connected, shows, asOneself = false }) => {
  const key = asOneself ? await t.mine.key() : t.admin.key
  const made: string[] = []
  for (const what of connected)
    made.push(
      what === 'github of alice'
        ? await connectByLink('alice')
        : await connect(what, asOneself ? 'me' : 'organization'),
    )
  const script = snippetsOf(path)
    .join('\n')
    .replaceAll('http://127.0.0.1:4400', t.url)
    .replaceAll('TRUNKLINE_KEY=tl_...', `TRUNKLINE_KEY=${key}`)
  const output = await run(script, {
    TRUNKLINE_KEY: key,
    GOOGLE_CONNECTION: made[connected.indexOf('google')] ?? '',
  })
  for (const pattern of shows) expect(output).toMatch(pattern)
  for (const caller of [t.admin, t.mine]) {
    const { body } = await caller.get('/api/v1/connections')
    for (const { id } of body.data) await caller.send('DELETE', `/api/v1/connections/${id}`)
  }
})

test('the declaration in the guide is one that the hub serves and connects', async () => {
  const [code = ''] = codeBlocks(readPage('docs/guides/adding-a-provider.md'), 'ts')
  const file = join(bin, 'example.mjs')
  writeFileSync(file, code.replace('../define.ts', pathToFileURL(join(root, 'src/catalog/define.ts')).href))
  const { default: example } = (await import(file)) as { default: Provider }
  const env = { EXAMPLE_CLIENT_ID: 'an id', EXAMPLE_CLIENT_SECRET: 'a secret' }
  const hub = await startTestHub({ catalog: [example], withSandbox: false, env })
  try {
    const person = await hub.browser()
    const served = await person.get('/api/v1/providers/example')
    expect(served.body).toMatchObject({
      mode: 'live',
      requested_scopes: ['tasks:read'],
      pkce: { used: true },
    })
    const { body } = await person.send('POST', '/api/v1/connect/attempts', { provider: 'example' })
    const url = new URL(body.authorization_url)
    expect([url.origin + url.pathname, url.searchParams.get('redirect_uri')]).toEqual([
      'https://example.com/oauth/authorize',
      `${hub.url}/api/integrations/callback`,
    ])
  } finally {
    await hub.close()
  }
})

test('the JSON declaration in the guide is one that the hub takes', () => {
  const [json = ''] = codeBlocks(readPage('docs/guides/declaring-a-provider.md'), 'json')
  const { provider } = compileProvider(JSON.parse(json), declarationContext(providers, []))
  expect([provider.id, provider.auth.map(({ kind }) => kind)]).toEqual(['example-crm', ['oauth2', 'api_key']])
})

function snippetsOf(path: string): string[] {
  return codeBlocks(readPage(path), 'sh').filter((block) => /\bcurl\b/.test(block))
}

/** Stops at the first command that fails. */
function run(script: string, variables: Record<string, string>): Promise<string> {
  const env = { ...process.env, ...variables, PATH: `${bin}${delimiter}${process.env['PATH']}` }
  return new Promise((resolve, reject) => {
    execFile('sh', ['-e', '-c', script], { env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}${stderr}`))
      else resolve(stdout)
    })
  })
}

/** In the dashboard. */
async function connect(provider: string, owner: 'me' | 'organization'): Promise<string> {
  const person = await t.browser()
  const { body } = await person.send('POST', '/api/v1/connect/attempts', { provider, owner })
  // Of several WhatsApp accounts one is shared, so that nothing is asked.
  const picked = provider === 'whatsapp' ? { picked: ['102000000000011'] } : {}
  await person.follow(t.consent(body.authorization_url, picked))
  return (await person.get(`/api/v1/connect/attempts/${body.id}`)).body.connection_id
}

async function connectByLink(endUser: string): Promise<string> {
  const link = await t.admin.send('POST', '/api/v1/connect-sessions', {
    end_user: { id: endUser },
    return_to: RETURN_TO,
  })
  const browser = await t.browser(null)
  const token = new URL(link.body.url).pathname.split('/').at(-1)
  const { body } = await browser.send('POST', `/api/v1/connect-links/${token}/attempts`, {
    provider: 'github',
  })
  const back = await browser.follow(t.consent(body.authorization_url))
  const done = await t.admin.send('POST', `/api/v1/connect-sessions/${link.body.id}/complete`, {
    proof: back.searchParams.get('trunkline_proof'),
    end_user_id: endUser,
  })
  return done.body.connection_id
}
