import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { problemOf } from '../api/http.ts'
import { useHub } from '../api/hub-context.tsx'
import { type StatusChange, useLiveUpdates } from '../api/live-updates.tsx'
import { meQuery } from '../api/queries.ts'
import { ConnectProvider } from '../connecting/connect-context.tsx'
import { DisconnectProvider } from '../connections/disconnect-context.tsx'
import { frameTexts, productName, statusTexts } from '../texts.ts'
import { Mark } from '../theme/mark.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { CredentialHint } from './credential-hint.tsx'
import { Header } from './header.tsx'
import { LostNotice } from './lost-notice.tsx'
import { useShortcuts } from './shortcuts.ts'

const Palette = lazy(() => import('../palette/palette.tsx'))
const ShortcutsDialog = lazy(() => import('./shortcuts-dialog.tsx'))

/** What surrounds every page of a signed-in person. */
export function Frame() {
  const me = useQuery(meQuery(useHub()))
  if (me.data) return <SignedIn />
  return (
    <>
      <BareHeader />
      <main className="mx-auto max-w-[90rem] px-4 py-6 sm:px-6">
        {/* On a 401 the query client's handler is on its way to the sign-in page. */}
        {me.error && problemOf(me.error).status !== 401 ? (
          <ProblemNotice error={me.error} onRetry={() => void me.refetch()} />
        ) : (
          <>
            <LoadingNote>{frameTexts.loading}</LoadingNote>
            <Skeleton className="h-8 w-48" />
            <Skeleton className="mt-6 h-64" />
          </>
        )}
      </main>
    </>
  )
}

function SignedIn() {
  const { say } = useToasts()
  const onStatusChange = useCallback(
    ({ after }: StatusChange) => {
      const name = after.label ?? after.account.label
      const text = statusTexts.changed(name, statusTexts.names[after.status.status])
      say({ tone: after.status.status === 'connected' ? 'ok' : 'warn', text })
    },
    [say],
  )
  const live = useLiveUpdates(onStatusChange)
  const [onTop, setOnTop] = useState<'search' | 'shortcuts' | null>(null)
  const openSearch = useCallback(() => setOnTop('search'), [])
  const openShortcuts = useCallback(() => setOnTop('shortcuts'), [])
  const closeOnTop = useCallback(() => setOnTop(null), [])
  useShortcuts({ onSearch: openSearch, onHelp: openShortcuts })
  return (
    <ConnectProvider>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:start-3 focus:top-3 focus:z-60 focus:rounded-md focus:bg-accent focus:px-4 focus:py-2 focus:text-accent-ink"
      >
        {frameTexts.skip}
      </a>
      <Header onSearch={openSearch} onShortcuts={openShortcuts} />
      <LostNotice live={live} />
      <DisconnectProvider>
        <Main />
        <Suspense>
          {onTop === 'search' && <Palette onClose={closeOnTop} onShortcuts={openShortcuts} />}
          {onTop === 'shortcuts' && <ShortcutsDialog onClose={closeOnTop} />}
        </Suspense>
      </DisconnectProvider>
    </ConnectProvider>
  )
}

/** Moves the focus to a new page's start, so that a screen reader reads it and Tab goes on from there. */
function Main() {
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const first = useRef(path)
  useEffect(() => {
    if (path === first.current) return
    first.current = path
    if (!window.location.hash) main.current?.focus({ preventScroll: true })
  }, [path])
  return (
    <main ref={main} id="main" tabIndex={-1} className="mx-auto max-w-[90rem] px-4 py-6 sm:px-6">
      {path === '/' && <CredentialHint />}
      <Outlet />
    </main>
  )
}

function BareHeader() {
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex h-13 max-w-[90rem] items-center gap-2.5 px-3 font-semibold sm:px-6">
        <Mark className="size-7" />
        {productName}
      </div>
    </header>
  )
}
