/** Two hundred expired connections, fifty callers each, two replicas: how many token requests, and how fast. */
import { print, serve } from './harness.ts'

const CONNECTIONS = 200
const CALLERS = 50

export async function benchRefreshStorm(databaseUrl: string): Promise<void> {
  const upstream = await serve('upstream', { BENCH_LIFETIME: '3600', BENCH_TOKEN_DELAY_MS: '20' })
  const seeded = await serve('hub', {
    BENCH_DATABASE_URL: databaseUrl,
    BENCH_UPSTREAM: upstream.url,
    BENCH_CONNECTIONS: String(CONNECTIONS),
    BENCH_EXPIRED: '1',
  })
  const replica = await serve('hub', {
    BENCH_DATABASE_URL: databaseUrl,
    BENCH_UPSTREAM: upstream.url,
    BENCH_CONNECTIONS: '0',
  })
  const headers = { authorization: `Bearer ${seeded.info.key}` }
  const { data } = await listAll(seeded.url, headers)

  const alone = await timed(() =>
    Promise.all(
      data.map(() =>
        fetch(`${upstream.url}/token`, { method: 'POST' }).then((answer) => answer.arrayBuffer()),
      ),
    ),
  )
  const before = await count(upstream.url)
  let failed = 0
  const storm = await timed(() =>
    Promise.all(
      data.flatMap(({ id }) =>
        Array.from({ length: CALLERS }, async (_, caller) => {
          const answer = await fetch(
            `${caller % 2 === 0 ? seeded.url : replica.url}/api/v1/connections/${id}/token`,
            { headers },
          )
          await answer.arrayBuffer()
          if (!answer.ok) failed++
        }),
      ),
    ),
  )
  const requests = (await count(upstream.url)) - before
  print('Refresh storm', [
    {
      what: 'token requests / expired connections',
      ours: `${requests}`,
      against: `${CONNECTIONS}`,
      ratio: requests / CONNECTIONS,
      target: { sense: '<=', value: 1 },
    },
    {
      what: 'callers refused / callers',
      ours: `${failed}`,
      against: `${CONNECTIONS * CALLERS}`,
      ratio: failed / (CONNECTIONS * CALLERS),
      target: { sense: '<=', value: 0 },
    },
    {
      what: 'time of 10,000 calls / time of 200 bare token requests',
      ours: `${Math.round(storm)} ms`,
      against: `${Math.round(alone)} ms`,
      ratio: storm / alone,
    },
  ])
  await Promise.all([seeded, replica, upstream].map((server) => server.stop()))
}

async function listAll(url: string, headers: Record<string, string>): Promise<{ data: { id: string }[] }> {
  return (await (await fetch(`${url}/api/v1/connections?limit=200`, { headers })).json()) as {
    data: { id: string }[]
  }
}

async function count(url: string): Promise<number> {
  return ((await (await fetch(`${url}/count`)).json()) as { tokenRequests: number }).tokenRequests
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return performance.now() - started
}
