import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import { Unplug } from 'lucide-react'
import { problemOf } from '../api/http.ts'
import { useHub } from '../api/hub-context.tsx'
import { connectionQuery, providerQuery } from '../api/queries.ts'
import type { Tab } from '../search-params.ts'
import { connectionTexts, frameTexts, integrationTexts } from '../texts.ts'
import { buttonClass } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { Integration } from './integration.tsx'

const integrationRoute = getRouteApi('/frame/integrations/$id')
const connectionRoute = getRouteApi('/frame/connections/$id')

/** One integration, opened by its provider. */
export function IntegrationPage() {
  const { id } = integrationRoute.useParams()
  const { tab } = integrationRoute.useSearch()
  return <ProviderPage id={id} tab={tab} connectionId={undefined} />
}

/** The same page, opened by one connection. */
export function ConnectionPage() {
  const { id } = connectionRoute.useParams()
  const { tab } = connectionRoute.useSearch()
  const { data, error, refetch } = useQuery(connectionQuery(useHub(), id))
  if (data) return <ProviderPage id={data.provider} tab={tab} connectionId={id} />
  if (error && problemOf(error).status === 404) {
    return <Unknown title={connectionTexts.unknownTitle} detail={connectionTexts.unknown} />
  }
  return error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : <PageSkeleton />
}

function ProviderPage({
  id,
  tab,
  connectionId,
}: {
  id: string
  tab: Tab | undefined
  connectionId: string | undefined
}) {
  const { data, error, refetch } = useQuery(providerQuery(useHub(), id))
  useTitle(data?.name ?? integrationTexts.tabs.connections)
  if (data) return <Integration provider={data} tab={tab} connectionId={connectionId} />
  if (error && problemOf(error).status === 404) {
    return <Unknown title={integrationTexts.unknownTitle} detail={integrationTexts.unknown} />
  }
  return error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : <PageSkeleton />
}

function Unknown({ title, detail }: { title: string; detail: string }) {
  useTitle(title)
  return (
    <EmptyState icon={Unplug} heading="h1" title={title} detail={detail}>
      <Link to="/" className={buttonClass({ look: 'primary' })}>
        {integrationTexts.toAll}
      </Link>
    </EmptyState>
  )
}

function PageSkeleton() {
  return (
    <div>
      <LoadingNote>{frameTexts.loading}</LoadingNote>
      <Skeleton className="h-5 w-40" />
      <Skeleton className="mt-4 h-12 w-72" />
      <Skeleton className="mt-6 h-10" />
      <Skeleton className="mt-5 h-80" />
    </div>
  )
}
