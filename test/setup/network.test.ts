import dns from 'node:dns'
import { lookup } from 'node:dns/promises'
import http from 'node:http'
import net from 'node:net'
import { request } from 'undici'
import { expect, test } from 'vitest'

// Addresses of RFC 5737, which nobody answers at: were the guard off, these tests would wait and fail.
const AWAY = '203.0.113.7'
const REFUSED = { code: 'ETESTNETWORK' }

function connectTo(options: net.NetConnectOpts): Promise<unknown> {
  return new Promise((resolve, reject) => {
    net
      .connect(options)
      .once('connect', () => resolve('connected'))
      .once('error', reject)
  })
}

test.each([
  ['an address', { host: AWAY, port: 443 }],
  ['an IPv6 address', { host: '2001:db8::1', port: 443 }],
  ['a name', { host: 'example.com', port: 443 }],
  ['the addresses of metadata services', { host: '169.254.169.254', port: 80 }],
])('a socket to %s is refused', async (_, options) => {
  await expect(connectTo(options)).rejects.toMatchObject(REFUSED)
})

test('a resolver of the caller’s own is no way around', async () => {
  const options = {
    host: 'example.com',
    port: 443,
    lookup: ((_name, _options, callback) =>
      callback(null, [{ address: AWAY, family: 4 }])) as net.LookupFunction,
  }
  await expect(connectTo(options)).rejects.toMatchObject(REFUSED)
})

test('fetch, undici and node:http are refused', async () => {
  await expect(fetch(`http://${AWAY}/`)).rejects.toMatchObject({ cause: REFUSED })
  await expect(request('https://example.com/')).rejects.toMatchObject(REFUSED)
  const byHttp = new Promise((resolve, reject) =>
    http.get(`http://${AWAY}/`, () => resolve('answered')).once('error', reject),
  )
  await expect(byHttp).rejects.toMatchObject(REFUSED)
})

test('names are not looked up', async () => {
  await expect(lookup('example.com')).rejects.toMatchObject(REFUSED)
  await expect(
    new Promise((resolve, reject) =>
      dns.resolve4('example.com', (error, found) => (error ? reject(error) : resolve(found))),
    ),
  ).rejects.toMatchObject(REFUSED)
})

test('this machine is reached by address and by name', async () => {
  const server = http.createServer((_, response) => response.end('here')).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe('here')
  server.close()
})
