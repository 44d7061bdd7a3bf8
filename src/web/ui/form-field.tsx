import { type ReactNode, useId } from 'react'

export const inputClass =
  'block w-full min-h-10 rounded-md border border-edge bg-surface px-3 py-1.5 text-ink pointer-coarse:text-base aria-invalid:border-bad'

type Props = {
  label: ReactNode
  help?: ReactNode
  error?: ReactNode
  children: (props: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': boolean | undefined
  }) => ReactNode
}

/** Label, control, help and error, tied together for screen readers. */
export function FormField({ label, help, error, children }: Props) {
  const id = useId()
  const helpId = help ? `${id}-help` : undefined
  const errorId = error ? `${id}-error` : undefined
  const describedBy = [errorId, helpId].filter(Boolean).join(' ') || undefined
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error ? true : undefined })}
      {error && (
        <p id={errorId} className="text-sm text-bad">
          {error}
        </p>
      )}
      {help && (
        <p id={helpId} className="text-sm text-muted">
          {help}
        </p>
      )}
    </div>
  )
}
