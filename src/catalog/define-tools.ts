/**
 * The shape of an agent's tools: what a connection makes possible, as data. A tool is a call to the provider with a
 * typed input, written so that a planner can choose it and a runner can make it without knowing the provider.
 *
 * Templates are JSON in which braces stand for inputs. A text that is one brace (`"{limit}"`) becomes the input itself,
 * number or list; braces inside a longer text are written into it. A member whose input is absent is left out, and so
 * is an object that had members and has none left. `{labels|,}` joins a list. In paths `{id}` is one segment, encoded,
 * and `{+path}` several.
 */
import type { Json, JsonObject } from './define.ts'

/** JSON Schema, draft 2020-12: the part of it that tools use. */
export type InputSchema = {
  type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  description?: string
  enum?: readonly (string | number)[]
  default?: Json
  format?: 'date' | 'date-time' | 'email' | 'uri'
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  items?: InputSchema
  minItems?: number
  maxItems?: number
  properties?: Readonly<Record<string, InputSchema>>
  required?: readonly string[]
  additionalProperties?: boolean | InputSchema
}

export type ToolSchema = InputSchema & {
  type: 'object'
  properties: Readonly<Record<string, InputSchema>>
  required: readonly string[]
  additionalProperties: false
}

/** `destructive`: ends something, overwrites it, or moves money; what cannot be taken back. */
export type Risk = 'read' | 'write' | 'destructive'

/**
 * What a second call with the same input does. `safe`: nothing, it reads; `idempotent`: nothing more than the first;
 * `keyed`: nothing more, where the same key is sent in `idempotency_header`; `repeats`: it happens again.
 */
export type Idempotency = 'safe' | 'idempotent' | 'keyed' | 'repeats'

/** How a connection of one provider is called by a tool that several providers serve. */
export type Service = {
  /** One of the provider's `api.bases`. */
  base?: string
  /** Before the tool's path. */
  prefix?: string
}

export type ToolBody =
  | { json: Json }
  /** Brackets as the provider spells them: `metadata[order]`; the members of `...` are those of an object. */
  | { form: Readonly<Record<string, Json>> }
  /** https://spec.graphql.org, posted as JSON. */
  | { graphql: string; variables?: JsonObject }
  /** Inputs are escaped. */
  | { xml: string }
  | { text: string; type: string }

export type HttpRequest = {
  kind: 'http'
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'PROPFIND' | 'REPORT' | 'SEARCH'
  path: string
  base?: string
  query?: Readonly<Record<string, Json>>
  headers?: Readonly<Record<string, string>>
  body?: ToolBody
  /** Name of a further token of the grant that the call needs. */
  token?: string
}

/** A mailbox beside the HTTP API (`mail` of the provider's declaration). */
export type MailRequest = {
  kind: 'mail'
  operation: 'search' | 'read' | 'send'
  values: JsonObject
}

/**
 * How a long answer goes on. `at` is a dot path into the answer, `input` the input that takes what is found there.
 * `page` counts up from 1 by itself, `offset` by what was received. `link` is the answer's Link header (RFC 8288), `url`
 * a whole address at `at`: its next page is called as it stands.
 */
export type Pagination =
  | { by: 'cursor'; input: string; at: string }
  | { by: 'page'; input: string; more_at?: string }
  | { by: 'offset'; input: string }
  | { by: 'last_id'; input: string; at: string; more_at?: string }
  | { by: 'link' }
  | { by: 'url'; at: string }

/** What a request needs and no input is, made from inputs: a message in MIME, a document in the provider's own form. */
export type Compose = (
  input: JsonObject,
  given: { id: string; now: Date; parameters: Readonly<Record<string, string>> },
) => JsonObject

export type Tool = {
  /** Unique over all agents, and within what model APIs accept. */
  name: string
  title: string
  /** One sentence for a planner: what it does, and what comes back. */
  description: string
  risk: Risk
  input: ToolSchema
  request: HttpRequest | MailRequest
  compose?: Compose
  pagination?: Pagination
  idempotency: Idempotency
  idempotency_header?: string
  /**
   * Any one of these sets of scopes is enough; absent: the provider asks for none. Those that a provider does not
   * declare do not count there.
   */
  scopes?: readonly (readonly string[])[]
  /** Providers whose connections serve this tool, the first preferred. */
  served_by: Readonly<Record<string, Service>>
  /** What a runner or a person should know; shown beside the tool. */
  note?: string
}

export type Agent = {
  id: string
  name: string
  /** One sentence: what it does for people. */
  summary: string
  tools: readonly Tool[]
}

type Input = Readonly<Record<string, InputSchema | Optional>>
export type Optional = { optional: InputSchema }

type Http = Omit<HttpRequest, 'kind'>

