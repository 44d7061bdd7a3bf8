import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { PackageOpen, SearchX } from 'lucide-react'
import { useDeferredValue, useMemo } from 'react'
import { useHub, useMe } from '../api/hub-context.tsx'
import { overviewQuery, providersQuery } from '../api/queries.ts'
import type { Change, IntegrationsSearch } from '../search-params.ts'
import { integrationsTexts, whoseTexts } from '../texts.ts'
import { Tour } from '../tour/tour.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useTitle } from '../ui/use-title.ts'
import { CardGrid, CardSkeletons } from './card-grid.tsx'
import { CategoryFilter } from './category-filter.tsx'
import { Filters } from './filters.tsx'
import {
  countAttention,
  countCategories,
  groupEntries,
  isConnectedWithSite,
  isShown,
  joinEntries,
} from './overview.ts'
import { createSearch } from './search.ts'
import { WhoseTabs } from './whose-tabs.tsx'
import { ConnectedWithSite } from './with-site.tsx'

const route = getRouteApi('/frame/')

export function IntegrationsPage() {
  useTitle(integrationsTexts.title)
  const hub = useHub()
  const me = useMe()
  const providers = useQuery(providersQuery(hub))
  const overview = useQuery(overviewQuery(hub))
  const filter = route.useSearch()
  const { whose = 'mine' } = filter
  const navigate = route.useNavigate()
  const change = (next: Change<IntegrationsSearch>) =>
    void navigate({ search: (last) => withoutEmpty({ ...last, ...next }), replace: true, resetScroll: false })

  const everyEntry = useMemo(
    () => providers.data && overview.data && joinEntries(providers.data, overview.data.groups, whose),
    [providers.data, overview.data, whose],
  )
  const withSite = useMemo(() => everyEntry?.filter(isConnectedWithSite), [everyEntry])
  const entries = useMemo(() => everyEntry?.filter((entry) => !isConnectedWithSite(entry)), [everyEntry])
  const search = useMemo(() => entries && createSearch(entries, ({ provider }) => provider), [entries])
  const words = useDeferredValue(filter.q ?? '')
  const found = useMemo(
    () => search?.(words).filter((entry) => isShown(entry, filter)),
    [search, words, filter],
  )
  const groups = useMemo(() => found && groupEntries(found), [found])
  const error = providers.error ?? overview.error
  const attention = overview.data ? countAttention(overview.data.groups, me) : undefined

  return (
    <>
      <div className="mb-3 space-y-1">
        <h1 className="text-2xl font-semibold">{integrationsTexts.title}</h1>
        <p className="text-muted">
          {whose === 'mine'
            ? whoseTexts.mineIntro
            : me.role === 'admin'
              ? whoseTexts.organizationIntro(me.organization.name)
              : whoseTexts.memberIntro(me.organization.name)}
        </p>
      </div>
      <WhoseTabs
        whose={whose}
        attention={{ mine: attention?.person ?? 0, organization: attention?.organization ?? 0 }}
        filter={filter}
      />
      {providers.data && overview.data && <Tour providers={providers.data} groups={overview.data.groups} />}
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
          {withSite && <ConnectedWithSite entries={withSite} />}
          {error && !entries ? (
            <ProblemNotice
              error={error}
              onRetry={() => {
                void providers.refetch()
                void overview.refetch()
              }}
            />
          ) : !found || !groups ? (
            <CardSkeletons />
          ) : entries?.length === 0 ? (
            <EmptyState
              icon={PackageOpen}
              title={integrationsTexts.title}
              detail={integrationsTexts.emptyCatalog}
            />
          ) : found.length === 0 ? (
            <EmptyState icon={SearchX} title={integrationsTexts.noneTitle} detail={integrationsTexts.none}>
              <Button
                onClick={() => void navigate({ search: whose === 'mine' ? {} : { whose }, replace: true })}
              >
                {integrationsTexts.clear}
              </Button>
            </EmptyState>
          ) : words.trim() !== '' ? (
            // What was searched for keeps the order of relevance.
            <CardGrid title={integrationsTexts.groups.found} entries={found} whose={whose} />
          ) : (
            <div className="space-y-8">
              {groups.map(({ name, entries: members }) => (
                <CardGrid
                  key={name}
                  title={integrationsTexts.groups[name]}
                  hint={name === 'unconfigured' ? integrationsTexts.groupHints.unconfigured : undefined}
                  entries={members}
                  whose={whose}
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
