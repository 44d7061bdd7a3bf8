/** Jira Cloud: sites reached through one gateway, or by API token on the site. https://developer.atlassian.com/cloud/jira */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { cast, fernhill } from '../cast.ts'
import { type Asked, empty, isObject, json, type Reply, readArguments, readJson } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  open,
  readString,
  type Route,
  type TokenProblem,
} from '../stand-in.ts'
import { type Issue, jiraIds, jiraTime, seedSites, type Site } from '../worlds/jira.ts'
import {
  comment,
  issue,
  project,
  readDocument,
  self,
  TRANSITIONS,
  transition,
  user,
} from '../worlds/jira-shapes.ts'
import { parseJql } from '../worlds/jql.ts'

type Data = { sites: Site[] }
type OnSite = Call & { site: Site }

const PROBLEMS: Readonly<Record<TokenProblem, readonly [number, string, string]>> = {
  bad_format: [400, 'invalid_request', 'The request is malformed.'],
  bad_client: [401, 'access_denied', 'Unauthorized'],
  bad_code: [403, 'invalid_grant', 'Invalid authorization code'],
  used_code: [403, 'invalid_grant', 'Invalid authorization code'],
  expired_code: [403, 'invalid_grant', 'Invalid authorization code'],
  bad_redirect_uri: [403, 'invalid_grant', 'Invalid redirect_uri'],
  bad_verifier: [403, 'invalid_grant', 'Failed to verify code verifier'],
  bad_refresh_token: [403, 'unauthorized_client', 'refresh_token is invalid'],
  bad_grant_type: [403, 'unauthorized_client', 'Grant type not allowed for the client.'],
}
/** A used refresh token may be repeated this long. */
const LEEWAY = 600
const REFRESH_LIFETIME = 90 * 86_400

