import { useInfiniteQuery } from '@tanstack/react-query'
import {
  BadgeCheck,
  Circle,
  KeyRound,
  Link2,
  ListChecks,
  PencilLine,
  RefreshCw,
  TriangleAlert,
  Unplug,
  type LucideIcon,
} from 'lucide-react'
import { useHub, useMe } from '../api/hub-context.tsx'
import { timelineQuery } from '../api/queries.ts'
import { connectionTexts, frameTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Time } from '../ui/time.tsx'
import { type Run, foldTimeline } from './fold.ts'

/** Kinds may be added by the hub at any time; one without an icon of its own gets a dot. */
const ICONS: Record<string, LucideIcon> = {
  connected: Link2,
  reconnected: Link2,
  refreshed: RefreshCw,
  refresh_failed: TriangleAlert,
  status_changed: TriangleAlert,
  verified: BadgeCheck,
  scopes_changed: ListChecks,
  token_read: KeyRound,
  renamed: PencilLine,
  disconnected: Unplug,
}

/** Everything that happened to a connection, newest first. */
export function Timeline({ connectionId }: { connectionId: string }) {
  const timeline = useInfiniteQuery(timelineQuery(useHub(), connectionId))
  const entries = timeline.data?.pages.flatMap((page) => page.data)
  return (
    <Section title={connectionTexts.timeline}>
      {!entries ? (
        timeline.error ? (
          <ProblemNotice error={timeline.error} onRetry={() => void timeline.refetch()} />
        ) : (
          <>
            <LoadingNote>{frameTexts.loading}</LoadingNote>
            <Skeleton className="h-48" />
          </>
        )
      ) : entries.length === 0 ? (
        <p className="text-sm text-muted">{connectionTexts.timelineEmpty}</p>
      ) : (
        <ol className="space-y-3.5">
          {foldTimeline(entries).map((run) => (
            <Happening key={run.newest.id} run={run} />
          ))}
        </ol>
      )}
      {timeline.hasNextPage && (
        <Button
          className="mt-4"
          size="small"
          busy={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          {frameTexts.loadMore}
        </Button>
      )}
    </Section>
  )
}

function Happening({ run: { newest, older } }: { run: Run }) {
  const me = useMe()
  const Icon = ICONS[newest.kind] ?? Circle
  const facts = Object.entries(newest.detail).filter(([, value]) => value !== null && value !== undefined)
  return (
    <li className="flex gap-3 text-sm">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p>
          {newest.title}
          {older.length > 0 && <span className="text-muted"> {connectionTexts.times(older.length + 1)}</span>}
        </p>
        <p className="text-muted">
          <Time iso={newest.at} />{' '}
          {newest.actor && connectionTexts.by(newest.actor === me.id ? me.name : newest.actor)}
        </p>
        {facts.length > 0 && (
          <details>
            <summary className="w-fit text-muted">{connectionTexts.timelineDetail}</summary>
            <dl className="mt-1 space-y-0.5 text-xs">
              {facts.map(([name, value]) => (
                <div key={name} className="flex gap-2">
                  <dt className="shrink-0 text-muted">{name}</dt>
                  <dd className="min-w-0 break-all">
                    <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
        {older.length > 0 && (
          <details>
            <summary className="w-fit text-muted">{connectionTexts.earlier}</summary>
            <ul className="mt-1 text-muted">
              {older.map(({ id, at }) => (
                <li key={id}>
                  <Time iso={at} />
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </li>
  )
}
