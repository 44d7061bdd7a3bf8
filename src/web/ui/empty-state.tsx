import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

type Props = {
  icon: LucideIcon
  title: string
  detail: ReactNode
  children?: ReactNode
  heading?: 'h1' | 'h2' | 'h3'
}

/** What stands where there is nothing: why, and what to do. */
export function EmptyState({ icon: Icon, title, detail, children, heading: Heading = 'h2' }: Props) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-xl border border-dashed border-line px-5 py-12 text-center">
      <Icon aria-hidden className="size-8 text-muted" />
      <Heading className="text-lg font-semibold">{title}</Heading>
      <p className="max-w-prose text-sm text-muted">{detail}</p>
      {children && <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  )
}
