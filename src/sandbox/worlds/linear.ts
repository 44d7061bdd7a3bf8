/** The workspaces of the sandbox's Linear. */
import { cast, type CastMember, fernhill, quayside } from '../cast.ts'

export type User = { id: string; name: string; email: string }
export type State = { id: string; name: string; type: string }
export type Team = { id: string; key: string; name: string; states: State[]; count: number }
export type Project = {
  id: string
  name: string
  state: string
  progress: number
  lead: string
  teams: string[]
}
export type Issue = {
  id: string
  number: number
  team: string
  title: string
  description: string | null
  state: string
  priority: number
  assignee: string | null
  creator: string
  project: string | null
  createdAt: string
  updatedAt: string
}
export type Comment = { id: string; issue: string; user: string; body: string; createdAt: string }
export type Webhook = {
  id: string
  url: string
  label: string | null
  resourceTypes: string[]
  createdAt: string
}
export type Workspace = {
  id: string
  name: string
  urlKey: string
  users: User[]
  teams: Team[]
  projects: Project[]
  issues: Issue[]
  comments: Comment[]
  webhooks: Webhook[]
}

export const linearIds = {
  ada: '1f0c7a7e-5b1d-4a63-9c1e-000000000001',
  bruno: '1f0c7a7e-5b1d-4a63-9c1e-000000000002',
  chiara: '1f0c7a7e-5b1d-4a63-9c1e-000000000003',
  dmitri: '1f0c7a7e-5b1d-4a63-9c1e-000000000004',
} as const

/** Linear's ids are UUIDs; the seeded ones tell what they belong to. */
const uuid = (kind: number, number: number) =>
  `2b7d3c10-${String(kind).padStart(4, '0')}-4000-8000-${String(number).padStart(12, '0')}`

const STATES = [
  ['Backlog', 'backlog'],
  ['Todo', 'unstarted'],
  ['In Progress', 'started'],
  ['Done', 'completed'],
  ['Canceled', 'canceled'],
] as const

export function seedWorkspaces(now: number): Workspace[] {
  const at = (days: number) => new Date(now - days * 86_400_000).toISOString()
  const member = ({ key, name, email }: CastMember): User => ({ id: linearIds[key], name, email })
  const team = (number: number, key: string, name: string): Team => ({
    id: uuid(1, number),
    key,
    name,
    count: 0,
    states: STATES.map(([state, type], index) => ({
      id: uuid(2, number * 10 + index),
      name: state,
      type,
    })),
  })
  const shop = team(1, 'SHOP', 'Shop')
  const fleet = team(2, 'FLEET', 'Rental fleet')
  const studio = team(3, 'STU', 'Studio')
  const issue = (
    of: Team,
    number: number,
    title: string,
    state: string,
    more: Partial<Issue> = {},
  ): Issue => {
    of.count = Math.max(of.count, number)
    return {
      id: uuid(3, Number(of.id.slice(-3)) * 1000 + number),
      number,
      team: of.id,
      title,
      description: null,
      state: of.states.find(({ name }) => name === state)?.id ?? '',
      priority: 3,
      assignee: null,
      creator: linearIds.ada,
      project: null,
      createdAt: at(30),
      updatedAt: at(6),
      ...more,
    }
  }
  const checkout = uuid(4, 1)
  const basket = issue(shop, 41, 'Basket forgets the frame size', 'In Progress', {
    assignee: linearIds.ada,
    creator: linearIds.bruno,
    priority: 1,
    project: checkout,
    description: 'Change the size, go back: the old one is in the basket.',
    updatedAt: at(1),
  })
  return [
    {
      id: uuid(9, 1),
      name: fernhill.name,
      urlKey: fernhill.slug,
      users: [member(cast.ada), member(cast.bruno), member(cast.chiara)],
      teams: [shop, fleet],
      projects: [
        {
          id: checkout,
          name: 'New checkout',
          state: 'started',
          progress: 0.4,
          lead: linearIds.bruno,
          teams: [shop.id],
        },
        {
          id: uuid(4, 2),
          name: 'Winter service',
          state: 'planned',
          progress: 0,
          lead: linearIds.chiara,
          teams: [fleet.id],
        },
      ],
      issues: [
        basket,
        issue(shop, 42, 'Voucher field on small screens', 'Todo', {
          assignee: linearIds.bruno,
          project: checkout,
          updatedAt: at(2),
        }),
        issue(shop, 37, 'Delivery estimate by postcode', 'Done', { updatedAt: at(12) }),
        issue(fleet, 9, 'Order brake pads before November', 'Todo', {
          assignee: linearIds.chiara,
          priority: 2,
          updatedAt: at(3),
        }),
        issue(fleet, 10, 'Count the helmets', 'Backlog'),
      ],
      comments: [
        {
          id: uuid(5, 1),
          issue: basket.id,
          user: linearIds.ada,
          body: 'Seen on the town bicycles only.',
          createdAt: at(1),
        },
      ],
      webhooks: [],
    },
    {
      id: uuid(9, 2),
      name: quayside.name,
      urlKey: quayside.slug,
      users: [member(cast.dmitri)],
      teams: [studio],
      projects: [],
      issues: [issue(studio, 3, 'Photographs of the autumn range', 'Todo', { creator: linearIds.dmitri })],
      comments: [],
      webhooks: [],
    },
  ]
}
