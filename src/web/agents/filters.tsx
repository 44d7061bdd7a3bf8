import { AGENT_STATES, type AgentsSearch, type Change, RISKS } from '../search-params.ts'
import { agentsTexts } from '../texts.ts'
import { inputClass } from '../ui/form-field.tsx'
import { SearchField } from '../ui/search-field.tsx'

type Props = {
  filter: AgentsSearch
  onChange: (next: Change<AgentsSearch>) => void
  found: number | undefined
}

/** Words, state and risk. The number found is said aloud. */
export function AgentFilters({ filter, onChange, found }: Props) {
  return (
    <search className="mb-5 grid grid-cols-2 gap-2 md:grid-cols-[minmax(0,1fr)_13rem_11rem_6rem] md:items-center">
      <SearchField
        label={agentsTexts.search}
        placeholder={agentsTexts.searchHint}
        clear={agentsTexts.clear}
        value={filter.q ?? ''}
        onChange={(q) => onChange({ q })}
        className="max-md:col-span-2"
      />
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
