import { defineProvider, type Json, readText, type Tenant } from '../define.ts'
import {
  zohoEnv,
  zohoForbidden,
  zohoOAuth,
  zohoParameters,
  zohoRevocation,
  zohoSetup,
  zohoSources,
} from '../families/zoho.ts'

export default defineProvider({
  id: 'zoho-projects',
  name: 'Zoho Projects',
  category: 'Project Management',
  summary: 'Read the projects and tasks of one portal.',
  aliases: ['tasks', 'milestones', 'project management'],
  family: 'zoho',
  hosts: ['{accountsHost}', '{projectsHost}'],
  callback: 'universal',
  env: zohoEnv,
  parameters: [
    ...zohoParameters('projectsHost'),
    { name: 'portalId', label: 'Portal id', pattern: '^[0-9]{3,25}$', example: '916020774', asked: false },
    {
      name: 'portalName',
      label: 'Portal',
      // A name, never part of a URL.
      pattern: '^[^\\p{Cc}<>]{1,200}$',
      example: 'Acme',
      asked: false,
    },
  ],
  auth: [zohoOAuth],
  scopes: {
    'ZohoProjects.portals.READ': { why: 'Lists the portals, one of which is connected.', access: 'read' },
    'ZohoProjects.projects.READ': { why: 'Reads projects.', access: 'read' },
    'ZohoProjects.tasks.READ': { why: 'Reads tasks and task lists.', access: 'read' },
  },
  scope_sets: {
    recommended: {
      label: 'Recommended',
      note: 'The list of the guide, and what finds the portal.',
      scopes: ['ZohoProjects.portals.READ', 'ZohoProjects.projects.READ', 'ZohoProjects.tasks.READ'],
    },
    automation: {
      label: 'Automation',
      note: 'The list of the guide for automation, with what finds the portal.',
      scopes: ['ZohoProjects.projects.READ', 'ZohoProjects.tasks.READ', 'ZohoProjects.portals.READ'],
      documented: {
        scopes: ['ZohoProjects.projects.READ', 'ZohoProjects.tasks.READ'],
        reason: 'Every call names the portal by its id, which only ZohoProjects.portals.READ tells.',
      },
    },
  },
  api: {
    base_url: 'https://{projectsHost}/api/v3/portal/{portalId}',
    bases: { projects: 'https://{projectsHost}/api/v3' },
    errors: {
      forbidden: zohoForbidden,
      // A limit is a 400 here, and by older reports a 200.
      rate_limited: [
        { status: [200, 400], at: 'error.title', equals: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED' },
      ],
    },
  },
  verify: { url: '/projects?per_page=1' },
  // The list of projects names nobody: the portal was named when it was chosen.
  account: ({ parameters }) => ({
    id: parameters['portalId'] ?? '',
    label: parameters['portalName'] ?? parameters['portalId'] ?? '',
  }),
  tenants: {
    request: { url: 'https://{projectsHost}/api/v3/portals' },
    read: readPortals,
    matches: 'portalId',
  },
  test_calls: [
    { label: 'Projects', method: 'GET', path: '/projects?per_page=10' },
    { label: 'Portals', method: 'GET', path: '/portals', base: 'projects' },
  ],
  setup: zohoSetup({
    variables:
      'Set ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET. They serve all entries of Zoho; Zoho CRM has a redirect URI of its own, to be added beside this one.',
    prerequisites: ['A user of a Zoho Projects portal.'],
    notes: [
      'A connection is bound to one portal. Connect again for a second one.',
      'Paths have no slash at their end, or Zoho refuses them.',
      'Limits: 100 calls in two minutes for each address; beyond it the answer is a 400, and the lock lasts for a quarter of an hour.',
    ],
  }),
  revocation: zohoRevocation,
  webhooks: {
    mode: 'none',
    note: 'Webhooks of Zoho Projects belong to workflow rules of a portal and are not used.',
  },
  resources: [
    {
      id: 'project',
      one: 'project',
      many: 'projects',
      hint: 'Select the projects whose tasks count.',
      lists: [
        {
          needs: ['ZohoProjects.projects.READ'],
          request: { url: '/projects' },
          pages: { by: 'page', parameter: 'page', first: 1, size: { parameter: 'per_page', value: 100 } },
          fields: { id: 'id', name: 'name' },
        },
      ],
    },
  ],
  sources: [...zohoSources, 'Public descriptions of answers of version 3, read in November 2026'],
  checked: '2026-11-21',
  doubts: ['The reference of version 3 was read in excerpts only; the shapes come from public clients.'],
})

function readPortals(body: Json): Tenant[] {
  return (Array.isArray(body) ? body : []).flatMap((item) => {
    const portalId = readText(item, 'id')
    if (!portalId) return []
    const told = readText(item, 'org_name') ?? readText(item, 'portal_name') ?? readText(item, 'name')
    const name = told?.replaceAll(/[\p{Cc}<>]/gu, ' ').slice(0, 200) || portalId
    return [{ parameters: { portalId, portalName: name }, label: name }]
  })
}
