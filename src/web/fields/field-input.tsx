import { Eye, EyeOff, FlaskConical } from 'lucide-react'
import { useState } from 'react'
import type { FieldBody } from '../../http/wire.ts'
import { fieldTexts } from '../texts/connect.ts'
import { Button } from '../ui/button.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { couldMatch } from './could-match.ts'

type Props = {
  field: FieldBody
  value: string
  onChange: (value: string) => void
  /** What the hub said about this field, or that it is missing. */
  error?: string | undefined
}

/** One field of a declaration: a parameter or a secret, with its example, its advice and its sandbox value. */
export function FieldInput({ field, value, onChange, error }: Props) {
  const [left, setLeft] = useState(false)
  const [shown, setShown] = useState(false)
  const advice =
    left && value !== '' && !couldMatch({ pattern: field.pattern, typed: value })
      ? fieldTexts.check(field.mismatch ?? fieldTexts.mismatchFallback)
      : undefined
  const label = (
    <>
      {field.label}
      {!field.required && <span className="font-normal text-muted"> ({fieldTexts.optional})</span>}
    </>
  )
  const help = [field.help, field.secret ? fieldTexts.sealed : null].filter(Boolean).join(' ')
  return (
    <FormField label={label} help={help || undefined} error={error ?? advice}>
      {(control) => (
        <div className="space-y-2">
          {field.options ? (
            <select
              {...control}
              name={field.name}
              value={value || (field.default ?? '')}
              onChange={(event) => onChange(event.target.value)}
              className={inputClass}
            >
              {field.default === null && <option value="">{fieldTexts.choose}</option>}
              {field.options.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.label}
                </option>
              ))}
            </select>
          ) : (
            <div className="relative">
              <input
                {...control}
                name={field.name}
                type={field.secret && !shown ? 'password' : 'text'}
                value={value}
                onChange={(event) => onChange(event.target.value)}
                onBlur={() => setLeft(true)}
                required={field.required && field.default === null}
                placeholder={field.default ?? field.example}
                autoComplete={field.secret ? 'new-password' : 'off'}
                autoCapitalize="none"
                autoCorrect="off"
                spellCheck={false}
                dir="auto"
                className={field.secret ? `${inputClass} pe-11` : inputClass}
              />
              {field.secret && (
                <button
                  type="button"
                  aria-label={shown ? fieldTexts.hide(field.label) : fieldTexts.show(field.label)}
                  onClick={() => setShown(!shown)}
                  className="absolute inset-y-0 end-0 grid w-10 place-items-center rounded-md text-muted hover:text-ink"
                >
                  {shown ? (
                    <EyeOff aria-hidden className="size-4.5" />
                  ) : (
                    <Eye aria-hidden className="size-4.5" />
                  )}
                </button>
              )}
            </div>
          )}
          {field.sandbox_value !== null && value !== field.sandbox_value && (
            <Button
              size="small"
              look="secondary"
              aria-label={`${fieldTexts.sandboxValue}: ${field.label}`}
              onClick={() => onChange(field.sandbox_value ?? '')}
            >
              <FlaskConical aria-hidden className="size-4" />
              {fieldTexts.sandboxValue}
            </Button>
          )}
        </div>
      )}
    </FormField>
  )
}
