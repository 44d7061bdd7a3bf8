import { Eye, EyeOff } from 'lucide-react'
import { type Ref, useState } from 'react'
import { passwordTexts } from '../texts.ts'
import { FormField, inputClass } from '../ui/form-field.tsx'

/** A password that can be looked at while it is typed, and pasted: what keeps people from choosing short ones. */
export function PasswordField({
  label,
  value,
  onChange,
  isNew = false,
  minLength,
  error,
  inputRef,
  first = false,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  isNew?: boolean
  /** Says how long it must be. */
  minLength?: number | undefined
  error?: string | false | undefined
  inputRef?: Ref<HTMLInputElement>
  first?: boolean
}) {
  const [shown, setShown] = useState(false)
  const Icon = shown ? EyeOff : Eye
  return (
    <FormField label={label} error={error} help={minLength && passwordTexts.help(minLength)}>
      {(control) => (
        <div className="relative">
          <input
            {...control}
            {...(first && { 'data-first-field': '' })}
            ref={inputRef}
            type={shown ? 'text' : 'password'}
            dir="ltr"
            autoComplete={isNew ? 'new-password' : 'current-password'}
            spellCheck={false}
            autoCapitalize="none"
            maxLength={256}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className={`${inputClass} pe-11`}
          />
          <button
            type="button"
            aria-label={shown ? passwordTexts.hide : passwordTexts.show}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
            className="absolute inset-y-0 end-0 grid w-10 place-items-center rounded-md text-muted hover:text-ink"
          >
            <Icon aria-hidden className="size-4.5" />
          </button>
        </div>
      )}
    </FormField>
  )
}
