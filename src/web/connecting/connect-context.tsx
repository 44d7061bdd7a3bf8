import { createContext, lazy, type ReactNode, Suspense, use, useCallback, useMemo, useState } from 'react'
import { useNavigate } from '@tanstack/react-router'
import type { ConnectionBody } from '../../http/wire.ts'
import { AttemptsProvider } from './attempts.tsx'
import type { Watched } from './watch.ts'

/** What the connect dialog was opened for. */
export type ConnectRequest =
  | { kind: 'connect'; provider: string; owner?: 'me' | 'organization' }
  | {
      kind: 'reconnect'
      provider: string
      connection: ConnectionBody
      /** Exactly these are asked for beside what it has. */
      adding?: string[]
    }
  /** An attempt that asks a question after its dialog was closed. */
  | { kind: 'answer'; provider: string; watched: Watched }

const ConnectContext = createContext<((request: ConnectRequest) => void) | null>(null)

/** Opens the connect dialog, from any page. */
export function useConnect(): (request: ConnectRequest) => void {
  const connect = use(ConnectContext)
  if (!connect) throw new Error('useConnect outside of ConnectProvider')
  return connect
}

const ConnectDialog = lazy(() => import('./connect-dialog.tsx'))

export function ConnectProvider({ children }: { children: ReactNode }) {
  const navigate = useNavigate()
  const [opened, setOpened] = useState<{ request: ConnectRequest; count: number } | null>(null)
  const connect = useCallback(
    (request: ConnectRequest) => setOpened((last) => ({ request, count: (last?.count ?? 0) + 1 })),
    [],
  )
  const view = useCallback(
    (id: string) => void navigate({ to: '/connections/$id', params: { id } }),
    [navigate],
  )
  const answer = useCallback(
    (watched: Watched) => connect({ kind: 'answer', provider: watched.provider, watched }),
    [connect],
  )
  const dialog = useMemo(() => opened && { key: opened.count, request: opened.request }, [opened])
  return (
    <ConnectContext value={connect}>
      <AttemptsProvider onView={view} onQuestion={answer}>
        {children}
        {dialog && (
          <Suspense>
            <ConnectDialog key={dialog.key} request={dialog.request} onClose={() => setOpened(null)} />
          </Suspense>
        )}
      </AttemptsProvider>
    </ConnectContext>
  )
}
