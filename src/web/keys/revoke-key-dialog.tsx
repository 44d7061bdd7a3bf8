import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ApiKeyBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { keyTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'

export function RevokeKeyDialog({ apiKey, onClose }: { apiKey: ApiKeyBody; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const revoke = useMutation({
    mutationFn: () => hub.revokeApiKey(apiKey.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.apiKeys })
      say({ tone: 'ok', text: keyTexts.revokedToast(apiKey.name) })
      onClose()
    },
  })
  return (
    <Dialog open onClose={onClose} title={keyTexts.revokeTitle(apiKey.name)}>
      <p>{keyTexts.revokeHelp}</p>
      {revoke.error && (
        <div className="mt-4">
          <ProblemNotice error={revoke.error} />
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>{keyTexts.cancel}</Button>
        <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
          {keyTexts.revoke}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
