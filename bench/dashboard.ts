/**
 * The dashboard in Chromium: what it transfers, and how soon its first page can be used, also with a full catalog and a
 * thousand connections. Each figure is a ratio against its limit.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { providers } from '../src/catalog/registry.ts'
import { loadConfig } from '../src/config.ts'
import { type Hub, startHub } from '../src/hub.ts'
import { createSandbox } from '../src/sandbox/sandbox.ts'
import { launchBrowser } from '../test/setup/browser.ts'
import { print, type Row } from './harness.ts'

const INTEGRATIONS_LIMIT = 200_000
const CONNECT_LIMIT = 60_000
const CARDS_LIMIT_MS = 1000
const INTERACTIVE_LIMIT_MS = 1500
const SCRIPTING_LIMIT_MS = 800
const CONNECTIONS = 1000
const ROUNDS = 5

export async function benchDashboard(databaseUrl: string): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trunkline-bench-dashboard-'))
  const key = `tl_${randomBytes(30).toString('base64url')}`
  const hub = await startHub({
    config: loadConfig({
      TRUNKLINE_PORT: '0',
      TRUNKLINE_DATA_DIR: dataDir,
      TRUNKLINE_DATABASE_URL: databaseUrl,
      TRUNKLINE_MASTER_KEY: randomBytes(32).toString('base64'),
      TRUNKLINE_BOOTSTRAP_API_KEY: key,
      TRUNKLINE_RETURN_URLS: 'https://app.example.com/connected',
      TRUNKLINE_LOG_LEVEL: 'error',
    }),
    schedules: false,
    sandbox: { createSandbox },
  })
  const browser = await launchBrowser()
  try {
    const storage = await signIn(browser, hub)
    const bare = await measure(browser, storage, hub.url)
    await addConnections(hub)
    const full = await measure(browser, storage, hub.url)
    const link = await makeLink(hub.url, key)
    const connect = await measure(browser, storage, link)
    print('Dashboard', [
      limit('JavaScript of the Integrations page / limit', bare.scripts, INTEGRATIONS_LIMIT, 'bytes'),
      limit('JavaScript of the connect page / limit', connect.scripts, CONNECT_LIMIT, 'bytes'),
      ...timesOf('no connection', bare),
      ...timesOf(`${CONNECTIONS} connections`, full),
    ])
  } finally {
    await browser.close()
    await hub.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

type Storage = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>
type Measured = { scripts: number; cards: number; interactive: number; scripting: number }

async function signIn(browser: Browser, hub: Hub): Promise<Storage> {
  const context = await browser.newContext()
  const link = new URL(await hub.createSignInUrl('bench@example.com'))
  const token = new URLSearchParams(link.hash.slice(1)).get('token') ?? link.searchParams.get('token')
  const answer = await context.request.post(`${hub.url}/api/v1/sessions`, {
    data: { token },
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  if (!answer.ok()) throw new Error(`signing in was answered ${answer.status()}`)
  const storage = await context.storageState()
  await context.close()
  return storage
}

/** Cold every time: a context of its own, with an empty cache. The median of each figure counts. */
async function measure(browser: Browser, storageState: Storage, url: string): Promise<Measured> {
  const rounds: Measured[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    rounds.push(await measureOnce(page, url))
    await context.close()
  }
  const median = (read: (measured: Measured) => number) =>
    rounds.map(read).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
  return {
    scripts: median(({ scripts }) => scripts),
    cards: median(({ cards }) => cards),
    interactive: median(({ interactive }) => interactive),
    scripting: median(({ scripting }) => scripting),
  }
}

async function measureOnce(page: Page, url: string): Promise<Measured> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  await session.send('Network.enable')
  const scripts = new Set<string>()
  let bytes = 0
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  await page.goto(url, { waitUntil: 'commit' })
  // First cards of the dashboard, or the list of services of the connect page.
  await page.locator('article, main ul button').first().waitFor()
  const cards = await page.evaluate(() => performance.now())
  // Interactive: two frames in a row come without a task of 50 ms between them.
  const interactive = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let last = performance.now()
        let calm = 0
        const frame = () => {
          const now = performance.now()
          calm = now - last < 50 ? calm + 1 : 0
          last = now
          if (calm >= 2) resolve(now)
          else requestAnimationFrame(frame)
        }
        requestAnimationFrame(frame)
      }),
  )
  await page.waitForLoadState('networkidle').catch(() => undefined)
  const { metrics } = await session.send('Performance.getMetrics')
  const scripting = (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1000
  return { scripts: bytes, cards, interactive, scripting }
}

/** Accounts spread over the catalog, half of them the person's, one in ten broken; as rows, since only reading counts. */
async function addConnections(hub: Hub): Promise<void> {
  const { pool } = hub.database
  await pool.query(
    `insert into connections (organization_id, id, provider, family, method, mode, client_id, owner_kind, owner_id,
       account_id, grant_id, account_label, account_email, label, is_default, parameters, requested_scopes,
       granted_scopes, status, status_cause, status_detail, status_since, last_verified_at, created_at)
     select m.organization_id, 'con_bench' || lpad(n::text, 20, '0'), p.id, p.id, 'oauth2', 'sandbox', 'bench',
       case when n % 2 = 0 then 'person' else 'organization' end,
       case when n % 2 = 0 then m.person_id else m.organization_id end,
       'account ' || n, 'account ' || n, 'Account number ' || n, null, null, false, '{}', '{}', '{}',
       case when n % 10 = 0 then 'connection_invalid' else 'connected' end, null,
       case when n % 10 = 0 then 'The provider says that the grant is gone. Reconnect the account.'
            else 'The provider accepts the credential.' end, now(), now(), now()
     from generate_series(1, $1::int) n
     join (select id, row_number() over () - 1 as place, count(*) over () as all_of_them from unnest($2::text[]) id) p
       on p.place = n % p.all_of_them
     cross join (select organization_id, person_id from memberships
       where person_id = (select id from people where email = 'bench@example.com')) m`,
    [CONNECTIONS, providers.map(({ id }) => id)],
  )
}

async function makeLink(url: string, key: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/connect-sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      end_user: { id: 'bench' },
      return_to: 'https://app.example.com/connected',
    }),
  })
  return ((await answer.json()) as { url: string }).url
}

function limit(what: string, value: number, most: number, unit: string): Row {
  return {
    what,
    ours: `${Math.round(value)} ${unit}`,
    against: `${most} ${unit}`,
    ratio: value / most,
    target: { sense: '<=', value: 1 },
  }
}

function timesOf(name: string, { cards, interactive, scripting }: Measured): Row[] {
  return [
    limit(`first cards, ${name} / limit`, cards, CARDS_LIMIT_MS, 'ms'),
    limit(`interactive, ${name} / limit`, interactive, INTERACTIVE_LIMIT_MS, 'ms'),
    limit(`scripting, ${name} / limit`, scripting, SCRIPTING_LIMIT_MS, 'ms'),
  ]
}
