import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { HubProblem, createSend, problemOf } from './http.ts'

const open: { close: () => void }[] = []
const realFetch = globalThis.fetch
afterEach(() => {
  globalThis.fetch = realFetch
  for (const server of open.splice(0)) server.close()
})

/** A page's relative addresses reach this server. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<void> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  globalThis.fetch = (path, init) => realFetch(new URL(path as string, origin), init)
}

function refuse(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body))
}

test('a change carries the token of the session, a read does not', async () => {
  const seen: (string | undefined)[] = []
  await serve((request, response) => {
    seen.push(request.headers['trunkline-csrf'] as string | undefined)
    response.end('{}')
  })
  const send = createSend({ csrf: () => 'token' })
  await send('GET', '/me')
  await send('POST', '/x', {})
  expect(seen).toEqual([undefined, 'token'])
})

test('a change refused for an old token is sent once more with the new one', async () => {
  const seen: unknown[] = []
  await serve((request, response) => {
    const token = request.headers['trunkline-csrf']
    seen.push(token)
    if (token === 'new') response.end('{"ok":true}')
    else refuse(response, 403, { code: 'csrf_failed', detail: 'old', status: 403 })
  })
  const send = createSend({ csrf: () => 'old', renewCsrf: async () => 'new' })
  expect(await send('POST', '/x', {})).toEqual({ ok: true })
  const stubborn = createSend({ csrf: () => 'old', renewCsrf: async () => 'older' })
  await expect(stubborn('POST', '/x', {})).rejects.toThrow('old')
  expect(seen).toEqual(['old', 'new', 'old', 'older'])
})

test('a problem is told as the hub tells it, anything else in our own words', async () => {
  await serve((request, response) => {
    if (request.url?.endsWith('/problem')) {
      refuse(response, 409, { code: 'conflict', title: 'T', detail: 'Do this.', status: 409, retry: 'later' })
    } else response.writeHead(502).end('<html>')
  })
  const send = createSend({ csrf: () => null })
  const told = await send('GET', '/problem').catch(problemOf)
  expect(told).toMatchObject({ code: 'conflict', detail: 'Do this.' })
  const strange = await send('GET', '/strange').catch(problemOf)
  expect(strange).toMatchObject({ code: 'unexpected_answer', status: 502, retry: 'later' })
})

test('a hub that does not answer is worth another try', async () => {
  globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'))
  const error = await createSend({ csrf: () => null })('GET', '/me').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(HubProblem)
  expect(problemOf(error)).toMatchObject({ code: 'unreachable', status: 0, retry: 'later' })
})
