/** Zoho Projects: portals of a user, and what is planned in them. https://projects.zoho.com/api-docs */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill, quayside } from '../cast.ts'
import { pageOf, playZoho } from '../families/zoho.ts'
import { json, type Reply } from '../messages.ts'
import type { Account, Call } from '../stand-in.ts'

type Task = { id: string; name: string; done: boolean }
type Project = { id: string; name: string; tasks: Task[] }
type Portal = { id: string; name: string; projects: Project[] }

const PORTALS: readonly Portal[] = [
  {
    id: '916020774',
    name: fernhill.name,
    projects: [
      {
        id: '2644874000000089119',
        name: 'Workshop refit',
        tasks: [
          { id: '2644874000000089247', name: 'Order the work stands', done: true },
          { id: '2644874000000089248', name: 'Move the wheel store', done: false },
        ],
      },
      {
        id: '2644874000000089120',
        name: 'Spring catalogue',
        tasks: [{ id: '2644874000000089249', name: 'Photograph the touring frame', done: false }],
      },
    ],
  },
  { id: '916020775', name: quayside.name, projects: [] },
]

export default playZoho({
  host: 'projectsHost',
  routes: ({ tools, on }) => {
    const reaches = (account: Account) => (account.email === cast.dmitri.email ? PORTALS.slice(1) : PORTALS)
    const owner = ({ name, email }: Account) => ({ zpuid: '2644874000000085003', name, email })

    const inPortal =
      (handle: (call: Call & { portal: Portal }) => Reply) =>
      (call: Call): Reply => {
        const portal = reaches(call.account).find(({ id }) => id === call.params['portal'])
        return portal ? handle({ ...call, portal }) : problem(404, 'RESOURCE_NOT_FOUND', 'No such portal.')
      }
    const inProject = (handle: (call: Call & { project: Project }) => Reply) =>
      inPortal((call) => {
        const project = call.portal.projects.find(({ id }) => id === call.params['project'])
        return project ? handle({ ...call, project }) : problem(404, 'RESOURCE_NOT_FOUND', 'No such project.')
      })

    const shape = ({ id, name }: Project, account: Account): JsonObject => ({
      id,
      name,
      project_type: 'active',
      owner: owner(account),
      is_public_project: false,
      created_time: daysAgo(tools.now(), 90),
      modified_time: daysAgo(tools.now(), 2),
    })
    const shapeTask = ({ id, name, done }: Task, { id: of, name: project }: Project): JsonObject => ({
      id,
      name,
      status: { id: '2644874000000016068', name: done ? 'Closed' : 'Open', is_closed_type: done },
      priority: 'none',
      project: { id: of, name: project },
    })

    return [
      on(
        'GET',
        '/api/v3/portals',
        ({ account }) =>
          json(
            200,
            reaches(account).map(({ id, name }) => ({
              id,
              portal_name: name.toLowerCase().replaceAll(/\W/g, ''),
              org_name: name,
              timezone: 'GMT',
              project_plan: 'Premium',
              owner: owner(account),
            })),
          ),
        { scope: ['ZohoProjects.portals.READ'] },
      ),
      on(
        'GET',
        '/api/v3/portal/:portal/projects',
        inPortal((call) =>
          json(
            200,
            pageOf(call, call.portal.projects, 100).found.map((one) => shape(one, call.account)),
          ),
        ),
        { scope: ['ZohoProjects.projects.READ'] },
      ),
      on(
        'GET',
        '/api/v3/portal/:portal/projects/:project',
        inProject(({ project, account }) => json(200, shape(project, account))),
        { scope: ['ZohoProjects.projects.READ'] },
      ),
      on(
        'GET',
        '/api/v3/portal/:portal/projects/:project/tasks',
        inProject((call) => {
          const { page, size, found, more } = pageOf(call, call.project.tasks, 100)
          return json(200, {
            page_info: { page, per_page: size, page_count: found.length, has_next_page: more },
            tasks: found.map((task) => shapeTask(task, call.project)),
          })
        }),
        { scope: ['ZohoProjects.tasks.READ'] },
      ),
    ]
  },
  unauthorized: () => problem(401, 'INVALID_OAUTHTOKEN', 'Invalid OAuth access token.'),
  forbidden: () => problem(401, 'INVALID_OAUTHSCOPE', 'Invalid OAuth scope.'),
  notFound: () => problem(404, 'URL_RULE_NOT_CONFIGURED', 'Given URL is wrong.'),
  rateLimited: () =>
    problem(
      400,
      'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
      'Cannot execute more than 100 requests per API in 2 minutes.',
    ),
})

function problem(status: number, title: string, message: string): Reply {
  return json(status, {
    error: {
      status_code: String(status),
      method: 'GET',
      title,
      error_type: 'OPERATIONAL_VALIDATION_ERROR',
      details: { message },
    },
  })
}
