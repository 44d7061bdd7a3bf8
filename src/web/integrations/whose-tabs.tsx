import { Link } from '@tanstack/react-router'
import { Building2, CircleUser } from 'lucide-react'
import type { IntegrationsSearch, Whose } from '../search-params.ts'
import { whoseTexts } from '../texts.ts'
import { Help } from '../ui/help.tsx'

const SIDES = [
  { whose: 'mine', label: whoseTexts.mine, icon: CircleUser },
  { whose: 'organization', label: whoseTexts.organization, icon: Building2 },
] as const

/** The two sides of the page: links, so that each has an address to share. */
export function WhoseTabs({
  whose,
  attention,
  filter,
}: {
  whose: Whose
  attention: Record<Whose, number>
  filter: IntegrationsSearch
}) {
  const { whose: _, ...kept } = filter
  return (
    <nav aria-label={whoseTexts.label} className="mb-5 flex items-center gap-2 border-b border-line">
      <ul className="flex">
        {SIDES.map(({ whose: side, label, icon: Icon }) => (
          <li key={side}>
            <Link
              to="/"
              search={side === 'mine' ? kept : { ...kept, whose: side }}
              replace
              resetScroll={false}
              activeOptions={{ exact: true, includeSearch: true }}
              aria-current={side === whose ? 'page' : undefined}
              className="-mb-px flex h-11 items-center gap-2 border-b-2 border-transparent px-2.5 text-sm sm:px-3 text-muted -outline-offset-2 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
            >
              <Icon aria-hidden className="size-4.5 max-sm:hidden" />
              {label}
              {attention[side] > 0 && (
                <span className="rounded-full bg-warn-tint px-1.5 text-xs font-medium text-warn tabular-nums">
                  {attention[side]}
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      <Help topic="owners" />
    </nav>
  )
}
