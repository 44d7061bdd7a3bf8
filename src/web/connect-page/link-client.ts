/** The calls of the public connect page. The link's token names the session, a cookie the browser. */
import type { AttemptBody, ConnectPageBody } from '../../http/wire.ts'
import { createSend } from '../api/http.ts'
import type { Choice } from '../connecting/connectable.ts'

export type LinkClient = ReturnType<typeof createLinkClient>

export function createLinkClient(token: string) {
  const send = createSend({ csrf: () => 'connect' })
  const link = `/connect-links/${encodeURIComponent(token)}`
  const attempt = (id: string) => `${link}/attempts/${encodeURIComponent(id)}`
  return {
    path: `/connect/${encodeURIComponent(token)}`,
    page: () => send<ConnectPageBody>('GET', link),
    start: (provider: string, { method, fields }: Choice) =>
      send<AttemptBody>('POST', `${link}/attempts`, { provider, method, fields }),
    attempt: (id: string) => send<AttemptBody>('GET', attempt(id)),
    decide: (id: string, value: string) => send<AttemptBody>('POST', `${attempt(id)}/decide`, { value }),
    /** The host application's address with the proof that its server completes the flow with. */
    proof: (id: string) => send<{ url: string }>('POST', `${attempt(id)}/proof`, {}),
  }
}

/** The link's token, out of the path of its page; null for any other path. */
export function linkTokenOf(path: string): string | null {
  const token = /^\/connect\/([^/]+)$/.exec(path)?.[1]
  return token === undefined || token === 'result' || token === 'wait' ? null : decodeURIComponent(token)
}
