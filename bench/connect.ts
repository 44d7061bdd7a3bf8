/**
 * Whole connect flows: start, callback, code exchange, account, stored and sealed. The provider answers at once.
 * All clients are one person in one browser, whose flows for one provider the hub must store one after the other.
 */
import { Pool } from 'undici'
import { print, type Row, serve } from './harness.ts'

const TARGET = 200
const SECONDS = 4

export async function benchConnect(databaseUrl: string): Promise<void> {
  const upstream = await serve('upstream', { BENCH_MANY_USERS: '1' })
  const hub = await serve('hub', { BENCH_DATABASE_URL: databaseUrl, BENCH_UPSTREAM: upstream.url })
  // Not fetch: on a machine of few cores what the client spends is missing to the hub.
  const pool = new Pool(hub.url, { connections: 16 })
  async function ask(method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: string) {
    const answer = await pool.request({ method, path, headers, body: body ?? null })
    return { headers: answer.headers, text: await answer.body.text() }
  }
  const json = { 'content-type': 'application/json' }
  const signedIn = await ask('POST', '/api/v1/sessions', json, JSON.stringify({ token: hub.info.signIn }))
  const cookie = [signedIn.headers['set-cookie']].flat()[0]?.split(';')[0] as string
  const me = JSON.parse((await ask('GET', '/api/v1/me', { cookie })).text) as { csrf_token: string }
  const headers = { ...json, cookie, 'trunkline-csrf': me.csrf_token }

  async function flow(): Promise<void> {
    const started = await ask('POST', '/api/v1/connect/attempts', headers, '{"provider":"github"}')
    const { authorization_url } = JSON.parse(started.text) as { authorization_url: string }
    const asked = new URL(authorization_url).searchParams
    const back = `${new URL(asked.get('redirect_uri') as string).pathname}?code=x&state=${asked.get('state')}`
    const answer = await ask('GET', back, { cookie })
    const status = URL.parse(String(answer.headers.location))?.searchParams.get('status')
    if (status !== 'succeeded') throw new Error(`a flow ended with ${status}`)
  }

  const rows: Row[] = []
  /** @returns flows a second */
  async function run(clients: number, seconds: number): Promise<number> {
    let flows = 0
    const start = performance.now()
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (performance.now() < start + seconds * 1000) {
          await flow()
          flows++
        }
      }),
    )
    return (flows * 1000) / (performance.now() - start)
  }

  // As in `inTurns`: a first round warms up and is thrown away.
  await run(4, 2)
  for (const clients of [1, 4, 16]) {
    const rate = await run(clients, SECONDS)
    rows.push({
      what: `${clients} clients`,
      ours: `${Math.round(rate)} flows/s`,
      against: `a limit of ${TARGET}/s`,
      ratio: rate / TARGET,
      target: { sense: '>=', value: 1 },
    })
  }
  print('Connecting accounts (flows per second / limit)', rows)
  await pool.close()
  await Promise.all([upstream, hub].map((server) => server.stop()))
}
