/**
 * A small table held in memory, read again whenever any replica changes it: for what every call needs at once and
 * changes a few times a year.
 */
import type { Bus, BusMessage, InstallationTopic } from './bus.ts'

export type Mirror<Content> = {
  readonly content: Content
  /** Grows whenever the content was read again. */
  readonly revision: number
  /** Reads now; resolves when what was committed before the call is in memory. */
  refresh(): Promise<void>
  close(): void
}

const RETRY_MS = 1_000

/** @throws whatever the first reading throws; later failures are told and tried again */
export async function openMirror<Content>(options: {
  bus: Bus
  topic: InstallationTopic | ((message: BusMessage) => boolean)
  read: () => Promise<Content>
  onError: (error: unknown) => void
}): Promise<Mirror<Content>> {
  const { bus, topic, read, onError } = options
  let content = await read()
  let revision = 1
  let running: Promise<void> = Promise.resolve()
  let retry: NodeJS.Timeout | undefined
  let closed = false

  /** One after the other, so that an older reading never lands over a newer one. */
  function refresh(): Promise<void> {
    const next = running.then(async () => {
      if (closed) return
      content = await read()
      revision += 1
    })
    running = next.catch(() => {})
    return next
  }

  function refreshSoon(): void {
    clearTimeout(retry)
    refresh().catch((error: unknown) => {
      if (closed) return
      onError(error)
      retry = setTimeout(refreshSoon, RETRY_MS)
      retry.unref()
    })
  }

  const unsubscribe = bus.subscribe((message) => {
    if (typeof topic === 'string' ? message.topic === topic : topic(message)) refreshSoon()
  })
  const unsubscribeGap = bus.onGap(refreshSoon)

  return {
    get content() {
      return content
    },
    get revision() {
      return revision
    },
    refresh,
    close() {
      closed = true
      clearTimeout(retry)
      unsubscribe()
      unsubscribeGap()
    },
  }
}
