import { CircleCheck, CircleMinus, CircleX, Hand } from 'lucide-react'
import type { DisconnectReportBody } from '../../http/wire.ts'
import { disconnectTexts } from '../texts.ts'
import { ExternalLink } from '../ui/external-link.tsx'

const OUTCOMES = {
  done: { icon: CircleCheck, className: 'text-ok' },
  failed: { icon: CircleX, className: 'text-bad' },
  skipped: { icon: CircleMinus, className: 'text-muted' },
  by_hand: { icon: Hand, className: 'text-warn' },
} as const

export function DisconnectReport({ provider, report }: { provider: string; report: DisconnectReportBody }) {
  const open = report.items.some(({ outcome }) => outcome === 'failed' || outcome === 'by_hand')
  return (
    <div className="space-y-4 text-sm" role="status">
      <section>
        <h3 className="mb-1.5 font-medium">{disconnectTexts.report}</h3>
        <ul className="divide-y divide-line rounded-lg border border-line">
          {report.items.map(({ item, outcome, detail }) => {
            const { icon: Icon, className } = OUTCOMES[outcome]
            return (
              <li key={item} className="flex gap-2.5 px-3.5 py-2.5">
                <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${className}`} />
                <span className="min-w-0">
                  <span className="font-medium">{item}</span>: {disconnectTexts.outcomes[outcome]}
                  <span className="block text-muted">{detail}</span>
                </span>
              </li>
            )
          })}
        </ul>
      </section>
      {report.manual.steps.length > 0 && (
        <section>
          <h3 className="mb-1.5 font-medium">
            {open ? disconnectTexts.manualNeeded(provider) : disconnectTexts.manual(provider)}
          </h3>
          <ol className="list-decimal space-y-1 ps-5">
            {report.manual.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <p className="mt-2">
            <ExternalLink href={report.manual.url}>{report.manual.url}</ExternalLink>
          </p>
        </section>
      )}
    </div>
  )
}
