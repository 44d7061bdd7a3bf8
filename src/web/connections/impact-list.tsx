import type { ImpactBody } from '../../http/wire.ts'
import { disconnectTexts } from '../texts.ts'
import { ExternalLink } from '../ui/external-link.tsx'

/** Names beyond these are counted only. */
const NAMED = 5

export function ImpactList({ provider, impact }: { provider: string; impact: ImpactBody }) {
  const affected = impact.items.filter(({ count }) => count > 0)
  const untouched = impact.items.filter(({ count }) => count === 0)
  return (
    <div className="space-y-4 text-sm">
      <section>
        <h3 className="mb-1.5 font-medium">{disconnectTexts.stops}</h3>
        {affected.length === 0 ? (
          <p>{disconnectTexts.nothingStops}</p>
        ) : (
          <ul className="divide-y divide-line rounded-lg border border-line">
            {affected.map(({ kind, count, title, names }) => (
              <li key={kind} className="flex gap-3 px-3.5 py-2">
                <span className="min-w-6 font-semibold tabular-nums">{count}</span>
                <span className="min-w-0">
                  {title}
                  {names.length > 0 && (
                    <span className="block text-muted">
                      {names.slice(0, NAMED).join(', ')}
                      {names.length > NAMED && ` +${names.length - NAMED}`}
                    </span>
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
