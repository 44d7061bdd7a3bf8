import { useInfiniteQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import type { ProjectBody, SyncRunBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { syncRunsQuery } from '../api/projects.ts'
import { frameTexts, historyTexts } from '../texts.ts'
import { Badge, type Tone } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Time } from '../ui/time.tsx'

const TONES: Record<SyncRunBody['outcome'], Tone> = {
  running: 'accent',
  succeeded: 'ok',
  partial: 'warn',
  failed: 'bad',
  cancelled: 'plain',
}
const cell = 'px-4 py-2.5 max-md:px-0 max-md:py-0 max-md:block'

export function HistoryTab({ project }: { project: ProjectBody }) {
  const list = useInfiniteQuery(syncRunsQuery(useHub(), project.id))
  const runs = list.data?.pages.flatMap((page) => page.data)
  if (list.error && !runs) return <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
  if (!runs)
    return (
      <>
        <LoadingNote>{frameTexts.loading}</LoadingNote>
        <Skeleton className="h-48 rounded-xl" />
      </>
    )
  if (runs.length === 0)
    return <EmptyState icon={History} title={historyTexts.emptyTitle} detail={historyTexts.empty} />
  return (
    <>
      <DataTable label={historyTexts.table} columns={historyTexts.columns}>
        {runs.map((run) => (
          <tr key={run.id} className="max-md:block max-md:space-y-1 max-md:px-4 max-md:py-3">
            <td className={cell}>
              <Time iso={run.started_at} />
            </td>
            <th scope="row" className={`${cell} text-start font-medium`}>
              {run.provider_name}
              <bdi className="block font-normal text-muted">{run.account.label}</bdi>
            </th>
            <td className={`${cell} text-muted`}>{run.started_by ?? historyTexts.schedule}</td>
            <td className={cell}>
              <Badge tone={TONES[run.outcome]}>{historyTexts.outcomes[run.outcome]}</Badge>
              {run.problem && <span className="block text-muted">{run.problem.detail}</span>}
            </td>
            <td className={`${cell} text-muted`}>
              {Object.entries(run.counts)
                .map(([what, number]) => `${what} ${number}`)
                .join(', ')}
            </td>
          </tr>
        ))}
      </DataTable>
      {list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {frameTexts.loadMore}
        </Button>
      )}
    </>
  )
}