const accounts: readonly Account[] = [
  { id: jiraIds.ada, name: cast.ada.name, email: cast.ada.email, detail: 'two sites' },
  { id: jiraIds.bruno, name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: jiraIds.dmitri, name: cast.dmitri.name, email: cast.dmitri.email, detail: 'Quayside Studio' },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => ({ sites: seedSites(tools.now()) }))
  const sitesOf = (account: Account): Site[] => {
    const found = data.sites.filter(({ users }) => users.some(({ id }) => id === account.id))
    if (found.length > 0) return found
    // Someone added on the consent page joins the first site.
    const first = data.sites[0] as Site
    first.users.push({ id: account.id, name: account.name, email: account.email })
    return [first]
  }

  /** The same call through the gateway of OAuth apps, and on the site itself for API tokens. */
  function both(
    method: string,
    path: string,
    handle: (call: OnSite) => Reply,
    scope: readonly string[],
  ): Route[] {
    return [
      on(
        method,
        `/ex/jira/:cloudId${path}`,
        (call) => {
          if (call.token.use === 'static') return unauthorized()
          const site = sitesOf(call.account).find(({ cloudId }) => cloudId === call.params['cloudId'])
          return site && call.token.picked.includes(site.cloudId)
            ? handle({ ...call, site })
            : json(404, { code: 404, message: 'Not Found' })
        },
        { scope },
      ),
      on(
        method,
        path,
        (call) => {
          if (call.token.use !== 'static')
            return json(403, { error: 'Failed to parse Connect Session Auth Token' })
          const site = data.sites.find(({ slug }) => slug === call.params['site'])
          return site
            ? handle({ ...call, site })
            : json(404, { errorMessage: 'Site temporarily unavailable' })
        },
        { host: '{site}.atlassian.net' },
      ),
    ]
  }

  const work = ['read:jira-work']
  const write = ['write:jira-work']
  const routes: Route[] = [
    on('GET', '/oauth/token/accessible-resources', ({ account, token }) =>
      json(
        200,
        sitesOf(account)
          .filter(({ cloudId }) => token.picked.includes(cloudId))
          .map((site) => ({
            id: site.cloudId,
            url: `https://${site.slug}.atlassian.net`,
            name: site.slug,
            scopes: token.scopes.filter((scope) => scope !== 'offline_access'),
            avatarUrl: `https://site-admin-avatar-cdn.prod.public.atl-paas.net/avatars/240/${site.slug}.png`,
          })),
      ),
    ),
    open('POST', '/oauth/revoke', ({ asked }) => revoke(asked), { host: 'auth.atlassian.com' }),
    ...both(
      'GET',
      '/rest/api/3/myself',
      ({ account, site }) =>
        json(200, {
          ...user(account.id, site),
          locale: 'en_GB',
          expand: 'groups,applicationRoles',
          groups: { size: 1, items: [] },
          applicationRoles: { size: 1, items: [] },
        }),
      ['read:jira-user'],
    ),
    ...both(
      'GET',
      '/rest/api/3/serverInfo',
      ({ site }) =>
        json(200, {
          baseUrl: `https://${site.slug}.atlassian.net`,
          deploymentType: 'Cloud',
          serverTitle: site.name,
        }),
      work,
    ),
    ...both(
      'GET',
      '/rest/api/3/project/search',
      (call) => {
        const query = (call.asked.query.get('query') ?? '').toLowerCase()
        const keys = call.asked.query.getAll('keys')
        const found = call.site.projects.filter(
          ({ key, name }) =>
            `${key} ${name}`.toLowerCase().includes(query) && (keys.length === 0 || keys.includes(key)),
        )
        return pageBean(
          call,
          found.map((one) => project(one, call.site)),
        )
      },
      work,
    ),
    ...both(
      'GET',
      '/rest/api/3/project/:key',
      ({ site, params }) => {
        const found = site.projects.find(({ key, id }) => key === params['key'] || id === params['key'])
        return found
          ? json(200, project(found, site))
          : missing(`No project could be found with key '${params['key']}'.`)
      },
      work,
    ),
    ...both(
      'GET',
      '/rest/api/3/search/jql',
      (call) => search(call, Object.fromEntries(call.asked.query)),
      work,
    ),
    ...both('POST', '/rest/api/3/search/jql', (call) => search(call, readJson(call.asked)), work),
    ...both(
      'POST',
      '/rest/api/3/search/approximate-count',
      (call) => {
        const query = parseJql(readString(readJson(call.asked), 'jql') ?? '', context(call))
        return query ? json(200, { count: call.site.issues.filter(query.matches).length }) : badJql()
      },
      work,
    ),
    ...both(
      'GET',
      '/rest/api/3/search',
      () =>
        json(410, {
          errorMessages: [
            'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.',
          ],
          errors: {},
        }),
      work,
    ),
    ...both('POST', '/rest/api/3/issue', (call) => createIssue(call), write),
    ...both(
      'GET',
      '/rest/api/3/issue/:key',
      (call) =>
        withIssue(call, (found) =>
          json(200, issue(found, call.site, readFields(call.asked.query.get('fields')))),
        ),
      work,
    ),
    ...both(
      'PUT',
      '/rest/api/3/issue/:key',
      (call) => withIssue(call, (found) => editIssue(call, found)),
      write,
    ),
    ...both(
      'GET',
      '/rest/api/3/issue/:key/transitions',
      (call) =>
        withIssue(call, () => json(200, { expand: 'transitions', transitions: TRANSITIONS.map(transition) })),
      work,
    ),
    ...both(
      'POST',
      '/rest/api/3/issue/:key/transitions',
      (call) =>
        withIssue(call, (found) => {
          const wanted = readJson(call.asked)['transition']
          const to = TRANSITIONS.find(({ id }) => isObject(wanted) && wanted['id'] === id)
          if (!to)
            return json(400, { errorMessages: ['Transition id is not valid for this issue.'], errors: {} })
          found.status = to.name
          found.updated = jiraTime(tools.now())
          return empty(204)
        }),
      write,
    ),
    ...both(
      'GET',
      '/rest/api/3/issue/:key/comment',
      (call) =>
        withIssue(call, (found) => {
          const comments = call.site.comments
            .filter((one) => one.issue === found.key)
            .map((one) => comment(one, call.site))
          return json(200, { startAt: 0, maxResults: 5000, total: comments.length, comments })
        }),
      work,
    ),
    ...both(
      'POST',
      '/rest/api/3/issue/:key/comment',
      (call) =>
        withIssue(call, (found) => {
          const text = readDocument(readJson(call.asked)['body'])
          if (!text) return json(400, { errorMessages: ['Comment body is not valid!'], errors: {} })
          const made = {
            id: String(call.site.nextId++),
            issue: found.key,
            author: call.account.id,
            text,
            at: jiraTime(tools.now()),
          }
          call.site.comments.push(made)
          return json(201, comment(made, call.site))
        }),
      write,
    ),
    ...both(
      'GET',
      '/rest/api/3/user/assignable/search',
      ({ asked, site }) => {
        const query = (asked.query.get('query') ?? '').toLowerCase()
        return json(
          200,
          site.users
            .filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(query))
            .map(({ id }) => user(id, site)),
        )
      },
      ['read:jira-user'],
    ),
    ...both(
      'GET',
      '/rest/agile/1.0/board',
      (call) => {
        const wanted = call.asked.query.get('projectKeyOrId')
        return pageBean(
          call,
          call.site.boards
            .filter((one) => !wanted || one.project === wanted)
            .map((one) => {
              const found = call.site.projects.find(({ key }) => key === one.project)
              return {
                id: one.id,
                self: self(call.site, `/rest/agile/1.0/board/${one.id}`),
                name: one.name,
                type: one.type,
                isPrivate: false,
                ...(found && {
                  location: {
                    projectId: Number(found.id),
                    displayName: `${found.name} (${found.key})`,
                    projectName: found.name,
                    projectKey: found.key,
                    projectTypeKey: 'software',
                    name: `${found.name} (${found.key})`,
                  },
                }),
              }
            }),
        )
      },
      ['read:board-scope:jira-software'],
    ),
    ...both(
      'GET',
      '/rest/agile/1.0/board/:board/sprint',
      (call) => {
        const states = call.asked.query.get('state')?.split(',')
        return pageBean(
          call,
          call.site.sprints
            .filter(
              (one) => String(one.board) === call.params['board'] && (!states || states.includes(one.state)),
            )
            .map((one) => ({
              id: one.id,
              self: self(call.site, `/rest/agile/1.0/sprint/${one.id}`),
              state: one.state,
              name: one.name,
              startDate: one.start,
              endDate: one.end,
              originBoardId: one.board,
            })),
        )
      },
      ['read:sprint:jira-software'],
    ),
    ...both(
      'GET',
      '/rest/agile/1.0/board/:board/sprint/:sprint/issue',
      ({ site, params }) => {
        const issues = site.issues
          .filter((one) => String(one.sprint) === params['sprint'])
          .map((one) => issue(one, site))
        return json(200, { expand: 'schema,names', startAt: 0, maxResults: 50, total: issues.length, issues })
      },
      ['read:issue-details:jira'],
    ),
  ]

  const context = ({ site, account }: OnSite) => ({ site, me: account.id, now: tools.now() })

  function search(call: OnSite, input: JsonObject): Reply {
    const jql = readString(input, 'jql') ?? ''
    const query = parseJql(jql, context(call))
    if (!query) return badJql()
    if (jql.replace(/\s*order by.*$/i, '').trim() === '') {
      return json(400, {
        errorMessages: [
          'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.',
        ],
        errors: {},
      })
    }
    const size = Math.min(Number(input['maxResults'] ?? 50) || 50, 100)
    const start = Number(input['nextPageToken'] ?? 0) || 0
    const found = call.site.issues.filter(query.matches).sort(query.order)
    const fields = readFields(input['fields'])
    const isLast = start + size >= found.length
    return json(200, {
      issues: found.slice(start, start + size).map((one) => issue(one, call.site, fields)),
      isLast,
      ...(!isLast && { nextPageToken: String(start + size) }),
    })
  }

  function withIssue({ site, params }: OnSite, handle: (found: Issue) => Reply): Reply {
    const found = site.issues.find(
      ({ key, id }) => key === params['key']?.toUpperCase() || id === params['key'],
    )
    return found ? handle(found) : missing('Issue does not exist or you do not have permission to see it.')
  }

  function createIssue({ asked, site, account }: OnSite): Reply {
    const fields = readJson(asked)['fields']
    const given = isObject(fields) ? fields : {}
    const wanted = isObject(given['project']) ? given['project'] : {}
    const found = site.projects.find(({ key, id }) => key === wanted['key'] || id === wanted['id'])
    const summary = readString(given, 'summary')
    const errors: JsonObject = {
      ...(!found && { project: 'valid project is required' }),
      ...(!summary && { summary: 'You must specify a summary of the issue.' }),
    }
    if (!found || !summary) return json(400, { errorMessages: [], errors })
    const numbers = site.issues
      .filter(({ project: key }) => key === found.key)
      .map(({ key }) => Number(key.split('-')[1]))
    const made: Issue = {
      id: String(site.nextId++),
      key: `${found.key}-${Math.max(0, ...numbers) + 1}`,
      project: found.key,
      type:
        (['Story', 'Bug', 'Task'] as const).find(
          (name) => isObject(given['issuetype']) && given['issuetype']['name'] === name,
        ) ?? 'Task',
      summary,
      description: readDocument(given['description']),
      status: 'To Do',
      priority: 'Medium',
      assignee: readAccountId(given['assignee']),
      reporter: account.id,
      labels: Array.isArray(given['labels'])
        ? given['labels'].filter((label) => typeof label === 'string')
        : [],
      sprint: null,
      created: jiraTime(tools.now()),
      updated: jiraTime(tools.now()),
    }
    site.issues.push(made)
    return json(201, { id: made.id, key: made.key, self: self(site, `/rest/api/3/issue/${made.id}`) })
  }

  function editIssue({ asked }: OnSite, found: Issue): Reply {
    const fields = readJson(asked)['fields']
    const given = isObject(fields) ? fields : {}
    found.summary = readString(given, 'summary') ?? found.summary
    if (given['description'] !== undefined) found.description = readDocument(given['description'])
    if (given['assignee'] !== undefined) found.assignee = readAccountId(given['assignee'])
    if (Array.isArray(given['labels']))
      found.labels = given['labels'].filter((label) => typeof label === 'string')
    if (isObject(given['priority'])) found.priority = readString(given['priority'], 'name') ?? found.priority
    found.updated = jiraTime(tools.now())
    return empty(204)
  }

  /** Undocumented for these apps; it ends the grant where the client proves itself. */
  function revoke(asked: Asked): Reply {
    const { client_id, client_secret, token } = readArguments(asked)
    if (client_id !== tools.client.client_id || client_secret !== tools.client.client_secret)
      return json(401, { error: 'access_denied', error_description: 'Unauthorized' })
    const found = tools.tokens.find(token ?? '')
    if (found && found.client === client_id) tools.tokens.endGrant(found)
    return empty(200)
  }

  const basicSecret = {
    account: jiraIds.ada,
    facts: { kind: 'api-token' },
    make: (derive: typeof tools.derive) =>
      `ATATT3xFfGF0${derive('token', 180)}=${derive('sum', 8, '0123456789ABCDEF')}`,
    present: (secret: string) => `${cast.ada.email}:${secret}`,
  }

  return {
    accounts,
    createAccount: (person) => ({
      ...person,
      id: `712020:${tools.random(36, '0123456789abcdef')}`,
      detail: fernhill.name,
    }),
    choices: (account) => ({
      legend: 'Sites',
      options: sitesOf(account).map((site) => ({
        value: site.cloudId,
        label: site.name,
        hint: `${site.slug}.atlassian.net`,
      })),
    }),
    hosts: ['api.atlassian.com', 'auth.atlassian.com', '{site}.atlassian.net'],
    oauth: {
      code: () => tools.random(64),
      access: ({ account, scopes, expiresAt }) =>
        token({
          sub: account.id,
          scope: scopes.join(' '),
          exp: Math.floor((expiresAt ?? tools.now()) / 1000),
          aud: tools.client.client_id,
        }),
      refresh: () => token({ pfid: tools.random(12), aud: tools.client.client_id }),
      lifetime: 3600,
      refreshLifetime: REFRESH_LIFETIME,
      leeway: LEEWAY,
      offline: ({ scopes }) => scopes.includes('offline_access'),
      denial: { error_description: 'User did not authorize the request' },
      answer: ({ tokens: { main } }) => {
        const { scopes = [], ...issued } = main ?? {}
        return json(200, { ...issued, token_type: 'Bearer', scope: scopes.join(' ') })
      },
      failure: (problem) => {
        const [status, error, error_description] = PROBLEMS[problem]
        return json(status, { error, error_description })
      },
    },
    routes,
    unauthorized,
    forbidden: () => json(401, { code: 401, message: 'Unauthorized; scope does not match' }),
    notFound: () => json(404, { code: 404, message: 'Not Found' }),
    rateLimited: () => json(429, { code: 429, message: 'Rate limit exceeded' }),
    values: () => ({ site: fernhill.slug, email: cast.ada.email, apiToken: tools.hold(basicSecret) }),
  }

  /** Access and refresh tokens look like JWTs. */
  function token(claims: JsonObject): string {
    const part = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url')
    return `${part({ kid: 'sandbox', alg: 'RS256' })}.${part({ jti: tools.random(22), iss: 'https://auth.atlassian.com', ...claims })}.${tools.random(86)}`
  }
}

export default create

const unauthorized = () => json(401, { code: 401, message: 'Unauthorized' })
const missing = (message: string) => json(404, { errorMessages: [message], errors: {} })
const badJql = () =>
  json(400, { errorMessages: ['Error in the JQL Query: it is not one that can be answered.'], errors: {} })

function readAccountId(value: Json | undefined): string | null {
  return isObject(value) ? (readString(value, 'id') ?? readString(value, 'accountId') ?? null) : null
}

function readFields(value: Json | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return value.split(',')
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined
}

function pageBean({ asked, site }: OnSite, items: JsonObject[]): Reply {
  const maxResults = Math.min(Number(asked.query.get('maxResults') ?? 50) || 50, 100)
  const startAt = Number(asked.query.get('startAt') ?? 0) || 0
  const values = items.slice(startAt, startAt + maxResults)
  return json(200, {
    self: self(site, asked.path),
    maxResults,
    startAt,
    total: items.length,
    isLast: startAt + values.length >= items.length,
    values,
  })
}
