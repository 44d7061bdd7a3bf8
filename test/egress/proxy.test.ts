/** Checks E2, E4, E5 and E6 through the proxy of a whole hub: what reaches the provider, and what comes back. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { SecretMethod } from '../../src/catalog/define.ts'
import { AS_HOST, declareProvider } from '../refresh/declaration.ts'
import { startTestHub, type TestHub } from '../setup/testHub.ts'

const SECRET = 'the-secret-key-of-this-test'
const OTHER_HOST = 'files.example.com'

function declare(id: string, authorization: SecretMethod['authorization']) {
  const method = {
    kind: 'api_key',
    label: 'Key',
    fields: [
      { name: 'apiKey', label: 'Key', pattern: '^.{8,200}$', example: 'abc', required: true, secret: true },
    ],
    authorization,
    instructions: [],
  } satisfies SecretMethod
  return declareProvider(
    {},
    {
      id,
      family: id,
      hosts: [AS_HOST, OTHER_HOST],
      auth: [method],
      api: {
        base_url: `https://${AS_HOST}/v2/tenant`,
        bases: { files: `https://${OTHER_HOST}`, stray: 'https://not-declared.example.com' },
        headers: { 'api-version': '2026-01-01' },
      },
      verify: { url: '/me' },
    },
  )
}

type Seen = {
  method: string
  url: string
  headers: IncomingMessage['headers']
  rawHeaders: string[]
  body: string
}
let upstream: Server
let t: TestHub
let keyed: string
let headed: string
let seen: Seen[] = []
let answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined

beforeAll(async () => {
  upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: Buffer.concat(chunks).toString(),
    })
    if (answer) return answer(request, response)
    response.setHeader('content-type', 'application/json')
    response.end('{"sub":"ada"}')
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const routes = { [AS_HOST]: `${base}/as`, [OTHER_HOST]: `${base}/files` }
  t = await startTestHub({
    catalog: [
      declare('keyed', { scheme: 'bearer' }),
      declare('headed', { scheme: 'header', name: 'X-Api-Token', value: '{apiKey}' }),
    ],
    overrides: { keyed: routes, headed: routes },
    env: { TRUNKLINE_LIVE_PROVIDERS: 'keyed,headed' },
    withSandbox: false,
  })
  const browser = await t.browser()
  const connectWith = async (provider: string) => {
    const { body } = await browser.send('POST', '/api/v1/connect/attempts', {
      provider,
      owner: 'organization',
      fields: { apiKey: SECRET },
    })
    expect(body.status, JSON.stringify(body)).toBe('succeeded')
    return body.connection_id as string
  }
  keyed = await connectWith('keyed')
  headed = await connectWith('headed')
})
afterAll(async () => {
  await t.close()
  upstream.closeAllConnections()
  upstream.close()
})
beforeEach(() => {
  seen = []
})
afterEach(() => {
  answer = undefined
})

const call = (path: string, headers: Record<string, string> = {}, method = 'GET', id = keyed) =>
  t.admin.send(method, `/api/v1/proxy/${id}${path}`, undefined, headers)

/** A request as it is written, byte by byte: `fetch` would tidy it up. */
function send(requestLine: string, headers: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(t.hub.port, '127.0.0.1', () => {
      const lines = [
        requestLine,
        'Host: 127.0.0.1',
        `Authorization: Bearer ${t.admin.key}`,
        ...headers,
        'Connection: close',
      ]
      socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    })
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
}
const raw = async (path: string, headers: readonly string[] = []) => {
  const text = await send(`GET /api/v1/proxy/${keyed}${path} HTTP/1.1`, headers)
  return { status: Number(text.split(' ')[1]), text }
}

