import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { adminTexts, declareTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'

export function RemoveProviderDialog({
  provider,
  name,
  onClose,
}: {
  provider: string
  name: string
  onClose: () => void
}) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const [force, setForce] = useState(false)
  const remove = useMutation({
    mutationFn: () => hub.removeProvider(provider, { force }),
    onSuccess: async () => {
      await Promise.all(
        [keys.integrations, keys.providers, keys.connections, keys.doctor].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      )
      say({ tone: 'ok', text: declareTexts.removed(name) })
      onClose()
    },
  })
  return (
    <Dialog open onClose={onClose} title={declareTexts.removeTitle(name)}>
      <div className="space-y-4">
        <p>{declareTexts.removeHelp}</p>
        <label className="flex gap-2.5 text-sm">
          <input
            type="checkbox"
            className="mt-0.5 size-4 shrink-0 accent-accent"
            checked={force}
            onChange={(event) => setForce(event.target.checked)}
          />
          {declareTexts.force}
        </label>
        {remove.error && <ProblemNotice error={remove.error} />}
      </div>
      <DialogActions>
        <Button onClick={onClose}>{adminTexts.cancel}</Button>
        <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          {declareTexts.remove}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
