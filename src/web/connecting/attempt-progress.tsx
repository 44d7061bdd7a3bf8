import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { CircleCheck, ExternalLink } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { AttemptBody, ProviderDetailBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { connectionQuery, keys } from '../api/queries.ts'
import { attemptTexts, connectTexts, connectionTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { AttemptFailure } from './attempt-failure.tsx'
import { DecisionForm } from './decision-form.tsx'
import { leaveInThisTab } from './same-tab.ts'
import { useAttempt } from './use-attempt.ts'
import type { Watched } from './watch.ts'

type Props = {
  provider: ProviderDetailBody
  watched: Watched
  /** Where to authorize, when no tab could be opened. */
  blockedUrl: string | null
  onOpened: () => void
  onAgain: () => void
  onClose: (status: AttemptBody['status'] | undefined) => void
}

/** What the dialog shows after the start: waiting, a question, the result. */
export function AttemptProgress({ provider, watched, blockedUrl, onOpened, onAgain, onClose }: Props) {
  const { attempt, timedOut } = useAttempt(watched)
  const status = attempt?.status
  const [dismissed, setDismissed] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  // The form with its focused button is gone: the focus follows to what stands there now.
  useEffect(() => heading.current?.focus(), [status, timedOut])

  const decide = useDecision(watched.id)
  const cancel = useCancel(watched.id)
  const close = () => onClose(status)
  const title = titleOf({ status, provider: provider.name, timedOut: timedOut && !dismissed })
  return (
    <>
      <h3 ref={heading} tabIndex={-1} className="mb-3 flex items-center gap-2.5 font-semibold outline-none">
        {status === 'succeeded' && <CircleCheck aria-hidden className="size-6 text-ok" />}
        {(status === undefined || status === 'pending') && !blockedUrl && (
          <Spinner className="size-5 text-accent" />
        )}
        {title}
      </h3>
      {status === 'succeeded' && attempt ? (
        <Succeeded provider={provider.name} attempt={attempt} onClose={close} />
      ) : status === 'decision_required' && attempt?.decision ? (
        <DecisionForm
          decision={attempt.decision}
          onDecide={(value) => decide.mutate(value)}
          busy={decide.isPending}
          error={decide.error}
        />
      ) : status === 'failed' || status === 'expired' || status === 'cancelled' ? (
        <>
          <AttemptFailure attempt={attempt as AttemptBody} />
          <DialogActions>
            <Button onClick={close}>{connectTexts.close}</Button>
            <Button look="primary" onClick={onAgain}>
              {connectTexts.tryAgain}
            </Button>
          </DialogActions>
        </>
      ) : blockedUrl ? (
        <Blocked provider={provider.name} url={blockedUrl} attemptId={watched.id} onOpened={onOpened} />
      ) : timedOut && !dismissed ? (
        <TimedOut onDismiss={() => setDismissed(true)} onAgain={onAgain} />
      ) : (
        <>
          <p>{connectTexts.waiting(provider.name)}</p>
          {cancel.error && <ProblemNotice error={cancel.error} />}
          <DialogActions>
            <Button onClick={() => cancel.mutate()} busy={cancel.isPending}>
              {connectTexts.cancel}
            </Button>
          </DialogActions>
        </>
      )}
    </>
  )
}

function titleOf({
  status,
  provider,
  timedOut,
}: {
  status: AttemptBody['status'] | undefined
  provider: string
  timedOut: boolean
}): string {
  if (status === 'succeeded') return connectTexts.succeededTitle(provider)
  if (status === 'decision_required') return connectTexts.decisionTitle
  if (status === 'failed' || status === 'expired' || status === 'cancelled')
    return connectTexts.failedTitle(provider)
  return timedOut ? connectTexts.timedOutTitle(provider) : connectTexts.waitingTitle(provider)
}

function useDecision(id: string) {
  const hub = useHub()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (value: string) => hub.decide(id, value),
    onSuccess: (attempt) => client.setQueryData(keys.attempt(id), attempt),
  })
}

function useCancel(id: string) {
  const hub = useHub()
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => hub.cancelAttempt(id),
    onSuccess: (attempt) => client.setQueryData(keys.attempt(id), attempt),
  })
}

function Blocked({
  provider,
  url,
  attemptId,
  onOpened,
}: {
  provider: string
  url: string
  attemptId: string
  onOpened: () => void
}) {
  const { href } = useLocation()
  return (
    <>
      <Notice tone="warn" role="alert" title={connectTexts.blockedTitle}>
        <p>{connectTexts.blocked(provider)}</p>
      </Notice>
      <DialogActions>
        <Button onClick={() => leaveInThisTab({ url, mark: { attempt: attemptId, back: href }, window })}>
          {connectTexts.sameTab}
        </Button>
        {/* A link that is clicked is never blocked. */}
        <a
          href={url}
          target="_blank"
          rel="noopener"
          onClick={onOpened}
          className={buttonClass({ look: 'primary' })}
        >
          {connectTexts.openTab}
          <ExternalLink aria-hidden className="size-4" />
        </a>
      </DialogActions>
    </>
  )
}

function TimedOut({ onDismiss, onAgain }: { onDismiss: () => void; onAgain: () => void }) {
  return (
    <>
      <Notice tone="warn" role="alert">
        <p>{connectTexts.timedOut}</p>
      </Notice>
      <DialogActions>
        <Button onClick={onDismiss}>{connectTexts.dismiss}</Button>
        <Button look="primary" onClick={onAgain}>
          {connectTexts.startAgain}
        </Button>
      </DialogActions>
    </>
  )
}

function Succeeded({
  provider,
  attempt,
  onClose,
}: {
  provider: string
  attempt: AttemptBody
  onClose: () => void
}): ReactNode {
  const id = attempt.connection_id ?? ''
  const { data: connection } = useQuery({ ...connectionQuery(useHub(), id), enabled: id !== '' })
  const missing = connection?.missing_scopes.length ?? 0
  return (
    <>
      {/* Its height is reserved, so that the buttons stay where they are when the account's name arrives. */}
      <div className="min-h-6 space-y-3">
        <p>{connection && attemptTexts.connectedAs(provider, connection.account.label)}</p>
        {missing > 0 && (
          <Notice tone="warn">
            <p>
              {attemptTexts.missing(missing)} {connectionTexts.missingHelp}
            </p>
          </Notice>
        )}
      </div>
      <DialogActions>
        <Button onClick={onClose}>{attemptTexts.done}</Button>
        {id && (
          <Link
            to="/connections/$id"
            params={{ id }}
            hash="test-call"
            onClick={onClose}
            className={buttonClass({ look: 'primary' })}
          >
            {attemptTexts.testCall}
          </Link>
        )}
      </DialogActions>
    </>
  )
}
