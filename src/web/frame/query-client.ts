import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { problemOf } from '../api/http.ts'

/** `onUnauthenticated` is told of every 401, whichever page asked. */
export function createQueryClient({ onUnauthenticated }: { onUnauthenticated: () => void }): QueryClient {
  const onError = (error: unknown) => {
    if (problemOf(error).status === 401) onUnauthenticated()
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
