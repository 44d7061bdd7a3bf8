import { useInfiniteQuery } from '@tanstack/react-query'
import { EyeOff } from 'lucide-react'
import { useState } from 'react'
import type { ConnectionExistenceBody, ProviderSummaryBody } from '../../http/wire.ts'
import { existingQuery } from '../api/governance.ts'
import { useHub } from '../api/hub-context.tsx'
import { existenceTexts, frameTexts, statusTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Logo } from '../ui/logo.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Time } from '../ui/time.tsx'
import { EndDialog } from './end-dialog.tsx'

const cell = 'px-4 py-2.5 max-md:px-0 max-md:py-0'

/** That connections exist, whosever they are: for administrators, with nothing that is in them. */
export function ExistenceList({
  provider,
  providers,
}: {
  provider: string | undefined
  providers: ProviderSummaryBody[]
}) {
  const list = useInfiniteQuery(existingQuery(useHub(), provider ? { provider } : {}))
  const [ending, setEnding] = useState<ConnectionExistenceBody | null>(null)
  const rows = list.data?.pages.flatMap((page) => page.data)
  const byId = new Map(providers.map((one) => [one.id, one]))
  const nameOf = (id: string) => byId.get(id)?.name ?? id
  if (!rows)
    return list.error ? (
      <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
    ) : (
      <>
        <LoadingNote>{frameTexts.loading}</LoadingNote>
        <Skeleton className="h-96 rounded-xl" />
      </>
    )
  return (
    <>
      <div className="mb-4">
        <Notice tone="info">{existenceTexts.note}</Notice>
      </div>
      {rows.length === 0 ? (
        <EmptyState icon={EyeOff} title={existenceTexts.emptyTitle} detail={existenceTexts.empty} />
      ) : (
        <DataTable label={existenceTexts.table} columns={existenceTexts.columns}>
          {rows.map((row) => (
            <tr
              key={row.id}
              className="max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3"
            >
              <td className={cell}>
                <span className="flex items-center gap-2.5 whitespace-nowrap">
                  <Logo name={nameOf(row.provider)} src={byId.get(row.provider)?.logo ?? null} size="small" />
                  {nameOf(row.provider)}
                </span>
              </td>
              <th scope="row" className={`${cell} text-start font-medium max-md:order-first max-md:w-full`}>
                <bdi>{row.owner.name}</bdi>
                <span className="block text-xs font-normal text-muted">
                  {existenceTexts.ownerKinds[row.owner.kind]}
                </span>
              </th>
              <td className={cell}>{statusTexts.names[row.status.status]}</td>
              <td className={`${cell} text-muted md:whitespace-nowrap`}>
                <Time iso={row.status.since} />
              </td>
              <td className={`${cell} text-end`}>
                <Button
                  size="small"
                  look="danger"
                  aria-label={existenceTexts.endNamed(nameOf(row.provider), row.owner.name)}
                  onClick={() => setEnding(row)}
                >
                  {existenceTexts.end}
                </Button>
              </td>
            </tr>
          ))}
        </DataTable>
      )}
      {list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {frameTexts.loadMore}
        </Button>
      )}
      {ending && (
        <EndDialog
          connection={ending}
          providerName={nameOf(ending.provider)}
          onClose={() => setEnding(null)}
        />
      )}
    </>
  )
}
