/** A sandbox on a socket of its own: for tests, and for running it without a hub. */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSandbox, type Sandbox } from './sandbox.ts'

export type Stage = {
  sandbox: Sandbox
  publicUrl: string
  /** Where a real address is played. */
  locate: (realUrl: string | URL) => string
  /** Fetches a real address from the sandbox; redirects are not followed. */
  fetch: (realUrl: string | URL, init?: RequestInit) => Promise<Response>
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
  let sandbox: Sandbox | undefined
  const server = createServer((request, response) => sandbox?.handle(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`
  const playing = createSandbox({
    publicUrl,
    now,
    randomBytes,
    redirectUris,
    ...(statePath !== undefined && { statePath }),
  })
  sandbox = playing
  const locate = (realUrl: string | URL) => {
    const { host, pathname, search } = new URL(realUrl)
    return `${publicUrl}/${host}${pathname}${search}`
  }
  return {
    sandbox: playing,
    publicUrl,
    locate,
    fetch: (realUrl, init) => fetch(locate(realUrl), { redirect: 'manual', ...init }),
    async close() {
      await playing.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
