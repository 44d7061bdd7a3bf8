import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { UserPlus, Users } from 'lucide-react'
import { useDeferredValue, useId, useState } from 'react'
import type { ProjectBody, ProjectCandidateBody, ProjectMemberBody } from '../../http/wire.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { candidatesQuery, projectKeys, projectMembersQuery, type ProjectRole } from '../api/projects.ts'
import { frameTexts, membersTexts, resourceTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { inputClass } from '../ui/form-field.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'

const ROLES = ['member', 'admin'] as const
const cell = 'px-4 py-2.5 max-md:px-0 max-md:py-0'

export function MembersTab({ project }: { project: ProjectBody }) {
  const members = useQuery(projectMembersQuery(useHub(), project.id))
  if (members.error && !members.data)
    return <ProblemNotice error={members.error} onRetry={() => void members.refetch()} />
  if (!members.data)
    return (
      <>
        <LoadingNote>{frameTexts.loading}</LoadingNote>
        <Skeleton className="h-48 rounded-xl" />
      </>
    )
  return (
    <div className="max-w-4xl space-y-5">
      <p className="max-w-prose text-muted">{membersTexts.intro}</p>
      {project.may.manage && <AddPerson project={project} />}
      {members.data.length === 0 ? (
        <EmptyState icon={Users} title={membersTexts.emptyTitle} detail={membersTexts.empty} />
      ) : (
        <DataTable label={membersTexts.table} columns={membersTexts.columns}>
          {members.data.map((member) => (
            <MemberRow key={member.id} project={project} member={member} />
          ))}
        </DataTable>
      )}
    </div>
  )
}

function MemberRow({ project, member }: { project: ProjectBody; member: ProjectMemberBody }) {
  const hub = useHub()
  const me = useMe()
  const client = useQueryClient()
  const { say } = useToasts()
  const refresh = () => client.invalidateQueries({ queryKey: projectKeys.one(project.id) })
  const setRole = useMutation({
    mutationFn: (role: ProjectRole) => hub.setProjectMember(project.id, member.id, role),
    onSettled: refresh,
    onError: (error) => say({ tone: 'warn', text: error.message }),
  })
  const remove = useMutation({
    mutationFn: () => hub.removeProjectMember(project.id, member.id),
    onSuccess: async () => {
      await refresh()
      say({
        tone: 'ok',
        text: membersTexts.removed(member.name),
        ...(project.may.manage && {
          action: {
            label: resourceTexts.undo,
            onAction: () => void hub.setProjectMember(project.id, member.id, member.role).then(refresh),
          },
        }),
      })
    },
    onError: (error) => say({ tone: 'warn', text: error.message }),
  })
  const isMe = member.id === me.person_id
  const role = setRole.isPending ? setRole.variables : member.role
  return (
    <tr className="max-md:block max-md:space-y-1.5 max-md:px-4 max-md:py-3">
      <th scope="row" className={`${cell} text-start font-medium max-md:block`}>
        <bdi>{member.name}</bdi>
        {isMe && <span className="font-normal text-muted"> ({membersTexts.you})</span>}
        <span className="block font-normal break-all text-muted">{member.email}</span>
      </th>
      <td className={`${cell} max-md:block`}>
        {project.may.manage ? (
          <select
            aria-label={membersTexts.roleOf(member.name)}
            value={role}
            onChange={(event) => setRole.mutate(event.target.value as ProjectRole)}
            className={`${inputClass} max-w-44`}
          >
            {ROLES.map((name) => (
              <option key={name} value={name}>
                {membersTexts.roles[name]}
              </option>
            ))}
          </select>
        ) : (
          membersTexts.roles[role]
        )}
      </td>
      <td className={`${cell} text-muted max-md:block`}>
        <span aria-hidden className="md:hidden">
          {membersTexts.columns.since}:{' '}
        </span>
        <Time iso={member.added_at} />
      </td>
      <td className={`${cell} text-end max-md:block max-md:text-start`}>
        {(project.may.manage || isMe) && (
          <Button
            size="small"
            busy={remove.isPending}
            aria-label={isMe ? undefined : membersTexts.removeNamed(member.name)}
            onClick={() => remove.mutate()}
          >
            {isMe ? membersTexts.leave : membersTexts.remove}
          </Button>
        )}
      </td>
    </tr>
  )
}

/** People of the organization, as one types; Enter or a click adds. */
function AddPerson({ project }: { project: ProjectBody }) {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const [words, setWords] = useState('')
  const [role, setRole] = useState<ProjectRole>('member')
  const asked = useDeferredValue(words.trim())
  const candidates = useQuery({ ...candidatesQuery(hub, project.id, asked), enabled: asked !== '' })
  const id = useId()
  const add = useMutation({
    mutationFn: (person: ProjectCandidateBody) => hub.setProjectMember(project.id, person.id, role),
    onSuccess: async (member) => {
      setWords('')
      await client.invalidateQueries({ queryKey: projectKeys.one(project.id) })
      say({ tone: 'ok', text: membersTexts.added(member.name) })
    },
  })
  const found = asked === '' ? [] : (candidates.data ?? [])
  return (
    <section aria-labelledby={id} className="rounded-xl border border-line bg-surface p-4">
      <h2 id={id} className="mb-2 font-semibold">
        {membersTexts.add}
      </h2>
      <div className="flex flex-wrap gap-2">
        <input
          type="search"
          aria-label={membersTexts.choose}
          aria-describedby={`${id}-help`}
          autoComplete="off"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            const [only] = found
            if (event.key === 'Enter' && only && found.length === 1 && !add.isPending) add.mutate(only)
          }}
          className={`${inputClass} max-w-md flex-1 basis-48`}
        />
        <div className="w-44">
          <select
            aria-label={membersTexts.role}
            value={role}
            onChange={(event) => setRole(event.target.value as ProjectRole)}
            className={inputClass}
          >
            {ROLES.map((name) => (
              <option key={name} value={name}>
                {membersTexts.roles[name]}
              </option>
            ))}
          </select>
        </div>
      </div>
      <p id={`${id}-help`} className="mt-1.5 text-sm text-muted">
        {membersTexts.addHelp}
      </p>
      {add.error && (
        <div className="mt-3">
          <ProblemNotice error={add.error} />
        </div>
      )}
      <div role="status" aria-live="polite">
        {asked !== '' && candidates.data?.length === 0 && (
          <p className="mt-3 text-sm">{membersTexts.nobody}</p>
        )}
      </div>
      {found.length > 0 && (
        <ul className="mt-3 divide-y divide-line rounded-lg border border-line">
          {found.map((person) => (
            <li key={person.id}>
              <button
                type="button"
                onClick={() => !add.isPending && add.mutate(person)}
                className="flex min-h-11 w-full items-center gap-3 px-3.5 py-2 text-start text-sm hover:bg-sunken"
              >
                <UserPlus aria-hidden className="size-4 shrink-0 text-muted" />
                <span className="min-w-0">
                  <bdi className="font-medium">{person.name}</bdi>{' '}
                  <span className="break-all text-muted">{person.email}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
