import { useEffect } from 'react'

/** Ctrl-K or Cmd-K anywhere on the page. */
export function useSearchKey(onSearch: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey ||
        event.key.toLowerCase() !== 'k'
      )
        return
      event.preventDefault()
      // A dialog that asks something stays on top.
      if (!document.querySelector('[data-modal]')) onSearch()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [onSearch])
}
