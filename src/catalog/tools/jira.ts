import type { Json, JsonObject } from '../define.ts'
import {
  choice,
  cursor,
  defineTools,
  identifier,
  integer,
  list,
  object,
  opt,
  pageSize,
  prose,
  text,
} from '../define-tools.ts'
import { composeDocument } from '../messages.ts'

const read = [['read:jira-work']]
const write = [['write:jira-work']]
const key = identifier('Key or id of the issue, for example WEB-12.', { maxLength: 100 })
const offset = {
  start_at: opt(integer('How many to skip.', { minimum: 0, default: 0 })),
  max_results: pageSize(100),
}
const byOffset = { by: 'offset', input: 'start_at' } as const
const query = { startAt: '{start_at}', maxResults: '{max_results}' }
const fields = opt(
  list('Names of the fields to return.', text('', { maxLength: 100 }), {
    maxItems: 50,
    default: ['summary', 'status', 'assignee', 'priority', 'updated'],
  }),
)
const content = {
  summary: text('Title of the issue.', { maxLength: 255, pattern: '^[^\\r\\n]*$' }),
  description: opt(prose('Description, as plain text; an empty line begins a paragraph.')),
  assignee_id: opt(identifier('Account id of the person it is assigned to.')),
  priority: opt(text('Name of the priority.', { maxLength: 100 })),
  labels: opt(list('Labels, without spaces.', text('', { maxLength: 255, pattern: '^\\S+$' }))),
  other_fields: opt(object('Further fields by their ids, for example customfield_10020.')),
}

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-post */
function composeFields(input: JsonObject): JsonObject {
  const { project_key, issue_type, summary, description, assignee_id, priority, labels, other_fields } = input
  const document = composeDocument(description)
  const given: Record<string, Json | undefined> = {
    ...(typeof other_fields === 'object' && !Array.isArray(other_fields) ? other_fields : {}),
    project: project_key === undefined ? undefined : { key: project_key },
    issuetype: issue_type === undefined ? undefined : { name: issue_type },
    summary,
    description: document,
    assignee: assignee_id === undefined ? undefined : { id: assignee_id },
    priority: priority === undefined ? undefined : { name: priority },
    labels,
  }
  return {
    fields: Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as JsonObject,
  }
}

