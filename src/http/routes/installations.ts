import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AuditAction } from '../../identity/audit-actions.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { iso } from '../present.ts'
import type { ZodApp } from '../server.ts'
import { AssignInstallation, IgnoreInstallation, UnassignedInstallations } from '../wire.ts'

/** For whoever runs the hub: installed apps that nothing of a call says the organization of. */
export function installationRoutes(app: ZodApp, { installations, audit, db }: HttpContext): void {
  const tags = ['Set-up']

  function record(request: FastifyRequest, action: AuditAction, target: string, organizations: string[]) {
    const { id, organization } = principalOf(request)
    return Promise.all(
      [...new Set([organization, ...organizations])].map((affected) =>
        audit.record({ organization: affected, actor: id, action, target, ip: request.ip }),
      ),
    )
  }

  app.get('/api/v1/installations', {
    config: { access: 'operator' },
    schema: {
      tags,
      summary: 'Installed apps that belong to no organization yet',
      response: { 200: UnassignedInstallations },
    },
    handler: async () => {
      const [rows, organizations] = await Promise.all([
        installations.unassigned(),
        db.selectFrom('organizations').select(['id', 'name']).orderBy('name').limit(1000).execute(),
      ])
      return {
        data: rows.map((row) => ({
          ...row,
          installed_at: row.installed_at.toISOString(),
          seen_at: row.seen_at.toISOString(),
          ignored_at: iso(row.ignored_at),
        })),
        organizations,
      }
    },
  })

  app.post('/api/v1/installations/assign', {
    config: { access: 'operator' },
    schema: {
      tags,
      summary: 'Say whose an installed app is; its next call makes the connection',
      body: AssignInstallation,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { organization_id: organization, ...place } = request.body
      await installations.assign(place, organization)
      await record(request, 'installation.assigned', place.installation, [organization])
      return reply.status(204).send(null)
    },
  })

  app.post('/api/v1/installations/ignore', {
    config: { access: 'operator' },
    schema: {
      tags,
      summary: 'Set an installed app aside, or take it up again',
      body: IgnoreInstallation,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { ignored, ...place } = request.body
      await installations.ignore(place, ignored)
      await record(request, ignored ? 'installation.ignored' : 'installation.noticed', place.installation, [])
      return reply.status(204).send(null)
    },
  })
}
