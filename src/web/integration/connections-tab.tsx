import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { KeyRound, Plug, Star } from 'lucide-react'
import type { ConnectionBody, ProviderDetailBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { connectionQuery, connectionsQuery } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { usableMethods } from '../connecting/connectable.ts'
import { ConnectionDetail } from '../connections/connection-detail.tsx'
import { sortConnections } from '../integrations/overview.ts'
import { connectionTexts, frameTexts, integrationTexts, integrationsTexts, policyTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { ConnectionBadge } from '../ui/status-badge.tsx'
import { PolicyControl } from './policy-control.tsx'

type Props = { provider: ProviderDetailBody; connectionId: string | undefined; onSetup: () => void }

/** The accounts of one provider, and the chosen one in full. */
export function ConnectionsTab(props: Props) {
  return (
    <div className="space-y-6">
      <Accounts {...props} />
      <PolicyControl provider={props.provider} />
    </div>
  )
}

function Accounts({ provider, connectionId, onSetup }: Props) {
  const hub = useHub()
  const list = useInfiniteQuery(connectionsQuery(hub, { provider: provider.id }))
  // A linked connection may be on a later page of the list, or disconnected and in none.
  const linked = useQuery({
    ...connectionQuery(hub, connectionId ?? ''),
    enabled: connectionId !== undefined,
  })
  const connections = list.data && sortConnections(list.data.pages.flatMap((page) => page.data))

  if (!connections) {
    if (list.error) return <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
    return (
      <>
        <LoadingNote>{frameTexts.loading}</LoadingNote>
        <Skeleton className="h-80 rounded-xl" />
      </>
    )
  }
  const chosen =
    connectionId === undefined
      ? connections[0]
      : (connections.find(({ id }) => id === connectionId) ?? linked.data)
  if (!chosen) return <NoConnection provider={provider} onSetup={onSetup} />
  const shown = connections.some(({ id }) => id === chosen.id) ? connections : [...connections, chosen]
  const detail = <ConnectionDetail key={chosen.id} provider={provider} connection={chosen} />
  if (shown.length === 1 && !list.hasNextPage) return detail
  return (
    <div className="gap-6 lg:grid lg:grid-cols-[17rem_minmax(0,1fr)]">
      <nav aria-label={integrationTexts.list} className="mb-5 self-start lg:sticky lg:top-20">
        <ul className="space-y-1.5">
          {shown.map((connection) => (
            <AccountLink key={connection.id} connection={connection} chosen={connection.id === chosen.id} />
          ))}
        </ul>
        {list.hasNextPage && (
          <Button
            className="mt-2 w-full"
            size="small"
            busy={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {frameTexts.loadMore}
          </Button>
        )}
      </nav>
      <div className="min-w-0">{detail}</div>
    </div>
  )
}

function AccountLink({ connection, chosen }: { connection: ConnectionBody; chosen: boolean }) {
  return (
    <li>
      <Link
        to="/connections/$id"
        params={{ id: connection.id }}
        resetScroll={false}
        aria-current={chosen ? 'true' : undefined}
        className="block rounded-lg border border-line bg-surface px-3 py-2 text-sm hover:border-edge aria-[current=true]:border-accent aria-[current=true]:bg-accent-tint"
      >
        <span className="flex items-center gap-1.5">
          <bdi className="min-w-0 truncate font-medium">{connection.label ?? connection.account.label}</bdi>
          {connection.is_default && (
            <Star
              aria-label={connectionTexts.default}
              role="img"
              className="size-3.5 shrink-0 fill-current text-muted"
            />
          )}
        </span>
        <span className="mt-1 flex flex-wrap items-center justify-between gap-x-2 gap-y-1 text-muted">
          {connection.owner.name}
          <ConnectionBadge connection={connection} />
        </span>
        {connection.excluded && (
          <span className="mt-1 block text-xs text-warn" title={policyTexts.leftOutHelp}>
            {policyTexts.leftOut}
          </span>
        )}
      </Link>
    </li>
  )
}

function NoConnection({ provider, onSetup }: { provider: ProviderDetailBody; onSetup: () => void }) {
  const connect = useConnect()
  if (usableMethods(provider).length === 0) {
    return (
      <EmptyState
        icon={KeyRound}
        title={integrationTexts.unconfiguredTitle(provider.name)}
        detail={integrationTexts.unconfigured}
      >
        <Button look="primary" onClick={onSetup}>
          {integrationTexts.openSetup}
        </Button>
      </EmptyState>
    )
  }
  // The organization's word, before a form that would be refused.
  if (provider.owners.length === 0)
    return (
      <EmptyState
        icon={Plug}
        title={integrationTexts.noConnectionTitle(provider.name)}
        detail={policyTexts.nobody(provider.name)}
      />
    )
  return (
    <EmptyState
      icon={Plug}
      title={integrationTexts.noConnectionTitle(provider.name)}
      detail={integrationTexts.noConnection(provider.name)}
    >
      <Button look="primary" onClick={() => connect({ kind: 'connect', provider: provider.id })}>
        {integrationsTexts.connectNamed(provider.name)}
      </Button>
    </EmptyState>
  )
}
