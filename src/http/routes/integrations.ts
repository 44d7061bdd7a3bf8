import { z } from 'zod'
import type { IntegrationView, Lacking } from '../../vault/integrationSettings.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { iso } from '../present.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import {
  ClientCheck,
  DryRun,
  IntegrationDetail,
  type IntegrationDetailBody,
  IntegrationSummary,
  type IntegrationSummaryBody,
  UpdateIntegration,
} from '../wire.ts'

export function integrationRoutes(
  app: ZodApp,
  { integrationSettings, checkClient, audit, present }: HttpContext,
): void {
  const { record, note } = createRequestAudit(audit)
  const params = z.object({ provider: z.string() })

  function summary(view: IntegrationView): IntegrationSummaryBody {
    const { id, name, category, logo, mode } = present.summary(view.integration)
    const { state, missing } = view.setup
    return {
      provider: id,
      name,
      category,
      logo,
      declared: view.declared,
      mode,
      state,
      missing,
      warnings: view.warnings,
    }
  }

  function detail(view: IntegrationView, lacking: Lacking): IntegrationDetailBody {
    const { integration, setup, scopes } = view
    return {
      ...summary(view),
      console_url: integration.provider.setup.console_url,
      redirect_uri: view.redirectUri ?? null,
      variables: setup.variables.map(({ name, kind, purpose, required, source }) => ({
        name,
        kind,
        purpose,
        required,
        source,
      })),
      scopes: { ...scopes, own: scopes.own ? [...scopes.own] : null },
      parameters: view.parameters.map(({ parameter, value }) => ({
        ...present.field(parameter, integration),
        value,
      })),
      endpoints: view.endpoints.map(({ host, baseUrl, source }) => ({ host, base_url: baseUrl, source })),
      lacking,
      set_at: iso(view.setAt),
      set_by: view.setBy,
    }
  }

  app.get('/api/v1/integrations', {
    config: { access: 'operator', data: true },
    schema: {
      tags: ['Set-up'],
      summary: 'How far each provider is set up here',
      response: { 200: z.object({ data: z.array(IntegrationSummary) }) },
    },
    handler: async () => ({ data: integrationSettings.list().map(summary) }),
  })

  app.get('/api/v1/integrations/:provider', {
    config: { access: 'operator', data: true },
    schema: {
      tags: ['Set-up'],
      summary: 'What is set for one provider, and where',
      params,
      response: { 200: IntegrationDetail },
    },
    handler: async (request) => {
      const view = integrationSettings.view(request.params.provider)
      const { organization } = principalOf(request)
      return detail(view, await integrationSettings.lacking(request.params.provider, organization))
    },
  })

  app.patch('/api/v1/integrations/:provider', {
    config: { access: 'operator', data: true },
    schema: {
      tags: ['Set-up'],
      summary:
        'Change scopes, parameters and endpoints of one provider; with `dry_run`, see what it would mean',
      params,
      querystring: DryRun,
      body: UpdateIntegration,
      response: { 200: IntegrationDetail },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { scope_set, scopes, allow_unknown_scopes, parameters, endpoints } = request.body
      const dryRun = request.query.dry_run === 'true'
      const { view, lacking } = await integrationSettings.change(
        request.params.provider,
        { scopeSet: scope_set, scopes, allowUnknownScopes: allow_unknown_scopes, parameters, endpoints },
        { by: principal.name, dryRun, organization: principal.organization },
      )
      if (!dryRun)
        // The whole change: where credentials travel is what an auditor wants to know.
        await record(request, 'integration.changed', request.params.provider, { ...request.body })
      return detail(view, lacking)
    },
  })

  app.post('/api/v1/integrations/:provider/check', {
    config: { access: 'operator', data: true },
    schema: {
      tags: ['Set-up'],
      summary: 'Ask the provider whether it knows the OAuth client that is set',
      params,
      response: { 200: ClientCheck },
    },
    handler: async (request) => {
      const { provider } = request.params
      const found = await checkClient(provider)
      note(request, 'integration.checked', provider)
      return found
    },
  })
}
