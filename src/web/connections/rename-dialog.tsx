import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { ConnectionBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { connectTexts, connectionTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'

export function RenameDialog({ connection, onClose }: { connection: ConnectionBody; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const [label, setLabel] = useState(connection.label ?? '')
  const rename = useMutation({
    mutationFn: () => hub.updateConnection(connection.id, { label: label.trim() || null }),
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.connections }),
        client.invalidateQueries({ queryKey: keys.connection(connection.id) }),
      ])
      say({ tone: 'ok', text: connectionTexts.renamed })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!rename.isPending) rename.mutate()
  }
  return (
    <Dialog open onClose={onClose} title={connectionTexts.renameTitle}>
      <form onSubmit={submit} className="space-y-4">
        <FormField
          label={connectionTexts.renameLabel}
          help={connectionTexts.renameHelp(connection.account.label)}
        >
          {(control) => (
            <input
              {...control}
              data-first-field
              dir="auto"
              maxLength={100}
              value={label}
              onChange={(event) => setLabel(event.target.value)}
              autoComplete="off"
              className={inputClass}
            />
          )}
        </FormField>
        {rename.error && <ProblemNotice error={rename.error} />}
        <DialogActions>
          <Button onClick={onClose}>{connectTexts.cancel}</Button>
          <Button type="submit" look="primary" busy={rename.isPending}>
            {connectionTexts.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
