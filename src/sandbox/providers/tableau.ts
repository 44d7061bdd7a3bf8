/** Tableau: a token signs in for a session, and each sign-in ends the one before. https://help.tableau.com/current/api/rest_api */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill, quayside } from '../cast.ts'
import { empty, json, type Reply } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, open, type Route } from '../stand-in.ts'

type Site = { id: string; name: string; contentUrl: string; people: string[] }
type Item = { id: string; site: string; name: string; project: string; owner: string; updatedAt: string }
type Data = { sites: Site[]; projects: Item[]; workbooks: Item[]; views: (Item & { workbook: string })[] }

const HOST = '10ax.online.tableau.com'
const LIFETIME = 7200

const uuid = (kind: number, number: number) =>
  `${String(kind).padStart(8, '4')}-0000-4000-8000-${String(number).padStart(12, '0')}`

const ids = { ada: uuid(1, 1), dmitri: uuid(1, 4), fernhill: uuid(2, 1), quayside: uuid(2, 2) }

const accounts: readonly Account[] = [
  { id: ids.ada, name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: ids.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seed(tools.now()))
  const siteOf = (account: Account) => data.sites.find(({ people }) => people.includes(account.id))

  const person = (id: string): JsonObject => {
    const found = accounts.find((one) => one.id === id)
    return { id, name: found?.email ?? '', fullName: found?.name ?? '' }
  }
  const project = (one: Item): JsonObject => ({
    id: one.id,
    name: one.name,
    description: '',
    contentPermissions: 'ManagedByOwner',
    updatedAt: one.updatedAt,
    owner: { id: one.owner },
  })
  const workbook = (one: Item): JsonObject => ({
    id: one.id,
    name: one.name,
    contentUrl: one.name.replaceAll(' ', ''),
    showTabs: 'true',
    size: '3',
    updatedAt: one.updatedAt,
    webpageUrl: `https://${HOST}/#/site/${data.sites.find(({ id }) => id === one.site)?.contentUrl ?? ''}/workbooks/${one.id}`,
    project: { id: one.project, name: data.projects.find(({ id }) => id === one.project)?.name ?? '' },
    owner: person(one.owner),
    tags: {},
  })
  const view = (one: Data['views'][number]): JsonObject => ({
    id: one.id,
    name: one.name,
    contentUrl: `${one.workbook}/sheets/${one.name.replaceAll(' ', '')}`,
    updatedAt: one.updatedAt,
    workbook: { id: one.workbook },
    owner: { id: one.owner },
    tags: {},
  })

  /** A session is good for its own site. */
  const onSite = (path: string, handle: (call: Call, site: Site) => Reply): Route =>
    on('GET', `/api/:version/sites/:site${path}`, (call) => {
      const site = siteOf(call.account)
      return site && site.id === call.params['site']
        ? handle(call, site)
        : fail(403, '403004', 'Forbidden', 'The site is not the one of the session.')
    })

  return {
    accounts,
    hosts: [HOST],
    session: {
      access: () => `${tools.random(22)}|${tools.random(32)}|${ids.fernhill}`,
      lifetime: LIFETIME,
      exclusive: true,
      answer: ({ token, lifetime, account, fields }) => {
        const site = siteOf(account)
        if (!site || fields['contentUrl'] !== site.contentUrl) return signInError()
        return json(200, {
          credentials: {
            site: { id: site.id, contentUrl: site.contentUrl },
            user: { id: account.id },
            token,
            ...(lifetime !== null && { estimatedTimeToExpiration: writeTime(lifetime) }),
          },
        })
      },
      failure: signInError,
    },
    routes: [
      open('GET', '/api/:version/serverinfo', () =>
        json(200, {
          serverInfo: {
            productVersion: { value: '2026.3.0', build: '20263.26.1012.0930' },
            restApiVersion: '3.28',
          },
        }),
      ),
      onSite('/projects', (call, site) =>
        paged(call, 'project', data.projects.filter((one) => one.site === site.id).map(project)),
      ),
      onSite('/workbooks', (call, site) =>
        paged(call, 'workbook', data.workbooks.filter((one) => one.site === site.id).map(workbook)),
      ),
      onSite('/workbooks/:workbook', ({ params }, site) => {
        const found = data.workbooks.find((one) => one.site === site.id && one.id === params['workbook'])
        return found
          ? json(200, { workbook: workbook(found) })
          : fail(404, '404006', 'Resource Not Found', 'The workbook could not be found.')
      }),
      onSite('/views', (call, site) =>
        paged(call, 'view', data.views.filter((one) => one.site === site.id).map(view)),
      ),
      onSite('/users/:user', ({ params, account }, site) =>
        params['user'] === account.id
          ? json(200, {
              user: {
                ...person(account.id),
                email: account.email,
                siteRole: site.people[0] === account.id ? 'SiteAdministratorCreator' : 'Viewer',
              },
            })
          : fail(403, '403004', 'Forbidden', 'Only administrators look up other people.'),
      ),
      on('POST', '/api/:version/auth/signout', ({ token }) => {
        tools.tokens.end(token, 'revoked')
        return empty(204)
      }),
    ],
    unauthorized: () =>
      fail(401, '401002', 'Unauthorized Access', 'Invalid authentication credentials were provided.'),
    forbidden: () => fail(403, '403004', 'Forbidden', 'The role of this user does not allow it.'),
    notFound: () => fail(404, '404000', 'Resource Not Found', 'The address is not one of this API.'),
    rateLimited: () => fail(429, '429000', 'Too Many Requests', 'Wait before the next request.'),
    values: () => ({
      host: HOST,
      site: fernhill.slug,
      patName: 'trunkline',
      patSecret: tools.hold({
        account: ids.ada,
        make: (derive) => `${derive('part', 22)}==:${derive('secret', 32)}`,
      }),
    }),
  }
}

