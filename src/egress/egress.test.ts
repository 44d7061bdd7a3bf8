/** Checks E2, E3, E4 and E6 at the gate itself. */
import type { lookup } from 'node:dns'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { allowsHost, createEgress, type Egress, type Outbound, routeUrl } from './egress.ts'

let server: Server
let base: string
let answer: (request: IncomingMessage, response: ServerResponse) => void
const seen: { url: string | undefined; authorization: string | undefined }[] = []
const gates: Egress[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ url: request.url, authorization: request.headers.authorization })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(async () => {
  seen.length = 0
  await Promise.all(gates.splice(0).map((gate) => gate.close()))
})

function openGate(options: Partial<Parameters<typeof createEgress>[0]> = {}): Egress {
  const gate = createEgress({ allowPrivateHosts: [], ...options })
  gates.push(gate)
  return gate
}
const call = (change: Partial<Outbound & { maxBytes: number }> = {}) => ({
  method: 'GET',
  url: new URL('https://api.example.com/v1/me'),
  headers: { authorization: 'Bearer secret' },
  hosts: ['api.example.com'],
  routes: { 'api.example.com': base },
  ...change,
})
const ok = (_request: IncomingMessage, response: ServerResponse) => void response.end('{}')

describe('E2 hosts', () => {
  test.each([
    ['https://api.example.com/x', true],
    ['https://API.EXAMPLE.com/x', true],
    ['https://api.example.com:443/x', true],
    ['https://api.example.com:8443/x', false],
    ['https://api.example.com.evil.test/x', false],
    ['https://evil.test/api.example.com', false],
    ['https://api.example.com@evil.test/', false],
    ['https://user:pass@api.example.com/', false],
    ['https://xapi.example.com/', false],
    ['https://api.example.com./', false],
    ['https://eu.shops.test/x', true],
    ['https://a.b.shops.test/x', false],
    ['https://shops.test/x', false],
    ['https://.shops.test/x', false],
  ])('%s: %s', (url, allowed) =>
    expect(allowsHost(['api.example.com', '*.shops.test'], new URL(url))).toBe(allowed),
  )

  test('a host that is not declared is refused before a socket is opened', async () => {
    const gate = openGate()
    answer = ok
    await expect(
      gate.send(call({ url: new URL('https://evil.test/'), routes: { '*': base } })),
    ).rejects.toMatchObject({ code: 'egress_refused' })
    await expect(
      gate.stream(
        call({ url: new URL('https://evil.test/'), routes: { '*': base } }),
        () => new PassThrough(),
      ),
    ).rejects.toMatchObject({ code: 'egress_refused' })
    expect(seen).toEqual([])
  })

  test('a route keeps path and query, and leaves other hosts alone', () => {
    expect(
      routeUrl(new URL('https://api.example.com/a/b?c=d'), { 'api.example.com': 'http://127.0.0.1:1/base/' })
        .href,
    ).toBe('http://127.0.0.1:1/base/a/b?c=d')
    expect(routeUrl(new URL('https://api.example.com/a'), { '*': 'http://127.0.0.1:1/x' }).href).toBe(
      'http://127.0.0.1:1/x/api.example.com/a',
    )
    const other = new URL('https://other.example.com/a')
    expect(routeUrl(other, { 'api.example.com': 'http://127.0.0.1:1' })).toBe(other)
  })
})

