import { createContext, lazy, type ReactNode, Suspense, use, useState } from 'react'
import type { ConnectionBody, ProviderDetailBody } from '../../http/wire.ts'

export type DisconnectRequest = {
  provider: Pick<ProviderDetailBody, 'name'>
  connection: ConnectionBody
  /** Asked for because the connection appears stuck: Force Disconnect stands open. */
  stuck?: boolean
}

const DisconnectContext = createContext<((request: DisconnectRequest) => void) | null>(null)

/** Opens the disconnect dialog. */
export function useDisconnect(): (request: DisconnectRequest) => void {
  const disconnect = use(DisconnectContext)
  if (!disconnect) throw new Error('useDisconnect outside of DisconnectProvider')
  return disconnect
}

const DisconnectDialog = lazy(() => import('./disconnect-dialog.tsx'))

/** Stands above the pages: the connection's own panel leaves the page while the report is still being read. */
export function DisconnectProvider({ children }: { children: ReactNode }) {
  const [request, setRequest] = useState<DisconnectRequest | null>(null)
  return (
    <DisconnectContext value={setRequest}>
      {children}
      {request && (
        <Suspense>
          <DisconnectDialog {...request} onClose={() => setRequest(null)} />
        </Suspense>
      )}
    </DisconnectContext>
  )
}
