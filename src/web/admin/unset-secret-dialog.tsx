import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { adminTexts, secretTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { AffectedNotice } from './affected-notice.tsx'

export function UnsetSecretDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const plan = useQuery({
    queryKey: [...keys.secrets, 'unset', name],
    queryFn: () => hub.unsetSecret(name, { dryRun: true }),
    gcTime: 0,
  })
  const unset = useMutation({
    mutationFn: () => hub.unsetSecret(name, { dryRun: false }),
    onSuccess: async () => {
      onClose()
      say({ tone: 'ok', text: secretTexts.removed(name) })
      await Promise.all(
        [keys.secrets, keys.integrations, keys.providers, keys.doctor].map((queryKey) =>
          client.invalidateQueries({ queryKey, exact: queryKey === keys.secrets }),
        ),
      )
    },
  })
  return (
    <Dialog open onClose={onClose} title={secretTexts.unsetTitle(name)}>
      <div className="space-y-4">
        <p>{secretTexts.unsetHelp}</p>
        {plan.data && <AffectedNotice change={plan.data} />}
        {unset.error && <ProblemNotice error={unset.error} />}
      </div>
      <DialogActions>
        <Button onClick={onClose}>{adminTexts.cancel}</Button>
        <Button look="danger" busy={unset.isPending} onClick={() => unset.mutate()}>
          {secretTexts.unset}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
