import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { WATCH_FOR, pollInterval } from './watch.ts'

/** Follows an attempt: polled, and read again at once when a live event names it or the tab is looked at. */
export function useAttempt({ id, startedAt }: { id: string; startedAt: number }) {
  const hub = useHub()
  const query = useQuery({
    queryKey: keys.attempt(id),
    queryFn: () => hub.attempt(id),
    refetchInterval: ({ state }) => pollInterval({ status: state.data?.status, startedAt, now: Date.now() }),
    // The person is in the other tab while this one waits.
    refetchIntervalInBackground: true,
    refetchOnWindowFocus: 'always',
    gcTime: 600_000,
  })
  const timedOut = useElapsed(startedAt + WATCH_FOR)
  return { attempt: query.data, error: query.error, timedOut }
}

function useElapsed(at: number): boolean {
  const [elapsed, setElapsed] = useState(() => Date.now() >= at)
  useEffect(() => {
    if (elapsed) return
    const timer = setTimeout(() => setElapsed(true), at - Date.now())
    return () => clearTimeout(timer)
  }, [at, elapsed])
  return elapsed
}
