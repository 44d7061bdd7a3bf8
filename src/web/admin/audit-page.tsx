import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download, ScrollText, ShieldAlert, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import type { AuditChainBody, AuditEntryBody } from '../../http/wire.ts'
import { auditActionsQuery, auditChainQuery, auditExport, auditQuery } from '../api/governance.ts'
import { useHub } from '../api/hub-context.tsx'
import { providersQuery } from '../api/queries.ts'
import type { AuditSearch, Change } from '../search-params.ts'
import { auditTexts, frameTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { FormField, inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Time } from '../ui/time.tsx'
import { AdminPage } from './admin-page.tsx'
import { AuditEntryDialog, nameOf } from './audit-entry.tsx'

const route = getRouteApi('/frame/admin/audit')
const cell = 'px-4 py-2.5 align-top max-md:px-0 max-md:py-0'

/** Who did what, newest first; what is looked for stands in the address. */
export function AuditPage() {
  const filter = route.useSearch()
  return (
    <AdminPage
      title={auditTexts.title}
      intro={auditTexts.intro}
      actions={(['csv', 'ndjson'] as const).map((format) => (
        <a key={format} href={auditExport(format, filter)} download className={buttonClass({})}>
          <Download aria-hidden className="size-4.5" />
          {format === 'csv' ? auditTexts.exportCsv : auditTexts.exportNdjson}
        </a>
      ))}
    >
      <Chain />
      <Log filter={filter} />
    </AdminPage>
  )
}

function Chain() {
  const hub = useHub()
  const client = useQueryClient()
  const chain = useQuery(auditChainQuery(hub))
  const verify = useMutation({
    mutationFn: hub.verifyAudit,
    onSuccess: (found) => client.setQueryData(auditChainQuery(hub).queryKey, found),
  })
  const broken = chain.data?.state === 'broken'
  const Icon = broken ? ShieldAlert : ShieldCheck
  return (
    <section
      aria-label={auditTexts.chainTitle}
      className="mb-5 flex min-h-14 flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-surface px-4 py-2.5 text-sm"
    >
      <p role="status" className="flex min-w-0 flex-1 basis-72 items-center gap-2.5">
        <Icon aria-hidden className={`size-5 shrink-0 ${broken ? 'text-bad' : 'text-ok'}`} />
        {chain.data ? sayChain(chain.data) : frameTexts.loading}
      </p>
      <Button size="small" busy={verify.isPending} onClick={() => verify.mutate()}>
        {auditTexts.verify}
      </Button>
      {(chain.error ?? verify.error) && <ProblemNotice error={chain.error ?? verify.error} />}
    </section>
  )
}

function sayChain({ state, entries, followed, since, broken_at: broken }: AuditChainBody): string {
  const count = (value: number) => value.toLocaleString()
  if (state === 'broken') return auditTexts.chain.broken(broken ?? 0)
  if (state === 'following') return auditTexts.chain.following(count(followed), count(entries))
  const day = since ? new Date(since).toLocaleDateString(undefined, { dateStyle: 'long' }) : ''
  return auditTexts.chain.unbroken(count(entries), day)
}

function Log({ filter }: { filter: AuditSearch }) {
  const navigate = route.useNavigate()
  const hub = useHub()
  const list = useInfiniteQuery(auditQuery(hub, filter))
  const providers = useQuery(providersQuery(hub))
  const providerName = (id: string) => providers.data?.find((one) => one.id === id)?.name ?? id
  const [shown, setShown] = useState<AuditEntryBody | null>(null)
  const entries = list.data?.pages.flatMap((page) => page.data)
  const change = (next: Change<AuditSearch>) =>
    void navigate({
      search: (last) =>
        Object.fromEntries(Object.entries({ ...last, ...next }).filter(([, value]) => value)) as AuditSearch,
      replace: true,
      resetScroll: false,
    })
  return (
    <>
      <Filters key={JSON.stringify(filter)} filter={filter} onChange={change} />
      {entries ? (
        entries.length === 0 ? (
          <EmptyState icon={ScrollText} title={auditTexts.emptyTitle} detail={auditTexts.empty} />
        ) : (
          <DataTable label={auditTexts.table} columns={auditTexts.columns}>
            {entries.map((entry) => (
              <EntryRow
                key={entry.seq}
                entry={entry}
                providerName={providerName}
                onShow={() => setShown(entry)}
              />
            ))}
          </DataTable>
        )
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <Skeleton className="h-96 rounded-xl" />
        </>
      )}
      {list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {frameTexts.loadMore}
        </Button>
      )}
      {shown && (
        <AuditEntryDialog
          entry={shown}
          onClose={() => setShown(null)}
          onOnly={(next) => {
            setShown(null)
            change(next)
          }}
        />
      )}
    </>
  )
}

