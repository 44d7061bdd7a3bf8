import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { LockKeyhole, SearchX, UserPlus } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import type { MemberBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { RecentProvider } from '../profile/recent.tsx'
import { frameTexts, peopleTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { useTitle } from '../ui/use-title.ts'
import { Invitations } from './invitations.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { MemberRow } from './member-row.tsx'
import { membersQuery } from './queries.ts'
import { RemoveDialog } from './remove-dialog.tsx'
import { RoleDialog } from './role-dialog.tsx'
import { SignInLinkDialog } from './sign-in-link-dialog.tsx'

const route = getRouteApi('/frame/people')

export type MemberAction = 'role' | 'link' | 'remove'

/** Members and invitations. The hub refuses everybody but administrators anyway. */
export function PeoplePage() {
  useTitle(peopleTexts.title)
  if (useMe().role !== 'admin')
    return (
      <EmptyState
        icon={LockKeyhole}
        heading="h1"
        title={peopleTexts.adminsOnlyTitle}
        detail={peopleTexts.adminsOnly}
      />
    )
  return (
    <RecentProvider>
      <Members />
    </RecentProvider>
  )
}

function Members() {
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const list = useInfiniteQuery(membersQuery(useHub(), useDeferredValue(q.trim())))
  const [inviting, setInviting] = useState(false)
  const [open, setOpen] = useState<{ action: MemberAction; member: MemberBody } | null>(null)
  const members = list.data?.pages.flatMap((page) => page.data)
  const search = (next: string) => void navigate({ search: next ? { q: next } : {}, replace: true })
  const close = () => setOpen(null)
  return (
    <>
      <div className="mb-5 flex flex-wrap items-start justify-between gap-3">
        <div className="space-y-1">
          <h1 className="text-2xl font-semibold">{peopleTexts.title}</h1>
          <p className="max-w-prose text-muted">{peopleTexts.intro}</p>
        </div>
        <Button look="primary" onClick={() => setInviting(true)}>
          <UserPlus aria-hidden className="size-4.5" />
          {peopleTexts.invite}
        </Button>
      </div>
      <input
        type="search"
        aria-label={peopleTexts.search}
        placeholder={peopleTexts.search}
        value={q}
        onChange={(event) => search(event.target.value)}
        className={`${inputClass} mb-4 max-w-md`}
      />
      {members ? (
        members.length === 0 ? (
          <EmptyState icon={SearchX} title={peopleTexts.noneTitle} detail={peopleTexts.none}>
            <Button onClick={() => search('')}>{peopleTexts.clear}</Button>
          </EmptyState>
        ) : (
          <DataTable label={peopleTexts.table} columns={peopleTexts.columns}>
            {members.map((member) => (
              <MemberRow key={member.id} member={member} onAction={(action) => setOpen({ action, member })} />
            ))}
          </DataTable>
        )
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <Skeleton className="h-72 rounded-xl" />
        </>
      )}
      {list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {frameTexts.loadMore}
        </Button>
      )}
      {/* Below: what arrives later moves nothing. */}
      <Invitations />
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      {open?.action === 'role' && <RoleDialog member={open.member} onClose={close} />}
      {open?.action === 'link' && <SignInLinkDialog member={open.member} onClose={close} />}
      {open?.action === 'remove' && <RemoveDialog member={open.member} onClose={close} />}
    </>
  )
}
