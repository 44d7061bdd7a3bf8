import { z } from 'zod'
import { HubError } from '../../errors.ts'
import { principalOf } from '../auth.ts'
import type { HttpContext } from '../context.ts'
import { createRequestAudit } from '../request-audit.ts'
import type { ZodApp } from '../server.ts'
import {
  CreatedOrganization,
  CreateOrganization,
  Organization,
  type OrganizationBody,
  UpdateOrganization,
} from '../wire.ts'
import { invitationPresenter } from './invitations.ts'

export function organizationRoutes(app: ZodApp, context: HttpContext): void {
  const { accounts, audit, config, now } = context
  const { organizations, invitations } = accounts
  const tags = ['Organizations']
  const { record } = createRequestAudit(audit)
  const present = invitationPresenter(config.publicUrl, now)

  app.get('/api/v1/organization', {
    config: { access: 'admin' },
    schema: { tags, summary: 'The caller’s organization', response: { 200: Organization } },
    handler: async (request) =>
      presentOrganization(await organizations.read(principalOf(request).organization)),
  })

  app.patch('/api/v1/organization', {
    config: { access: 'admin' },
    schema: {
      tags,
      summary: 'Rename it, or require single sign-on of its members',
      body: UpdateOrganization,
      response: { 200: Organization },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { name, requires_single_sign_on: requires_sso } = request.body
      const row = await organizations.update(principal, { name, requires_sso })
      await record(request, 'organization.changed', row.id, {
        name: row.name,
        requires_single_sign_on: row.requires_sso,
      })
      return presentOrganization(row)
    },
  })

  app.get('/api/v1/organizations', {
    config: { access: 'operator' },
    schema: {
      tags,
      summary: 'Every organization of this installation',
      response: { 200: z.object({ data: z.array(Organization) }) },
    },
    handler: async () => ({ data: (await organizations.list()).map(presentOrganization) }),
  })

  app.post('/api/v1/organizations', {
    config: { access: 'operator' },
    schema: {
      tags,
      summary: 'Make an organization; who asks is its administrator, or whoever is invited',
      body: CreateOrganization,
      response: { 201: CreatedOrganization },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const { name, administrator } = request.body
      if (!principal.session && administrator === undefined)
        throw new HubError('invalid_request', 'administrator: is needed, because an API key is no person.')
      // With somebody invited, whoever runs the hub does not become a member beside them.
      const own = administrator === undefined ? principal.id : null
      const organization = await organizations.create(name, own)
      const invited =
        administrator === undefined
          ? undefined
          : await invitations.create(organization.id, principal, {
              email: administrator,
              role: 'admin',
              delivery: 'link',
            })
      await record(request, 'organization.created', organization.id, { name })
      return reply.status(201).send({
        organization: presentOrganization(organization),
        invitation: invited ? present(invited.row, invited.token) : null,
      })
    },
  })
}

function presentOrganization(row: {
  id: string
  name: string
  created_at: Date
  runs_hub: boolean
  requires_sso: boolean
  people: number
  connections: number
}): OrganizationBody {
  return {
    id: row.id,
    name: row.name,
    created_at: row.created_at.toISOString(),
    runs_hub: row.runs_hub,
    requires_single_sign_on: row.requires_sso,
    people: row.people,
    connections: row.connections,
  }
}
