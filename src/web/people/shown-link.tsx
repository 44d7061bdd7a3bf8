import { useEffect, useRef } from 'react'
import { CopyButton } from '../ui/copy-button.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { Notice } from '../ui/notice.tsx'

/** A link that is shown once. */
export function ShownLink({ url, help, what }: { url: string; help: string; what: string }) {
  const value = useRef<HTMLInputElement>(null)
  useEffect(() => value.current?.select(), [])
  return (
    <div className="space-y-4">
      <Notice tone="warn" role="status">
        <p>{help}</p>
      </Notice>
      <FormField label={what.charAt(0).toUpperCase() + what.slice(1)}>
        {(control) => (
          <div className="flex gap-2">
            <input
              {...control}
              ref={value}
              readOnly
              dir="ltr"
              value={url}
              onFocus={(event) => event.target.select()}
              className={`${inputClass} font-mono text-sm`}
            />
            <CopyButton size="medium" value={url} what={what} />
          </div>
        )}
      </FormField>
    </div>
  )
}
