/**
 * Live events of the hub (GET /api/v1/live).
 *
 * A browser opens at most six connections to one HTTP/1.1 host, and an event stream holds one for good: with a
 * stream in every tab the seventh tab would hang. So one tab holds the stream, elected by a Web Lock, and tells
 * the others over a BroadcastChannel; when it closes, the next one takes over. Where locks are missing (plain HTTP
 * on another machine's name) every tab has its own stream.
 */
import type { LiveEventBody } from '../../http/wire.ts'

export type LiveState = 'connecting' | 'open' | 'lost'
export type LiveMessage =
  | { kind: 'event'; event: LiveEventBody }
  /** The stream is back after a gap: whatever was missed has to be read again. */
  | { kind: 'resumed' }
  | { kind: 'state'; state: LiveState }

const TYPES: LiveEventBody['type'][] = [
  'connection.changed',
  'connection.deleted',
  'attempt.changed',
  'resources.changed',
  'organization.changed',
]
const FIRST_WAIT = 500
const LONGEST_WAIT = 15_000

/** Listens until the returned function is called. `random` spreads the reconnects of many pages. */
export function listenLive(options: {
  onMessage: (message: LiveMessage) => void
  random: () => number
}): () => void {
  const ended = new AbortController()
  if (!('locks' in navigator) || !('BroadcastChannel' in window)) {
    holdStream({ tell: options.onMessage, random: options.random, signal: ended.signal })
    return () => ended.abort()
  }
  const channel = new BroadcastChannel('trunkline-live')
  channel.onmessage = ({ data }: MessageEvent<LiveMessage | { kind: 'hello' }>) => {
    if (data.kind !== 'hello') options.onMessage(data)
  }
  // The holder answers a newcomer's hello with the state of the stream.
  channel.postMessage({ kind: 'hello' })
  const held = navigator.locks.request('trunkline-live', { signal: ended.signal }, async () => {
    const tell = (message: LiveMessage) => {
      options.onMessage(message)
      channel.postMessage(message)
    }
    const stream = holdStream({ tell, random: options.random, signal: ended.signal })
    channel.addEventListener('message', ({ data }: MessageEvent<LiveMessage | { kind: 'hello' }>) => {
      if (data.kind === 'hello') channel.postMessage({ kind: 'state', state: stream.state() })
    })
    await new Promise<void>((resolve) => ended.signal.addEventListener('abort', () => resolve()))
  })
  // Ending while still waiting for the lock rejects; nothing is wrong then.
  held.catch(() => undefined)
  return () => {
    ended.abort()
    channel.close()
  }
}

function holdStream({
  tell,
  random,
  signal,
}: {
  tell: (message: LiveMessage) => void
  random: () => number
  signal: AbortSignal
}) {
  let failures = 0
  let opened = false
  let state: LiveState = 'connecting'
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const become = (next: LiveState) => {
    state = next
    tell({ kind: 'state', state })
  }
  const open = () => {
    source = new EventSource('/api/v1/live')
    source.onopen = () => {
      if (opened) tell({ kind: 'resumed' })
      opened = true
      failures = 0
      become('open')
    }
    // EventSource gives up for good on an HTTP error, and hammers on a broken connection: reconnect by our own clock.
    source.onerror = () => {
      source?.close()
      become('lost')
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.5 + random() / 2)
      failures += 1
      timer = setTimeout(open, wait)
    }
    for (const type of TYPES) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        tell({ kind: 'event', event: JSON.parse(data) as LiveEventBody })
      })
    }
  }
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    source?.close()
  })
  open()
  return { state: () => state }
}
