/**
 * The tab in which a person authorizes at the provider.
 *
 * Browsers allow window.open only inside the click, before anything is awaited; the address is known later. So the
 * tab opens empty at once and is sent on when the hub has answered. The provider's page gets no handle on ours, and
 * once it is there ours has none on it either (Cross-Origin-Opener-Policy): a tab that reads as closed then says
 * nothing, so the result is learnt from the hub alone.
 */
export type AuthorizationTab = {
  /** Sends the tab to the provider; false when there is no tab (blocked, or already closed). */
  go: (url: string) => boolean
  /** Nothing to authorize after all. */
  close: () => void
}

export function openAuthorizationTab({
  open,
  waitingText,
}: {
  open: Window['open']
  waitingText: string
}): AuthorizationTab {
  const tab = openEmpty(open)
  if (tab) {
    // The empty page inherits our policy, so its text is set as text and its look through the DOM.
    tab.document.title = waitingText
    tab.document.body.textContent = waitingText
    tab.document.documentElement.style.colorScheme = 'light dark'
    tab.document.body.style.font = '1rem system-ui, sans-serif'
    tab.document.body.style.padding = '2rem'
  }
  return {
    go: (url) => {
      if (!tab || tab.closed) return false
      tab.opener = null
      // Replaced, not assigned: going back from the provider does not end on an empty page.
      tab.location.replace(url)
      return true
    },
    close: () => tab?.close(),
  }
}

function openEmpty(open: Window['open']): Window | null {
  try {
    const tab = open('about:blank', '_blank')
    return tab && !tab.closed ? tab : null
  } catch {
    return null
  }
}
