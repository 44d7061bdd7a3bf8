import { FolderKanban, History } from 'lucide-react'
import type { ImpactBody } from '../../http/wire.ts'
import { disconnectTexts, impactTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { ExternalLink } from '../ui/external-link.tsx'

/** Names beyond these are counted only. */
const NAMED = 5
/** Told by project, so they are not told again by count. */
const OF_PROJECTS = new Set(['projects', 'resources', 'syncs'])

export function ImpactList({ provider, impact }: { provider: string; impact: ImpactBody }) {
  const using = impact.items.find(({ kind }) => kind === 'projects')?.count ?? 0
  const shown = impact.items.filter(({ kind }) => using === 0 || !OF_PROJECTS.has(kind))
  const affected = shown.filter(({ count }) => count > 0)
  const untouched = shown.filter(({ count }) => count === 0)
  return (
    <div className="space-y-4 text-sm">
      <section>
        <h3 className="mb-1.5 font-medium">{disconnectTexts.stops}</h3>
        {affected.length === 0 && using === 0 ? (
          <p>{disconnectTexts.nothingStops}</p>
        ) : (
          <ul className="divide-y divide-line rounded-lg border border-line">
            {using > 0 && <Projects impact={impact} using={using} />}
            {affected.map(({ kind, count, title, names }) => (
              <li key={kind} className="flex gap-3 px-3.5 py-2">
                <span className="min-w-6 font-semibold tabular-nums">{count}</span>
                <span className="min-w-0">
                  {title}
                  {names.length > 0 && (
                    <span className="block text-muted">{shorten(names, names.length)}</span>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
        {untouched.length > 0 && (
          <p className="mt-2 text-muted">
            {disconnectTexts.zero} {untouched.map(({ title }) => title).join(', ')}
          </p>
        )}
      </section>
      {impact.kept.length > 0 && (
        <section>
          <h3 className="mb-1.5 font-medium">{disconnectTexts.kept}</h3>
          <ul className="list-disc ps-5">
            {impact.kept.map((kept) => (
              <li key={kept}>{kept}</li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3 className="mb-1.5 font-medium">{disconnectTexts.upstream(provider)}</h3>
        <p>{impact.upstream.reason}</p>
        {!impact.upstream.revokes && (
          <p className="mt-1.5">
            <ExternalLink href={impact.manual.url}>{disconnectTexts.manual(provider)}</ExternalLink>
          </p>
        )}
      </section>
    </div>
  )
}

/** Each project with what it selected, by kind, and whether it has history. Those one is not in are counted. */
function Projects({ impact, using }: { impact: ImpactBody; using: number }) {
  const hidden = using - impact.projects.length
  return (
    <li className="flex gap-3 px-3.5 py-2">
      <span className="min-w-6 font-semibold tabular-nums">{using}</span>
      <div className="min-w-0 flex-1 space-y-2">
        <p>{impactTexts.projects(using)}</p>
        {impact.projects.length > 0 && (
          <ul className="space-y-2.5">
            {impact.projects.map(({ id, name, resources, has_history }) => (
              <li key={id}>
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <FolderKanban aria-hidden className="size-4 shrink-0 text-muted" />
                  <bdi className="font-medium">{name}</bdi>
                  <Badge tone={has_history ? 'accent' : 'plain'} icon={History}>
                    {has_history ? impactTexts.history : impactTexts.noHistory}
                  </Badge>
                </p>
                <ul className="mt-0.5 ps-6 text-muted">
                  {resources.map(({ kind, label, count, names }) => (
                    <li key={kind}>
                      {count} {label}: {shorten(names, count)}
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        )}
        {hidden > 0 && <p className="text-muted">{impactTexts.hidden(hidden)}</p>}
      </div>
    </li>
  )
}

function shorten(names: readonly string[], count: number): string {
  const shown = names.slice(0, NAMED).join(', ')
  return count > NAMED ? `${shown} ${impactTexts.more(count - NAMED)}` : shown
}
