import { createContext, type ReactNode, use, useEffect, useState } from 'react'

const NowContext = createContext(0)

/** One clock for every relative time on the page. */
export function NowProvider({ children, every = 20_000 }: { children: ReactNode; every?: number }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every])
  return <NowContext value={now}>{children}</NowContext>
}

export function useNow(): number {
  return use(NowContext)
}
