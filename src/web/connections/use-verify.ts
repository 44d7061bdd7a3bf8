import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { connectionTexts, statusTexts } from '../texts.ts'
import { useToasts } from '../ui/toasts.tsx'

/** Has the hub ask the provider, and says what came back. */
export function useVerify() {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  return useMutation({
    mutationFn: (id: string) => hub.verify(id),
    onSuccess: (after) => {
      if (after.status.status === 'connected') say({ tone: 'ok', text: connectionTexts.verified })
      else
        say({
          tone: 'warn',
          text: statusTexts.changed(statusTexts.names[after.status.status], after.status.detail),
        })
    },
    onSettled: (_, __, id) => {
      void client.invalidateQueries({ queryKey: keys.connections })
      void client.invalidateQueries({ queryKey: keys.connection(id) })
      void client.invalidateQueries({ queryKey: keys.timeline(id) })
    },
  })
}