describe('E2 the credential goes to the declared hosts, below the declared base', () => {
  test('as declared', async () => {
    expect((await call('/users?x=1')).status).toBe(200)
    expect(seen).toMatchObject([
      {
        url: '/as/v2/tenant/users?x=1',
        headers: { authorization: `Bearer ${SECRET}`, 'api-version': '2026-01-01' },
      },
    ])
  })

  test.each([
    '/../../other',
    '/%2e%2e/%2e%2e/other',
    '/..%2f..%2fother',
    '/.%2e/other',
    '/a/../../x',
    '/..;/x',
    '/\\evil.example.com',
    '/..\\x',
    '//evil.example.com/x',
    '/%5c..%5cx',
  ])('%s is refused', async (path) => {
    const { status, text } = await raw(path)
    expect([404, 422]).toContain(status)
    expect(text).not.toContain(SECRET)
    expect(seen).toEqual([])
  })

  test('an absolute address is nothing but a path at the provider', async () => {
    await raw('/https://evil.example.com/take?a=b')
    expect(seen.map(({ url }) => url)).toEqual(['/as/v2/tenant/https://evil.example.com/take?a=b'])
  })

  test('an absolute address in the request line reaches nobody', async () => {
    const text = await send(`GET http://evil.example.com/api/v1/proxy/${keyed}/users HTTP/1.1`, [])
    expect(text).toMatch(/^HTTP\/1\.1 [24]\d\d/)
    for (const { url } of seen) expect(url).toBe('/as/v2/tenant/users')
  })

  test('a further base is one of the declared ones, and its host a declared one', async () => {
    expect((await call('/a', { 'trunkline-base': 'files' })).status).toBe(200)
    expect(seen.map(({ url }) => url)).toEqual(['/files/a'])
    for (const base of ['stray', 'https://evil.example.com', '__proto__', 'constructor', 'toString']) {
      const { status, body } = await call('/a', { 'trunkline-base': base })
      expect([status, body.code], base).toEqual([422, 'egress_refused'])
    }
    expect(seen).toHaveLength(1)
  })
})

test('a token that the grant does not have is not replaced by another', async () => {
  for (const name of ['user', '__proto__', 'constructor']) {
    const { status, body } = await call('/users', { 'trunkline-token': name })
    expect([status, body.code], name).toEqual([422, 'token_not_available'])
  }
  expect(seen).toEqual([])
  expect((await call('/users', { 'trunkline-token': 'main' })).status).toBe(200)
})

describe('E4 redirects and links', () => {
  test.each([301, 302, 303, 307, 308])('a %i is handed to the caller, not followed', async (status) => {
    answer = (_request, response) =>
      void response
        .writeHead(status, {
          location: `http://127.0.0.1:${t.hub.port}/health`,
          link: '<https://evil.example.com/>; rel="next"',
        })
        .end()
    const answered = await call('/moved')
    expect(answered.status).toBe(status)
    expect(seen).toHaveLength(1)
    expect(JSON.stringify([...answered.headers])).not.toContain(SECRET)
  })
})

