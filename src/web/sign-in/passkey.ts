/** Passkeys in the browser. Loaded with the pages that use them. */
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  WebAuthnAbortService,
  WebAuthnError,
} from '@simplewebauthn/browser'
import { useEffect, useRef } from 'react'
import type { Hub } from '../api/hub.ts'

export { startRegistration } from '@simplewebauthn/browser'
export const canUsePasskeys = browserSupportsWebAuthn

/** The person closed the browser's dialog, or it timed out: nothing that an error would explain. */
export function wasCancelled(error: unknown): boolean {
  if (error instanceof WebAuthnError)
    return error.code === 'ERROR_CEREMONY_ABORTED' || isNotAllowed(error.cause) || isNotAllowed(error)
  return isNotAllowed(error)
}

const isNotAllowed = (error: unknown) =>
  error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError')

export const isKnownHere = (error: unknown) =>
  error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'

export async function askPasskey(hub: Hub) {
  return startAuthentication({ optionsJSON: await hub.passkeyOptions() })
}

/** A challenge lives five minutes; a page may lie open longer. */
const RENEW_MS = 4 * 60_000

/** Offers passkeys among what the browser fills in (conditional UI), as long as the page is open. */
export function usePasskeyAutofill(hub: Hub, enabled: boolean, onSignedIn: () => void): void {
  const done = useRef(onSignedIn)
  useEffect(() => {
    done.current = onSignedIn
  })
  useEffect(() => {
    if (!enabled) return
    let open = true
    const offer = async () => {
      try {
        if (!(await browserSupportsWebAuthnAutofill())) return
        const optionsJSON = await hub.passkeyOptions()
        if (!open) return
        await hub.signInByPasskey(await startAuthentication({ optionsJSON, useBrowserAutofill: true }))
        if (open) done.current()
      } catch {
        // Taken away by the next round, by the button, or not chosen: the form is there.
      }
    }
    void offer()
    const timer = setInterval(() => void offer(), RENEW_MS)
    return () => {
      open = false
      clearInterval(timer)
      WebAuthnAbortService.cancelCeremony()
    }
  }, [hub, enabled])
}
