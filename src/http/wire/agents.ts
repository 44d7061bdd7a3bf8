/** Agents: their tools, whether a person can use them, and what is in the way. */
import { z } from 'zod'
import { id } from './basics.ts'
import { Role } from './people.ts'
import { Status } from './connections.ts'

export const Risk = z
  .enum(['read', 'write', 'destructive'])
  .describe('destructive: ends something, overwrites it, or moves money')
export const ToolStateName = z.enum([
  'available',
  'requires_connection',
  'needs_permission',
  'connection_trouble',
  'turned_off',
  'no_access',
])
const AgentConnection = z.object({
  id,
  provider: z.string(),
  provider_name: z.string(),
  label: z.string(),
  owner: z.enum(['me', 'organization']),
  status: Status,
})
export const Availability = z
  .object({
    state: ToolStateName,
    /** One sentence for people. */
    detail: z.string(),
    /** The one that would be used. */
    connection: AgentConnection.nullable(),
    /** With `needs_permission`: the fewest that would do, and why each is asked for. */
    missing_scopes: z.array(
      z.object({ scope: z.string(), why: z.string(), access: z.enum(['read', 'write']) }),
    ),
    /** With `turned_off`. */
    turned_off_by: z.enum(['organization', 'me']).nullable(),
    /** The one step that mends it; null: nothing is wrong. */
    mend: z
      .object({
        action: z.enum(['connect', 'reconnect', 'allow_more', 'open_connection', 'turn_on', 'ask_admin']),
        provider: z.string().nullable(),
        connection_id: z.string().nullable(),
        /** Asked for beside what the connection has, as `additional_scopes` of a reconnect. */
        scopes: z.array(z.string()),
        /** With `turn_on`. */
        for: z.enum(['organization', 'me']).nullable(),
        what: z.enum(['agent', 'tool']).nullable(),
        /** With `ask_admin`: what to ask for. */
        ask_for: z.enum(['connect', 'reconnect', 'allow_more', 'turn_on', 'access']).nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Availability' })
const Switches = z.object({
  organization: z.boolean(),
  /** Of the caller; true for keys of the organization. */
  me: z.boolean(),
})
export const AgentTool = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    risk: Risk,
    /** JSON Schema, draft 2020-12. */
    input_schema: z.record(z.string(), z.unknown()),
    idempotency: z.enum(['safe', 'idempotent', 'keyed', 'repeats']),
    /** Any one of these sets is enough; empty: the provider asks for none. */
    scopes: z.array(z.array(z.string())),
    /** Ids of the providers whose connections serve it, the first preferred. */
    served_by: z.array(z.string()),
    note: z.string().nullable(),
    on: Switches,
    availability: Availability,
  })
  .meta({ id: 'AgentTool' })
export const AgentSummary = z
  .object({
    id,
    name: z.string(),
    summary: z.string(),
    logo: z.string().nullable(),
    providers: z.array(z.object({ id, name: z.string() })),
    on: Switches,
    /** The best that any of its tools has. */
    availability: Availability,
    tools: z.array(z.object({ name: z.string(), title: z.string(), risk: Risk, state: ToolStateName })),
    available: z.number().int(),
    total: z.number().int(),
  })
  .meta({ id: 'AgentSummary' })
export const PersonName = z.object({ id, name: z.string(), email: z.string() })
export const AgentDetail = AgentSummary.extend({
  tools: z.array(AgentTool),
  /** Who may use it. Null: only administrators see the rule. */
  access: z.object({ everyone: z.boolean(), roles: z.array(Role), people: z.array(PersonName) }).nullable(),
  /** Whom a member can ask; at most five. */
  administrators: z.array(PersonName),
}).meta({ id: 'AgentDetail' })
export const SetAgentSwitches = z.strictObject({
  for: z.enum(['organization', 'me']).describe('a person narrows what the organization allows'),
  /** The whole agent. Null: back to the default. */
  enabled: z.boolean().nullable().optional(),
  tools: z.record(z.string().max(64), z.boolean().nullable()).default({}),
})
export const SetAgentAccess = z.discriminatedUnion('everyone', [
  z.strictObject({ everyone: z.literal(true) }),
  z.strictObject({
    everyone: z.literal(false),
    roles: z.array(Role).max(10).default([]),
    people: z.array(z.string().max(100)).max(1000).default([]),
  }),
])
export type AvailabilityBody = z.infer<typeof Availability>
export type AgentToolBody = z.infer<typeof AgentTool>
export type AgentSummaryBody = z.infer<typeof AgentSummary>
export type AgentDetailBody = z.infer<typeof AgentDetail>
export type SetAgentSwitchesBody = z.input<typeof SetAgentSwitches>
export type SetAgentAccessBody = z.input<typeof SetAgentAccess>
