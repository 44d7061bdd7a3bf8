import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  Hourglass,
  ListChecks,
  LockKeyhole,
  RefreshCw,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react'
import type { ConnectionBody, StatusReportBody } from '../../http/wire.ts'
import { statusTexts } from '../texts/dashboard.ts'
import { Badge, type Tone } from './badge.tsx'

const LOOKS: Record<StatusReportBody['status'], { tone: Tone; icon: LucideIcon }> = {
  connected: { tone: 'ok', icon: CircleCheck },
  not_configured: { tone: 'plain', icon: CircleDashed },
  connection_invalid: { tone: 'bad', icon: TriangleAlert },
  setup_required: { tone: 'warn', icon: ListChecks },
  no_access: { tone: 'warn', icon: LockKeyhole },
  not_available: { tone: 'warn', icon: Ban },
}

/** Icon, colour and words: any one of them is enough. */
export function StatusBadge({ status }: { status: StatusReportBody['status'] }) {
  const { tone, icon } = LOOKS[status]
  return (
    <Badge tone={tone} icon={icon}>
      {statusTexts.names[status]}
    </Badge>
  )
}

export function ConnectionBadge({ connection }: { connection: ConnectionBody }) {
  if (connection.disconnected_at) {
    return (
      <Badge tone="plain" icon={CircleSlash}>
        {statusTexts.disconnected}
      </Badge>
    )
  }
  if (connection.trouble && connection.status.status === 'connected') {
    const ends = connection.trouble.code === 'ends_soon'
    return (
      <Badge tone="warn" icon={ends ? Hourglass : RefreshCw}>
        {ends ? statusTexts.ending : statusTexts.retrying}
      </Badge>
    )
  }
  return <StatusBadge status={connection.status.status} />
}
