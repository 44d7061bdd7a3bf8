import type { LucideIcon } from 'lucide-react'

/** An icon in the place where other entries have a logo. */
export function Glyph({ icon: Icon }: { icon: LucideIcon }) {
  return (
    <span className="grid size-6 shrink-0 place-items-center">
      <Icon aria-hidden className="size-4.5 text-muted" />
    </span>
  )
}
