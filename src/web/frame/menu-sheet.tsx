import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useMe } from '../api/hub-context.tsx'
import { frameTexts, navTexts, productName } from '../texts.ts'
import { Mark } from '../theme/mark.tsx'
import { useFocusReturn } from '../ui/use-focus-return.ts'
import { ADMIN_PAGES, FURTHER_PAGES, isOpen, MAIN_PAGES, type Page, pagesFor } from './pages.ts'

/** All pages, from the edge where reading begins, on screens without room for them in the header. */
export default function MenuSheet({ path, onClose }: { path: string; onClose: () => void }) {
  const me = useMe()
  const onCloseAutoFocus = useFocusReturn()
  const admin = pagesFor(me, ADMIN_PAGES)
  // Admin itself is the heading of its pages here.
  const main = pagesFor(me, MAIN_PAGES).filter(({ to }) => to !== ADMIN_PAGES[0]?.to)
  return (
    <Radix.Root open onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <div data-modal="open" className="fixed inset-0 z-40 bg-shade" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={onCloseAutoFocus}
          className="animate-appear fixed inset-y-0 start-0 z-50 flex w-72 max-w-[85vw] flex-col border-e border-line bg-surface shadow-2xl"
        >
          <div className="flex h-13 shrink-0 items-center gap-2.5 border-b border-line px-4 font-semibold">
            <Mark className="size-7" />
            <Radix.Title className="flex-1">{productName}</Radix.Title>
            <Radix.Close
              aria-label={navTexts.close}
              className="-me-2 grid size-9 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden className="size-5" />
            </Radix.Close>
          </div>
          <nav aria-label={frameTexts.nav} className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-2">
            <Pages pages={main} path={path} onClose={onClose} />
            {admin.length > 0 && (
              <>
                <h3 className="mt-3 border-t border-line px-2.5 pt-4 pb-1 text-xs font-medium text-muted">
                  {navTexts.admin}
                </h3>
                <Pages pages={admin} path={path} onClose={onClose} />
              </>
            )}
            <div className="mt-3 border-t border-line pt-3">
              <Pages pages={pagesFor(me, FURTHER_PAGES)} path={path} onClose={onClose} />
            </div>
          </nav>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Pages({ pages, path, onClose }: { pages: Page[]; path: string; onClose: () => void }) {
  return (
    <ul>
      {pages.map((page) => (
        <li key={page.to}>
          <Link
            to={page.to}
            onClick={onClose}
            activeOptions={{ exact: true, includeSearch: false }}
            aria-current={isOpen(page, path) ? 'page' : undefined}
            className="flex min-h-11 items-center gap-3 rounded-md px-2.5 text-[0.9375rem] hover:bg-sunken aria-[current=page]:bg-accent-tint aria-[current=page]:font-medium aria-[current=page]:text-accent"
          >
            <page.icon aria-hidden className="size-5 shrink-0" />
            {page.label}
          </Link>
        </li>
      ))}
    </ul>
  )
}
