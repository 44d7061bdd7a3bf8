/** Projects, issues and merge requests of the sandbox's GitLab. */
import { cast, type CastMember, daysAgo, fernhill, quayside } from '../cast.ts'

export type User = { id: number; username: string; name: string; email: string }
export type Project = {
  id: number
  namespace: string
  path: string
  name: string
  description: string
  members: number[]
  activeAt: string
}
export type Issue = {
  id: number
  project: number
  iid: number
  title: string
  description: string
  state: 'opened' | 'closed'
  labels: string[]
  author: number
  assignees: number[]
  createdAt: string
  updatedAt: string
  /** Set on merge requests. */
  branch?: string
}
export type Note = { id: number; issue: number; author: number; body: string; at: string }
export type Hook = { id: number; project: number; url: string; events: Record<string, boolean> }
export type Data = {
  next: number
  users: User[]
  projects: Project[]
  issues: Issue[]
  notes: Note[]
  hooks: Hook[]
}

export const gitlabIds = { ada: 1510231, bruno: 1510377, chiara: 1511004, dmitri: 1620194 } as const

export function seedGitlab(now: number): Data {
  const at = (days: number) => daysAgo(now, days)
  const user = ({ key, name, email }: CastMember, username: string): User => ({
    id: gitlabIds[key],
    username,
    name,
    email,
  })
  const issue = (
    id: number,
    project: number,
    iid: number,
    title: string,
    more: Partial<Issue> = {},
  ): Issue => ({
    id,
    project,
    iid,
    title,
    description: '',
    state: 'opened',
    labels: [],
    author: gitlabIds.ada,
    assignees: [],
    createdAt: at(20),
    updatedAt: at(5),
    ...more,
  })
  const [shop, drafts] = [48120011, 48120044]
  return {
    next: 150_000_100,
    users: [
      user(cast.ada, 'ada-okafor'),
      user(cast.bruno, 'brunolq'),
      user(cast.chiara, 'chiara-t'),
      user(cast.dmitri, 'dmitri-costa'),
    ],
    projects: [
      {
        id: shop,
        namespace: fernhill.slug,
        path: 'shop',
        name: 'Shop',
        description: 'The web shop',
        members: [gitlabIds.ada, gitlabIds.bruno, gitlabIds.chiara],
        activeAt: at(1),
      },
      {
        id: 48120012,
        namespace: fernhill.slug,
        path: 'fleet-sensors',
        name: 'Fleet sensors',
        description: '',
        members: [gitlabIds.ada, gitlabIds.bruno],
        activeAt: at(8),
      },
      {
        id: drafts,
        namespace: quayside.slug,
        path: 'autumn',
        name: 'Autumn',
        description: '',
        members: [gitlabIds.dmitri],
        activeAt: at(2),
      },
    ],
    issues: [
      issue(150_000_001, shop, 7, 'Basket forgets the frame size', {
        assignees: [gitlabIds.ada],
        labels: ['bug'],
        updatedAt: at(1),
      }),
      issue(150_000_002, shop, 8, 'Voucher field on small screens', { author: gitlabIds.bruno }),
      issue(150_000_003, shop, 4, 'Show delivery days', { state: 'closed', updatedAt: at(14) }),
      issue(150_000_004, drafts, 1, 'Pick the photographs', {
        author: gitlabIds.dmitri,
        assignees: [gitlabIds.dmitri],
      }),
      issue(150_000_005, shop, 3, 'Keep the frame size in the basket', {
        branch: '7-basket-size',
        author: gitlabIds.bruno,
        assignees: [gitlabIds.ada],
        description: 'Closes #7',
        updatedAt: at(1),
      }),
    ],
    notes: [
      {
        id: 150_000_050,
        issue: 150_000_001,
        author: gitlabIds.bruno,
        body: 'Only after signing in.',
        at: at(1),
      },
    ],
    hooks: [],
  }
}