describe('E3 the guard is in front of every socket', () => {
  const resolver = (...answers: string[]) => {
    let asked = 0
    return ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(null, [
        { address: answers[Math.min(asked++, answers.length - 1)], family: 4 },
      ])) as unknown as typeof lookup
  }
  const direct = (url: string) => call({ url: new URL(url), hosts: [new URL(url).host], routes: undefined })

  test.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://0x7f.1/',
    'https://localhost/',
    'https://localhost./',
  ])('%s is refused', async (url) => {
    const resolve = resolver('127.0.0.1')
    await expect(openGate({ resolve }).send(direct(url))).rejects.toMatchObject({ code: 'egress_refused' })
    await expect(openGate({ resolve }).stream(direct(url), () => new PassThrough())).rejects.toMatchObject({
      code: 'egress_refused',
    })
  })

  test('a name that turns to a private address at its second use is refused then', async () => {
    const gate = openGate({ resolve: resolver('192.0.78.1', '127.0.0.1') })
    // The first address is public: what fails is the network, which tests do not have.
    await expect(gate.send(direct('https://rebind.example.com/'))).rejects.toMatchObject({
      code: 'upstream_unreachable',
    })
    await expect(gate.send(direct('https://rebind.example.com/'))).rejects.toMatchObject({
      code: 'egress_refused',
    })
  })

  test('plain http is refused, except where the operator said so', async () => {
    await expect(openGate().send(direct('http://api.example.com/'))).rejects.toMatchObject({
      code: 'egress_refused',
    })
    answer = ok
    const { hostname } = new URL(base)
    expect((await openGate({ allowPrivateHosts: [hostname] }).send(direct(`${base}/`))).status).toBe(200)
    await expect(
      openGate({ allowPrivateHosts: ['127.0.0.2'] }).send(direct(`${base}/`)),
    ).rejects.toMatchObject({ code: 'egress_refused' })
  })

  test('the operator may write an IPv6 address with or without brackets', async () => {
    for (const host of ['::1', '[::1]', '0:0:0:0:0:0:0:1']) {
      await expect(
        openGate({ allowPrivateHosts: [host] }).send(direct('http://[::1]:9/')),
      ).rejects.toMatchObject({ code: 'upstream_unreachable' })
    }
    await expect(openGate().send(direct('http://[::1]:9/'))).rejects.toMatchObject({ code: 'egress_refused' })
  })
})

test('E4 a redirect is an answer like any other: nobody follows it', async () => {
  answer = (_request, response) =>
    void response
      .writeHead(302, { location: 'https://evil.test/take', link: '<https://evil.test/next>; rel="next"' })
      .end()
  const { status, headers } = await openGate().send(call())
  expect(status).toBe(302)
  expect(headers.location).toBe('https://evil.test/take')
  expect(seen).toHaveLength(1)
})

describe('E6 limits', () => {
  test('a server that sends a byte now and then does not outlast the time given for the whole answer', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 40)
      response.on('close', () => clearInterval(drip))
    }
    const began = Date.now()
    await expect(openGate().send(call({ timeout: 400 }))).rejects.toMatchObject({ code: 'upstream_timeout' })
    // Nobody else ends it: without the limit it would drip on.
    expect(Date.now() - began).toBeLessThan(30_000)
  })

  test('no head in time', async () => {
    answer = () => {}
    await expect(openGate().send(call({ timeout: 200 }))).rejects.toMatchObject({ code: 'upstream_timeout' })
  })

  test('a caller that gives up ends the call', async () => {
    answer = () => {}
    const controller = new AbortController()
    const sent = openGate().send(call({ signal: controller.signal }))
    controller.abort()
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('an answer larger than the limit is cut off, with or without a length', async () => {
    answer = (_request, response) => void response.end(Buffer.alloc(5 * 1024 * 1024))
    await expect(openGate().send(call())).rejects.toMatchObject({ code: 'upstream_too_large' })
    answer = (_request, response) => {
      response.on('error', () => {})
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      }
      response.on('drain', pour)
      pour()
    }
    await expect(openGate().send(call({ maxBytes: 200_000 }))).rejects.toMatchObject({
      code: 'upstream_too_large',
    })
  })

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('%s is unpacked, and a bomb is not', async (encoding, compress) => {
    answer = (_request, response) =>
      void response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.from('{"a":1}')))
    expect((await openGate().send(call())).body.toString()).toBe('{"a":1}')
    const bomb = compress(Buffer.alloc(64 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(100_000)
    answer = (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(bomb)
    await expect(openGate().send(call())).rejects.toMatchObject({ code: 'upstream_invalid_answer' })
  })

  test('an encoding within an encoding is not unpacked', async () => {
    answer = (_request, response) =>
      void response
        .writeHead(200, { 'content-encoding': 'gzip, gzip' })
        .end(gzipSync(gzipSync(Buffer.alloc(1000))))
    await expect(openGate().send(call())).rejects.toMatchObject({ code: 'upstream_invalid_answer' })
  })

  test('headers without end are refused', async () => {
    answer = (_request, response) => {
      for (let index = 0; index < 20; index++) response.setHeader(`x-${index}`, 'a'.repeat(8_000))
      response.end()
    }
    await expect(openGate().send(call())).rejects.toMatchObject({ code: 'upstream_unreachable' })
  })
})

test.each(['a\r\nx-injected: 1', 'a\nb', 'a\0b'])(
  'E5 a header value that would become a second header is refused: %j',
  async (value) => {
    answer = ok
    await expect(openGate().send(call({ headers: { 'x-note': value } }))).rejects.toMatchObject({
      code: 'header_refused',
    })
    expect(seen).toEqual([])
  },
)
