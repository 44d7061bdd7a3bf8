/**
 * The ceiling: node:http doing no more than a token read must do, one hash, one AES-GCM open and the same headers,
 * sent as the hub sends.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dataHeaders } from '../../src/http/every-answer.ts'
import { createLeaveTogether } from '../../src/http/leave-together.ts'
import { openFor } from './sealed.ts'

const headers = dataHeaders(false)
const leaveTogether = createLeaveTogether()

const server = createServer((request, response) => {
  const token = openFor(request.headers.authorization)
  if (!token) return response.writeHead(401).end()
  const { access_token, scope } = token
  const body = JSON.stringify({ access_token, token_type: 'bearer', expires_at: null, scope })
  leaveTogether(() => {
    response.writeHead(200, {
      'x-request-id': 'req_0123456789ab_1',
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
)
process.on('SIGTERM', () => process.exit(0))
