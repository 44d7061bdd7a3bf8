import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ChevronRight, Ellipsis, FolderX, Pencil, Trash2 } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import type { ProjectBody } from '../../http/wire.ts'
import { problemOf } from '../api/http.ts'
import { useHub } from '../api/hub-context.tsx'
import { projectKeys, projectQuery } from '../api/projects.ts'
import { keys } from '../api/queries.ts'
import { PROJECT_TABS } from '../search-params.ts'
import { frameTexts, integrationTexts, projectsTexts, projectTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Menu, MenuItem } from '../ui/menu.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { useTitle } from '../ui/use-title.ts'
import { HistoryTab } from './history-tab.tsx'
import { MembersTab } from './members-tab.tsx'
import { ProjectDialog } from './project-dialog.tsx'
import { ResourcesTab } from './resources-tab.tsx'
import { SyncTab } from './sync-tab.tsx'

const route = getRouteApi('/frame/projects/$id')

export function ProjectPage() {
  const { id } = route.useParams()
  const project = useQuery(projectQuery(useHub(), id))
  useTitle(project.data?.name ?? projectsTexts.title)
  if (project.data) return <Project key={id} project={project.data} />
  if (project.error && problemOf(project.error).status === 404)
    return (
      <EmptyState icon={FolderX} heading="h1" title={projectTexts.missingTitle} detail={projectTexts.missing}>
        <Link to="/projects" className={buttonClass()}>
          {projectTexts.back}
        </Link>
      </EmptyState>
    )
  if (project.error) return <ProblemNotice error={project.error} onRetry={() => void project.refetch()} />
  return (
    <>
      <LoadingNote>{frameTexts.loading}</LoadingNote>
      <Skeleton className="mb-4 h-5 w-40" />
      <Skeleton className="mb-5 h-12 w-72" />
      <Skeleton className="h-96 rounded-xl" />
    </>
  )
}

function Project({ project }: { project: ProjectBody }) {
  const { tab = 'resources' } = route.useSearch()
  const navigate = route.useNavigate()
  const choose = (next: string) => {
    const chosen = PROJECT_TABS.find((name) => name === next)
    // Going back leaves the page, not the tab.
    void navigate({
      search: chosen === undefined || chosen === 'resources' ? {} : { tab: chosen },
      replace: true,
      resetScroll: false,
    })
  }
  return (
    <>
      <nav aria-label={integrationTexts.breadcrumb} className="mb-4 text-sm">
        <ol className="flex items-center gap-1.5">
          <li>
            <Link to="/projects" className="text-accent underline underline-offset-2">
              {projectsTexts.title}
            </Link>
          </li>
          <li aria-hidden>
            <ChevronRight className="size-4 text-muted rtl:-scale-x-100" />
          </li>
          <li aria-current="page" className="truncate">
            <bdi>{project.name}</bdi>
          </li>
        </ol>
      </nav>
      <div className="mb-4 flex items-start justify-between gap-3">
        <div className="min-w-0 space-y-1">
          <h1 dir="auto" className="text-2xl font-semibold">
            {project.name}
          </h1>
          {project.description && (
            <p dir="auto" className="max-w-prose text-muted">
              {project.description}
            </p>
          )}
        </div>
        {project.may.manage && <More project={project} />}
      </div>
      <Tabs.Root value={tab} onValueChange={choose} activationMode="manual">
        <Tabs.List aria-label={project.name} className="mb-5 flex overflow-x-auto border-b border-line">
          {PROJECT_TABS.map((name) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="-mb-px h-11 shrink-0 border-b-2 border-transparent px-1.5 text-sm whitespace-nowrap text-muted -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink sm:px-3.5"
            >
              {projectTexts.tabs[name]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="resources">
          <ResourcesTab project={project} />
        </Tabs.Content>
        <Tabs.Content value="members">
          <MembersTab project={project} />
        </Tabs.Content>
        <Tabs.Content value="sync">
          <SyncTab project={project} />
        </Tabs.Content>
        <Tabs.Content value="history">
          <HistoryTab project={project} />
        </Tabs.Content>
      </Tabs.Root>
    </>
  )
}

function More({ project }: { project: ProjectBody }) {
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null)
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={projectTexts.more}
            className="grid size-9 shrink-0 place-items-center rounded-md border border-edge text-muted hover:bg-sunken hover:text-ink pointer-coarse:size-11"
          >
            <Ellipsis aria-hidden className="size-5" />
          </button>
        }
      >
        <MenuItem onSelect={() => setOpen('edit')}>
          <Pencil aria-hidden className="size-4 text-muted" />
          {projectTexts.edit}
        </MenuItem>
        {project.may.delete && (
          <MenuItem onSelect={() => setOpen('remove')} className="text-bad">
            <Trash2 aria-hidden className="size-4" />
            {projectTexts.remove}
          </MenuItem>
        )}
      </Menu>
      {open === 'edit' && <ProjectDialog project={project} onClose={() => setOpen(null)} />}
      {open === 'remove' && <RemoveDialog project={project} onClose={() => setOpen(null)} />}
    </>
  )
}

function RemoveDialog({ project, onClose }: { project: ProjectBody; onClose: () => void }) {
  const hub = useHub()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { say } = useToasts()
  const remove = useMutation({
    mutationFn: () => hub.removeProject(project.id),
    onSuccess: async () => {
      await navigate({ to: '/projects' })
      client.removeQueries({ queryKey: projectKeys.one(project.id) })
      void client.invalidateQueries({ queryKey: keys.projects })
      say({ tone: 'ok', text: projectTexts.removed(project.name) })
    },
  })
  return (
    <Dialog open onClose={onClose} title={projectTexts.removeTitle(project.name)}>
      <p>{projectTexts.removeHelp(project.resources)}</p>
      {remove.error && (
        <div className="mt-4">
          <ProblemNotice error={remove.error} />
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>{projectsTexts.cancel}</Button>
        <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          {projectTexts.removeConfirm}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
