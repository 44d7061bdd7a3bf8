import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'
import { takeNextPage } from './next-page.ts'

/** After a sign-in: nothing of an earlier person is kept, and the page that was wanted opens. */
export function useArrival() {
  const client = useQueryClient()
  const router = useRouter()
  return useCallback(async () => {
    client.clear()
    await router.navigate({ href: takeNextPage(), replace: true })
  }, [client, router])
}
