import { useMutation, useQueryClient } from '@tanstack/react-query'
import { BadgeCheck, PencilLine, RefreshCw, Star, Unplug } from 'lucide-react'
import { useState } from 'react'
import type { ConnectionBody, ProviderDetailBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { connectionTexts, reportTexts, statusTexts } from '../texts.ts'
import type { HelpTopic } from '../texts/help.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Help } from '../ui/help.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { ConnectionBadge } from '../ui/status-badge.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { AdminSteps, hasSteps } from './admin-steps.tsx'
import { useDisconnect } from './disconnect-context.tsx'
import { mayChange } from './may-change.ts'
import { RenameDialog } from './rename-dialog.tsx'
import { StatusAction } from './status-action.tsx'
import { StatusReport } from './status-report.tsx'
import { useVerify } from './use-verify.ts'

type Props = { provider: ProviderDetailBody; connection: ConnectionBody }

/** Whose account it is, how it is and since when, who can act, and everything that can be done with it. */
export function StatusPanel({ provider, connection }: Props) {
  const { account, owner, trouble } = connection
  const name = connection.label ?? account.label
  return (
    <section aria-label={name} className="rounded-xl border border-line bg-surface p-4 sm:p-5">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="flex flex-wrap items-center gap-2 text-lg font-semibold">
            <bdi className="wrap-anywhere">{name}</bdi>
            {connection.is_default && (
              <Badge tone="plain" icon={Star} title={connectionTexts.defaultHelp}>
                {connectionTexts.default}
              </Badge>
            )}
          </h2>
          <p className="text-sm text-muted">
            {[
              ...new Set(
                [connection.label ? account.label : null, account.email].filter(
                  (part) => part && part !== name,
                ),
              ),
              connectionTexts.ownedBy(owner.name),
            ].join(' · ')}
          </p>
        </div>
        <span className="flex items-center gap-1">
          <ConnectionBadge connection={connection} />
          <Help topic={helpOn(connection.status.status)} />
        </span>
      </div>
      <StatusReport connection={connection} code className="mt-3 text-sm" />
      {hasSteps(connection) && (
        <div className="mt-3">
          <AdminSteps connection={connection} open />
        </div>
      )}
      {connection.capabilities.map(
        ({ id, label, value, warning }) =>
          warning && (
            <Notice key={id} tone="warn" title={`${label}: ${value}`} className="mt-3">
              <p>{warning}</p>
            </Notice>
          ),
      )}
      {trouble && (
        <Notice
          tone="warn"
          title={trouble.code === 'ends_soon' ? connectionTexts.ending : connectionTexts.trouble}
          className="mt-3"
        >
          <p>
            {trouble.detail} ({statusTexts.since} <Time iso={trouble.since} />)
          </p>
          {trouble.next_attempt_at && (
            <p>
              {connectionTexts.nextAttempt}: <Time iso={trouble.next_attempt_at} />
            </p>
          )}
        </Notice>
      )}
      <Actions provider={provider} connection={connection} />
    </section>
  )
}

/** What people ask about a status: the one topic that answers it. */
function helpOn(status: ConnectionBody['status']['status']): HelpTopic {
  if (status === 'connection_invalid') return 'reconnect'
  if (status === 'setup_required') return 'setup'
  return status === 'not_available' ? 'unavailable' : 'statuses'
}

function Actions({ provider, connection }: Props) {
  const hub = useHub()
  const client = useQueryClient()
  const me = useMe()
  const connect = useConnect()
  const { say } = useToasts()
  const disconnect = useDisconnect()
  const [renaming, setRenaming] = useState(false)
  const { id, status } = connection
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.connections })
    void client.invalidateQueries({ queryKey: keys.connection(id) })
    void client.invalidateQueries({ queryKey: keys.timeline(id) })
  }
  const verify = useVerify()
  const makeDefault = useMutation({
    mutationFn: () => hub.updateConnection(id, { is_default: true }),
    onSuccess: () =>
      say({ tone: 'ok', text: connectionTexts.madeDefault(connection.label ?? connection.account.label) }),
    onSettled: refresh,
  })
  const reconnect = () => connect({ kind: 'reconnect', provider: provider.id, connection })
  const isVerified = connection.method === 'verified_access'
  // An installed app is connected by its platform, and verified access has nothing to sign in to.
  const canReconnect = !isVerified && connection.method !== 'installed_app'
  const mends = status.action !== 'none'
  if (!mayChange(me, connection)) return null
  return (
    <>
      <div className="mt-4 flex flex-wrap gap-2">
        <StatusAction providerName={provider.name} connection={connection} look="primary" />
        {!(isVerified && mends) && (
          <Button size="small" busy={verify.isPending} onClick={() => verify.mutate(id)}>
            {!verify.isPending && <BadgeCheck aria-hidden className="size-4" />}
            {isVerified ? connectionTexts.verifyAccess : connectionTexts.verify}
          </Button>
        )}
        {canReconnect && status.action !== 'reconnect' && status.action !== 'connect' && (
          <Button size="small" onClick={reconnect}>
            <RefreshCw aria-hidden className="size-4" />
            {connectionTexts.reconnect}
          </Button>
        )}
        <Button size="small" onClick={() => setRenaming(true)}>
          <PencilLine aria-hidden className="size-4" />
          {connectionTexts.rename}
        </Button>
        {!connection.is_default && (
          <Button size="small" busy={makeDefault.isPending} onClick={() => makeDefault.mutate()}>
            <Star aria-hidden className="size-4" />
            {connectionTexts.makeDefault}
          </Button>
        )}
        <Button size="small" look="danger" onClick={() => disconnect({ provider, connection })}>
          <Unplug aria-hidden className="size-4" />
          {connectionTexts.disconnect}
        </Button>
      </div>
      {mends && (
        <p className="mt-3 text-sm text-muted">
          {reportTexts.stuck}{' '}
          <button
            type="button"
            onClick={() => disconnect({ provider, connection, stuck: true })}
            className="rounded text-accent underline underline-offset-2"
          >
            {reportTexts.stuckAction}
          </button>{' '}
          <Help topic="stuck" />
        </p>
      )}
      {(verify.error || makeDefault.error) && (
        <div className="mt-3">
          <ProblemNotice error={verify.error ?? makeDefault.error} />
        </div>
      )}
      {renaming && <RenameDialog connection={connection} onClose={() => setRenaming(false)} />}
    </>
  )
}
