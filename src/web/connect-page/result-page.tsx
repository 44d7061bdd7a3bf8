import { CircleCheck, CircleHelp, CircleX, Hourglass, type LucideIcon, ShieldX } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import type { AttemptBody } from '../../http/wire.ts'
import { AttemptFailure } from '../connecting/attempt-failure.tsx'
import { DecisionForm } from '../connecting/decision-form.tsx'
import { readSameTabMark } from '../connecting/same-tab.ts'
import { pollInterval } from '../connecting/watch.ts'
import { resultTexts } from '../texts/connect.ts'
import { Spinner } from '../ui/spinner.tsx'
import { type LinkClient, createLinkClient, linkTokenOf } from './link-client.ts'
import { WayBack } from './link-progress.tsx'
import { Leaving } from './leaving.tsx'
import { createSessionClient } from './session-client.ts'
import { useLoaded } from './use-loaded.ts'

const LOOKS = {
  succeeded: { icon: CircleCheck, className: 'text-ok' },
  failed: { icon: CircleX, className: 'text-bad' },
  refused: { icon: ShieldX, className: 'text-bad' },
  decision: { icon: CircleHelp, className: 'text-accent' },
  proof: { icon: Hourglass, className: 'text-accent' },
  pending: { icon: Hourglass, className: 'text-accent' },
  unknown: { icon: CircleHelp, className: 'text-muted' },
  nothing: { icon: CircleHelp, className: 'text-muted' },
} satisfies Record<string, { icon: LucideIcon; className: string }>

/** What the address or the hub says about the attempt. */
type Word = keyof typeof LOOKS

/**
 * Where the tab of an authorization ends. The address names the attempt and a first word about it, nothing else;
 * what the hub says about the attempt counts, if this browser may ask.
 */
export function ResultPage({ search, storage }: { search: URLSearchParams; storage: Storage }) {
  const id = search.get('attempt')
  const back = readSameTabMark({ attempt: id, storage })
  useEffect(() => {
    document.title = resultTexts.documentTitle
  }, [])
  const word = readWord(search.get('status'))
  if (id) return <AttemptResult id={id} word={word} back={back} />
  // Without an attempt the address has nothing good to tell.
  return <Outcome word={word === 'refused' || word === 'unknown' ? word : 'nothing'} back={null} />
}

function AttemptResult({ id, word, back }: { id: string; word: Word; back: string | null }) {
  const [link] = useState(() => {
    const token = back === null ? null : linkTokenOf(back)
    return token === null ? null : createLinkClient(token)
  })
  const [session] = useState(createSessionClient)
  const client = link ?? session
  const [startedAt] = useState(() => Date.now())
  const read = useCallback(() => client.attempt(id), [client, id])
  const {
    data: attempt,
    error,
    replace,
  } = useLoaded(read, (latest) =>
    latest ? pollInterval({ status: latest.status, startedAt, now: Date.now() }) : false,
  )
  const [deciding, setDeciding] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null })
  const decide = async (value: string) => {
    setDeciding({ busy: true, error: null })
    try {
      replace(await client.decide(id, value))
      setDeciding({ busy: false, error: null })
    } catch (problem) {
      setDeciding({ busy: false, error: problem })
    }
  }
  if (!attempt && !error) {
    return (
      <p role="status" className="flex items-center gap-2.5">
        <Spinner className="text-accent" />
        {resultTexts.checking}
      </p>
    )
  }
  const known = attempt ? wordOf(attempt) : word
  return (
    <Outcome
      word={known}
      back={back}
      failed={attempt?.error ? attempt : undefined}
      ends={link !== null && known === 'succeeded'}
    >
      {attempt?.decision && (
        <DecisionForm
          decision={attempt.decision}
          onDecide={(value) => void decide(value)}
          busy={deciding.busy}
          error={deciding.error}
        />
      )}
      {link && attempt?.status === 'succeeded' && <LinkEnd client={link} />}
    </Outcome>
  )
}

/** An end user goes back to the host application. */
function LinkEnd({ client }: { client: LinkClient }) {
  const { data } = useLoaded(client.page)
  return data ? <WayBack returnTo={data.return_to} /> : null
}

function wordOf({ status }: AttemptBody): Word {
  if (status === 'decision_required') return 'decision'
  if (status === 'proof_required') return 'proof'
  return status === 'expired' || status === 'cancelled' ? 'failed' : status
}

function Outcome({
  word,
  back,
  failed,
  ends = false,
  children,
}: {
  word: Word
  back: string | null
  failed?: AttemptBody | undefined
  /** The children say where to go from here. */
  ends?: boolean
  children?: ReactNode
}) {
  const { icon: Icon, className } = LOOKS[word]
  const text = resultTexts[word]
  return (
    <div role="status">
      <h1 className="flex items-center gap-3 text-xl font-semibold">
        <Icon aria-hidden className={`size-7 shrink-0 ${className}`} />
        {text.title}
      </h1>
      <div className="mt-3 space-y-4">
        {failed ? (
          <AttemptFailure attempt={failed} />
        ) : (
          <p>{ends ? resultTexts.linkSucceeded : text.detail}</p>
        )}
        {children}
        {word !== 'decision' && !ends && <Leaving back={back} succeeded={word === 'succeeded'} />}
      </div>
    </div>
  )
}

function readWord(status: string | null): Word {
  return (Object.keys(LOOKS) as Word[]).find((word) => word === status) ?? 'nothing'
}
