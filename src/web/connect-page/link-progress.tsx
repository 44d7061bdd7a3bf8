import { CircleCheck } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { AttemptBody } from '../../http/wire.ts'
import { AttemptFailure } from '../connecting/attempt-failure.tsx'
import { DecisionForm } from '../connecting/decision-form.tsx'
import { OpenTab } from '../connecting/open-tab.tsx'
import { WATCH_FOR, pollInterval } from '../connecting/watch.ts'
import { connectTexts, linkTexts } from '../texts/connect.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Notice } from '../ui/notice.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Spinner } from '../ui/spinner.tsx'
import type { LinkClient } from './link-client.ts'
import { useLoaded } from './use-loaded.ts'

type Props = {
  client: LinkClient
  provider: string
  returnTo: string | null
  /** The attempt as first known. */
  first: AttemptBody
  startedAt: number
  blockedUrl: string | null
  onOpened: () => void
  onAgain: () => void
}

/** An end user's attempt until it ends: waiting, a question, the way back to the host application. */
export function LinkProgress({
  client,
  provider,
  returnTo,
  first,
  startedAt,
  blockedUrl,
  onOpened,
  onAgain,
}: Props) {
  const read = useCallback(() => client.attempt(first.id), [client, first.id])
  const { data, replace } = useLoaded(read, (latest) =>
    pollInterval({ status: (latest ?? first).status, startedAt, now: Date.now() }),
  )
  const attempt = data ?? first
  const [deciding, setDeciding] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const heading = useRef<HTMLHeadingElement>(null)
  const { status } = attempt
  // The focus follows the step.
  useEffect(() => heading.current?.focus(), [status])

  const decide = async (value: string) => {
    setDeciding({ busy: true, error: null })
    try {
      replace(await client.decide(first.id, value))
      setDeciding({ busy: false, error: null })
    } catch (error) {
      setDeciding({ busy: false, error })
    }
  }
  const failed = status === 'failed' || status === 'expired' || status === 'cancelled'
  return (
    <>
      <h2 ref={heading} tabIndex={-1} className="mb-3 flex items-center gap-2.5 font-semibold outline-none">
        {status === 'succeeded' && <CircleCheck aria-hidden className="size-6 text-ok" />}
        {(status === 'pending' || status === 'proof_required') && !blockedUrl && (
          <Spinner className="size-5 text-accent" />
        )}
        {status === 'succeeded'
          ? linkTexts.done(provider)
          : status === 'decision_required'
            ? connectTexts.decisionTitle
            : failed
              ? connectTexts.failedTitle(provider)
              : connectTexts.waitingTitle(provider)}
      </h2>
      {status === 'succeeded' ? (
        <WayBack returnTo={returnTo} />
      ) : status === 'proof_required' ? (
        <BringProof client={client} attemptId={first.id} returnTo={returnTo} />
      ) : status === 'decision_required' && attempt.decision ? (
        <DecisionForm
          decision={attempt.decision}
          onDecide={(value) => void decide(value)}
          busy={deciding.busy}
          error={deciding.error}
        />
      ) : failed ? (
        <>
          <AttemptFailure attempt={attempt} />
          <DialogActions>
            <Button look="primary" onClick={onAgain}>
              {connectTexts.tryAgain}
            </Button>
          </DialogActions>
        </>
      ) : (
        <Waiting
          provider={provider}
          startedAt={startedAt}
          blockedUrl={blockedUrl}
          onOpened={onOpened}
          onAgain={onAgain}
        />
      )}
    </>
  )
}

function Waiting({
  provider,
  startedAt,
  blockedUrl,
  onOpened,
  onAgain,
}: Pick<Props, 'provider' | 'startedAt' | 'blockedUrl' | 'onOpened' | 'onAgain'>) {
  const [timedOut, setTimedOut] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setTimedOut(true), startedAt + WATCH_FOR - Date.now())
    return () => clearTimeout(timer)
  }, [startedAt])
  if (blockedUrl) {
    return (
      <>
        <Notice tone="warn" role="alert" title={connectTexts.blockedTitle} />
        <DialogActions>
          <OpenTab url={blockedUrl} onOpened={onOpened} />
        </DialogActions>
      </>
    )
  }
  return (
    <>
      {timedOut ? (
        <Notice tone="warn" role="alert">
          <p>{connectTexts.timedOut}</p>
        </Notice>
      ) : (
        <p>{connectTexts.waiting(provider)}</p>
      )}
      <DialogActions>
        <Button onClick={onAgain}>{timedOut ? connectTexts.startAgain : connectTexts.back}</Button>
      </DialogActions>
    </>
  )
}

/** Takes the proof to the host application, whose server completes the connection with it. */
function BringProof({
  client,
  attemptId,
  returnTo,
}: {
  client: LinkClient
  attemptId: string
  returnTo: string | null
}) {
  const [error, setError] = useState<unknown>(null)
  const [round, setRound] = useState(0)
  const asked = useRef(-1)
  useEffect(() => {
    // Each answer is a fresh proof that voids the one before: one question a round.
    if (asked.current === round) return
    asked.current = round
    client.proof(attemptId).then(({ url }) => window.location.replace(url), setError)
  }, [client, attemptId, round])
  return (
    <div role="status" className="space-y-3">
      <p>{linkTexts.waitingProof}</p>
      {error === null ? (
        returnTo && <p className="text-sm text-muted">{linkTexts.returning(hostOf(returnTo))}</p>
      ) : (
        <ProblemNotice
          error={error}
          onRetry={() => {
            setError(null)
            setRound(round + 1)
          }}
        />
      )}
    </div>
  )
}

export function WayBack({ returnTo }: { returnTo: string | null }) {
  if (!returnTo) return <p>{linkTexts.doneDetail}</p>
  return (
    <DialogActions>
      <a href={returnTo} className={buttonClass({ look: 'primary' })}>
        {linkTexts.returnTo(hostOf(returnTo))}
      </a>
    </DialogActions>
  )
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url
}