export default defineTools({
  id: 'jira',
  name: 'Jira',
  summary: 'Finds, files, edits and moves issues, comments on them, and reads projects, boards and sprints.',
  tools: [
    {
      name: 'jira_search',
      title: 'Search issues',
      description:
        'Finds issues with JQL, for example "project = WEB AND status != Done ORDER BY updated DESC"; the query has to narrow what is searched.',
      risk: 'read',
      scopes: read,
      input: {
        jql: text('The query, in JQL.', { maxLength: 5000 }),
        fields,
        max_results: pageSize(100),
        next_page_token: cursor('The nextPageToken of the answer before.'),
      },
      http: {
        method: 'POST',
        path: '/rest/api/3/search/jql',
        body: {
          json: {
            jql: '{jql}',
            fields: '{fields}',
            maxResults: '{max_results}',
            nextPageToken: '{next_page_token}',
          },
        },
      },
      pagination: { by: 'cursor', input: 'next_page_token', at: 'nextPageToken' },
    },
    {
      name: 'jira_get_issue',
      title: 'Read an issue',
      description: 'Reads one issue: its fields, description, people and links.',
      risk: 'read',
      scopes: read,
      input: {
        key,
        expand: opt(
          list('What to add.', choice('', ['renderedFields', 'changelog', 'transitions']), { maxItems: 3 }),
        ),
      },
      http: { method: 'GET', path: '/rest/api/3/issue/{key}', query: { expand: '{expand|,}' } },
    },
    {
      name: 'jira_create_issue',
      title: 'Create an issue',
      description: 'Files a new issue in a project and returns its key.',
      risk: 'write',
      scopes: write,
      input: {
        project_key: identifier('Key of the project, for example WEB.', { maxLength: 50 }),
        issue_type: text('Name of the type, for example Task or Bug.', { maxLength: 100 }),
        ...content,
      },
      compose: composeFields,
      http: { method: 'POST', path: '/rest/api/3/issue', body: { json: { fields: '{fields}' } } },
    },
    {
      name: 'jira_update_issue',
      title: 'Edit an issue',
      description: 'Changes fields of an issue: title, description, person, priority, labels or others.',
      risk: 'write',
      scopes: write,
      input: { key, ...content, summary: opt(content.summary) },
      compose: composeFields,
      http: { method: 'PUT', path: '/rest/api/3/issue/{key}', body: { json: { fields: '{fields}' } } },
      note: 'A label list that is given replaces the one that is there.',
    },
    {
      name: 'jira_list_transitions',
      title: 'List where an issue can be moved',
      description:
        'Lists the transitions that are open to an issue now, with their ids and the status each leads to.',
      risk: 'read',
      scopes: read,
      input: { key },
      http: { method: 'GET', path: '/rest/api/3/issue/{key}/transitions' },
    },
    {
      name: 'jira_transition',
      title: 'Move an issue',
      description: 'Moves an issue to another status by a transition that jira_list_transitions named.',
      risk: 'write',
      scopes: write,
      input: { key, transition_id: identifier('Id of the transition.', { maxLength: 20 }) },
      http: {
        method: 'POST',
        path: '/rest/api/3/issue/{key}/transitions',
        body: { json: { transition: { id: '{transition_id}' } } },
      },
    },
    {
      name: 'jira_add_comment',
      title: 'Comment on an issue',
      description: 'Adds a comment to an issue.',
      risk: 'write',
      scopes: write,
      input: { key, body: prose('Text of the comment; an empty line begins a paragraph.') },
      compose: ({ body }) => ({ document: composeDocument(body) ?? {} }),
      http: {
        method: 'POST',
        path: '/rest/api/3/issue/{key}/comment',
        body: { json: { body: '{document}' } },
      },
    },
    {
      name: 'jira_list_comments',
      title: 'Read comments',
      description: 'Reads the comments of an issue, newest first.',
      risk: 'read',
      scopes: read,
      input: { key, ...offset },
      http: {
        method: 'GET',
        path: '/rest/api/3/issue/{key}/comment',
        query: { orderBy: '-created', ...query },
      },
      pagination: byOffset,
    },
    {
      name: 'jira_list_projects',
      title: 'List projects',
      description: 'Lists the projects that the account can see, with their keys, types and leads.',
      risk: 'read',
      scopes: read,
      input: { query: opt(text('Words of the name or key.', { maxLength: 200 })), ...offset },
      http: {
        method: 'GET',
        path: '/rest/api/3/project/search',
        query: { query: '{query}', expand: 'lead', ...query },
      },
      pagination: byOffset,
    },
    {
      name: 'jira_find_users',
      title: 'Find people to assign',
      description:
        'Finds people who can be assigned to issues of a project, by words of their name or address.',
      risk: 'read',
      scopes: [['read:jira-user', 'read:jira-work']],
      input: {
        project_key: identifier('Key of the project.', { maxLength: 50 }),
        query: opt(text('Words of the name or address.', { maxLength: 200 })),
        ...offset,
      },
      http: {
        method: 'GET',
        path: '/rest/api/3/user/assignable/search',
        query: { project: '{project_key}', query: '{query}', ...query },
      },
      pagination: byOffset,
    },
    {
      name: 'jira_list_boards',
      title: 'List boards',
      description: 'Lists boards, of one project or of all, with their ids and kinds.',
      risk: 'read',
      scopes: [['read:board-scope:jira-software', 'read:project:jira']],
      input: {
        project_key: opt(identifier('Only boards of this project.', { maxLength: 50 })),
        type: opt(choice('Kind of board.', ['scrum', 'kanban', 'simple'])),
        ...offset,
      },
      http: {
        method: 'GET',
        path: '/rest/agile/1.0/board',
        query: { projectKeyOrId: '{project_key}', type: '{type}', ...query },
      },
      pagination: byOffset,
    },
    {
      name: 'jira_list_sprints',
      title: 'List sprints',
      description: 'Lists the sprints of a board with their dates and states.',
      risk: 'read',
      scopes: [['read:sprint:jira-software']],
      input: {
        board_id: integer('Id of the board.', { minimum: 1 }),
        state: opt(list('Which ones.', choice('', ['active', 'future', 'closed']), { maxItems: 3 })),
        ...offset,
      },
      http: {
        method: 'GET',
        path: '/rest/agile/1.0/board/{board_id}/sprint',
        query: { state: '{state|,}', ...query },
      },
      pagination: byOffset,
    },
    {
      name: 'jira_sprint_issues',
      title: 'Issues of a sprint',
      description: 'Lists the issues of one sprint with their status and people.',
      risk: 'read',
      scopes: read,
      input: {
        sprint_id: integer('Id of the sprint.', { minimum: 1 }),
        fields,
        max_results: pageSize(100),
        next_page_token: cursor('The nextPageToken of the answer before.'),
      },
      http: {
        method: 'POST',
        path: '/rest/api/3/search/jql',
        body: {
          json: {
            jql: 'sprint = {sprint_id} ORDER BY rank',
            fields: '{fields}',
            maxResults: '{max_results}',
            nextPageToken: '{next_page_token}',
          },
        },
      },
      pagination: { by: 'cursor', input: 'next_page_token', at: 'nextPageToken' },
      note: 'Asked for by a search: the boards’ own address needs granular scopes for each part of an issue.',
    },
  ],
})
