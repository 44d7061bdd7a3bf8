import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useHub } from '../api/hub-context.tsx'
import { keys, meQuery } from '../api/queries.ts'
import { profileTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { useRecent } from './recent.tsx'

/** Asks before something of the profile goes away. */
export function ConfirmDialog({
  title,
  help,
  action,
  change,
  done,
  onClose,
}: {
  title: string
  help: string
  action: string
  change: () => Promise<unknown>
  done: string
  onClose: () => void
}) {
  const hub = useHub()
  const client = useQueryClient()
  const recent = useRecent()
  const { say } = useToasts()
  const run = useMutation({
    mutationFn: () => recent(change),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.people })
      // The session goes on under a fresh token.
      await client.fetchQuery({ ...meQuery(hub), staleTime: 0 }).catch(() => undefined)
      say({ tone: 'ok', text: done })
      onClose()
    },
  })
  return (
    <Dialog open onClose={onClose} title={title}>
      <p>{help}</p>
      {run.error && (
        <div className="mt-4">
          <ProblemNotice error={run.error} />
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>{profileTexts.cancel}</Button>
        <Button look="danger" busy={run.isPending} onClick={() => run.mutate()}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
