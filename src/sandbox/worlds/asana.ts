/** The workspaces of the sandbox's Asana. */
import { cast, type CastMember, fernhill, quayside } from '../cast.ts'

export type User = { gid: string; name: string; email: string; workspaces: string[] }
export type Project = { gid: string; workspace: string; name: string; archived: boolean; modifiedAt: string }
export type Task = {
  gid: string
  workspace: string
  name: string
  notes: string
  completed: boolean
  assignee: string | null
  dueOn: string | null
  projects: string[]
  createdAt: string
  modifiedAt: string
}
export type Story = { gid: string; task: string; by: string; text: string; createdAt: string }
export type Data = {
  nextGid: number
  workspaces: { gid: string; name: string; paid: boolean }[]
  users: User[]
  projects: Project[]
  tasks: Task[]
  stories: Story[]
}

export const asanaIds = {
  ada: '1204000000000001',
  bruno: '1204000000000002',
  chiara: '1204000000000003',
  dmitri: '1204000000000004',
  fernhill: '1203000000000001',
  quayside: '1203000000000002',
} as const

export function seedAsana(now: number): Data {
  const at = (days: number) => new Date(now - days * 86_400_000).toISOString()
  const day = (days: number) => at(days).slice(0, 10)
  const user = ({ key, name, email }: CastMember, workspaces: string[]): User => ({
    gid: asanaIds[key],
    name,
    email,
    workspaces,
  })
  const task = (number: number, name: string, project: string, more: Partial<Task> = {}): Task => ({
    gid: `12060000000000${String(number).padStart(2, '0')}`,
    workspace: asanaIds.fernhill,
    name,
    notes: '',
    completed: false,
    assignee: null,
    dueOn: null,
    projects: [project],
    createdAt: at(20),
    modifiedAt: at(4),
    ...more,
  })
  const [fair, stock, range] = ['1205000000000001', '1205000000000002', '1205000000000003'] as const
  const stand = task(1, 'Book the stand', fair, {
    assignee: asanaIds.ada,
    dueOn: day(-5),
    modifiedAt: at(1),
    notes: 'Hall 4 or 5, near the test track.',
  })
  return {
    nextGid: 1207000000000001,
    workspaces: [
      { gid: asanaIds.fernhill, name: fernhill.name, paid: true },
      { gid: asanaIds.quayside, name: quayside.name, paid: false },
    ],
    users: [
      user(cast.ada, [asanaIds.fernhill]),
      user(cast.bruno, [asanaIds.fernhill]),
      user(cast.chiara, [asanaIds.fernhill]),
      user(cast.dmitri, [asanaIds.fernhill, asanaIds.quayside]),
    ],
    projects: [
      { gid: fair, workspace: asanaIds.fernhill, name: 'Spring fair', archived: false, modifiedAt: at(1) },
      { gid: stock, workspace: asanaIds.fernhill, name: 'Stocktaking', archived: true, modifiedAt: at(90) },
      { gid: range, workspace: asanaIds.quayside, name: 'Autumn range', archived: false, modifiedAt: at(3) },
    ],
    tasks: [
      stand,
      task(2, 'Choose six bicycles to show', fair, { assignee: asanaIds.chiara, dueOn: day(-9) }),
      task(3, 'Print the price list', fair, { completed: true, modifiedAt: at(7) }),
      task(4, 'Count the spokes', stock, { completed: true, modifiedAt: at(90) }),
      task(5, 'Pick the photographs', range, {
        workspace: asanaIds.quayside,
        assignee: asanaIds.dmitri,
        modifiedAt: at(2),
      }),
    ],
    stories: [
      {
        gid: '1208000000000001',
        task: stand.gid,
        by: asanaIds.bruno,
        text: 'Hall 5 has the better light.',
        createdAt: at(1),
      },
    ],
  }
}
