import { useQuery } from '@tanstack/react-query'
import { problemOf } from '../api/http.ts'
import { useHub } from '../api/hub-context.tsx'
import { meQuery } from '../api/queries.ts'

/** Who is signed in, on a page that also serves whoever is not: null for nobody, undefined while that is not known. */
export function useHere() {
  const hub = useHub()
  const me = useQuery({
    ...meQuery(hub),
    // Nobody is an answer here, not a failure.
    retry: (count, error) => count < 2 && problemOf(error).retry === 'later',
  })
  const nobody = me.error !== null && problemOf(me.error).code === 'unauthenticated'
  return {
    me: me.data ?? (nobody ? null : undefined),
    error: nobody ? null : me.error,
    ask: () => me.refetch(),
  }
}