/** A tool as it is written: what follows from the rest may be left out. */
export type ToolDeclaration = Omit<Tool, 'input' | 'request' | 'idempotency' | 'served_by'> & {
  input?: Input
  /** Absent for reads and for what is declared as a body that replaces (PUT) or ends (DELETE). */
  idempotency?: Idempotency
  served_by?: Tool['served_by']
} & ({ http: Http; mail?: never } | { mail: Omit<MailRequest, 'kind'>; http?: never })

/** Checks and completes the tools of one agent where they are written. */
export function defineTools(agent: {
  id: string
  name: string
  summary: string
  /** For tools that do not say otherwise; absent: the provider of the agent's name. */
  served_by?: Tool['served_by']
  tools: readonly ToolDeclaration[]
}): Agent {
  const { id, name, summary, served_by = { [id]: {} } } = agent
  return { id, name, summary, tools: agent.tools.map((tool) => complete(tool, served_by)) }
}

function complete({ input = {}, http, mail, ...tool }: ToolDeclaration, servedBy: Tool['served_by']): Tool {
  return {
    served_by: servedBy,
    ...tool,
    idempotency: tool.idempotency ?? idempotencyOf(tool.risk, http?.method),
    input: schemaOf(input),
    request: http ? { kind: 'http', ...http } : { kind: 'mail', ...mail },
  }
}

function idempotencyOf(risk: Risk, method: HttpRequest['method'] | undefined): Idempotency {
  if (risk === 'read') return 'safe'
  // RFC 9110 section 9.2.2.
  return method === 'PUT' || method === 'DELETE' ? 'idempotent' : 'repeats'
}

function schemaOf(input: Input): ToolSchema {
  const entries = Object.entries(input)
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, schema]) => [name, isOptional(schema) ? schema.optional : schema]),
    ),
    required: entries.flatMap(([name, schema]) => (isOptional(schema) ? [] : [name])),
    additionalProperties: false,
  }
}

const isOptional = (schema: InputSchema | Optional): schema is Optional => 'optional' in schema

/** May be left out. */
export function opt(schema: InputSchema): Optional {
  return { optional: schema }
}

/** What is said of a list need not be said of each of its items. */
const about = (description: string) => (description ? { description } : {})

type Bounds = Omit<InputSchema, 'type' | 'description'>

/** Text, not empty and at most 1,000 characters unless told otherwise. */
export function text(description: string, bounds: Bounds = {}): InputSchema {
  return { type: 'string', ...about(description), minLength: 1, maxLength: 1000, ...bounds }
}

/** Text of a message, a comment, a page. */
export function prose(description: string, maxLength = 30_000): InputSchema {
  return { type: 'string', description, minLength: 1, maxLength }
}

/** An identifier of the provider's: no spaces, no slashes. */
export function identifier(description: string, bounds: Bounds = {}): InputSchema {
  return {
    type: 'string',
    ...about(description),
    minLength: 1,
    maxLength: 300,
    pattern: '^[^\\s/?#]+$',
    ...bounds,
  }
}

export function choice(
  description: string,
  options: readonly string[],
  bounds: Pick<Bounds, 'default'> = {},
): InputSchema {
  return { type: 'string', ...about(description), enum: options, ...bounds }
}

export function integer(description: string, bounds: Bounds = {}): InputSchema {
  return { type: 'integer', description, ...bounds }
}

export function yesNo(description: string, bounds: Pick<Bounds, 'default'> = {}): InputSchema {
  return { type: 'boolean', description, ...bounds }
}

/** RFC 3339, with its offset. */
export function moment(description: string): InputSchema {
  return { type: 'string', description, format: 'date-time' }
}

export function day(description: string): InputSchema {
  return { type: 'string', description, format: 'date' }
}

export function email(description: string): InputSchema {
  return { type: 'string', ...about(description), format: 'email', maxLength: 320 }
}

export function list(description: string, items: InputSchema, bounds: Bounds = {}): InputSchema {
  return { type: 'array', description, items, minItems: 1, maxItems: 100, ...bounds }
}

/** An object of the provider's own whose keys depend on the account. */
export function object(description: string, bounds: Bounds = {}): InputSchema {
  return { type: 'object', ...about(description), additionalProperties: true, ...bounds }
}

/** How many at once, with the provider's own limit. */
export function pageSize(maximum: number, usual = Math.min(50, maximum)): Optional {
  return opt(integer(`How many at most, up to ${maximum}.`, { minimum: 1, maximum, default: usual }))
}

/** Where the answer before said to go on. */
export function cursor(description = 'Where to go on, as the answer before told it.'): Optional {
  return opt({ type: 'string', description, minLength: 1, maxLength: 5000 })
}

/** Query or body members named like their inputs. */
export function same(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `{${name}}`]))
}
