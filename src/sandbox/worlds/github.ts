/** GitHub's repositories, issues and pull requests, and how its API writes them down. */
import type { JsonObject } from '../../catalog/define.ts'
import { daysAgo, fernhill } from '../cast.ts'
import type { Account } from '../stand-in.ts'
import type { Extra } from './crowd.ts'

export type Repo = {
  id: number
  owner: string
  name: string
  private: boolean
  description: string
  language: string
  files: Record<string, string>
  commits: { sha: string; message: string; author: string; at: string }[]
  pushedAt: string
  archived?: boolean
}
export type Issue = {
  id: number
  repo: string
  number: number
  title: string
  body: string
  author: string
  assignees: string[]
  labels: string[]
  state: 'open' | 'closed'
  createdAt: string
  updatedAt: string
  pull?: {
    head: string
    base: string
    draft: boolean
    files: { filename: string; status: string; additions: number; deletions: number }[]
  }
}
export type Comment = { id: number; repo: string; number: number; author: string; body: string; at: string }
export type Data = { nextId: number; repos: Repo[]; issues: Issue[]; comments: Comment[] }

export const fullName = (one: Repo) => `${one.owner}/${one.name}`

export function createShapes(data: Data, tools: { now: () => number; accounts: () => readonly Account[] }) {
  const login = (account: Account) => (account.detail ?? '@ghost').slice(1)
  const known = (name: string) => tools.accounts().find((account) => login(account) === name)
  const user = (name: string): JsonObject => ({
    login: name,
    id: Number(known(name)?.id ?? 10137),
    node_id: Buffer.from(`04:User${known(name)?.id ?? 10137}`).toString('base64'),
    avatar_url: `https://avatars.githubusercontent.com/u/${known(name)?.id ?? 10137}?v=4`,
    url: `https://api.github.com/users/${name}`,
    html_url: `https://github.com/${name}`,
    type: 'User',
    site_admin: false,
  })
  const me = (account: Account): JsonObject => ({
    ...user(login(account)),
    name: account.name,
    company: fernhill.name,
    email: account.email,
    bio: null,
    public_repos: 2,
    public_gists: 0,
    followers: 12,
    following: 9,
    created_at: '2019-04-02T09:12:44Z',
    updated_at: daysAgo(tools.now(), 3),
  })
  const repo = (one: Repo): JsonObject => ({
    id: one.id,
    node_id: `R_${one.id}`,
    name: one.name,
    full_name: `${one.owner}/${one.name}`,
    private: one.private,
    visibility: one.private ? 'private' : 'public',
    owner: { ...user(one.owner), type: one.owner === fernhill.slug ? 'Organization' : 'User' },
    html_url: `https://github.com/${one.owner}/${one.name}`,
    url: `https://api.github.com/repos/${one.owner}/${one.name}`,
    description: one.description,
    fork: false,
    language: one.language,
    default_branch: 'main',
    archived: one.archived ?? false,
    open_issues_count: data.issues.filter((issue) => issue.repo === fullName(one) && issue.state === 'open')
      .length,
    stargazers_count: 4,
    pushed_at: one.pushedAt,
    updated_at: one.pushedAt,
    created_at: '2023-02-14T10:00:00Z',
    permissions: { admin: false, maintain: false, push: true, triage: true, pull: true },
  })
  const issue = (one: Issue): JsonObject => ({
    id: one.id,
    node_id: `I_${one.id}`,
    number: one.number,
    url: `https://api.github.com/repos/${one.repo}/issues/${one.number}`,
    html_url: `https://github.com/${one.repo}/${one.pull ? 'pull' : 'issues'}/${one.number}`,
    repository_url: `https://api.github.com/repos/${one.repo}`,
    title: one.title,
    body: one.body,
    user: user(one.author),
    state: one.state,
    locked: false,
    labels: one.labels.map((name) => ({ id: name.length, name, color: 'cfd3d7', default: false })),
    assignees: one.assignees.map(user),
    assignee: one.assignees[0] ? user(one.assignees[0]) : null,
    milestone: null,
    comments: data.comments.filter(({ repo: name, number }) => name === one.repo && number === one.number)
      .length,
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    closed_at: one.state === 'closed' ? one.updatedAt : null,
    author_association: 'MEMBER',
    ...(one.pull && {
      draft: one.pull.draft,
      pull_request: { url: `https://api.github.com/repos/${one.repo}/pulls/${one.number}` },
    }),
  })
  const pull = (one: Issue): JsonObject => ({
    ...issue(one),
    url: `https://api.github.com/repos/${one.repo}/pulls/${one.number}`,
    head: { ref: one.pull?.head ?? '', label: one.pull?.head ?? '', sha: sha(`${one.repo}${one.number}`) },
    base: { ref: one.pull?.base ?? 'main', label: one.pull?.base ?? 'main', sha: sha(one.repo) },
    draft: one.pull?.draft ?? false,
    merged_at: one.state === 'closed' ? one.updatedAt : null,
    requested_reviewers: [],
  })
  const comment = (one: Comment): JsonObject => ({
    id: one.id,
    node_id: `IC_${one.id}`,
    url: `https://api.github.com/repos/${one.repo}/issues/comments/${one.id}`,
    html_url: `https://github.com/${one.repo}/issues/${one.number}#issuecomment-${one.id}`,
    body: one.body,
    user: user(one.author),
    created_at: one.at,
    updated_at: one.at,
    author_association: 'MEMBER',
  })

  return { login, known, user, me, repo, issue, pull, comment }
}

