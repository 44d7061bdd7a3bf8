/** The sites of the sandbox's Jira. */
import type { Extra } from './crowd.ts'
import { cast, fernhill, quayside } from '../cast.ts'

export type User = { id: string; name: string; email: string }
export type Issue = {
  id: string
  key: string
  project: string
  type: 'Story' | 'Bug' | 'Task'
  summary: string
  description: string
  status: 'To Do' | 'In Progress' | 'Done'
  priority: string
  assignee: string | null
  reporter: string
  labels: string[]
  sprint: number | null
  created: string
  updated: string
}
export type Comment = { id: string; issue: string; author: string; text: string; at: string }
export type Project = {
  id: string
  key: string
  name: string
  lead: string
  private?: boolean
  archived?: boolean
}
export type Sprint = {
  id: number
  board: number
  name: string
  state: 'active' | 'closed' | 'future'
  start: string
  end: string
}
export type Board = { id: number; name: string; project: string; type: 'scrum' | 'kanban' }
export type Site = {
  cloudId: string
  name: string
  slug: string
  users: User[]
  projects: Project[]
  issues: Issue[]
  comments: Comment[]
  boards: Board[]
  sprints: Sprint[]
  nextId: number
}

export const jiraIds = {
  ada: '712020:5f0c1a2e-9d41-4b6e-8c1e-aa0000000001',
  bruno: '712020:5f0c1a2e-9d41-4b6e-8c1e-aa0000000002',
  chiara: '712020:5f0c1a2e-9d41-4b6e-8c1e-aa0000000003',
  dmitri: '712020:5f0c1a2e-9d41-4b6e-8c1e-aa0000000004',
} as const

/** Jira writes times to the millisecond with an offset without a colon. */
export function jiraTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000')
}

export function seedSites(now: number): Site[] {
  const day = 86_400_000
  const at = (days: number) => jiraTime(now - days * day)
  const member = (key: 'ada' | 'bruno' | 'chiara' | 'dmitri'): User => ({
    id: jiraIds[key],
    name: cast[key].name,
    email: cast[key].email,
  })
  const issue = (number: number, project: string, summary: string, more: Partial<Issue> = {}): Issue => ({
    id: String(10_000 + number),
    key: `${project}-${number}`,
    project,
    type: 'Story',
    summary,
    description: '',
    status: 'To Do',
    priority: 'Medium',
    assignee: null,
    reporter: jiraIds.ada,
    labels: [],
    sprint: null,
    created: at(30),
    updated: at(7),
    ...more,
  })
  return [
    {
      cloudId: '7a1c9d34-52e8-4b0f-9a6d-1f2e3d4c5b60',
      name: fernhill.name,
      slug: fernhill.slug,
      users: [member('ada'), member('bruno'), member('chiara')],
      projects: [
        { id: '10001', key: 'SHOP', name: 'Shop', lead: jiraIds.ada },
        { id: '10002', key: 'FLEET', name: 'Rental fleet', lead: jiraIds.bruno },
      ],
      issues: [
        issue(118, 'SHOP', 'Keep the basket after sign-in', {
          type: 'Bug',
          status: 'In Progress',
          assignee: jiraIds.ada,
          reporter: jiraIds.bruno,
          labels: ['checkout'],
          sprint: 14,
          updated: at(1),
          description: 'Fill the basket, sign in: it is empty.',
        }),
        issue(119, 'SHOP', 'Delivery days ignore public holidays', {
          type: 'Bug',
          assignee: jiraIds.bruno,
          sprint: 14,
          updated: at(3),
        }),
        issue(112, 'SHOP', 'Show frames by height of the rider', {
          status: 'Done',
          assignee: jiraIds.bruno,
          sprint: 13,
          updated: at(16),
        }),
        issue(121, 'SHOP', 'Gift cards', { updated: at(9) }),
        issue(31, 'FLEET', 'Readings arrive twice after a reconnect', {
          type: 'Bug',
          status: 'Done',
          assignee: jiraIds.bruno,
          updated: at(9),
        }),
        issue(34, 'FLEET', 'Warn before the brakes are due', {
          assignee: jiraIds.chiara,
          priority: 'High',
          updated: at(2),
        }),
      ],
      comments: [
        {
          id: '20001',
          issue: 'SHOP-118',
          author: jiraIds.ada,
          text: 'The session is replaced before the basket is copied.',
          at: at(1),
        },
      ],
      boards: [
        { id: 1, name: 'SHOP board', project: 'SHOP', type: 'scrum' },
        { id: 2, name: 'Fleet board', project: 'FLEET', type: 'kanban' },
      ],
      sprints: [
        {
          id: 13,
          board: 1,
          name: 'Sprint 13',
          state: 'closed',
          start: new Date(now - 28 * day).toISOString(),
          end: new Date(now - 14 * day).toISOString(),
        },
        {
          id: 14,
          board: 1,
          name: 'Sprint 14',
          state: 'active',
          start: new Date(now - 13 * day).toISOString(),
          end: new Date(now + day).toISOString(),
        },
        {
          id: 15,
          board: 1,
          name: 'Sprint 15',
          state: 'future',
          start: new Date(now + 2 * day).toISOString(),
          end: new Date(now + 16 * day).toISOString(),
        },
      ],
      nextId: 30_001,
    },
    {
      cloudId: '7a1c9d34-52e8-4b0f-9a6d-1f2e3d4c5b61',
      name: `${quayside.name} for Fernhill`,
      slug: quayside.slug,
      users: [member('dmitri'), member('ada')],
      projects: [{ id: '10001', key: 'DRAFT', name: 'Drafts', lead: jiraIds.dmitri }],
      issues: [
        issue(1, 'DRAFT', 'Autumn page, three drafts', {
          assignee: jiraIds.dmitri,
          reporter: jiraIds.dmitri,
        }),
      ],
      comments: [],
      boards: [{ id: 1, name: 'DRAFT board', project: 'DRAFT', type: 'kanban' }],
      sprints: [],
      nextId: 30_001,
    },
  ]
}

/** One of the hundreds. Keys are letters alone, as Jira has them. */
export function crowdProject({ number, title, private: hidden, archived }: Extra): Project {
  return {
    id: String(40_000 + number),
    key: `X${spell(number)}`,
    name: title,
    lead: jiraIds.chiara,
    private: hidden,
    archived,
  }
}

/** Every third project has one. */
export function crowdBoards(extras: readonly Extra[]): Board[] {
  return extras
    .filter(({ number }) => number % 3 === 0)
    .map((one) => ({
      id: 4000 + one.number,
      name: `${one.title} board`,
      project: crowdProject(one).key,
      type: one.number % 2 === 0 ? 'scrum' : 'kanban',
    }))
}

function spell(number: number): string {
  return [676, 26, 1].map((place) => String.fromCharCode(65 + (Math.floor(number / place) % 26))).join('')
}
