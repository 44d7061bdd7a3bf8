/** Jira Cloud: sites reached through one gateway, or by API token on the site. https://developer.atlassian.com/cloud/jira */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { fernhill } from '../cast.ts'
import { type OnSite, type Play, playAtlassian } from '../families/atlassian.ts'
import { empty, isObject, json, type Reply, readJson } from '../messages.ts'
import { readString, type Route } from '../stand-in.ts'
import { crowd, USUAL } from '../worlds/crowd.ts'
import { crowdBoards, crowdProject, type Issue, jiraTime, type Site } from '../worlds/jira.ts'
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

function playJira({ tools, both }: Play): Route[] {
  const many = () => crowd(tools.settings().crowd ?? USUAL)
  // The first site is the one that grew.
  const hasMany = (site: Site) => site.slug === fernhill.slug
  const projectsOf = (site: Site) => [...site.projects, ...(hasMany(site) ? many().map(crowdProject) : [])]
  const boardsOf = (site: Site) => [...site.boards, ...(hasMany(site) ? crowdBoards(many()) : [])]
  const work = ['read:jira-work']
  const write = ['write:jira-work']
  const routes: Route[] = [
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
        const found = projectsOf(call.site).filter(
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
        const found = projectsOf(site).find(({ key, id }) => key === params['key'] || id === params['key'])
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
          boardsOf(call.site)
            .filter((one) => !wanted || one.project === wanted)
            .map((one) => {
              const found = projectsOf(call.site).find(({ key }) => key === one.project)
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

  return routes
}

export default playAtlassian('jira', playJira)

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
