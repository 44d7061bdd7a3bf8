import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import type { AgentSummaryBody } from '../../http/wire.ts'
import { agentsTexts } from '../texts.ts'
import { Logo } from '../ui/logo.tsx'
import { MendButton } from './mend-button.tsx'
import { StateBadge } from './state-badge.tsx'

/** More tools than these are on the agent's own page. */
const LISTED = 4

/** One agent: what it does, how much of it works now and through whom, and the step that mends the rest. */
export function AgentCard({
  agent,
  matching,
}: {
  agent: AgentSummaryBody
  matching: AgentSummaryBody['tools']
}) {
  const id = useId()
  const { availability } = agent
  const { connection, state } = availability
  const lacking = agent.tools.filter((tool) => tool.state === 'needs_permission').length
  return (
    <li>
      <article
        aria-labelledby={id}
        className="relative flex h-full min-h-40 flex-col gap-2.5 rounded-xl border border-line bg-surface p-3.5 transition-colors hover:border-edge"
      >
        <div className="flex items-start gap-3">
          <Logo name={agent.name} src={agent.logo} />
          <div className="min-w-0 flex-1">
            <h2 id={id} className="leading-5 font-semibold">
              {/* The whole card leads to the page; its button lies above. */}
              <Link
                to="/agents/$id"
                params={{ id: agent.id }}
                className="rounded after:absolute after:inset-0 after:rounded-xl"
              >
                {agent.name}
              </Link>
            </h2>
            <p className="text-sm text-muted">
              {agentsTexts.tools(agent.available, agent.total)}
              {lacking > 0 && ` · ${agentsTexts.lacking(lacking)}`}
            </p>
          </div>
        </div>
        {matching.length > 0 ? (
          <Matching tools={matching} />
        ) : (
          <p className="line-clamp-2 text-sm text-muted">{agent.summary}</p>
        )}
        <div className="mt-auto flex flex-wrap items-center justify-between gap-x-3 gap-y-2 border-t border-line pt-2.5">
          <StateBadge state={state} />
          {state === 'available' && connection ? (
            <span className="min-w-0 truncate text-sm text-muted" title={availability.detail}>
              <span className="sr-only">{agentsTexts.uses} </span>
              <bdi>{connection.label}</bdi>
            </span>
          ) : (
            <MendButton agent={agent} availability={availability} className="relative" />
          )}
        </div>
      </article>
    </li>
  )
}

function Matching({ tools }: { tools: AgentSummaryBody['tools'] }) {
  const listed = tools.slice(0, LISTED)
  return (
    <div className="text-sm">
      <p className="sr-only">{agentsTexts.matching}</p>
      <ul className="space-y-0.5">
        {listed.map(({ name, title }) => (
          <li key={name} className="truncate">
            {title}
          </li>
        ))}
      </ul>
      {tools.length > LISTED && <p className="text-muted">{agentsTexts.more(tools.length - LISTED)}</p>}
    </div>
  )
}
