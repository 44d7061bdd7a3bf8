/** How Jira writes down what is on a site. https://developer.atlassian.com/cloud/jira/platform/rest/v3 */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { isObject } from '../messages.ts'
import { readString } from '../stand-in.ts'
import type { Issue, Project, Site } from './jira.ts'

export const TRANSITIONS = [
  { id: '11', name: 'To Do', category: 'new' },
  { id: '21', name: 'In Progress', category: 'indeterminate' },
  { id: '31', name: 'Done', category: 'done' },
] as const

export const self = (site: Site, path: string) => `https://api.atlassian.com/ex/jira/${site.cloudId}${path}`

export function user(id: string, site: Site): JsonObject {
  const found = site.users.find((one) => one.id === id)
  return {
    self: self(site, `/rest/api/3/user?accountId=${id}`),
    accountId: id,
    accountType: 'atlassian',
    emailAddress: found?.email ?? '',
    displayName: found?.name ?? 'Former user',
    active: true,
    timeZone: 'Europe/London',
    avatarUrls: Object.fromEntries(
      ['16x16', '24x24', '32x32', '48x48'].map((size) => [
        size,
        `https://avatar-management--avatars.us-west-2.prod.public.atl-paas.net/${size}.png`,
      ]),
    ),
  }
}

export function project(one: Project, site: Site): JsonObject {
  return {
    expand: 'description,lead',
    self: self(site, `/rest/api/3/project/${one.id}`),
    id: one.id,
    key: one.key,
    name: one.name,
    projectTypeKey: 'software',
    simplified: false,
    style: 'classic',
    isPrivate: one.private ?? false,
    ...(one.archived && { archived: true }),
    lead: user(one.lead, site),
    properties: {},
  }
}

export function transition({ id, name }: (typeof TRANSITIONS)[number]): JsonObject {
  return {
    id,
    name,
    to: status(name),
    hasScreen: false,
    isGlobal: true,
    isInitial: false,
    isConditional: false,
    isLooped: false,
  }
}

function status(name: Issue['status']): JsonObject {
  const { id, category } = TRANSITIONS.find((one) => one.name === name) ?? TRANSITIONS[0]
  return {
    self: '',
    description: '',
    iconUrl: '',
    name,
    id: `100${id}`,
    statusCategory: { self: '', id: Number(id), key: category, colorName: 'blue-gray', name },
  }
}

export function issue(one: Issue, site: Site, wanted?: readonly string[]): JsonObject {
  const found = site.projects.find(({ key }) => key === one.project)
  const sprint = site.sprints.find(({ id }) => id === one.sprint)
  const all: JsonObject = {
    summary: one.summary,
    status: status(one.status),
    issuetype: {
      self: '',
      id: String(one.type.length),
      name: one.type,
      subtask: false,
      description: '',
      iconUrl: '',
    },
    project: found ? project(found, site) : null,
    priority: { self: '', iconUrl: '', name: one.priority, id: '3' },
    assignee: one.assignee ? user(one.assignee, site) : null,
    reporter: user(one.reporter, site),
    labels: one.labels,
    description: one.description ? document(one.description) : null,
    created: one.created,
    updated: one.updated,
    customfield_10020: sprint
      ? [
          {
            id: sprint.id,
            name: sprint.name,
            state: sprint.state,
            boardId: sprint.board,
            goal: '',
            startDate: sprint.start,
            endDate: sprint.end,
          },
        ]
      : null,
  }
  const fields =
    !wanted || wanted.includes('*all') || wanted.includes('*navigable')
      ? all
      : Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)))
  return {
    expand: 'renderedFields,names,schema,operations',
    id: one.id,
    self: self(site, `/rest/api/3/issue/${one.id}`),
    key: one.key,
    fields,
  }
}

export function comment(one: Site['comments'][number], site: Site): JsonObject {
  return {
    self: self(site, `/rest/api/3/issue/${one.issue}/comment/${one.id}`),
    id: one.id,
    author: user(one.author, site),
    updateAuthor: user(one.author, site),
    body: document(one.text),
    created: one.at,
    updated: one.at,
    jsdPublic: true,
  }
}

/** Atlassian Document Format, of paragraphs alone. */
function document(text: string): JsonObject {
  return {
    type: 'doc',
    version: 1,
    content: text
      .split('\n')
      .map((line) => ({ type: 'paragraph', content: line ? [{ type: 'text', text: line }] : [] })),
  }
}

export function readDocument(value: Json | undefined): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(readDocument).filter(Boolean).join('\n')
  if (!isObject(value)) return ''
  if (value['type'] === 'text') return readString(value, 'text') ?? ''
  return Array.isArray(value['content'])
    ? value['content']
        .map(readDocument)
        .filter(Boolean)
        .join(value['type'] === 'doc' ? '\n' : '')
    : ''
}
