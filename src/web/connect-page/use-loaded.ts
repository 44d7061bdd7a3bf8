import { useCallback, useEffect, useState } from 'react'

export type Loaded<T> = {
  data: T | undefined
  error: unknown
  reload: () => void
  replace: (data: T) => void
}

/** Reads once, and again every `every(data)` milliseconds while that is a number. This page loads no query library. */
export function useLoaded<T>(
  read: () => Promise<T>,
  every: (data: T | undefined) => number | false = () => false,
): Loaded<T> {
  const [state, setState] = useState<{ data: T | undefined; error: unknown }>({
    data: undefined,
    error: null,
  })
  const [round, setRound] = useState(0)
  const reload = useCallback(() => setRound((last) => last + 1), [])
  const replace = useCallback((data: T) => setState({ data, error: null }), [])
  useEffect(() => {
    let current = true
    read().then(
      (data) => current && setState({ data, error: null }),
      (error: unknown) => current && setState((last) => ({ data: last.data, error })),
    )
    return () => {
      current = false
    }
  }, [read, round])
  const wait = every(state.data)
  useEffect(() => {
    if (wait === false) return
    const timer = setTimeout(reload, wait)
    return () => clearTimeout(timer)
    // A fresh answer starts the next wait, also one that says the same.
  }, [wait, state, reload])
  return { ...state, reload, replace }
}
