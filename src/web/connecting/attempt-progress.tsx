import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import type { AttemptBody, ProviderDetailBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { connectionQuery, keys } from '../api/queries.ts'
import { attemptTexts, connectTexts, connectionTexts } from '../texts.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Help } from '../ui/help.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { AfterConnecting } from './advice.tsx'
import { AttemptFailure } from './attempt-failure.tsx'
import { useAttempts } from './attempts.tsx'
import { DecisionForm } from './decision-form.tsx'
import { OpenTab } from './open-tab.tsx'
import { leaveInThisTab } from './same-tab.ts'
import { useAttempt } from './use-attempt.ts'
import { isSettled, type Watched } from './watch.ts'

type Props = {
  provider: ProviderDetailBody
  watched: Watched
  /** Where to authorize, when no tab could be opened. */
  blockedUrl: string | null
  /** Where the new tab went; null after a reload: the hub tells it once. */
  url: string | null
  onOpened: () => void
  onAgain: () => void
  onClose: () => void
}

/** What the dialog shows after the start: waiting, a question, the result. */
export function AttemptProgress({ provider, watched, blockedUrl, url, onOpened, onAgain, onClose }: Props) {
  const { attempt, timedOut } = useAttempt(watched)
  const { dismiss } = useAttempts()
  const status = attempt?.status
  const heading = useRef<HTMLHeadingElement>(null)

  const decide = useDecision(watched.id)
  const cancel = useCancel(watched.id)
  const stage = stageOf({ status, blocked: blockedUrl !== null, over: timedOut })
  // The form with its focused button is gone: the focus follows to what stands there now.
  useEffect(() => {
    if (stage) heading.current?.focus()
  }, [stage])
  return (
    <>
      <h3 ref={heading} tabIndex={-1} className="mb-3 flex items-center gap-2.5 font-semibold outline-none">
        {stage === 'succeeded' && <CircleCheck aria-hidden className="size-6 text-ok" />}
        {stage === 'waiting' && <Spinner className="size-5 text-accent" />}
        {TITLES[stage](provider.name)}
      </h3>
      {stage === 'succeeded' && attempt ? (
        <Succeeded provider={provider} attempt={attempt} onClose={onClose} />
      ) : stage === 'question' && attempt?.decision ? (
        <DecisionForm
          decision={attempt.decision}
          onDecide={(value) => decide.mutate(value)}
          busy={decide.isPending}
          error={decide.error ?? cancel.error}
          onCancel={() => cancel.mutate()}
        />
      ) : stage === 'failed' && attempt ? (
        <>
          <AttemptFailure attempt={attempt} />
          <DialogActions>
            <Button onClick={onClose}>{connectTexts.close}</Button>
            <Button look="primary" onClick={onAgain}>
              {connectTexts.tryAgain}
            </Button>
          </DialogActions>
        </>
      ) : stage === 'blocked' && blockedUrl ? (
        <Blocked provider={provider.name} url={blockedUrl} attemptId={watched.id} onOpened={onOpened} />
      ) : stage === 'over' ? (
        <TimedOut
          onDismiss={() => {
            dismiss(watched.id)
            onClose()
          }}
          onAgain={onAgain}
        />
      ) : (
        <>
          <p>{connectTexts.waiting(provider.name)}</p>
          {url && (
            <p className="mt-2 text-sm text-muted">
              {connectTexts.waitingHelp}{' '}
              <a
                href={url}
                target="_blank"
                rel="noopener"
                className="text-accent underline underline-offset-2"
              >
                {connectTexts.openAgain}
              </a>{' '}
              <Help topic="popup" />
            </p>
          )}
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

type Stage = 'waiting' | 'blocked' | 'over' | 'question' | 'succeeded' | 'failed'

const TITLES: Record<Stage, (provider: string) => string> = {
  waiting: connectTexts.waitingTitle,
  blocked: () => connectTexts.blockedTitle,
  over: connectTexts.timedOutTitle,
  question: () => connectTexts.decisionTitle,
  succeeded: connectTexts.succeededTitle,
  failed: connectTexts.failedTitle,
}

/** What the hub says comes before what this page could or could not do. */
function stageOf({
  status,
  blocked,
  over,
}: {
  status: AttemptBody['status'] | undefined
  blocked: boolean
  over: boolean
}): Stage {
  if (status === 'succeeded') return 'succeeded'
  if (status === 'decision_required') return 'question'
  if (isSettled(status)) return 'failed'
  return blocked ? 'blocked' : over ? 'over' : 'waiting'
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
      <Notice tone="warn" role="alert">
        <p>{connectTexts.blocked(provider)}</p>
        <p>{connectTexts.allowPopups(window.location.host)}</p>
      </Notice>
      <DialogActions>
        <Button onClick={() => leaveInThisTab({ url, mark: { attempt: attemptId, back: href }, window })}>
          {connectTexts.sameTab}
        </Button>
        <OpenTab url={url} onOpened={onOpened} />
      </DialogActions>
    </>
  )
}

function TimedOut({ onDismiss, onAgain }: { onDismiss: () => void; onAgain: () => void }) {
  return (
    <>
      <Notice tone="warn" role="alert">
        <p>
          {connectTexts.timedOut} <Help topic="timeout" />
        </p>
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
  provider: ProviderDetailBody
  attempt: AttemptBody
  onClose: () => void
}): ReactNode {
  const id = attempt.connection_id ?? ''
  const { data: connection } = useQuery({ ...connectionQuery(useHub(), id), enabled: id !== '' })
  const missing = connection?.missing_scopes.length ?? 0
  const warnings = connection?.capabilities.flatMap(({ warning }) => warning ?? []) ?? []
  return (
    <>
      {/* Its height is reserved, so that the buttons stay where they are when the account's name arrives. */}
      <div className="min-h-6 space-y-3">
        <p>{connection && attemptTexts.connectedAs(provider.name, connection.account.label)}</p>
        {missing > 0 && (
          <Notice tone="warn">
            <p>
              {attemptTexts.missing(missing)} {connectionTexts.missingHelp}
            </p>
          </Notice>
        )}
        <AfterConnecting provider={provider} warnings={warnings} />
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
