import type { ConnectionBody } from '../../http/wire.ts'
import { useMe } from '../api/hub-context.tsx'
import { statusTexts } from '../texts.ts'
import { classes } from '../ui/classes.ts'
import { Time } from '../ui/time.tsx'
import { whoCanAct } from './who-can-act.ts'

/**
 * What stands below every status badge: the cause, since when, and who can act. The badge itself is ConnectionBadge,
 * the action StatusAction.
 */
export function StatusReport({
  connection,
  code = false,
  className,
}: {
  connection: ConnectionBody
  /** With the stable code of the cause, for those who look it up. */
  code?: boolean
  className?: string
}) {
  const { status } = connection
  const who = whoCanAct(useMe(), connection)
  return (
    <div className={classes('space-y-0.5', className)}>
      <p>
        {status.detail}{' '}
        {status.since && (
          <span className="text-muted">
            ({statusTexts.since} <Time iso={status.since} />)
          </span>
        )}
      </p>
      {(who || (code && status.cause && status.status !== 'connected')) && (
        <p className="text-muted">
          {who}
          {code && status.cause && status.status !== 'connected' && (
            <>
              {' '}
              {statusTexts.cause}: <code className="text-xs">{status.cause}</code>
            </>
          )}
        </p>
      )}
    </div>
  )
}
