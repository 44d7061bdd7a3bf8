/** How long an answer that carries a fresh cookie may take to arrive. */
const SETTLE_MS = 500

/**
 * What happens when a request was refused for want of a session. Changing a password or the organization gives the
 * session a fresh cookie, and a request that left a moment before still carries the old one: so the hub is asked once
 * more before anybody is sent to the sign-in page.
 */
export function createSessionWatch(options: {
  isSignedIn: () => Promise<boolean>
  onFresh: () => void
  onOver: () => void
  wait?: (ms: number) => Promise<unknown>
}): () => void {
  const {
    isSignedIn,
    onFresh,
    onOver,
    wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  } = options
  let asking = false
  return () => {
    if (asking) return
    asking = true
    void wait(SETTLE_MS)
      .then(isSignedIn)
      .then(
        (signedIn) => (signedIn ? onFresh() : onOver()),
        // The hub does not answer: the notice about that is shown, and nobody is signed out by it.
        () => undefined,
      )
      .finally(() => {
        asking = false
      })
  }
}
