import {
  choice,
  cursor,
  day,
  defineTools,
  identifier,
  list,
  moment,
  opt,
  pageSize,
  prose,
  same,
  text,
  yesNo,
} from '../define-tools.ts'

/** An app registered with full permissions has one scope for everything. */
const needs = (scope: string) => [[scope], ['default']]
const gid = (description: string) => identifier(description, { pattern: '^\\d+$', maxLength: 30 })
const workspace_gid = gid('Id of the workspace.')
const task_gid = gid('Id of the task.')
const assignee = opt(text('Id or e-mail address of the person, or me.', { maxLength: 320 }))
const paging = { limit: pageSize(100), offset: cursor('The next_page.offset of the answer before.') }
const byOffset = { by: 'cursor', input: 'offset', at: 'next_page.offset' } as const
const TASK = 'name,completed,due_on,assignee.name,projects.name,permalink_url,modified_at'

export default defineTools({
  id: 'asana',
  name: 'Asana',
  summary: 'Finds, creates and changes tasks, comments on them, and reads projects and workspaces.',
  tools: [
    {
      name: 'asana_list_workspaces',
      title: 'List workspaces',
      description: 'Lists the workspaces and organizations of the account.',
      risk: 'read',
      scopes: needs('workspaces:read'),
      input: paging,
      http: { method: 'GET', path: '/workspaces', query: same('limit', 'offset') },
      pagination: byOffset,
    },
    {
      name: 'asana_list_projects',
      title: 'List projects',
      description: 'Lists the projects of a workspace.',
      risk: 'read',
      scopes: needs('projects:read'),
      input: { workspace_gid, archived: opt(yesNo('Archived ones instead.', { default: false })), ...paging },
      http: {
        method: 'GET',
        path: '/workspaces/{workspace_gid}/projects',
        query: {
          ...same('archived', 'limit', 'offset'),
          opt_fields: 'name,modified_at,permalink_url,owner.name',
        },
      },
      pagination: byOffset,
    },
    {
      name: 'asana_search_tasks',
      title: 'Search tasks',
      description:
        'Finds tasks of a workspace by words, person, project or state, most recently changed first.',
      risk: 'read',
      scopes: needs('tasks:read'),
      input: {
        workspace_gid,
        text: opt(text('Words in the name or notes.', { maxLength: 500 })),
        assignee,
        project_gid: opt(gid('Only tasks of this project.')),
        completed: opt(yesNo('Only completed ones, or only open ones.')),
        modified_after: opt(moment('Changed after this time.')),
        limit: pageSize(100),
      },
      http: {
        method: 'GET',
        path: '/workspaces/{workspace_gid}/tasks/search',
        query: {
          text: '{text}',
          'assignee.any': '{assignee}',
          'projects.any': '{project_gid}',
          completed: '{completed}',
          'modified_at.after': '{modified_after}',
          sort_by: 'modified_at',
          limit: '{limit}',
          opt_fields: TASK,
        },
      },
      note: 'Asana searches in paid workspaces only, and gives 100 results without pages.',
    },
    {
      name: 'asana_list_tasks',
      title: 'List tasks of a project',
      description: 'Lists the tasks of a project, open ones alone if asked.',
      risk: 'read',
      scopes: needs('tasks:read'),
      input: {
        project_gid: gid('Id of the project.'),
        show: opt(choice('Open ones, or all.', ['open', 'all'], { default: 'open' })),
        ...paging,
      },
      compose: ({ show }) => (show === 'all' ? {} : { since: 'now' }),
      http: {
        method: 'GET',
        path: '/projects/{project_gid}/tasks',
        query: { completed_since: '{since}', opt_fields: TASK, ...same('limit', 'offset') },
      },
      pagination: byOffset,
    },
    {
      name: 'asana_get_task',
      title: 'Read a task',
      description: 'Reads one task with its notes, people, dates and projects.',
      risk: 'read',
      scopes: needs('tasks:read'),
      input: { task_gid },
      http: {
        method: 'GET',
        path: '/tasks/{task_gid}',
        query: { opt_fields: `${TASK},notes,followers.name,tags.name` },
      },
    },
    {
      name: 'asana_create_task',
      title: 'Create a task',
      description: 'Creates a task in a workspace, in projects if named, and returns its address.',
      risk: 'write',
      scopes: needs('tasks:write'),
      input: {
        workspace_gid,
        name: text('Name of the task.', { maxLength: 1000 }),
        notes: opt(prose('Notes, as plain text.')),
        projects: opt(list('Ids of the projects it belongs to.', gid(''), { maxItems: 20 })),
        assignee,
        due_on: opt(day('Day on which it is due.')),
      },
      http: {
        method: 'POST',
        path: '/tasks',
        body: {
          json: {
            data: {
              workspace: '{workspace_gid}',
              ...same('name', 'notes', 'projects', 'assignee', 'due_on'),
            },
          },
        },
      },
    },
    {
      name: 'asana_update_task',
      title: 'Change a task',
      description: 'Changes a task: completes or reopens it, or changes its name, notes, person or due date.',
      risk: 'write',
      scopes: needs('tasks:write'),
      input: {
        task_gid,
        completed: opt(yesNo('Done or open.')),
        name: opt(text('New name.', { maxLength: 1000 })),
        notes: opt(prose('New notes.')),
        assignee,
        due_on: opt(day('Day on which it is due.')),
      },
      http: {
        method: 'PUT',
        path: '/tasks/{task_gid}',
        body: { json: { data: same('completed', 'name', 'notes', 'assignee', 'due_on') } },
      },
    },
    {
      name: 'asana_add_comment',
      title: 'Comment on a task',
      description: 'Adds a comment to a task.',
      risk: 'write',
      scopes: needs('stories:write'),
      input: { task_gid, text: prose('Text of the comment.') },
      http: { method: 'POST', path: '/tasks/{task_gid}/stories', body: { json: { data: same('text') } } },
    },
    {
      name: 'asana_list_users',
      title: 'List people',
      description: 'Lists the people of a workspace with their names and addresses.',
      risk: 'read',
      scopes: needs('users:read'),
      input: { workspace_gid, ...paging },
      http: {
        method: 'GET',
        path: '/workspaces/{workspace_gid}/users',
        query: { opt_fields: 'name,email', ...same('limit', 'offset') },
      },
      pagination: byOffset,
    },
  ],
})