/** One of the hundreds: nothing ever happened in it. */
export function crowdRepo({ number, name, title, team, private: hidden, archived }: Extra): Repo {
  return {
    id: 500_000 + number,
    owner: fernhill.slug,
    name,
    private: hidden,
    archived,
    description: `${title}, by the team ${team}.`,
    language: 'TypeScript',
    pushedAt: '2024-03-01T09:00:00Z',
    files: {},
    commits: [],
  }
}

/** Looks like a commit hash and stays the same for a text. */
export function sha(of: string): string {
  let hash = 0x811c9dc5
  let made = ''
  for (let round = 0; round < 5; round++) {
    for (const character of `${of}${round}`)
      hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
    made += hash.toString(16).padStart(8, '0')
  }
  return made
}

export function seedGithub(now: number): Data {
  const at = (days: number) => daysAgo(now, days)
  const commit = (message: string, author: string, days: number) => ({
    sha: sha(message),
    message,
    author,
    at: at(days),
  })
  const issue = (
    id: number,
    repo: string,
    number: number,
    title: string,
    body: string,
    author: string,
    more: Partial<Issue> = {},
  ): Issue => ({
    id,
    repo,
    number,
    title,
    body,
    author,
    assignees: [],
    labels: [],
    state: 'open',
    createdAt: at(20),
    updatedAt: at(4),
    ...more,
  })
  return {
    nextId: 900001,
    repos: [
      {
        id: 71001,
        owner: fernhill.slug,
        name: 'storefront',
        private: true,
        description: 'The shop: catalogue, basket and checkout.',
        language: 'TypeScript',
        pushedAt: at(1),
        files: {
          'README.md': '# Storefront\n\nCatalogue, basket and checkout of the bicycle shop.\n',
          'src/basket.ts': 'export const emptyBasket = { lines: [] }\n',
        },
        commits: [
          commit('SHOP-118 Keep the basket after sign-in', 'ada-okafor', 1),
          commit('Show delivery days in the basket', 'brunolq', 3),
        ],
      },
      {
        id: 71002,
        owner: fernhill.slug,
        name: 'telemetry',
        private: true,
        description: 'Readings of the rental fleet.',
        language: 'Go',
        pushedAt: at(6),
        files: { 'README.md': '# Telemetry\n' },
        commits: [commit('Drop readings without a position', 'brunolq', 6)],
      },
      {
        id: 71003,
        owner: fernhill.slug,
        name: 'handbook',
        private: false,
        description: 'How we work.',
        language: 'Markdown',
        pushedAt: at(12),
        files: { 'README.md': '# Handbook\n\nHow we work at Fernhill.\n' },
        commits: [commit('Describe the on-call week', 'ada-okafor', 12)],
      },
    ],
    issues: [
      issue(
        81001,
        'fernhill/storefront',
        1,
        'Basket is emptied after sign-in',
        'Steps: fill the basket, sign in. It is empty. See SHOP-118.',
        'brunolq',
        { assignees: ['ada-okafor'], labels: ['bug'] },
      ),
      issue(
        81002,
        'fernhill/storefront',
        2,
        'Keep the basket after sign-in',
        'Fixes SHOP-118.',
        'ada-okafor',
        {
          updatedAt: at(1),
          pull: {
            head: 'keep-basket',
            base: 'main',
            draft: false,
            files: [{ filename: 'src/basket.ts', status: 'modified', additions: 24, deletions: 6 }],
          },
        },
      ),
      issue(
        81003,
        'fernhill/storefront',
        3,
        'Delivery days ignore public holidays',
        'The calendar has weekends only.',
        'ada-okafor',
        { assignees: ['brunolq'], labels: ['bug', 'checkout'] },
      ),
      issue(81004, 'fernhill/telemetry', 1, 'Readings arrive twice after a reconnect', '', 'brunolq', {
        state: 'closed',
        updatedAt: at(9),
      }),
      issue(81005, 'fernhill/handbook', 1, 'Write down how we name branches', '', 'dmitri-costa', {
        labels: ['question'],
      }),
    ],
    comments: [
      {
        id: 82001,
        repo: 'fernhill/storefront',
        number: 1,
        author: 'ada-okafor',
        body: 'Reproduced; the session is replaced before the basket is copied.',
        at: at(4),
      },
    ],
  }
}
