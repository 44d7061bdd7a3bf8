import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Rocket } from 'lucide-react'
import { useHub } from '../api/hub-context.tsx'
import { overviewQuery } from '../api/queries.ts'
import { tourTexts } from '../texts.ts'
import { buttonClass } from '../ui/button.tsx'
import { isTourOn } from './steps.ts'
import { useTour } from './tour-state.ts'

/** On a connection's page: what the first steps ask for here, and the way on once it is done. */
export function TourHint() {
  const tour = useTour()
  const { data } = useQuery(overviewQuery(useHub()))
  const isOn = data !== undefined && isTourOn(tour, data.groups)
  return (
    <div role="status">
      {isOn && (
        <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-accent-tint px-3.5 py-2.5 text-sm">
          <Rocket aria-hidden className="size-4.5 shrink-0 text-accent" />
          <p className="min-w-0 flex-1 basis-40 font-medium">
            {tour.hasCalled ? tourTexts.onPage.called : tourTexts.onPage.callTitle}
          </p>
          {tour.hasCalled && (
            <Link to="/" className={buttonClass({ look: 'primary', size: 'small' })}>
              {tourTexts.onPage.back}
            </Link>
          )}
        </div>
      )}
    </div>
  )
}