function Filters({
  filter,
  onChange,
}: {
  filter: AuditSearch
  onChange: (next: Change<AuditSearch>) => void
}) {
  const actions = useQuery(auditActionsQuery(useHub()))
  const { filters } = auditTexts
  const typed = (name: 'actor' | 'target' | 'connection' | 'address') => (
    <FormField label={filters[name]}>
      {(control) => (
        <input
          {...control}
          dir="ltr"
          autoComplete="off"
          defaultValue={filter[name] ?? ''}
          onBlur={(event) => {
            const value = event.target.value.trim()
            if (value !== (filter[name] ?? '')) onChange({ [name]: value })
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur()
          }}
          className={inputClass}
        />
      )}
    </FormField>
  )
  const day = (name: 'from' | 'to') => (
    <FormField label={filters[name]}>
      {(control) => (
        <input
          {...control}
          type="date"
          value={filter[name] ?? ''}
          onChange={(event) => onChange({ [name]: event.target.value })}
          className={inputClass}
        />
      )}
    </FormField>
  )
  return (
    <search className="mb-5 grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <FormField label={filters.action}>
        {(control) => (
          <select
            {...control}
            value={filter.action ?? ''}
            onChange={(event) => onChange({ action: event.target.value })}
            className={inputClass}
          >
            <option value="">{filters.anyAction}</option>
            {(actions.data ?? []).map((action) => (
              <option key={action} value={action}>
                {wordsOf(action)}
              </option>
            ))}
          </select>
        )}
      </FormField>
      {typed('actor')}
      {typed('connection')}
      {typed('target')}
      {day('from')}
      {day('to')}
      {typed('address')}
      <Button
        disabled={Object.keys(filter).length === 0}
        onClick={() =>
          onChange({
            actor: undefined,
            action: undefined,
            target: undefined,
            connection: undefined,
            from: undefined,
            to: undefined,
            address: undefined,
          })
        }
      >
        {auditTexts.clear}
      </Button>
    </search>
  )
}

/** `api_key.created` reads as "Api key: created". */
function wordsOf(action: string): string {
  const [what = '', did = ''] = action.split('.').map((part) => part.replaceAll('_', ' '))
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}: ${did}`
}

function EntryRow({
  entry,
  providerName,
  onShow,
}: {
  entry: AuditEntryBody
  providerName: (id: string) => string
  onShow: () => void
}) {
  const { connection } = entry
  return (
    <tr className="relative hover:bg-ground max-md:block max-md:space-y-1 max-md:px-4 max-md:py-3">
      <td className={`${cell} text-muted max-md:block md:whitespace-nowrap`}>
        <Time iso={entry.at} />
      </td>
      <td className={`${cell} max-md:block`}>
        <bdi>{nameOf(entry)}</bdi>
      </td>
      <th scope="row" className={`${cell} text-start font-normal max-md:block`}>
        <button
          type="button"
          onClick={onShow}
          className="rounded text-start wrap-anywhere after:absolute after:inset-0"
        >
          {entry.sentence}
        </button>
      </th>
      <td className={`${cell} text-muted max-md:block`}>
        {connection && (
          <>
            {providerName(connection.provider)}
            <span className="block wrap-anywhere">
              <bdi>{connection.label ?? connection.owner.name}</bdi>
            </span>
          </>
        )}
      </td>
      <td className={`${cell} text-muted max-md:block`} dir="ltr">
        {entry.address}
      </td>
    </tr>
  )
}
