import { useState } from 'react'

/**
 * Brings the focus back to where it was when a dialog opened, or to the page where that is gone. Radix does it for
 * dialogs that have a trigger of its own; ours are opened from anywhere.
 */
export function useFocusReturn(): (event: Event) => void {
  const [before] = useState(() => document.activeElement)
  return (event) => {
    event.preventDefault()
    const target =
      before instanceof HTMLElement && before.isConnected && before !== document.body ? before : null
    ;(target ?? document.getElementById('main'))?.focus({ preventScroll: target === null })
  }
}
