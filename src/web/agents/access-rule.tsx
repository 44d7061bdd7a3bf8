import { X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { AgentDetailBody } from '../../http/wire.ts'
import { accessTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { PersonSearch } from './person-search.tsx'
import { useSetAccess } from './queries.ts'

type Access = NonNullable<AgentDetailBody['access']>

const ROLES = ['admin', 'member'] as const satisfies Access['roles']

/** Who may use the agent: everyone, or roles and people by name. */
export function AccessRule({ agent, access }: { agent: AgentDetailBody; access: Access }) {
  const [draft, setDraft] = useState<Access | null>(null)
  const set = useSetAccess(agent.id)
  const { say } = useToasts()
  const shown = draft ?? access
  const change = (next: Partial<Access>) => setDraft({ ...shown, ...next })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (set.isPending) return
    const { everyone, roles, people } = shown
    set.mutate(everyone ? { everyone } : { everyone, roles, people: people.map(({ id }) => id) }, {
      onSuccess: () => {
        setDraft(null)
        say({ tone: 'ok', text: accessTexts.saved })
      },
    })
  }
  return (
    <form onSubmit={submit} className="space-y-3 rounded-xl border border-line bg-surface p-4">
      <fieldset className="space-y-2">
        <legend className="mb-2 font-semibold">{accessTexts.title}</legend>
        {([true, false] as const).map((everyone) => (
          <label key={String(everyone)} className="flex min-h-6 items-center gap-2.5 text-sm">
            <input
              type="radio"
              name="access"
              className="size-4 shrink-0 accent-accent"
              checked={shown.everyone === everyone}
              onChange={() => change({ everyone })}
            />
            {everyone ? accessTexts.everyone : accessTexts.some}
          </label>
        ))}
      </fieldset>
      {!shown.everyone && (
        <>
          <fieldset className="space-y-1.5">
            <legend className="mb-1.5 text-sm font-medium">{accessTexts.roles}</legend>
            {ROLES.map((role) => (
              <label key={role} className="flex min-h-6 items-center gap-2.5 text-sm">
                <input
                  type="checkbox"
                  className="size-4 shrink-0 accent-accent"
                  checked={shown.roles.includes(role)}
                  onChange={(event) =>
                    change({
                      roles: event.target.checked
                        ? [...shown.roles, role]
                        : shown.roles.filter((name) => name !== role),
                    })
                  }
                />
                {accessTexts.roleNames[role]}
              </label>
            ))}
          </fieldset>
          <People people={shown.people} onChange={(people) => change({ people })} />
          <PersonSearch
            agent={agent.id}
            named={shown.people.map(({ id }) => id)}
            onAdd={(person) => change({ people: [...shown.people, person] })}
          />
        </>
      )}
      <p className="text-sm text-muted">{accessTexts.help}</p>
      {set.error && <ProblemNotice error={set.error} />}
      {draft && (
        <Button type="submit" look="primary" size="small" busy={set.isPending}>
          {accessTexts.save}
        </Button>
      )}
    </form>
  )
}

function People({
  people,
  onChange,
}: {
  people: Access['people']
  onChange: (people: Access['people']) => void
}) {
  if (people.length === 0) return null
  return (
    <div>
      <p className="mb-1.5 text-sm font-medium">{accessTexts.people}</p>
      <ul className="space-y-1">
        {people.map(({ id, name, email }) => (
          <li key={id} className="flex items-center gap-2 rounded-md bg-sunken px-2.5 py-1 text-sm">
            <span className="min-w-0 flex-1">
              <bdi className="block truncate font-medium">{name}</bdi>
              <span className="block truncate text-muted">{email}</span>
            </span>
            <button
              type="button"
              aria-label={accessTexts.remove(name)}
              onClick={() => onChange(people.filter((person) => person.id !== id))}
              className="grid size-8 shrink-0 place-items-center rounded text-muted hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