describe('E5 headers', () => {
  test('the caller’s key, cookies and hop-by-hop headers stay between the caller and the hub', async () => {
    await send(`GET /api/v1/proxy/${keyed}/users HTTP/1.1`, [
      'Cookie: session=1',
      'Proxy-Authorization: Basic abc',
      'X-Forwarded-For: 10.0.0.1',
      'X-Forwarded-Host: evil.example.com',
      'Forwarded: for=10.0.0.1',
      'Via: 1.1 x',
      'TE: trailers',
      'Keep-Alive: timeout=5',
      'Trunkline-Anything: 1',
      'Origin: https://evil.example.com',
      'Referer: https://evil.example.com/?secret',
      'X-Dropped: 1',
      'X-Kept: yes',
      'Connection: X-Dropped',
    ])
    expect(seen).toHaveLength(1)
    const { headers } = seen[0] as Seen
    expect(headers['x-kept']).toBe('yes')
    expect(headers.authorization).toBe(`Bearer ${SECRET}`)
    for (const name of [
      'cookie',
      'proxy-authorization',
      'x-forwarded-for',
      'x-forwarded-host',
      'forwarded',
      'via',
      'te',
      'keep-alive',
      'trunkline-anything',
      'origin',
      'referer',
      'x-dropped',
    ])
      expect(headers[name], name).toBeUndefined()
    expect(headers.host).not.toContain('evil')
    expect(JSON.stringify(seen)).not.toContain(t.admin.key)
  })

  test('the header that carries the credential cannot be set by the caller', async () => {
    const { status, body } = await call('/users', { 'X-API-TOKEN': 'mine' }, 'GET', headed)
    expect([status, body.code]).toEqual([422, 'header_refused'])
    expect(seen).toEqual([])
    await call('/users', {}, 'GET', headed)
    expect(seen[0]?.headers['x-api-token']).toBe(SECRET)
    expect(seen[0]?.headers.authorization).toBeUndefined()
  })

  test('a session’s caller cannot smuggle another Authorization in', async () => {
    const browser = await t.browser()
    const { status } = await browser.get(`/api/v1/proxy/${keyed}/users`, {
      authorization: 'Bearer smuggled-0123456789',
    })
    expect(status).toBe(401)
    expect(seen).toEqual([])
  })

  test.each([
    'X-Note: a\rX-Injected: 1',
    'X-Note: a\0b',
    'X-Note: a\nX-Injected: 1',
    'Bad Name: 1',
    'X-Note : 1',
  ])('%j becomes no second header', async (line) => {
    await raw('/users', [line])
    for (const { headers } of seen) {
      expect(headers['x-injected']).toBeUndefined()
      expect(headers['bad name']).toBeUndefined()
    }
  })

  test.each([
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6']],
    ['length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['an unknown coding', ['Transfer-Encoding: xchunked']],
  ])('a request with %s is not passed on', async (_name, headers) => {
    const text = await send(`POST /api/v1/proxy/${keyed}/users HTTP/1.1`, headers)
    expect(text).toMatch(/^HTTP\/1\.1 [45]\d\d/)
    expect(seen).toEqual([])
  })

  test('what a provider may not say for the hub is taken out of its answer', async () => {
    answer = (_request, response) => {
      response.writeHead(200, {
        'set-cookie': 'a=b',
        'content-type': 'text/html',
        'access-control-allow-origin': '*',
        'strict-transport-security': 'max-age=1',
        'clear-site-data': '"*"',
        'content-security-policy': "default-src 'unsafe-inline' *",
        'x-kept': 'yes',
        connection: 'x-hop',
        'x-hop': '1',
      })
      response.end('<script>alert(1)</script>')
    }
    const { headers } = await call('/page')
    expect(headers.get('x-kept')).toBe('yes')
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'")
    for (const name of [
      'set-cookie',
      'access-control-allow-origin',
      'strict-transport-security',
      'clear-site-data',
      'x-hop',
    ])
      expect(headers.get(name), name).toBeNull()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each(['TRACE', 'CONNECT'])('%s is not for callers', async (method) => {
    const text = await send(`${method} /api/v1/proxy/${keyed}/users HTTP/1.1`, [])
    expect(text.startsWith('HTTP/1.1 2')).toBe(false)
    expect(seen).toEqual([])
  })
})

describe('E6 streams', () => {
  test('a large answer waits for its reader instead of filling the hub, and a compressed one passes as it is', async () => {
    let poured = 0
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' })
      const pour = () => {
        while (poured < 64 * 1024 * 1024) {
          poured += 64 * 1024
          if (!response.write(Buffer.alloc(64 * 1024))) return
        }
        response.end()
      }
      response.on('drain', pour)
      pour()
    }
    const socket = connect(t.hub.port, '127.0.0.1')
    socket.pause()
    socket.write(
      `GET /api/v1/proxy/${keyed}/big HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${t.admin.key}\r\nConnection: close\r\n\r\n`,
    )
    await expect.poll(() => poured).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(poured).toBeLessThan(32 * 1024 * 1024)
    let size = 0
    socket.on('data', (chunk) => {
      size += chunk.length
    })
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(size).toBeGreaterThan(64 * 1024 * 1024)

    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024))
    answer = (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    const text = await send(`GET /api/v1/proxy/${keyed}/bomb HTTP/1.1`, [])
    expect(Buffer.byteLength(text)).toBeLessThan(bomb.length * 3 + 2000)
  })

  test('what the provider has sent so far arrives while it goes on, in its order', async () => {
    const steps = ['first ', 'second ', 'third']
    const gates = steps.map(() => Promise.withResolvers<void>())
    answer = async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const [index, step] of steps.entries()) {
        response.write(step)
        await gates[index]?.promise
      }
      response.end('.')
    }
    const answered = await fetch(`${t.url}/api/v1/proxy/${keyed}/events`, {
      headers: { authorization: `Bearer ${t.admin.key}` },
    })
    const reader = (answered.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    for (const [index, step] of [...steps, '.'].entries()) {
      while (!text.endsWith(step)) {
        const { value, done } = await reader.read()
        // Reading on past the end would never give the test its time-out.
        expect(done, text).toBe(false)
        text += Buffer.from(value ?? []).toString()
      }
      gates[index]?.resolve()
    }
    expect(text).toBe('first second third.')
  })

  test('a caller that leaves ends the call at the provider', async () => {
    let ended = false
    answer = (request, response) => {
      response.writeHead(200)
      response.write('x')
      request.socket.on('close', () => {
        ended = true
      })
    }
    const controller = new AbortController()
    const answered = await fetch(`${t.url}/api/v1/proxy/${keyed}/slow`, {
      headers: { authorization: `Bearer ${t.admin.key}` },
      signal: controller.signal,
    })
    expect(answered.status).toBe(200)
    controller.abort()
    await expect.poll(() => ended).toBe(true)
  })

  test('a caller that leaves before there is an answer ends the call as well', async () => {
    const asked = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    answer = (request) => {
      request.socket.on('close', () => ended.resolve())
      asked.resolve()
    }
    const controller = new AbortController()
    const asking = fetch(`${t.url}/api/v1/proxy/${keyed}/never`, {
      headers: { authorization: `Bearer ${t.admin.key}` },
      signal: controller.signal,
    })
    await asked.promise
    controller.abort()
    await expect(asking).rejects.toThrow()
    await ended.promise
  })

  test('an answer that breaks off is not shown as complete', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    }
    const reading = fetch(`${t.url}/api/v1/proxy/${keyed}/half`, {
      headers: { authorization: `Bearer ${t.admin.key}` },
    }).then((got) => got.text())
    await expect(reading).rejects.toThrow()
  })
})

