import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleX, Info, RefreshCw, TriangleAlert } from 'lucide-react'
import type { FindingBody } from '../../http/wire.ts'
import { useHub } from '../api/hub-context.tsx'
import { doctorQuery } from '../api/queries.ts'
import { frameTexts, healthTexts } from '../texts.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { ProblemNotice } from '../ui/problem-notice.tsx'
import { Section } from '../ui/section.tsx'
import { LoadingNote, Skeleton } from '../ui/skeleton.tsx'
import { Time } from '../ui/time.tsx'
import { AdminPage } from './admin-page.tsx'

const LOOKS = {
  error: { icon: CircleX, className: 'text-bad' },
  warning: { icon: TriangleAlert, className: 'text-warn' },
  note: { icon: Info, className: 'text-accent' },
  ok: { icon: CircleCheck, className: 'text-ok' },
} as const
const ORDER = ['error', 'warning', 'note', 'ok'] as const

/** What the doctor finds: the worst first, each with what mends it. */
export function HealthPage() {
  const report = useQuery(doctorQuery(useHub()))
  return (
    <AdminPage
      title={healthTexts.title}
      intro={healthTexts.intro}
      actions={
        <Button busy={report.isFetching} onClick={() => void report.refetch()}>
          <RefreshCw aria-hidden className="size-4.5" />
          {healthTexts.again}
        </Button>
      }
    >
      {report.data ? (
        <div className="max-w-4xl space-y-5">
          <p role="status" className="font-medium">
            {healthTexts.summary(report.data.errors, report.data.warnings)}{' '}
            <span className="font-normal text-muted">
              {healthTexts.checked} <Time iso={report.data.checked_at} />.
            </span>
          </p>
          {ORDER.map((severity) => {
            const findings = report.data.findings.filter((finding) => finding.severity === severity)
            if (findings.length === 0) return null
            return (
              <Section key={severity} heading="h2" title={healthTexts.severities[severity]}>
                <ul className="divide-y divide-line">
                  {findings.map((finding) => (
                    <FindingItem key={finding.code + finding.what} finding={finding} />
                  ))}
                </ul>
              </Section>
            )
          })}
        </div>
      ) : report.error ? (
        <ProblemNotice error={report.error} onRetry={() => void report.refetch()} />
      ) : (
        <>
          <LoadingNote>{frameTexts.loading}</LoadingNote>
          <Skeleton className="h-96 rounded-xl" />
        </>
      )}
    </AdminPage>
  )
}

function FindingItem({ finding }: { finding: FindingBody }) {
  const { severity, what, why, remedy, provider } = finding
  const { icon: Icon, className } = LOOKS[severity]
  const isCommand = remedy !== null && /(^|: )(trunkline |chmod )/.test(remedy)
  return (
    <li className="flex gap-3 py-3 text-sm first:pt-0 last:pb-0">
      <Icon aria-hidden className={classes('mt-0.5 size-4.5 shrink-0', className)} />
      <div className="min-w-0 flex-1 space-y-1 break-words">
        <p className={severity === 'ok' ? '' : 'font-medium'}>{what}</p>
        {why && <p className="text-muted">{why}</p>}
        {remedy && (
          <p className="flex flex-wrap items-center gap-2">
            <span className="min-w-0">
              {healthTexts.remedy}: {isCommand ? <code className="text-xs break-all">{remedy}</code> : remedy}
            </span>
            {isCommand && <CopyButton value={remedy.replace(/^.*?: /, '')} what={healthTexts.remedyWhat} />}
          </p>
        )}
        {provider && severity !== 'ok' && (
          <p>
            <Link
              to="/admin/setup/$id"
              params={{ id: provider }}
              className="text-accent underline underline-offset-2"
            >
              {healthTexts.toProvider(provider)}
            </Link>
          </p>
        )}
      </div>
    </li>
  )
}
