/**
 * Whole connect flows: start, callback, code exchange, account, stored and sealed. Each client is a person in a browser
 * of their own; the provider answers at once. The floor does the same round trips and nothing else.
 */
import { Pool } from 'undici'
import { median, print, type Row, serve } from './harness.ts'

const TARGET = 200
const CLIENTS = [1, 4, 16]
const ROUNDS = 5
const SECONDS = 1.5

/** One flow of this client, from the first click to the page that says it is done. */
type Flow = () => Promise<void>

export async function benchConnect(databaseUrl: string): Promise<void> {
  const upstream = await serve('upstream', { BENCH_MANY_USERS: '1' })
  const env = { BENCH_DATABASE_URL: databaseUrl, BENCH_UPSTREAM: upstream.url }
  const people = Math.max(...CLIENTS)
  // Others have connected before.
  const hub = await serve('hub', { ...env, BENCH_PEOPLE: String(people), BENCH_CONNECTIONS: '2000' })
  const floor = await serve('floor-connect', env)
  const flows = await Promise.all(
    hub.info.signIn?.split(' ').map((token) => flowsOfPerson(ask(hub.url), token)) ?? [],
  )
  const floorFlow = flowsOfFloor(ask(floor.url))

  const rows: Row[] = []
  // As in `inTurns`: a first round warms up and is thrown away.
  await run(flows.slice(0, 4), 2)
  await run(
    Array.from({ length: 4 }, () => floorFlow),
    1,
  )
  for (const clients of CLIENTS) {
    const rates: number[] = []
    const floors: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      rates.push(await run(flows.slice(0, clients), SECONDS))
      floors.push(
        await run(
          Array.from({ length: clients }, () => floorFlow),
          SECONDS,
        ),
      )
    }
    const rate = median(rates)
    rows.push(
      {
        what: `${clients} clients`,
        ours: `${Math.round(rate)} flows/s`,
        against: `a limit of ${TARGET}/s`,
        ratio: rate / TARGET,
        target: { sense: '>=', value: 1 },
      },
      {
        what: `${clients} clients: the round trips alone`,
        ours: `${Math.round(rate)} flows/s`,
        against: `${Math.round(median(floors))} flows/s`,
        ratio: median(rates.map((one, round) => one / (floors[round] as number))),
      },
    )
  }
  print('Connecting accounts (flows per second, ours / limit and floor)', rows)
  await Promise.all([upstream, hub, floor].map((server) => server.stop()))
}

type Ask = ReturnType<typeof ask>

/** Not fetch: on a machine of few cores what the client spends is missing to the hub. */
function ask(url: string) {
  const pool = new Pool(url, { connections: Math.max(...CLIENTS) })
  return async (method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: string) => {
    const answer = await pool.request({ method, path, headers, body: body ?? null })
    return { headers: answer.headers, text: await answer.body.text() }
  }
}

async function flowsOfPerson(ask: Ask, token: string): Promise<Flow> {
  const json = { 'content-type': 'application/json' }
  const signedIn = await ask('POST', '/api/v1/sessions', json, JSON.stringify({ token }))
  const cookie = [signedIn.headers['set-cookie']].flat()[0]?.split(';')[0] as string
  const me = JSON.parse((await ask('GET', '/api/v1/me', { cookie })).text) as { csrf_token: string }
  const headers = { ...json, cookie, 'trunkline-csrf': me.csrf_token }
  return async () => {
    const started = await ask('POST', '/api/v1/connect/attempts', headers, '{"provider":"github"}')
    const { authorization_url } = JSON.parse(started.text) as { authorization_url: string }
    const asked = new URL(authorization_url).searchParams
    const back = `${new URL(asked.get('redirect_uri') as string).pathname}?code=x&state=${asked.get('state')}`
    checkDone((await ask('GET', back, { cookie })).headers.location)
  }
}

function flowsOfFloor(ask: Ask): Flow {
  return async () => {
    const { state } = JSON.parse((await ask('POST', '/attempts', {}, '{"provider":"github"}')).text) as {
      state: string
    }
    checkDone((await ask('GET', `/callback?code=x&state=${state}`, {})).headers.location)
  }
}

function checkDone(location: string | string[] | undefined): void {
  if (!String(location).endsWith('status=succeeded')) throw new Error(`a flow ended at ${String(location)}`)
}

/** @returns flows a second, of all clients together */
async function run(flows: readonly Flow[], seconds: number): Promise<number> {
  let done = 0
  const start = performance.now()
  await Promise.all(
    flows.map(async (flow) => {
      while (performance.now() < start + seconds * 1000) {
        await flow()
        done++
      }
    }),
  )
  return (done * 1000) / (performance.now() - start)
}
