/** Trouble on demand: the next answers of a provider are limited, failed, cut, delayed or never given. */
import type { ServerResponse } from 'node:http'
import { json, type Reply, send } from './messages.ts'

export const FAULT_KINDS = [
  'rate_limit',
  'error_500',
  'error_503',
  'timeout',
  'reset',
  'truncated',
  'slow',
  'html',
  'empty',
  'invalid_client',
  'no_refresh_token',
  'same_refresh_token',
  'expires_in_missing',
  'expires_in_zero',
  'expires_in_string',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

export type Fault = {
  kind: FaultKind
  /** How many answers are hit; default 1. */
  times?: number
  /** `token`: the token endpoint; `api`: every other call of a program. Pages are never hit. Default `both`. */
  on?: 'api' | 'token' | 'both'
  /** Seconds in Retry-After; default 2. */
  retryAfter?: number
  /** Milliseconds that `slow` waits; default 1000. */
  delay?: number
}

/** Faults that change what the token endpoint says instead of how it is sent. */
const TOKEN_FAULTS: ReadonlySet<FaultKind> = new Set([
  'invalid_client',
  'no_refresh_token',
  'same_refresh_token',
  'expires_in_missing',
  'expires_in_zero',
  'expires_in_string',
])

type Pending = {
  kind: FaultKind
  left: number
  on: 'api' | 'token' | 'both'
  retryAfter: number
  delay: number
}

export type Faults = ReturnType<typeof createFaults>

export function createFaults() {
  const queues = new Map<string, Pending[]>()
  return {
    add(provider: string, fault: Fault): void {
      const tokenOnly = TOKEN_FAULTS.has(fault.kind)
      const queue = queues.get(provider) ?? []
      queue.push({
        kind: fault.kind,
        left: fault.times ?? 1,
        on: tokenOnly ? 'token' : (fault.on ?? 'both'),
        retryAfter: fault.retryAfter ?? 2,
        delay: fault.delay ?? 1000,
      })
      queues.set(provider, queue)
    },
    /** The fault that hits this call, used up by one. */
    take(provider: string, on: 'api' | 'token'): Pending | undefined {
      const queue = queues.get(provider) ?? []
      const fault = queue.find((pending) => pending.on === 'both' || pending.on === on)
      if (fault && --fault.left <= 0) queue.splice(queue.indexOf(fault), 1)
      return fault
    },
    clear(provider?: string): void {
      if (provider === undefined) queues.clear()
      else queues.delete(provider)
    },
    list: (provider: string): readonly Pending[] => queues.get(provider) ?? [],
  }
}

/**
 * Sends what a fault makes of an answer. `act` does the work the answer reports: a truncated or slow answer stands
 * for work that was done, the others for work that was not.
 */
export async function sendFaulty(options: {
  response: ServerResponse
  fault: Pending
  act: () => Reply | Promise<Reply>
  rateLimited: (retryAfter: number) => Reply
}): Promise<number> {
  const { response, fault, act, rateLimited } = options
  if (fault.kind === 'timeout') {
    await new Promise((resolve) => response.once('close', resolve))
    return 0
  }
  if (fault.kind === 'reset') {
    response.socket?.resetAndDestroy()
    return 0
  }
  if (fault.kind === 'truncated') {
    const reply = await act()
    const body = Buffer.from(reply.body ?? '')
    response.writeHead(reply.status, { ...reply.headers, 'content-length': String(body.length + 1) })
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
    return reply.status
  }
  const reply = await makeReply(options)
  if (!response.destroyed) send(response, reply)
  return reply.status

  async function makeReply({ fault: { kind, retryAfter, delay } }: { fault: Pending }): Promise<Reply> {
    if (kind === 'rate_limit') return rateLimited(retryAfter)
    if (kind === 'slow') await new Promise((resolve) => setTimeout(resolve, delay))
    return BROKEN[kind] ?? act()
  }
}

const BROKEN: Readonly<Partial<Record<FaultKind, Reply>>> = {
  error_500: json(500, { error: 'internal_error', message: 'Something went wrong.' }),
  error_503: json(503, { error: 'unavailable', message: 'Try again later.' }),
  html: {
    status: 502,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!doctype html><title>Bad gateway</title><h1>502 Bad gateway</h1>',
  },
  empty: { status: 200, headers: { 'content-type': 'application/json' } },
}
