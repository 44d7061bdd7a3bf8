import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { problemOf } from '../api/http.ts'

/** `onUnauthenticated` is told when a session is over, whichever page asked; a refused password is not that. */
export function createQueryClient({ onUnauthenticated }: { onUnauthenticated: () => void }): QueryClient {
  const onError = (error: unknown) => {
    if (problemOf(error).code === 'unauthenticated') onUnauthenticated()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        // What the hub calls final is not asked again; the rest may pass.
        retry: (count, error) => count < 2 && problemOf(error).retry === 'later',
      },
    },
  })
}
