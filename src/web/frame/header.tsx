import { Link } from '@tanstack/react-router'
import { Bot, FolderKanban, KeyRound, LayoutGrid, Link2, Search, Wrench } from 'lucide-react'
import { useMe } from '../api/hub-context.tsx'
import { adminTexts, agentsTexts, frameTexts, productName, projectsTexts } from '../texts.ts'
import { Mark } from '../theme/mark.tsx'
import { ThemeMenu } from './theme-menu.tsx'
import { UserMenu } from './user-menu.tsx'

const PAGES = [
  { to: '/', label: frameTexts.integrations, icon: LayoutGrid, admin: false, exact: true },
  { to: '/agents', label: agentsTexts.title, icon: Bot, admin: false, exact: false },
  { to: '/connections', label: frameTexts.connections, icon: Link2, admin: false, exact: false },
  { to: '/projects', label: projectsTexts.title, icon: FolderKanban, admin: false, exact: false },
  { to: '/admin/setup', label: adminTexts.title, icon: Wrench, admin: true, exact: false },
  { to: '/admin/keys', label: frameTexts.apiKeys, icon: KeyRound, admin: false, exact: false },
] as const

/** Product, pages, search, theme and account. On small screens the pages move to a second row. */
export function Header({ onSearch }: { onSearch: () => void }) {
  const me = useMe()
  const pages = PAGES.filter((page) => !page.admin || me.role === 'admin')
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-surface">
      <div className="mx-auto flex max-w-[90rem] flex-wrap items-center gap-x-1 px-3 sm:gap-x-2 sm:px-6">
        <Link to="/" className="flex h-13 items-center gap-2.5 rounded font-semibold sm:me-4">
          <Mark className="size-7" />
          {productName}
        </Link>
        <nav
          aria-label={frameTexts.nav}
          className="order-last -mx-1 w-full overflow-x-auto sm:order-none sm:mx-0 sm:w-auto"
        >
          <ul className="flex">
            {pages.map(({ to, label, icon: Icon, exact }) => (
              <li key={to}>
                <Link
                  to={to}
                  activeOptions={{ exact, includeSearch: false }}
                  className="flex h-11 items-center gap-2 border-b-2 border-transparent px-2.5 text-sm whitespace-nowrap text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-ink sm:h-13"
                >
                  <Icon aria-hidden className="size-4.5 max-sm:hidden" />
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="ms-auto flex items-center gap-1">
          <SearchButton onSearch={onSearch} />
          <ThemeMenu />
          <UserMenu />
        </div>
      </div>
    </header>
  )
}

function SearchButton({ onSearch }: { onSearch: () => void }) {
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent)
  return (
    <button
      type="button"
      onClick={onSearch}
      aria-haspopup="dialog"
      aria-keyshortcuts={mac ? 'Meta+K' : 'Control+K'}
      className="flex size-9 items-center justify-center gap-2 rounded-md text-sm text-muted hover:bg-sunken hover:text-ink lg:w-auto lg:border lg:border-edge lg:px-2.5 pointer-coarse:min-h-11 pointer-coarse:min-w-11"
    >
      <Search aria-hidden className="size-5 lg:size-4" />
      <span className="max-lg:sr-only">{frameTexts.search}</span>
      <kbd aria-hidden className="rounded border border-line px-1.5 font-sans text-xs max-lg:hidden">
        {mac ? frameTexts.searchKeys.mac : frameTexts.searchKeys.other}
      </kbd>
    </button>
  )
}
