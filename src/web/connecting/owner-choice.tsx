import { useMe } from '../api/hub-context.tsx'
import { ownerTexts } from '../texts.ts'
import type { Choice } from './connectable.ts'

type Props = { value: Choice['owner']; onChange: (owner: Choice['owner']) => void }

/** Whose connection it becomes. Members connect for themselves; the organization's are for admins to make. */
export function OwnerChoice({ value, onChange }: Props) {
  const me = useMe()
  if (me.role !== 'admin') return null
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
