import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { FolderSearch, Plug } from 'lucide-react'
import type { ProjectBody, ProjectSourceBody, ProjectSourcesBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { selectionsQuery, sourcesQuery } from '../api/projects.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { frameTexts, resourceTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Logo } from '../ui/logo.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { SourcePanel } from './source-panel.tsx'

const route = getRouteApi('/frame/projects/$id')
/** Buttons for what could be connected; the rest is on the Integrations page. */
const OFFERED = 8

/** In the address: which account is looked at. */
export const sourceKey = ({ provider, mode, account }: ProjectSourceBody) =>
  `${provider}.${mode}.${account.id}`

export function ResourcesTab({ project }: { project: ProjectBody }) {
  const hub = useHub()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const sources = useQuery(sourcesQuery(hub, project.id))
  const selections = useQuery(selectionsQuery(hub, project.id))
  const error = sources.error ?? selections.error
  if (!sources.data || !selections.data) {
    if (error)
      return (
        <ProblemNotice
          error={error}
          onRetry={() => {
            void sources.refetch()
            void selections.refetch()
          }}
        />
      )
    return (
      <>
        <LoadingNote>{frameTexts.loading}</LoadingNote>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-[18rem_minmax(0,1fr)]">
          <Skeleton className="h-60 rounded-xl" />
          <Skeleton className="h-120 rounded-xl" />
        </div>
      </>
    )
  }
  // Whoever may not choose sees what was chosen, not what could be.
  const shown = sources.data.data.filter(({ selected }) => project.may.manage || selected > 0)
  const current = shown.find((source) => sourceKey(source) === search.source) ?? shown[0]
  if (!current) return <NoSource project={project} sources={sources.data} />
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[18rem_minmax(0,1fr)]">
      <div className="space-y-4 lg:sticky lg:top-18">
        <nav aria-label={resourceTexts.accounts}>
          <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
            {shown.map((source) => {
              const key = sourceKey(source)
              const isCurrent = source === current
              return (
                <li key={key}>
                  <button
                    type="button"
                    aria-current={isCurrent || undefined}
                    onClick={() =>
                      void navigate({
                        search: ({ tab }) => ({ ...(tab && { tab }), source: key }),
                        replace: true,
                        resetScroll: false,
                      })
                    }
                    className="flex w-full items-center gap-3 px-3.5 py-2.5 text-start -outline-offset-2 hover:bg-sunken aria-[current=true]:bg-accent-tint"
                  >
                    <Logo name={source.provider_name} src={source.logo} />
                    <span className="min-w-0 flex-1 text-sm">
                      <span className="block font-medium">{source.provider_name}</span>
                      <bdi className="block truncate text-muted">{source.account.label}</bdi>
                    </span>
                    <span className="shrink-0 text-end text-xs">
                      {source.connection_id === null ? (
                        <Badge tone="warn">{resourceTexts.notConnected}</Badge>
                      ) : (
                        source.selected > 0 && (
                          <Badge tone="accent">{resourceTexts.selectedOf(source.selected)}</Badge>
                        )
                      )}
                    </span>
                  </button>
                </li>
              )
            })}
          </ul>
        </nav>
        {project.may.manage && <ConnectMore sources={sources.data} />}
      </div>
      <SourcePanel
        key={sourceKey(current)}
        project={project}
        source={current}
        selections={selections.data.filter(
          ({ provider, account }) => provider === current.provider && account.id === current.account.id,
        )}
      />
    </div>
  )
}

function NoSource({ project, sources }: { project: ProjectBody; sources: ProjectSourcesBody }) {
  return (
    <EmptyState
      icon={FolderSearch}
      title={resourceTexts.noSourcesTitle}
      detail={project.may.manage ? resourceTexts.noSources : resourceTexts.noSourcesMember}
    >
      {project.may.manage && <ConnectButtons sources={sources} />}
    </EmptyState>
  )
}

function ConnectMore({ sources }: { sources: ProjectSourcesBody }) {
  if (useMe().role !== 'admin' || sources.connectable.length === 0) return null
  return (
    <details className="rounded-xl border border-line bg-surface px-3.5 py-2.5 text-sm">
      <summary className="font-medium">{resourceTexts.connectMore}</summary>
      <div className="mt-3 mb-1 flex flex-wrap gap-2">
        <ConnectButtons sources={sources} />
      </div>
    </details>
  )
}

function ConnectButtons({ sources }: { sources: ProjectSourcesBody }) {
  const connect = useConnect()
  const mayConnect = useMe().role === 'admin'
  return (
    <>
      {mayConnect &&
        sources.connectable.slice(0, OFFERED).map(({ id, name, logo }) => (
          <Button
            key={id}
            size="small"
            onClick={() => connect({ kind: 'connect', provider: id, owner: 'organization' })}
          >
            <Logo name={name} src={logo} size="small" />
            {resourceTexts.connect(name)}
          </Button>
        ))}
      <Link to="/" className={buttonClass({ size: 'small', look: 'quiet' })}>
        <Plug aria-hidden className="size-4" />
        {resourceTexts.openIntegrations}
      </Link>
    </>
  )
}
