/** Asana: tasks of workspaces. https://developers.asana.com/reference/rest-api-reference */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast } from '../cast.ts'
import { empty, isObject, json, type Reply, readArguments, readJson } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, open, readString } from '../stand-in.ts'
import {
  asanaIds,
  type Data,
  type Project,
  seedAsana,
  type Story,
  type Task,
  type User,
} from '../worlds/asana.ts'

const HELP =
  'For more information on API status codes and how to handle them, read the docs on errors: https://developers.asana.com/docs/errors'

const accounts: readonly Account[] = [
  { id: asanaIds.ada, name: cast.ada.name, email: cast.ada.email },
  { id: asanaIds.bruno, name: cast.bruno.name, email: cast.bruno.email },
  { id: asanaIds.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: 'two workspaces' },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seedAsana(tools.now()))
  const now = () => new Date(tools.now()).toISOString()
  const nextGid = () => String(data.nextGid++)

  /** Someone added on the consent page joins the first workspace. */
  function me(account: Account): User {
    const found = data.users.find(({ gid }) => gid === account.id)
    if (found) return found
    const made = {
      gid: account.id,
      name: account.name,
      email: account.email,
      workspaces: [asanaIds.fernhill],
    }
    data.users.push(made)
    return made
  }
  const sees = (call: Call, workspace: string) => me(call.account).workspaces.includes(workspace)

  const person = (gid: string | null): Json => {
    const found = data.users.find((one) => one.gid === gid)
    return found ? user(found) : null
  }
  const workspace = (gid: string): JsonObject => {
    const found = data.workspaces.find((one) => one.gid === gid)
    return { gid, resource_type: 'workspace', name: found?.name ?? '', is_organization: true }
  }
  const user = (one: User): JsonObject => ({
    gid: one.gid,
    resource_type: 'user',
    name: one.name,
    email: one.email,
    photo: null,
    workspaces: one.workspaces.map(workspace),
  })
  const project = (one: Project): JsonObject => ({
    gid: one.gid,
    resource_type: 'project',
    name: one.name,
    archived: one.archived,
    modified_at: one.modifiedAt,
    permalink_url: `https://app.asana.com/1/${one.workspace}/project/${one.gid}`,
    workspace: workspace(one.workspace),
  })
  const task = (one: Task): JsonObject => ({
    gid: one.gid,
    resource_type: 'task',
    resource_subtype: 'default_task',
    name: one.name,
    notes: one.notes,
    completed: one.completed,
    assignee: person(one.assignee),
    due_on: one.dueOn,
    created_at: one.createdAt,
    modified_at: one.modifiedAt,
    permalink_url: `https://app.asana.com/1/${one.workspace}/task/${one.gid}`,
    projects: data.projects.filter(({ gid }) => one.projects.includes(gid)).map(project),
    workspace: workspace(one.workspace),
  })
  const story = (one: Story): JsonObject => ({
    gid: one.gid,
    resource_type: 'story',
    resource_subtype: 'comment_added',
    type: 'comment',
    text: one.text,
    created_at: one.createdAt,
    created_by: person(one.by),
  })

  const withTask = (handle: (call: Call, found: Task) => Reply) => (call: Call) => {
    const found = data.tasks.find(({ gid }) => gid === call.params['gid'])
    return found && sees(call, found.workspace) ? handle(call, found) : unknown('task', call.params['gid'])
  }
  const withWorkspace = (handle: (call: Call, gid: string) => Reply) => (call: Call) => {
    const gid = call.params['gid'] ?? ''
    return sees(call, gid) ? handle(call, gid) : unknown('workspace', gid)
  }
  const openTask = (call: Call, one: Task) => {
    const since = call.asked.query.get('completed_since')
    return since ? !one.completed || (since !== 'now' && one.modifiedAt >= since) : true
  }

  function change(target: Task, given: JsonObject, account: Account): void {
    target.name = readString(given, 'name') ?? target.name
    target.notes = readString(given, 'notes') ?? target.notes
    if (typeof given['completed'] === 'boolean') target.completed = given['completed']
    if (given['due_on'] !== undefined) target.dueOn = readString(given, 'due_on') ?? null
    if (given['assignee'] !== undefined) {
      const wanted = readString(given, 'assignee')
      target.assignee = wanted === 'me' ? account.id : (wanted ?? null)
    }
    target.modifiedAt = now()
  }

  function addTask(call: Call): Reply {
    const given = readData(call)
    const projects = Array.isArray(given['projects'])
      ? data.projects.filter(({ gid }) => (given['projects'] as Json[]).includes(gid))
      : []
    const home = projects[0]?.workspace ?? readString(given, 'workspace')
    if (!home || !sees(call, home)) return fail(400, 'You should specify one of workspace, parent, projects')
    const made: Task = {
      gid: nextGid(),
      workspace: home,
      name: '',
      notes: '',
      completed: false,
      assignee: null,
      dueOn: null,
      projects: projects.map(({ gid }) => gid),
      createdAt: now(),
      modifiedAt: now(),
    }
    change(made, given, call.account)
    data.tasks.push(made)
    return item(call, task(made), 201)
  }

  function search(call: Call, gid: string): Reply {
    if (!data.workspaces.find((one) => one.gid === gid)?.paid)
      return fail(402, 'Search is only available to premium users.')
    const { query } = call.asked
    const text = (query.get('text') ?? '').toLowerCase()
    const assignees = query
      .get('assignee.any')
      ?.split(',')
      .map((one) => (one === 'me' ? call.account.id : one))
    const projects = query.get('projects.any')?.split(',')
    const after = query.get('modified_at.after') ?? ''
    const completed = query.get('completed')
    const found = data.tasks.filter(
      (one) =>
        one.workspace === gid &&
        `${one.name} ${one.notes}`.toLowerCase().includes(text) &&
        (!assignees || assignees.includes(one.assignee ?? '')) &&
        (!projects || one.projects.some((each) => projects.includes(each))) &&
        (completed === null || String(one.completed) === completed) &&
        one.modifiedAt > after,
    )
    return list(call, found.sort((a, b) => b.modifiedAt.localeCompare(a.modifiedAt)).map(task))
  }

  const may = (...scopes: string[]) => ({ scope: ['default', ...scopes] })
  const routes = [
    on('GET', '/api/1.0/users/me', (call) => item(call, user(me(call.account))), may('users:read')),
    on(
      'GET',
      '/api/1.0/workspaces',
      (call) => list(call, me(call.account).workspaces.map(workspace)),
      may('workspaces:read'),
    ),
    on(
      'GET',
      '/api/1.0/projects',
      (call) => {
        const [archived, home] = [call.asked.query.get('archived'), call.asked.query.get('workspace')]
        const found = data.projects.filter(
          (one) =>
            sees(call, one.workspace) &&
            (archived === null || String(one.archived) === archived) &&
            (home === null || one.workspace === home),
        )
        return list(call, found.map(project))
      },
      may('projects:read'),
    ),
    on(
      'GET',
      '/api/1.0/workspaces/:gid/projects',
      withWorkspace((call, gid) => {
        const archived = call.asked.query.get('archived')
        const found = data.projects.filter(
          (one) => one.workspace === gid && (archived === null || String(one.archived) === archived),
        )
        return list(call, found.map(project))
      }),
      may('projects:read'),
    ),
    on(
      'GET',
      '/api/1.0/workspaces/:gid/users',
      withWorkspace((call, gid) =>
        list(call, data.users.filter(({ workspaces }) => workspaces.includes(gid)).map(user)),
      ),
      may('users:read'),
    ),
    on('GET', '/api/1.0/workspaces/:gid/tasks/search', withWorkspace(search), may('tasks:read')),
    on(
      'GET',
      '/api/1.0/projects/:gid/tasks',
      (call) => {
        const found = data.projects.find(({ gid }) => gid === call.params['gid'])
        if (!found || !sees(call, found.workspace)) return unknown('project', call.params['gid'])
        const tasks = data.tasks.filter((one) => one.projects.includes(found.gid) && openTask(call, one))
        return list(call, tasks.map(task))
      },
      may('tasks:read'),
    ),
    on('POST', '/api/1.0/tasks', addTask, may('tasks:write')),
    on(
      'GET',
      '/api/1.0/tasks/:gid',
      withTask((call, found) => item(call, task(found))),
      may('tasks:read'),
    ),
    on(
      'PUT',
      '/api/1.0/tasks/:gid',
      withTask((call, found) => {
        change(found, readData(call), call.account)
        return item(call, task(found))
      }),
      may('tasks:write'),
    ),
    on(
      'GET',
      '/api/1.0/tasks/:gid/stories',
      withTask((call, found) => list(call, data.stories.filter((one) => one.task === found.gid).map(story))),
      may('stories:read'),
    ),
    on(
      'POST',
      '/api/1.0/tasks/:gid/stories',
      withTask((call, found) => {
        const text = readString(readData(call), 'text')
        if (!text) return fail(400, 'text: Missing input')
        const made = { gid: nextGid(), task: found.gid, by: call.account.id, text, createdAt: now() }
        data.stories.push(made)
        return item(call, story(made), 201)
      }),
      may('stories:write'),
    ),
    open('POST', '/-/oauth_revoke', ({ asked }) => {
      const given = readArguments(asked)
      if (
        given['client_id'] !== tools.client.client_id ||
        given['client_secret'] !== tools.client.client_secret
      )
        return json(400, { error: 'invalid_client', error_description: 'The client is not known.' })
      const token = tools.tokens.find(given['token'] ?? '')
      if (token?.use !== 'refresh')
        return json(400, { error: 'invalid_request', error_description: 'The token is no refresh token.' })
      tools.tokens.endGrant(token)
      return empty(200)
    }),
  ]

  return {
    accounts,
    oauth: {
      code: () => `1/${tools.random(16, '0123456789')}:${tools.random(32, HEX)}`,
      access: () => `1/${tools.random(16, '0123456789')}:${tools.random(32, HEX)}`,
      refresh: () =>
        `2/${tools.random(16, '0123456789')}/${tools.random(16, '0123456789')}:${tools.random(32, HEX)}`,
      lifetime: 3600,
      // Scopes are not told, the person is.
      answer: ({ tokens: { main }, account, grantType }) => {
        const { scopes: _, ...issued } = main ?? { scopes: [] }
        return json(200, {
          ...issued,
          token_type: 'bearer',
          data: { id: Number(account.id), gid: account.id, name: account.name, email: account.email },
          ...(grantType === 'authorization_code' && { id_token: null }),
        })
      },
    },
    routes,
    unauthorized: () => fail(401, 'Not Authorized'),
    forbidden: () => fail(403, 'You do not have access to this resource with the scopes of this token.'),
    notFound: () => fail(404, 'No matching route for request'),
    rateLimited: () => fail(429, 'Too many requests: wait before the next one.'),
    values: () => ({
      token: tools.hold({
        account: asanaIds.ada,
        make: (derive) => `2/${asanaIds.ada}/1209000000000001:${derive('pat', 32, HEX)}`,
      }),
    }),
  }
}

