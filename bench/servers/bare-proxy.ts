/** The fastest bare proxy we know to write: node:http in front of undici's stream, with one header added. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'

const upstream = process.env.BENCH_UPSTREAM as string
const agent = new Agent()
const server = createServer((request, response) => {
  const controller = new AbortController()
  response.on('close', () => controller.abort())
  agent
    .stream(
      {
        origin: upstream,
        path: request.url ?? '/',
        method: 'GET',
        headers: { authorization: 'Bearer bench', accept: '*/*' },
        signal: controller.signal,
      },
      ({ statusCode, headers }) => {
        response.writeHead(statusCode, headers as Record<string, string>)
        return response
      },
    )
    .catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
