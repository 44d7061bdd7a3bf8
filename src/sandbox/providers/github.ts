/** GitHub: repositories, issues and pull requests of two organizations. https://docs.github.com/en/rest */
import type { JsonObject } from '../../catalog/define.ts'
import { cast, daysAgo, fernhill } from '../cast.ts'
import { type Asked, empty, json, type Reply, readBasic, readJson, text } from '../messages.ts'
import {
  type Account,
  type Call,
  type CreateStandIn,
  on,
  open,
  readString,
  type TokenProblem,
} from '../stand-in.ts'
import {
  type Comment,
  createShapes,
  type Data,
  fullName,
  type Issue,
  type Repo,
  crowdRepo,
  seedGithub,
  sha,
} from '../worlds/github.ts'
import { crowd, USUAL } from '../worlds/crowd.ts'

const PROBLEMS: Readonly<Record<TokenProblem, readonly [string, string]>> = {
  bad_format: ['bad_verification_code', 'The code passed is incorrect or expired.'],
  bad_client: ['incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.'],
  bad_code: ['bad_verification_code', 'The code passed is incorrect or expired.'],
  used_code: ['bad_verification_code', 'The code passed is incorrect or expired.'],
  expired_code: ['bad_verification_code', 'The code passed is incorrect or expired.'],
  bad_redirect_uri: [
    'redirect_uri_mismatch',
    'The redirect_uri MUST match the registered callback URL for this application.',
  ],
  bad_verifier: ['bad_verification_code', 'The code passed is incorrect or expired.'],
  bad_refresh_token: ['bad_refresh_token', 'The refresh token passed is incorrect or expired.'],
  bad_grant_type: ['unsupported_grant_type', 'The OAuth client does not support the grant type used.'],
}

const accounts: readonly Account[] = [
  { id: '4108211', name: cast.ada.name, email: cast.ada.email, detail: '@ada-okafor' },
  { id: '4108377', name: cast.bruno.name, email: cast.bruno.email, detail: '@brunolq' },
  { id: '5220194', name: cast.dmitri.name, email: cast.dmitri.email, detail: '@dmitri-costa' },
]

