/** As much of CQL as it takes to search a small wiki: conditions joined by AND, and an order. */
import type { Page, Space, Wiki } from './confluence.ts'

export type Query = { matches: (page: Page) => boolean; order: (a: Page, b: Page) => number }

const CONDITION =
  /^\s*([a-z.]+)\s*(!=|>=|<=|=|~|>|<|\bnot\s+in\b|\bin\b)\s*(\([^)]*\)|now\("?-?\d+[dwmhy]"?\)|"(?:\\.|[^"\\])*"|[^\s()]+)\s*/i

/** @returns undefined for a query that cannot be read */
export function parseCql(cql: string, context: { wiki: Wiki; now: number }): Query | undefined {
  const [, where = '', field = 'lastmodified', direction = 'asc'] =
    /^(.*?)(?:\s*\border\s+by\s+([a-z]+)(?:\s+(asc|desc))?)?\s*$/is.exec(cql) ?? []
  const tests: ((page: Page) => boolean)[] = []
  let rest = where
  while (rest.trim()) {
    const [all = '', name = '', operator = '', value = ''] = CONDITION.exec(rest) ?? []
    const test = all ? condition(name.toLowerCase(), operator.toLowerCase(), value, context) : undefined
    if (!test) return undefined
    tests.push(test)
    rest = rest.slice(all.length)
    if (!rest.trim()) break
    if (!/^and\s/i.test(rest)) return undefined
    rest = rest.slice(4)
  }
  if (tests.length === 0) return undefined
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1
  const key = (page: Page) =>
    field.toLowerCase() === 'title'
      ? page.title
      : field.toLowerCase() === 'created'
        ? page.createdAt
        : page.updatedAt
  return {
    matches: (page) => tests.every((test) => test(page)),
    order: (a, b) => sign * key(a).localeCompare(key(b)),
  }
}

function condition(
  name: string,
  operator: string,
  value: string,
  { wiki, now }: { wiki: Wiki; now: number },
): ((page: Page) => boolean) | undefined {
  const values = (value.startsWith('(') ? value.slice(1, -1).split(',') : [value]).map(unquote)
  const among = (held: string) => {
    const found = values.some((one) => one.toLowerCase() === held.toLowerCase())
    return operator === '!=' || operator.startsWith('not') ? !found : found
  }
  const holds = (held: string) =>
    held.toLowerCase().includes((values[0] ?? '').replaceAll('*', '').toLowerCase())
  switch (name) {
    case 'type':
      return () => among('page')
    case 'space':
    case 'space.key':
      return (page) => among(spaceOf(page, wiki)?.key ?? '')
    case 'id':
    case 'content':
      return (page) => among(page.id)
    case 'title':
      return (page) => (operator === '~' ? holds(page.title) : among(page.title))
    case 'text':
    case 'sitesearch':
      return (page) => holds(`${page.title} ${page.body}`)
    case 'creator':
      return (page) => among(page.author)
    case 'lastmodified':
    case 'created': {
      const limit = readTime(values[0] ?? '', now)
      if (Number.isNaN(limit)) return undefined
      return (page) => {
        const time = Date.parse(name === 'created' ? page.createdAt : page.updatedAt)
        return operator.startsWith('>')
          ? time >= limit
          : operator.startsWith('<')
            ? time <= limit
            : time === limit
      }
    }
    default:
      return undefined
  }
}

export function spaceOf(page: Page, wiki: Wiki): Space | undefined {
  return wiki.spaces.find(({ id }) => id === page.space)
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3600,
  d: 86_400,
  w: 604_800,
  m: 2_592_000,
  y: 31_536_000,
}

function readTime(value: string, now: number): number {
  const [, amount, unit] = /^now\("?-?(\d+)([hdwmy])"?\)$/i.exec(value) ?? []
  if (amount && unit) return now - Number(amount) * (UNITS[unit.toLowerCase()] ?? 0) * 1000
  return Date.parse(
    `${value.trim().replace(' ', 'T')}${value.includes(':') ? ':00' : ''}Z`.replace(
      /^(\d{4}-\d\d-\d\d)Z$/,
      '$1',
    ),
  )
}

function unquote(value: string): string {
  const trimmed = value.trim()
  return /^".*"$/s.test(trimmed) ? trimmed.slice(1, -1).replaceAll(/\\(.)/g, '$1') : trimmed
}
