import type { ReactNode } from 'react'
import { problemOf } from '../api/http.ts'
import { problemTexts } from '../texts/connect.ts'
import { Button } from './button.tsx'
import { Notice } from './notice.tsx'

/** An error as the hub tells it: what happened, what to do, and the id to find it in the log. */
export function ProblemNotice({
  error,
  onRetry,
  children,
}: {
  error: unknown
  onRetry?: () => void
  children?: ReactNode
}) {
  const problem = problemOf(error)
  return (
    <Notice tone="bad" role="alert" title={problem.title}>
      <p>{problem.detail}</p>
      {problem.errors && problem.errors.length > 0 && (
        <ul className="list-disc ps-5">
          {problem.errors.map(({ path, message }) => (
            <li key={path + message}>{message}</li>
          ))}
        </ul>
      )}
      {problem.choices && problem.choices.length > 0 && (
        <p>
          {problemTexts.choices} {problem.choices.map((choice) => choice.label).join(', ')}
        </p>
      )}
      {children}
      {(onRetry || problem.request_id) && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-2">
          {onRetry && (
            <Button size="small" onClick={onRetry}>
              {problemTexts.retry}
            </Button>
          )}
          {problem.request_id && (
            <span className="text-xs text-muted">{problemTexts.requestId(problem.request_id)}</span>
          )}
        </p>
      )}
    </Notice>
  )
}
