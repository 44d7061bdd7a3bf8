/**
 * The floor of a connect flow: node:http that does the round trips which no hub can leave out, and nothing else. Who
 * asks is read, the attempt is written and later consumed, code and account are asked of the provider, and one
 * transaction, begun with its reads and committed right behind its writes, stores the result. Nothing is checked,
 * sealed, described or told.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { Agent, request as ask } from 'undici'

const upstream = process.env.BENCH_UPSTREAM as string
const dispatcher = new Agent()
const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: 12, pipeline: true })
await pool.query(`
  create table if not exists floor_sessions (token text primary key, person text not null);
  create table if not exists floor_attempts (state text primary key, status text not null, sealed text not null);
  create table if not exists floor_connections (id text primary key, person text not null, account text not null);
  create index if not exists floor_accounts on floor_connections (person, account);
  create table if not exists floor_credentials (id text primary key references floor_connections, sealed text not null);
  create table if not exists floor_keys (id text primary key references floor_connections, wrapped text not null);
  create table if not exists floor_events (id text primary key, connection text not null);
  insert into floor_sessions values ('one', 'one') on conflict do nothing;
  insert into floor_connections select 'other ' || n, 'other', n from generate_series(1, 2000) n on conflict do nothing`)
await pool.query('analyze')

const SEALED = 'x'.repeat(300)
const newId = () => randomBytes(16).toString('base64url')
const statement = (name: string, text: string, values: string[]) => ({ name, text, values })

async function start(response: ServerResponse): Promise<void> {
  await pool.query(statement('who', 'select person from floor_sessions where token = $1', ['one']))
  const state = newId()
  await pool.query(
    statement('begin', `insert into floor_attempts values ($1, 'pending', $2) returning *`, [state, SEALED]),
  )
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ state }))
}

async function finish(state: string, response: ServerResponse): Promise<void> {
  await pool.query(
    statement('consume', `update floor_attempts set status = 'taken' where state = $1 returning *`, [state]),
  )
  const granted = await ask(`${upstream}/token`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=authorization_code&code=x',
  })
  const { access_token } = (await granted.body.json()) as { access_token: string }
  const asked = await ask(`${upstream}/user`, {
    dispatcher,
    headers: { authorization: `Bearer ${access_token}` },
  })
  const account = String(((await asked.body.json()) as { id: number }).id)
  await store(state, account)
  response.writeHead(303, { location: '/done?status=succeeded' }).end()
}

async function store(state: string, account: string): Promise<void> {
  const client = await pool.connect()
  try {
    await Promise.all([
      client.query('begin'),
      client.query(statement('lock', 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [account])),
      client.query(
        statement('known', 'select id from floor_connections where person = $1 and account = $2', [
          'one',
          account,
        ]),
      ),
    ])
    const id = newId()
    await Promise.all([
      client.query(
        statement('done', `update floor_attempts set status = 'done' where state = $1 returning *`, [state]),
      ),
      client.query(
        statement('connection', 'insert into floor_connections values ($1, $2, $3)', [id, 'one', account]),
      ),
      client.query(statement('key', 'insert into floor_keys values ($1, $2)', [id, SEALED])),
      client.query(statement('credential', 'insert into floor_credentials values ($1, $2)', [id, SEALED])),
      client.query(statement('event', 'insert into floor_events values ($1, $2)', [newId(), id])),
      client.query(statement('tell', 'select pg_notify($1, $2)', ['floor', id])),
      client.query('commit'),
    ])
  } finally {
    client.release()
  }
}

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const failed = (error: unknown) => response.writeHead(500).end(String(error))
  if (request.method === 'GET') {
    finish((request.url ?? '').split('state=')[1] ?? '', response).catch(failed)
    return
  }
  request.resume().on('end', () => start(response).catch(failed))
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
