import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import type { SessionBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { keys } from '../api/queries.ts'
import { useSignedOut } from '../frame/session.ts'
import { sessionsQuery } from '../people/queries.ts'
import { profileTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { DialogActions } from '../ui/dialog-actions.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Time } from '../ui/time.tsx'
import { useToasts } from '../ui/toasts.tsx'
import { readDevice } from './device.ts'

/** Every browser in which one is signed in; each can be signed out, or all of them. */
export function Sessions() {
  const hub = useHub()
  const client = useQueryClient()
  const { say } = useToasts()
  const list = useQuery(sessionsQuery(hub))
  const [leaving, setLeaving] = useState(false)
  const end = useMutation({
    mutationFn: hub.endSession,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.people })
      say({ tone: 'ok', text: profileTexts.ended })
    },
  })
  return (
    <Section
      title={profileTexts.sessions}
      heading="h2"
      aside={
        <Button size="small" onClick={() => setLeaving(true)}>
          {profileTexts.everywhere}
        </Button>
      }
    >
      {list.data ? (
        <ul className="divide-y divide-line">
          {list.data.map((session) => (
            <Row
              key={session.id}
              session={session}
              busy={end.isPending && end.variables === session.id}
              onEnd={() => end.mutate(session.id)}
            />
          ))}
        </ul>
      ) : list.error ? (
        <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Skeleton className="h-24" />
      )}
      {end.error && <ProblemNotice error={end.error} />}
      {leaving && <EverywhereDialog onClose={() => setLeaving(false)} />}
    </Section>
  )
}

function Row({ session, busy, onEnd }: { session: SessionBody; busy: boolean; onEnd: () => void }) {
  const read = readDevice(session.user_agent)
  const device = read ? profileTexts.device(read.browser, read.system) : profileTexts.unknownDevice
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2.5">
      <MonitorSmartphone aria-hidden className="size-5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {device}
          {session.current && <Badge tone="accent">{profileTexts.thisOne}</Badge>}
        </p>
        <p className="text-sm text-muted">
          {session.address && (
            <>
              <bdi dir="ltr">{session.address}</bdi>
              {' · '}
            </>
          )}
          {profileTexts.since} <Time iso={session.created_at} />, {profileTexts.methods[session.method]}
          {' · '}
          {profileTexts.seen} <Time iso={session.last_seen_at} />
          {' · '}
          <bdi>{session.organization.name}</bdi>
        </p>
      </div>
      {!session.current && (
        <Button size="small" aria-label={profileTexts.endNamed(device)} busy={busy} onClick={onEnd}>
          {profileTexts.end}
        </Button>
      )}
    </li>
  )
}

function EverywhereDialog({ onClose }: { onClose: () => void }) {
  const hub = useHub()
  const signedOut = useSignedOut()
  const leave = useMutation({ mutationFn: hub.endEverySession, onSuccess: () => signedOut() })
  return (
    <Dialog open onClose={onClose} title={profileTexts.everywhereTitle}>
      <p>{profileTexts.everywhereHelp}</p>
      {leave.error && <ProblemNotice error={leave.error} />}
      <DialogActions>
        <Button onClick={onClose}>{profileTexts.cancel}</Button>
        <Button look="danger" busy={leave.isPending} onClick={() => leave.mutate()}>
          {profileTexts.everywhere}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
