/** What is in a Google account of the sandbox: mail, calendar, contacts, files. */
import { cast } from '../cast.ts'
import type { Account } from '../stand-in.ts'

export type Message = {
  id: string
  threadId: string
  from: string
  to: string
  subject: string
  text: string
  labels: string[]
  /** Milliseconds. */
  at: number
}
export type CalendarEvent = {
  id: string
  summary: string
  start: string
  end: string
  attendees: string[]
  created: string
}
export type Contact = { id: string; name: string; email: string; phone?: string }
export type DriveFile = { id: string; name: string; mimeType: string; modifiedTime: string; text: string }
export type Workspace = {
  messages: Message[]
  drafts: { id: string; message: Message }[]
  events: CalendarEvent[]
  contacts: Contact[]
  files: DriveFile[]
}

export const DOCUMENT = 'application/vnd.google-apps.document'
const SHEET = 'application/vnd.google-apps.spreadsheet'

export function seedWorkspace(account: Account, now: number): Workspace {
  const day = 86_400_000
  const at = (days: number) => now - days * day
  const iso = (time: number) => new Date(time).toISOString()
  const message = (
    id: string,
    from: string,
    subject: string,
    text: string,
    days: number,
    labels: string[],
  ): Message => ({
    id,
    threadId: id,
    from,
    to: account.email,
    subject,
    text,
    labels,
    at: at(days),
  })
  const event = (id: string, summary: string, inDays: number, hours: number): CalendarEvent => {
    const start = Math.floor((now + inDays * day) / 3_600_000) * 3_600_000
    return {
      id,
      summary,
      start: iso(start),
      end: iso(start + hours * 3_600_000),
      attendees: [account.email, cast.bruno.email],
      created: iso(at(9)),
    }
  }
  return {
    messages: [
      message(
        '18c0a4f2e1b00001',
        cast.bruno.email,
        'SHOP-118: basket after sign-in',
        'The fix is in review. Can you look today?',
        1,
        ['INBOX', 'UNREAD'],
      ),
      message(
        '18c0a4f2e1b00002',
        cast.chiara.email,
        'Sprint 14 planning',
        'Notes are in the shared document.',
        3,
        ['INBOX'],
      ),
      message(
        '18c0a4f2e1b00003',
        'orders@parts.example',
        'Your order has shipped',
        '24 bells, matt black.',
        6,
        ['INBOX', 'CATEGORY_UPDATES'],
      ),
    ],
    drafts: [],
    events: [
      event('ev0planning14', 'Sprint 14 planning', 1, 1),
      event('ev0fleetreview', 'Rental fleet review', 3, 2),
      event('ev0standup', 'Stand-up', 0, 1),
    ],
    contacts: [
      { id: 'c1001', name: cast.bruno.name, email: cast.bruno.email, phone: '+44 20 7946 0101' },
      { id: 'c1002', name: cast.chiara.name, email: cast.chiara.email },
      { id: 'c1003', name: cast.dmitri.name, email: cast.dmitri.email, phone: '+44 20 7946 0144' },
    ],
    files: [
      {
        id: '1FernhillSprintNotes0001',
        name: 'Sprint 14 notes',
        mimeType: DOCUMENT,
        modifiedTime: iso(at(2)),
        text: 'Goal: the basket survives sign-in.\n',
      },
      {
        id: '1FernhillFleetBudget0002',
        name: 'Rental fleet budget',
        mimeType: SHEET,
        modifiedTime: iso(at(5)),
        text: 'item,cost\nbells,120\n',
      },
      {
        id: '1FernhillLogo0000000003',
        name: 'logo.txt',
        mimeType: 'text/plain',
        modifiedTime: iso(at(40)),
        text: 'Fernhill\n',
      },
    ],
  }
}
