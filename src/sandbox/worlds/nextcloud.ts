/** Files, events and contacts on the sandbox's Nextcloud. */
import { cast } from '../cast.ts'

export type File = { content: string; type: string; modified: number }
export type Home = {
  /** By path without leading slash; folders end with one. */
  files: Record<string, File>
  /** iCalendar objects of the calendar `personal`, by name. */
  events: Record<string, string>
  /** vCards of the address book `contacts`, by name. */
  cards: Record<string, string>
}

export function seedHome(now: number): Home {
  const day = 86_400_000
  const stamp = (time: number) => new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const event = (uid: string, summary: string, inDays: number) =>
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Trunkline//Sandbox//EN',
      'BEGIN:VEVENT',
      `UID:${uid}`,
      `DTSTAMP:${stamp(now)}`,
      `DTSTART:${stamp(now + inDays * day)}`,
      `DTEND:${stamp(now + inDays * day + 3_600_000)}`,
      `SUMMARY:${summary}`,
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n')
  const card = (uid: string, name: string, email: string) => {
    const [first = '', ...last] = name.split(' ')
    return [
      'BEGIN:VCARD',
      'VERSION:3.0',
      `UID:${uid}`,
      `FN:${name}`,
      `N:${last.join(' ')};${first};;;`,
      `EMAIL;TYPE=WORK:${email}`,
      'END:VCARD',
      '',
    ].join('\r\n')
  }
  return {
    files: {
      'Documents/': { content: '', type: 'httpd/unix-directory', modified: now - 9 * day },
      'Documents/Service plan.md': {
        content: '# Service plan\n\nBrakes every 90 days.\n',
        type: 'text/markdown',
        modified: now - 2 * day,
      },
      'Documents/Fleet.csv': {
        content: 'bicycle,due\nFH-001,2026-12-01\n',
        type: 'text/csv',
        modified: now - 5 * day,
      },
      'Readme.md': { content: 'Welcome.\n', type: 'text/markdown', modified: now - 30 * day },
    },
    events: {
      'planning.ics': event('planning', 'Sprint 14 planning', 1),
      'fleet.ics': event('fleet', 'Rental fleet review', 3),
    },
    cards: {
      'bruno.vcf': card('bruno', cast.bruno.name, cast.bruno.email),
      'chiara.vcf': card('chiara', cast.chiara.name, cast.chiara.email),
    },
  }
}
