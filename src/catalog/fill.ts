/** Filling the braces of a declaration. No I/O. */
import type { ApiRequest, Json, JsonObject, RawAnswer, TestCall } from './define.ts'

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

/** Names of a template's braces. */
export function bracesOf(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
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
    .filter((host) => bracesOf(host).every((name) => values[name] !== undefined))
    .map((host) => (host.startsWith('*.') ? host : new URL(`https://${fill(host, values)}`).host))
}

/**
 * Method, absolute URL, headers and body of a declared call.
 * @param secrets fill braces too; in a URL they are encoded, because nothing is known of their characters
 */
export function buildRequest(
  request: Omit<ApiRequest, 'authorization'>,
  baseUrl: string,
  parameters: Values,
  secrets: Values = {},
) {
  const values = { ...parameters, ...secrets }
  const encoded = Object.entries(secrets).map(([name, secret]) => [name, encodeURIComponent(secret)])
  const url = new URL(
    fill(request.url.startsWith('/') ? baseUrl + request.url : request.url, {
      ...parameters,
      ...Object.fromEntries(encoded),
    }),
  )
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
  } else if (request.xml !== undefined) {
    body = request.xml
    headers['content-type'] = 'application/xml; charset=utf-8'
  }
  return { method: request.method ?? 'GET', url, headers, body }
}

/** Headers and body of a call to try, as they are sent through the proxy. */
export function renderTestCall({ json, xml, headers }: TestCall): {
  headers: Record<string, string>
  body: string | undefined
} {
  const type =
    json !== undefined ? 'application/json' : xml !== undefined ? 'application/xml; charset=utf-8' : undefined
  return {
    headers: { ...(type && { 'content-type': type }), ...headers },
    body: json === undefined ? xml : JSON.stringify(json),
  }
}

export function readRaw(answer: { headers: RawAnswer['headers']; body: Buffer }): RawAnswer {
  return { text: answer.body.toString('utf8'), headers: answer.headers }
}

export function isXml({ headers }: RawAnswer): boolean {
  return /^(?:application|text)\/(?:[\w.-]+\+)?xml\b/i.test(String(headers['content-type'] ?? ''))
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
