/**
 * A token endpoint whose every answer a test decides. By default it rotates strictly: each refresh token works once,
 * and a second use ends its grant.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type TokenRequest = {
  refreshToken: string
  authorization: string | undefined
  at: number
  body: URLSearchParams
}
export type Reply = { status?: number; headers?: Record<string, string>; body?: unknown }
/** A reply, or a function that does what it likes to the response. */
export type Behaviour = (
  request: TokenRequest,
  rotate: () => Reply,
) => Reply | ((response: ServerResponse, socket: Socket) => void) | Promise<Reply>

export type StubServer = {
  url: string
  requests: TokenRequest[]
  /** Uses of a refresh token that was spent before: each has ended a grant. */
  reuses: string[]
  /** For the next requests, until it is set again; undefined: rotates strictly. */
  behave(behaviour: Behaviour | undefined): void
  /** Sees each connection before a byte of it is read. */
  onConnection(handler: ((socket: Socket) => void) | undefined): void
  /** Access tokens that the API at /me refuses. */
  refused: Set<string>
  close(): Promise<void>
}

export async function startStubServer(now: () => number = Date.now): Promise<StubServer> {
  const requests: TokenRequest[] = []
  const reuses: string[] = []
  const refused = new Set<string>()
  const dead = new Set<string>()
  const spent = new Set<string>()
  let behaviour: Behaviour | undefined
  let greet: ((socket: Socket) => void) | undefined

  function rotate({ refreshToken }: TokenRequest): Reply {
    const [grant = '', generation = '0'] = refreshToken.split('~')
    if (spent.has(refreshToken)) {
      reuses.push(refreshToken)
      dead.add(grant)
    }
    if (dead.has(grant))
      return {
        status: 400,
        body: { error: 'invalid_grant', error_description: `${refreshToken} was used before` },
      }
    spent.add(refreshToken)
    const next = Number(generation) + 1
    return {
      body: {
        access_token: `access-${grant}~${next}`,
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: `${grant}~${next}`,
      },
    }
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.url !== '/token') {
      const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
      response.writeHead(refused.has(token) ? 401 : 200, { 'content-type': 'application/json' })
      return void response.end(JSON.stringify({ sub: 'ada' }))
    }
    const body = new URLSearchParams(Buffer.concat(chunks).toString())
    const seen = {
      refreshToken: body.get('refresh_token') ?? '',
      authorization: request.headers.authorization,
      at: now(),
      body,
    }
    requests.push(seen)
    const reply = await (behaviour?.(seen, () => rotate(seen)) ?? rotate(seen))
    if (typeof reply === 'function') return reply(response, request.socket)
    if (response.destroyed) return
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}))
  })
  server.prependListener('connection', (socket: Socket) => greet?.(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    reuses,
    refused,
    onConnection: (handler) => void (greet = handler),
    behave: (next) => void (behaviour = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Holds answers back until the test lets them go. */
export function createGate() {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
