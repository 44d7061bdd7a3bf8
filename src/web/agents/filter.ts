/** What the Agents page shows of what there is. */
import type { AgentSummaryBody } from '../../http/wire.ts'
import type { AgentsSearch } from '../search-params.ts'

export type FoundAgent = {
  agent: AgentSummaryBody
  /** Tools whose title or name has the words; empty where the agent itself has them. */
  matching: AgentSummaryBody['tools']
}

export function findAgents(
  agents: readonly AgentSummaryBody[],
  { q, state, risk }: AgentsSearch,
): FoundAgent[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const hasAll = (text: string) => words.every((word) => text.toLowerCase().includes(word))
  return agents.flatMap((agent) => {
    const tools = agent.tools.filter(
      (tool) => (risk === undefined || tool.risk === risk) && (state === undefined || tool.state === state),
    )
    if ((risk !== undefined || state !== undefined) && tools.length === 0) return []
    if (words.length === 0) return [{ agent, matching: [] }]
    const names = [agent.name, ...agent.providers.map(({ name }) => name)].join(' ')
    if (hasAll(names)) return [{ agent, matching: [] }]
    const matching = tools.filter((tool) => hasAll(`${names} ${tool.title} ${tool.name}`))
    return matching.length > 0 ? [{ agent, matching }] : []
  })
}
