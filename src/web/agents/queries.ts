/** What the Agents pages read and change. Live events invalidate by the same keys. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { SetAgentAccessBody, SetAgentSwitchesBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import type { Hub } from '../api/hub.ts'
import { problemOf } from '../api/http.ts'
import { keys } from '../api/queries.ts'
import { useToasts } from '../ui/toasts.tsx'

export const agentsQuery = (hub: Hub) =>
  queryOptions({ queryKey: [...keys.agents, 'list'], queryFn: async () => (await hub.agents()).data })

export const agentQuery = (hub: Hub, id: string) =>
  queryOptions({ queryKey: [...keys.agents, 'one', id], queryFn: () => hub.agent(id) })

export const nameableQuery = (hub: Hub, id: string, words: string) =>
  queryOptions({
    queryKey: [...keys.agents, 'people', id, words],
    queryFn: async () => (await hub.nameablePeople(id, words)).data,
    staleTime: 30_000,
  })

/** A switch that is refused goes back, and says why. */
export function useSetSwitches(id: string) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  return useMutation({
    mutationFn: (change: SetAgentSwitchesBody) => hub.setAgentSwitches(id, change),
    onSuccess: (agent) => {
      client.setQueryData(agentQuery(hub, id).queryKey, agent)
      void client.invalidateQueries({ queryKey: agentsQuery(hub).queryKey })
    },
    onError: (error) => say({ tone: 'warn', text: problemOf(error).detail }),
  })
}

export function useSetAccess(id: string) {
  const hub = useHub()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (rule: SetAgentAccessBody) => hub.setAgentAccess(id, rule),
    onSuccess: (agent) => {
      client.setQueryData(agentQuery(hub, id).queryKey, agent)
      void client.invalidateQueries({ queryKey: agentsQuery(hub).queryKey })
    },
  })
}
