import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { BadgeCheck, PencilLine, RefreshCw, Star, Unplug } from 'lucide-react'
import { useState } from 'react'
import type { ConnectionBody, ProviderDetailBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { connectionTexts, statusTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { ConnectionBadge } from '../ui/status-badge.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { useDisconnect } from './disconnect-context.tsx'
import { RenameDialog } from './rename-dialog.tsx'

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
        <ConnectionBadge connection={connection} />
      </div>
      <Cause connection={connection} />
      <Steps provider={provider} connection={connection} />
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

/** Always with cause, since when, and who can act. */
function Cause({ connection: { status } }: { connection: ConnectionBody }) {
  return (
    <div className="mt-3 text-sm">
      <p>
        {status.detail}{' '}
        {status.since && (
          <span className="text-muted">
            ({statusTexts.since} <Time iso={status.since} />)
          </span>
        )}
      </p>
      {status.status !== 'connected' && (
        <p className="text-muted">
          {statusTexts.who[status.who]}
          {status.cause && (
            <>
              {' '}
              {statusTexts.cause}: <code className="text-xs">{status.cause}</code>
            </>
          )}
        </p>
      )}
    </div>
  )
}

/** What is missing at the provider, step by step, where access is verified and not authorized. */
function Steps({ provider, connection }: Props) {
  const method = provider.methods.find(({ kind }) => kind === connection.method)
  if (connection.status.status !== 'setup_required' || method?.kind !== 'verified_access') return null
  return (
    <Notice tone="warn" title={connectionTexts.stepsFirst} className="mt-3">
      <ol className="list-decimal space-y-1 ps-5">
        {method.instructions.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </Notice>
  )
}

function Actions({ provider, connection }: Props) {
  const hub = useHub()
  const client = useQueryClient()
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
  const verify = useMutation({
    mutationFn: () => hub.verify(id),
    onSuccess: (after) => {
      if (after.status.status === 'connected') say({ tone: 'ok', text: connectionTexts.verified })
      else
        say({
          tone: 'warn',
          text: statusTexts.changed(statusTexts.names[after.status.status], after.status.detail),
        })
    },
    onSettled: refresh,
  })
  const makeDefault = useMutation({
    mutationFn: () => hub.updateConnection(id, { is_default: true }),
    onSuccess: () =>
      say({ tone: 'ok', text: connectionTexts.madeDefault(connection.label ?? connection.account.label) }),
    onSettled: refresh,
  })
  const reconnect = () => connect({ kind: 'reconnect', provider: provider.id, connection })
  const verified = connection.method === 'verified_access'
  const mustReconnect = (!verified && status.action === 'reconnect') || status.action === 'connect'
  return (
    <>
      <div className="mt-4 flex flex-wrap gap-2">
        {mustReconnect ? (
          <Button look="primary" size="small" onClick={reconnect}>
            <RefreshCw aria-hidden className="size-4" />
            {connectionTexts.reconnect}
          </Button>
        ) : verified ? null : (
          <MendAction provider={provider} connection={connection} />
        )}
        <Button size="small" busy={verify.isPending} onClick={() => verify.mutate()}>
          {!verify.isPending && <BadgeCheck aria-hidden className="size-4" />}
          {verified ? connectionTexts.verifyAccess : connectionTexts.verify}
        </Button>
        {!mustReconnect && !verified && (
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
      {(verify.error || makeDefault.error) && (
        <div className="mt-3">
          <ProblemNotice error={verify.error ?? makeDefault.error} />
        </div>
      )}
      {renaming && <RenameDialog connection={connection} onClose={() => setRenaming(false)} />}
    </>
  )
}

/** What to do where reconnecting does not help. */
function MendAction({ provider, connection }: Props) {
  const { action } = connection.status
  const label = statusTexts.actions[action]
  const look = buttonClass({ look: 'primary', size: 'small' })
  if (action === 'follow_steps') {
    return (
      <Link to="/connections/$id" params={{ id: connection.id }} search={{ tab: 'setup' }} className={look}>
        {label}
      </Link>
    )
  }
  if (
    (action === 'contact_provider_admin' || action === 'check_subscription') &&
    /^https:/.test(provider.setup.console_url)
  ) {
    return (
      <a href={provider.setup.console_url} target="_blank" rel="noopener noreferrer" className={look}>
        {label}
      </a>
    )
  }
  return null
}