describe('R5 through the proxy', () => {
  test('after a 429 nobody calls again before the time the provider asked for', async () => {
    answer = (_request, response) => void response.writeHead(429, { 'retry-after': '30' }).end('{}')
    expect((await call('/limited')).status).toBe(429)
    const held = await call('/limited')
    expect([held.status, held.body.code]).toEqual([429, 'upstream_rate_limited'])
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(25)
    expect(seen).toHaveLength(1)
    answer = undefined
    expect((await call('/elsewhere')).status).toBe(200)
    t.clock.advance(31_000)
    expect((await call('/limited')).status).toBe(200)
  })

  test('failures of the provider leave the connection connected', async () => {
    for (const status of [400, 403, 404, 409, 418, 500, 502, 503]) {
      answer = (_request, response) =>
        void response.writeHead(status, { 'content-type': 'text/html' }).end('<html>no</html>')
      expect((await call(`/fails/${status}`)).status).toBe(status)
    }
    answer = (_request, response) => void response.destroy()
    expect((await call('/gone')).body.code).toBe('upstream_unreachable')
    expect((await t.admin.get(`/api/v1/connections/${keyed}`)).body.status.status).toBe('connected')
  })
})

describe('a call past the framework and one through it are the same call', () => {
  const calls: [string, string, Record<string, string>][] = [
    ['an answer', '/me?a=b', {}],
    ['a path that climbs', '/a/../../b', {}],
    ['an escaped path', '/caf%C3%A9', {}],
    ['no path', '', {}],
    ['an unknown base', '/me', { 'trunkline-base': 'nowhere' }],
    ['a token that is not there', '/me', { 'trunkline-token': 'other' }],
    ['an error of the provider', '/broken', {}],
    ['a wait', '/limited-twice', {}],
  ]
  const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'PROPFIND', 'TRACE']

  /** A caller who names the request is served by the framework. */
  async function compare(method: string, path: string, headers: Record<string, string>, key = t.admin.key) {
    const ways = []
    for (const way of ['x-nothing', 'x-request-id']) {
      const name = 'the-name-of-this-request'
      const { status, text } = await request(method, path, { ...headers, [way]: name }, key)
      const lines = text.replaceAll(name, 'ID').replaceAll(/req_[\w-]+/g, 'ID')
      const [head = '', body = ''] = lines.split('\r\n\r\n')
      const fields = head
        .split('\r\n')
        .slice(1)
        .map((line) => (line.startsWith('content-length') ? 'content-length' : line.toLowerCase()))
        // Seconds pass between the two.
        .map((line) => line.replace(/^(retry-after: )\d+$/, '$1N'))
      ways.push({
        status,
        fields: fields.filter((line) => !/^(date|keep-alive)/.test(line)).sort(),
        body: body.replaceAll(/wait \d+ s/g, 'wait'),
      })
    }
    expect(ways[0]).toEqual(ways[1])
    return ways[0]
  }

  function request(method: string, path: string, headers: Record<string, string>, key: string) {
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const socket = connect(t.hub.port, '127.0.0.1', () => {
        const body = method === 'POST' ? '{"a":1}' : ''
        const fields = { host: 'x', authorization: `Bearer ${key}`, connection: 'close', ...headers }
        const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
        const length = body ? `content-type: application/json\r\ncontent-length: ${body.length}\r\n` : ''
        socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n${body}`)
      })
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString()
      })
      socket.on('error', reject)
      socket.on('close', () => resolve({ status: Number(text.split(' ')[1]), text }))
    })
  }

  beforeEach(() => {
    answer = (incoming, response) => {
      if (incoming.url?.includes('broken')) return void response.writeHead(503).end('{"no":1}')
      if (incoming.url?.includes('limited'))
        return void response.writeHead(429, { 'retry-after': '900' }).end()
      response.writeHead(200, { 'content-type': 'text/plain', 'x-of-theirs': '1', 'set-cookie': 'a=b' })
      response.end(`${incoming.method} ${incoming.url} ${JSON.stringify(incoming.headers['content-length'])}`)
    }
  })

  test.each(calls)('%s', async (_name, path, headers) => {
    for (const method of METHODS) {
      const whole = `/api/v1/proxy/${keyed}${path}`
      // The provider asks to wait at the first call, and the hub holds those after it.
      await request(method, whole, headers, t.admin.key)
      await compare(method, whole, headers)
    }
  })

  test('what is refused', async () => {
    const { body } = await t.admin.send('POST', '/api/v1/api-keys', { name: 'weak', scopes: ['tokens:read'] })
    const weak = await compare('GET', `/api/v1/proxy/${keyed}/me`, {}, body.key)
    expect(weak?.status).toBe(403)
    const nobody = await compare('GET', `/api/v1/proxy/con_${'0'.repeat(26)}/me`, {})
    expect(nobody?.status).toBe(404)
    const unknown = await compare('GET', `/api/v1/proxy/${keyed}/me`, {}, `tl_${'x'.repeat(40)}`)
    expect(unknown?.status).toBe(401)
    const own = await compare('GET', `/api/v1/proxy/${headed}/me`, { 'x-api-token': 'mine' })
    expect(own?.status).toBeGreaterThanOrEqual(400)
  })

  test('both are counted', async () => {
    const count = async () => {
      const { body } = await t.admin.send('GET', '/metrics')
      return Number(
        /http_request_seconds_count\{method="GET",route="\/api\/v1\/proxy\/:connection\/\*",status="2xx"\} (\d+)/.exec(
          String(body),
        )?.[1] ?? 0,
      )
    }
    const before = await count()
    await compare('GET', `/api/v1/proxy/${keyed}/me`, {})
    expect(await count()).toBe(before + 2)
  })
})
