import { type FormEvent, useState } from 'react'
import type { AttemptBody } from '../../http/wire.ts'
import { connectTexts } from '../texts/connect.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

type Props = {
  decision: NonNullable<AttemptBody['decision']>
  onDecide: (value: string) => void
  busy: boolean
  error: unknown
  /** Gives the attempt up instead. */
  onCancel?: () => void
}

/** The question that an authorization left open: which site, or what to do with another account. */
export function DecisionForm({ decision, onDecide, busy, error, onCancel }: Props) {
  const [value, setValue] = useState(decision.options[0]?.value ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!busy) onDecide(value)
  }
  return (
    <form onSubmit={submit}>
      <fieldset className="space-y-2">
        <legend className="mb-3">{decision.question}</legend>
        {decision.options.map((option) => (
          <label
            key={option.value}
            className="flex gap-2.5 rounded-md border border-line px-3 py-2.5 has-checked:border-accent has-checked:bg-accent-tint"
          >
            <input
              type="radio"
              name="decision"
              className="mt-1 size-4 shrink-0 accent-accent"
              checked={option.value === value}
              onChange={() => setValue(option.value)}
            />
            <span className="min-w-0">
              {option.label}
              {option.hint && <span className="block text-sm text-muted">{option.hint}</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {error !== null && error !== undefined && (
        <div className="mt-3">
          <ProblemNotice error={error} />
        </div>
      )}
      <DialogActions>
        {onCancel && <Button onClick={onCancel}>{connectTexts.cancel}</Button>}
        <Button type="submit" look="primary" busy={busy}>
          {connectTexts.decide}
        </Button>
      </DialogActions>
    </form>
  )
}
