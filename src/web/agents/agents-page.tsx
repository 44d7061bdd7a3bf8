import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { SearchX } from 'lucide-react'
import { useDeferredValue, useMemo } from 'react'
import { useHub } from '../api/hub-context.tsx'
import type { AgentsSearch, Change } from '../search-params.ts'
import { agentsTexts, frameTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { AgentCard } from './agent-card.tsx'
import { findAgents } from './filter.ts'
import { AgentFilters } from './filters.tsx'
import { agentsQuery } from './queries.ts'

const route = getRouteApi('/frame/agents')
const GRID = 'grid gap-3 sm:grid-cols-2 xl:grid-cols-3'

/** Every agent: whether it can be used now, and what is in the way. */
export function AgentsPage() {
  useTitle(agentsTexts.title)
  const { data, error, refetch } = useQuery(agentsQuery(useHub()))
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: Change<AgentsSearch>) =>
    void navigate({ search: (last) => withoutEmpty({ ...last, ...next }), replace: true, resetScroll: false })
  const late = useDeferredValue(filter)
  const found = useMemo(() => data && findAgents(data, late), [data, late])
  return (
    <>
      <div className="mb-5 space-y-1">
        <h1 className="text-2xl font-semibold">{agentsTexts.title}</h1>
        <p className="max-w-prose text-muted">{agentsTexts.intro}</p>
      </div>
      <AgentFilters filter={filter} onChange={change} found={found?.length} />
      {found && found.length > 0 ? (
        <ul className={GRID}>
          {found.map(({ agent, matching }) => (
            <AgentCard key={agent.id} agent={agent} matching={matching} />
          ))}
        </ul>
      ) : found ? (
        <EmptyState icon={SearchX} title={agentsTexts.noneTitle} detail={agentsTexts.none}>
          <Button onClick={() => void navigate({ search: {}, replace: true })}>{agentsTexts.clear}</Button>
        </EmptyState>
      ) : error ? (
        <ProblemNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <div className={GRID}>
            {Array.from({ length: 9 }, (_, index) => (
              <Skeleton key={index} className="h-40 rounded-xl" />
            ))}
          </div>
        </>
      )}
    </>
  )
}

function withoutEmpty(search: Change<AgentsSearch>): AgentsSearch {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined && value !== ''),
  ) as AgentsSearch
}
