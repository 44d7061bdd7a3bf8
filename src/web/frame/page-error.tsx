import type { ErrorComponentProps } from '@tanstack/react-router'
import { ProblemNotice } from '../ui/problem-notice.tsx'

/** A page that failed while drawing; the frame around it stays. */
export function PageError({ error }: ErrorComponentProps) {
  return <ProblemNotice error={error} onRetry={() => window.location.reload()} />
}
