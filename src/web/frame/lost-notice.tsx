import { WifiOff } from 'lucide-react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { LiveState } from '../api/live.ts'
import { frameTexts, offlineTexts } from '../texts.ts'
import { Spinner } from '../ui/spinner.tsx'
import { useToasts } from '../ui/toasts.tsx'

/** Blips are not worth a word; a restart of the hub takes longer than this. */
const PATIENCE = 4000

/** Says that the hub or the network is away, while it is, and once that it is back. Lies over the page: nothing moves. */
export function LostNotice({ live }: { live: LiveState }) {
  const { say } = useToasts()
  const online = useOnline()
  const [lost, setLost] = useState(false)
  const open = live !== 'lost'
  const wasLost = useRef(false)
  useEffect(() => {
    if (open) {
      setLost(false)
      if (wasLost.current) say({ tone: 'ok', text: offlineTexts.back })
      wasLost.current = false
      return
    }
    const timer = setTimeout(() => {
      wasLost.current = true
      setLost(true)
    }, PATIENCE)
    return () => clearTimeout(timer)
  }, [open, say])
  const text = !online ? offlineTexts.offline : lost ? frameTexts.lost : null
  return (
    <div role="status" className="pointer-events-none fixed inset-x-3 top-16 z-30 flex justify-center">
      {text && (
        <p className="animate-rise flex items-center gap-2.5 rounded-lg border border-line bg-warn-tint px-3.5 py-2.5 text-sm text-ink shadow-lg">
          {online ? (
            <Spinner className="shrink-0 text-warn" />
          ) : (
            <WifiOff aria-hidden className="size-4.5 shrink-0 text-warn" />
          )}
          {text}
        </p>
      )}
    </div>
  )
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (notify) => {
      for (const changed of ['online', 'offline']) window.addEventListener(changed, notify)
      return () => {
        for (const changed of ['online', 'offline']) window.removeEventListener(changed, notify)
      }
    },
    () => navigator.onLine,
  )
}
