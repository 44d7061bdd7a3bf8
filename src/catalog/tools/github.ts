import {
  choice,
  defineTools,
  identifier,
  integer,
  list,
  moment,
  opt,
  pageSize,
  prose,
  same,
  text,
  yesNo,
} from '../define-tools.ts'

const repository = {
  owner: identifier('Person or organization that owns the repository.', { maxLength: 100 }),
  repo: identifier('Name of the repository, without its owner.', { maxLength: 100 }),
}
const number = integer('Number of the issue or pull request.', { minimum: 1 })
const paging = {
  per_page: pageSize(100, 30),
  page: opt(integer('Which page, from 1.', { minimum: 1, default: 1 })),
}
const pages = { by: 'link' } as const
const scopes = [['repo']]
const of = (rest: string) => `/repos/{owner}/{repo}${rest}`

export default defineTools({
  id: 'github',
  name: 'GitHub',
  summary: 'Finds and files issues, follows pull requests and commits, and reads files of repositories.',
  tools: [
    {
      name: 'github_list_repos',
      title: 'List repositories',
      description:
        'Lists the repositories that the connected account can reach, most recently changed first.',
      risk: 'read',
      scopes,
      input: {
        visibility: opt(choice('Only public or only private ones.', ['all', 'public', 'private'])),
        affiliation: opt(
          list(
            'How the account is related to them.',
            choice('', ['owner', 'collaborator', 'organization_member']),
            { maxItems: 3 },
          ),
        ),
        ...paging,
      },
      http: {
        method: 'GET',
        path: '/user/repos',
        query: { ...same('visibility', 'per_page', 'page'), affiliation: '{affiliation|,}', sort: 'updated' },
      },
      pagination: pages,
    },
    {
      name: 'github_list_issues',
      title: 'List issues of a repository',
      description:
        'Lists issues of one repository by state, label, assignee or time of change; pull requests are among them and carry the key pull_request.',
      risk: 'read',
      scopes,
      input: {
        ...repository,
        state: opt(choice('Open, closed, or all.', ['open', 'closed', 'all'], { default: 'open' })),
        labels: opt(list('All of these labels.', text('', { maxLength: 100 }), { maxItems: 20 })),
        assignee: opt(text('Login of the assignee; * for any, none for nobody.', { maxLength: 100 })),
        since: opt(moment('Changed at or after this time.')),
        ...paging,
      },
      http: {
        method: 'GET',
        path: of('/issues'),
        query: {
          ...same('state', 'assignee', 'since', 'per_page', 'page'),
          labels: '{labels|,}',
          sort: 'updated',
        },
      },
      pagination: pages,
    },
    {
      name: 'github_search_issues',
      title: 'Search issues and pull requests',
      description:
        'Searches issues and pull requests over all reachable repositories with GitHub’s search words, for example "repo:acme/web is:pr is:open login".',
      risk: 'read',
      scopes,
      input: {
        q: text('What to search for, in GitHub’s search syntax.', { maxLength: 256 }),
        sort: opt(choice('Order; absent: best match.', ['created', 'updated', 'comments'])),
        order: opt(choice('Direction of the order.', ['asc', 'desc'])),
        ...paging,
      },
      http: { method: 'GET', path: '/search/issues', query: same('q', 'sort', 'order', 'per_page', 'page') },
      pagination: pages,
      note: 'GitHub answers 30 searches a minute, and the first 1,000 results of each.',
    },
    {
      name: 'github_get_issue',
      title: 'Read an issue',
      description: 'Reads one issue or pull request by its number: title, text, state, labels and people.',
      risk: 'read',
      scopes,
      input: { ...repository, number },
      http: { method: 'GET', path: of('/issues/{number}') },
    },
    {
      name: 'github_create_issue',
      title: 'Create an issue',
      description: 'Files a new issue in a repository and returns it with its number and address.',
      risk: 'write',
      scopes,
      input: {
        ...repository,
        title: text('Title of the issue.', { maxLength: 256 }),
        body: opt(prose('Text of the issue, in Markdown.', 65_536)),
        labels: opt(list('Labels to put on it.', text('', { maxLength: 100 }), { maxItems: 100 })),
        assignees: opt(list('Logins of the people to assign.', identifier(''), { maxItems: 10 })),
      },
      http: {
        method: 'POST',
        path: of('/issues'),
        body: { json: same('title', 'body', 'labels', 'assignees') },
      },
    },
    {
      name: 'github_comment',
      title: 'Comment on an issue or pull request',
      description: 'Adds a comment to an issue or pull request and returns its address.',
      risk: 'write',
      scopes,
      input: { ...repository, number, body: prose('Text of the comment, in Markdown.', 65_536) },
      http: { method: 'POST', path: of('/issues/{number}/comments'), body: { json: same('body') } },
    },
    {
      name: 'github_list_prs',
      title: 'List pull requests',
      description: 'Lists pull requests of one repository by state and branch, most recently changed first.',
      risk: 'read',
      scopes,
      input: {
        ...repository,
        state: opt(choice('Open, closed, or all.', ['open', 'closed', 'all'], { default: 'open' })),
        base: opt(text('Branch they are to be merged into.', { maxLength: 250 })),
        head: opt(text('Branch they come from, as owner:branch.', { maxLength: 250 })),
        ...paging,
      },
      http: {
        method: 'GET',
        path: of('/pulls'),
        query: { ...same('state', 'base', 'head', 'per_page', 'page'), sort: 'updated', direction: 'desc' },
      },
      pagination: pages,
    },
    {
      name: 'github_get_pr',
      title: 'Read a pull request',
      description: 'Reads one pull request: text, branches, reviewers, size, and whether it can be merged.',
      risk: 'read',
      scopes,
      input: { ...repository, number },
      http: { method: 'GET', path: of('/pulls/{number}') },
    },
    {
      name: 'github_pr_files',
      title: 'Changed files of a pull request',
      description: 'Lists the files that a pull request changes, with lines added and removed and the patch.',
      risk: 'read',
      scopes,
      input: { ...repository, number, ...paging },
      http: { method: 'GET', path: of('/pulls/{number}/files'), query: same('per_page', 'page') },
      pagination: pages,
      note: 'The patches are source code. GitHub lists 3,000 files at most.',
    },
    {
      name: 'github_create_pr',
      title: 'Open a pull request',
      description: 'Opens a pull request from one branch into another and returns its number and address.',
      risk: 'write',
      scopes,
      input: {
        ...repository,
        title: text('Title of the pull request.', { maxLength: 256 }),
        head: text('Branch with the changes; owner:branch for one of a fork.', { maxLength: 250 }),
        base: text('Branch to merge them into.', { maxLength: 250 }),
        body: opt(prose('Description, in Markdown.', 65_536)),
        draft: opt(yesNo('Open it as a draft.')),
      },
      http: {
        method: 'POST',
        path: of('/pulls'),
        body: { json: same('title', 'head', 'base', 'body', 'draft') },
      },
    },
    {
      name: 'github_list_commits',
      title: 'List commits',
      description: 'Lists commits of a repository, narrowed by branch, author, path or time, newest first.',
      risk: 'read',
      scopes,
      input: {
        ...repository,
        sha: opt(
          text('Branch, tag or commit to start from; absent: the default branch.', { maxLength: 250 }),
        ),
        path: opt(text('Only commits that touch this path.')),
        author: opt(text('Login or e-mail address of the author.', { maxLength: 320 })),
        since: opt(moment('Made at or after this time.')),
        until: opt(moment('Made before this time.')),
        ...paging,
      },
      http: {
        method: 'GET',
        path: of('/commits'),
        query: same('sha', 'path', 'author', 'since', 'until', 'per_page', 'page'),
      },
      pagination: pages,
    },
    {
      name: 'github_get_file',
      title: 'Read a file',
      description: 'Reads the text of one file of a repository at a branch, tag or commit.',
      risk: 'read',
      scopes,
      input: {
        ...repository,
        path: text('Path of the file within the repository.'),
        ref: opt(text('Branch, tag or commit; absent: the default branch.', { maxLength: 250 })),
      },
      http: {
        method: 'GET',
        path: of('/contents/{+path}'),
        query: same('ref'),
        headers: { Accept: 'application/vnd.github.raw+json' },
      },
    },
  ],
})
