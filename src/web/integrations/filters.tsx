import { type Change, type IntegrationsSearch, SHOWN } from '../search-params.ts'
import { integrationsTexts } from '../texts.ts'
import { classes } from '../ui/classes.ts'
import { inputClass } from '../ui/form-field.tsx'
import { SearchField } from '../ui/search-field.tsx'

type Props = {
  filter: IntegrationsSearch
  onChange: (next: Change<IntegrationsSearch>) => void
  found: number | undefined
  categories: { category: string; count: number }[] | undefined
}

/** Search, what to show, and (on small pages) the category. The number found is said aloud. */
export function Filters({ filter, onChange, found, categories }: Props) {
  return (
    <search className="mb-5 grid grid-cols-2 gap-2 sm:grid-cols-[minmax(0,1fr)_12rem] lg:grid-cols-[minmax(0,1fr)_12rem_7rem] lg:items-center">
      <SearchField
        label={integrationsTexts.search}
        placeholder={integrationsTexts.searchHint}
        clear={integrationsTexts.clear}
        value={filter.q ?? ''}
        onChange={(q) => onChange({ q })}
        className="col-span-2 sm:col-span-1 max-lg:sm:col-span-2"
      />
      <select
        aria-label={integrationsTexts.category}
        value={filter.category ?? ''}
        onChange={(event) => onChange({ category: event.target.value })}
        className={classes(inputClass, 'lg:hidden')}
      >
        <option value="">{integrationsTexts.categories}</option>
        {categories?.map(({ category, count }) => (
          <option key={category} value={category}>
            {category} ({count})
          </option>
        ))}
      </select>
      <select
        aria-label={integrationsTexts.show}
        value={filter.show ?? 'all'}
        onChange={(event) => {
          const show = SHOWN.find((name) => name === event.target.value)
          onChange({ show: show === 'all' ? undefined : show })
        }}
        className={inputClass}
      >
        {SHOWN.map((name) => (
          <option key={name} value={name}>
            {integrationsTexts.filters[name]}
          </option>
        ))}
      </select>
      <p role="status" className="text-sm text-muted max-lg:col-span-2 lg:text-end">
        {found === undefined ? '\u00a0' : integrationsTexts.found(found)}
      </p>
    </search>
  )
}
