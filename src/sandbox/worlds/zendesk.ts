/** What is on a Zendesk account of the sandbox. */
import { cast, daysAgo } from '../cast.ts'

export type User = {
  id: number
  name: string
  email: string
  role: 'admin' | 'agent' | 'end-user'
  organization: number | null
}
export type Comment = { id: number; author: number; body: string; public: boolean; at: string }
export type Ticket = {
  id: number
  subject: string
  status: string
  priority: string | null
  requester: number
  assignee: number | null
  tags: string[]
  created: string
  updated: string
  comments: Comment[]
}
export type Desk = {
  nextId: number
  users: User[]
  organizations: { id: number; name: string; domains: string[] }[]
  tickets: Ticket[]
}

export function seedDesk(now: number): Desk {
  const at = (days: number) => daysAgo(now, days)
  const ticket = (
    id: number,
    subject: string,
    body: string,
    days: number,
    more: Partial<Ticket> = {},
  ): Ticket => ({
    id,
    subject,
    status: 'open',
    priority: 'normal',
    requester: 362000001,
    assignee: 361000002,
    tags: [],
    created: at(days + 1),
    updated: at(days),
    comments: [{ id: 900_000 + id, author: 362000001, body, public: true, at: at(days + 1) }],
    ...more,
  })
  return {
    nextId: 370000001,
    users: [
      { id: 361000001, name: cast.ada.name, email: cast.ada.email, role: 'admin', organization: null },
      { id: 361000002, name: cast.bruno.name, email: cast.bruno.email, role: 'agent', organization: null },
      {
        id: 362000001,
        name: 'Noor Petrov',
        email: 'noor@riders.example',
        role: 'end-user',
        organization: 380000001,
      },
    ],
    organizations: [{ id: 380000001, name: 'City Riders', domains: ['riders.example'] }],
    tickets: [
      ticket(
        35436,
        'My basket is empty after I sign in',
        'I put two bells in the basket, and they were gone.',
        1,
        { priority: 'high', tags: ['basket'] },
      ),
      ticket(35437, 'When will my order arrive?', 'It is due on a public holiday.', 3, { status: 'pending' }),
      ticket(35438, 'Thank you', 'The new frame is great.', 12, { status: 'solved', priority: 'low' }),
    ],
  }
}