export default create

const HEX = '0123456789abcdef'

const fail = (status: number, message: string): Reply => json(status, { errors: [{ message, help: HELP }] })
const unknown = (what: string, gid: string | undefined) => fail(404, `${what}: Unknown object: ${gid ?? ''}`)

function readData({ asked }: Call): JsonObject {
  const given = readJson(asked)['data']
  return isObject(given) ? given : {}
}

/** One object with all its fields, objects within it compact; or what `opt_fields` names. */
function item(call: Call, full: JsonObject, status = 200): Reply {
  return json(status, { data: pick(full, readFields(call) ?? Object.keys(full)) })
}

/** Lists are compact unless `opt_fields` names more. */
function list(call: Call, full: JsonObject[]): Reply {
  const { query } = call.asked
  const fields = readFields(call) ?? ['name']
  const size = Number(query.get('limit') ?? 0)
  if (query.has('limit') && !(size >= 1 && size <= 100)) return fail(400, 'limit: Must be between 1 and 100')
  const start = Number(/^eyJ(\d+)$/.exec(query.get('offset') ?? 'eyJ0')?.[1])
  if (!Number.isInteger(start)) return fail(400, 'offset: Your pagination token is invalid.')
  const end = size ? start + size : full.length
  const more = end < full.length
  return json(200, {
    data: full.slice(start, end).map((one) => pick(one, fields)),
    ...(size && { next_page: more ? { offset: `eyJ${end}`, path: call.asked.path, uri: '' } : null }),
  })
}

function readFields({ asked }: Call): string[] | undefined {
  const given = asked.query.get('opt_fields')
  return given ? given.split(',').map((field) => field.trim()) : undefined
}

/** Dotted names reach into objects and lists; the gid is always told. */
function pick(from: JsonObject, fields: readonly string[]): JsonObject {
  const found: JsonObject = { gid: from['gid'] ?? '', resource_type: from['resource_type'] ?? '' }
  for (const name of new Set(fields.map((field) => field.split('.')[0] ?? ''))) {
    const value = from[name]
    if (value === undefined) continue
    const inner = fields
      .filter((field) => field.startsWith(`${name}.`))
      .map((field) => field.slice(name.length + 1))
    const narrow = (one: Json): Json => (isObject(one) ? pick(one, inner.length > 0 ? inner : ['name']) : one)
    found[name] = Array.isArray(value) ? value.map(narrow) : narrow(value)
  }
  return found
}
