/** Requests as they came and replies to be sent: the sandbox's view of node:http. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Json, JsonObject } from '../catalog/define.ts'

export type Asked = {
  method: string
  /** The host of the real address (`api.github.com`), read from the path. */
  host: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
}

export type Reply = { status: number; headers?: Record<string, string | string[]>; body?: string | Buffer }

/** Bodies of the played services are small; anything larger is refused. */
const MAX_BODY = 8 * 1024 * 1024

export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > MAX_BODY) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

export function send(response: ServerResponse, reply: Reply): void {
  const body = reply.body ?? ''
  const noBody = reply.status === 204 || reply.status === 304
  response.writeHead(reply.status, {
    'cache-control': 'no-store',
    ...reply.headers,
    ...(!noBody && { 'content-length': String(Buffer.byteLength(body)) }),
  })
  response.end(noBody ? undefined : body)
}

export function json(status: number, body: Json, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  }
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
}

export function empty(status: number, headers: Record<string, string> = {}): Reply {
  return { status, headers }
}

export function redirect(location: string, status = 302): Reply {
  return { status, headers: { location } }
}

export function isForm(asked: Asked): boolean {
  return (
    (asked.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ===
    'application/x-www-form-urlencoded'
  )
}

export function isJson(asked: Asked): boolean {
  return (asked.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() === 'application/json'
}

export function readForm(asked: Asked): URLSearchParams {
  return new URLSearchParams(isForm(asked) ? asked.body.toString('utf8') : '')
}

/** The JSON object in the body; empty where there is none. */
export function readJson(asked: Asked): JsonObject {
  try {
    const value = JSON.parse(asked.body.toString('utf8')) as Json
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parameters from wherever a lenient API takes them: query, form or JSON body. */
export function readArguments(asked: Asked): Record<string, string> {
  const found: Record<string, string> = Object.fromEntries(asked.query)
  if (isForm(asked)) Object.assign(found, Object.fromEntries(readForm(asked)))
  for (const [name, value] of Object.entries(readJson(asked))) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      found[name] = String(value)
  }
  return found
}

export type Basic = { username: string; password: string }

export function readBasic(header: string | undefined): Basic | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/_-]+=*)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [username = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return { username, password: password.join(':') }
}

export function readBearer(header: string | undefined): string | undefined {
  return /^(?:Bearer|token) ([^\s]+)$/i.exec(header ?? '')?.[1]
}
