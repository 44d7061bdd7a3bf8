import { integrationsTexts } from '../texts.ts'
import { Skeleton } from '../ui/skeleton.tsx'

type Props = {
  categories: { category: string; count: number }[] | undefined
  total: number | undefined
  chosen: string | undefined
  onChange: (category: string | undefined) => void
}

/** Categories as a list at the side of wide pages; small ones have them in a field (filters.tsx). */
export function CategoryFilter({ categories, total, chosen, onChange }: Props) {
  const options = [{ category: undefined, count: total ?? 0 }, ...(categories ?? [])]
  return (
    <aside className="sticky top-20 hidden self-start lg:block">
      <h2 id="categories" className="mb-2 px-2.5 text-sm font-medium text-muted">
        {integrationsTexts.categories}
      </h2>
      {categories ? (
        <ul aria-labelledby="categories">
          {options.map(({ category, count }) => (
            <li key={category ?? ''}>
              <button
                type="button"
                aria-pressed={category === chosen}
                onClick={() => onChange(category)}
                className="flex w-full items-baseline justify-between gap-2 rounded-md px-2.5 py-1.5 text-start text-sm hover:bg-sunken aria-pressed:bg-accent-tint aria-pressed:font-medium aria-pressed:text-accent"
              >
                {category ?? integrationsTexts.all}
                <span className="text-xs text-muted tabular-nums">{count}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <Skeleton className="h-96" />
      )}
    </aside>
  )
}
