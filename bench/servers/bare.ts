/** The first floor: node:http answering the same bytes as a token read, and nothing else. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const body =
  process.env.BENCH_BODY ??
  JSON.stringify({
    access_token: `gho_${'x'.repeat(36)}`,
    token_type: 'bearer',
    expires_at: null,
    scope: 'repo read:user user:email',
  })
const server = createServer((_request, response) => {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
