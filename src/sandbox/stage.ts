/** A sandbox on a socket of its own: for tests, and for running it without a hub. */
import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSandbox, type Sandbox } from './sandbox.ts'

export type Stage = {
  sandbox: Sandbox
  publicUrl: string
  /** Where a real address is played. */
  locate: (realUrl: string | URL) => string
  /** Fetches a real address from the sandbox; redirects are not followed. */
  fetch: (realUrl: string | URL, init?: RequestInit) => Promise<Response>
  /**
   * An origin of its own that plays one real address: for clients that take a host and no path.
   * @returns its origin, without a slash at the end
   */
  front: (realBase: string) => Promise<string>
  close: () => Promise<void>
}

export async function openStage(
  options: {
    port?: number
    prefix?: string
    now?: () => number
    redirectUris?: (providerId: string) => readonly string[]
    statePath?: string
  } = {},
): Promise<Stage> {
  const { port = 0, prefix = '', now = Date.now, redirectUris = () => [], statePath } = options
  const played: { by?: Sandbox } = {}
  const servers: Server[] = []
  async function listen(handle: RequestListener, onPort = 0): Promise<string> {
    const server = createServer(handle)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(onPort, '127.0.0.1', resolve)
    })
    servers.push(server)
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const origin = await listen((request, response) => played.by?.handle(request, response), port)
  const publicUrl = `${origin}${prefix}`
  const playing = createSandbox({
    publicUrl,
    now,
    randomBytes,
    redirectUris,
    ...(statePath !== undefined && { statePath }),
  })
  played.by = playing
  const locate = (realUrl: string | URL) => {
    const { host, pathname, search } = new URL(realUrl)
    return `${publicUrl}/${host}${pathname}${search}`
  }
  return {
    sandbox: playing,
    publicUrl,
    locate,
    fetch: (realUrl, init) => fetch(locate(realUrl), { redirect: 'manual', ...init }),
    front(realBase) {
      const { host, pathname } = new URL(realBase)
      const base = `${prefix}/${host}${pathname.replace(/\/$/, '')}`
      return listen((request, response) => {
        request.url = base + (request.url ?? '/')
        playing.handle(request, response)
      })
    },
    async close() {
      await playing.close()
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}
