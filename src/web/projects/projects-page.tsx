import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { FolderKanban, Plus, SearchX } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import type { ProjectBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { projectsQuery } from '../api/projects.ts'
import { frameTexts, projectsTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { ProjectDialog } from './project-dialog.tsx'

const route = getRouteApi('/frame/projects')

export function ProjectsPage() {
  useTitle(projectsTexts.title)
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const mayCreate = useMe().role === 'admin'
  const [creating, setCreating] = useState(false)
  const list = useInfiniteQuery(projectsQuery(useHub(), useDeferredValue(q.trim())))
  const projects = list.data?.pages.flatMap((page) => page.data)
  const search = (next: string) => void navigate({ search: next ? { q: next } : {}, replace: true })
  const isBare = projects?.length === 0 && q === ''
  const create = mayCreate && (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden className="size-4.5" />
      {projectsTexts.create}
    </Button>
  )
  return (
    <>
      <div className="mb-5 flex flex-wrap items-start justify-between gap-3">
        <div className="space-y-1">
          <h1 className="text-2xl font-semibold">{projectsTexts.title}</h1>
          <p className="max-w-prose text-muted">{projectsTexts.intro}</p>
        </div>
        {!isBare && create}
      </div>
      {!isBare && (
        <input
          type="search"
          aria-label={projectsTexts.search}
          placeholder={projectsTexts.search}
          value={q}
          onChange={(event) => search(event.target.value)}
          className={`${inputClass} mb-4 max-w-md`}
        />
      )}
      {projects ? (
        isBare ? (
          <EmptyState
            icon={FolderKanban}
            title={projectsTexts.emptyTitle}
            detail={mayCreate ? projectsTexts.emptyAdmin : projectsTexts.empty}
          >
            {create}
          </EmptyState>
        ) : projects.length === 0 ? (
          <EmptyState icon={SearchX} title={projectsTexts.noneTitle} detail={projectsTexts.none}>
            <Button onClick={() => search('')}>{projectsTexts.clear}</Button>
          </EmptyState>
        ) : (
          <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {projects.map((project) => (
              <Card key={project.id} project={project} />
            ))}
          </ul>
        )
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {[0, 1, 2].map((number) => (
              <Skeleton key={number} className="h-31 rounded-xl" />
            ))}
          </div>
        </>
      )}
      {list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {frameTexts.loadMore}
        </Button>
      )}
      {creating && <ProjectDialog onClose={() => setCreating(false)} />}
    </>
  )
}

function Card({ project }: { project: ProjectBody }) {
  return (
    <li className="relative flex min-h-31 flex-col rounded-xl border border-line bg-surface p-4 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent hover:border-edge">
      <div className="flex items-start justify-between gap-2">
        <h2 className="min-w-0 font-semibold">
          <Link
            to="/projects/$id"
            params={{ id: project.id }}
            className="outline-none after:absolute after:inset-0"
          >
            <bdi>{project.name}</bdi>
          </Link>
        </h2>
        {project.role === 'admin' && <Badge tone="accent">{projectsTexts.yours}</Badge>}
      </div>
      {project.description && (
        <p dir="auto" className="mt-1 line-clamp-2 text-sm text-muted">
          {project.description}
        </p>
      )}
      <p className="mt-auto pt-3 text-sm text-muted">
        {projectsTexts.resources(project.resources)} · {projectsTexts.people(project.members)}
      </p>
    </li>
  )
}
