import { CircleCheck, Lightbulb, ListChecks, TriangleAlert } from 'lucide-react'
import type { ProviderDetailBody } from '../../http/wire.ts'
import { StepText } from '../integration/step-text.tsx'
import { adviceTexts } from '../texts.ts'
import { Notice } from '../ui/notice.tsx'

const PARTS = [
  { part: 'needs', title: adviceTexts.needs, icon: ListChecks, look: 'text-muted' },
  { part: 'limits', title: adviceTexts.limits, icon: TriangleAlert, look: 'text-warn' },
  { part: 'best', title: adviceTexts.best, icon: Lightbulb, look: 'text-accent' },
] as const

/** What the declaration says to whoever connects: what they need, what may disappoint, what works best. */
export function Advice({ provider }: { provider: ProviderDetailBody }) {
  const parts = PARTS.filter(({ part }) => provider.advice[part].length > 0)
  if (parts.length === 0) return null
  return (
    <dl className="space-y-2.5 rounded-lg bg-sunken px-3.5 py-3 text-sm">
      {parts.map(({ part, title, icon: Icon, look }) => (
        <div key={part}>
          <dt className="flex items-center gap-2 font-medium">
            <Icon aria-hidden className={`size-4 shrink-0 ${look}`} />
            {title}
          </dt>
          {provider.advice[part].map((text) => (
            <dd key={text} className="ps-6">
              {text}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  )
}

/** What to do or to know once connected: warnings of the account's plan, then the declaration's own steps. */
export function AfterConnecting({
  provider,
  warnings,
}: {
  provider: ProviderDetailBody
  warnings: readonly string[]
}) {
  const { after } = provider.setup
  return (
    <>
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          <p>{warning}</p>
        </Notice>
      ))}
      {after.length > 0 && (
        <div className="text-sm">
          <p className="font-medium">{adviceTexts.after}</p>
          <ul className="mt-1 space-y-1">
            {after.map((step) => (
              <li key={step} className="flex gap-2">
                <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
                <span className="min-w-0">
                  <StepText text={step} />
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
