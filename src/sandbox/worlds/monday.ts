/** The accounts of the sandbox's monday.com. */
import { cast, type CastMember, fernhill, quayside } from '../cast.ts'

export type User = { id: string; name: string; email: string }
export type Column = { id: string; title: string; type: string }
export type Item = {
  id: string
  board: string
  group: string
  name: string
  /** By column: the text that is shown, and the JSON behind it. */
  values: Record<string, { text: string; value: string | null }>
  updatedAt: string
}
export type Update = { id: string; item: string; creator: string; body: string; createdAt: string }
export type Board = {
  id: string
  name: string
  workspace: string
  columns: Column[]
  groups: { id: string; title: string }[]
}
export type Webhook = { id: string; board: string; event: string; url: string }
export type Account = {
  id: string
  name: string
  slug: string
  users: User[]
  workspaces: { id: string; name: string }[]
  boards: Board[]
  items: Item[]
  updates: Update[]
  webhooks: Webhook[]
}
export type Data = { next: number; accounts: Account[] }

export const mondayIds = {
  ada: '61200001',
  bruno: '61200002',
  chiara: '61200003',
  dmitri: '61200004',
} as const

export function seedMonday(now: number): Data {
  const at = (days: number) => new Date(now - days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z')
  const user = ({ key, name, email }: CastMember): User => ({ id: mondayIds[key], name, email })
  const columns: Column[] = [
    { id: 'name', title: 'Name', type: 'name' },
    { id: 'person', title: 'Owner', type: 'people' },
    { id: 'status', title: 'Status', type: 'status' },
    { id: 'date4', title: 'Due', type: 'date' },
  ]
  const groups = [
    { id: 'topics', title: 'This month' },
    { id: 'group_later', title: 'Later' },
  ]
  const item = (
    id: number,
    board: string,
    name: string,
    status: string,
    owner: CastMember | undefined,
    days: number,
    group = 'topics',
  ): Item => ({
    id: String(7_100_000_000 + id),
    board,
    group,
    name,
    values: {
      status: {
        text: status,
        value: JSON.stringify({ index: ['Working on it', 'Done', 'Stuck'].indexOf(status) }),
      },
      person: owner
        ? {
            text: owner.name,
            value: JSON.stringify({
              personsAndTeams: [{ id: Number(mondayIds[owner.key]), kind: 'person' }],
            }),
          }
        : { text: '', value: null },
      date4: {
        text: at(days - 10).slice(0, 10),
        value: JSON.stringify({ date: at(days - 10).slice(0, 10) }),
      },
    },
    updatedAt: at(days),
  })
  const [service, hire, drafts] = ['5900000001', '5900000002', '5900000003'] as const
  return {
    next: 7_200_000_001,
    accounts: [
      {
        id: '23400001',
        name: fernhill.name,
        slug: fernhill.slug,
        users: [user(cast.ada), user(cast.bruno), user(cast.chiara)],
        workspaces: [{ id: '4100001', name: 'Workshop' }],
        boards: [
          { id: service, name: 'Service plan', workspace: '4100001', columns, groups },
          { id: hire, name: 'Hiring', workspace: '4100001', columns, groups },
        ],
        items: [
          item(1, service, 'Town bicycles, brakes', 'Working on it', cast.chiara, 1),
          item(2, service, 'Cargo bicycles, batteries', 'Stuck', cast.bruno, 2),
          item(3, service, 'Trailers', 'Done', undefined, 9, 'group_later'),
          item(4, hire, 'Mechanic, two days', 'Working on it', cast.ada, 4),
        ],
        updates: [
          {
            id: '8100000001',
            item: '7100000002',
            creator: mondayIds.bruno,
            body: '<p>The cells come on Thursday.</p>',
            createdAt: at(2),
          },
        ],
        webhooks: [],
      },
      {
        id: '23400002',
        name: quayside.name,
        slug: quayside.slug,
        users: [user(cast.dmitri)],
        workspaces: [{ id: '4100002', name: 'Studio' }],
        boards: [{ id: drafts, name: 'Autumn drafts', workspace: '4100002', columns, groups }],
        items: [item(5, drafts, 'Poster', 'Working on it', cast.dmitri, 3)],
        updates: [],
        webhooks: [],
      },
    ],
  }
}