export default create

const fail = (status: number, code: string, summary: string, detail: string): Reply =>
  json(status, { error: { summary, detail, code } })
const signInError = () => fail(401, '401001', 'Signin Error', 'Error signing in to Tableau')

/** Hours, minutes and seconds. */
function writeTime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`
}

/** https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_paging.htm */
function paged({ asked }: Call, kind: string, items: Json[]): Reply {
  const size = Math.min(Math.max(Number(asked.query.get('pageSize') ?? 100) || 100, 1), 1000)
  const page = Math.max(Number(asked.query.get('pageNumber') ?? 1) || 1, 1)
  return json(200, {
    pagination: { pageNumber: String(page), pageSize: String(size), totalAvailable: String(items.length) },
    [`${kind}s`]: { [kind]: items.slice((page - 1) * size, page * size) },
  })
}

function seed(now: number): Data {
  const at = (days: number) => daysAgo(now, days)
  const item = (
    kind: number,
    number: number,
    site: string,
    name: string,
    project: string,
    days: number,
  ): Item => ({
    id: uuid(kind, number),
    site,
    name,
    project,
    owner: site === ids.fernhill ? ids.ada : ids.dmitri,
    updatedAt: at(days),
  })
  const [sales, campaigns] = [uuid(3, 1), uuid(3, 2)]
  const [season, service, reach] = [uuid(4, 1), uuid(4, 2), uuid(4, 3)]
  return {
    sites: [
      { id: ids.fernhill, name: fernhill.name, contentUrl: fernhill.slug, people: [ids.ada] },
      { id: ids.quayside, name: quayside.name, contentUrl: quayside.slug, people: [ids.dmitri] },
    ],
    projects: [item(3, 1, ids.fernhill, 'Sales', '', 40), item(3, 2, ids.quayside, 'Campaigns', '', 50)],
    workbooks: [
      item(4, 1, ids.fernhill, 'Season so far', sales, 1),
      item(4, 2, ids.fernhill, 'Service times', sales, 6),
      item(4, 3, ids.quayside, 'Reach', campaigns, 3),
    ],
    views: [
      { ...item(5, 1, ids.fernhill, 'By model', sales, 1), workbook: season },
      { ...item(5, 2, ids.fernhill, 'By week', sales, 1), workbook: season },
      { ...item(5, 3, ids.fernhill, 'Waiting', sales, 6), workbook: service },
      { ...item(5, 4, ids.quayside, 'By channel', campaigns, 3), workbook: reach },
    ],
  }
}
