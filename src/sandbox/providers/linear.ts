/** Linear: issues of a workspace over GraphQL. https://linear.app/developers/graphql */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill, quayside } from '../cast.ts'
import { execute, GraphqlProblem, GraphqlSyntaxProblem, type Value } from '../graphql.ts'
import { empty, isObject, json, type Reply, readArguments, readJson } from '../messages.ts'
import { type Account, type Call, type CreateStandIn, on, open, readString } from '../stand-in.ts'
import { connection, type Node } from '../worlds/linear-lists.ts'
import { type Comment, type Issue, linearIds, seedWorkspaces, type Workspace } from '../worlds/linear.ts'

type Data = { workspaces: Workspace[] }

const ACCESS_LIFETIME = 86_399
/** A refresh whose answer was lost may be repeated this long. */
const LEEWAY = 1800
const WINDOW_MS = 3_600_000
const HEX = '0123456789abcdef'

const accounts: readonly Account[] = [
  { id: linearIds.ada, name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: linearIds.bruno, name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: linearIds.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({ workspaces: seedWorkspaces(tools.now()) }))
  const now = () => new Date(tools.now()).toISOString()
  const uuid = () => tools.random(32, HEX).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

  function workspaceOf(account: Account): Workspace {
    const found = data.workspaces.find(({ name }) => name === account.detail) ?? data.workspaces[0]
    if (!found) throw new Error('the sandbox has no workspace')
    if (!found.users.some(({ id }) => id === account.id))
      found.users.push({ id: account.id, name: account.name, email: account.email })
    return found
  }

  function answer(call: Call): Reply {
    const { asked, account, token } = call
    const body = readJson(asked)
    const variables = body['variables']
    const may = (...scopes: string[]) => {
      if (token.use === 'static' || scopes.some((scope) => token.scopes.includes(scope))) return
      throw new GraphqlProblem(`Invalid scope: \`${scopes.at(-1)}\` required`, FORBIDDEN)
    }
    try {
      const found = execute({
        query: readString(body, 'query') ?? '',
        variables: isObject(variables) ? variables : {},
        operationName: readString(body, 'operationName'),
        roots: rootsOf(workspaceOf(account), account, may),
      })
      return json(200, { data: found })
    } catch (error) {
      if (error instanceof GraphqlSyntaxProblem) return fail(400, error.message, INVALID)
      if (!(error instanceof GraphqlProblem)) throw error
      const status = Number(error.extensions['statusCode'] ?? 400)
      return json(status, {
        errors: [{ message: error.message, extensions: error.extensions }],
        data: null,
      })
    }
  }

  function rootsOf(workspace: Workspace, account: Account, may: (...scopes: string[]) => void) {
    const { users, teams, projects, issues, comments, webhooks } = workspace
    const organization = (): Node => ({
      id: workspace.id,
      name: workspace.name,
      urlKey: workspace.urlKey,
      projectStatuses: [],
      allowedAuthServices: [],
      allowedFileUploadContentTypes: [],
      users: (args) => connection(users.map(user), args),
    })
    const user = (one: Workspace['users'][number]): Node => ({
      ...one,
      displayName: one.name.split(' ')[0]?.toLowerCase() ?? '',
      avatarUrl: null,
      active: true,
      admin: one === users[0],
      isMe: one.id === account.id,
      url: `https://linear.app/${workspace.urlKey}/profiles/${one.name.split(' ')[0]?.toLowerCase()}`,
      organization,
      assignedIssues: (args) =>
        connection(issues.filter(({ assignee }) => assignee === one.id).map(issue), args),
    })
    const team = (one: Workspace['teams'][number]): Node => ({
      id: one.id,
      key: one.key,
      name: one.name,
      issueCount: issues.filter((each) => each.team === one.id).length,
      states: (args) => connection(one.states, args),
      issues: (args) => connection(issues.filter((each) => each.team === one.id).map(issue), args),
    })
    const project = (one: Workspace['projects'][number]): Node => ({
      ...one,
      lead: find(users, one.lead, user),
      teams: (args) => connection(teams.filter(({ id }) => one.teams.includes(id)).map(team), args),
      url: `https://linear.app/${workspace.urlKey}/project/${one.id}`,
    })
    const comment = (one: Comment): Node => ({
      ...one,
      reactions: [],
      user: find(users, one.user, user),
      issue: () => find(issues, one.issue, issue)(),
    })
    const identifier = (one: Issue) => `${teams.find(({ id }) => id === one.team)?.key}-${one.number}`
    const issue = (one: Issue): Node => ({
      ...one,
      identifier: identifier(one),
      url: `https://linear.app/${workspace.urlKey}/issue/${identifier(one)}`,
      priorityLabel: ['No priority', 'Urgent', 'High', 'Medium', 'Low'][one.priority] ?? '',
      team: find(teams, one.team, team),
      state: () => teams.flatMap(({ states }) => states).find(({ id }) => id === one.state) ?? null,
      assignee: find(users, one.assignee, user),
      creator: find(users, one.creator, user),
      project: find(projects, one.project, project),
      labels: (args) => connection([], args),
      labelIds: [],
      reactions: [],
      previousIdentifiers: [],
      sharedAccess: {
        isShared: false,
        viewerHasOnlySharedAccess: false,
        sharedWithCount: 0,
        sharedWithUsers: [],
      },
      comments: (args) => connection(comments.filter((each) => each.issue === one.id).map(comment), args),
    })
    const named = (name: Json | undefined) => {
      const found = issues.find((one) => one.id === name || identifier(one) === name)
      if (!found) throw entityNotFound('Issue')
      return found
    }
    const listIssues = (args: JsonObject, chosen: readonly Issue[]) => {
      const key = args['orderBy'] === 'updatedAt' ? 'updatedAt' : 'createdAt'
      return connection([...chosen].sort((a, b) => b[key].localeCompare(a[key])).map(issue), args)
    }
    const change = (target: Issue, input: JsonObject): void => {
      target.title = readString(input, 'title') ?? target.title
      if (input['description'] !== undefined) target.description = readString(input, 'description') ?? null
      if (typeof input['priority'] === 'number') target.priority = input['priority']
      target.state = readString(input, 'stateId') ?? target.state
      if (input['assigneeId'] !== undefined) target.assignee = readString(input, 'assigneeId') ?? null
      if (input['projectId'] !== undefined) target.project = readString(input, 'projectId') ?? null
      target.updatedAt = now()
    }
    return {
      query: {
        viewer: () => find(users, account.id, user)(),
        organization,
        users: (args: JsonObject) => connection(users.map(user), args),
        user: ({ id }: JsonObject) => find(users, id === 'me' ? account.id : id, user)(),
        teams: (args: JsonObject) => connection(teams.map(team), args),
        team: ({ id }: JsonObject) => find(teams, id, team)(),
        projects: (args: JsonObject) => connection(projects.map(project), args),
        project: ({ id }: JsonObject) => find(projects, id, project)(),
        issues: (args: JsonObject) => listIssues(args, issues),
        issue: ({ id }: JsonObject) => issue(named(id)),
        searchIssues: (args: JsonObject) => {
          const term = (readString(args, 'term') ?? '').toLowerCase()
          return listIssues(
            args,
            issues.filter((one) =>
              `${identifier(one)} ${one.title} ${one.description}`.toLowerCase().includes(term),
            ),
          )
        },
        workflowState: ({ id }: JsonObject) =>
          teams.flatMap(({ states }) => states).find((one) => one.id === id) ?? null,
        comment: ({ id }: JsonObject) => find(comments, id, comment)(),
        workflowStates: (args: JsonObject) =>
          connection(
            teams.flatMap(({ states }) => states),
            args,
          ),
        webhooks: (args: JsonObject) => {
          may('admin')
          return connection(
            webhooks.map((one) => ({ ...one, enabled: true })),
            args,
          )
        },
      },
      mutation: {
        issueCreate: ({ input }: JsonObject) => {
          may('issues:create', 'write')
          const given = isObject(input) ? input : {}
          const of = teams.find(({ id }) => id === given['teamId'])
          if (!of) throw entityNotFound('Team')
          if (!readString(given, 'title'))
            throw new GraphqlProblem('Argument Validation Error - title must not be empty.', INVALID)
          const made: Issue = {
            id: uuid(),
            number: ++of.count,
            team: of.id,
            title: '',
            description: null,
            state: of.states[0]?.id ?? '',
            priority: 0,
            assignee: null,
            creator: account.id,
            project: null,
            createdAt: now(),
            updatedAt: now(),
          }
          change(made, given)
          issues.push(made)
          return { success: true, lastSyncId: tools.now(), issue: issue(made) }
        },
        issueUpdate: ({ id, input }: JsonObject) => {
          may('write')
          const target = named(id)
          change(target, isObject(input) ? input : {})
          return { success: true, lastSyncId: tools.now(), issue: issue(target) }
        },
        commentCreate: ({ input }: JsonObject) => {
          may('comments:create', 'write')
          const given = isObject(input) ? input : {}
          const made = {
            id: uuid(),
            issue: named(given['issueId']).id,
            user: account.id,
            body: readString(given, 'body') ?? '',
            createdAt: now(),
          }
          comments.push(made)
          return { success: true, lastSyncId: tools.now(), comment: comment(made) }
        },
        webhookCreate: ({ input }: JsonObject) => {
          may('admin')
          const given = isObject(input) ? input : {}
          const url = readString(given, 'url') ?? ''
          if (!url.startsWith('https://'))
            throw new GraphqlProblem('Argument Validation Error - url must be an https URL', INVALID)
          const types = given['resourceTypes']
          const made = {
            id: uuid(),
            url,
            label: readString(given, 'label') ?? null,
            resourceTypes: Array.isArray(types) ? types.filter((one) => typeof one === 'string') : [],
            createdAt: now(),
          }
          webhooks.push(made)
          return { success: true, lastSyncId: tools.now(), webhook: { ...made, enabled: true } }
        },
        webhookDelete: ({ id }: JsonObject) => {
          may('admin')
          const at = webhooks.findIndex((one) => one.id === id)
          if (at < 0) throw entityNotFound('Webhook')
          webhooks.splice(at, 1)
          return { success: true, lastSyncId: tools.now() }
        },
      },
    }
  }

  /** Either token ends what this person granted the application. */
  function revoke(call: { asked: Call['asked'] }): Reply {
    const given = readArguments(call.asked)
    const bearer = /^Bearer (\S+)$/.exec(call.asked.headers.authorization ?? '')?.[1]
    const token = tools.tokens.find(
      given['refresh_token'] ?? given['access_token'] ?? given['token'] ?? bearer ?? '',
    )
    if (token?.provider !== tools.provider.id || token.use === 'static')
      return json(401, {
        error: 'invalid_request',
        error_description: 'Unable to authenticate with the token',
      })
    if (token.ended)
      return json(400, { error: 'invalid_request', error_description: 'Token already revoked' })
    tools.tokens.endGrant(token)
    return empty(200)
  }

  return {
    accounts,
    hosts: ['api.linear.app', 'linear.app'],
    createAccount: (person) => ({ ...person, id: uuid(), detail: fernhill.name }),
    oauth: {
      code: () => tools.random(40, HEX),
      access: () => `lin_oauth_${tools.random(64, HEX)}`,
      refresh: () => `lin_refresh_${tools.random(64, HEX)}`,
      lifetime: ACCESS_LIFETIME,
      leeway: LEEWAY,
      fixedScopes: ['read'],
      // Asked for with commas, answered with spaces.
      answer: ({ tokens: { main } }) => {
        const { scopes = [], ...issued } = main ?? {}
        return json(200, { ...issued, token_type: 'Bearer', scope: scopes.join(' ') })
      },
    },
    // A personal key stands alone, an access token behind the word Bearer.
    readCredential: ({ headers: { authorization = '' } }) =>
      /^(lin_api_\w+)$/.exec(authorization)?.[1] ?? /^Bearer (lin_oauth_\w+)$/.exec(authorization)?.[1],
    routes: [on('POST', '/graphql', answer), open('POST', '/oauth/revoke', revoke)],
    headers: () => ({
      'x-ratelimit-requests-limit': '5000',
      'x-ratelimit-requests-remaining': '4990',
      'x-ratelimit-requests-reset': String(tools.now() + WINDOW_MS),
    }),
    unauthorized: () =>
      fail(401, 'Authentication required, not authenticated', {
        type: 'authentication error',
        code: 'AUTHENTICATION_ERROR',
        statusCode: 401,
        userError: true,
        userPresentableMessage: 'You need to authenticate to access this operation.',
      }),
    forbidden: ({ scope }) => fail(403, `Invalid scope: \`${scope[0] ?? ''}\` required`, FORBIDDEN),
    notFound: () => json(404, { error: 'Not found' }),
    rateLimited: (retryAfter) => ({
      ...fail(400, 'Rate limit exceeded.', { type: 'ratelimited', code: 'RATELIMITED', statusCode: 400 }),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-ratelimit-requests-remaining': '0',
        'x-ratelimit-requests-reset': String(tools.now() + retryAfter * 1000),
      },
    }),
    values: () => ({
      apiKey: tools.hold({ account: linearIds.ada, make: (derive) => `lin_api_${derive('key', 40)}` }),
    }),
  }
}

export default create

const FORBIDDEN = { type: 'forbidden', code: 'FORBIDDEN', statusCode: 403, userError: true }
const INVALID = { type: 'invalid input', code: 'INVALID_INPUT', statusCode: 400, userError: true }

const fail = (status: number, message: string, extensions: JsonObject): Reply =>
  json(status, { errors: [{ message, extensions }] })

const entityNotFound = (what: string) =>
  new GraphqlProblem(`Entity not found: ${what}`, {
    type: 'invalid input',
    code: 'INPUT_ERROR',
    statusCode: 400,
    userError: true,
    userPresentableMessage: `Could not find referenced ${what}.`,
  })

function find<T extends { id: string }>(
  list: readonly T[],
  id: Json | undefined,
  write: (one: T) => Node,
): () => Value {
  return () => {
    const found = list.find((one) => one.id === id)
    return found ? write(found) : null
  }
}
