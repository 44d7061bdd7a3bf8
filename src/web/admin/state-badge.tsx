import { CircleCheck, CircleDashed, FlaskConical, type LucideIcon, TriangleAlert } from 'lucide-react'
import type { IntegrationSummaryBody } from '../../http/wire.ts'
import { setupListTexts } from '../texts.ts'
import { Badge, type Tone } from '../ui/badge.tsx'

const LOOKS: Record<IntegrationSummaryBody['state'], { tone: Tone; icon: LucideIcon }> = {
  ready: { tone: 'ok', icon: CircleCheck },
  half_set: { tone: 'warn', icon: TriangleAlert },
  missing: { tone: 'plain', icon: CircleDashed },
  sandbox: { tone: 'accent', icon: FlaskConical },
}

export function StateBadge({ state }: { state: IntegrationSummaryBody['state'] }) {
  const { tone, icon } = LOOKS[state]
  return (
    <Badge tone={tone} icon={icon}>
      {setupListTexts.states[state]}
    </Badge>
  )
}
