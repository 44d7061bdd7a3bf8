/**
 * A small part of JQL: clauses joined by AND, with =, !=, IN, NOT IN, ~, IS EMPTY, IS NOT EMPTY, and >= or <= on
 * dates. Anything else is refused, as Jira refuses what it cannot parse.
 */
import type { Issue, Site } from './jira.ts'

export type Query = { matches: (issue: Issue) => boolean; order: (a: Issue, b: Issue) => number }

export function parseJql(jql: string, context: { site: Site; me: string; now: number }): Query | undefined {
  const [where = '', order = ''] = jql.split(/\s*\border by\b\s*/i)
  const clauses =
    where.trim() === '' ? [] : where.split(/\s+and\s+/i).map((clause) => parseClause(clause.trim(), context))
  if (clauses.some((clause) => clause === undefined)) return undefined
  const [field = 'updated', direction = 'desc'] = order.split(',')[0]?.trim().split(/\s+/) ?? []
  const sign = direction.toLowerCase() === 'asc' ? 1 : -1
  const key = (issue: Issue) =>
    field.toLowerCase() === 'created'
      ? issue.created
      : field.toLowerCase() === 'key'
        ? issue.key
        : issue.updated
  return {
    matches: (issue) => clauses.every((clause) => clause?.(issue)),
    order: (a, b) => sign * key(a).localeCompare(key(b)),
  }
}

type Context = Parameters<typeof parseJql>[1]

function parseClause(clause: string, context: Context): ((issue: Issue) => boolean) | undefined {
  const found = /^([\w. ]+?)\s*(!=|>=|<=|=|!~|~|\bnot in\b|\bin\b|\bis not\b|\bis\b)\s*(.+)$/i.exec(clause)
  if (!found) return undefined
  const [, field = '', operator = '', operand = ''] = found
  const read = FIELDS[field.trim().toLowerCase()]
  if (!read) return undefined
  const values = operand
    .replace(/^\((.*)\)$/, '$1')
    .split(',')
    .map((value) => resolve(value.trim().replace(/^["']|["']$/g, ''), context))
  const [first = ''] = values
  const own = (issue: Issue) => read(issue, context)
  const has = (issue: Issue) =>
    values.some((value) => own(issue).some((one) => one.toLowerCase() === value.toLowerCase()))
  switch (operator.toLowerCase()) {
    case '=':
    case 'in':
      return has
    case '!=':
    case 'not in':
      return (issue) => !has(issue)
    case '~':
      return (issue) => own(issue).some((one) => one.toLowerCase().includes(first.toLowerCase()))
    case '!~':
      return (issue) => !own(issue).some((one) => one.toLowerCase().includes(first.toLowerCase()))
    case '>=':
      return (issue) => own(issue).some((one) => one >= readDate(first, context.now))
    case '<=':
      return (issue) => own(issue).some((one) => one <= readDate(first, context.now))
    case 'is':
      return (issue) => own(issue).length === 0
    default:
      return (issue) => own(issue).length > 0
  }
}

const FIELDS: Readonly<Record<string, (issue: Issue, context: Context) => string[]>> = {
  project: (issue, { site }) => {
    const found = site.projects.find(({ key }) => key === issue.project)
    return found ? [found.key, found.name, found.id] : []
  },
  key: (issue) => [issue.key],
  issuekey: (issue) => [issue.key],
  id: (issue) => [issue.id],
  status: (issue) => [issue.status],
  statuscategory: (issue) => [issue.status],
  issuetype: (issue) => [issue.type],
  type: (issue) => [issue.type],
  priority: (issue) => [issue.priority],
  labels: (issue) => issue.labels,
  assignee: (issue, { site }) => person(issue.assignee, site),
  reporter: (issue, { site }) => person(issue.reporter, site),
  sprint: (issue) => (issue.sprint === null ? [] : [String(issue.sprint)]),
  summary: (issue) => [issue.summary],
  text: (issue) => [issue.summary, issue.description],
  updated: (issue) => [issue.updated],
  created: (issue) => [issue.created],
}

function person(id: string | null, site: Site): string[] {
  const found = site.users.find((user) => user.id === id)
  return found ? [found.id, found.name, found.email] : []
}

function resolve(value: string, { me }: Context): string {
  return /^currentuser\(\)$/i.test(value) ? me : value
}

/** `-30d`, `-2w`, `-5h`, or a date. */
function readDate(value: string, now: number): string {
  const relative = /^-(\d+)([mhdw])$/.exec(value)
  if (!relative) return value.replace(' ', 'T')
  const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
  return new Date(now - Number(relative[1]) * units[relative[2] as keyof typeof units]).toISOString()
}
