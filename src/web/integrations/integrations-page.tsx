import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { PackageOpen, SearchX } from 'lucide-react'
import { useDeferredValue, useMemo } from 'react'
import { useHub, useMe } from '../api/hub-context.tsx'
import { houseConnectionsQuery, providersQuery } from '../api/queries.ts'
import type { Change, IntegrationsSearch } from '../search-params.ts'
import { integrationsTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useTitle } from '../ui/use-title.ts'
import { CardGrid, CardSkeletons } from './card-grid.tsx'
import { CategoryFilter } from './category-filter.tsx'
import { Filters } from './filters.tsx'
import { FirstRun } from './first-run.tsx'
import { countCategories, groupEntries, isShown, joinEntries } from './overview.ts'
import { createSearch } from './search.ts'

const route = getRouteApi('/frame/')

export function IntegrationsPage() {
  useTitle(integrationsTexts.title)
  const hub = useHub()
  const me = useMe()
  const providers = useQuery(providersQuery(hub))
  const connections = useQuery(houseConnectionsQuery(hub, me))
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: Change<IntegrationsSearch>) =>
    void navigate({ search: (last) => withoutEmpty({ ...last, ...next }), replace: true, resetScroll: false })

  const entries = useMemo(
    () => providers.data && connections.data && joinEntries(providers.data, connections.data),
    [providers.data, connections.data],
  )
  const search = useMemo(() => entries && createSearch(entries, ({ provider }) => provider), [entries])
  const words = useDeferredValue(filter.q ?? '')
  const found = useMemo(
    () => search?.(words).filter((entry) => isShown(entry, filter)),
    [search, words, filter],
  )
  const error = providers.error ?? connections.error

  return (
    <>
      <div className="mb-5 space-y-1">
        <h1 className="text-2xl font-semibold">{integrationsTexts.title}</h1>
        <p className="text-muted">{integrationsTexts.intro}</p>
      </div>
      {entries && connections.data && <FirstRun entries={entries} />}
      <div className="lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)] lg:gap-8">
        <CategoryFilter
          categories={entries && countCategories(entries)}
          total={entries?.length}
          chosen={filter.category}
          onChange={(category) => change({ category })}
        />
        <div className="min-w-0">
          <Filters
            filter={filter}
            onChange={change}
            found={found?.length}
            categories={entries && countCategories(entries)}
          />
          {error && !entries ? (
            <ProblemNotice
              error={error}
              onRetry={() => {
                void providers.refetch()
                void connections.refetch()
              }}
            />
          ) : !found ? (
            <CardSkeletons />
          ) : entries?.length === 0 ? (
            <EmptyState
              icon={PackageOpen}
              title={integrationsTexts.title}
              detail={integrationsTexts.emptyCatalog}
            />
          ) : found.length === 0 ? (
            <EmptyState icon={SearchX} title={integrationsTexts.noneTitle} detail={integrationsTexts.none}>
              <Button onClick={() => void navigate({ search: {}, replace: true })}>
                {integrationsTexts.clear}
              </Button>
            </EmptyState>
          ) : words.trim() !== '' ? (
            // What was searched for keeps the order of relevance.
            <CardGrid title={integrationsTexts.groups.found} entries={found} />
          ) : (
            <div className="space-y-8">
              {groupEntries(found).map(({ name, entries: members }) => (
                <CardGrid
                  key={name}
                  title={integrationsTexts.groups[name]}
                  hint={name === 'unconfigured' ? integrationsTexts.groupHints.unconfigured : undefined}
                  entries={members}
                />
              ))}
            </div>
          )}
        </div>
      </div>
    </>
  )
}

function withoutEmpty(search: Change<IntegrationsSearch>): IntegrationsSearch {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined && value !== ''),
  ) as IntegrationsSearch
}
