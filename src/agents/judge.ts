/** Whether a person can use a tool now, and what is in the way. No I/O: from facts to a verdict. */
import type { Agent, Risk, Tool } from '../catalog/define-tools.ts'
import type { Provider } from '../catalog/define.ts'
import { comesBack } from '../catalog/methods.ts'
import { connectionsFor, type HeldConnection, type PolicyOf } from './choose.ts'

/** For whom: a person, or the organization itself (its API keys). */
export type Subject = { organization: string; person: string | null; role: string }

export type AccessRule = { roles: readonly string[]; people: readonly string[] }

export type Facts = {
  connections: readonly HeldConnection[]
  /** Set by `switchKey`. */
  switches: ReadonlyMap<string, boolean>
  /** By agent; none: everyone. */
  access: ReadonlyMap<string, AccessRule>
}

export type Holder = 'organization' | 'me'

export type ToolState =
  | { state: 'available'; connection: HeldConnection }
  | { state: 'requires_connection' }
  | { state: 'needs_permission'; connection: HeldConnection; missing: string[]; byRedirect: boolean }
  | { state: 'connection_trouble'; connection: HeldConnection }
  | { state: 'turned_off'; by: Holder; what: 'agent' | 'tool' }
  | { state: 'no_access'; rule: AccessRule }

export type ToolView = {
  tool: Tool
  state: ToolState
  /** The switches as they stand, defaults included. */
  organizationOn: boolean
  meOn: boolean
}

export type AgentView = {
  agent: Agent
  tools: ToolView[]
  /** Absent: everyone may use it. */
  rule: AccessRule | undefined
  organizationOn: boolean
  meOn: boolean
}

/**
 * Reading and writing are on, because connecting an account is what allows them; what cannot be taken back is off until
 * an administrator turns it on (docs/decisions/destructive-tools-off.md).
 */
const ON_BY_DEFAULT: Record<Risk, boolean> = { read: true, write: true, destructive: false }

export function switchKey(holder: Holder, agent: string, tool = ''): string {
  return `${holder} ${agent} ${tool}`
}

/** What the organization decided of a tool, the agent's own switch aside. */
export function organizationAllows(facts: Facts, agent: Agent, tool: Tool): boolean {
  return facts.switches.get(switchKey('organization', agent.id, tool.name)) ?? ON_BY_DEFAULT[tool.risk]
}

export function isOn(facts: Facts, holder: Holder, agent: string, tool?: string): boolean {
  return facts.switches.get(switchKey(holder, agent, tool)) ?? true
}

export function mayUse(rule: AccessRule | undefined, subject: Subject): boolean {
  // A rule names people; the organization's own keys are made by its administrators and bound by its switches alone.
  if (!rule || subject.person === null) return true
  return rule.roles.includes(subject.role) || rule.people.includes(subject.person)
}

export function judgeTool(
  subject: Subject,
  agent: Agent,
  tool: Tool,
  facts: Facts,
  options: { findProvider: (id: string) => Provider | undefined; policyOf: PolicyOf },
): ToolState {
  const rule = facts.access.get(agent.id)
  if (rule && !mayUse(rule, subject)) return { state: 'no_access', rule }
  if (!isOn(facts, 'organization', agent.id))
    return { state: 'turned_off', by: 'organization', what: 'agent' }
  if (!organizationAllows(facts, agent, tool))
    return { state: 'turned_off', by: 'organization', what: 'tool' }
  if (!isOn(facts, 'me', agent.id)) return { state: 'turned_off', by: 'me', what: 'agent' }
  if (!isOn(facts, 'me', agent.id, tool.name)) return { state: 'turned_off', by: 'me', what: 'tool' }
  const states = connectionsFor(tool, facts.connections, options.policyOf).map((connection) =>
    judgeConnection(tool, connection, options.findProvider(connection.provider)),
  )
  return (
    ORDER.flatMap((state) => states.find((found) => found.state === state) ?? [])[0] ?? {
      state: 'requires_connection',
    }
  )
}

/** A bundle without a permission does not stand in the way of the single service that has it. */
const ORDER = ['available', 'needs_permission', 'connection_trouble'] as const

function judgeConnection(tool: Tool, connection: HeldConnection, provider: Provider | undefined): ToolState {
  if (connection.status !== 'connected') return { state: 'connection_trouble', connection }
  const method = provider?.auth.find(({ kind }) => kind === connection.method)
  const lacksToken =
    tool.request.kind === 'http' &&
    tool.request.token !== undefined &&
    !(method?.kind === 'oauth2' && Object.hasOwn(method.extra_tokens ?? {}, tool.request.token))
  const missing = provider ? missingScopes(tool, connection, provider, lacksToken) : []
  if (missing.length === 0) return { state: 'available', connection }
  return { state: 'needs_permission', connection, missing, byRedirect: comesBack(connection.method) }
}

/** The fewest scopes that would make the tool work; empty: it works, or nobody can tell before it is tried. */
function missingScopes(
  tool: Tool,
  connection: HeldConnection,
  provider: Provider,
  lacksToken: boolean,
): string[] {
  const sets = tool.scopes ?? []
  const granted = new Set([...connection.granted_scopes, ...(connection.lender_scopes ?? [])])
  // What a key may do is often told by no one: the call itself shows it.
  if (granted.size === 0 && !lacksToken && !comesBack(connection.method)) return []
  if (!lacksToken && sets.some((set) => set.every((scope) => granted.has(scope)))) return []
  const declared = sets.filter((set) => set.every((scope) => Object.hasOwn(provider.scopes ?? {}, scope)))
  const wanting = declared.map((set) => set.filter((scope) => lacksToken || !granted.has(scope)))
  return wanting.sort((a, b) => a.length - b.length)[0] ?? []
}
