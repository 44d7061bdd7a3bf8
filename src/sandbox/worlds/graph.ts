/** What is in a Microsoft account of the sandbox, and in the organization it belongs to. */
import { cast, daysAgo } from '../cast.ts'
import type { Account } from '../stand-in.ts'

export type Message = {
  id: string
  folder: 'inbox' | 'drafts' | 'sentitems'
  subject: string
  from: string
  to: string[]
  text: string
  read: boolean
  at: string
}
export type Event = { id: string; subject: string; start: string; end: string; attendees: string[] }
export type Contact = { id: string; name: string; email: string; phone?: string; company?: string }
export type Item = { id: string; parent: string; name: string; text?: string; at: string }
/** One person's mail, calendar, contacts and files. */
export type Mailbox = { messages: Message[]; events: Event[]; contacts: Contact[]; items: Item[] }

export type Post = { id: string; from: string; text: string; at: string }
export type Channel = { id: string; name: string; posts: Post[] }
export type Team = { id: string; name: string; about: string; members: string[]; channels: Channel[] }
export type Chat = {
  id: string
  type: 'oneOnOne' | 'group'
  topic: string | null
  members: string[]
  posts: Post[]
}
/** What an organization shares. */
export type Organization = { teams: Team[]; chats: Chat[] }

/** The folder at the top of a drive. */
export const ROOT = '01ROOT'

export function seedMailbox(account: Account, now: number): Mailbox {
  const message = (
    id: string,
    from: string,
    subject: string,
    text: string,
    days: number,
    read = true,
  ): Message => ({
    id: `AAMkAGFern${id}=`,
    folder: 'inbox',
    subject,
    from,
    to: [account.email],
    text,
    read,
    at: daysAgo(now, days),
  })
  const event = (id: string, subject: string, inDays: number, hours: number): Event => {
    const start = Math.floor((now + inDays * 86_400_000) / 3_600_000) * 3_600_000
    const time = (at: number) => new Date(at).toISOString().replace('Z', '0000')
    return {
      id: `AAMkAGEvent${id}=`,
      subject,
      start: time(start),
      end: time(start + hours * 3_600_000),
      attendees: [cast.bruno.email, cast.chiara.email],
    }
  }
  const item = (id: string, parent: string, name: string, days: number, text?: string): Item => ({
    id,
    parent,
    name,
    at: daysAgo(now, days),
    ...(text !== undefined && { text }),
  })
  return {
    messages: [
      message(
        '0001',
        cast.bruno.email,
        'SHOP-118: basket after sign-in',
        'The fix is in review. Can you look today?',
        1,
        false,
      ),
      message('0002', cast.chiara.email, 'Sprint 14 planning', 'Notes are in the shared document.', 3),
      message('0003', 'orders@parts.example', 'Your order has shipped', '24 bells, matt black.', 6),
    ],
    events: [
      event('0001', 'Sprint 14 planning', 1, 1),
      event('0002', 'Rental fleet review', 3, 2),
      event('0003', 'Stand-up', 0, 1),
    ],
    contacts: [
      { id: 'AAMkAGCont0001=', name: cast.bruno.name, email: cast.bruno.email, phone: '+44 20 7946 0101' },
      { id: 'AAMkAGCont0002=', name: cast.chiara.name, email: cast.chiara.email },
      {
        id: 'AAMkAGCont0003=',
        name: cast.dmitri.name,
        email: cast.dmitri.email,
        phone: '+44 20 7946 0144',
        company: 'Quayside Studio',
      },
    ],
    items: [
      item('01FOLDERSPRINTS', ROOT, 'Sprints', 30),
      item(
        '01FILESPRINT14',
        '01FOLDERSPRINTS',
        'Sprint 14 notes.txt',
        2,
        'Goal: the basket survives sign-in.\n',
      ),
      item('01FILEBUDGET', ROOT, 'Rental fleet budget.csv', 5, 'item,cost\nbells,120\n'),
    ],
  }
}

export function seedOrganization(now: number, people: { ada: string; bruno: string }): Organization {
  const post = (id: string, from: string, text: string, days: number): Post => ({
    id,
    from,
    text,
    at: daysAgo(now, days),
  })
  const both = [people.ada, people.bruno]
  return {
    teams: [
      {
        id: '2f0c9a61-7b1d-4c55-9d0e-5a1f6e7b8c01',
        name: 'Shop',
        about: 'The web shop of Fernhill Bicycles',
        members: both,
        channels: [
          {
            id: '19:7f3a1c5e9b2d4608@thread.tacv2',
            name: 'General',
            posts: [
              post('1763460000001', people.bruno, 'The basket fix is in review.', 2),
              post('1763460000002', people.ada, 'Looking at it this afternoon.', 2),
            ],
          },
          { id: '19:0d4e8a7b6c5f4321@thread.tacv2', name: 'Releases', posts: [] },
        ],
      },
      {
        id: '5b7e2d13-4a9c-4f60-8e21-90c3d4e5f602',
        name: 'Rental fleet',
        about: 'Bicycles that are out, and those that are due',
        members: [people.ada],
        channels: [
          {
            id: '19:55aa66bb77cc88dd@thread.tacv2',
            name: 'General',
            posts: [post('1763460000003', people.ada, 'Twelve bells arrived.', 5)],
          },
        ],
      },
    ],
    chats: [
      {
        id: '19:fernhill_ada_bruno@unq.gbl.spaces',
        type: 'oneOnOne',
        topic: null,
        members: both,
        posts: [post('1763460000004', people.bruno, 'Coffee, Ada?', 1)],
      },
    ],
  }
}
