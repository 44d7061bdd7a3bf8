/** A service of our own for tests: it answers for every host of a made-up declaration and remembers what it got. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineProvider, type OAuth2, type Provider, readText } from '../../src/catalog/define.ts'

export type PlayedCall = {
  method: string
  host: string
  path: string
  query: URLSearchParams
  headers: Record<string, string | string[] | undefined>
  body: string
}
export type PlayedReply = { status?: number; headers?: Record<string, string>; body?: unknown }

export type Played = {
  /** To be handed to the hub: every host is reached here. */
  routes: Record<string, string>
  calls: PlayedCall[]
  /** The calls of one path, oldest first. */
  at: (path: string) => PlayedCall[]
  /** By "METHOD host/path"; what is missing is answered 404. */
  replies: Map<string, (call: PlayedCall) => PlayedReply | Promise<PlayedReply>>
  close(): Promise<void>
}

export async function startPlayed(): Promise<Played> {
  const calls: PlayedCall[] = []
  const replies: Played['replies'] = new Map()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '/', 'http://played')
    const [, host = '', path = '/'] = /^\/([^/]+)(\/.*)?$/.exec(url.pathname) ?? []
    const call: PlayedCall = {
      method: request.method ?? 'GET',
      host,
      path,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    }
    calls.push(call)
    const reply = (await replies.get(`${call.method} ${host}${path}`)?.(call)) ?? { status: 404 }
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    routes: { '*': `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    calls,
    at: (path) => calls.filter((call) => call.path === path),
    replies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const PLAYED_ENV = {
  PLAYED_CLIENT_ID: 'client-of-the-test',
  PLAYED_CLIENT_SECRET: 'client-secret-0123456789',
}

/** An OAuth provider at played.example.com; tests change what they are about. */
export function declarePlayed(oauth: Partial<OAuth2> = {}, change: Partial<Provider> = {}): Provider {
  return defineProvider({
    id: 'played',
    name: 'Played',
    category: 'Productivity suites',
    summary: 'A made-up service.',
    family: 'played',
    hosts: ['api.played.example.com', 'login.played.example.com'],
    callback: 'universal',
    env: { client_id: 'PLAYED_CLIENT_ID', client_secret: 'PLAYED_CLIENT_SECRET' },
    auth: [
      {
        kind: 'oauth2',
        authorization_endpoint: 'https://login.played.example.com/authorize',
        token_endpoint: 'https://login.played.example.com/token',
        token_endpoint_auth_method: 'client_secret_post',
        refresh: { rotates: 'always', dead: ['invalid_grant'] },
        ...oauth,
      },
    ],
    scopes: { read: { why: 'Reads.', access: 'read' }, write: { why: 'Writes.', access: 'write' } },
    scope_sets: {
      recommended: { label: 'Recommended', scopes: ['read', 'write'] },
      reader: { label: 'Reader', scopes: ['read'] },
    },
    api: { base_url: 'https://api.played.example.com' },
    verify: { url: '/me' },
    account: ({ body }) => ({ id: readText(body, 'id') ?? '', label: readText(body, 'name') ?? '' }),
    test_calls: [{ label: 'Who am I', method: 'GET', path: '/me' }],
    setup: {
      console_url: 'https://login.played.example.com/apps',
      prerequisites: [],
      steps: [],
      revoke: { url: 'https://login.played.example.com/apps', steps: ['Remove the app.'] },
    },
    checked: '2026-11-01',
    ...change,
  })
}

/** The answers of a service that lets everybody in. */
export function letIn(played: Played, token: Record<string, unknown> = {}): void {
  let count = 0
  played.replies.set('POST login.played.example.com/token', () => ({
    body: {
      access_token: `access-token-number-${++count}`,
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: `refresh-token-number-${count}`,
      ...token,
    },
  }))
  played.replies.set('GET api.played.example.com/me', () => ({ body: { id: 'u1', name: 'Ada' } }))
}
