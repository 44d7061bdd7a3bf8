import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import { Spinner } from './spinner.tsx'

type Look = 'primary' | 'secondary' | 'quiet' | 'danger'
type Size = 'small' | 'medium'

const LOOKS: Record<Look, string> = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-hover border-transparent',
  secondary: 'bg-surface text-ink border-edge hover:bg-sunken',
  quiet: 'bg-transparent text-ink border-transparent hover:bg-sunken',
  danger: 'bg-surface text-bad border-bad hover:bg-bad-tint',
}
const SIZES: Record<Size, string> = {
  small: 'min-h-8 px-2.5 text-sm gap-1.5 pointer-coarse:min-h-10',
  medium: 'min-h-9 px-3.5 text-[0.9375rem] gap-2 pointer-coarse:min-h-11',
}

/** The look of a button, for links that act like one. */
export function buttonClass({
  look = 'secondary',
  size = 'medium',
}: {
  look?: Look
  size?: Size
} = {}): string {
  return classes(
    'inline-flex items-center justify-center rounded-md border font-medium text-center transition-colors select-none',
    'aria-disabled:opacity-60 aria-disabled:cursor-default disabled:opacity-60 no-underline',
    LOOKS[look],
    SIZES[size],
  )
}

type Props = ComponentProps<'button'> & {
  look?: Look
  size?: Size
  /** At work: cannot be pressed, but keeps the focus (a disabled button would lose it). */
  busy?: boolean
}

export function Button({
  look,
  size,
  busy = false,
  className,
  onClick,
  children,
  type = 'button',
  ...rest
}: Props) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={classes(buttonClass({ ...(look && { look }), ...(size && { size }) }), className)}
    >
      {busy && <Spinner />}
      {children}
    </button>
  )
}
