import { useMe } from '../api/hub-context.tsx'
import { ownerTexts } from '../texts.ts'
import type { Choice } from './connectable.ts'

export type OwnerChoiceProps = {
  value: Choice['owner']
  onChange: (owner: Choice['owner']) => void
  /** What role and policy allow. */
  owners: readonly Choice['owner'][]
}

/** Whose connection it becomes. Where there is one answer, it is not asked. */
export function OwnerChoice({ value, onChange, owners }: OwnerChoiceProps) {
  const me = useMe()
  if (owners.length < 2) return null
  const options = [
    { owner: 'me', label: ownerTexts.me, help: ownerTexts.meHelp },
    {
      owner: 'organization',
      label: ownerTexts.organization,
      help: ownerTexts.organizationHelp(me.organization.name),
    },
  ] as const
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{ownerTexts.legend}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {options.map(({ owner, label, help }) => (
          <label
            key={owner}
            className="flex gap-2.5 rounded-md border border-line px-3 py-2 text-sm has-checked:border-accent has-checked:bg-accent-tint"
          >
            <input
              type="radio"
              name="owner"
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={owner === value}
              onChange={() => onChange(owner)}
            />
            <span className="min-w-0">
              {label}
              <span className="block text-muted">{help}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
