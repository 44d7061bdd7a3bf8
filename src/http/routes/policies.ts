import { z } from 'zod'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import { Policy, PolicySet, SetPolicy } from '../wire.ts'

export function policyRoutes(app: ZodApp, { policies, integrations, audit }: HttpContext): void {
  const { record } = createRequestAudit(audit)
  const tags = ['Policies']

  app.get('/api/v1/policies', {
    config: { access: 'connections:read' },
    schema: {
      tags,
      summary: 'Policies that were set; every other provider is `own_first`',
      response: { 200: z.object({ data: z.array(Policy) }) },
    },
    handler: async (request) => {
      const { organization, permissions } = principalOf(request)
      const rows = await policies.list(organization)
      return {
        data: rows.map((row) => ({
          provider: row.provider,
          policy: row.policy,
          set_at: row.set_at.toISOString(),
          set_by: { id: row.set_by, name: row.set_by_name ?? row.set_by },
          excluded: permissions.has('admin') ? row.excluded : null,
        })),
      }
    },
  })

  app.put('/api/v1/policies/:provider', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Say whose connections of a provider are made, and used by its name',
      params: z.object({ provider: z.string().max(100) }),
      body: SetPolicy,
      response: { 200: PolicySet },
    },
    handler: async (request) => {
      const { organization, id } = principalOf(request)
      const { provider } = integrations.resolve(request.params.provider)
      const { policy } = request.body
      const before = policies.of(organization, provider.id)
      await policies.set({ organization, provider: provider.id, policy, by: id })
      await record(request, 'policy.set', provider.id, { policy, before })
      const set = (await policies.list(organization)).find((row) => row.provider === provider.id)
      return { provider: provider.id, policy, excluded: set?.excluded ?? 0 }
    },
  })
}
