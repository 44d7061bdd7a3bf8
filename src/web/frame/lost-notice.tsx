import { useEffect, useState } from 'react'
import type { LiveState } from '../api/live.ts'
import { frameTexts } from '../texts.ts'
import { Spinner } from '../ui/spinner.tsx'

/** Blips are not worth a word; a restart of the hub takes longer than this. */
const PATIENCE = 4000

/** Says that the hub is away, while it is. Lies over the page, so that nothing moves. */
export function LostNotice({ live }: { live: LiveState }) {
  const [lost, setLost] = useState(false)
  const open = live !== 'lost'
  useEffect(() => {
    if (open) {
      setLost(false)
      return
    }
    const timer = setTimeout(() => setLost(true), PATIENCE)
    return () => clearTimeout(timer)
  }, [open])
  return (
    <div role="status" className="pointer-events-none fixed inset-x-3 top-16 z-30 flex justify-center">
      {lost && (
        <p className="animate-rise flex items-center gap-2.5 rounded-lg bg-warn-tint px-3.5 py-2.5 text-sm text-ink shadow-lg">
          <Spinner className="text-warn" />
          {frameTexts.lost}
        </p>
      )}
    </div>
  )
}
