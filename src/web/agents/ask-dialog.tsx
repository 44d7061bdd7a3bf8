import { useQuery } from '@tanstack/react-query'
import { Mail } from 'lucide-react'
import type { AgentDetailBody, AgentSummaryBody, AvailabilityBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { agentTexts, frameTexts } from '../texts.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { agentQuery } from './queries.ts'

export type Administrators = AgentDetailBody['administrators'] | undefined

type Props = {
  agent: Pick<AgentSummaryBody, 'id' | 'name'>
  reason: NonNullable<NonNullable<AvailabilityBody['mend']>['ask_for']>
  /** Absent: asked for now. */
  administrators: Administrators
  onClose: () => void
}

/** Whom to ask, and what to say. */
export function AskDialog({ agent, reason, administrators, onClose }: Props) {
  const { data, error, refetch } = useQuery({
    ...agentQuery(useHub(), agent.id),
    enabled: administrators === undefined,
  })
  const people = administrators ?? data?.administrators
  const message = agentTexts.ask[reason](agent.name)
  return (
    <Dialog open onClose={onClose} title={agentTexts.ask.title} closeOnOutsideClick>
      <div className="space-y-4">
        <div className="flex items-start gap-2 rounded-lg border border-line bg-ground px-3.5 py-3">
          <p className="min-w-0 flex-1">{message}</p>
          <CopyButton value={message} what={agentTexts.ask.copy} />
        </div>
        {error ? (
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        ) : !people ? (
          <>
            <LoadingNote>{frameTexts.loading}</LoadingNote>
            <Skeleton className="h-16" />
          </>
        ) : people.length === 0 ? (
          <p className="text-sm text-muted">{agentTexts.ask.nobody}</p>
        ) : (
          <div className="space-y-2">
            <p className="text-sm text-muted">{agentTexts.ask.who}</p>
            <ul className="space-y-1.5">
              {people.map(({ id, name, email }) => (
                <li key={id} className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                  <bdi className="font-medium">{name}</bdi>
                  <a
                    href={`mailto:${encodeURIComponent(email)}?subject=${encodeURIComponent(agentTexts.ask.subject(agent.name))}&body=${encodeURIComponent(message)}`}
                    aria-label={agentTexts.ask.mail(name)}
                    className="inline-flex items-center gap-1.5 text-sm break-all text-accent underline underline-offset-2"
                  >
                    <Mail aria-hidden className="size-4 shrink-0" />
                    {email}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Dialog>
  )
}
