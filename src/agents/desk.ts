/** Agents as people see and set them: what is available to whom, switches, and who may use which. */
import type { Selectable } from 'kysely'
import type { Agent } from '../catalog/define-tools.ts'
import type { Provider } from '../catalog/define.ts'
import { HubError } from '../errors.ts'
import type { Principal } from '../identity/principal.ts'
import type { Bus } from '../store/bus.ts'
import type { Database, Db } from '../store/database.ts'
import type { Schema } from '../store/schema.ts'
import type { Policy } from '../identity/policies.ts'
import { createFactsReader } from './facts.ts'
import {
  type AccessRule,
  type AgentView,
  type Facts,
  type Holder,
  isOn,
  judgeTool,
  organizationAllows,
  type Subject,
} from './judge.ts'

export type SwitchChange = {
  holder: Holder
  /** Null: back to the default. */
  enabled: boolean | null | undefined
  tools: Readonly<Record<string, boolean | null>>
}

type Row = Pick<Selectable<Schema['connections']>, 'organization_id' | 'id' | 'owner_kind' | 'owner_id'>

export type Person = { id: string; name: string; email: string }

export type AgentDesk = {
  list(subject: Subject): Promise<AgentView[]>
  /** @throws HubError `not_found` */
  get(subject: Subject, id: string): Promise<AgentView>
  /** Checks who may, writes, and tells every replica. @throws HubError */
  change(principal: Principal, id: string, change: SwitchChange): Promise<void>
  /** Null: everyone. @throws HubError */
  setAccess(principal: Principal, id: string, rule: AccessRule | null): Promise<void>
  /** People of the organization, by their ids. */
  people(organization: string, ids: readonly string[]): Promise<Person[]>
  /** Members whose name or address holds the words. @throws HubError */
  findPeople(principal: Principal, id: string, words: string): Promise<Person[]>
  /** Whom a member asks. */
  administrators(organization: string): Promise<Person[]>
  /** What stops with a connection, for who is about to end it. */
  impact(row: Row): Promise<{ kind: 'tools'; count: number; title: string; names: string[] }[]>
  close(): void
}

export function subjectOf({ organization, personId, role }: Principal): Subject {
  return { organization, person: personId, role }
}

