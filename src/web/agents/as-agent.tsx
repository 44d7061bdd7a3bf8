import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useHub } from '../api/hub-context.tsx'
import { agentsTexts, asAgentTexts } from '../texts.ts'
import { agentsQuery } from './queries.ts'
import { StateBadge } from './state-badge.tsx'

/** What this provider's connection makes possible, in one line; nothing where no agent uses it. */
export function AsAgent({ provider }: { provider: string }) {
  const { data } = useQuery(agentsQuery(useHub()))
  const agents = (data ?? []).filter(({ providers }) => providers.some(({ id }) => id === provider))
  if (agents.length === 0) return null
  return (
    <ul aria-label={asAgentTexts.title} className="mb-5 space-y-1.5 text-sm">
      {agents.map((agent) => (
        <li key={agent.id} className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="text-muted">{asAgentTexts.title}:</span>
          <StateBadge state={agent.availability.state} />
          <span className="text-muted">{agentsTexts.tools(agent.available, agent.total)}</span>
          <Link
            to="/agents/$id"
            params={{ id: agent.id }}
            aria-label={`${asAgentTexts.open}: ${agent.name}`}
            className="text-accent underline underline-offset-2"
          >
            {asAgentTexts.open}
          </Link>
        </li>
      ))}
    </ul>
  )
}
