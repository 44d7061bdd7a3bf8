/** A hub that stops: what is under way ends well, what is idle is closed, and nothing holds it up. */
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { startTestHub, type TestHub, type TestHubOptions } from '../setup/testHub.ts'

/** How long a hub may take to stop, on a busy machine: it says when one hangs, never that one is slow. */
const STUCK_MS = 20_000

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(options: TestHubOptions = {}): Promise<TestHub> {
  return startTestHub(options)
}

const headers = (t: TestHub) => ({ authorization: `Bearer ${t.admin.key}` })

/** Resolves when the hub is closed, and throws where it hangs. */
async function stopped(t: TestHub): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const stuck = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the hub does not stop')), STUCK_MS)
  })
  await Promise.race([t.close(), stuck]).finally(() => clearTimeout(timer))
}

async function socketTo(t: TestHub, text?: string): Promise<Socket> {
  const socket = connect(Number(new URL(t.url).port), '127.0.0.1')
  socket.on('error', () => {})
  ends.push(() => socket.destroy())
  await once(socket, 'connect')
  if (text !== undefined) socket.write(text)
  return socket
}

/** Connects stripe to a provider of the test's own. */
async function startWithProvider(
  handle: Parameters<typeof createServer>[1],
  options: TestHubOptions = {},
): Promise<{ t: TestHub; connection: string }> {
  const provider = createServer((request, response) => {
    if (!request.url?.startsWith('/v1/slow'))
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ id: 'acct_1', settings: { dashboard: { display_name: 'Shop' } } }))
    handle?.(request, response)
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    provider.closeAllConnections()
    provider.close()
  })
  const target = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  const t = await start({
    withSandbox: false,
    env: { TRUNKLINE_ENDPOINT_OVERRIDES: JSON.stringify({ stripe: { 'api.stripe.com': target } }) },
    ...options,
  })
  const { body } = await t.admin.send('POST', '/api/v1/connect/attempts', {
    provider: 'stripe',
    owner: 'organization',
    fields: { apiKey: `sk_test_${'a'.repeat(24)}` },
  })
  expect(body, JSON.stringify(body)).toMatchObject({ status: 'succeeded' })
  return { t, connection: body.connection_id }
}

for (const withSandbox of [true, false])
  test(`ends open streams, read or not, left or not ${withSandbox ? 'with' : 'without'} the sandbox`, async () => {
    const t = await start({ withSandbox })
    const leaving = new AbortController()
    const open = () => fetch(`${t.url}/api/v1/live`, { headers: headers(t) })
    const [read] = [await open(), await open()]
    await fetch(`${t.url}/api/v1/live`, { headers: headers(t), signal: leaving.signal })
    const heard = read.text()
    await t.admin.get('/api/v1/me')
    leaving.abort()
    await stopped(t)
    expect(await heard).toMatch(/^retry: 2000/)
  })

test('closes connections on which nothing was sent, or half a head, or which are kept for later', async () => {
  const t = await start({ withSandbox: false })
  const sockets = [await socketTo(t), await socketTo(t, 'GET /health HTTP/1.1\r\nho')]
  const kept = await socketTo(t, 'GET /health HTTP/1.1\r\nhost: a\r\n\r\n')
  await once(kept, 'data')
  const closed = [...sockets, kept].map((socket) => once(socket, 'close'))
  await stopped(t)
  await Promise.all(closed)
})

test('a call under way has its whole answer, and no further one is taken', async () => {
  let answer = () => {}
  const asked = Promise.withResolvers<void>()
  const { t, connection } = await startWithProvider((_request, response) => {
    answer = () => response.end('z'.repeat(4_000_000))
    asked.resolve()
  })
  const call = fetch(`${t.url}/api/v1/proxy/${connection}/slow`, { headers: headers(t) })
  await asked.promise
  const closing = stopped(t)
  await expect
    .poll(async () =>
      fetch(`${t.url}/health`).then(
        ({ status }) => status,
        () => 'refused',
      ),
    )
    .toBe('refused')
  answer()
  const {
    status,
    headers: told,
    body,
  } = await call.then(async (got) => ({
    status: got.status,
    headers: got.headers,
    body: await got.text(),
  }))
  expect([status, body.length, told.get('content-security-policy')]).toEqual([
    200,
    4_000_000,
    "sandbox; default-src 'none'",
  ])
  await closing
})

test('answers that their reader takes slowly are not cut off', async () => {
  const t = await start({ withSandbox: false })
  const slow = await socketTo(t)
  slow.pause()
  // More than the buffers between both take, so that answers are made and not sent.
  slow.write('GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(50))
  await t.admin.get('/api/v1/me')
  const closing = stopped(t)
  let text = ''
  slow.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
  slow.resume()
  await once(slow, 'close')
  expect(incomplete(text)).toEqual({ answers: expect.toSatisfy((answers: number) => answers > 0), rest: 0 })
  await closing
})

/** How many whole answers there are, and what is missing of the last one. */
function incomplete(text: string): { answers: number; rest: number } {
  let answers = 0
  for (let at = 0; at < text.length; answers++) {
    const head = text.indexOf('\r\n\r\n', at)
    const length = /content-length: (\d+)/i.exec(text.slice(at, head))?.[1]
    at = head + 4 + Number(length)
    if (head === -1 || at > text.length) return { answers, rest: at - text.length }
  }
  return { answers, rest: 0 }
}

test('a call that does not end is cut off in time', async () => {
  const asked = Promise.withResolvers<void>()
  const { t, connection } = await startWithProvider(() => asked.resolve(), { stopMs: 200 })
  const call = fetch(`${t.url}/api/v1/proxy/${connection}/slow`, { headers: headers(t) }).then(
    ({ status }) => status,
    () => 'cut off',
  )
  await asked.promise
  await stopped(t)
  expect(await call).not.toBe(200)
})
