/** From a tool and its input to the call of the provider. No I/O: who makes the call adds the credential. */
import type { Json, JsonObject } from './define.ts'
import type { Service, Tool, ToolBody } from './define-tools.ts'

export type ToolCall =
  | {
      kind: 'http'
      method: string
      /** Below the base: path and query. */
      path: string
      base: string | undefined
      token: string | undefined
      headers: Record<string, string>
      body: string | undefined
    }
  | { kind: 'mail'; operation: 'search' | 'read' | 'send'; values: JsonObject }

export type Given = {
  /** Whose connection makes the call. */
  provider: string
  parameters: Readonly<Record<string, string>>
  /** For what is made anew: an event's id. */
  id: string
  now: Date
}

const BRACE = /\{(\+?)(\w+)(?:\|([^}]*))?\}/g
const WHOLE = /^\{(\w+)(?:\|([^}]*))?\}$/

/**
 * @param input fits the tool's schema
 * @throws Error when the provider does not serve the tool, or a path would lead out of its place
 */
export function buildToolCall(tool: Tool, input: JsonObject, given: Given): ToolCall {
  const service = tool.served_by[given.provider]
  if (!service) throw new Error(`${given.provider} does not serve ${tool.name}`)
  const filled = withDefaults(tool, input)
  const values = { ...filled, ...tool.compose?.(filled, given) }
  const { request } = tool
  if (request.kind === 'mail')
    return {
      kind: 'mail',
      operation: request.operation,
      values: (fillTemplate(request.values, values) ?? {}) as JsonObject,
    }
  const { type, content } = bodyOf(request.body, values)
  const headers = Object.entries({ ...type, ...request.headers }).flatMap(([name, template]) => {
    const value = fillTemplate(template, values)
    const written = textOf(value)
    return written === undefined ? [] : [[name.toLowerCase(), written]]
  })
  return {
    kind: 'http',
    method: request.method,
    path: pathOf(request.path, service, values) + queryOf(request.query, values),
    base: service.base ?? request.base,
    token: request.token,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: content,
  }
}

function withDefaults({ input: { properties } }: Tool, input: JsonObject): JsonObject {
  const defaults = Object.entries(properties).flatMap(([name, schema]) =>
    schema.default === undefined ? [] : [[name, schema.default]],
  )
  return { ...Object.fromEntries(defaults), ...input }
}

function pathOf(template: string, { prefix = '' }: Service, values: JsonObject): string {
  const path = template.replace(BRACE, (_, many: string, name: string) => {
    const value = textOf(values[name])
    if (value === undefined) throw new Error(`nothing fills {${name}} in "${template}"`)
    const segments = many ? value.replace(/^\/+/, '').split('/') : [value]
    // Encoding leaves dots as they are, and a URL takes them for steps upwards.
    if (segments.some((segment) => segment === '.' || segment === '..'))
      throw new Error(`"${value}" does not name a place below its folder`)
    return segments.map(encodeURIComponent).join('/')
  })
  return prefix + path
}

function queryOf(query: Readonly<Record<string, Json>> | undefined, values: JsonObject): string {
  const parameters = new URLSearchParams(pairsOf(query, values))
  return parameters.size > 0 ? `?${parameters.toString()}` : ''
}

/** A list repeats its name. */
function pairsOf(
  templates: Readonly<Record<string, Json>> | undefined,
  values: JsonObject,
): [string, string][] {
  return Object.entries(templates ?? {}).flatMap(([name, template]) => {
    const value = fillTemplate(template, values)
    if (value === undefined || value === null) return []
    // What was composed is no template.
    if (name === '...')
      return Object.entries(value).map(([key, item]): [string, string] => [key, textOf(item) ?? ''])
    return [value].flat().map((item): [string, string] => [name, textOf(item) ?? JSON.stringify(item)])
  })
}

function bodyOf(
  body: ToolBody | undefined,
  values: JsonObject,
): { type: Record<string, string>; content: string | undefined } {
  if (!body) return { type: {}, content: undefined }
  if ('json' in body)
    return {
      type: { 'content-type': 'application/json' },
      content: JSON.stringify(fillTemplate(body.json, values) ?? {}),
    }
  if ('graphql' in body)
    return {
      type: { 'content-type': 'application/json' },
      content: JSON.stringify({
        query: body.graphql,
        variables: fillTemplate(body.variables ?? {}, values) ?? {},
      }),
    }
  if ('form' in body)
    return {
      type: { 'content-type': 'application/x-www-form-urlencoded' },
      content: new URLSearchParams(pairsOf(body.form, values)).toString(),
    }
  if ('xml' in body)
    return {
      type: { 'content-type': 'application/xml; charset=utf-8' },
      content: writeInto(body.xml, values, escapeXml) ?? body.xml,
    }
  return { type: { 'content-type': body.type }, content: textOf(fillTemplate(body.text, values)) ?? '' }
}

/** Undefined: an input is absent, and what was to hold it is left out. */
function fillTemplate(template: Json, values: JsonObject): Json | undefined {
  if (typeof template === 'string') {
    const whole = WHOLE.exec(template)
    if (!whole) return writeInto(template, values)
    const value = values[whole[1] as string]
    return whole[2] !== undefined && Array.isArray(value) ? value.map(textOf).join(whole[2]) : value
  }
  if (Array.isArray(template))
    return present(
      template.map((item) => fillTemplate(item, values)),
      template.length,
    )
  if (template === null || typeof template !== 'object') return template
  const members = Object.entries(template).flatMap(([name, member]) => {
    const value = fillTemplate(member, values)
    return value === undefined ? [] : [[name, value] as const]
  })
  return members.length === 0 && Object.keys(template).length > 0 ? undefined : Object.fromEntries(members)
}

function present(items: (Json | undefined)[], length: number): Json | undefined {
  const found = items.filter((item) => item !== undefined)
  return found.length === 0 && length > 0 ? undefined : found
}

function writeInto(
  template: string,
  values: JsonObject,
  encode: (value: string) => string = (value) => value,
): string | undefined {
  let absent = false
  const written = template.replace(BRACE, (_, _many: string, name: string, separator: string | undefined) => {
    const value = values[name]
    const found = Array.isArray(value) ? value.map(textOf).join(separator ?? ',') : textOf(value)
    if (found === undefined) absent = true
    return encode(found ?? '')
  })
  return absent ? undefined : written
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined
}

function escapeXml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
}
