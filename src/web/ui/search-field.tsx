import { Search, X } from 'lucide-react'
import { useRef } from 'react'
import { classes } from './classes.ts'
import { inputClass } from './form-field.tsx'

type Props = {
  label: string
  placeholder?: string
  /** The name of the button that empties it. */
  clear: string
  value: string
  onChange: (value: string) => void
  className?: string
}

export function SearchField({ label, placeholder = label, clear, value, onChange, className }: Props) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <div className={classes('relative', className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-y-0 start-3 my-auto size-4.5 text-muted"
      />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={classes(inputClass, 'ps-10 pe-9 [&::-webkit-search-cancel-button]:hidden')}
      />
      {value && (
        <button
          type="button"
          aria-label={clear}
          onClick={() => {
            onChange('')
            input.current?.focus()
          }}
          className="absolute inset-y-0 end-0 grid w-10 place-items-center text-muted hover:text-ink"
        >
          <X aria-hidden className="size-4" />
        </button>
      )}
    </div>
  )
}
