import { Link, type LinkProps } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { navTexts } from '../texts/frame.ts'

/** The way back up: the pages above this one, and its own name. */
export function Breadcrumbs({
  above,
  here,
}: {
  above: readonly ({ label: string } & Pick<LinkProps, 'to' | 'params'>)[]
  here: string
}) {
  return (
    <nav aria-label={navTexts.breadcrumb} className="mb-4 text-sm">
      <ol className="flex min-w-0 items-center gap-1.5">
        {above.map(({ label, ...link }) => (
          <li key={label} className="flex shrink-0 items-center gap-1.5">
            <Link {...link} className="text-accent underline underline-offset-2">
              {label}
            </Link>
            <ChevronRight aria-hidden className="size-4 text-muted rtl:-scale-x-100" />
          </li>
        ))}
        <li aria-current="page" className="truncate">
          {here}
        </li>
      </ol>
    </nav>
  )
}
