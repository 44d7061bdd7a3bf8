import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { ConnectPageBody } from '../../http/wire.ts'
import { linkTexts } from '../texts/connect.ts'
import { inputClass } from '../ui/form-field.tsx'
import { Logo } from '../ui/logo.tsx'

type Offered = ConnectPageBody['providers'][number]
/** Fewer are seen at a glance. */
const WORTH_SEARCHING = 8

export function ProviderPicker({
  providers,
  onChoose,
}: {
  providers: Offered[]
  onChoose: (provider: Offered) => void
}) {
  const [words, setWords] = useState('')
  const found = providers.filter((provider) => matches(provider, words))
  return (
    <>
      <h2 id="services" className="mb-2 text-sm font-medium">
        {linkTexts.choose}
      </h2>
      {providers.length >= WORTH_SEARCHING && (
        <input
          type="search"
          aria-label={linkTexts.search}
          placeholder={linkTexts.search}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className={`${inputClass} mb-3`}
        />
      )}
      <ul
        aria-labelledby="services"
        className="max-h-[55dvh] divide-y divide-line overflow-y-auto rounded-lg border border-line"
      >
        {found.map((provider) => (
          <li key={provider.id}>
            <button
              type="button"
              onClick={() => onChoose(provider)}
              className="flex w-full items-center gap-3 px-3.5 py-2.5 text-start -outline-offset-2 hover:bg-sunken"
            >
              <Logo name={provider.name} src={provider.logo} />
              <span className="min-w-0 flex-1">
                <span className="font-medium">{provider.name}</span>
                <span className="line-clamp-1 text-sm text-muted">{provider.summary}</span>
              </span>
              <ChevronRight aria-hidden className="size-4 shrink-0 text-muted rtl:-scale-x-100" />
            </button>
          </li>
        ))}
      </ul>
      <p role="status" className="mt-2 text-sm text-muted">
        {found.length === 0 ? linkTexts.none : ''}
      </p>
    </>
  )
}

function matches({ name, aliases, category }: Offered, words: string): boolean {
  const typed = words.trim().toLowerCase()
  return typed === '' || [name, category, ...aliases].some((text) => text.toLowerCase().includes(typed))
}
