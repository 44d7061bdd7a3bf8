import { Search, X } from 'lucide-react'
import { useRef } from 'react'
import { AGENT_STATES, type AgentsSearch, type Change, RISKS } from '../search-params.ts'
import { agentsTexts } from '../texts.ts'
import { classes } from '../ui/classes.ts'
import { inputClass } from '../ui/form-field.tsx'

type Props = {
  filter: AgentsSearch
  onChange: (next: Change<AgentsSearch>) => void
  found: number | undefined
}

/** Words, state and risk. The number found is said aloud. */
export function AgentFilters({ filter, onChange, found }: Props) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <search className="mb-5 grid grid-cols-2 gap-2 md:grid-cols-[minmax(0,1fr)_13rem_11rem_6rem] md:items-center">
      <div className="relative max-md:col-span-2">
        <Search
          aria-hidden
          className="pointer-events-none absolute inset-y-0 start-3 my-auto size-4.5 text-muted"
        />
        <input
          ref={input}
          type="search"
          aria-label={agentsTexts.search}
          placeholder={agentsTexts.searchHint}
          value={filter.q ?? ''}
          onChange={(event) => onChange({ q: event.target.value })}
          className={classes(inputClass, 'ps-10 pe-9 [&::-webkit-search-cancel-button]:hidden')}
        />
        {filter.q && (
          <button
            type="button"
            aria-label={agentsTexts.clear}
            onClick={() => {
              onChange({ q: '' })
              input.current?.focus()
            }}
            className="absolute inset-y-0 end-0 grid w-10 place-items-center text-muted hover:text-ink"
          >
            <X aria-hidden className="size-4" />
          </button>
        )}
      </div>
      <select
        aria-label={agentsTexts.state}
        value={filter.state ?? ''}
        onChange={(event) => onChange({ state: AGENT_STATES.find((name) => name === event.target.value) })}
        className={inputClass}
      >
        <option value="">{agentsTexts.anyState}</option>
        {AGENT_STATES.map((name) => (
          <option key={name} value={name}>
            {agentsTexts.states[name]}
          </option>
        ))}
      </select>
      <select
        aria-label={agentsTexts.risk}
        value={filter.risk ?? ''}
        onChange={(event) => onChange({ risk: RISKS.find((name) => name === event.target.value) })}
        className={inputClass}
      >
        <option value="">{agentsTexts.anyRisk}</option>
        {RISKS.map((name) => (
          <option key={name} value={name}>
            {agentsTexts.risks[name]}
          </option>
        ))}
      </select>
      <p role="status" className="text-sm text-muted max-md:col-span-2 md:text-end">
        {found === undefined ? '\u00a0' : agentsTexts.found(found)}
      </p>
    </search>
  )
}
