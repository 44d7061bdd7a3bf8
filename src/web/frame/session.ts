import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'

/** Shows how to sign in again. The frame goes first: its pages need the person that is cleared then. */
export function useSignedOut() {
  const navigate = useNavigate()
  return useCallback(() => navigate({ to: '/sign-in', search: { left: true } }), [navigate])
}

/** On the sign-in page nothing of an earlier session stays behind in this tab. */
export function useForgetSession(): void {
  const client = useQueryClient()
  useEffect(() => {
    // But for what the page itself asks, which is the same for everybody.
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'sign-in' })
    client.getMutationCache().clear()
    try {
      sessionStorage.removeItem('trunkline-attempts')
    } catch {
      // Storage is switched off: nothing was stored.
    }
  }, [client])
}
