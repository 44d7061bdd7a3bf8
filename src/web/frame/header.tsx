import { Link, useRouterState } from '@tanstack/react-router'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMe } from '../api/hub-context.tsx'
import { frameTexts, navTexts, productName } from '../texts.ts'
import { Mark } from '../theme/mark.tsx'
import { AccountButton } from './account-button.tsx'
import { Attention } from './attention.tsx'
import { iconButtonClass } from './icon-button.ts'
import { isMac } from './is-mac.ts'
import { isOpen, MAIN_PAGES, pagesFor } from './pages.ts'

const loadSheet = () => import('./menu-sheet.tsx')
const MenuSheet = lazy(loadSheet)

type Props = { onSearch: () => void; onShortcuts: () => void }

/** Product, pages, search and account. Where the pages have no room they are in a menu. */
export function Header({ onSearch, onShortcuts }: Props) {
  const me = useMe()
  const path = useRouterState({ select: (state) => state.location.pathname })
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-surface">
      <div className="mx-auto flex h-13 max-w-[90rem] items-center gap-x-1 px-2 sm:gap-x-2 sm:px-6">
        <MenuButton path={path} />
        <Link to="/" className="flex h-11 items-center gap-2.5 rounded font-semibold lg:me-3">
          <Mark className="size-7" />
          <span className="max-[22rem]:sr-only">{productName}</span>
        </Link>
        <nav aria-label={frameTexts.nav} className="max-lg:hidden">
          <ul className="flex">
            {pagesFor(me, MAIN_PAGES).map((page) => (
              <li key={page.to}>
                <Link
                  to={page.to}
                  activeOptions={{ exact: true, includeSearch: false }}
                  aria-current={isOpen(page, path) ? 'page' : undefined}
                  className="flex h-13 items-center gap-2 border-b-2 border-transparent px-2.5 text-sm whitespace-nowrap text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink"
                >
                  <page.icon aria-hidden className="size-4.5 max-xl:hidden" />
                  {page.label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="ms-auto flex items-center gap-1">
          <Attention />
          <SearchButton onSearch={onSearch} />
          <AccountButton onShortcuts={onShortcuts} />
        </div>
      </div>
    </header>
  )
}

function MenuButton({ path }: { path: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        aria-label={navTexts.menu}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={() => void loadSheet()}
        onFocus={() => void loadSheet()}
        onClick={() => setOpen(true)}
        className={`${iconButtonClass} lg:hidden`}
      >
        <MenuIcon aria-hidden className="size-5" />
      </button>
      {open && (
        <Suspense>
          <MenuSheet path={path} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

function SearchButton({ onSearch }: { onSearch: () => void }) {
  return (
    <button
      type="button"
      onClick={onSearch}
      aria-haspopup="dialog"
      aria-keyshortcuts={isMac() ? 'Meta+K' : 'Control+K'}
      className="flex size-9 items-center justify-center gap-2 rounded-md text-sm text-muted hover:bg-sunken hover:text-ink xl:w-auto xl:border xl:border-edge xl:px-2.5 pointer-coarse:min-h-11 pointer-coarse:min-w-11"
    >
      <Search aria-hidden className="size-5 xl:size-4" />
      <span className="max-xl:sr-only">{frameTexts.search}</span>
      <kbd aria-hidden className="rounded border border-line px-1.5 font-sans text-xs max-xl:hidden">
        {isMac() ? frameTexts.searchKeys.mac : frameTexts.searchKeys.other}
      </kbd>
    </button>
  )
}
