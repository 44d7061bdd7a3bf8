import { useQuery } from '@tanstack/react-query'
import { FileInput, KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import type { SecretEntryBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { secretsQuery } from '../api/queries.ts'
import { frameTexts, secretTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Time } from '../ui/time.tsx'
import { AdminPage } from './admin-page.tsx'
import { ImportDialog, SetSecretDialog } from './set-secret-dialog.tsx'
import { UnsetSecretDialog } from './unset-secret-dialog.tsx'

export function SecretsPage() {
  const list = useQuery(secretsQuery(useHub()))
  const [open, setOpen] = useState<'set' | 'import' | null>(null)
  const [unsetting, setUnsetting] = useState<string | null>(null)
  const known = list.data?.known ?? []
  return (
    <AdminPage
      title={secretTexts.title}
      intro={secretTexts.intro}
      actions={
        <>
          <Button onClick={() => setOpen('import')}>
            <FileInput aria-hidden className="size-4.5" />
            {secretTexts.importEnv}
          </Button>
          <Button look="primary" onClick={() => setOpen('set')}>
            <Plus aria-hidden className="size-4.5" />
            {secretTexts.set}
          </Button>
        </>
      }
    >
      {list.data ? (
        list.data.data.length === 0 ? (
          <EmptyState icon={KeyRound} title={secretTexts.emptyTitle} detail={secretTexts.empty} />
        ) : (
          <SecretsTable secrets={list.data.data} onUnset={setUnsetting} />
        )
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <Skeleton className="h-64 rounded-xl" />
        </>
      )}
      {open === 'set' && <SetSecretDialog known={known} onClose={() => setOpen(null)} />}
      {open === 'import' && <ImportDialog known={known} onClose={() => setOpen(null)} />}
      {unsetting && <UnsetSecretDialog name={unsetting} onClose={() => setUnsetting(null)} />}
    </AdminPage>
  )
}

const cell = 'px-4 py-2.5 max-md:block max-md:px-0 max-md:py-0'

function SecretsTable({
  secrets,
  onUnset,
}: {
  secrets: readonly SecretEntryBody[]
  onUnset: (name: string) => void
}) {
  return (
    <DataTable label={secretTexts.table} columns={secretTexts.columns}>
      {secrets.map((secret) => (
        <tr key={secret.name} className="max-md:block max-md:space-y-1 max-md:px-4 max-md:py-3">
          <th scope="row" className={`${cell} text-start font-medium`}>
            <code className="text-xs break-all">{secret.name}</code>
            {secret.purpose && <span className="block font-normal text-muted">{secret.purpose}</span>}
            {secret.warning && <span className="block font-normal text-warn">{secret.warning}</span>}
          </th>
          <td className={cell}>
            <Badge tone={secret.readable ? 'plain' : 'bad'}>{secretTexts.sources[secret.source]}</Badge>
          </td>
          <td className={`${cell} text-muted`}>
            {secret.set_at && secret.version !== null && (
              <>
                <Time iso={secret.set_at} /> {secretTexts.by(secret.set_by ?? '')},{' '}
                {secretTexts.version(secret.version)}
              </>
            )}
          </td>
          <td className={`${cell} text-muted`}>
            <span className="break-words">{secret.used_by.join(', ') || secretTexts.nobody}</span>
          </td>
          <td className={`${cell} text-end max-md:pt-1 max-md:text-start`}>
            {secret.source !== 'environment' && (
              <Button
                size="small"
                look="danger"
                aria-label={secretTexts.unsetNamed(secret.name)}
                onClick={() => onUnset(secret.name)}
              >
                {secretTexts.unset}
              </Button>
            )}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}
