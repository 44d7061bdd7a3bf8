import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export type Tone = 'ok' | 'warn' | 'bad' | 'plain' | 'accent'

const TONES: Record<Tone, string> = {
  ok: 'bg-ok-tint text-ok',
  warn: 'bg-warn-tint text-warn',
  bad: 'bg-bad-tint text-bad',
  accent: 'bg-accent-tint text-accent',
  plain: 'bg-sunken text-muted',
}

export function Badge({
  tone,
  icon: Icon,
  children,
  title,
}: {
  tone: Tone
  icon?: LucideIcon
  children: ReactNode
  title?: string
}) {
  return (
    <span
      data-badge=""
      title={title}
      className={classes(
        'inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        TONES[tone],
      )}
    >
      {Icon && <Icon aria-hidden className="size-3.5 shrink-0" />}
      {children}
    </span>
  )
}
