import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { DisconnectReportBody, ImpactBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { impactQuery, keys } from '../api/queries.ts'
import { disconnectTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import type { DisconnectRequest } from './disconnect-context.tsx'
import { DisconnectReport } from './disconnect-report.tsx'
import { ImpactList } from './impact-list.tsx'

type Props = DisconnectRequest & { onClose: () => void }

/** The impact first; then, item by item, what was done and what is left to do by hand. */
export default function DisconnectDialog({ provider, connection, stuck = false, onClose }: Props) {
  const hub = useHub()
  const client = useQueryClient()
  const name = connection.label ?? connection.account.label
  const impact = useQuery(impactQuery(hub, connection.id))
  const disconnect = useMutation({
    mutationFn: (options: { force: boolean }) => hub.disconnect(connection.id, options),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.connections })
      void client.invalidateQueries({ queryKey: keys.connection(connection.id) })
      void client.invalidateQueries({ queryKey: keys.timeline(connection.id) })
    },
  })
  const report = disconnect.data
  return (
    <Dialog
      open
      onClose={onClose}
      title={report ? disconnectTexts.reportTitle(name) : disconnectTexts.title(name)}
      description={provider.name}
    >
      {report ? (
        <Done provider={provider.name} report={report} onClose={onClose} />
      ) : (
        <Question
          provider={provider.name}
          stuck={stuck}
          impact={impact.data}
          impactError={impact.error}
          onRetry={() => void impact.refetch()}
          pending={disconnect.isPending ? disconnect.variables : undefined}
          error={disconnect.error}
          onDisconnect={(force) => disconnect.mutate({ force })}
          onCancel={onClose}
        />
      )}
    </Dialog>
  )
}

function Question({
  provider,
  stuck,
  impact,
  impactError,
  onRetry,
  pending,
  error,
  onDisconnect,
  onCancel,
}: {
  provider: string
  stuck: boolean
  impact: ImpactBody | undefined
  impactError: unknown
  onRetry: () => void
  pending: { force: boolean } | undefined
  error: unknown
  onDisconnect: (force: boolean) => void
  onCancel: () => void
}) {
  return (
    <>
      {impact ? (
        <ImpactList provider={provider} impact={impact} />
      ) : impactError ? (
        // Not knowing the impact does not lock the door: the person may still decide.
        <ProblemNotice error={impactError} onRetry={onRetry} />
      ) : (
        <div className="space-y-3">
          <LoadingNote>{disconnectTexts.loading}</LoadingNote>
          <Skeleton className="h-6 w-2/5" />
          <Skeleton className="h-28" />
          <Skeleton className="h-6 w-2/5" />
          <Skeleton className="h-14" />
        </div>
      )}
      {error !== null && (
        <div className="mt-4">
          <ProblemNotice error={error} />
        </div>
      )}
      <details open={stuck} className="mt-5 rounded-lg border border-line px-3.5 py-2.5 text-sm">
        <summary className="font-medium">{disconnectTexts.stuck}</summary>
        <p className="mt-2 text-muted">{disconnectTexts.stuckHelp(provider)}</p>
        <Button
          look="danger"
          size="small"
          className="mt-3 mb-1"
          busy={pending?.force === true}
          onClick={() => !pending && onDisconnect(true)}
        >
          {disconnectTexts.force}
        </Button>
      </details>
      <DialogActions>
        <Button onClick={onCancel}>{disconnectTexts.cancel}</Button>
        <Button
          look="danger"
          busy={pending?.force === false}
          aria-disabled={!impact && !impactError ? true : undefined}
          onClick={() => (impact || impactError) && !pending && onDisconnect(false)}
        >
          {disconnectTexts.confirm}
        </Button>
      </DialogActions>
    </>
  )
}

function Done({
  provider,
  report,
  onClose,
}: {
  provider: string
  report: DisconnectReportBody
  onClose: () => void
}) {
  const close = useRef<HTMLButtonElement>(null)
  // The button that was pressed is gone.
  useEffect(() => close.current?.focus(), [])
  return (
    <>
      <DisconnectReport provider={provider} report={report} />
      <DialogActions>
        <Button ref={close} look="primary" onClick={onClose}>
          {disconnectTexts.close}
        </Button>
      </DialogActions>
    </>
  )
}
