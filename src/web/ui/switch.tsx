import { Switch as Radix } from 'radix-ui'
import { classes } from './classes.ts'

type Props = {
  checked: boolean
  onChange: (checked: boolean) => void
  /** Said aloud; what is visible may stand beside it. */
  label: string
  disabled?: boolean
  id?: string
  describedBy?: string
}

/** On or off, at once. */
export function Switch({ checked, onChange, label, disabled = false, id, describedBy }: Props) {
  return (
    <Radix.Root
      id={id}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled}
      aria-label={label}
      aria-describedby={describedBy}
      className={classes(
        'relative inline-flex h-6 w-10 shrink-0 items-center rounded-full border transition-colors',
        'border-edge bg-sunken data-[state=checked]:border-accent data-[state=checked]:bg-accent',
        'disabled:opacity-60 before:absolute before:-inset-2.5',
      )}
    >
      <Radix.Thumb className="ms-1 size-4 rounded-full bg-edge transition-[margin] data-[state=checked]:ms-5 data-[state=checked]:bg-accent-ink" />
    </Radix.Root>
  )
}
