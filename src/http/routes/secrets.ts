import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Affected } from '../../vault/secretChanges.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { iso } from '../present.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import { DryRun, SecretEntry, SecretsChanged, SetSecrets } from '../wire.ts'
import type { AuditAction } from '../../identity/audit-actions.ts'

/** Values go in and never come out: no answer, no error and no line of the log holds one. */
export function secretRoutes(app: ZodApp, { secretChanges, audit }: HttpContext): void {
  const { record } = createRequestAudit(audit)
  /** Names only. */
  const recordNames = async (request: FastifyRequest, action: AuditAction, names: readonly string[]) => {
    if (names.length > 0) await record(request, action, names.join(' '), { names })
  }

  app.get('/api/v1/secrets', {
    config: { access: 'operator' },
    schema: {
      tags: ['Set-up'],
      summary: 'Secrets of the installation: names, sources, ages; never values',
      response: {
        200: z.object({
          data: z.array(SecretEntry),
          known: z.array(z.string()).describe('every name that a provider reads'),
        }),
      },
    },
    handler: async () => ({
      data: secretChanges.list().map((entry) => ({
        name: entry.name,
        source: entry.source,
        purpose: entry.purpose,
        used_by: entry.usedBy,
        version: entry.version,
        set_at: iso(entry.setAt),
        set_by: entry.setBy,
        readable: entry.readable,
        warning: entry.warning,
      })),
      known: secretChanges.known(),
    }),
  })

  app.put('/api/v1/secrets', {
    config: { access: 'operator' },
    schema: {
      tags: ['Set-up'],
      summary: 'Set secrets, all or none; with `dry_run`, list what the change touches',
      querystring: DryRun,
      body: SetSecrets,
      response: { 200: SecretsChanged },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const dryRun = request.query.dry_run === 'true'
      const { changes, affected, warnings } = await secretChanges.set(request.body.values, {
        by: principal.name,
        organization: principal.organization,
        dryRun,
      })
      if (!dryRun)
        await recordNames(
          request,
          'secrets.set',
          changes.filter(({ outcome }) => outcome !== 'unchanged').map(({ name }) => name),
        )
      return {
        dry_run: dryRun,
        changes: changes.map(({ name, outcome, version }) => ({ name, outcome, version })),
        affected: affected.map(presentAffected),
        warnings,
      }
    },
  })

  app.delete('/api/v1/secrets/:name', {
    config: { access: 'operator' },
    schema: {
      tags: ['Set-up'],
      summary: 'Remove a secret from the vault, every version of it',
      params: z.object({ name: z.string() }),
      querystring: DryRun,
      response: { 200: SecretsChanged },
    },
    handler: async (request) => {
      const { organization } = principalOf(request)
      const dryRun = request.query.dry_run === 'true'
      const { removed, affected, warnings } = await secretChanges.unset([request.params.name], {
        organization,
        dryRun,
      })
      if (!dryRun) await recordNames(request, 'secrets.unset', removed)
      return {
        dry_run: dryRun,
        changes: removed.map((name) => ({ name, outcome: 'removed' as const, version: null })),
        affected: affected.map(presentAffected),
        warnings,
      }
    },
  })
}

function presentAffected({ name, change, providers, connections, owners, effect }: Affected) {
  return { name, change, providers, connections, owners, effect }
}
