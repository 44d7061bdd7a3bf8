/**
 * Graph's way to answer: nodes by id, edges of nodes, and `fields` that say what is wanted of both.
 * https://developers.facebook.com/docs/graph-api/results
 */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { type Asked, json, type Reply } from '../messages.ts'

/** An edge is a list of nodes under its name. */
export type Node = { id: string; [name: string]: Json | readonly Node[] | undefined }

export type GraphProblem = { status?: number; code: number; message: string; subcode?: number; type?: string }

/** Graph's one shape for everything that fails. */
export function graphError({
  status = 400,
  code,
  message,
  subcode,
  type = 'OAuthException',
}: GraphProblem): Reply {
  return json(status, {
    error: {
      message,
      type,
      code,
      ...(subcode !== undefined && { error_subcode: subcode }),
      fbtrace_id: `A${Buffer.from(message).toString('base64url').slice(0, 22)}`,
    },
  })
}

type Wanted = { name: string; limit: number | undefined; fields: Wanted[] }

const PAGE = 25

/** `id,name,edge.limit(5){id,name}` */
export function readWanted(text: string): Wanted[] {
  const wanted: Wanted[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at <= text.length; at++) {
    const character = text[at] ?? ','
    if ('{('.includes(character)) depth++
    else if ('})'.includes(character)) depth--
    else if (character === ',' && depth === 0) {
      const [, name = '', limit, inner = ''] =
        /^\s*(\w+)(?:\.limit\((\d+)\))?(?:\{(.*)\})?\s*$/s.exec(text.slice(start, at)) ?? []
      if (name)
        wanted.push({
          name,
          limit: limit === undefined ? undefined : Number(limit),
          fields: readWanted(inner),
        })
      start = at + 1
    }
  }
  return wanted
}

/** What of a node was asked for; its id comes always. Fields it does not have are left out, as Graph does. */
export function select(node: Node, wanted: readonly Wanted[]): JsonObject {
  const body: JsonObject = {}
  for (const { name, limit = PAGE, fields } of wanted) {
    const value = node[name]
    if (value === undefined) continue
    body[name] = isEdge(value)
      ? { data: value.slice(0, limit).map((one) => select(one, fields.length > 0 ? fields : plain(one))) }
      : value
  }
  // Permissions are the one kind of node without an id.
  return node.id ? { ...body, id: node.id } : body
}

/** Without `fields` a node tells its id and name. */
export function tell(node: Node, asked: Asked): Reply {
  const fields = asked.query.get('fields')
  return json(200, select(node, readWanted(fields ?? 'id,name')))
}

/** One page of an edge, with cursors. */
export function page(nodes: readonly Node[], asked: Asked): Reply {
  const limit = Math.min(Math.max(Number(asked.query.get('limit')) || PAGE, 1), 500)
  const from = nodes.findIndex((node) => cursor(node) === asked.query.get('after')) + 1
  const shown = nodes.slice(from, from + limit)
  const fields = asked.query.get('fields')
  const [first, last] = [shown[0], shown.at(-1)]
  return json(200, {
    data: shown.map((node) => select(node, fields === null ? plain(node) : readWanted(fields))),
    ...(first &&
      last && {
        paging: {
          cursors: { before: cursor(first), after: cursor(last) },
          ...(from + limit < nodes.length && {
            next: `https://${asked.host}${asked.path}?${new URLSearchParams({ ...Object.fromEntries(asked.query), after: cursor(last) })}`,
          }),
        },
      }),
  })
}

export function isEdge(value: Node[string]): value is readonly Node[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && 'id' in one)
}

const cursor = (node: Node) => Buffer.from(node.id).toString('base64url')

function plain(node: Node): Wanted[] {
  return Object.entries(node).flatMap(([name, value]) =>
    isEdge(value) ? [] : [{ name, limit: undefined, fields: [] }],
  )
}
