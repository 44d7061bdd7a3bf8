import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { AttemptBody } from '../../http/wire.ts'
import { problemOf } from '../api/http.ts'
import { keys } from '../api/queries.ts'
import { attemptTexts, connectTexts } from '../texts.ts'
import { useToasts } from '../ui/toasts.tsx'
import { useAttempt } from './use-attempt.ts'
import { type Watched, isSettled, loadWatched, saveWatched } from './watch.ts'

type Attempts = {
  watch: (watched: Watched, answer: AttemptBody) => void
  /** The dialog shows this attempt itself; the messages at the page's edge keep quiet about it. */
  attend: (id: string | null) => void
  /** The person has read that nothing came in time: only a result is told from now on. */
  dismiss: (id: string) => void
}
const AttemptsContext = createContext<Attempts | null>(null)

export function useAttempts(): Attempts {
  const attempts = use(AttemptsContext)
  if (!attempts) throw new Error('useAttempts outside of AttemptsProvider')
  return attempts
}

type Props = {
  children: ReactNode
  onView: (connectionId: string) => void
  onQuestion: (watched: Watched) => void
}

/** Watches every attempt this tab started until it ends, dialog or no dialog, reload or not. */
export function AttemptsProvider({ children, onView, onQuestion }: Props) {
  const client = useQueryClient()
  const [watched, setWatched] = useState(() => loadWatched(sessionStorage))
  const [attended, attend] = useState<string | null>(null)
  useEffect(() => saveWatched(sessionStorage, watched), [watched])

  const watch = useCallback(
    (added: Watched, answer: AttemptBody) => {
      client.setQueryData(keys.attempt(added.id), answer)
      setWatched((current) => [...current.filter(({ id }) => id !== added.id), added])
    },
    [client],
  )
  const forget = useCallback(
    (id: string) => setWatched((current) => current.filter((entry) => entry.id !== id)),
    [],
  )
  const dismiss = useCallback(
    (id: string) =>
      setWatched((current) =>
        current.map((entry) => (entry.id === id ? { ...entry, dismissed: true } : entry)),
      ),
    [],
  )
  const value = useMemo(() => ({ watch, attend, dismiss }), [watch, dismiss])
  return (
    <AttemptsContext value={value}>
      {children}
      {watched.map((entry) => (
        <AttemptWatch
          key={entry.id}
          watched={entry}
          attended={attended === entry.id}
          onEnd={forget}
          onDismiss={dismiss}
          onView={onView}
          onQuestion={onQuestion}
        />
      ))}
    </AttemptsContext>
  )
}

function AttemptWatch({
  watched,
  attended,
  onEnd,
  onDismiss,
  onView,
  onQuestion,
}: {
  watched: Watched
  attended: boolean
  onEnd: (id: string) => void
  onDismiss: (id: string) => void
  onView: Props['onView']
  onQuestion: Props['onQuestion']
}) {
  const { attempt, error, timedOut } = useAttempt(watched)
  const { say } = useToasts()
  const client = useQueryClient()
  const { id, providerName, dismissed = false } = watched
  const status = attempt?.status

  useEffect(() => {
    if (!isSettled(status) || !attempt) return
    if (status === 'succeeded') void client.invalidateQueries({ queryKey: keys.connections })
    if (!attended) {
      const connectionId = attempt.connection_id
      if (status === 'succeeded') {
        say({
          tone: 'ok',
          text: attemptTexts.connected(providerName),
          ...(connectionId && { action: { label: attemptTexts.view, onAction: () => onView(connectionId) } }),
        })
      } else if (status !== 'cancelled') {
        say({
          tone: 'warn',
          text: attemptTexts.failed(providerName, attempt.error?.detail ?? connectTexts.expired),
        })
      }
    }
    onEnd(id)
  }, [status, attempt, attended, client, id, providerName, say, onEnd, onView])

  // The dialog was closed on the way: the person may wonder what becomes of it.
  const wasAttended = useRef(attended)
  useEffect(() => {
    if (wasAttended.current && !attended && !dismissed && !isSettled(status)) {
      say({ tone: 'info', text: connectTexts.inBackground(providerName) })
    }
    wasAttended.current = attended
  }, [attended, dismissed, status, providerName, say])

  const asks = status === 'decision_required' && !attended
  useEffect(() => {
    if (!asks) return
    say({
      tone: 'info',
      text: attemptTexts.question(providerName),
      action: { label: attemptTexts.answer, onAction: () => onQuestion(watched) },
    })
  }, [asks, providerName, say, onQuestion, watched])

  const quietTimeout = timedOut && !attended && !dismissed && !isSettled(status)
  useEffect(() => {
    if (!quietTimeout) return
    say({
      tone: 'warn',
      text: `${connectTexts.timedOutTitle(providerName)}. ${connectTexts.timedOut}`,
      sticky: true,
      onDismiss: () => onDismiss(id),
    })
  }, [quietTimeout, providerName, say, onDismiss, id])

  // The hub no longer knows it, or this is another person now: nothing more will come.
  const gone = error ? [401, 403, 404, 410].includes(problemOf(error).status) : false
  useEffect(() => {
    if (gone) onEnd(id)
  }, [gone, id, onEnd])
  return null
}
