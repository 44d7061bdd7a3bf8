import type { ErrorComponentProps } from '@tanstack/react-router'
import { Link } from '@tanstack/react-router'
import { RefreshCw, TriangleAlert } from 'lucide-react'
import { HubProblem } from '../api/http.ts'
import { pageErrorTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'

/** A page that failed while drawing; the frame around it stays. */
export function PageError({ error }: ErrorComponentProps) {
  const reload = () => window.location.reload()
  if (error instanceof HubProblem) return <ProblemNotice error={error} onRetry={reload} />
  // An update of the hub takes the files of the page before away.
  const outdated = /dynamically imported module|module script failed/i.test(String(error))
  return (
    <div role="alert">
      <EmptyState
        icon={outdated ? RefreshCw : TriangleAlert}
        heading="h1"
        title={outdated ? pageErrorTexts.outdatedTitle : pageErrorTexts.title}
        detail={outdated ? pageErrorTexts.outdated : pageErrorTexts.detail}
      >
        <Button look="primary" onClick={reload}>
          {pageErrorTexts.reload}
        </Button>
        {!outdated && (
          <Link to="/" className={buttonClass()}>
            {pageErrorTexts.home}
          </Link>
        )}
      </EmptyState>
    </div>
  )
}
