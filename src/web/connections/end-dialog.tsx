import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import type { ConnectionExistenceBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { existenceTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'

/** Ends somebody's connection; the owner is told why. */
export function EndDialog({
  connection,
  providerName,
  onClose,
}: {
  connection: ConnectionExistenceBody
  providerName: string
  onClose: () => void
}) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const [reason, setReason] = useState('')
  const [force, setForce] = useState(false)
  const [tried, setTried] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const end = useMutation({
    mutationFn: () => hub.endExisting(connection.id, { reason: reason.trim(), force }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.connections })
      say({ tone: 'ok', text: existenceTexts.ended })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (reason.trim() === '') return field.current?.focus()
    if (!end.isPending) end.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={existenceTexts.endTitle(providerName)}
      description={existenceTexts.endHelp(connection.owner.name)}
    >
      <form onSubmit={submit} noValidate className="space-y-4">
        <FormField
          label={existenceTexts.reason}
          help={existenceTexts.reasonHelp}
          error={tried && reason.trim() === '' && existenceTexts.reasonMissing}
        >
          {(control) => (
            <textarea
              {...control}
              ref={field}
              data-first-field
              dir="auto"
              rows={3}
              maxLength={500}
              required
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              className={inputClass}
            />
          )}
        </FormField>
        <label className="flex gap-2.5 text-sm">
          <input
            type="checkbox"
            className="mt-0.5 size-4 shrink-0 accent-accent"
            checked={force}
            onChange={(event) => setForce(event.target.checked)}
          />
          <span>
            {existenceTexts.force}
            <span className="block text-muted">{existenceTexts.forceHelp}</span>
          </span>
        </label>
        {end.error && <ProblemNotice error={end.error} />}
        <DialogActions>
          <Button onClick={onClose}>{existenceTexts.cancel}</Button>
          <Button type="submit" look="danger" busy={end.isPending}>
            {existenceTexts.end}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
