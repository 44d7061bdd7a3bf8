import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { Link2 } from 'lucide-react'
import type { ConnectionBody, ProviderSummaryBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { connectionsQuery, providersQuery } from '../api/queries.ts'
import { type Change, CONNECTIONS_OF, type ConnectionsSearch } from '../search-params.ts'
import { allConnectionsTexts, frameTexts, shownOwnersTexts, statusTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { ConnectionRow } from './connection-row.tsx'
import { ExistenceList } from './existence-list.tsx'

const route = getRouteApi('/frame/connections')

/** Every connection, page by page: end users' can be many. */
export function ConnectionsPage() {
  useTitle(allConnectionsTexts.title)
  const hub = useHub()
  const me = useMe()
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const providers = useQuery(providersQuery(hub))
  const list = useInfiniteQuery(
    connectionsQuery(hub, {
      ...(filter.provider && { provider: filter.provider }),
      ...(filter.whose === 'mine' && me.person_id && { owner: me.person_id }),
      ...(filter.whose === 'organization' && { owner: me.organization.id }),
      ...(filter.status && { status: filter.status }),
      ...(filter.disconnected && { include_disconnected: 'true' as const }),
    }),
  )
  const connections = list.data?.pages.flatMap((page) => page.data)
  const change = (next: Change<ConnectionsSearch>) =>
    void navigate({
      search: (last) =>
        Object.fromEntries(
          Object.entries({ ...last, ...next }).filter(([, value]) => value),
        ) as ConnectionsSearch,
      replace: true,
    })
  return (
    <>
      <div className="mb-5 space-y-1">
        <h1 className="text-2xl font-semibold">{allConnectionsTexts.title}</h1>
        <p className="text-muted">{allConnectionsTexts.intro}</p>
      </div>
      <Filters filter={filter} providers={providers.data} onChange={change} />
      {filter.whose === 'everybody' && me.role === 'admin' ? (
        <ExistenceList provider={filter.provider} providers={providers.data ?? []} />
      ) : connections ? (
        connections.length === 0 ? (
          <Empty filtered={Object.keys(filter).length > 0} />
        ) : (
          <ConnectionsTable connections={connections} providers={providers.data ?? []} />
        )
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <Skeleton className="h-96 rounded-xl" />
        </>
      )}
      {filter.whose !== 'everybody' && list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {frameTexts.loadMore}
        </Button>
      )}
    </>
  )
}

function Filters({
  filter,
  providers,
  onChange,
}: {
  filter: ConnectionsSearch
  providers: ProviderSummaryBody[] | undefined
  onChange: (next: Change<ConnectionsSearch>) => void
}) {
  const me = useMe()
  return (
    <search className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-2">
      <select
        aria-label={shownOwnersTexts.label}
        value={filter.whose ?? ''}
        onChange={(event) =>
          onChange({ whose: CONNECTIONS_OF.find((whose) => whose === event.target.value) })
        }
        className={`${inputClass} sm:w-72`}
      >
        <option value="">{shownOwnersTexts.all}</option>
        {CONNECTIONS_OF.filter((whose) => whose !== 'everybody' || me.role === 'admin').map((whose) => (
          <option key={whose} value={whose}>
            {shownOwnersTexts[whose]}
          </option>
        ))}
      </select>
      <select
        aria-label={allConnectionsTexts.provider}
        value={filter.provider ?? ''}
        onChange={(event) => onChange({ provider: event.target.value || undefined })}
        className={`${inputClass} sm:w-56`}
      >
        <option value="">{allConnectionsTexts.anyProvider}</option>
        {providers?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {filter.whose !== 'everybody' && (
        <>
          <select
            aria-label={allConnectionsTexts.status}
            value={filter.status ?? ''}
            onChange={(event) => onChange({ status: event.target.value || undefined })}
            className={`${inputClass} sm:w-56`}
          >
            <option value="">{allConnectionsTexts.anyStatus}</option>
            {Object.entries(statusTexts.names).map(([status, name]) => (
              <option key={status} value={status}>
                {name}
              </option>
            ))}
          </select>
          <label className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={filter.disconnected ?? false}
              onChange={(event) => onChange({ disconnected: event.target.checked || undefined })}
            />
            {allConnectionsTexts.includeDisconnected}
          </label>
        </>
      )}
    </search>
  )
}

function ConnectionsTable({
  connections,
  providers,
}: {
  connections: ConnectionBody[]
  providers: ProviderSummaryBody[]
}) {
  const byId = new Map(providers.map((provider) => [provider.id, provider]))
  return (
    <DataTable label={allConnectionsTexts.table} columns={allConnectionsTexts.columns}>
      {connections.map((connection) => (
        <ConnectionRow key={connection.id} connection={connection} provider={byId.get(connection.provider)} />
      ))}
    </DataTable>
  )
}

function Empty({ filtered }: { filtered: boolean }) {
  return (
    <EmptyState
      icon={Link2}
      title={allConnectionsTexts.emptyTitle}
      detail={filtered ? allConnectionsTexts.empty : allConnectionsTexts.emptyAll}
    >
      <Link to="/" className={buttonClass({ look: 'primary' })}>
        {allConnectionsTexts.toIntegrations}
      </Link>
    </EmptyState>
  )
}
