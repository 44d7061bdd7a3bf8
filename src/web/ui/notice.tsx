import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

type Tone = 'info' | 'ok' | 'warn' | 'bad'

const TONES = {
  info: { icon: Info, className: 'bg-accent-tint text-ink', iconClass: 'text-accent' },
  ok: { icon: CircleCheck, className: 'bg-ok-tint text-ink', iconClass: 'text-ok' },
  warn: { icon: TriangleAlert, className: 'bg-warn-tint text-ink', iconClass: 'text-warn' },
  bad: { icon: CircleX, className: 'bg-bad-tint text-ink', iconClass: 'text-bad' },
} as const

type Props = {
  tone: Tone
  title?: ReactNode
  children?: ReactNode
  role?: 'alert' | 'status'
  className?: string
}

/** A message in the flow of the page, with icon and text: colour alone says nothing. */
export function Notice({ tone, title, children, role, className }: Props) {
  const { icon: Icon, className: toneClass, iconClass } = TONES[tone]
  return (
    <div role={role} className={classes('flex gap-2.5 rounded-lg px-3.5 py-3 text-sm', toneClass, className)}>
      <Icon aria-hidden className={classes('mt-0.5 size-4.5 shrink-0', iconClass)} />
      <div className="min-w-0 flex-1 space-y-1.5">
        {title && <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  )
}
