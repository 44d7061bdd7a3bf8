/** How Linear's GraphQL filters and pages: https://linear.app/developers/filtering and /pagination */
import type { Json, JsonObject } from '../../catalog/define.ts'
import type { Resolver, Value } from '../graphql.ts'
import { isObject } from '../messages.ts'

export type Node = Record<string, Value | Resolver>

/** Relay's connections: the cursor is the id of the last node. */
export function connection(
  items: readonly Node[] | readonly Readonly<Record<string, string>>[],
  args: JsonObject,
): Value {
  const filter = args['filter']
  const chosen = (items as readonly Node[]).filter((item) => !isObject(filter) || passes(item, filter))
  const first = Math.min(Number(args['first'] ?? 50) || 50, 250)
  const start = chosen.findIndex(({ id }) => id === args['after']) + 1
  const nodes = chosen.slice(start, start + first)
  return {
    nodes: nodes as Value,
    edges: nodes.map((node) => ({ node: node as Value, cursor: node['id'] as Value })),
    pageInfo: {
      hasNextPage: start + nodes.length < chosen.length,
      hasPreviousPage: start > 0,
      startCursor: (nodes[0]?.['id'] ?? null) as Value,
      endCursor: (nodes.at(-1)?.['id'] ?? null) as Value,
    },
  }
}

/** Linear's filters: comparators at the leaves, `and` and `or` anywhere. */
function passes(item: Node, filter: JsonObject): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    if (name === 'and' || name === 'or') {
      const parts = (Array.isArray(wanted) ? wanted : []).filter(isObject)
      return name === 'and'
        ? parts.every((part) => passes(item, part))
        : parts.some((part) => passes(item, part))
    }
    if (!isObject(wanted)) return true
    const held = item[name]
    const value = typeof held === 'function' ? held({}) : (held ?? null)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      const inner = value as Node
      const nodes = inner['nodes']
      if (!Array.isArray(nodes)) return passes(inner, wanted)
      const some = wanted['some']
      return isObject(some) ? nodes.some((node) => passes(node as Node, some)) : true
    }
    return Object.entries(wanted).every(([comparator, against]) => compare(value, comparator, against))
  })
}

function compare(value: Value, comparator: string, against: Json | undefined): boolean {
  const list = Array.isArray(against) ? against : []
  const [left, right] = [textOf(value), textOf(against)]
  switch (comparator) {
    case 'eq':
      return value === against
    case 'neq':
      return value !== against
    case 'eqIgnoreCase':
      return left.toLowerCase() === right.toLowerCase()
    case 'in':
      return list.includes(value as Json)
    case 'nin':
      return !list.includes(value as Json)
    case 'null':
      return (value === null) === against
    case 'contains':
      return left.includes(right)
    case 'containsIgnoreCase':
      return left.toLowerCase().includes(right.toLowerCase())
    case 'gt':
      return left > right
    case 'gte':
      return left >= right
    case 'lt':
      return left < right
    case 'lte':
      return left <= right
    default:
      // A comparison by a field of something that is not there.
      return false
  }
}

const textOf = (value: Value | undefined) =>
  value === null || typeof value === 'object' ? '' : String(value)
