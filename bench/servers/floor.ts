/** The second floor: node:http with one prepared query and one AES-GCM open a request. */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: 12 })
const key = createSecretKey(randomBytes(32))
const iv = randomBytes(12)
const cipher = createCipheriv('aes-256-gcm', key, iv)
const plain = JSON.stringify({
  kind: 'oauth2',
  tokens: { main: { access_token: `gho_${'x'.repeat(36)}`, scope: 'repo read:user user:email' } },
})
const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
const tag = cipher.getAuthTag()
await pool.query('create table if not exists bench_floor (id text primary key, sealed bytea not null)')
await pool.query('insert into bench_floor values ($1, $2) on conflict do nothing', [
  'one',
  Buffer.concat([iv, tag, sealed]),
])
const query = { name: 'floor', text: 'select sealed from bench_floor where id = $1' }

const server = createServer((_request, response) => {
  pool.query<{ sealed: Buffer }>({ ...query, values: ['one'] }).then(
    ({ rows }) => {
      const row = (rows[0] as { sealed: Buffer }).sealed
      const decipher = createDecipheriv('aes-256-gcm', key, row.subarray(0, 12), { authTagLength: 16 })
      decipher.setAuthTag(row.subarray(12, 28))
      const { tokens } = JSON.parse(
        Buffer.concat([decipher.update(row.subarray(28)), decipher.final()]).toString(),
      ) as { tokens: { main: { access_token: string; scope: string } } }
      const body = JSON.stringify({
        access_token: tokens.main.access_token,
        token_type: 'bearer',
        expires_at: null,
        scope: tokens.main.scope,
      })
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
      })
      response.end(body)
    },
    (error: unknown) => response.writeHead(500).end(String(error)),
  )
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
