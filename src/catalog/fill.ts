/** Filling the braces of a declaration, and reading what people type into its fields. No I/O. */
import { HubError } from '../errors.ts'
import type { ApiRequest, Json, JsonObject, Parameter } from './define.ts'

export type Values = Readonly<Record<string, string>>

/** @throws Error when a brace has no value: a declaration or a caller is wrong, nothing a person typed */
export function fill(
  template: string,
  values: Values,
  encode: (value: string) => string = (value) => value,
): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`nothing fills {${name}} in "${template}"`)
    return encode(value)
  })
}

/** Fills every string inside a JSON value. */
export function fillJson(json: Json, values: Values): Json {
  if (typeof json === 'string') return fill(json, values)
  if (Array.isArray(json)) return json.map((item) => fillJson(item, values))
  if (json === null || typeof json !== 'object') return json
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, fillJson(value, values)]))
}

/** The hosts of a declaration with parameters filled; a parameter may hold a port and a path, of which the path goes. */
export function fillHosts(hosts: readonly string[], values: Values): string[] {
  return hosts
    .filter((host) =>
      [...host.matchAll(/\{(\w+)\}/g)].every(([, name]) => values[name as string] !== undefined),
    )
    .map((host) => (host.startsWith('*.') ? host : new URL(`https://${fill(host, values)}`).host))
}

/** Method, absolute URL, headers and body of a declared call. */
export function buildRequest(request: Omit<ApiRequest, 'authorization'>, baseUrl: string, values: Values) {
  const url = new URL(fill(request.url.startsWith('/') ? baseUrl + request.url : request.url, values))
  const headers: Record<string, string> = { accept: 'application/json' }
  for (const [name, value] of Object.entries(request.headers ?? {}))
    headers[name.toLowerCase()] = fill(value, values)
  let body: string | undefined
  if (request.form) {
    body = new URLSearchParams(
      Object.entries(request.form).map(([name, value]) => [name, fill(value, values)]),
    ).toString()
    headers['content-type'] = 'application/x-www-form-urlencoded'
  } else if (request.json !== undefined) {
    body = JSON.stringify(fillJson(request.json, values))
    headers['content-type'] = 'application/json'
  }
  return { method: request.method ?? 'GET', url, headers, body }
}

/**
 * Reads what a person typed: normalised, defaulted, checked. Facts that a declaration derives from a secret come
 * back beside the values.
 * @throws HubError `field_invalid` naming every field that is wrong
 */
export function readFields(
  fields: readonly Parameter[],
  typed: Values,
): { values: Record<string, string>; derived: Record<string, string> } {
  const errors: { path: string; message: string }[] = []
  const values: Record<string, string> = {}
  const derived: Record<string, string> = {}
  for (const name of Object.keys(typed)) {
    if (!fields.some((field) => field.name === name))
      errors.push({ path: name, message: 'is not a field of this form' })
  }
  for (const field of fields) {
    const raw = (typed[field.name] ?? '').trim() || field.default || ''
    if (!raw) {
      if (field.required)
        errors.push({ path: field.name, message: `${field.label} is required, for example ${field.example}` })
      continue
    }
    const value = field.normalise ? field.normalise(raw) : raw
    if (!new RegExp(field.pattern, 'u').test(value)) {
      errors.push({
        path: field.name,
        message: field.mismatch ?? `${field.label} looks like ${field.example}`,
      })
      continue
    }
    values[field.name] = value
    Object.assign(derived, field.derive?.(value))
  }
  if (errors.length > 0) {
    throw new HubError('field_invalid', errors.map(({ message }) => message).join(' '), { errors })
  }
  return { values, derived }
}

export function parseJson(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json
  } catch {
    return undefined
  }
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
