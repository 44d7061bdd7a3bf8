import type { AgentDetailBody, AgentToolBody } from '../../http/wire.ts'
import { useMe } from '../api/hub-context.tsx'
import { agentTexts } from '../texts.ts'
import { RISK_ICONS } from './state-badge.tsx'
import { ToolRow } from './tool-row.tsx'
import { useId } from 'react'

/** The tools of one risk, or nothing where there are none. */
export function ToolGroup({ agent, risk }: { agent: AgentDetailBody; risk: AgentToolBody['risk'] }) {
  const id = useId()
  const isAdmin = useMe().role === 'admin'
  const tools = agent.tools.filter((tool) => tool.risk === risk)
  if (tools.length === 0) return null
  const { title, help } = agentTexts.risks[risk]
  const Icon = RISK_ICONS[risk]
  const available = tools.filter(({ availability }) => availability.state === 'available').length
  return (
    <section aria-labelledby={id}>
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-3">
        <h2 id={id} className="flex items-center gap-2 font-semibold">
          <Icon aria-hidden className="size-4.5 text-muted" />
          {title}
        </h2>
        <p className="text-sm text-muted">{agentTexts.count(available, tools.length)}</p>
      </div>
      <p className="mb-3 text-sm text-muted">{help}</p>
      <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
        {tools.map((tool) => (
          <ToolRow key={tool.name} agent={agent} tool={tool} isAdmin={isAdmin} />
        ))}
      </ul>
    </section>
  )
}
