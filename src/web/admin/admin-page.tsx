import { Link, useRouterState } from '@tanstack/react-router'
import { LockKeyhole } from 'lucide-react'
import type { ReactNode } from 'react'
import { useMe } from '../api/hub-context.tsx'
import { ADMIN_PAGES, isOpen, pagesFor } from '../frame/pages.ts'
import { adminTexts } from '../texts.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { useTitle } from '../ui/use-title.ts'

/** A page for administrators, with the way to its neighbours. The hub refuses everybody else anyway. */
export function AdminPage({
  title,
  intro,
  actions,
  children,
}: {
  title: string
  intro: string
  actions?: ReactNode
  children: ReactNode
}) {
  useTitle(title)
  const me = useMe()
  const path = useRouterState({ select: (state) => state.location.pathname })
  if (me.role !== 'admin')
    return (
      <EmptyState
        icon={LockKeyhole}
        heading="h1"
        title={adminTexts.adminsOnlyTitle}
        detail={adminTexts.adminsOnly}
      />
    )
  return (
    <>
      <nav aria-label={adminTexts.nav} className="mb-5 overflow-x-auto">
        <ul className="flex gap-1 border-b border-line">
          {pagesFor(me, ADMIN_PAGES).map((page) => (
            <li key={page.to}>
              <Link
                to={page.to}
                activeOptions={{ exact: true, includeSearch: false }}
                aria-current={isOpen(page, path) ? 'page' : undefined}
                className="-mb-px flex h-10 items-center border-b-2 border-transparent px-2.5 text-sm whitespace-nowrap text-muted -outline-offset-2 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
              >
                {page.label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="mb-5 flex flex-wrap items-start justify-between gap-3">
        <div className="space-y-1">
          <h1 className="text-2xl font-semibold">{title}</h1>
          <p className="max-w-prose text-muted">{intro}</p>
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </>
  )
}
