import { useId } from 'react'
import type { AgentDetailBody, AgentToolBody } from '../../http/wire.ts'
import { agentTexts } from '../texts.ts'
import { Switch } from '../ui/switch.tsx'
import { MendButton } from './mend-button.tsx'
import { useSetSwitches } from './queries.ts'
import { StateBadge } from './state-badge.tsx'
import { ToolDetails } from './tool-details.tsx'

type Props = { agent: AgentDetailBody; tool: AgentToolBody; isAdmin: boolean }

/** One tool: what it does, whether it works now, its switches, and on demand its input. */
export function ToolRow({ agent, tool, isAdmin }: Props) {
  const id = useId()
  const { availability, title } = tool
  const { state, detail, connection } = availability
  // The agent's own connection stands above; another one is worth a word.
  const differs = connection && connection.id !== agent.availability.connection?.id
  const explains = state !== 'available' || differs
  return (
    <li className="p-3.5 sm:p-4" aria-labelledby={id}>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <h3 id={id} className="font-medium">
              {title}
            </h3>
            <StateBadge state={state} />
          </div>
          <p className="text-sm text-muted">{tool.description}</p>
        </div>
        <ToolSwitches agent={agent} tool={tool} isAdmin={isAdmin} />
      </div>
      {explains && (
        <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
          <p className="min-w-0 flex-1 basis-64 break-words">{detail}</p>
          {/* What is the same for the whole agent is mended above. */}
          {availability.mend?.what !== 'agent' && availability.mend?.action !== agentWide(agent) && (
            <MendButton
              agent={agent}
              availability={availability}
              tool={tool}
              administrators={agent.administrators}
            />
          )}
        </div>
      )}
      <ToolDetails agent={agent} tool={tool} />
    </li>
  )
}

/** The step that the page offers for all tools at once. */
function agentWide({ availability, available }: AgentDetailBody): string | undefined {
  return available === 0 &&
    availability.mend?.action !== 'turn_on' &&
    availability.mend?.action !== 'allow_more'
    ? availability.mend?.action
    : undefined
}

function ToolSwitches({ agent, tool, isAdmin }: Props) {
  const set = useSetSwitches(agent.id)
  const { organization, me } = tool.on
  const allowed = organization && agent.on.organization
  const change = (holder: 'me' | 'organization', on: boolean) =>
    set.mutate({ for: holder, tools: { [tool.name]: on } })
  return (
    <div className="flex shrink-0 gap-x-5 text-sm text-muted">
      <label className="flex flex-col items-center gap-1">
        <Switch
          checked={allowed && me && agent.on.me}
          disabled={!allowed || !agent.on.me || set.isPending}
          label={agentTexts.toolForMe(tool.title)}
          onChange={(on) => change('me', on)}
        />
        <span aria-hidden>{agentTexts.me}</span>
      </label>
      {isAdmin && (
        <label className="flex flex-col items-center gap-1">
          <Switch
            checked={organization}
            disabled={!agent.on.organization || set.isPending}
            label={agentTexts.toolForAll(tool.title)}
            onChange={(on) => change('organization', on)}
          />
          <span aria-hidden>{agentTexts.all}</span>
        </label>
      )}
    </div>
  )
}
