import { useInfiniteQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import type { ApiKeyBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { apiKeysQuery } from '../api/queries.ts'
import { frameTexts, keyTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { KeysTable } from './keys-table.tsx'
import { RevokeKeyDialog } from './revoke-key-dialog.tsx'

export function KeysPage() {
  useTitle(keyTexts.title)
  const list = useInfiniteQuery(apiKeysQuery(useHub()))
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<ApiKeyBody | null>(null)
  const apiKeys = list.data?.pages.flatMap((page) => page.data)
  return (
    <>
      <div className="mb-5 flex flex-wrap items-start justify-between gap-3">
        <div className="space-y-1">
          <h1 className="text-2xl font-semibold">{keyTexts.title}</h1>
          <p className="text-muted">{keyTexts.intro}</p>
        </div>
        <Button look="primary" onClick={() => setCreating(true)}>
          <Plus aria-hidden className="size-4.5" />
          {keyTexts.create}
        </Button>
      </div>
      {apiKeys ? (
        apiKeys.length === 0 ? (
          <EmptyState icon={KeyRound} title={keyTexts.emptyTitle} detail={keyTexts.empty} />
        ) : (
          <KeysTable apiKeys={apiKeys} onRevoke={setRevoking} />
        )
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <Skeleton className="h-64 rounded-xl" />
        </>
      )}
      {list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {frameTexts.loadMore}
        </Button>
      )}
      {creating && <CreateKeyDialog onClose={() => setCreating(false)} />}
      {revoking && <RevokeKeyDialog apiKey={revoking} onClose={() => setRevoking(null)} />}
    </>
  )
}
