import { z } from 'zod'
import { declarationSchema } from '../../catalog/custom.ts'
import { variablesOf } from '../../catalog/variables.ts'
import { HubError } from '../../errors.ts'
import { ownRedirectUri } from '../../vault/integrations.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import { DeclarationStored, DryRun, ForceQuery, ProviderDeclaration, ProviderRemoved } from '../wire.ts'

/** Providers that operators declare at run time, beside those that are shipped. */
export function declaredProviderRoutes(app: ZodApp, { declared, config, audit }: HttpContext): void {
  const params = z.object({ id: z.string() })
  const schema = declarationSchema()

  const { record } = createRequestAudit(audit)

  app.get('/api/v1/providers/schema', {
    config: { access: 'connections:read' },
    schema: {
      tags: ['Catalog'],
      summary: 'JSON Schema of a declaration',
      response: { 200: z.record(z.string(), z.unknown()) },
    },
    handler: async () => schema as Record<string, unknown>,
  })

  app.get('/api/v1/providers/:id/declaration', {
    config: { access: 'operator' },
    schema: {
      tags: ['Catalog'],
      summary: 'A declared provider as it was given',
      params,
      response: { 200: ProviderDeclaration },
    },
    handler: async (request) => {
      const entry = declared.find(request.params.id)
      if (!entry) throw new HubError('not_found', `No provider "${request.params.id}" was declared here.`)
      return {
        id: entry.id,
        declaration: entry.declaration as Record<string, unknown>,
        set_at: entry.setAt.toISOString(),
        set_by: entry.setBy,
        problems: entry.problems,
      }
    },
  })

  app.put('/api/v1/providers/:id', {
    config: { access: 'operator' },
    schema: {
      tags: ['Catalog'],
      summary: 'Declare a provider, or change its declaration; with `dry_run`, only check it',
      params,
      querystring: DryRun,
      body: z.record(z.string(), z.unknown()),
      response: { 200: DeclarationStored },
    },
    handler: async (request) => {
      const { provider } = declared.check(request.body)
      if (provider.id !== request.params.id) {
        const message = `must be "${request.params.id}", as in the address`
        throw new HubError('field_invalid', `id ${message}.`, { errors: [{ path: 'id', message }] })
      }
      const dryRun = request.query.dry_run === 'true'
      const isNew = dryRun
        ? declared.find(provider.id) === undefined
        : (await declared.put(request.body, principalOf(request).name)).isNew
      if (!dryRun)
        await record(request, isNew ? 'provider.declared' : 'provider.changed', provider.id, {
          hosts: provider.hosts,
        })
      return {
        id: provider.id,
        name: provider.name,
        dry_run: dryRun,
        is_new: isNew,
        redirect_uri: ownRedirectUri(provider, config.publicUrl) ?? null,
        variables: variablesOf(provider).map(({ name }) => name),
      }
    },
  })

  app.delete('/api/v1/providers/:id', {
    config: { access: 'operator' },
    schema: {
      tags: ['Catalog'],
      summary: 'Remove a declared provider; refused while connections live, unless `force`',
      params,
      querystring: ForceQuery,
      response: { 200: ProviderRemoved },
    },
    handler: async (request) => {
      const { id } = request.params
      const force = request.query.force === 'true'
      const { ended } = await declared.remove(id, { by: principalOf(request).id, force })
      await record(request, 'provider.removed', id, { force, ended })
      return { id, connections_ended: ended }
    },
  })
}
