import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCallback, useRef } from 'react'
import { takeNextPage } from './next-page.ts'

/**
 * After a sign-in: nothing of an earlier person is kept, and the page that was wanted opens. Once: two ways in may both
 * come to an end (a passkey that the browser offers, and the button), and the second would clear a page that is open.
 */
export function useArrival() {
  const client = useQueryClient()
  const router = useRouter()
  const arrived = useRef(false)
  return useCallback(async () => {
    if (arrived.current) return
    arrived.current = true
    client.clear()
    await router.navigate({ href: takeNextPage(), replace: true })
  }, [client, router])
}
