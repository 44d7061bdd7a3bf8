/**
 * As much of GraphQL (October 2021) as it takes to play a vendor's API: documents with variables, fragments, aliases
 * and @include/@skip, projected onto plain values. There is no schema: a root field that does not exist is an error,
 * a field that a value does not have is null.
 */
import type { Json, JsonObject } from '../catalog/define.ts'

export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly [field: string]: Value | Resolver | undefined }
export type Resolver = (args: JsonObject) => Value
export type Root = Readonly<Record<string, Resolver>>

/** What a resolver throws; `extensions` is worded as the vendor does. */
export class GraphqlProblem extends Error {
  readonly extensions: JsonObject
  constructor(message: string, extensions: JsonObject = {}) {
    super(message)
    this.extensions = extensions
  }
}

/** A document that is not GraphQL, or asks for what is not there: nothing is carried out. */
export class GraphqlSyntaxProblem extends Error {}

type Argument = (variables: JsonObject) => Json | undefined
type Arguments = ReadonlyMap<string, Argument>
type Selection =
  | {
      kind: 'field'
      alias: string
      name: string
      args: Arguments
      when: Condition
      selections: readonly Selection[] | undefined
    }
  | { kind: 'spread'; name: string; when: Condition }
  | { kind: 'inline'; when: Condition; selections: readonly Selection[] }
type Condition = (variables: JsonObject) => boolean
type Operation = {
  kind: string
  name: string | undefined
  defaults: Arguments
  selections: readonly Selection[]
}
type Document = { operations: Operation[]; fragments: Map<string, readonly Selection[]> }

/**
 * @throws GraphqlSyntaxProblem when the document cannot be carried out
 * @throws GraphqlProblem from a resolver
 */
export function execute(request: {
  query: string
  variables: JsonObject
  operationName?: string | undefined
  roots: { query: Root; mutation: Root }
}): JsonObject {
  const { operations, fragments } = parse(request.query)
  const operation =
    request.operationName === undefined
      ? operations[0]
      : operations.find(({ name }) => name === request.operationName)
  if (!operation) throw new GraphqlSyntaxProblem('The document holds no operation to carry out.')
  const root = operation.kind === 'mutation' ? request.roots.mutation : request.roots.query
  const variables: JsonObject = { ...resolveArguments(operation.defaults, {}), ...request.variables }
  const picked = collect(operation.selections, { variables, fragments })
  for (const { name } of picked)
    if (name !== '__typename' && !Object.hasOwn(root, name))
      throw new GraphqlSyntaxProblem(`Cannot query field "${name}" on type "${operation.kind}".`)
  return project(root, operation.selections, { variables, fragments })
}

type Scope = { variables: JsonObject; fragments: ReadonlyMap<string, readonly Selection[]> }
type Field = Extract<Selection, { kind: 'field' }>

/** The fields that apply, fragments spread. */
function collect(selections: readonly Selection[], scope: Scope): Field[] {
  return selections.flatMap((selection) => {
    if (!selection.when(scope.variables)) return []
    if (selection.kind === 'field') return [selection]
    const inner = selection.kind === 'inline' ? selection.selections : scope.fragments.get(selection.name)
    if (!inner) throw new GraphqlSyntaxProblem('The document spreads a fragment that it does not define.')
    return collect(inner, scope)
  })
}

function project(
  value: { readonly [field: string]: Value | Resolver | undefined },
  selections: readonly Selection[],
  scope: Scope,
): JsonObject {
  const found: JsonObject = {}
  for (const { alias, name, args, selections: inner } of collect(selections, scope)) {
    const held = Object.hasOwn(value, name) ? value[name] : null
    const result = typeof held === 'function' ? held(resolveArguments(args, scope.variables)) : (held ?? null)
    const shown = show(result, inner, scope)
    const before = found[alias]
    found[alias] = isObject(before) && isObject(shown) ? { ...before, ...shown } : shown
  }
  return found
}

function show(value: Value, selections: readonly Selection[] | undefined, scope: Scope): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return (value as readonly Value[]).map((one) => show(one, selections, scope))
  // Without a selection only scalars are asked for: a vendor's JSON scalar comes whole.
  if (!selections) return JSON.parse(JSON.stringify(value)) as Json
  return project(value as { readonly [field: string]: Value }, selections, scope)
}

