/** A call to the provider through the hub's proxy, as the page shows it. */
import { csrfHeader, reach } from '../api/http.ts'

export type Call = {
  method: string
  path: string
  base: string | null
  headers: Record<string, string>
  /** As it is sent; null: none. */
  body: string | null
}
export type Answer = {
  status: number
  ms: number
  contentType: string
  bytes: number
  /** Null: not text, so not shown. */
  text: string | null
  truncated: boolean
}

/** Longer answers would make the page slow and nobody the wiser. */
export const SHOWN_CHARACTERS = 100_000

export async function callThroughProxy({
  connectionId,
  call,
  csrf,
  clock,
}: {
  connectionId: string
  call: Call
  csrf: string | null
  clock: () => number
}): Promise<Answer> {
  const began = clock()
  const response = await reach(proxyPath({ connectionId, path: call.path }), {
    method: call.method,
    headers: {
      accept: 'application/json, */*;q=0.5',
      ...call.headers,
      ...(call.base === null ? {} : { 'trunkline-base': call.base }),
      ...csrfHeader(csrf),
    },
    body: call.body,
  })
  const body = await response.arrayBuffer()
  const ms = Math.round(clock() - began)
  const contentType = response.headers.get('content-type') ?? ''
  const text = isText(contentType) ? pretty(new TextDecoder().decode(body)) : null
  return {
    status: response.status,
    ms,
    contentType,
    bytes: body.byteLength,
    text: text === null ? null : text.slice(0, SHOWN_CHARACTERS),
    truncated: text !== null && text.length > SHOWN_CHARACTERS,
  }
}

export function proxyPath({ connectionId, path }: { connectionId: string; path: string }): string {
  return `/api/v1/proxy/${encodeURIComponent(connectionId)}/${path.trim().replace(/^\/+/, '')}`
}

/** The same call from a shell, with an API key in the environment. */
export function curlCommand({
  publicUrl,
  connectionId,
  call,
}: {
  publicUrl: string
  connectionId: string
  call: Call
}): string {
  const url = `${publicUrl.replace(/\/+$/, '')}${proxyPath({ connectionId, path: call.path })}`
  return [
    `curl ${call.method === 'GET' ? '' : `-X ${call.method} `}${quote(url)}`,
    `-H "Authorization: Bearer $TRUNKLINE_API_KEY"`,
    ...(call.base === null ? [] : [`-H ${quote(`Trunkline-Base: ${call.base}`)}`]),
    ...Object.entries(call.headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(call.body === null ? [] : [`-d ${quote(call.body)}`]),
  ].join(' \\\n  ')
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

function isText(contentType: string): boolean {
  return (
    contentType === '' ||
    /^(text\/|application\/([\w.+-]*\+)?(json|xml|x-www-form-urlencoded)|image\/svg)/i.test(contentType)
  )
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
