/** The ceiling: node:http doing no more than a token read must do, one hash, one AES-GCM open and the same headers, sent as the hub sends. */
import { createCipheriv, createDecipheriv, createSecretKey, hash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dataHeaders } from '../../src/http/every-answer.ts'
import { createLeaveTogether } from '../../src/http/leave-together.ts'

const place = Buffer.from(`credential|org_${'0'.repeat(26)}|con_${'0'.repeat(26)}|1`)
const key = createSecretKey(randomBytes(32))
const iv = randomBytes(12)
const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(place)
const plain = JSON.stringify({
  kind: 'oauth2',
  tokens: { main: { access_token: `gho_${'x'.repeat(36)}`, scope: 'repo read:user user:email' } },
})
const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
const tag = cipher.getAuthTag()
const headers = dataHeaders(false)
const leaveTogether = createLeaveTogether()
const callers = new Map([[hash('sha256', `Bearer tl_${'b'.repeat(40)}`, 'base64'), 1]])

const server = createServer((request, response) => {
  if (!callers.has(hash('sha256', request.headers.authorization ?? '', 'base64')))
    return response.writeHead(401).end()
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
    .setAAD(place)
    .setAuthTag(tag)
  const opened = decipher.update(sealed)
  decipher.final()
  const { tokens } = JSON.parse(opened.toString()) as {
    tokens: { main: { access_token: string; scope: string } }
  }
  const { access_token, scope } = tokens.main
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