function resolveArguments(args: Arguments, variables: JsonObject): JsonObject {
  const found: JsonObject = {}
  for (const [name, read] of args) {
    const value = read(variables)
    if (value !== undefined) found[name] = value
  }
  return found
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const TOKEN =
  /[\s,\uFEFF]+|#[^\n]*|(?<sign>\.\.\.|[!$&()[\]{}:=@|])|(?<block>"""[\s\S]*?""")|(?<text>"(?:\\.|[^"\\\n])*")|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<name>[_A-Za-z]\w*)/y

function tokenise(source: string): string[] {
  const tokens: string[] = []
  const scanner = new RegExp(TOKEN)
  while (scanner.lastIndex < source.length) {
    const at = scanner.lastIndex
    const found = scanner.exec(source)
    if (!found) throw new GraphqlSyntaxProblem(`Syntax Error: Unexpected character at ${at}.`)
    if (Object.values(found.groups ?? {}).some((part) => part !== undefined)) tokens.push(found[0])
  }
  return tokens
}

const isName = (token: string | undefined) => /^[_A-Za-z]\w*$/.test(token ?? '')
const always: Condition = () => true

function parse(source: string): Document {
  const tokens = tokenise(source)
  let at = 0
  const peek = () => tokens[at]
  const fail = (): never => {
    throw new GraphqlSyntaxProblem(`Syntax Error: Unexpected ${peek() ?? '<EOF>'}.`)
  }
  const take = (wanted?: string): string => {
    const token = tokens[at]
    if (token === undefined || (wanted !== undefined && token !== wanted)) return fail()
    at++
    return token
  }
  const skip = (wanted: string): boolean => {
    if (peek() !== wanted) return false
    at++
    return true
  }
  const name = () => (isName(peek()) ? take() : fail())

  function value(): Argument {
    const token = take()
    if (token === '$') {
      const variable = name()
      return (variables) => variables[variable]
    }
    if (token === '[') {
      const items: Argument[] = []
      while (!skip(']')) items.push(value())
      return (variables) => items.map((item) => item(variables) ?? null)
    }
    if (token === '{') {
      const fields = new Map<string, Argument>()
      while (!skip('}')) {
        const key = name()
        take(':')
        fields.set(key, value())
      }
      return (variables) => resolveArguments(fields, variables)
    }
    const constant = readConstant(token)
    return constant === undefined ? fail() : () => constant
  }

  function args(): Arguments {
    const found = new Map<string, Argument>()
    if (!skip('(')) return found
    while (!skip(')')) {
      const key = name()
      take(':')
      found.set(key, value())
    }
    return found
  }

  function directives(): Condition {
    const conditions: Condition[] = []
    while (skip('@')) {
      const directive = name()
      const given = args()
      const holds = (variables: JsonObject) => given.get('if')?.(variables) === true
      if (directive === 'include') conditions.push(holds)
      if (directive === 'skip') conditions.push((variables) => !holds(variables))
    }
    return conditions.length === 0 ? always : (variables) => conditions.every((test) => test(variables))
  }

  function selections(): Selection[] {
    take('{')
    const found: Selection[] = []
    while (!skip('}')) found.push(skip('...') ? fragment() : field())
    return found
  }

  function field(): Selection {
    const first = name()
    const real = skip(':') ? name() : first
    const given = args()
    const when = directives()
    return {
      kind: 'field',
      alias: first,
      name: real,
      args: given,
      when,
      selections: peek() === '{' ? selections() : undefined,
    }
  }

  function fragment(): Selection {
    if (isName(peek()) && peek() !== 'on') return { kind: 'spread', name: name(), when: directives() }
    if (skip('on')) name()
    const when = directives()
    return { kind: 'inline', when, selections: selections() }
  }

  function type(): void {
    if (skip('[')) {
      type()
      take(']')
    } else name()
    skip('!')
  }

  function defaults(): Arguments {
    const found = new Map<string, Argument>()
    if (!skip('(')) return found
    while (!skip(')')) {
      take('$')
      const variable = name()
      take(':')
      type()
      if (skip('=')) found.set(variable, value())
    }
    return found
  }

  const document: Document = { operations: [], fragments: new Map() }
  while (at < tokens.length) {
    if (peek() === '{') {
      document.operations.push({
        kind: 'query',
        name: undefined,
        defaults: new Map(),
        selections: selections(),
      })
      continue
    }
    const kind = name()
    if (kind === 'fragment') {
      const of = name()
      take('on')
      name()
      directives()
      document.fragments.set(of, selections())
    } else if (kind === 'query' || kind === 'mutation') {
      const own = isName(peek()) ? name() : undefined
      const given = defaults()
      directives()
      document.operations.push({ kind, name: own, defaults: given, selections: selections() })
    } else fail()
  }
  return document
}

function readConstant(token: string): Json | undefined {
  if (token.startsWith('"""')) return token.slice(3, -3).trim()
  if (token.startsWith('"') || /^-?\d/.test(token)) return JSON.parse(token) as Json
  if (token === 'true' || token === 'false') return token === 'true'
  if (token === 'null') return null
  // An enum value is worth its name.
  return isName(token) ? token : undefined
}
