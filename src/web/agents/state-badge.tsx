import {
  CircleCheck,
  Eye,
  KeyRound,
  LockKeyhole,
  type LucideIcon,
  PencilLine,
  Plug,
  PowerOff,
  ShieldAlert,
  TriangleAlert,
} from 'lucide-react'
import type { AgentToolBody, AvailabilityBody } from '../../http/wire.ts'
import { agentsTexts } from '../texts.ts'
import { Badge, type Tone } from '../ui/badge.tsx'

const STATES: Record<AvailabilityBody['state'], { tone: Tone; icon: LucideIcon }> = {
  available: { tone: 'ok', icon: CircleCheck },
  requires_connection: { tone: 'plain', icon: Plug },
  needs_permission: { tone: 'warn', icon: KeyRound },
  connection_trouble: { tone: 'bad', icon: TriangleAlert },
  turned_off: { tone: 'plain', icon: PowerOff },
  no_access: { tone: 'warn', icon: LockKeyhole },
}

/** Icon, colour and words: any one of them is enough. */
export function StateBadge({ state }: { state: AvailabilityBody['state'] }) {
  const { tone, icon } = STATES[state]
  return (
    <Badge tone={tone} icon={icon}>
      {agentsTexts.states[state]}
    </Badge>
  )
}

export const RISK_ICONS: Record<AgentToolBody['risk'], LucideIcon> = {
  read: Eye,
  write: PencilLine,
  destructive: ShieldAlert,
}
