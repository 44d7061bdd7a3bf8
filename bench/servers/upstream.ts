/** A provider reduced to what the benchmarks need: a token endpoint that accepts any code, rotates, and an API. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

let issued = 0
let tokenRequests = 0
const lifetime = Number(process.env.BENCH_LIFETIME ?? 0)
const delay = Number(process.env.BENCH_TOKEN_DELAY_MS ?? 0)
const user = JSON.stringify({
  id: 1,
  login: 'bench',
  name: 'Bench',
  email: 'bench@example.com',
  padding: 'x'.repeat(400),
})

const server = createServer((request, response) => {
  const send = (body: string) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  }
  const path = request.url ?? '/'
  if (path === '/count') return send(JSON.stringify({ tokenRequests }))
  if (path.includes('access_token') || path.includes('/token')) {
    tokenRequests++
    issued++
    request.resume()
    const body = JSON.stringify({
      access_token: `gho_${String(issued).padStart(36, '0')}`,
      token_type: 'bearer',
      scope: 'repo,read:user,user:email',
      ...(lifetime ? { expires_in: lifetime, refresh_token: `ghr_${issued}` } : {}),
    })
    return void (delay ? setTimeout(send, delay, body) : send(body))
  }
  // Each code is another person, so that every flow makes a connection of its own.
  if (path.startsWith('/user') && process.env.BENCH_MANY_USERS) {
    const id = Number((request.headers.authorization ?? '').replace(/\D/g, ''))
    return send(JSON.stringify({ id, login: `bench-${id}`, email: null }))
  }
  send(user)
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
