import { CopyButton } from './copy-button.tsx'

/** Something to paste elsewhere, whole: shown as it is, copied by a button, scrolled by keyboard. */
export function Pasted({ label, value, help }: { label: string; value: string; help?: string }) {
  return (
    <div>
      <div className="mb-1.5 flex items-center justify-between gap-2">
        <h3 className="text-sm font-medium">{label}</h3>
        <CopyButton value={value} what={label} />
      </div>
      {help && <p className="mb-1.5 text-sm text-muted">{help}</p>}
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        dir="ltr"
        className="max-h-56 overflow-auto rounded-md bg-sunken px-3 py-2 text-xs leading-5 break-all whitespace-pre-wrap"
      >
        {value}
      </pre>
    </div>
  )
}
