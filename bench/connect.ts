/** Whole connect flows: start, callback, code exchange, account, stored and sealed. The provider answers at once. */
import { print, type Row, serve } from './harness.ts'

const TARGET = 200
const SECONDS = 4

export async function benchConnect(databaseUrl: string): Promise<void> {
  const upstream = await serve('upstream', { BENCH_MANY_USERS: '1' })
  const hub = await serve('hub', { BENCH_DATABASE_URL: databaseUrl, BENCH_UPSTREAM: upstream.url })
  const signedIn = await fetch(`${hub.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: hub.info.signIn }),
  })
  const cookie = (signedIn.headers.getSetCookie()[0] ?? '').split(';')[0] as string
  const me = (await (await fetch(`${hub.url}/api/v1/me`, { headers: { cookie } })).json()) as {
    csrf_token: string
  }
  const headers = { cookie, 'trunkline-csrf': me.csrf_token, 'content-type': 'application/json' }

  async function flow(): Promise<void> {
    const started = await fetch(`${hub.url}/api/v1/connect/attempts`, {
      method: 'POST',
      headers,
      body: '{"provider":"github"}',
    })
    const { authorization_url } = (await started.json()) as { authorization_url: string }
    const asked = new URL(authorization_url).searchParams
    const back = `${asked.get('redirect_uri')}?code=x&state=${asked.get('state')}`
    const answer = await fetch(back, { headers: { cookie }, redirect: 'manual' })
    const status = new URL(answer.headers.get('location') ?? 'about:blank').searchParams.get('status')
    if (status !== 'succeeded') throw new Error(`a flow ended with ${status}`)
  }

  const rows: Row[] = []
  await flow()
  for (const clients of [1, 4, 16]) {
    let flows = 0
    const end = performance.now() + SECONDS * 1000
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (performance.now() < end) {
          await flow()
          flows++
        }
      }),
    )
    const rate = flows / SECONDS
    rows.push({
      what: `${clients} clients`,
      ours: `${Math.round(rate)} flows/s`,
      against: `a limit of ${TARGET}/s`,
      ratio: rate / TARGET,
      target: { sense: '>=', value: 1 },
    })
  }
  print('Connecting accounts (flows per second / limit)', rows)
  await Promise.all([upstream, hub].map((server) => server.stop()))
}
