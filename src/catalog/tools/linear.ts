import type { Json, JsonObject } from '../define.ts'
import {
  cursor,
  defineTools,
  email,
  identifier,
  integer,
  list,
  moment,
  opt,
  pageSize,
  prose,
  text,
} from '../define-tools.ts'

const read = [['read']]
const PAGE = 'pageInfo { hasNextPage endCursor }'
const ISSUE = `id identifier title priority url updatedAt state { id name type } assignee { id name email } team { id key }`
const paging = { first: pageSize(50, 25), after: cursor('The endCursor of the answer before.') }
const pageVariables = { first: '{first}', after: '{after}' }
const byCursor = (list: string) =>
  ({ by: 'cursor', input: 'after', at: `data.${list}.pageInfo.endCursor` }) as const
const issueId = identifier('Id of the issue, or its identifier, for example ENG-123.')
const priority = opt(integer('0 none, 1 urgent, 2 high, 3 normal, 4 low.', { minimum: 0, maximum: 4 }))
const content = {
  description: opt(prose('Description, in Markdown.')),
  assignee_id: opt(identifier('Id of the person it is assigned to.')),
  state_id: opt(identifier('Id of the workflow state.')),
  priority,
  label_ids: opt(list('Ids of labels; those that are there are replaced.', identifier(''))),
  project_id: opt(identifier('Id of the project.')),
}
const contentVariables = {
  title: '{title}',
  description: '{description}',
  assigneeId: '{assignee_id}',
  stateId: '{state_id}',
  priority: '{priority}',
  labelIds: '{label_ids}',
  projectId: '{project_id}',
}

/** https://linear.app/developers/filtering: each given input narrows the list. */
function composeFilter(of: (input: JsonObject) => Record<string, Json | undefined>) {
  return (input: JsonObject): JsonObject => {
    const given = Object.entries(of(input)).filter(([, value]) => value !== undefined)
    return given.length > 0 ? { filter: Object.fromEntries(given) as JsonObject } : {}
  }
}
const equals = (value: Json | undefined): Json | undefined =>
  value === undefined ? undefined : { eq: value }
const within = (name: string, value: Json | undefined): Json | undefined =>
  value === undefined ? undefined : { [name]: value }

