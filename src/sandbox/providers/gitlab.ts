/** GitLab: projects with their issues and merge requests, at gitlab.com. https://docs.gitlab.com/api/rest */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { type Asked, empty, json, type Reply, readArguments } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, open, type Route } from '../stand-in.ts'
import {
  type Data,
  gitlabIds,
  type Hook,
  type Issue,
  type Note,
  type Project,
  seedGitlab,
  type User,
} from '../worlds/gitlab.ts'

const BASE = '/api/v4'
const LIFETIME = 7200

const accounts: readonly Account[] = [
  { id: String(gitlabIds.ada), name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: String(gitlabIds.bruno), name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: String(gitlabIds.dmitri), name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seedGitlab(tools.now()))
  const now = () => new Date(tools.now()).toISOString()

  /** Someone added on the consent page joins the first project. */
  function me({ account }: Pick<Call, 'account'>): User {
    const found = data.users.find(({ id }) => String(id) === account.id)
    if (found) return found
    const username = account.name.toLowerCase().replaceAll(' ', '-')
    const made = { id: Number(account.id), username, name: account.name, email: account.email }
    data.users.push(made)
    data.projects[0]?.members.push(made.id)
    return made
  }
  const person = (id: number): JsonObject => {
    const found = data.users.find((one) => one.id === id)
    return {
      id,
      username: found?.username ?? 'ghost',
      public_email: '',
      name: found?.name ?? 'Ghost User',
      state: 'active',
      locked: false,
      avatar_url: null,
      web_url: `https://gitlab.com/${found?.username ?? 'ghost'}`,
    }
  }
  const fullPath = (one: Project) => `${one.namespace}/${one.path}`
  const project = (one: Project): JsonObject => ({
    id: one.id,
    name: one.name,
    description: one.description,
    name_with_namespace: `${one.namespace} / ${one.name}`,
    path: one.path,
    path_with_namespace: fullPath(one),
    default_branch: 'main',
    visibility: 'private',
    web_url: `https://gitlab.com/${fullPath(one)}`,
    created_at: '2024-03-01T08:00:00.000Z',
    last_activity_at: one.activeAt,
    archived: false,
    open_issues_count: data.issues.filter(
      (each) => each.project === one.id && !each.branch && each.state === 'opened',
    ).length,
  })
  const issue = (one: Issue): JsonObject => {
    const home = data.projects.find(({ id }) => id === one.project)
    const kind = one.branch ? 'merge_requests' : 'issues'
    return {
      id: one.id,
      iid: one.iid,
      project_id: one.project,
      title: one.title,
      description: one.description,
      state: one.state,
      created_at: one.createdAt,
      updated_at: one.updatedAt,
      labels: one.labels,
      author: person(one.author),
      assignees: one.assignees.map(person),
      assignee: one.assignees[0] === undefined ? null : person(one.assignees[0]),
      user_notes_count: data.notes.filter((note) => note.issue === one.id).length,
      web_url: `https://gitlab.com/${home ? fullPath(home) : ''}/-/${kind}/${one.iid}`,
      ...(one.branch && { source_branch: one.branch, target_branch: 'main', draft: false }),
    }
  }
  const note = (one: Note): JsonObject => ({
    id: one.id,
    body: one.body,
    author: person(one.author),
    created_at: one.at,
    system: false,
  })
  const hook = (one: Hook): JsonObject => ({
    id: one.id,
    project_id: one.project,
    url: one.url,
    ...one.events,
  })

  const visible = (call: Call) => data.projects.filter(({ members }) => members.includes(me(call).id))
  const inProject = (handle: (call: Call, found: Project) => Reply) => (call: Call) => {
    const wanted = call.params['project']
    const found = visible(call).find((one) => String(one.id) === wanted || fullPath(one) === wanted)
    return found ? handle(call, found) : missing('Project')
  }
  const onIssue = (merge: boolean, handle: (call: Call, found: Issue) => Reply) =>
    inProject((call, home) => {
      const found = data.issues.find(
        (one) =>
          one.project === home.id &&
          (one.branch !== undefined) === merge &&
          String(one.iid) === call.params['iid'],
      )
      return found ? handle(call, found) : missing('')
    })

  /** Of a project, or of all that the person sees. */
  function list(call: Call, merge: boolean, home?: Project): Reply {
    const { query } = call.asked
    const [state, scope] = [query.get('state'), query.get('scope') ?? (home ? 'all' : 'created_by_me')]
    const mine = me(call).id
    const projects = (home ? [home] : visible(call)).map(({ id }) => id)
    const found = data.issues.filter(
      (one) =>
        projects.includes(one.project) &&
        (one.branch !== undefined) === merge &&
        (state === null || state === 'all' || one.state === state) &&
        (scope === 'all' ||
          (scope === 'assigned_to_me' ? one.assignees.includes(mine) : one.author === mine)),
    )
    return paginate(call.asked, found.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)).map(issue))
  }

  function change(target: Issue, given: Record<string, string>): void {
    target.title = given['title'] ?? target.title
    target.description = given['description'] ?? target.description
    if (given['labels'] !== undefined) target.labels = given['labels'].split(',').filter(Boolean)
    if (given['assignee_id']) target.assignees = [Number(given['assignee_id'])].filter((id) => id > 0)
    if (given['state_event'] === 'close') target.state = 'closed'
    if (given['state_event'] === 'reopen') target.state = 'opened'
    target.updatedAt = now()
  }

  function addIssue(call: Call, home: Project): Reply {
    const given = readArguments(call.asked)
    if (!given['title']) return json(400, { error: 'title is missing' })
    const numbers = data.issues.filter((one) => one.project === home.id && !one.branch).map(({ iid }) => iid)
    const made: Issue = {
      id: data.next++,
      project: home.id,
      iid: Math.max(0, ...numbers) + 1,
      title: '',
      description: '',
      state: 'opened',
      labels: [],
      author: me(call).id,
      assignees: [],
      createdAt: now(),
      updatedAt: now(),
    }
    change(made, given)
    data.issues.push(made)
    home.activeAt = now()
    return json(201, issue(made))
  }

  const read = { scope: ['api', 'read_api'] }
  const write = { scope: ['api'] }
  const notes = (merge: boolean, path: string): Route[] => [
    on(
      'GET',
      path,
      onIssue(merge, (call, found) =>
        paginate(call.asked, data.notes.filter((one) => one.issue === found.id).map(note)),
      ),
      read,
    ),
    on(
      'POST',
      path,
      onIssue(merge, (call, found) => {
        const { body } = readArguments(call.asked)
        if (!body) return json(400, { error: 'body is missing' })
        const made = { id: data.next++, issue: found.id, author: me(call).id, body, at: now() }
        data.notes.push(made)
        return json(201, note(made))
      }),
      write,
    ),
  ]
  const projectPath = `${BASE}/projects/:project`
  const routes: Route[] = [
    on(
      'GET',
      `${BASE}/user`,
      (call) =>
        json(200, { ...person(me(call).id), email: me(call).email, created_at: '2023-05-04T10:00:00.000Z' }),
      { scope: ['api', 'read_api', 'read_user'] },
    ),
    on(
      'GET',
      `${BASE}/projects`,
      (call) => {
        const search = (call.asked.query.get('search') ?? '').toLowerCase()
        const found = visible(call).filter((one) => fullPath(one).toLowerCase().includes(search))
        return paginate(call.asked, found.sort((a, b) => b.activeAt.localeCompare(a.activeAt)).map(project))
      },
      read,
    ),
    on(
      'GET',
      projectPath,
      inProject((_, found) => json(200, project(found))),
      read,
    ),
    on('GET', `${BASE}/issues`, (call) => list(call, false), read),
    on('GET', `${BASE}/merge_requests`, (call) => list(call, true), read),
    on(
      'GET',
      `${projectPath}/issues`,
      inProject((call, found) => list(call, false, found)),
      read,
    ),
    on('POST', `${projectPath}/issues`, inProject(addIssue), write),
    on(
      'GET',
      `${projectPath}/issues/:iid`,
      onIssue(false, (_, found) => json(200, issue(found))),
      read,
    ),
    on(
      'PUT',
      `${projectPath}/issues/:iid`,
      onIssue(false, (call, found) => {
        change(found, readArguments(call.asked))
        return json(200, issue(found))
      }),
      write,
    ),
    ...notes(false, `${projectPath}/issues/:iid/notes`),
    on(
      'GET',
      `${projectPath}/merge_requests`,
      inProject((call, found) => list(call, true, found)),
      read,
    ),
    on(
      'GET',
      `${projectPath}/merge_requests/:iid`,
      onIssue(true, (_, found) => json(200, issue(found))),
      read,
    ),
    ...notes(true, `${projectPath}/merge_requests/:iid/notes`),
    on(
      'GET',
      `${projectPath}/hooks`,
      inProject((call, found) =>
        paginate(call.asked, data.hooks.filter((one) => one.project === found.id).map(hook)),
      ),
      read,
    ),
    on(
      'POST',
      `${projectPath}/hooks`,
      inProject((call, found) => {
        const { url = '', token: _, ...events } = readArguments(call.asked)
        if (!/^https?:\/\//.test(url)) return json(422, { error: 'Invalid url given' })
        const made = {
          id: data.next++,
          project: found.id,
          url,
          events: Object.fromEntries(Object.entries(events).map(([name, value]) => [name, value === 'true'])),
        }
        data.hooks.push(made)
        return json(201, hook(made))
      }),
      write,
    ),
    on(
      'DELETE',
      `${projectPath}/hooks/:hook`,
      inProject((call, found) => {
        const at = data.hooks.findIndex(
          (one) => one.project === found.id && String(one.id) === call.params['hook'],
        )
        if (at < 0) return missing('Project Hook')
        data.hooks.splice(at, 1)
        return empty(204)
      }),
      write,
    ),
    open('POST', '/oauth/revoke', ({ asked }) => {
      const given = readArguments(asked)
      if (
        given['client_id'] !== tools.client.client_id ||
        given['client_secret'] !== tools.client.client_secret
      )
        return json(403, {
          error: 'unauthorized_client',
          error_description: 'You are not authorized to revoke this token',
        })
      const token = tools.tokens.find(given['token'] ?? '')
      // One record holds both tokens: either ends the pair, and an unknown one is as good as ended.
      if (token) tools.tokens.endFamily(token.family, 'revoked')
      return json(200, {})
    }),
  ]

  return {
    accounts,
    hosts: ['gitlab.com'],
    oauth: {
      code: () => tools.random(64, HEX),
      access: () => tools.random(64, HEX),
      refresh: () => tools.random(64, HEX),
      lifetime: LIFETIME,
      endsPreviousAccess: true,
      answer: ({ tokens: { main } }) => {
        const { scopes = [], ...issued } = main ?? {}
        return json(200, {
          ...issued,
          token_type: 'Bearer',
          scope: scopes.join(' '),
          created_at: Math.floor(tools.now() / 1000),
        })
      },
    },
    readCredential: ({ headers }) => {
      const own = headers['private-token']
      return typeof own === 'string' ? own : /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
    },
    routes,
    unauthorized: (why) =>
      why === 'missing'
        ? json(401, { message: '401 Unauthorized' })
        : json(401, {
            error: 'invalid_token',
            error_description: why === 'expired' ? 'Token is expired.' : 'Token was revoked.',
          }),
    forbidden: ({ scope }) =>
      json(403, {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope: scope.join(' '),
      }),
    notFound: () => json(404, { error: '404 Not Found' }),
    rateLimited: (retryAfter) => ({
      ...json(429, { message: 'Retry later' }),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'ratelimit-remaining': '0',
        'ratelimit-reset': String(Math.floor(tools.now() / 1000) + retryAfter),
      },
    }),
    values: () => ({
      token: tools.hold({ account: String(gitlabIds.ada), make: (derive) => `glpat-${derive('pat', 20)}` }),
    }),
  }
}

export default create

const HEX = '0123456789abcdef'
const missing = (what: string): Reply => json(404, { message: `404 ${what} Not Found`.replace('  ', ' ') })

/** https://docs.gitlab.com/api/rest/#pagination */
function paginate({ query, host, path }: Asked, items: Json[]): Reply {
  const size = Math.min(Math.max(Number(query.get('per_page') ?? 20) || 20, 1), 100)
  const page = Math.max(Number(query.get('page') ?? 1) || 1, 1)
  const pages = Math.max(Math.ceil(items.length / size), 1)
  const link = (to: number, rel: string) => {
    const next = new URLSearchParams(query)
    next.set('page', String(to))
    return `<https://${host}${path}?${next}>; rel="${rel}"`
  }
  return json(200, items.slice((page - 1) * size, page * size), {
    'x-page': String(page),
    'x-per-page': String(size),
    'x-total': String(items.length),
    'x-total-pages': String(pages),
    'x-next-page': page < pages ? String(page + 1) : '',
    link: [page < pages ? link(page + 1, 'next') : '', link(1, 'first'), link(pages, 'last')]
      .filter(Boolean)
      .join(', '),
  })
}
