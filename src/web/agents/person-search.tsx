import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useId, useState } from 'react'
import { useHub } from '../api/hub-context.tsx'
import { accessTexts } from '../texts.ts'
import { classes } from '../ui/classes.ts'
import { inputClass } from '../ui/form-field.tsx'
import { nameableQuery } from './queries.ts'

type Person = { id: string; name: string; email: string }
type Props = { agent: string; named: readonly string[]; onAdd: (person: Person) => void }

/** A combobox (ARIA APG, list autocomplete): arrows choose, Enter adds, Escape closes. */
export function PersonSearch({ agent, named, onAdd }: Props) {
  const id = useId()
  const [words, setWords] = useState('')
  const [chosen, setChosen] = useState(0)
  const late = useDeferredValue(words.trim())
  const { data } = useQuery({
    ...nameableQuery(useHub(), agent, late),
    enabled: late !== '',
    placeholderData: keepPreviousData,
  })
  const found = late === '' ? [] : (data ?? []).filter((person) => !named.includes(person.id))
  const open = late !== '' && data !== undefined
  const add = (person: Person | undefined) => {
    if (!person) return
    onAdd(person)
    setWords('')
    setChosen(0)
  }
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-sm font-medium">
        {accessTexts.search}
      </label>
      <input
        id={id}
        role="combobox"
        autoComplete="off"
        aria-expanded={open && found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && found[chosen] ? `${id}-${found[chosen].id}` : undefined}
        placeholder={accessTexts.searchHint}
        value={words}
        onChange={(event) => {
          setWords(event.target.value)
          setChosen(0)
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
          if (step !== 0 && found.length > 0) setChosen((chosen + step + found.length) % found.length)
          else if (event.key === 'Enter' && words.trim() !== '') add(found[chosen])
          else if (event.key === 'Escape') setWords('')
          else return
          event.preventDefault()
        }}
        className={inputClass}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={accessTexts.people}
        hidden={!open || found.length === 0}
        className="rounded-md border border-line bg-surface p-1"
      >
        {found.map((person, index) => (
          <div
            key={person.id}
            id={`${id}-${person.id}`}
            role="option"
            aria-selected={index === chosen}
            tabIndex={-1}
            onKeyDown={undefined}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => add(person)}
            className={classes('cursor-default rounded px-2 py-1 text-sm', index === chosen && 'bg-sunken')}
          >
            <bdi className="block truncate font-medium">{person.name}</bdi>
            <span className="block truncate text-muted">{person.email}</span>
          </div>
        ))}
      </div>
      <p role="status" className={classes('text-sm text-muted', (!open || found.length > 0) && 'sr-only')}>
        {!open ? '' : found.length === 0 ? accessTexts.nobody : accessTexts.found(found.length)}
      </p>
    </div>
  )
}
