import { z } from 'zod'
import { explain, type Mend, stateOfAgent } from '../../agents/explain.ts'
import type { AgentView, Subject, ToolState, ToolView } from '../../agents/judge.ts'
import { subjectOf } from '../../agents/desk.ts'
import type { Tool } from '../../catalog/define-tools.ts'
import type { Principal } from '../../identity/principal.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import {
  AgentDetail,
  type AgentDetailBody,
  AgentSummary,
  type AgentSummaryBody,
  type AgentToolBody,
  type AvailabilityBody,
  PersonName,
  SetAgentAccess,
  SetAgentSwitches,
} from '../wire.ts'

export function agentRoutes(app: ZodApp, context: HttpContext): void {
  const { agents, present, policies, findProvider } = context
  const { record } = createRequestAudit(context.audit)
  const params = z.object({ id: z.string() })
  const tags = ['Agents']
  const nameOf = (provider: string) => findProvider(provider)?.name ?? provider

  function availability(
    state: ToolState,
    about: { tool: Tool; agent: string; subject: Subject },
  ): AvailabilityBody {
    const { detail, mend } = explain(state, about, {
      findProvider,
      policyOf: (provider) => policies.of(about.subject.organization, provider),
    })
    const connection = 'connection' in state ? state.connection : undefined
    const declared = connection ? (findProvider(connection.provider)?.scopes ?? {}) : {}
    return {
      state: state.state,
      detail,
      connection: connection
        ? {
            id: connection.id,
            provider: connection.provider,
            provider_name: nameOf(connection.provider),
            label: connection.label,
            owner: connection.owner_kind === 'organization' ? 'organization' : 'me',
            status: connection.status,
          }
        : null,
      missing_scopes:
        state.state === 'needs_permission'
          ? state.missing.map((scope) => ({
              scope,
              why: declared[scope]?.why ?? '',
              access: declared[scope]?.access ?? 'read',
            }))
          : [],
      turned_off_by: state.state === 'turned_off' ? state.by : null,
      mend: mend && presentMend(mend),
    }
  }

  function tool(
    { tool: declared, state, organizationOn, meOn }: ToolView,
    agent: string,
    subject: Subject,
  ): AgentToolBody {
    const { name, title, description, risk, input, idempotency, scopes = [], served_by, note } = declared
    return {
      name,
      title,
      description,
      risk,
      input_schema: { ...input },
      idempotency,
      scopes: scopes.map((set) => [...set]),
      served_by: Object.keys(served_by),
      note: note ?? null,
      on: { organization: organizationOn, me: meOn },
      availability: availability(state, { tool: declared, agent, subject }),
    }
  }

  function summary(view: AgentView, subject: Subject): AgentSummaryBody {
    const { agent, tools, organizationOn, meOn } = view
    const providers = [...new Set(agent.tools.flatMap(({ served_by }) => Object.keys(served_by)))]
    const state = stateOfAgent(view)
    const shown = tools.find((entry) => entry.state === state)?.tool ?? agent.tools[0]
    return {
      id: agent.id,
      name: agent.name,
      summary: agent.summary,
      logo: present.logoOf(agent.id),
      providers: providers.map((id) => ({ id, name: nameOf(id) })),
      on: { organization: organizationOn, me: meOn },
      availability: availability(state, { tool: shown as Tool, agent: agent.name, subject }),
      tools: tools.map((entry) => ({
        name: entry.tool.name,
        title: entry.tool.title,
        risk: entry.tool.risk,
        state: entry.state.state,
      })),
      available: tools.filter((entry) => entry.state.state === 'available').length,
      total: tools.length,
    }
  }

  async function detail(principal: Principal, id: string): Promise<AgentDetailBody> {
    const subject = subjectOf(principal)
    const view = await agents.get(subject, id)
    const { rule } = view
    const isAdmin = principal.permissions.has('admin')
    const [people, administrators] = await Promise.all([
      isAdmin && rule ? agents.people(principal.organization, rule.people) : [],
      isAdmin ? [] : agents.administrators(principal.organization),
    ])
    return {
      ...summary(view, subject),
      tools: view.tools.map((entry) => tool(entry, view.agent.name, subject)),
      access: isAdmin
        ? { everyone: rule === undefined, roles: [...(rule?.roles ?? [])] as ('admin' | 'member')[], people }
        : null,
      administrators,
    }
  }

  app.get('/api/v1/agents', {
    config: { access: 'agents:read' },
    schema: {
      tags,
      summary: 'Every agent, and how much of it the caller can use now',
      response: { 200: z.object({ data: z.array(AgentSummary) }) },
    },
    handler: async (request) => {
      const subject = subjectOf(principalOf(request))
      return { data: (await agents.list(subject)).map((view) => summary(view, subject)) }
    },
  })

  app.get('/api/v1/agents/:id', {
    config: { access: 'agents:read' },
    schema: {
      tags,
      summary: 'One agent with its tools: schema, risk, and what is in the way of each',
      params,
      response: { 200: AgentDetail },
    },
    handler: (request) => detail(principalOf(request), request.params.id),
  })

  app.get('/api/v1/agents/:id/people', {
    config: { access: 'agents:write' },
    schema: {
      tags,
      summary: 'People whom an access rule can name, by words of their name or address; for administrators',
      params,
      querystring: z.strictObject({ q: z.string().trim().max(100).default('') }),
      response: { 200: z.object({ data: z.array(PersonName) }) },
    },
    handler: async (request) => ({
      data: await agents.findPeople(principalOf(request), request.params.id, request.query.q),
    }),
  })

  app.patch('/api/v1/agents/:id/settings', {
    config: { access: 'agents:write' },
    schema: {
      tags,
      summary: 'Turn an agent or its tools on and off, for the organization or for oneself',
      params,
      body: SetAgentSwitches,
      response: { 200: AgentDetail },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { for: holder, enabled, tools } = request.body
      const { id } = request.params
      await agents.change(principal, id, { holder, enabled, tools })
      await record(request, 'agent.switched', id, {
        for: holder,
        ...(enabled === undefined ? {} : { enabled }),
        tools,
      })
      return detail(principal, id)
    },
  })

  app.put('/api/v1/agents/:id/access', {
    config: { access: 'agents:write' },
    schema: {
      tags,
      summary: 'Say who may use an agent',
      params,
      body: SetAgentAccess,
      response: { 200: AgentDetail },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { id } = request.params
      const rule = request.body.everyone ? null : { roles: request.body.roles, people: request.body.people }
      await agents.setAccess(principal, id, rule)
      await record(request, 'agent.access_changed', id, rule ?? { everyone: true })
      return detail(principal, id)
    },
  })
}

function presentMend(mend: Mend): NonNullable<AvailabilityBody['mend']> {
  return {
    action: mend.action,
    provider: 'provider' in mend ? mend.provider : null,
    connection_id: 'connection' in mend ? mend.connection : null,
    scopes: mend.action === 'allow_more' ? mend.scopes : [],
    for: mend.action === 'turn_on' ? mend.holder : null,
    what: mend.action === 'turn_on' ? mend.what : null,
    ask_for: mend.action === 'ask_admin' ? mend.for : null,
  }
}
