import { memo, useId } from 'react'
import type { Whose } from '../search-params.ts'
import { frameTexts } from '../texts.ts'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Card } from './card.tsx'
import type { Entry } from './overview.ts'

const gridClass = 'grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] items-start gap-3'

export const CardGrid = memo(function CardGrid({
  title,
  hint,
  entries,
  whose,
}: {
  title: string
  hint?: string | undefined
  entries: Entry[]
  whose: Whose
}) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-1 font-semibold">
        {title} <span className="text-sm font-normal text-muted">{entries.length}</span>
      </h2>
      {hint && <p className="mb-2 text-sm text-muted">{hint}</p>}
      <ul className={gridClass}>
        {entries.map((entry) => (
          <Card key={entry.provider.id} entry={entry} whose={whose} />
        ))}
      </ul>
    </section>
  )
})

export function CardSkeletons() {
  return (
    <div className={gridClass}>
      <LoadingNote>{frameTexts.loading}</LoadingNote>
      {Array.from({ length: 12 }, (_, index) => (
        <Skeleton key={index} className="h-34 rounded-xl" />
      ))}
    </div>
  )
}
