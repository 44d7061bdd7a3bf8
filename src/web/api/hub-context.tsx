import { useQuery } from '@tanstack/react-query'
import { createContext, use } from 'react'
import type { MeBody } from '../../http/wire.ts'
import type { Hub } from './hub.ts'
import { meQuery } from './queries.ts'

export const HubContext = createContext<Hub | null>(null)

export function useHub(): Hub {
  const hub = use(HubContext)
  if (!hub) throw new Error('useHub outside of HubContext')
  return hub
}

/** The signed-in person. Below the frame it is always there: the frame shows the pages once it has been read. */
export function useMe(): MeBody {
  const { data } = useQuery(meQuery(useHub()))
  if (!data) throw new Error('useMe outside of the frame')
  return data
}
