import type { AttemptBody } from '../../http/wire.ts'
import { connectTexts } from '../texts/connect.ts'
import { Notice } from '../ui/notice.tsx'

/** Why an attempt ended without a connection, and what can be done. */
export function AttemptFailure({ attempt }: { attempt: AttemptBody }) {
  const detail =
    attempt.error?.detail ?? (attempt.status === 'cancelled' ? connectTexts.cancelled : connectTexts.expired)
  const remedies = attempt.error?.remedies ?? []
  return (
    <Notice tone="bad" role="alert">
      <p>{detail}</p>
      {remedies.length > 0 && (
        <>
          <p className="font-medium">{connectTexts.remedies}</p>
          <ul className="list-disc space-y-0.5 ps-5">
            {remedies.map((remedy) => (
              <li key={remedy}>{remedy}</li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  )
}