export default defineTools({
  id: 'linear',
  name: 'Linear',
  summary: 'Finds, files and changes issues, comments on them, and reads teams, projects and people.',
  tools: [
    {
      name: 'linear_search_issues',
      title: 'Search issues',
      description: 'Finds issues by words in their title, description and comments.',
      risk: 'read',
      scopes: read,
      input: {
        term: text('Words to look for.', { maxLength: 500 }),
        team_id: opt(identifier('Only issues of this team.')),
        ...paging,
      },
      http: {
        method: 'POST',
        path: '/graphql',
        body: {
          graphql: `query ($term: String!, $teamId: String, $first: Int, $after: String) { searchIssues(term: $term, teamId: $teamId, first: $first, after: $after) { nodes { ${ISSUE} } ${PAGE} } }`,
          variables: { term: '{term}', teamId: '{team_id}', ...pageVariables },
        },
      },
      pagination: byCursor('searchIssues'),
    },
    {
      name: 'linear_list_issues',
      title: 'List issues',
      description: 'Lists issues by team, state, assignee or time of change, most recently changed first.',
      risk: 'read',
      scopes: read,
      input: {
        team_key: opt(identifier('Key of the team, for example ENG.', { maxLength: 20 })),
        state: opt(text('Name of the workflow state.', { maxLength: 100 })),
        assignee_email: opt(email('Address of the assignee.')),
        updated_after: opt(moment('Changed after this time.')),
        ...paging,
      },
      compose: composeFilter(({ team_key, state, assignee_email, updated_after }) => ({
        team: within('key', equals(team_key)),
        state: within('name', equals(state)),
        assignee: within('email', equals(assignee_email)),
        updatedAt: within('gt', updated_after),
      })),
      http: {
        method: 'POST',
        path: '/graphql',
        body: {
          graphql: `query ($filter: IssueFilter, $first: Int, $after: String) { issues(filter: $filter, orderBy: updatedAt, first: $first, after: $after) { nodes { ${ISSUE} } ${PAGE} } }`,
          variables: { filter: '{filter}', ...pageVariables },
        },
      },
      pagination: byCursor('issues'),
    },
    {
      name: 'linear_get_issue',
      title: 'Read an issue',
      description: 'Reads one issue with its description, labels, project and latest comments.',
      risk: 'read',
      scopes: read,
      input: { id: issueId },
      http: {
        method: 'POST',
        path: '/graphql',
        body: {
          graphql: `query ($id: String!) { issue(id: $id) { ${ISSUE} description labels { nodes { id name } } project { id name } comments(first: 50) { nodes { id body createdAt user { name } } } } }`,
          variables: { id: '{id}' },
        },
      },
    },
    {
      name: 'linear_create_issue',
      title: 'Create an issue',
      description: 'Files a new issue in a team and returns its identifier and address.',
      risk: 'write',
      scopes: [['issues:create'], ['write']],
      input: {
        team_id: identifier('Id of the team.'),
        title: text('Title of the issue.', { maxLength: 500 }),
        ...content,
      },
      http: {
        method: 'POST',
        path: '/graphql',
        body: {
          graphql: `mutation ($input: IssueCreateInput!) { issueCreate(input: $input) { success issue { ${ISSUE} } } }`,
          variables: { input: { teamId: '{team_id}', ...contentVariables } },
        },
      },
    },
    {
      name: 'linear_update_issue',
      title: 'Change an issue',
      description: 'Changes title, description, state, person, priority, labels or project of an issue.',
      risk: 'write',
      idempotency: 'idempotent',
      scopes: [['write']],
      input: { id: issueId, title: opt(text('New title.', { maxLength: 500 })), ...content },
      http: {
        method: 'POST',
        path: '/graphql',
        body: {
          graphql: `mutation ($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success issue { ${ISSUE} } } }`,
          variables: { id: '{id}', input: contentVariables },
        },
      },
    },
    {
      name: 'linear_add_comment',
      title: 'Comment on an issue',
      description: 'Adds a comment to an issue.',
      risk: 'write',
      scopes: [['comments:create'], ['write']],
      input: { issue_id: issueId, body: prose('Text of the comment, in Markdown.') },
      http: {
        method: 'POST',
        path: '/graphql',
        body: {
          graphql:
            'mutation ($input: CommentCreateInput!) { commentCreate(input: $input) { success comment { id url } } }',
          variables: { input: { issueId: '{issue_id}', body: '{body}' } },
        },
      },
    },
    {
      name: 'linear_list_projects',
      title: 'List projects',
      description: 'Lists projects with their states, dates and progress.',
      risk: 'read',
      scopes: read,
      input: paging,
      http: {
        method: 'POST',
        path: '/graphql',
        body: {
          graphql: `query ($first: Int, $after: String) { projects(first: $first, after: $after) { nodes { id name state progress startDate targetDate url } ${PAGE} } }`,
          variables: pageVariables,
        },
      },
      pagination: byCursor('projects'),
    },
    {
      name: 'linear_list_teams',
      title: 'List teams',
      description: 'Lists teams with their keys and workflow states.',
      risk: 'read',
      scopes: read,
      input: paging,
      http: {
        method: 'POST',
        path: '/graphql',
        body: {
          graphql: `query ($first: Int, $after: String) { teams(first: $first, after: $after) { nodes { id key name states { nodes { id name type } } } ${PAGE} } }`,
          variables: pageVariables,
        },
      },
      pagination: byCursor('teams'),
    },
    {
      name: 'linear_list_users',
      title: 'List people',
      description: 'Lists people of the workspace, all or those with an address or name.',
      risk: 'read',
      scopes: read,
      input: {
        email: opt(email('Address of the person.')),
        name: opt(text('Words of the name.', { maxLength: 200 })),
        ...paging,
      },
      compose: composeFilter(({ email: address, name }) => ({
        email: equals(address),
        name: within('containsIgnoreCase', name),
      })),
      http: {
        method: 'POST',
        path: '/graphql',
        body: {
          graphql: `query ($filter: UserFilter, $first: Int, $after: String) { users(filter: $filter, first: $first, after: $after) { nodes { id name email active } ${PAGE} } }`,
          variables: { filter: '{filter}', ...pageVariables },
        },
      },
      pagination: byCursor('users'),
    },
  ],
})
