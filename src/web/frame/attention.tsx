import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useHub, useMe } from '../api/hub-context.tsx'
import { overviewQuery } from '../api/queries.ts'
import { countAttention } from '../integrations/overview.ts'
import { navTexts } from '../texts.ts'

/** How many connections wait for this person, kept live; leads to them. A change of the number is said aloud. */
export function Attention() {
  const me = useMe()
  const { data } = useQuery(overviewQuery(useHub()))
  const count = data && countAttention(data.groups, me)
  const mine = count && count.person > 0
  const total = count ? count.person + count.organization : 0
  const said = useChange(count ? total : undefined)
  return (
    <>
      {total > 0 && (
        <Link
          to="/"
          search={{ show: 'attention', ...(mine ? {} : { whose: 'organization' as const }) }}
          aria-label={navTexts.attention(total)}
          title={navTexts.attention(total)}
          className="flex h-9 min-w-9 items-center justify-center gap-1.5 rounded-md px-2 text-sm font-medium text-warn hover:bg-sunken pointer-coarse:h-11"
        >
          <TriangleAlert aria-hidden className="size-5" />
          <span className="tabular-nums">{total}</span>
        </Link>
      )}
      <p role="status" className="sr-only">
        {said === undefined ? '' : said === 0 ? navTexts.calm : navTexts.attention(said)}
      </p>
    </>
  )
}

/** The number once it is another than at first: what was so when the page opened is not news. */
function useChange(value: number | undefined): number | undefined {
  const first = useRef(value)
  const [changed, setChanged] = useState<number>()
  useEffect(() => {
    if (value === undefined || value === first.current) return
    if (first.current !== undefined) setChanged(value)
    first.current = value
  }, [value])
  return changed
}