export function createAgentDesk(options: {
  database: Database
  bus: Bus
  agents: readonly Agent[]
  findProvider: (id: string) => Provider | undefined
  policyOf: (organization: string, provider: string) => Policy
  now: () => number
  cache: boolean
}): AgentDesk {
  const { database, bus, agents, findProvider, policyOf, now, cache } = options
  const { db } = database
  const facts = createFactsReader({ db, bus, cache })
  const judgingOf = (organization: string) => ({
    findProvider,
    policyOf: (provider: string) => policyOf(organization, provider),
  })

  function view(subject: Subject, agent: Agent, known: Facts): AgentView {
    return {
      agent,
      rule: known.access.get(agent.id),
      organizationOn: isOn(known, 'organization', agent.id),
      meOn: isOn(known, 'me', agent.id),
      tools: agent.tools.map((tool) => ({
        tool,
        state: judgeTool(subject, agent, tool, known, judgingOf(subject.organization)),
        organizationOn: organizationAllows(known, agent, tool),
        meOn: isOn(known, 'me', agent.id, tool.name),
      })),
    }
  }

  function find(id: string): Agent {
    const agent = agents.find((candidate) => candidate.id === id)
    if (!agent) throw new HubError('not_found', `There is no agent "${id}". GET /api/v1/agents lists them.`)
    return agent
  }

  const change: AgentDesk['change'] = async (principal, id, { holder, enabled, tools }) => {
    const agent = find(id)
    const { organization } = principal
    const subject = holder === 'organization' ? organization : personOf(principal)
    if (holder === 'organization' && !principal.permissions.has('admin'))
      throw new HubError(
        'insufficient_scope',
        'Only an administrator turns agents on and off for the organization.',
      )
    const unknown = Object.keys(tools).filter((name) => !agent.tools.some((tool) => tool.name === name))
    if (unknown.length > 0)
      throw new HubError('invalid_request', `${agent.name} has no tool "${unknown.join('", "')}".`, {
        errors: unknown.map((name) => ({ path: `tools.${name}`, message: 'is not a tool of this agent' })),
      })
    const known = await facts.of({ organization, person: principal.personId })
    if (holder === 'me') refuseWhatIsOff(agent, known, { enabled, tools })
    const wanted = [...(enabled === undefined ? [] : [['', enabled] as const]), ...Object.entries(tools)]
    await bus.transaction(db, async (trx) => {
      for (const [tool, value] of wanted)
        await write(trx, { organization, subject, agent: id, tool, value, by: principal.id })
      await tell(trx, organization, id)
    })
  }

  async function write(
    trx: Db,
    given: {
      organization: string
      subject: string
      agent: string
      tool: string
      value: boolean | null
      by: string
    },
  ): Promise<void> {
    const { organization, subject, agent, tool, value, by } = given
    if (value === null) {
      await trx
        .deleteFrom('agent_switches')
        .where('organization_id', '=', organization)
        .where('subject', '=', subject)
        .where('agent', '=', agent)
        .where('tool', '=', tool)
        .execute()
      return
    }
    const set = { enabled: value, set_at: new Date(now()), set_by: by }
    await trx
      .insertInto('agent_switches')
      .values({ organization_id: organization, subject, agent, tool, ...set })
      .onConflict((conflict) =>
        conflict.columns(['organization_id', 'subject', 'agent', 'tool']).doUpdateSet(set),
      )
      .execute()
  }

  const setAccess: AgentDesk['setAccess'] = async (principal, id, rule) => {
    const agent = find(id)
    const { organization } = principal
    if (!principal.permissions.has('admin'))
      throw new HubError('insufficient_scope', 'Only an administrator decides who may use an agent.')
    if (rule && rule.roles.length + rule.people.length === 0)
      throw new HubError(
        'invalid_request',
        `Name at least one role or person. To stop ${agent.name} for everyone, turn it off.`,
        { errors: [{ path: 'people', message: 'nobody is named' }] },
      )
    const members = rule ? await people(organization, rule.people) : []
    const strangers = (rule?.people ?? []).filter(
      (person) => !members.some(({ id: known }) => known === person),
    )
    if (strangers.length > 0)
      throw new HubError('invalid_request', 'Only members of the organization can be named.', {
        errors: strangers.map((person) => ({ path: 'people', message: `"${person}" is not a member` })),
      })
    await bus.transaction(db, async (trx) => {
      await trx
        .deleteFrom('agent_access')
        .where('organization_id', '=', organization)
        .where('agent', '=', id)
        .execute()
      if (rule)
        await trx
          .insertInto('agent_access')
          .values({
            organization_id: organization,
            agent: id,
            roles: [...rule.roles],
            people: [...rule.people],
            set_at: new Date(now()),
            set_by: principal.id,
          })
          .execute()
      await tell(trx, organization, id)
    })
  }

  function tell(trx: Db, organization: string, id: string): Promise<void> {
    return bus.publish(trx, { topic: 'organization.changed', organization, what: 'agents', id })
  }

  const members = (organization: string) =>
    db
      .selectFrom('memberships as m')
      .innerJoin('people as p', 'p.id', 'm.person_id')
      .select(['p.id', 'p.name', 'p.email'])
      .where('m.organization_id', '=', organization)
      .orderBy('p.name')

  async function people(organization: string, ids: readonly string[]): Promise<Person[]> {
    return ids.length === 0 ? [] : members(organization).where('p.id', 'in', ids).execute()
  }

  return {
    async list(subject) {
      const known = await facts.of(subject)
      return agents.map((agent) => view(subject, agent, known))
    },
    async get(subject, id) {
      return view(subject, find(id), await facts.of(subject))
    },
    change,
    setAccess,
    people,
    findPeople(principal, id, words) {
      find(id)
      if (!principal.permissions.has('admin'))
        throw new HubError('insufficient_scope', 'Only an administrator decides who may use an agent.')
      const pattern = `%${words.replaceAll(/[\\%_]/g, '\\$&')}%`
      return members(principal.organization)
        .where((eb) => eb.or([eb('p.name', 'ilike', pattern), eb('p.email', 'ilike', pattern)]))
        .limit(20)
        .execute()
    },
    administrators: (organization) => members(organization).where('m.role', '=', 'admin').limit(5).execute(),
    async impact({ organization_id: organization, id, owner_kind, owner_id }) {
      // People of a host application have no agents here.
      if (owner_kind === 'end_user') return []
      const known = await facts.of({ organization, person: owner_kind === 'person' ? owner_id : null })
      const without = { ...known, connections: known.connections.filter((row) => row.id !== id) }
      // Access rules aside: who may use a tool today says nothing of what the connection carries.
      const subject = { organization, person: null, role: '' }
      const ending = agents.flatMap((agent) =>
        agent.tools.filter((tool) => {
          const before = judgeTool(subject, agent, tool, known, judgingOf(subject.organization))
          return (
            before.state === 'available' &&
            before.connection.id === id &&
            judgeTool(subject, agent, tool, without, judgingOf(organization)).state !== 'available'
          )
        }),
      )
      if (ending.length === 0) return []
      const names = ending.map(({ title }) => title)
      return [{ kind: 'tools', count: ending.length, title: 'Tools of agents that stop', names }]
    },
    close: facts.close,
  }
}

/** A person narrows what the organization allows, and never widens it. */
function refuseWhatIsOff(
  agent: Agent,
  facts: Facts,
  { enabled, tools }: Pick<SwitchChange, 'enabled' | 'tools'>,
): void {
  const off = agent.tools.filter(
    (tool) => tools[tool.name] === true && !organizationAllows(facts, agent, tool),
  )
  const agentOff = enabled === true && !isOn(facts, 'organization', agent.id)
  if (!agentOff && off.length === 0) return
  const what = agentOff ? agent.name : off.map(({ title }) => `"${title}"`).join(', ')
  throw new HubError(
    'agent_turned_off',
    `Your organization has turned ${what} off. Ask an administrator to turn it on.`,
  )
}

function personOf({ personId }: Principal): string {
  if (personId !== null) return personId
  throw new HubError(
    'invalid_request',
    'This API key is nobody’s own. Use "for": "organization", or a key that acts as a person.',
  )
}
