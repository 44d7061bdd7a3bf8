import type { ConnectionBody, ProviderDetailBody } from '../../http/wire.ts'
import { connectionTexts } from '../texts.ts'
import { Notice } from '../ui/notice.tsx'
import { ConnectionFacts } from './connection-facts.tsx'
import { GrantedPermissions } from './granted-permissions.tsx'
import { StatusPanel } from './status-panel.tsx'
import { TestCall } from './test-call.tsx'
import { Timeline } from './timeline.tsx'

/** One connection in full: how it is, what it may do, a call through it, what happened to it. */
export function ConnectionDetail({
  provider,
  connection,
}: {
  provider: ProviderDetailBody
  connection: ConnectionBody
}) {
  const live = connection.disconnected_at === null
  return (
    <div className="space-y-5">
      {live ? (
        <StatusPanel provider={provider} connection={connection} />
      ) : (
        <Notice tone="info" title={connection.label ?? connection.account.label}>
          <p>{connectionTexts.asDisconnected}</p>
        </Notice>
      )}
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0 space-y-5">
          {live && <TestCall provider={provider} connection={connection} />}
          <Timeline connectionId={connection.id} />
        </div>
        <div className="min-w-0 space-y-5">
          {live && <GrantedPermissions provider={provider} connection={connection} />}
          <ConnectionFacts connection={connection} />
        </div>
      </div>
    </div>
  )
}