const create: CreateStandIn = (tools) => {
  const data = tools.load<Data>(() => seedGithub(tools.now()))
  const stamp = () => daysAgo(tools.now(), 0)
  const { login, known, user, me, repo, issue, pull, comment } = createShapes(data, tools)

  /** A private repository that a token cannot see does not exist, as far as GitHub says. */
  const findRepo = ({ params, token }: Call) =>
    [...data.repos, ...crowd(tools.settings().crowd ?? USUAL).map(crowdRepo)].find(
      (one) =>
        fullName(one) === `${params['owner']}/${params['repo']}` &&
        (!one.private || token.use === 'static' || token.scopes.includes('repo')),
    )
  const inRepo = (handle: (call: Call, found: Repo) => Reply) => (call: Call) => {
    const found = findRepo(call)
    return found ? handle(call, found) : notFound()
  }
  const findIssue = (found: Repo, number: string | undefined, isPull?: boolean) =>
    data.issues.find(
      (one) =>
        one.repo === fullName(found) && String(one.number) === number && (!isPull || one.pull !== undefined),
    )
  const add = (found: Repo, account: Account, body: JsonObject, more: Pick<Issue, 'pull'> = {}): Issue => {
    const numbers = data.issues.filter((one) => one.repo === fullName(found)).map((one) => one.number)
    const made: Issue = {
      id: data.nextId++,
      repo: fullName(found),
      number: Math.max(0, ...numbers) + 1,
      title: readString(body, 'title') ?? '',
      body: readString(body, 'body') ?? '',
      author: login(account),
      assignees: readStrings(body['assignees']),
      labels: readStrings(body['labels']),
      state: 'open',
      createdAt: stamp(),
      updatedAt: stamp(),
      ...more,
    }
    data.issues.push(made)
    return made
  }

  const routes = [
    on('GET', '/user', ({ account }) => json(200, me(account))),
    on(
      'GET',
      '/user/emails',
      ({ account }) =>
        json(200, [{ email: account.email, primary: true, verified: true, visibility: 'private' }]),
      {
        scope: ['user:email', 'user'],
      },
    ),
    on(
      'GET',
      '/user/orgs',
      () =>
        json(200, [
          {
            login: fernhill.slug,
            id: 9120331,
            url: `https://api.github.com/orgs/${fernhill.slug}`,
            description: fernhill.name,
          },
        ]),
      {
        scope: ['read:org', 'user', 'repo'],
      },
    ),
    on('GET', '/user/repos', ({ asked, token }) => {
      const mine = [...data.repos, ...crowd(tools.settings().crowd ?? USUAL).map(crowdRepo)]
      const visible = mine.filter(
        (one) => !one.private || token.use === 'static' || token.scopes.includes('repo'),
      )
      const byName = asked.query.get('sort') === 'full_name'
      const sorted = visible.sort((a, b) =>
        byName ? fullName(a).localeCompare(fullName(b)) : b.pushedAt.localeCompare(a.pushedAt),
      )
      return paginate(asked, sorted, repo)
    }),
    on(
      'GET',
      '/issues',
      ({ asked, account }) => {
        const mine = data.issues.filter(
          (one) => one.assignees.includes(login(account)) && one.state === 'open',
        )
        return paginate(asked, mine.map(issue))
      },
      { scope: ['repo'] },
    ),
    on('GET', '/search/issues', ({ asked }) => search(asked), { scope: ['repo'] }),
    on(
      'GET',
      '/repos/:owner/:repo',
      inRepo((_, found) => json(200, repo(found))),
    ),
    on(
      'GET',
      '/repos/:owner/:repo/issues',
      inRepo(({ asked }, found) => paginate(asked, list(asked, found).map(issue))),
    ),
    on(
      'POST',
      '/repos/:owner/:repo/issues',
      inRepo(({ asked, account }, found) => {
        const body = readJson(asked)
        return readString(body, 'title')
          ? json(201, issue(add(found, account, body)))
          : invalid('Issue', 'title')
      }),
      { scope: ['repo'] },
    ),
    on(
      'GET',
      '/repos/:owner/:repo/issues/:number',
      inRepo(({ params }, found) => {
        const one = findIssue(found, params['number'])
        return one ? json(200, issue(one)) : notFound()
      }),
    ),
    on(
      'GET',
      '/repos/:owner/:repo/issues/:number/comments',
      inRepo(({ asked, params }, found) => {
        const number = Number(params['number'])
        return paginate(
          asked,
          data.comments.filter((one) => one.repo === fullName(found) && one.number === number).map(comment),
        )
      }),
    ),
    on(
      'POST',
      '/repos/:owner/:repo/issues/:number/comments',
      inRepo(({ asked, params, account }, found) => {
        const one = findIssue(found, params['number'])
        const body = readString(readJson(asked), 'body')
        if (!one) return notFound()
        if (!body) return invalid('IssueComment', 'body')
        const made: Comment = {
          id: data.nextId++,
          repo: one.repo,
          number: one.number,
          author: login(account),
          body,
          at: stamp(),
        }
        data.comments.push(made)
        return json(201, comment(made))
      }),
      { scope: ['repo'] },
    ),
    on(
      'GET',
      '/repos/:owner/:repo/pulls',
      inRepo(({ asked }, found) =>
        paginate(
          asked,
          list(asked, found)
            .filter((one) => one.pull)
            .map(pull),
        ),
      ),
    ),
    on(
      'POST',
      '/repos/:owner/:repo/pulls',
      inRepo(({ asked, account }, found) => {
        const body = readJson(asked)
        const [head, base] = [readString(body, 'head'), readString(body, 'base')]
        if (!head || !base || !readString(body, 'title')) return invalid('PullRequest', 'title')
        return json(
          201,
          pull(add(found, account, body, { pull: { head, base, draft: body['draft'] === true, files: [] } })),
        )
      }),
      { scope: ['repo'] },
    ),
    on(
      'GET',
      '/repos/:owner/:repo/pulls/:number',
      inRepo(({ params }, found) => {
        const one = findIssue(found, params['number'], true)
        return one ? json(200, pull(one)) : notFound()
      }),
    ),
    on(
      'GET',
      '/repos/:owner/:repo/pulls/:number/files',
      inRepo(({ asked, params }, found) => {
        const one = findIssue(found, params['number'], true)
        const files = one?.pull?.files.map((file) => ({
          ...file,
          changes: file.additions + file.deletions,
          sha: sha(file.filename),
        }))
        return files ? paginate(asked, files) : notFound()
      }),
    ),
    on(
      'GET',
      '/repos/:owner/:repo/commits',
      inRepo(({ asked }, found) =>
        paginate(
          asked,
          found.commits.map((one) => ({
            sha: one.sha,
            html_url: `https://github.com/${fullName(found)}/commit/${one.sha}`,
            commit: {
              message: one.message,
              author: {
                name: known(one.author)?.name ?? one.author,
                email: known(one.author)?.email ?? '',
                date: one.at,
              },
            },
            author: user(one.author),
          })),
        ),
      ),
    ),
    on(
      'GET',
      '/repos/:owner/:repo/contents/*path',
      inRepo(({ asked, params }, found) => readFile(asked, found, params['path'] ?? '')),
    ),
    on('GET', '/rate_limit', () =>
      json(200, {
        resources: { core: { limit: 5000, used: 1, remaining: 4999, reset: resetAt() } },
        rate: { limit: 5000, used: 1, remaining: 4999, reset: resetAt() },
      }),
    ),
    open('DELETE', '/applications/:client/grant', ({ asked, params }) =>
      revoke(asked, params['client'], 'grant'),
    ),
    open('DELETE', '/applications/:client/token', ({ asked, params }) =>
      revoke(asked, params['client'], 'token'),
    ),
  ]

  function list(asked: Asked, found: Repo): Issue[] {
    const state = asked.query.get('state') ?? 'open'
    const labels = (asked.query.get('labels') ?? '').split(',').filter(Boolean)
    const assignee = asked.query.get('assignee')
    return data.issues
      .filter((one) => one.repo === fullName(found) && (state === 'all' || one.state === state))
      .filter((one) => labels.every((label) => one.labels.includes(label)))
      .filter((one) => !assignee || assignee === '*' || one.assignees.includes(assignee))
      .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt))
  }

  function search(asked: Asked): Reply {
    const words = (asked.query.get('q') ?? '').split(/\s+/).filter(Boolean)
    const test = (one: Issue, word: string): boolean => {
      const [key, value] = word.split(':')
      if (value === undefined) return `${one.title} ${one.body}`.toLowerCase().includes(word.toLowerCase())
      if (key === 'repo') return one.repo === value
      if (key === 'is' && (value === 'pr' || value === 'pull-request')) return one.pull !== undefined
      if (key === 'is' && value === 'issue') return one.pull === undefined
      if ((key === 'is' || key === 'state') && (value === 'open' || value === 'closed'))
        return one.state === value
      if (key === 'assignee') return one.assignees.includes(value)
      if (key === 'author') return one.author === value
      return true
    }
    if (words.length === 0) return invalid('Search', 'q')
    const found = data.issues.filter((one) => words.every((word) => test(one, word)))
    return json(200, { total_count: found.length, incomplete_results: false, items: found.map(issue) })
  }

  function revoke(asked: Asked, id: string | undefined, what: 'grant' | 'token'): Reply {
    const basic = readBasic(asked.headers.authorization)
    const { client_id, client_secret } = tools.client
    if (id !== client_id || basic?.username !== client_id || basic.password !== client_secret)
      return notFound()
    const secret = readString(readJson(asked), 'access_token')
    if (!secret) return invalid('OauthAccess', 'access_token')
    const token = tools.tokens.find(secret)
    if (!token || token.client !== client_id || !tools.tokens.isLive(token)) return notFound()
    if (what === 'grant') tools.tokens.endGrant(token)
    else tools.tokens.end(token, 'revoked')
    return empty(204)
  }

  const resetAt = () => Math.floor(tools.now() / 1000) + 3600

  return {
    accounts,
    hosts: ['api.github.com', 'github.com'],
    createAccount: (person) => ({
      ...person,
      detail: `@${(person.email.split('@')[0] ?? person.id).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
    }),
    oauth: {
      code: () => tools.random(20, '0123456789abcdef'),
      access: () => `gho_${tools.random(36)}`,
      lifetime: null,
      noScopeNeeded: true,
      denial: {
        error_description: 'The user has denied your application access.',
        error_uri:
          'https://docs.github.com/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#access-denied',
      },
      answer: ({ asked, tokens: { main } }) =>
        reply(asked, {
          access_token: main?.access_token ?? '',
          scope: (main?.scopes ?? []).join(','),
          token_type: 'bearer',
        }),
      // An error is a 200: https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps
      failure: (problem, asked) => {
        const [error, error_description] = PROBLEMS[problem]
        return reply(asked, {
          error,
          error_description,
          error_uri:
            'https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/',
        })
      },
    },
    guard: (asked) =>
      asked.host === 'api.github.com' && !asked.headers['user-agent']
        ? text(
            403,
            'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.',
          )
        : undefined,
    routes,
    headers: (token) => ({
      'x-oauth-scopes': token?.scopes.join(', ') ?? '',
      'x-github-media-type': 'github.v3; format=json',
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': '4999',
      'x-ratelimit-used': '1',
      'x-ratelimit-reset': String(resetAt()),
      'x-ratelimit-resource': 'core',
    }),
    unauthorized: (why) =>
      why === 'missing' ? problem(401, 'Requires authentication') : problem(401, 'Bad credentials'),
    forbidden: ({ scope }) => ({
      ...problem(403, 'Resource not accessible by this token'),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-accepted-oauth-scopes': scope.join(', '),
      },
    }),
    notFound: () => notFound(),
    rateLimited: () =>
      problem(
        429,
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      ),
    values: () => ({
      token: tools.hold({
        account: '4108211',
        make: (derive) => `github_pat_11${derive('id', 20)}_${derive('pat', 59)}`,
      }),
    }),
  }
}

export default create

/** The token endpoint answers with a form unless JSON is asked for. */
function reply(asked: Asked, body: Record<string, string>): Reply {
  if ((asked.headers.accept ?? '').includes('application/json')) return json(200, body)
  return text(200, new URLSearchParams(body).toString(), {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  })
}

function problem(status: number, message: string): Reply {
  return json(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) })
}

const notFound = () => problem(404, 'Not Found')

function invalid(resource: string, field: string): Reply {
  return json(422, {
    message: 'Validation Failed',
    errors: [{ resource, field, code: 'missing_field' }],
    documentation_url: 'https://docs.github.com/rest',
    status: '422',
  })
}

function paginate<T = JsonObject>(asked: Asked, items: readonly T[], show?: (item: T) => JsonObject): Reply {
  const size = Math.min(Math.max(Number(asked.query.get('per_page') ?? 30) || 30, 1), 100)
  const page = Math.max(Number(asked.query.get('page') ?? 1) || 1, 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const link = (number: number, rel: string) => {
    const query = new URLSearchParams(asked.query)
    query.set('page', String(number))
    return `<https://${asked.host}${asked.path}?${query}>; rel="${rel}"`
  }
  const links = page < last ? [link(page + 1, 'next'), link(last, 'last')] : []
  return json(
    200,
    items.slice((page - 1) * size, page * size).map((item) => show?.(item) ?? (item as JsonObject)),
    links.length > 0 ? { link: links.join(', ') } : {},
  )
}

function readFile(asked: Asked, found: Repo, path: string): Reply {
  const content = found.files[path]
  if (content === undefined) {
    const inside = Object.keys(found.files).filter((name) => path === '' || name.startsWith(`${path}/`))
    return inside.length > 0
      ? json(
          200,
          inside.map((name) => ({
            type: 'file',
            name: name.split('/').at(-1) ?? name,
            path: name,
            sha: sha(name),
            size: (found.files[name] ?? '').length,
          })),
        )
      : notFound()
  }
  if (/raw/.test(asked.headers.accept ?? '')) return text(200, content)
  return json(200, {
    type: 'file',
    name: path.split('/').at(-1) ?? path,
    path,
    sha: sha(path),
    size: content.length,
    encoding: 'base64',
    content: Buffer.from(content).toString('base64'),
    html_url: `https://github.com/${fullName(found)}/blob/main/${path}`,
  })
}

function readStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}
