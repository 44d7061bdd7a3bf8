import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react'
import type {
  ProjectBody,
  ProjectSourceBody,
  ResourceBody,
  ResourcePageBody,
  SelectionBody,
} from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { projectKeys, resourcesQuery } from '../api/projects.ts'
import { resourceTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { PickerHints } from './picker-hints.tsx'
import { ResourceList } from './resource-list.tsx'
import type { Selecting } from './use-selecting.ts'

type Kind = ProjectSourceBody['kinds'][number]

/** Search as one types over thousands, and a list that draws only what is seen of it. */
export function Picker({
  project,
  kind,
  provider,
  connection,
  selections,
  selecting,
}: {
  project: ProjectBody
  kind: Kind
  provider: string
  connection: string
  selections: SelectionBody[]
  selecting: Selecting
}) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const [words, setWords] = useState('')
  const query = useDeferredValue(words.trim())
  const filter = { project: project.id, connection, kind: kind.id, query }
  const list = useInfiniteQuery(resourcesQuery(hub, filter))
  const read = useMutation({
    mutationFn: () => hub.readResources(filter),
    onSuccess: () => client.invalidateQueries({ queryKey: projectKeys.resources(filter).slice(0, 2) }),
    onError: (error) => say({ tone: 'warn', text: error.message }),
  })
  const first = list.data?.pages[0]
  const resources = useMemo(() => list.data?.pages.flatMap((page) => page.data) ?? [], [list.data])
  const selected = useMemo(() => new Map(selections.map((one) => [one.resource_id, one])), [selections])
  const results = useRef<HTMLDivElement>(null)
  const id = useId()
  const toggle = (resource: ResourceBody) => {
    if (selecting.busy.has(resource.id)) return
    const known = selected.get(resource.id)
    if (known) selecting.remove(known)
    else selecting.select({ connection, provider, kind: kind.id, resource })
  }
  // A list that grows while it is read is asked for again by the hub's word (live-updates.tsx); a page that is opened
  // between two words looks once more.
  const isUnread = first?.reading.state === 'reading' && resources.length === 0
  const { refetch } = list
  useEffect(() => {
    if (!isUnread) return
    const timer = setTimeout(() => void refetch(), 1500)
    return () => clearTimeout(timer)
  }, [isUnread, refetch])
  if (list.error && !first) return <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
  return (
    <section
      aria-label={resourceTexts.list(kind.many)}
      className="overflow-hidden rounded-xl border border-line bg-surface"
    >
      <div className="space-y-3 p-4 pb-3">
        <input
          type="search"
          aria-label={resourceTexts.search(kind.many)}
          placeholder={resourceTexts.search(kind.many)}
          aria-describedby={`${id}-keys`}
          aria-controls={`${id}-list`}
          autoComplete="off"
          spellCheck={false}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown') return
            event.preventDefault()
            results.current?.focus()
          }}
          className={inputClass}
        />
        <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2 text-sm text-muted">
          <State page={first} kind={kind} query={query} />
          <span id={`${id}-keys`} className="ms-auto text-xs max-md:sr-only">
            {resourceTexts.keys}
          </span>
          <Button
            size="small"
            look="quiet"
            busy={read.isPending || first?.reading.state === 'reading'}
            onClick={() => read.mutate()}
          >
            {!(read.isPending || first?.reading.state === 'reading') && (
              <RefreshCw aria-hidden className="size-4" />
            )}
            {resourceTexts.readAgain}
          </Button>
        </div>
        {first && <PickerHints page={first} kind={kind} provider={provider} connection={connection} />}
      </div>
      {first === undefined ? (
        <div className="space-y-2 border-t border-line p-4">
          <LoadingNote>{resourceTexts.loading}</LoadingNote>
          {[0, 1, 2, 3, 4, 5].map((number) => (
            <Skeleton key={number} className="h-9" />
          ))}
        </div>
      ) : resources.length > 0 ? (
        <ResourceList
          id={`${id}-list`}
          ref={results}
          label={resourceTexts.list(kind.many)}
          resources={resources}
          total={first.total}
          selected={selected}
          onToggle={toggle}
          onNearEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
        />
      ) : (
        <p className="border-t border-line px-4 py-8 text-center text-sm text-muted">
          {query !== ''
            ? resourceTexts.none(kind.many, query)
            : first.reading.state === 'done'
              ? resourceTexts.empty(kind.many)
              : resourceTexts.reading(first.reading.found, kind.many)}
        </p>
      )}
    </section>
  )
}

/** How many there are, and how far the list is read. */
function State({ page, kind, query }: { page: ResourcePageBody | undefined; kind: Kind; query: string }) {
  if (!page) return <span className="min-h-5" />
  const { reading, total } = page
  if (reading.state === 'reading' || reading.state === 'unread')
    return (
      <span role="status" className="flex items-center gap-2">
        <Spinner />
        {resourceTexts.reading(reading.found, kind.many)}
      </span>
    )
  return (
    <span role="status">
      {query === ''
        ? resourceTexts.found(total, kind.one, kind.many)
        : resourceTexts.matches(total, kind.one, kind.many)}
      {reading.read_at !== null && (
        <>
          , {resourceTexts.readAgo} <Time iso={reading.read_at} />
        </>
      )}
    </span>
  )
}
