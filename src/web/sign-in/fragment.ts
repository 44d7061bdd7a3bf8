import { useEffect, useState } from 'react'

/** What stood behind the `#` when the page opened: a link's token. It leaves the address at once. */
export function useFragmentToken(): string {
  const [token] = useState(() => tokenOf(window.location.hash))
  useEffect(() => {
    if (window.location.hash) window.history.replaceState(window.history.state, '', window.location.pathname)
  }, [])
  return token
}

/** `#token=...` or `#...`; nothing else is taken for one. */
export function tokenOf(hash: string): string {
  const token = hash.replace(/^#(?:token=)?/, '')
  return /^[\w-]{20,200}$/.test(token) ? token : ''
}
